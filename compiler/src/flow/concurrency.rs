//! `:concurrency`: which runs exclude each other, and what a new version does to running ones.

use breyta_catalog::fields::CONCURRENCY;

use super::definition::EntryPoints;
use super::entry::{Entry, Path, name_of, not_wanted};
use super::{Concurrency, ConcurrencyType, OnNewVersion};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::source::Span;
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
    let key_span = entry.get("key-field").map_or(form.span, |key| key.span);
    Some(Concurrency { span: form.span, kind: kind?, on_new_version: policy?, key_field, key_span })
}

/// What a flow whose section is not usable is taken to say.
pub(super) fn assumed(span: Span) -> Concurrency {
    Concurrency {
        span,
        kind: ConcurrencyType::Singleton,
        on_new_version: OnNewVersion::Supersede,
        key_field: Vec::new(),
        key_span: span,
    }
}

/// Warns when runs can have no key: when the key is no declared input, and when a schedule gives none.
pub(super) fn check_key(concurrency: &Concurrency, entry: &EntryPoints, problems: &mut Problems) {
    // What a longer path finds in a raw payload, nothing declares.
    let [key] = concurrency.key_field.as_slice() else { return };
    if concurrency.kind != ConcurrencyType::Keyed {
        return;
    }
    let at_setup = entry.requires.forms.iter().flat_map(|form| &form.fields);
    if at_setup.into_iter().any(|field| field.name.value == *key) {
        return;
    }
    // The key of an event is looked up in its raw payload, which may hold more than the inputs.
    let without = entry.invocations.iter().find(|invocation| {
        !invocation.inputs.is_empty() && invocation.inputs.iter().all(|input| input.name.value != *key)
    });
    if let Some(invocation) = without.filter(|_| entry.interfaces.webhook.is_none()) {
        let message = format!("runs are keyed by `:{key}`, and `:{}` has no such input", invocation.id.value);
        let diagnostic = Diagnostic::new(Code::CONCURRENCY_KEY_NOT_DECLARED, concurrency.key_span, message)
            .also(invocation.id.span, "the inputs are declared here");
        let near = nearest(key, invocation.inputs.iter().map(|it| it.name.value.as_str()));
        let diagnostic = match near.first() {
            Some(best) => diagnostic.help(format!("did you mean `:{best}`?")),
            None => diagnostic.help(format!("declare it: `{{:name :{key} :type :text :required true}}`")),
        };
        problems.report(Path::root().key("concurrency").key("key-field").of(diagnostic));
        return;
    }
    for schedule in &entry.schedules {
        let called = entry.invocations.iter().find(|it| it.id.value == schedule.invocation.value);
        let input = called.and_then(|it| it.inputs.iter().find(|input| input.name.value == *key));
        let has_default = input.is_some_and(|input| input.default.is_some());
        if called.is_none() || has_default || schedule.inputs.iter().any(|name| name == key) {
            continue;
        }
        let message =
            format!("the schedule `:{}` starts runs without `:{key}`, their key", schedule.id.value);
        let diagnostic = Diagnostic::new(Code::SCHEDULE_WITHOUT_KEY, schedule.id.span, message)
            .also(concurrency.key_span, "runs are keyed here")
            .help(format!("give the input `:{key}` a `:default`, or ask for it in a setup form"));
        problems.report(Path::root().key("schedules").of(diagnostic));
    }
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
