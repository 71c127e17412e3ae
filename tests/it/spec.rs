//! `tests/spec/<area>/*.md`: what is accepted, and what is reported where.

use breyta_tests::{fixture, spec, tree};

fn check(area: &str) {
    let files = tree::files(&tree::tests().join("spec").join(area), ".md");
    assert!(!files.is_empty(), "tests/spec/{area} is empty");
    let failures: Vec<String> = files.iter().flat_map(|file| spec::check_file(file)).collect();
    fixture::assert_none(&failures);
}

#[test]
fn reader() {
    check("reader");
}

#[test]
fn definition() {
    check("definition");
}

#[test]
fn body() {
    check("body");
}

#[test]
fn steps() {
    check("steps");
}

/// Only codes of the public command line count here: they have underscores.
#[test]
fn lint() {
    let files = tree::files(&tree::tests().join("spec/lint"), ".md");
    let failures: Vec<String> =
        files.iter().flat_map(|file| spec::check_file_for(file, &|code| code.contains('_'))).collect();
    fixture::assert_none(&failures);
}
