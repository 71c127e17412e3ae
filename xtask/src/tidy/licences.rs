//! Licences of every crate that is linked on this platform must be on the list. `deny.toml` holds the same list for
//! cargo-deny, which also looks at other platforms and at advisories.

use anyhow::{Context, Result};
use serde_json::Value;

use super::Tree;
use crate::program;

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

pub(super) fn check(tree: &Tree) -> Result<Vec<String>> {
    let host = host()?;
    let arguments = ["metadata", "--locked", "--format-version", "1", "--filter-platform", &host];
    let metadata: Value = serde_json::from_str(&program::output(&mut program::cargo(&arguments))?)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let mut found = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if !is_allowed(licence) {
            found.push(format!(
                "{name}: licence `{licence}` is not on the list in xtask/src/tidy/licences.rs"
            ));
        }
    }
    let deny = tree.read("deny.toml")?;
    for licence in ALLOWED.iter().filter(|licence| !deny.contains(&format!("\"{licence}\""))) {
        found.push(format!("deny.toml: does not list {licence}, xtask/src/tidy/licences.rs does"));
    }
    Ok(found)
}

fn host() -> Result<String> {
    let text = program::output(std::process::Command::new("rustc").arg("-vV"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("`rustc -vV` names no host")?.to_owned())
}

/// An SPDX expression that some choice of its alternatives satisfies. `/` is the old spelling of OR.
pub(super) fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    judge(expression.trim())
}

fn judge(expression: &str) -> bool {
    let choices = split(expression, " OR ");
    if choices.len() > 1 {
        return choices.into_iter().any(judge);
    }
    let parts = split(expression, " AND ");
    if parts.len() > 1 {
        return parts.into_iter().all(judge);
    }
    match expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => judge(inner),
        None => ALLOWED.contains(&expression),
    }
}

/// Splits at a word outside parentheses.
fn split<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let (mut parts, mut begin, mut depth) = (Vec::new(), 0, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && at >= begin && text[at..].starts_with(word) => {
                parts.push(text[begin..at].trim());
                begin = at + word.len();
            }
            _ => {}
        }
    }
    parts.push(text[begin..].trim());
    parts
}
