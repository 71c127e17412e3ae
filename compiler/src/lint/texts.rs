//! What stands in strings: ids of workspaces, keys of services, and data that is too large to stand in source.

use super::code::Collected;
use super::tokens;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{Sources, Span};
use crate::syntax::{Form, FormKind, StringLiteral};

/// A one-line string with this many characters, or more, is data and not source.
const LARGE_CHARS: usize = 4_000;

pub(super) fn check(sources: &Sources, definition: &Form, code: &Collected<'_>, problems: &mut Problems) {
    super::each(definition, &mut |form| {
        let FormKind::String(string) = &form.kind else { return };
        large(sources, form, problems);
        if !code.is_code(form) {
            workspace_ids(string, form.span, problems);
            token(string, form.span, problems);
        }
    });
    for function in code.in_strings() {
        super::each(function, &mut |form| {
            if let FormKind::String(string) = &form.kind {
                workspace_ids(string, form.span, problems);
                token(string, form.span, problems);
            }
        });
    }
}

fn token(string: &StringLiteral, span: Span, problems: &mut Problems) {
    let Some((start, end)) = tokens::first(&string.value) else { return };
    let place = Span { start: in_file(string, start), end: in_file(string, end - 1) + 1, ..span };
    problems.report(
        Diagnostic::new(Code::TOKEN_IN_TEXT, place, "this looks like the key of a service")
            .label("everybody who reads the flow can read it")
            .help("declare it in `:requires`, as the `:auth` of a connection or as a slot of type `:secret`, and bind the value when the flow is set up"),
    );
}

fn large(sources: &Sources, form: &Form, problems: &mut Problems) {
    let written = sources.text(form.span);
    // A character has at least one byte: most strings need no counting.
    if written.len() < LARGE_CHARS || written.contains('\n') {
        return;
    }
    let length = written.chars().count().saturating_sub(2);
    if length >= LARGE_CHARS {
        let message = format!("a string of {length} characters stands in the source");
        problems.report(
            Diagnostic::new(Code::LARGE_INLINE_STRING, form.span.first(), message)
                .label("begins here")
                .note(format!(
                    "from {LARGE_CHARS} characters on, on one line, a string is data rather than source"
                ))
                .help("keep it outside: a template, an input, a file, or a step result with `:persist`"),
        );
    }
}

fn workspace_ids(string: &StringLiteral, span: Span, problems: &mut Problems) {
    for (start, end) in ids_in(&string.value) {
        let place = Span { start: in_file(string, start), end: in_file(string, end - 1) + 1, ..span };
        let id = string.value.get(start..end).unwrap_or_default();
        problems.report(
            Diagnostic::new(Code::HARDCODED_WORKSPACE_ID, place, format!("the workspace id `{id}` stands in the source"))
                .label("another workspace has another id")
                .help("take it from a connection of `:requires`, a setup form or the input: `(:workspace (flow/input))`"),
        );
    }
}

/// Where ids stand: `ws-` at the beginning of a word, then letters, digits, `_` and `-`.
pub(super) fn ids_in(text: &str) -> Vec<(usize, usize)> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text.get(at..).and_then(|rest| rest.find("ws-")) {
        let start = at + offset;
        at = start + 3;
        if text.get(..start).and_then(|before| before.chars().next_back()).is_some_and(is_word) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let run = rest.find(|c: char| !is_word(c) && c != '-').unwrap_or(rest.len());
        let name = rest.get(..run).unwrap_or_default().trim_end_matches('-');
        if !name.is_empty() {
            found.push((start, at + name.len()));
            at += name.len();
        }
    }
    found
}

/// The offset in the file of an offset in the value.
fn in_file(string: &StringLiteral, offset: usize) -> u32 {
    string.in_file(offset).unwrap_or(offset) as u32
}
