//! The table of run-time error codes against the sources of the runtime: every code that is emitted has a row, and every
//! row is emitted somewhere.

use std::collections::BTreeSet;

use breyta_catalog::errors;
use breyta_tests::tree;

/// What stands before the code where one is emitted.
const EMITTERS: &[&str] = &[
    "StepError::new(",
    "Failure::new(",
    "Thrown::limit(",
    "of_run(",
    "at_step(",
    "park(engine, &loaded, ",
    "park(engine, &stored, ",
    "Err((",
    "let (code, point) = (",
];

/// Files in which every arm that answers a text answers a code.
const TABLES: &[&str] = &["engine/src/error.rs", "engine/src/store/failure.rs", "core/src/thrown.rs"];

/// The name and text of each source of the runtime that is neither a test nor the table itself.
fn sources() -> Vec<(String, String)> {
    let files = tree::files(&tree::root().join("runtime"), ".rs").into_iter().map(|path| {
        let name = path.to_string_lossy().replace('\\', "/");
        (name, tree::read(&path))
    });
    files
        .filter(|(name, _)| !name.contains("tests.rs") && !name.contains("/conformance"))
        .filter(|(name, _)| !name.ends_with("catalog/src/errors.rs"))
        .collect()
}

/// The string literals that follow a marker, with only white space in between.
fn literals<'a>(text: &'a str, marker: &str) -> impl Iterator<Item = &'a str> {
    text.split(marker).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_'))
}

#[test]
fn every_emitted_code_must_have_a_row() {
    let mut missing = BTreeSet::new();
    for (name, text) in sources() {
        let is_table = TABLES.iter().any(|table| name.ends_with(table));
        let markers = EMITTERS.iter().copied().chain(is_table.then_some("=>"));
        let emitted = markers.flat_map(|marker| literals(&text, marker)).filter(|code| is_code(code));
        missing.extend(
            emitted.filter(|code| errors::find(code).is_none()).map(|code| (code.to_owned(), name.clone())),
        );
    }
    assert!(missing.is_empty(), "without a row in the table of error codes: {missing:#?}");
}

#[test]
fn every_row_must_be_emitted() {
    let sources = sources();
    let is_emitted = |code: &str| sources.iter().any(|(_, text)| text.contains(&format!("\"{code}\"")));
    let unused: Vec<_> =
        errors::CODES.iter().map(|code| code.name).filter(|code| !is_emitted(code)).collect();
    assert!(unused.is_empty(), "nothing emits {unused:?}");
}

#[test]
fn a_code_must_have_one_row() {
    let mut seen = BTreeSet::new();
    let twice: Vec<_> =
        errors::CODES.iter().map(|code| code.name).filter(|code| !seen.insert(*code)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
