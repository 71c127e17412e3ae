//! `:invocations`: what a run takes as input.

use breyta_catalog::fields::{INPUT, INVOCATION, OPTION};
use breyta_catalog::input_types;
use breyta_core::Value;

use super::data::plain;
use super::entry::{Entry, IDENTIFIER, Path, identifier, later, name_of, near, shown, suggest, unique};
use super::{InputField, Invocation};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Spanned;
use crate::syntax::Form;

/// What the section says.
#[derive(Debug, Default)]
pub(super) struct Invocations {
    pub(super) entries: Vec<Invocation>,
    /// Every id that is written there, also of entries with problems; None when the section could not be read.
    pub(super) declared: Option<Vec<String>>,
}

pub(super) fn define(form: &Form, problems: &mut Problems) -> Invocations {
    let path = Path::root().key("invocations");
    let Some(pairs) = form.as_map() else {
        let message = format!("`:invocations` must be a map, not {}", form.describe());
        let diagnostic = Diagnostic::new(Code::INVALID_INVOCATIONS_SHAPE, form.span, message)
            .help("write `{:default {:inputs [{:name :n :type :number}]}}`");
        problems.report(path.of(diagnostic));
        return Invocations::default();
    };
    let mut found = Invocations { entries: Vec::new(), declared: Some(Vec::new()) };
    for (key, value) in pairs {
        let path = path.below(key);
        let id = key.as_keyword().and_then(|_| identifier(key));
        if id.is_none() {
            let message = format!("the name of an invocation must be {IDENTIFIER}, not {}", key.describe());
            let diagnostic =
                Diagnostic::new(Code::INVALID_INVOCATION_ID, key.span, message).help("write `:default`");
            problems.report(path.of(diagnostic));
        }
        found.declared.get_or_insert_default().extend(name_of(key).map(str::to_owned));
        let inputs = invocation(value, path, problems);
        if let (Some(id), Some((label, inputs))) = (id, inputs) {
            found.entries.push(Invocation { span: value.span, id, label, inputs });
        }
    }
    found
}

fn invocation(form: &Form, path: Path, problems: &mut Problems) -> Option<(Option<String>, Vec<InputField>)> {
    let entry = Entry::open(form, path, &INVOCATION, Code::INVALID_INVOCATION_SHAPE, problems)?;
    let label = entry.text("label", problems);
    let Some(section) = entry.get("inputs") else { return Some((label, Vec::new())) };
    let path = entry.at("inputs");
    let Some(items) = section.as_vector() else {
        let message = format!("`:inputs` of an invocation must be a vector, not {}", section.describe());
        let diagnostic = Diagnostic::new(Code::INVALID_INVOCATION_INPUTS_SHAPE, section.span, message)
            .help("write `:inputs [{:name :n :type :number}]`");
        problems.report(path.of(diagnostic));
        return None;
    };
    let mut seen = Vec::new();
    let mut inputs = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let code = Code::DUPLICATE_INVOCATION_INPUT_NAME;
        if let Some(input) = input(item, path.clone(), problems)
            && unique(&input.name, code, "inputs", &mut seen, &path.key("name"), problems)
        {
            inputs.push(input);
        }
    }
    Some((label, inputs))
}

fn input(form: &Form, path: Path, problems: &mut Problems) -> Option<InputField> {
    let kind = match form.map_get("type").filter(|kind| !kind.is_nil()) {
        None => Spanned::new(input_types::DEFAULT.to_owned(), form.span.first()),
        Some(kind) => input_type(kind, &path.key("type"), problems)?,
    };
    let entry = Entry::open(form, path, &INPUT, Code::INVALID_INVOCATION_INPUT_SHAPE, problems)?;
    let name = name(&entry, problems);
    let label = entry.text("label", problems);
    let description = entry.text("description", problems);
    let placeholder = entry.text("placeholder", problems);
    let required = entry.boolean("required", problems).unwrap_or(false);
    let (options, option_labels) = options(&entry, &kind.value, problems);
    let default = entry.get("default").and_then(|form| plain(form, &entry.at("default"), problems));
    if let (Some(default), Some(form)) = (&default, entry.get("default")) {
        check_default(default, &kind.value, &options, form, &entry, problems);
    }
    let span = form.span;
    Some(InputField {
        span,
        name: name?,
        kind,
        label,
        description,
        placeholder,
        required,
        default,
        options,
        option_labels,
    })
}

