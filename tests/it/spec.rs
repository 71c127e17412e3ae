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

#[test]
fn types() {
    check("types");
}

/// Only codes of the public command line count here: they have underscores.
#[test]
fn lint() {
    let files = tree::files(&tree::tests().join("spec/lint"), ".md");
    let failures: Vec<String> =
        files.iter().flat_map(|file| spec::check_file_for(file, &|code| code.contains('_'))).collect();
    fixture::assert_none(&failures);
}

/// What the reference page of a family shows is right.
#[test]
fn examples_of_families() {
    let failures: Vec<String> = breyta_catalog::families::ALL
        .iter()
        .flat_map(|family| {
            let fence = format!(";; step:\n{}\n", family.example);
            let case = spec::Case { name: format!("the example of :{}", family.name), first_line: 1, fence };
            spec::check_case("the catalog", &case)
        })
        .collect();
    fixture::assert_none(&failures);
}
