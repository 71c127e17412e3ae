//! The runner fails where it must: it would be worth nothing if it passed everything.

use super::{check_case, fences, flow_text};

/// Runs the first fence of a text and expects failures that contain these parts, in order.
#[track_caller]
fn check(markdown: &str, expected: &[&str]) {
    let cases = fences(markdown, "edn");
    let failures: Vec<String> = cases.iter().flat_map(|case| check_case("spec.md", case)).collect();
    assert_eq!(failures.len(), expected.len(), "{failures:#?}");
    for (failure, part) in failures.iter().zip(expected) {
        assert!(failure.contains(part), "no `{part}` in {failure}");
    }
}

#[test]
fn assertions_are_compared_by_line_and_code() {
    check("# Good\n```edn\n;; body:\n(flow/input)\n```\n", &[]);
    check("# Met\n```edn\n;; body:\n(cuont 1) ;; error: [unknown-symbol] \"count\"\n```\n", &[]);
    check("# Above\n```edn\n;; body:\n;; error: [unknown-symbol]\n(cuont 1)\n```\n", &[]);
    check(
        "# Unexpected\n```edn\n;; body:\n(cuont 1)\n```\n",
        &["spec.md:4: Unexpected: unexpected Error [unknown-symbol]"],
    );
    check(
        "# Missing\n```edn\n;; body:\n(flow/input) ;; error: [unknown-symbol]\n```\n",
        &["spec.md:4: Missing: missing Error [unknown-symbol]"],
    );
    check(
        "# Line\n```edn\n;; body:\n[1 ;; error: [unknown-symbol]\n (cuont 1)]\n```\n",
        &["spec.md:5: Line: unexpected", "spec.md:4: Line: missing"],
    );
    check(
        "# Words\n```edn\n;; body:\n(cuont 1) ;; error: [unknown-symbol] \"frist\"\n```\n",
        &["unexpected Error [unknown-symbol]", "missing Error [unknown-symbol] with \"frist\""],
    );
    check(
        "# Severity\n```edn\n;; body:\n(cuont 1) ;; warning: [unknown-symbol]\n```\n",
        &["unexpected Error", "missing Warning"],
    );
}

#[test]
fn fences_have_names_and_lines() {
    let cases =
        fences("# One\n```edn\n1\n```\n```text\nno\n```\n```edn\n2\n```\n## Two\n```edn\n3\n```\n", "edn");
    let seen: Vec<_> =
        cases.iter().map(|case| (case.name.as_str(), case.first_line, case.fence.trim())).collect();
    assert_eq!(seen, [("One", 3, "1"), ("One (2)", 9, "2"), ("Two", 13, "3")]);
}

#[test]
fn wrapping_keeps_line_numbers() {
    for first in [";; body:", ";; function:"] {
        let text = flow_text(&format!("{first}\n(here)\n"));
        assert_eq!(text.lines().nth(1), Some("(here)"), "{text}");
    }
}
