//! Input fields: the inputs of an invocation, the fields of a setup form, and the run fields of legacy source. One shape
//! in three spellings.

use breyta_catalog::fields::{FORM_FIELD, INPUT, OPTION, RUN_FIELD, Shape};
use breyta_catalog::input_types::{self, InputType, KEYS_OF_TYPES};
use breyta_core::Value;

use super::data::plain;
use super::entry::{
    Entry, IDENTIFIER, Path, identifier, later, name_of, near, not_wanted, shown, suggest, unique,
};
use super::requires::{Slots, check_folder, options_source};
use super::{InputField, Reference};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Spanned;
use crate::syntax::{Form, FormKind};

mod default;

pub(super) use default::wanted as default_wanted;

/// Where a field stands, which decides how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `:inputs` of an invocation.
    Input,
    /// `:fields` of a setup form.
    Form,
    /// Run fields of triggers and of forms that are collected at every run.
    Legacy,
}

impl Style {
    fn shape(self) -> &'static Shape {
        match self {
            Self::Input => &INPUT,
            Self::Form => &FORM_FIELD,
            Self::Legacy => &RUN_FIELD,
        }
    }

    /// The key that says the type.
    fn type_key(self, entry: &Entry) -> &'static str {
        match self {
            Self::Form => "field-type",
            Self::Legacy if entry.get("field-type").is_some() => "field-type",
            Self::Input | Self::Legacy => "type",
        }
    }

    /// The key that names the field, then its other words.
    fn name_keys(self) -> [&'static str; 3] {
        match self {
            Self::Input => ["name", "key", "id"],
            Self::Form | Self::Legacy => ["key", "name", "id"],
        }
    }

    /// The code for invocations, which is the public one, or else the general one.
    fn code(self, of_invocations: Code, general: Code) -> Code {
        if self == Self::Input { of_invocations } else { general }
    }
}

/// The fields that can be used.
pub(super) fn define(
    items: &[Form],
    style: Style,
    path: &Path,
    slots: &Slots,
    problems: &mut Problems,
) -> Vec<InputField> {
    let code = style.code(Code::DUPLICATE_INVOCATION_INPUT_NAME, Code::DUPLICATE_ID);
    let what = if style == Style::Input { "inputs" } else { "fields" };
    let mut seen = super::entry::Seen::new();
    let mut fields = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(field) = field(item, style, path.clone(), slots, problems)
            && unique(&field.name, code, what, &mut seen, &path.key(style.name_keys()[0]), problems)
        {
            fields.push(field);
        }
    }
    fields
}

fn field(
    form: &Form,
    style: Style,
    path: Path,
    slots: &Slots,
    problems: &mut Problems,
) -> Option<InputField> {
    let not_a_map = style.code(Code::INVALID_INVOCATION_INPUT_SHAPE, Code::INVALID_FIELD);
    let entry = Entry::open(form, path, style.shape(), not_a_map, problems)?;
    let name = name(&entry, style, problems);
    let row = kind(&entry, style, problems)?;
    check_keys(&entry, row, problems);
    let (options, option_labels) = options(&entry, row, problems);
    let default = entry.get("default").and_then(|form| plain(form, &entry.at("default"), problems));
    if let (Some(value), Some(form)) = (&default, entry.get("default")) {
        default::check(value, row, &options, form, &entry, problems);
    }
    let source = entry.get("options-source").filter(|_| row.name == "select");
    let options_source =
        source.and_then(|form| options_source(form, entry.at("options-source"), slots, problems));
    let key = style.type_key(&entry);
    let place = entry.get(key).map_or(form.span.first(), |form| form.span);
    if !row.supported {
        let what = format!("{} of type `:{}`", style.shape().what, row.name);
        problems.refuse(entry.at(key).of(later(&what, place)));
    }
    let text = |key: &str| entry.get_text(key).map(|it| it.value);
    Some(InputField {
        span: form.span,
        name: name?,
        kind: Spanned::new(row.name.to_owned(), place),
        label: text("label"),
        description: text("description"),
        placeholder: text("placeholder"),
        required: entry.get_boolean("required").unwrap_or(false),
        default,
        options,
        option_labels,
        options_source,
        reference: reference(&entry, row, slots, problems),
    })
}

