//! A setup form: values that people give once, when they set the flow up.

use breyta_catalog::fields::FORM;

use super::{Slots, by_author};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::InputField;
use crate::flow::entry::{Entry, Path, later};
use crate::flow::inputs::{self, Style};
use crate::source::Span;
use crate::syntax::Form;

/// An entry `{:kind :form …}`.
#[derive(Clone, Debug)]
pub struct SetupForm {
    pub span: Span,
    pub label: Option<String>,
    pub fields: Vec<InputField>,
    /// Asked for at every run, not at setup: the legacy way to declare inputs.
    pub at_run: bool,
    pub by_author: bool,
}

pub(super) fn define(form: &Form, path: Path, slots: &Slots, problems: &mut Problems) -> Option<SetupForm> {
    let entry = Entry::open(form, path, &FORM, Code::INVALID_FIELD, problems)?;
    let at_run = entry.get_name("collect").is_some_and(|it| it.value == "run");
    let style = if at_run { Style::Legacy } else { Style::Form };
    let fields = entry.get("fields").map_or_else(Vec::new, |fields| {
        let path = entry.at("fields");
        let one = std::slice::from_ref(fields);
        match fields.as_vector() {
            Some(items) => inputs::define(items, style, &path, slots, problems),
            None if fields.as_map().is_some() => inputs::define(one, style, &path, slots, problems),
            None => {
                entry.invalid("fields", "a field map or a vector of field maps", fields, problems);
                Vec::new()
            }
        }
    });
    let by_author = by_author(&entry, "a setup form", problems);
    if !at_run {
        collected_at_setup(&entry, problems);
        let place = entry.get("kind").map_or(form.span.first(), |kind| kind.span);
        problems.refuse(entry.path.of(later("a setup form", place)));
    }
    let label = entry.get_text("label").map(|it| it.value);
    Some(SetupForm { span: form.span, label, fields, at_run, by_author })
}

/// `:collect :setup` says what is so anyway.
fn collected_at_setup(entry: &Entry, problems: &mut Problems) {
    let Some((key, value)) = entry.key_span("collect").zip(entry.get_name("collect")) else { return };
    if value.value == "setup" {
        let diagnostic =
            Diagnostic::new(Code::DEPRECATED_KEY, key, "`:collect` of a setup form is deprecated")
                .help("take `:collect :setup` out: forms are asked for at setup")
                .edit(key.to(value.span), "");
        problems.report(entry.at("collect").of(diagnostic));
    }
}
