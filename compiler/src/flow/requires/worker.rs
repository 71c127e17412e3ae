//! A worker requirement: an external program that takes jobs of the flow.

use breyta_catalog::fields::WORKER;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Entry, Path, later};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// An entry `{:kind :worker …}`.
#[derive(Clone, Debug)]
pub struct Worker {
    pub span: Span,
    pub label: Option<String>,
    pub capability: Option<Spanned<String>>,
    pub job_types: Vec<Spanned<String>>,
    pub by_author: bool,
}

pub(super) fn define(form: &Form, path: Path, problems: &mut Problems) -> Option<Worker> {
    let entry = Entry::open(form, path, &WORKER, Code::INVALID_FIELD, problems)?;
    let mut job_types = entry.get_names("job-types");
    if let Some(only) = entry.get_name("job-type") {
        one_job_type(&entry, &only, &job_types, problems);
        if job_types.iter().all(|it| it.value != only.value) {
            job_types.push(only);
        }
    }
    let place = entry.get("kind").map_or(form.span.first(), |kind| kind.span);
    problems.refuse(entry.path.of(later("a worker requirement", place)));
    Some(Worker {
        span: form.span,
        label: entry.get_text("label").map(|it| it.value),
        capability: entry.get_text("capability"),
        job_types,
        by_author: entry.get_name("provided-by").is_some_and(|it| it.value == "author"),
    })
}

/// `:job-type` is the older way to write a single one.
fn one_job_type(entry: &Entry, only: &Spanned<String>, others: &[Spanned<String>], problems: &mut Problems) {
    let Some(key) = entry.key_span("job-type") else { return };
    if others.is_empty() && entry.get("job-types").is_none() {
        let written = format!(":job-types [{:?}]", only.value);
        let diagnostic = Diagnostic::new(Code::DEPRECATED_KEY, key, "`:job-type` is deprecated")
            .help(format!("write `{written}`"))
            .edit(key.to(only.span), written);
        problems.report(entry.at("job-type").of(diagnostic));
    } else if others.iter().all(|it| it.value != only.value) {
        let message = "`:job-type` is not among `:job-types`";
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, only.span, message)
            .help("put it into `:job-types`, and take `:job-type` out");
        problems.report(entry.at("job-type").of(diagnostic));
    }
}
