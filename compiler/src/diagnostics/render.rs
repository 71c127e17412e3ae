//! Problems as people and programs read them: rustc's look, one line each, and JSON.
//!
//! Nothing is decided here: order, severity and wording come in with the problems.

mod json;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Diagnostic, Label, Severity};
use crate::source::{FileId, Sources, Span};

pub use json::json;

/// For a terminal: each problem with its lines of source, then how many there are. Empty when there are none.
pub fn human(problems: &[Diagnostic], sources: &Sources, color: bool) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for problem in problems {
        out.push_str(renderer.render(&[report(problem, sources)]).trim_end());
        out.push_str("\n\n");
    }
    out.push_str(&count(problems));
    out.push('\n');
    out
}

/// One line for each problem: `file:line:column: error[code]: message`.
pub fn short(problems: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for problem in problems {
        let span = problem.primary.span;
        let (line, column) = sources.line_column(span.file, span.start);
        let file = &sources.file(span.file).name;
        let (severity, code) = (severity_word(problem.severity), problem.code.name());
        let _ = writeln!(
            out,
            "{file}:{line}:{column}: {severity}[{code}]: {}",
            normalize_untrusted_str(&problem.message)
        );
    }
    out
}

/// `2 errors, 1 warning`; `no problems`.
pub fn count(problems: &[Diagnostic]) -> String {
    let of = |severity: Severity| problems.iter().filter(|problem| problem.severity == severity).count();
    let words = |count: usize, word: &str| match count {
        0 => None,
        1 => Some(format!("1 {word}")),
        _ => Some(format!("{count} {word}s")),
    };
    let parts: Vec<String> = [words(of(Severity::Error), "error"), words(of(Severity::Warning), "warning")]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn report<'a>(problem: &Diagnostic, sources: &'a Sources) -> Group<'a> {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(problem.message.clone()).id(problem.code.name());
    let mut group = Group::with_title(title);
    // The primary file first, then the others in the order of their labels.
    let mut files = vec![problem.primary.span.file];
    for label in &problem.secondary {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    for file in files {
        let mut labels: Vec<(AnnotationKind, &Label)> = Vec::new();
        if problem.primary.span.file == file {
            labels.push((AnnotationKind::Primary, &problem.primary));
        }
        let others = problem.secondary.iter().filter(|label| label.span.file == file);
        labels.extend(others.map(|label| (AnnotationKind::Context, label)));
        group = places(group, sources, file, &labels);
    }
    if !problem.path.is_empty() {
        group = group
            .element(Level::NOTE.message(format!("at {}", normalize_untrusted_str(&problem.path.join(" ")))));
    }
    for note in &problem.notes {
        group = group.element(Level::NOTE.message(normalize_untrusted_str(note)));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    group
}

/// Lines of source that are gone through for one place; the renderer would go through the whole file.
const WINDOW_BYTES_MAX: usize = 100_000;

/// Shows the labels of one file together; each on its own when they are far apart, and without the source when not
/// even its line can be shown.
fn places<'a>(
    mut group: Group<'a>,
    sources: &'a Sources,
    file: FileId,
    labels: &[(AnnotationKind, &Label)],
) -> Group<'a> {
    let source = sources.file(file);
    let (start, end) = window(labels, &source.text);
    if end - start <= WINDOW_BYTES_MAX {
        return group.element(snippet(sources, file, (start, end), labels));
    }
    for label in labels {
        let one = std::slice::from_ref(label);
        let (start, end) = window(one, &source.text);
        group = if end - start <= WINDOW_BYTES_MAX {
            group.element(snippet(sources, file, (start, end), one))
        } else {
            let (line, column) = sources.line_column(file, label.1.span.start);
            group.element(Origin::path(&*source.name).line(line).char_column(column))
        };
    }
    group
}

/// The lines that hold all labels.
fn window(labels: &[(AnnotationKind, &Label)], text: &str) -> (usize, usize) {
    let ranges = || labels.iter().map(|(_, label)| range_in(label.span, text));
    let start = ranges().map(|range| range.start).min().unwrap_or(0);
    let end = ranges().map(|range| range.end).max().unwrap_or(0);
    let begins = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let ends = text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| end + at + 1);
    (begins, ends)
}

fn snippet<'a>(
    sources: &'a Sources,
    file: FileId,
    (start, end): (usize, usize),
    labels: &[(AnnotationKind, &Label)],
) -> Snippet<'a, Annotation<'a>> {
    let source = sources.file(file);
    let text = source.text.get(start..end).unwrap_or_default();
    let (first_line, _) = sources.line_column(file, start as u32);
    let annotations: Vec<Annotation<'a>> = labels
        .iter()
        .map(|(kind, label)| {
            let range = range_in(label.span, &source.text);
            annotation(*kind, range.start - start..range.end - start, label)
        })
        .collect();
    Snippet::source(text).line_start(first_line).path(&*source.name).annotations(annotations)
}

fn annotation<'a>(kind: AnnotationKind, range: std::ops::Range<usize>, label: &Label) -> Annotation<'a> {
    let text_label = (!label.text.is_empty()).then(|| normalize_untrusted_str(&label.text));
    kind.span(range).label(text_label)
}

/// The span as a range that the text has, whatever a stage made of it.
fn range_in(span: Span, text: &str) -> std::ops::Range<usize> {
    let floor = |offset: u32| text.floor_char_boundary(offset as usize);
    let start = floor(span.start);
    start..floor(span.end).max(start)
}