/// The row of the type, aliases resolved. Without a type a field is a text, or a resource when its keys say so.
fn kind(entry: &Entry, style: Style, problems: &mut Problems) -> Option<&'static InputType> {
    let key = style.type_key(entry);
    let Some(form) = entry.get(key) else {
        let only_resources =
            |key: &str| KEYS_OF_TYPES.iter().any(|(name, types)| *name == key && *types == ["resource"]);
        let resource = INPUT.names().any(|key| only_resources(key) && entry.get(key).is_some());
        return input_types::find(if resource { "resource" } else { input_types::DEFAULT });
    };
    let found = input_types::find(name_of(form).unwrap_or_default());
    if found.is_none() {
        let known = || {
            let aliases = |row: &'static InputType| std::iter::once(&row.name).chain(row.aliases);
            input_types::TYPES.iter().flat_map(aliases).copied()
        };
        let message = format!("there is no input type `{}`", shown(form));
        let code = style.code(Code::INVALID_INVOCATION_INPUT_TYPE, Code::INVALID_FIELD);
        let diagnostic = Diagnostic::new(code, form.span, message);
        let near = near(form, known());
        let diagnostic = if near.is_empty() {
            let names: Vec<String> = input_types::TYPES.iter().map(|row| format!(":{}", row.name)).collect();
            diagnostic.help(format!("the types are {}", names.join(" ")))
        } else {
            suggest(diagnostic, form, &near)
        };
        problems.report(entry.at(key).of(diagnostic));
    }
    found
}

/// `:name`, or its other words `:key` and `:id`; one of them.
fn name(entry: &Entry, style: Style, problems: &mut Problems) -> Option<Spanned<String>> {
    let keys = style.name_keys();
    let what = entry.what();
    let given: Vec<(&str, &Form)> = keys.into_iter().filter_map(|key| Some((key, entry.get(key)?))).collect();
    let Some((key, form)) = given.first().copied() else {
        let code = style.code(Code::MISSING_INVOCATION_INPUT_NAME, Code::MISSING_KEY);
        let first = keys[0];
        let diagnostic = Diagnostic::new(code, entry.span().first(), format!("{what} needs `:{first}`"))
            .label(format!("`:{first}` is missing"))
            .help(format!("add `:{first} :customer-id`, the key under which the value arrives"));
        problems.report(entry.at(first).of(diagnostic));
        return None;
    };
    if let Some((other, second)) = given.get(1).filter(|(_, second)| name_of(second) != name_of(form)) {
        let message = format!("`:{other}` and `:{key}` of {what} mean the same, and they differ");
        let diagnostic =
            Diagnostic::new(Code::INVALID_FIELD, second.span, message).help(format!("keep `:{key}` only"));
        problems.report(entry.at(other).of(diagnostic));
    }
    let found = identifier(form);
    if found.is_none() {
        let message = format!("the name of {what} must be {IDENTIFIER}, not {}", shown(form));
        let code = style.code(Code::INVALID_INVOCATION_INPUT_NAME, Code::INVALID_FIELD);
        problems.report(entry.at(key).of(Diagnostic::new(code, form.span, message)));
    }
    found
}

/// Keys that fields of this type do not have, `:multiple false` excepted.
fn check_keys(entry: &Entry, row: &InputType, problems: &mut Problems) {
    for (key, types) in KEYS_OF_TYPES {
        let Some(value) = entry.get(key) else { continue };
        if types.contains(&row.name) || matches!(value.kind, FormKind::Atom(Value::Bool(false))) {
            continue;
        }
        let types: Vec<String> = types.iter().map(|name| format!("`:{name}`")).collect();
        let message = format!("{} of type `:{}` has no `:{key}`", entry.what(), row.name);
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, value.span, message)
            .help(format!("take it out, or use type {}", types.join(" or ")));
        problems.report(entry.at(key).of(diagnostic));
    }
    if let Some(key) = entry.key_span("source") {
        let diagnostic = Diagnostic::new(Code::DEPRECATED_KEY, key, "`:source` of a field is deprecated")
            .help("leave it out: the picker follows `:slot`");
        problems.report(entry.at("source").of(diagnostic));
    }
}

