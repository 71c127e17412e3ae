//! What is declared and never named: slots, templates and functions.
//!
//! A name counts as used when a keyword or string with it stands anywhere else in the source, so that no way of naming
//! something has to be known here.

use std::collections::BTreeMap;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// The sections whose entries must be named somewhere, with the key that holds the name.
const SECTIONS: &[(&str, &str, &str)] =
    &[("requires", "slot", "slot"), ("templates", "id", "template"), ("functions", "id", "function")];

/// Warns of declarations that nothing names.
pub(crate) fn check(forms: &[Form], problems: &mut Problems) {
    if problems.has_errors() {
        return;
    }
    let Some(map) = forms.iter().find(|form| form.as_map().is_some()) else { return };
    let mut declared = Vec::new();
    for (section, key, what) in SECTIONS {
        let items = map.map_get(section).and_then(Form::as_vector).unwrap_or_default();
        let names = items.iter().filter_map(|item| Some((item, item.map_get(key).and_then(named)?)));
        declared.extend(names.map(|(item, (name, span))| (section, what, item, name, span)));
    }
    let mut names = declared.iter().map(|(.., name, _)| (*name, 0)).collect();
    count(map, &mut names);
    for (section, what, item, name, span) in declared {
        // The declaration itself is one occurrence.
        if names.get(name).copied().unwrap_or_default() <= 1 && !is_used_by_others(item) {
            problems.report(
                Diagnostic::new(Code::UNUSED_DECLARATION, span, format!("nothing uses the {what} `:{name}`"))
                    .help(format!("name it where it is needed, or take it out of `:{section}`")),
            );
        }
    }
}

/// Requirements that the platform uses by itself: forms, workers, storage.
fn is_used_by_others(item: &Form) -> bool {
    item.map_get("kind").is_some()
}

fn named(form: &Form) -> Option<(&str, Span)> {
    match &form.kind {
        FormKind::Keyword(keyword) => Some((keyword.full(), form.span)),
        FormKind::String(text) => Some((&text.value, form.span)),
        _ => None,
    }
}

/// How often each of the names occurs as a keyword, a symbol or a whole string.
fn count(form: &Form, names: &mut BTreeMap<&str, usize>) {
    let name = match &form.kind {
        FormKind::Keyword(keyword) => Some(keyword.full()),
        FormKind::Symbol(symbol) => Some(symbol.full()),
        FormKind::String(text) => Some(text.value.as_str()),
        _ => None,
    };
    match name {
        Some(name) => {
            if let Some(times) = names.get_mut(name) {
                *times += 1;
            }
        }
        None => form.children().iter().for_each(|item| count(item, names)),
    }
    form.meta.iter().for_each(|meta| count(meta, names));
}
