//! The compiler's stages: `lib.rs` lists them in order, and a stage names only itself and earlier ones.

use anyhow::Result;

use super::Tree;

/// In the order in which they run. `source` and `diagnostics` are no stages, every stage uses them.
pub(super) const ORDER: &[&str] =
    &["source", "diagnostics", "syntax", "flow", "lint", "hir", "resolve", "types", "mir", "codegen", "emit"];

const FOLDER: &str = "compiler/src/";

pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let library = tree.read("compiler/src/lib.rs")?;
    let declared: Vec<&str> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .filter(|name| ORDER.contains(name))
        .collect();
    if declared != ORDER {
        found
            .push(format!("compiler/src/lib.rs: the stages stand as {declared:?}, their order is {ORDER:?}"));
    }
    for path in tree.with_extension(".rs").filter(|path| path.starts_with(FOLDER)) {
        let Some(stage) = stage_of(path) else { continue };
        // Unit tests may start anywhere in the pipeline.
        if path.ends_with("/tests.rs") {
            continue;
        }
        for (line, other) in later_stages(stage, &tree.read(path)?) {
            found.push(format!("{path}:{line}: `{}` is a later stage than `{}`", ORDER[other], ORDER[stage]));
        }
    }
    Ok(found)
}

fn stage_of(path: &str) -> Option<usize> {
    let name = path.strip_prefix(FOLDER)?;
    let name = name.split('/').next()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    ORDER.iter().position(|stage| *stage == name)
}

/// Line and index of every later stage that the text names.
pub(super) fn later_stages(stage: usize, text: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        // `$crate::` and `other_crate::` are not this.
        if text[..at].ends_with(|before: char| before == '$' || before == '_' || before.is_alphanumeric()) {
            continue;
        }
        let line = text[..at].matches('\n').count() + 1;
        for name in first_names(&text[at + "crate::".len()..]) {
            if let Some(other) = ORDER.iter().position(|stage| *stage == name)
                && other > stage
            {
                found.push((line, other));
            }
        }
    }
    found
}

/// `mir::Body` names `mir`; `{hir::Expr, mir}` names `hir` and `mir`.
fn first_names(path: &str) -> Vec<&str> {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let Some(group) = path.strip_prefix('{') else { return vec![&path[..word(path)]] };
    let mut names = Vec::new();
    let (mut depth, mut begins) = (1, true);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => begins = true,
            _ if letter.is_alphanumeric() && depth == 1 && begins => {
                let rest = &group[at..];
                names.push(&rest[..word(rest)]);
                begins = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}
