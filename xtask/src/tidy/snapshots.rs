//! Snapshots stand beside their fixtures: none without its fixture, none too long to be read in a review.

use anyhow::Result;

use super::Tree;

/// The end of a snapshot's name, and the most lines it may have.
const LINES_MAX: &[(&str, usize)] = &[(".mir.snap", 80), (".rs.snap", 120)];

pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.with_extension(".snap") {
        if !has_fixture(path, &tree.files) {
            found.push(format!("{path}: no fixture beside it; delete it"));
        }
        let Some((_, most)) = LINES_MAX.iter().find(|(end, _)| path.ends_with(end)) else { continue };
        let lines = content(&tree.read(path)?).lines().count();
        if lines > *most {
            found.push(format!("{path}: {lines} lines, {most} is the most; split this fixture"));
        }
    }
    for path in tree.with_extension(".snap.new") {
        found.push(format!("{path}: a snapshot that was never accepted; `cargo xtask bless` or delete it"));
    }
    Ok(found)
}

/// `a/simple.mir.snap` wants `a/simple.edn`, `a/simple.md` or `a/simple.toml`; `a/journal.snap` and `a/crate.snap`
/// want `a/flow.edn`.
pub(super) fn has_fixture(snapshot: &str, files: &[String]) -> bool {
    let (folder, name) = snapshot.rsplit_once('/').unwrap_or(("", snapshot));
    let stem = name.split('.').next().unwrap_or(name);
    let stem = if ["journal", "crate"].contains(&stem) { "flow" } else { stem };
    [".edn", ".md", ".toml"].iter().any(|end| {
        let fixture = format!("{folder}/{stem}{end}");
        files.binary_search(&fixture).is_ok()
    })
}

/// Without insta's header.
fn content(text: &str) -> &str {
    text.strip_prefix("---\n")
        .and_then(|rest| rest.split_once("\n---\n"))
        .map_or(text, |(_, content)| content)
}
