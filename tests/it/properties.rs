//! What holds of any text: printed forms read back, layout changes nothing and is stable, checking ends with places
//! that exist.
//!
//! The cases come from a fixed seed, so that a run on one machine is the run on every other; a counterexample is
//! shrunk before it is shown. `fuzz/` asks the same questions for as long as one likes.

use breyta_compiler::diagnostics::{Diagnostic, render};
use breyta_compiler::format::format;
use breyta_compiler::source::{FileId, Sources};
use breyta_compiler::syntax::{self, print};
use breyta_core::lexer::{self, TokenKind};
use breyta_tests::tree;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use corpus::Change;

/// Flows as people wrote them, and what may happen to them.
mod corpus;

/// Texts of forms.
mod texts;

#[track_caller]
fn hold<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    if let Err(error) = TestRunner::new_with_rng(config, rng).run(strategy, property) {
        panic!("{error}");
    }
}

/// The forms on a line each; None when the text cannot be read.
fn forms(text: &str) -> Option<Vec<String>> {
    let reading = syntax::read(&Sources::single("text.edn", text), FileId(0));
    reading.problems.is_empty().then(|| reading.forms.iter().map(print).collect())
}

fn formatted(text: &str) -> Option<String> {
    format(&Sources::single("text.edn", text), FileId(0)).ok()
}

/// The comments in order, without blanks at their ends.
fn comments(text: &str) -> Vec<String> {
    let tokens = lexer::lex(text).tokens;
    let comments = tokens.iter().filter(|token| token.kind == TokenKind::Comment);
    comments.map(|token| token.text(text).trim_end().to_owned()).collect()
}

/// Layout keeps forms and comments, is stable, and leaves no blanks at the ends of lines.
fn lays_out(text: &str) -> Result<(), TestCaseError> {
    let Some(before) = forms(text) else { return Ok(()) };
    let out = formatted(text);
    prop_assert!(out.is_some(), "not formatted:\n{}", text);
    let out = out.unwrap_or_default();
    prop_assert_eq!(forms(&out), Some(before), "other forms:\n{}", &out);
    prop_assert_eq!(comments(&out), comments(text), "other comments:\n{}", &out);
    prop_assert_eq!(formatted(&out), Some(out.clone()), "not stable");
    let blank_ends = out.lines().any(|line| line.ends_with([' ', '\t']));
    prop_assert!(!blank_ends || text.contains('"'), "blanks at the end of a line:\n{}", &out);
    Ok(())
}

/// Every place lies in the text, on characters; every rendering works, and a message is one line.
fn points_into(text: &str, problems: &[Diagnostic], sources: &Sources) -> Result<(), TestCaseError> {
    for problem in problems {
        let labels = problem.secondary.iter().map(|label| label.span);
        let edits = problem.edits.iter().map(|edit| edit.span);
        for span in std::iter::once(problem.primary.span).chain(labels).chain(edits) {
            let range = span.start as usize..span.end as usize;
            prop_assert!(text.get(range).is_some(), "{:?} is no place in the text: {:?}", span, problem);
        }
        prop_assert!(!problem.message.contains('\n'), "a message has one line: {:?}", problem);
    }
    prop_assert_eq!(render::human(problems, sources, true).is_empty(), problems.is_empty());
    prop_assert_eq!(render::short(problems, sources).lines().count(), problems.len());
    Ok(())
}

#[test]
fn printed_forms_read_back() {
    let readable = std::cell::Cell::new(0_u32);
    hold(800, &texts::text(), |text| {
        let Some(printed) = forms(&text) else { return Ok(()) };
        readable.set(readable.get() + 1);
        prop_assert_eq!(forms(&printed.join("\n")), Some(printed.clone()));
        prop_assert_eq!(forms(&printed.join(" ")), Some(printed));
        Ok(())
    });
    assert!(readable.get() > 400, "too little that can be read is made: {}", readable.get());
}

#[test]
fn layout_keeps_forms_and_comments() {
    hold(800, &texts::text(), |text| lays_out(&text));
}

/// Our own flows are in standard layout, and stay the same flows however their spaces are disturbed.
#[test]
fn layout_of_flows() {
    for file in tree::files(&tree::root().join("examples"), ".edn") {
        let text = tree::read(&file);
        assert_eq!(
            formatted(&text).unwrap_or(text.clone()),
            text,
            "{} is not in standard layout",
            tree::shown(&file)
        );
    }
    let corpus = corpus::texts();
    for text in &corpus {
        lays_out(text).unwrap();
    }
    let disturbed = (0..corpus.len(), proptest::collection::vec(texts::gap(), 1..40));
    hold(300, &disturbed, |(index, gaps)| {
        let text = corpus.get(index).map(String::as_str).unwrap_or_default();
        lays_out(&corpus::disturbed(text, &gaps))
    });
}

/// Whatever happens to a flow, checking it ends, and what it says is about this text.
#[test]
fn checking_any_text_ends() {
    let corpus = corpus::texts();
    let mutated = (0..corpus.len(), proptest::collection::vec(Change::any(corpus.len()), 0..6));
    hold(300, &mutated, |(index, changes)| {
        let text = corpus::mutated(&corpus, index, &changes);
        let sources = Sources::single("flow.edn", text.as_str());
        let compilation = breyta_compiler::compile(&sources);
        points_into(&text, &compilation.problems, &sources)?;
        points_into(&text, &compilation.refusals, &sources)?;
        prop_assert_eq!(breyta_compiler::compile(&sources).problems, compilation.problems, "two runs differ");
        lays_out(&text)
    });
}

/// What `--fix` would write is no worse a text to the reader than before: edits never cut a character or overlap
/// themselves.
#[test]
fn suggestions_can_be_carried_out() {
    let corpus = corpus::texts();
    let mutated = (0..corpus.len(), proptest::collection::vec(Change::any(corpus.len()), 1..4));
    hold(200, &mutated, |(index, changes)| {
        let text = corpus::mutated(&corpus, index, &changes);
        let compilation = breyta_compiler::compile(&Sources::single("flow.edn", text.as_str()));
        for problem in compilation.problems.iter().filter(|problem| !problem.edits.is_empty()) {
            let mut edits: Vec<_> = problem.edits.iter().collect();
            edits.sort_by_key(|edit| edit.span.start);
            for pair in edits.windows(2) {
                prop_assert!(
                    matches!(pair, [a, b] if a.span.end <= b.span.start),
                    "edits overlap: {:?}",
                    problem
                );
            }
            let mut mended = text.clone();
            for edit in edits.iter().rev() {
                mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            }
            let readable = forms(&text).is_none() || forms(&mended).is_some();
            prop_assert!(readable, "the change makes a text that cannot be read: {:?}\n{}", problem, &mended);
        }
        Ok(())
    });
}
