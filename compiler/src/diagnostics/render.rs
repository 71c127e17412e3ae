//! Problems as text for people, as one line, and as JSON for programs.
//!
//! The only place that knows how a [`Diagnostic`] looks. Decides nothing about it: severity, words and places are given.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Map, Value, json};

use super::{Diagnostic, Label, Severity};
use crate::source::{Sources, Span};

/// Columns that the human form may use.
const COLUMNS: usize = 100;

/// The human form without colours: message, source with labels, notes, help. Ends with a line break.
pub fn human(sources: &Sources, problem: &Diagnostic) -> String {
    render(sources, problem, &Renderer::plain())
}

/// The human form with terminal colours.
pub fn coloured(sources: &Sources, problem: &Diagnostic) -> String {
    render(sources, problem, &Renderer::styled())
}

fn render(sources: &Sources, problem: &Diagnostic, renderer: &Renderer) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(&problem.message).id(problem.code.name()));
    for snippet in snippets(sources, problem) {
        group = group.element(snippet);
    }
    for note in &problem.notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = renderer.clone().term_width(COLUMNS).decor_style(DecorStyle::Ascii);
    format!("{}\n", renderer.render(&[group]))
}

/// One snippet for each file that labels stand in, the primary one's first.
fn snippets<'s>(
    sources: &'s Sources,
    problem: &'s Diagnostic,
) -> Vec<Snippet<'s, annotate_snippets::Annotation<'s>>> {
    let mut files = vec![problem.primary.span.file];
    for label in &problem.secondary {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
        .into_iter()
        .map(|id| {
            let file = sources.file(id);
            let labels = std::iter::once((AnnotationKind::Primary, &problem.primary))
                .chain(problem.secondary.iter().map(|label| (AnnotationKind::Context, label)))
                .filter(|(_, label)| label.span.file == id);
            let annotations = labels.map(|(kind, label)| {
                let annotation = kind.span(range(&file.text, label.span));
                if label.text.is_empty() { annotation } else { annotation.label(&label.text) }
            });
            Snippet::source(&file.text).path(&file.name).annotations(annotations)
        })
        .collect()
}

/// The bytes of a span, on character borders and inside the text; the first line only, so that long forms stay short.
fn range(text: &str, span: Span) -> std::ops::Range<usize> {
    let start = text.floor_char_boundary((span.start as usize).min(text.len()));
    let end = text.ceil_char_boundary((span.end as usize).clamp(start, text.len()));
    let line = text.get(start..end).and_then(|it| it.find('\n')).map_or(end, |at| start + at);
    start..line
}

/// `file:line:column: error[code]: message`, no line break.
pub fn short(sources: &Sources, problem: &Diagnostic) -> String {
    let span = problem.primary.span;
    let (line, column) = sources.line_column(span.file, span.start);
    let (name, severity) = (&sources.file(span.file).name, severity(problem.severity));
    format!("{name}:{line}:{column}: {severity}[{}]: {}", problem.code.name(), problem.message)
}

/// The public command line's shape, and behind it what it has not: file, span, labels, notes, edits.
pub fn json(sources: &Sources, problem: &Diagnostic) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("severity", severity(problem.severity).into());
    put("code", problem.code.name().into());
    put("message", problem.message.as_str().into());
    put("stage", "local".into());
    if !problem.path.is_empty() {
        put("path", problem.path.clone().into());
    }
    if let Some(help) = &problem.help {
        put("hint", help.as_str().into());
    }
    put("byteOffset", problem.primary.span.start.into());
    put("file", sources.file(problem.primary.span.file).name.as_str().into());
    put("span", place(sources, problem.primary.span));
    let mut labels = vec![label(sources, &problem.primary, true)];
    labels.extend(problem.secondary.iter().map(|it| label(sources, it, false)));
    put("labels", labels.into());
    if !problem.notes.is_empty() {
        put("notes", problem.notes.clone().into());
    }
    if !problem.edits.is_empty() {
        let edits = problem.edits.iter().map(|edit| {
            json!({
                "file": sources.file(edit.span.file).name,
                "span": place(sources, edit.span),
                "text": edit.text,
            })
        });
        put("edits", edits.collect::<Vec<_>>().into());
    }
    Value::Object(object)
}

fn label(sources: &Sources, label: &Label, primary: bool) -> Value {
    json!({
        "primary": primary,
        "file": sources.file(label.span.file).name,
        "span": place(sources, label.span),
        "text": label.text,
    })
}

/// Bytes from 0, lines and columns from 1; the end is behind the last character.
fn place(sources: &Sources, span: Span) -> Value {
    let (line, column) = sources.line_column(span.file, span.start);
    let (end_line, end_column) = sources.line_column(span.file, span.end);
    json!({
        "start": span.start,
        "end": span.end,
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
    })
}

fn severity(of: Severity) -> &'static str {
    match of {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
