//! Problems as JSON, in the shape of the public command line and with everything else that we know.

use serde_json::{Map, Value, json};

use super::severity_word;
use crate::diagnostics::Diagnostic;
use crate::source::{Sources, Span};

/// Source text longer than this is not repeated under `form`.
const FORM_CHARS_MAX: usize = 80;

/// An array of `{severity, code, message, stage, path?, hint?, byteOffset?, form?, file, span, labels, notes, edits}`.
/// Lines and columns count from 1, columns in characters; offsets are bytes of the file. `byteOffset` is there only when
/// the flow includes no other file.
pub fn json(problems: &[Diagnostic], sources: &Sources) -> Value {
    problems.iter().map(|problem| object(problem, sources)).collect()
}

fn object(problem: &Diagnostic, sources: &Sources) -> Value {
    let span = problem.primary.span;
    let mut object = Map::new();
    object.insert("severity".into(), severity_word(problem.severity).into());
    object.insert("code".into(), problem.code.name().into());
    object.insert("message".into(), problem.message.clone().into());
    object.insert("stage".into(), "local".into());
    if !problem.path.is_empty() {
        object.insert("path".into(), problem.path.clone().into());
    }
    if let Some(help) = &problem.help {
        object.insert("hint".into(), help.clone().into());
    }
    // The public command line counts in the text with all includes put in, which nobody has.
    if !sources.has_includes() {
        object.insert("byteOffset".into(), span.start.into());
    }
    let form = sources.text(span);
    if !form.is_empty() && !form.contains('\n') && form.chars().count() <= FORM_CHARS_MAX {
        object.insert("form".into(), form.into());
    }
    object.insert("file".into(), sources.file(span.file).name.clone().into());
    object.insert("span".into(), place(span, sources));
    if !problem.primary.text.is_empty() {
        object.insert("label".into(), problem.primary.text.clone().into());
    }
    object
        .insert("labels".into(), problem.secondary.iter().map(|it| at(it.span, &it.text, sources)).collect());
    object.insert("notes".into(), problem.notes.clone().into());
    object.insert("edits".into(), problem.edits.iter().map(|it| at(it.span, &it.text, sources)).collect());
    Value::Object(object)
}

fn at(span: Span, text: &str, sources: &Sources) -> Value {
    json!({ "file": sources.file(span.file).name, "span": place(span, sources), "text": text })
}

fn place(span: Span, sources: &Sources) -> Value {
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