/// The type with its alias resolved.
fn input_type(form: &Form, path: &Path, problems: &mut Problems) -> Option<Spanned<String>> {
    let name = name_of(form).unwrap_or_default();
    match input_types::find(name) {
        Some(row) if row.supported => Some(Spanned::new(row.name.to_owned(), form.span)),
        Some(_) => {
            problems.report(path.of(later(&format!("an input of type `:{name}`"), form.span)));
            None
        }
        None => {
            let known = || {
                input_types::TYPES
                    .iter()
                    .flat_map(|row| std::iter::once(&row.name).chain(row.aliases))
                    .copied()
            };
            let message = format!("there is no input type `{}`", shown(form));
            let diagnostic = Diagnostic::new(Code::INVALID_INVOCATION_INPUT_TYPE, form.span, message);
            let near = near(form, known());
            let diagnostic = if near.is_empty() {
                let names: Vec<String> = input_types::TYPES
                    .iter()
                    .filter(|row| row.supported)
                    .map(|row| format!(":{}", row.name))
                    .collect();
                diagnostic.help(format!("the types are {}", names.join(" ")))
            } else {
                suggest(diagnostic, form, &near)
            };
            problems.report(path.of(diagnostic));
            None
        }
    }
}

/// `:name`, or its other words `:key` and `:id`; one of them.
fn name(entry: &Entry, problems: &mut Problems) -> Option<Spanned<String>> {
    let given: Vec<(&str, &Form)> =
        ["name", "key", "id"].into_iter().filter_map(|key| Some((key, entry.get(key)?))).collect();
    let Some((key, form)) = given.first().copied() else {
        let diagnostic = Diagnostic::new(
            Code::MISSING_INVOCATION_INPUT_NAME,
            entry.span().first(),
            "an input needs `:name`",
        )
        .label("`:name` is missing")
        .help("add `:name :customer-id`, the key under which the value arrives");
        problems.report(entry.at("name").of(diagnostic));
        return None;
    };
    if let Some((other, second)) = given.get(1).filter(|(_, second)| name_of(second) != name_of(form)) {
        let message = format!("`:{other}` and `:{key}` of an input mean the same, and they differ");
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, second.span, message).help("keep `:name` only");
        problems.report(entry.at(other).of(diagnostic));
    }
    let found = identifier(form);
    if found.is_none() {
        let message = format!("the name of an input must be {IDENTIFIER}, not {}", shown(form));
        let diagnostic = Diagnostic::new(Code::INVALID_INVOCATION_INPUT_NAME, form.span, message);
        problems.report(entry.at(key).of(diagnostic));
    }
    found
}

/// The values of a select and their labels.
fn options(entry: &Entry, kind: &str, problems: &mut Problems) -> (Vec<Value>, Vec<Option<String>>) {
    let Some(section) = entry.get("options") else {
        if kind == "select" && entry.get("options-source").is_none() {
            let diagnostic = Diagnostic::new(
                Code::MISSING_KEY,
                entry.span().first(),
                "an input of type `:select` needs `:options`",
            )
            .label("`:options` is missing")
            .help("add `:options [\"low\" \"high\"]`");
            problems.report(entry.at("options").of(diagnostic));
        }
        return (Vec::new(), Vec::new());
    };
    if kind != "select" {
        let message = format!("an input of type `:{kind}` has no options");
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, section.span, message)
            .help("use `:type :select`, or take them out");
        problems.report(entry.at("options").of(diagnostic));
        return (Vec::new(), Vec::new());
    }
    let items = entry.vector("options", problems).unwrap_or_default();
    let path = entry.at("options");
    let options =
        items.iter().enumerate().filter_map(|(index, item)| option(item, path.index(index), problems));
    options.unzip()
}

/// A value, or `{:value v :label "…"}`.
fn option(form: &Form, path: Path, problems: &mut Problems) -> Option<(Value, Option<String>)> {
    if form.as_map().is_none() {
        return Some((plain(form, &path, problems)?, None));
    }
    let entry = Entry::open(form, path, &OPTION, Code::INVALID_FIELD, problems)?;
    let label = entry.text("label", problems);
    let value = plain(entry.get("value")?, &entry.at("value"), problems)?;
    Some((value, label))
}

/// A default must be a value that the input itself would take.
fn check_default(
    default: &Value,
    kind: &str,
    options: &[Value],
    form: &Form,
    entry: &Entry,
    problems: &mut Problems,
) {
    let wanted = match kind {
        "number" => match default {
            Value::Int(_) | Value::Double(_) | Value::BigInt(_) | Value::Decimal(_) | Value::Ratio(_) => {
                return;
            }
            Value::Str(text) if text.trim().parse::<f64>().is_ok() => return,
            _ => "a number",
        },
        "boolean" => match default {
            Value::Bool(_) => return,
            _ => "true or false",
        },
        "select" => {
            if options.is_empty()
                || options.iter().any(|option| option == default || same_name(option, default))
            {
                return;
            }
            "one of its options"
        }
        "json" => return,
        _ => match default {
            Value::Str(_) => return,
            _ => "a string",
        },
    };
    entry.invalid("default", &format!("{wanted} for the type `:{kind}`"), form, problems);
}

/// `:high` and `"high"` name the same option.
fn same_name(one: &Value, other: &Value) -> bool {
    matches!((one.as_name(), other.as_name()), (Some(one), Some(other)) if one == other)
}
