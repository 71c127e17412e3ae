//! Handlebars in the strings of a template: faults at their character, and what is read.

use breyta_core::template::{self, Fault, FaultKind, Place};

use super::calls;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Path, later};
use crate::source::Span;
use crate::syntax::{Form, FormKind, StringLiteral};

/// A place of the data that a template reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Names from the top of `:data` on, [`template::ELEMENT`] for the elements of a list; empty when all of it is read.
    pub path: Vec<String>,
    pub span: Span,
    /// Whether the data may well lack it.
    pub optional: bool,
}

/// One string of a template, and where its characters stand in the file.
pub(super) struct Text<'a> {
    pub(super) literal: &'a StringLiteral,
    form: &'a Form,
    path: Path,
}

impl Text<'_> {
    /// The place in the file of a place in the text.
    pub(super) fn span(&self, place: Place) -> Span {
        span(self.form, self.literal, place)
    }

    pub(super) fn report(&self, diagnostic: Diagnostic, problems: &mut Problems) {
        problems.report(self.path.of(diagnostic));
    }

    /// Building refuses what stands there.
    pub(super) fn refuse(&self, what: &str, place: Place, problems: &mut Problems) {
        problems.refuse(self.path.of(later(what, self.span(place))));
    }
}

/// Checks every string below a form. `runs` says whether this version renders templates of the type.
pub(super) fn check(form: &Form, path: &Path, runs: bool, problems: &mut Problems) {
    each_text(form, path, &mut |text| {
        let parsed = template::parse(&text.literal.value);
        for fault in &parsed.faults {
            report(&text, fault, problems);
        }
        calls::check(&text, &parsed.nodes, runs, problems);
    });
}

/// What the strings below a form read.
pub(super) fn variables(form: &Form) -> Vec<Variable> {
    let mut found = Vec::new();
    each_text(form, &Path::root(), &mut |text| {
        let parsed = template::parse(&text.literal.value);
        found.extend(template::variables(&parsed.nodes).into_iter().map(|it| Variable {
            path: it.path,
            span: text.span(it.place),
            optional: it.optional,
        }));
    });
    found
}

/// The strings in which there is something to be rendered. Keys are not rendered.
fn each_text<'a>(form: &'a Form, path: &Path, found: &mut dyn FnMut(Text<'a>)) {
    match &form.kind {
        FormKind::String(literal) if template::holds_expression(&literal.value) => {
            found(Text { literal, form, path: path.clone() });
        }
        FormKind::Vector(items) | FormKind::Set(items) => {
            for (index, item) in items.iter().enumerate() {
                each_text(item, &path.index(index), found);
            }
        }
        FormKind::Map(_) => {
            for (key, value) in form.as_map().into_iter().flatten() {
                each_text(value, &path.below(key), found);
            }
        }
        _ => {}
    }
}

fn report(text: &Text, fault: &Fault, problems: &mut Problems) {
    let code = match fault.kind {
        FaultKind::Syntax => Code::TEMPLATE_SYNTAX,
        FaultKind::N8n => Code::N8N_EXPRESSION,
        FaultKind::Later => Code::NOT_SUPPORTED_YET,
    };
    let mut diagnostic = Diagnostic::new(code, text.span(fault.place), fault.message.clone());
    diagnostic.help.clone_from(&fault.help);
    if let Some((place, words)) = &fault.related {
        diagnostic = diagnostic.also(text.span(*place), words.clone());
    }
    text.report(diagnostic, problems);
}

fn span(form: &Form, literal: &StringLiteral, place: Place) -> Span {
    let offset = |at: usize| literal.in_file(at).unwrap_or(form.span.start as usize);
    let start = offset(place.start);
    // The end is where the last character ends, whatever stands behind it.
    let end = if place.end > place.start { offset(place.end - 1) + 1 } else { start };
    Span::new(form.span.file, start, end.max(offset(place.end).min(form.span.end as usize)).max(start))
}
