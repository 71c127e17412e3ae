//! `:concurrency`: which runs exclude each other, and what a new version does to running ones.

use breyta_catalog::fields::CONCURRENCY;

use super::entry::{Entry, Path, name_of, not_wanted};
use super::{Concurrency, ConcurrencyType, OnNewVersion};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::Form;

const TYPES: &[(&str, bool)] = &[("singleton", true), ("keyed", true)];
const POLICIES: &[(&str, bool)] = &[("supersede", true), ("drain", true), ("coexist", true)];

/// The section; None when it is not usable.
pub(super) fn define(form: &Form, problems: &mut Problems) -> Option<Concurrency> {
    let path = Path::root().key("concurrency");
    let entry = Entry::open(form, path, &CONCURRENCY, Code::INVALID_FIELD, problems)?;
    let kind = entry.choice("type", TYPES, problems).map(|it| match it.value.as_str() {
        "keyed" => ConcurrencyType::Keyed,
        _ => ConcurrencyType::Singleton,
    });
    let policy = entry.choice("on-new-version", POLICIES, problems).map(|it| match it.value.as_str() {
        "drain" => OnNewVersion::Drain,
        "coexist" => OnNewVersion::Coexist,
        _ => OnNewVersion::Supersede,
    });
    let key_field = entry.get("key-field").map_or_else(Vec::new, |form| key_field(form, &entry, problems));
    if kind == Some(ConcurrencyType::Keyed) && entry.get("key-field").is_none() {
        let diagnostic =
            Diagnostic::new(Code::MISSING_KEY, form.span.first(), "keyed concurrency needs `:key-field`")
                .label("`:key-field` is missing")
                .help("add `:key-field :customer-id`, the input field that tells runs apart");
        problems.report(entry.at("key-field").of(diagnostic));
    }
    Some(Concurrency { span: form.span, kind: kind?, on_new_version: policy?, key_field })
}

/// A name, or a vector of names: the path into the input.
fn key_field(form: &Form, entry: &Entry, problems: &mut Problems) -> Vec<String> {
    let one = std::slice::from_ref(form);
    let parts = form.as_vector().unwrap_or(one);
    if parts.is_empty() {
        entry.invalid("key-field", "a keyword or a path of keywords", form, problems);
    }
    parts
        .iter()
        .filter_map(|part| {
            let name = name_of(part).filter(|name| !name.is_empty());
            if name.is_none() {
                let what = "`:key-field` of a concurrency map";
                problems.report(entry.at("key-field").of(not_wanted(
                    what,
                    "a keyword or a path of keywords",
                    part,
                )));
            }
            name.map(str::to_owned)
        })
        .collect()
}
