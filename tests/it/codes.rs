//! The table of diagnostics: complete, explained, and the same as the public command line's where that has the code.

use std::collections::BTreeSet;

use breyta_compiler::diagnostics::{Code, Severity, codes};
use breyta_tests::executable::breytac_run;
use breyta_tests::{fixture, spec, tree};

/// The words of `Code::NAME` in a text.
fn constants(text: &str) -> impl Iterator<Item = &str> {
    text.split("Code::").skip(1).filter_map(|rest| {
        let end = rest
            .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
            .unwrap_or(rest.len());
        let name = &rest[..end];
        // `Code::new`, and type parameters such as `Code::X`, are no rows.
        (name.len() > 2 && !rest[end..].starts_with(|c: char| c.is_ascii_lowercase())).then_some(name)
    })
}

#[test]
fn every_code_is_reported_somewhere_and_every_reported_code_is_in_the_table() {
    let sources = tree::root().join("compiler/src");
    let table = tree::read(&sources.join("diagnostics/codes.rs"));
    let rows: BTreeSet<&str> = table
        .lines()
        .filter(|line| line.ends_with(" Error;") || line.ends_with(" Warning;"))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(rows.len(), codes::ALL.len(), "rows of the table could not be read");
    let texts: Vec<String> = tree::files(&sources, ".rs")
        .iter()
        .filter(|path| !path.ends_with("diagnostics/codes.rs") && !path.ends_with("tests.rs"))
        .map(|path| tree::read(path))
        .collect();
    let used: BTreeSet<&str> = texts.iter().flat_map(|text| constants(text)).collect();
    let unknown: Vec<_> = used.difference(&rows).collect();
    let unused: Vec<_> = rows.difference(&used).collect();
    assert!(
        unknown.is_empty() && unused.is_empty(),
        "not in the table: {unknown:?}; never reported: {unused:?}"
    );
}

#[test]
fn every_page_says_what_is_wrong_and_what_to_write() {
    let mut failures = Vec::new();
    for code in codes::ALL {
        let (name, page) = (code.name(), code.page());
        let mut fail = |what: &str| failures.push(format!("{name}: {what}"));
        if page.lines().next() != Some(&format!("# {name}")) {
            fail("its page does not begin with its name as the title");
        }
        let Some((before, after)) = page.split_once("\n```edn\n") else {
            fail("its page has no example");
            continue;
        };
        if before.lines().skip(1).all(|line| line.trim().is_empty()) {
            fail("nothing stands before the example of its page");
        }
        let rest = after.split_once("\n```").map_or("", |(_, rest)| rest);
        if rest.trim().is_empty() {
            fail("its page does not say what to write instead");
        }
        if spec::fences(page, "edn").is_empty() {
            fail("the example of its page cannot be read");
        }
    }
    fixture::assert_none(&failures);
}

#[test]
fn explain_prints_every_page() {
    let mut failures = Vec::new();
    for code in codes::ALL {
        let finished = breytac_run(&["explain", code.name()]).expect_status(0);
        if finished.stdout != code.page() {
            failures.push(format!("{}: explain does not print its page", code.name()));
        }
    }
    fixture::assert_none(&failures);
}

#[test]
fn severities_are_those_of_the_public_command_line() {
    let table = tree::read(&tree::tests().join("fixtures/lint/public-codes.txt"));
    let mut failures = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [name, severity, here] = line.split(' ').collect::<Vec<_>>()[..] else {
            failures.push(format!("cannot read the row {line}"));
            continue;
        };
        let expected = match (here, severity) {
            ("never", _) => None,
            ("error", "W") | ("same", "E") => Some(Severity::Error),
            ("same", "W") => Some(Severity::Warning),
            _ => {
                failures.push(format!("cannot read the row {line}"));
                continue;
            }
        };
        let found = Code::find(name).map(Code::severity);
        if found != expected {
            failures.push(format!("{name} is {found:?}, not {expected:?}"));
        }
    }
    fixture::assert_none(&failures);
}
