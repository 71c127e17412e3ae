//! Every diagnostic has a page, named after it, with an example; every page belongs to a diagnostic.

use anyhow::Result;

use super::Tree;

const FOLDER: &str = "compiler/src/diagnostics/pages/";

pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let codes = tree.read("compiler/src/diagnostics/codes.rs")?;
    for path in tree.with_extension(".md").filter(|path| path.starts_with(FOLDER)) {
        let code = path.trim_start_matches(FOLDER).trim_end_matches(".md");
        let text = tree.read(path)?;
        if !codes.contains(&format!("\"{code}\"")) {
            found.push(format!("{path}: no diagnostic has this code"));
        }
        if text.lines().next() != Some(&format!("# {code}")) {
            found.push(format!("{path}: begin with `# {code}`"));
        }
        if !text.contains("```edn") {
            found.push(format!("{path}: show an example in an `edn` fence; it is a test"));
        }
    }
    Ok(found)
}
