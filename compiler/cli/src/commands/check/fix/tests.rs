//! Which changes are made together, and what the texts are then.

use breyta_compiler::diagnostics::{Code, Diagnostic};
use breyta_compiler::source::{FileId, Sources, Span};

use super::mend;
use crate::frontend::Checked;

/// Problems as lists of changes `(start, end, text)` of file 0, and of file 1 from 100 on.
#[track_caller]
fn check(text: &str, problems: &[&[(usize, usize, &str)]], expected: &str, applied: usize) {
    let problems = problems
        .iter()
        .map(|edits| {
            let problem = Diagnostic::new(Code::UNKNOWN_KEY, Span::new(FileId(0), 0, 0), "wrong");
            edits.iter().fold(problem, |problem, (start, end, text)| {
                let (file, base) = if *start >= 100 { (FileId(1), 100) } else { (FileId(0), 0) };
                problem.edit(Span::new(file, start - base, end - base), *text)
            })
        })
        .collect();
    let mut sources = Sources::single("flow.edn", text);
    sources.add("other.edn", "xyz");
    let checked = Checked { sources, problems, refusals: Vec::new(), definition: None, program: None };
    let (texts, changes) = mend(&checked, |_| true);
    let texts: Vec<&str> = texts.values().map(String::as_str).collect();
    let unchanged = [text];
    assert_eq!(if texts.is_empty() { unchanged.join("|") } else { texts.join("|") }, expected);
    assert_eq!(changes.len(), applied);
}

#[test]
fn changes() {
    check("abc", &[], "abc", 0);
    check("abc", &[&[(0, 1, "x")], &[(2, 3, "yz")]], "xbyz", 2);
    // Insertion and removal, in one problem and out of order.
    check("abc", &[&[(3, 3, ")"), (0, 1, "")]], "bc)", 2);
    check("abc", &[&[(1, 1, "x")], &[(1, 2, "")]], "axc", 2);
}

#[test]
fn of_several_files() {
    check("abc", &[&[(0, 1, "n"), (101, 102, "n")]], "nbc|xnz", 2);
    check("abc", &[&[(0, 1, "n")], &[(100, 101, "n")]], "nbc|nyz", 2);
    check("abc", &[&[(0, 1, "n"), (101, 109, "n")]], "abc", 0);
}

#[test]
fn of_two_that_touch_the_first_wins() {
    check("abc", &[&[(0, 2, "x")], &[(1, 3, "y")]], "xc", 1);
    check("abc", &[&[(1, 1, "x")], &[(1, 1, "y")]], "axbc", 1);
}

#[test]
fn a_problem_is_mended_whole_or_not_at_all() {
    check("abcd", &[&[(0, 2, "x")], &[(1, 2, "y"), (3, 4, "z")]], "xcd", 1);
    check("abcd", &[&[(0, 2, "x"), (1, 3, "y")]], "abcd", 0);
    check("aé", &[&[(2, 3, "x")]], "aé", 0);
    check("abc", &[&[(2, 9, "x")]], "abc", 0);
}
