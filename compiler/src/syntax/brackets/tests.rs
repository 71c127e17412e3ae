//! One bracket of a well-indented flow is changed, at many places: one problem, on that line or pointing to it. Two are
//! changed: two problems. And the flow as printed in the documentation, with its two wrong brackets.

use std::fmt::Write as _;

use breyta_core::lexer::{Bracket, Token, TokenKind, lex};

use crate::diagnostics::{Code, Diagnostic, render};
use crate::source::{FileId, Sources};
use crate::syntax::{print, read};

const FLOW: &str = include_str!("tests/orders.edn");
const AS_PRINTED: &str = include_str!("../../../../tests/fixtures/as-printed/fetch-users.edn");

/// A text with something wrong at one token of [`FLOW`].
struct Mutation {
    token: Token,
    replacement: String,
    line: usize,
}

/// Each bracket deleted, doubled, and swapped for one of another kind.
fn mutations() -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let line = |token: &Token| FLOW[..token.start].matches('\n').count() + 1;
    for token in lex(FLOW).tokens {
        let (text, bracket) = match token.kind {
            TokenKind::Open(opener) => (opener.text().to_owned(), opener.bracket()),
            TokenKind::Close(bracket) => (bracket.close().to_string(), bracket),
            _ => continue,
        };
        let opens = matches!(token.kind, TokenKind::Open(_));
        let others = Bracket::ALL.into_iter().filter(|other| *other != bracket);
        let swapped = others.map(|other| if opens { other.open() } else { other.close() }.to_string());
        for replacement in [String::new(), text.repeat(2)].into_iter().chain(swapped) {
            mutations.push(Mutation { token, replacement, line: line(&token) });
        }
    }
    mutations
}

/// Changes [`FLOW`]; the mutations in the order of the text.
fn mutate(mutations: &[&Mutation]) -> String {
    let mut text = FLOW.to_owned();
    for mutation in mutations.iter().rev() {
        text.replace_range(mutation.token.start..mutation.token.end, &mutation.replacement);
    }
    text
}

fn problems(text: &str) -> Vec<Diagnostic> {
    read(&Sources::single("flow.edn", text), FileId(0)).problems
}

/// Whether the problem's place or one of its labels is on the line.
fn shows(text: &str, problem: &Diagnostic, line: usize) -> bool {
    let on_line = |offset: u32| text[..offset as usize].matches('\n').count() + 1 == line;
    on_line(problem.primary.span.start) || problem.secondary.iter().any(|label| on_line(label.span.start))
}