/// The values of a select and their labels.
fn options(entry: &Entry, row: &InputType, problems: &mut Problems) -> (Vec<Value>, Vec<Option<String>>) {
    let nothing = (Vec::new(), Vec::new());
    if row.name != "select" {
        return nothing;
    }
    let Some(section) = entry.get("options") else {
        if entry.get("options-source").is_none() {
            let message = format!("{} of type `:select` needs `:options`", entry.what());
            let diagnostic = Diagnostic::new(Code::MISSING_KEY, entry.span().first(), message)
                .label("`:options` is missing")
                .help("add `:options [\"low\" \"high\"]`");
            problems.report(entry.at("options").of(diagnostic));
        }
        return nothing;
    };
    let Some(items) = entry.vector("options", problems) else { return nothing };
    let path = entry.at("options");
    if items.is_empty() && entry.get("options-source").is_none() {
        let message = "a select without options can have no value";
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, section.span, message)
            .help("name the values: `:options [\"low\" \"high\"]`");
        problems.report(path.of(diagnostic));
    }
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
    let label = entry.get_text("label").map(|it| it.value);
    let value = plain(entry.get("value")?, &entry.at("value"), problems)?;
    Some((value, label))
}

/// What a field of type `:file` or `:resource` takes.
fn reference(entry: &Entry, row: &InputType, slots: &Slots, problems: &mut Problems) -> Option<Reference> {
    if !matches!(row.name, "file" | "resource") {
        return None;
    }
    let slot = entry.get_identifier("slot").filter(|_| row.name == "resource");
    if let Some(slot) = &slot {
        slots.check(slot, Some("blob-storage"), &entry.at("slot"), problems);
    }
    for key in ["path-prefix", "storage-root"] {
        if let Some(folder) = entry.get(key).filter(|it| it.as_string().is_some()) {
            check_folder(folder, &format!("`:{key}` of {}", entry.what()), &entry.at(key), problems);
        }
    }
    let text = |key: &str| entry.get_text(key).map(|it| it.value);
    Some(Reference {
        multiple: entry.get_boolean("multiple").unwrap_or(false),
        accept: accept(entry, problems),
        resource_types: entry.get_names("resource-types"),
        slot,
        storage_backend: entry.get_name("storage-backend").map(|it| it.value),
        storage_root: text("storage-root"),
        path_prefix: text("path-prefix"),
    })
}

/// Content types, exact or with `*` after the slash.
fn accept(entry: &Entry, problems: &mut Problems) -> Vec<Spanned<String>> {
    let path = entry.at("accept");
    let Some(form) = entry.get("accept") else { return Vec::new() };
    let Some(items) = form.as_vector() else {
        let what = format!("`:accept` of {}", entry.what());
        let mut diagnostic = not_wanted(&what, "a vector of content types", form);
        if let Some(text) = form.as_string() {
            let vector = format!("[{:?}]", text.as_str());
            diagnostic = diagnostic.help(format!("write `{vector}`")).edit(form.span, vector);
        }
        problems.report(path.of(diagnostic));
        return Vec::new();
    };
    let mut types = Vec::new();
    for (index, item) in items.iter().enumerate() {
        match item.as_string().filter(|text| is_content_type(text)) {
            Some(text) => types.push(Spanned::new(text.to_string(), item.span)),
            None => {
                let wanted = "a content type such as `\"application/pdf\"` or `\"text/*\"`";
                problems.report(path.index(index).of(not_wanted("an element of `:accept`", wanted, item)));
            }
        }
    }
    types
}

fn is_content_type(text: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.contains(|it: char| it.is_whitespace() || it == '/');
    text.split_once('/').is_some_and(|(kind, rest)| part(kind) && part(rest))
}
