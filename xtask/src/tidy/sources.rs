//! Source text: every Rust file opens with `//!`, is not too long and holds no unfinished work; every text file has
//! LF line ends, no trailing blanks and one newline at its end.

use anyhow::Result;

use super::Tree;

const LINES_MAX: usize = 900;

/// Spelled in halves, so that this file does not complain about itself.
const UNFINISHED: &[&str] =
    &[concat!("to", "do!("), concat!("unimple", "mented!("), concat!("FIX", "ME"), concat!("// TO", "DO")];

pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for path in tree.with_extension(".rs") {
        rust(path, &tree.read(path)?, &mut found);
    }
    for path in tree.files.iter().filter(|path| is_plain_text(path)) {
        blanks(path, &tree.read(path)?, &mut found);
    }
    Ok(found)
}

/// Fixtures may be wrong on purpose; snapshots and licences are not ours to shape.
fn is_plain_text(path: &str) -> bool {
    let ours = [".rs", ".toml", ".md", ".edn", ".hbs", ".yaml", ".ci/run"];
    ours.iter().any(|end| path.ends_with(end)) && !path.starts_with("tests/fixtures/")
}

fn rust(path: &str, text: &str, found: &mut Vec<String>) {
    if path.starts_with("tests/fixtures/") {
        return;
    }
    let generated = path.starts_with("tests/emitted/");
    if !text.starts_with("//!") && !generated {
        found.push(format!("{path}: begin with a `//!` paragraph: what it is, what it is not"));
    }
    let lines = text.lines().count();
    if lines > LINES_MAX {
        found.push(format!("{path}: {lines} lines; split it, {LINES_MAX} is the most"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(word) = UNFINISHED.iter().find(|word| line.contains(**word)) {
            found.push(format!("{path}:{number}: unfinished: {word}"));
        }
    }
}

fn blanks(path: &str, text: &str, found: &mut Vec<String>) {
    if text.contains('\r') {
        found.push(format!("{path}: CR LF line ends; use LF"));
    }
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        found.push(format!("{path}: end with exactly one newline"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        if line.ends_with([' ', '\t']) {
            found.push(format!("{path}:{number}: trailing blank"));
        }
    }
}