/// The text with all suggestions applied.
fn mended(text: &str, problems: &[Diagnostic]) -> String {
    let mut edits: Vec<_> = problems.iter().flat_map(|problem| &problem.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    text
}

fn forms(text: &str) -> Vec<String> {
    read(&Sources::single("flow.edn", text), FileId(0)).forms.iter().map(print::print).collect()
}

#[test]
fn one_wrong_bracket() {
    let original = forms(FLOW);
    let (mut tried, mut restored) = (0, 0);
    for mutation in mutations().iter().step_by(3) {
        let text = mutate(&[mutation]);
        let problems = problems(&text);
        let place =
            format!("line {}: {:?} for {:?}", mutation.line, mutation.replacement, mutation.token.text(FLOW));
        let [problem] = problems.as_slice() else { panic!("{place}: {problems:#?}") };
        assert_eq!(problem.code, Code::DELIMITERS_INVALID, "{place}");
        assert!(shows(&text, problem, mutation.line), "{place}: {problem:#?}");
        let again = forms(&mended(&text, &problems));
        assert!(!again.is_empty(), "{place}: the suggestion must make the text balance: {problem:#?}");
        tried += 1;
        restored += usize::from(again == original);
    }
    // The rest are faults within one line, where several repairs are as good as each other.
    assert!(restored * 100 >= tried * 65, "{restored} of {tried} restored exactly");
}

#[test]
fn two_wrong_brackets() {
    let mutations = mutations();
    let (mut tried, mut exact) = (0, 0);
    for (index, first) in mutations.iter().enumerate().step_by(7) {
        let far = (index * 13) % 200 + 150;
        let Some(second) = mutations.get(index + far) else { continue };
        let text = mutate(&[first, second]);
        let problems = problems(&text);
        let found = |line: usize| problems.iter().any(|problem| shows(&text, problem, line));
        tried += 1;
        println!(
            "{} {} {} : {}",
            first.line,
            second.line,
            problems.len(),
            found(first.line) && found(second.line)
        );
        exact += usize::from(problems.len() <= 2 && found(first.line) && found(second.line));
        assert!(!forms(&mended(&text, &problems)).is_empty());
    }
    assert!(exact * 100 >= tried * 99, "{exact} of {tried}");
}

#[test]
fn the_flow_as_printed() {
    let sources = Sources::single("fetch-users.edn", AS_PRINTED);
    let problems = read(&sources, FileId(0)).problems;
    assert_eq!(
        render::short(&problems, &sources),
        "fetch-users.edn:20:27: error[clojure_delimiters_invalid]: this `]` closes the `[` of line 20 too early\n\
         fetch-users.edn:28:13: error[clojure_delimiters_invalid]: this `)` closes nothing: the `(` of line 20 is closed already\n"
    );
    let labels = |index: usize| -> Vec<String> {
        let place = |span: crate::source::Span| sources.line_column(span.file, span.start);
        let labels: &Vec<crate::diagnostics::Label> = &problems[index].secondary;
        labels.iter().map(|label| format!("{:?} {}", place(label.span), label.text)).collect()
    };
    assert_eq!(
        labels(0),
        ["(20, 8) this `[` is closed too early", "(27, 52) this is the `]` that should close it"]
    );
    assert_eq!(
        labels(1),
        [
            "(1, 1) this `{` is the innermost open bracket; it needs a `}`",
            "(20, 3) this `(` is already closed by the `)` before it",
        ]
    );
    let mended = mended(AS_PRINTED, &problems);
    assert!(
        mended.contains("(let [input (flow/input)\n") && mended.ends_with("\n    summary)}\n"),
        "{mended}"
    );
    assert_eq!(forms(&mended).len(), 1);
}

/// The problems of a short text, one line each, with every label.
fn check(text: &str, wanted: &str) {
    let mut out = Vec::new();
    let sources = Sources::single("flow.edn", text);
    for problem in problems(text) {
        let place = |start: u32| {
            let (line, column) = sources.line_column(FileId(0), start);
            format!("{line}:{column}")
        };
        let mut line = format!("{} {}", place(problem.primary.span.start), problem.message);
        for label in &problem.secondary {
            let _ = write!(line, " [{} {}]", place(label.span.start), label.text);
        }
        out.push(line);
    }
    assert_eq!(out.join("\n"), wanted, "{text}");
}

#[test]
fn messages() {
    check("{:a 1", "1:6 the `{` of line 1 is never closed [1:1 this `{` is not closed]");
    check(
        "{:a [(f",
        "1:8 3 brackets are never closed [1:6 this `(` is not closed] [1:5 this `[` is not closed] [1:1 this `{` is not closed]",
    );
    check(
        "{:a 1}}",
        "1:7 this `}` closes nothing: the `{` of line 1 is closed already [1:1 this `{` is already closed by the `}` before it]",
    );
    check(
        "{:a (f x)))}",
        "1:10 these `))` close nothing: the `(` of line 1 is closed already [1:1 this `{` is the innermost open bracket; it needs a `}`] [1:5 this `(` is already closed by the `)` before it]",
    );
    check("{:a (f x]}", "1:9 `(` is closed by `]` [1:5 this `(` needs a `)`]");
    check("{:a [1\n     2\n :b 3}", "2:7 the `[` of line 1 is never closed [1:5 this `[` is not closed]");
    check("(let [a 1\n      b 2)\n  a)", "2:10 `[` is closed by `)` [1:6 this `[` needs a `]`]");
    check(")", "1:1 this `)` closes nothing: no `(` is open here");
    check("[", "1:2 the `[` of line 1 is never closed [1:1 this `[` is not closed]");
    check("\"(\" \\( ; (\n#\"\\(\"", "");
}

#[test]
fn misplaced_but_balanced_text_is_never_questioned() {
    check("(let [a 1]\n      b 2\n a)", "");
    check("{:a\n1\n   :b [\n 2]}", "");
}

#[test]
fn any_soup_of_brackets_is_mended() {
    let mut seed = 12_345_u64;
    let mut random = move |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let words = ["(", ")", "[", "]", "{", "}", "\n ", "\n     ", "a ", ":k ", "#{", "#(", "'", "1 "];
    for _ in 0..600 {
        let text: String = (0..random(18)).map(|_| words[random(words.len())]).collect();
        let found = problems(&text);
        let of_brackets = |found: &[Diagnostic]| found.iter().any(|it| it.code == Code::DELIMITERS_INVALID);
        if of_brackets(&found) && found.len() < 8 {
            let again = mended(&text, &found);
            assert!(!of_brackets(&problems(&again)), "{text:?} is not mended by {found:#?}: {again:?}");
        }
    }
}

#[test]
fn long_texts_are_searched_in_bounded_memory() {
    let entry = " {:a [1 2 (f x)]\n  :b {:c #{1} :d (g [y])}}\n";
    let text = format!("[\n{} {{:a [1 2 (f x]\n  :b 1}}\n{}]", entry.repeat(400), entry.repeat(400));
    let problems = problems(&text);
    let [problem] = problems.as_slice() else { panic!("{problems:#?}") };
    assert!(shows(&text, problem, 802), "{problem:#?}");
}
