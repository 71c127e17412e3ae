//! `:options-source`: where the options of a select come from when they are not written down.

use breyta_catalog::fields::OPTIONS_SOURCE;

use super::Slots;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Entry, Path, later};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// Items that a connection knows, offered as options.
#[derive(Clone, Debug)]
pub struct OptionsSource {
    pub span: Span,
    pub slot: Spanned<String>,
    /// Kept as text, slashes included: `linear/project`.
    pub item_type: Spanned<String>,
    pub value_field: Option<String>,
    pub label_field: Option<String>,
    pub description_field: Option<String>,
}

pub(in crate::flow) fn source(
    form: &Form,
    path: Path,
    slots: &Slots,
    problems: &mut Problems,
) -> Option<OptionsSource> {
    let entry = Entry::open(form, path, &OPTIONS_SOURCE, Code::INVALID_FIELD, problems)?;
    problems.refuse(entry.path.of(later("`:options-source` of a select", form.span)));
    let slot = slot(&entry, problems);
    if let Some(slot) = &slot {
        let key = if entry.get("slot").is_some() { "slot" } else { "connection" };
        slots.check(slot, None, &entry.at(key), problems);
    }
    let name = |key: &str| entry.get_name(key).map(|it| it.value);
    Some(OptionsSource {
        span: form.span,
        slot: slot?,
        item_type: entry.get_name("item-type")?,
        value_field: name("value-field"),
        label_field: name("label-field"),
        description_field: name("description-field"),
    })
}

/// `:slot`, or the older `:connection`; both must be the same slot.
fn slot(entry: &Entry, problems: &mut Problems) -> Option<Spanned<String>> {
    let (slot, connection) = (entry.get_identifier("slot"), entry.get_identifier("connection"));
    match (&slot, &connection) {
        (Some(slot), Some(other)) if slot.value != other.value => {
            let message = "`:connection` and `:slot` of an options source mean the same, and they differ";
            let diagnostic =
                Diagnostic::new(Code::INVALID_FIELD, other.span, message).help("keep `:slot` only");
            problems.report(entry.at("connection").of(diagnostic));
        }
        (None, Some(other)) => {
            if let Some(key) = entry.key_span("connection") {
                let message = "`:connection` of an options source is deprecated";
                let diagnostic = Diagnostic::new(Code::DEPRECATED_KEY, key, message)
                    .help(format!("write `:slot :{}`", other.value))
                    .edit(key, ":slot");
                problems.report(entry.at("connection").of(diagnostic));
            }
        }
        (None, None) if entry.get("slot").is_none() && entry.get("connection").is_none() => {
            let message = "an options source needs `:slot`";
            let diagnostic = Diagnostic::new(Code::MISSING_KEY, entry.span().first(), message)
                .label("`:slot` is missing")
                .help("add `:slot`, the connection whose items are offered");
            problems.report(entry.at("slot").of(diagnostic));
        }
        _ => {}
    }
    slot.or(connection)
}
