//! `:triggers`: the older way to say how a run is started. A manual one is taken as a manual interface, with a warning.

use breyta_catalog::fields::{TRIGGER, TRIGGER_TYPES};

use super::ManualInterface;
use super::entry::{Entry, Path, is_later, later};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Spanned;
use crate::syntax::{Form, FormKind};

/// The manual trigger, when there is one; the first enabled one.
pub(super) fn define(items: &[Form], problems: &mut Problems) -> Option<ManualInterface> {
    let path = Path::root().key("triggers");
    let mut found: Option<ManualInterface> = None;
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let Some(trigger) = manual(item, path.clone(), problems) else { continue };
        match &found {
            Some(first) if first.enabled && trigger.enabled => {
                let diagnostic =
                    later("a second manual trigger", item.span).also(first.span, "the first one");
                problems.report(path.of(diagnostic));
            }
            Some(first) if first.enabled => {}
            _ => found = Some(trigger),
        }
    }
    if let Some(trigger) = &found {
        let diagnostic = Diagnostic::new(Code::DEPRECATED_MANUAL_TRIGGER, trigger.span, "manual triggers are deprecated")
            .help("write `:interfaces {:manual [{:id :run :label \"Run\" :invocation :default}]}` and `:invocations {:default {:inputs []}}`");
        problems.report(path.of(diagnostic));
    }
    found
}

fn manual(form: &Form, path: Path, problems: &mut Problems) -> Option<ManualInterface> {
    if is_later(form, "type", TRIGGER_TYPES, "a trigger", &path, problems) {
        return None;
    }
    let entry = Entry::open(form, path, &TRIGGER, Code::INVALID_FIELD, problems)?;
    entry.choice("type", TRIGGER_TYPES, problems)?;
    let id = match entry.get("id") {
        Some(_) => entry.identifier("id", problems)?,
        None => Spanned::new("manual".to_owned(), form.span.first()),
    };
    let label = entry.text("label", problems);
    let enabled = entry.boolean("enabled", problems).unwrap_or(true);
    if let Some(config) = entry.get("config") {
        check_config(config, &entry, problems);
    }
    Some(ManualInterface { span: form.span, id, label, description: None, invocation: None, enabled })
}

/// `:config` of a manual trigger may hold `:fields`, which are inputs of an invocation nowadays.
fn check_config(config: &Form, entry: &Entry, problems: &mut Problems) {
    let FormKind::Map(_) = &config.kind else {
        entry.invalid("config", "a map", config, problems);
        return;
    };
    for (key, value) in config.as_map().into_iter().flatten() {
        let empty = value.is_nil() || value.as_vector().is_some_and(<[Form]>::is_empty);
        let path = entry.at("config").below(key);
        if key.as_keyword().is_some_and(|key| key.full() == "fields") {
            if !empty {
                let diagnostic = later("`:fields` of a manual trigger", key.span).help(
                    "move the fields to `:invocations {:default {:inputs [{:name :n :type :number}]}}`",
                );
                problems.report(path.of(diagnostic));
            }
        } else {
            let message = format!("the config of a manual trigger has no key `{}`", super::entry::shown(key));
            problems.report(path.of(Diagnostic::new(Code::UNKNOWN_SECTION_KEY, key.span, message)));
        }
    }
}
