//! What must hold of any bytes at all. Each target panics when it does not; that and hanging are what fuzzers find.
//!
//! Not a test suite: what a text means is tested elsewhere. What a target returns tells runs apart, so that a fuzzer
//! without coverage can keep the inputs that did something new.

use breyta_compiler::diagnostics::{Diagnostic, render};
use breyta_compiler::source::{FileId, Sources};
use breyta_compiler::{compile, format, syntax};

/// A target: bytes in, names of what happened out.
pub type Target = fn(&[u8]) -> Vec<&'static str>;

/// All targets by name.
pub const TARGETS: [(&str, Target); 3] = [("reader", reader), ("checker", checker), ("formatter", formatter)];

fn sources(data: &[u8]) -> Option<Sources> {
    std::str::from_utf8(data).ok().map(|text| Sources::single("flow.edn", text))
}

fn printed(sources: &Sources) -> Option<Vec<String>> {
    let reading = syntax::read(sources, FileId(0));
    reading.problems.is_empty().then(|| reading.forms.iter().map(syntax::print).collect())
}

fn codes(problems: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = problems.iter().map(|problem| problem.code.name()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Every place lies in the text, on characters; and every rendering works.
fn check_problems(problems: &[Diagnostic], sources: &Sources) {
    let text = &sources.file(FileId(0)).text;
    for problem in problems {
        let labels = problem.secondary.iter().map(|label| label.span);
        let edits = problem.edits.iter().map(|edit| edit.span);
        for span in std::iter::once(problem.primary.span).chain(labels).chain(edits) {
            let range = span.start as usize..span.end as usize;
            assert!(text.get(range).is_some(), "{span:?} is no place in the text: {problem:?}");
        }
        assert!(!problem.message.contains('\n'), "a message has one line: {problem:?}");
    }
    // Rendering costs more than compiling; a few show as much as all.
    let few = problems.get(..problems.len().min(4)).unwrap_or_default();
    assert_eq!(render::human(few, sources, true).is_empty(), few.is_empty());
    assert_eq!(render::short(few, sources).lines().count(), few.len());
    assert_eq!(render::json(few, sources).as_array().map(Vec::len), Some(few.len()));
}

/// Reading ends; what is read without a problem prints to text that reads to the same.
pub fn reader(data: &[u8]) -> Vec<&'static str> {
    let Some(sources) = sources(data) else { return vec!["not UTF-8"] };
    let reading = syntax::read(&sources, FileId(0));
    check_problems(&reading.problems, &sources);
    if let Some(printed) = printed(&sources) {
        let again = Sources::single("printed.edn", printed.join("\n"));
        assert_eq!(self::printed(&again), Some(printed), "print ∘ read is no identity");
    }
    codes(&reading.problems)
}

/// Checking ends, with places that exist; the same text gives the same problems.
pub fn checker(data: &[u8]) -> Vec<&'static str> {
    let Some(sources) = sources(data) else { return vec!["not UTF-8"] };
    let compilation = compile(&sources);
    check_problems(&compilation.problems, &sources);
    check_problems(&compilation.refusals, &sources);
    assert_eq!(compile(&sources).problems, compilation.problems, "two runs differ");
    codes(&compilation.problems)
}

/// Layout changes no form, and laying out twice is laying out once.
pub fn formatter(data: &[u8]) -> Vec<&'static str> {
    let Some(sources) = sources(data) else { return vec!["not UTF-8"] };
    let text = match format::format(&sources, FileId(0)) {
        Ok(text) => text,
        Err(problems) => return codes(&problems),
    };
    let again = Sources::single("formatted.edn", text.as_str());
    let twice = format::format(&again, FileId(0)).expect("formatted text can be read");
    assert_eq!(twice, text, "not stable");
    assert_eq!(printed(&again), printed(&sources), "other forms");
    vec![if text == sources.file(FileId(0)).text { "same" } else { "changed" }]
}
