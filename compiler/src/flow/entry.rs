//! One map of the definition, read against its closed shape.
//!
//! Reports keys that nobody knows and values of the wrong type once, when the map is opened, and refuses to build keys
//! that are not supported yet. Where the table leaves the type open, the accessors report values of the wrong type; those
//! that begin with `get` never do. `nil` under an optional key means that the key is absent.

use std::collections::BTreeMap;

pub(super) use breyta_catalog::fields::IDENTIFIER;
use breyta_catalog::fields::{FieldType, SYNONYMS, Shape};
use breyta_core::Value;

use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::source::{Span, Spanned};
use crate::syntax::{Form, FormKind};

/// Where in the definition something stands: `[":functions", "[0]", ":code"]`.
#[derive(Clone, Debug, Default)]
pub(super) struct Path(Vec<String>);

impl Path {
    pub(super) fn root() -> Self {
        Self::default()
    }

    /// Below a keyword key, given without its colon.
    pub(super) fn key(&self, name: &str) -> Self {
        self.with(format!(":{name}"))
    }

    pub(super) fn index(&self, index: usize) -> Self {
        self.with(format!("[{index}]"))
    }

    /// Below a key of any kind.
    pub(super) fn below(&self, key: &Form) -> Self {
        self.with(shown(key))
    }

    fn with(&self, part: String) -> Self {
        let mut parts = self.0.clone();
        parts.push(part);
        Self(parts)
    }

    /// The diagnostic with this path.
    pub(super) fn of(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.path.clone_from(&self.0);
        diagnostic
    }
}

/// The path to a place in the definition, as far as it is one of keys and indexes.
pub(crate) fn locate(forms: &[Form], place: Span) -> Vec<String> {
    let within = |form: &Form| {
        form.span.file == place.file && form.span.start <= place.start && place.end <= form.span.end
    };
    let mut parts = Vec::new();
    let Some(mut now) = forms.iter().find(|form| within(form)) else { return parts };
    loop {
        let step = match &now.kind {
            FormKind::Map(_) => now
                .as_map()
                .into_iter()
                .flatten()
                .find(|(key, value)| within(key) || within(value))
                .map(|(key, value)| (shown(key), value)),
            FormKind::Vector(items) => {
                items.iter().enumerate().find(|(_, it)| within(it)).map(|(at, it)| (format!("[{at}]"), it))
            }
            _ => None,
        };
        let Some((part, inner)) = step else { return parts };
        parts.push(part);
        if !within(inner) {
            return parts;
        }
        now = inner;
    }
}

/// A map whose keys are known to be allowed.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) form: &'a Form,
    pub(super) path: Path,
    shape: &'static Shape,
}

impl<'a> Entry<'a> {
    /// Opens a form as a map of the shape. `not_a_map` is the code when it is none.
    pub(super) fn open(
        form: &'a Form,
        path: Path,
        shape: &'static Shape,
        not_a_map: Code,
        problems: &mut Problems,
    ) -> Option<Self> {
        let Some(pairs) = form.as_map() else {
            let message = format!("{} must be a map, not {}", shape.what, form.describe());
            problems.report(path.of(Diagnostic::new(not_a_map, form.span, message).label("not a map")));
            return None;
        };
        for (key, value) in pairs {
            check_key(form, key, value, &path, shape, problems);
            let field = key.as_keyword().and_then(|key| shape.field(key.full()));
            if let Some(field) = field.filter(|_| !value.is_nil()) {
                let what = format!("`:{}` of {}", field.name, shape.what);
                check_type(field.ty, value, &what, &path.below(key), problems);
            }
        }
        let entry = Self { form, path, shape };
        for field in shape.fields.iter().filter(|field| field.required && entry.get(field.name).is_none()) {
            let message = format!("{} needs `:{}`", shape.what, field.name);
            let place = form.map_get(field.name).map_or(form.span.first(), |nil| nil.span);
            let diagnostic = Diagnostic::new(Code::MISSING_KEY, place, message)
                .label(format!("`:{}` is missing", field.name))
                .help(format!("add `:{}`. {}", field.name, field.doc));
            problems.report(entry.path.key(field.name).of(diagnostic));
        }
        Some(entry)
    }

    pub(super) fn span(&self) -> Span {
        self.form.span
    }

    /// What kind of map this is, with its article.
    pub(super) fn what(&self) -> &'static str {
        self.shape.what
    }

    /// Where a key is written.
    pub(super) fn key_span(&self, key: &str) -> Option<Span> {
        let mut pairs = self.form.as_map()?;
        let (key, _) = pairs.find(|(it, _)| it.as_keyword().is_some_and(|it| it.full() == key))?;
        Some(key.span)
    }

    /// The value under a key; nil counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<&'a Form> {
        self.form.map_get(key).filter(|value| !value.is_nil())
    }

    /// The text under a key of a type that was checked already.
    pub(super) fn get_text(&self, key: &str) -> Option<Spanned<String>> {
        let form = self.get(key)?;
        Some(Spanned::new(form.as_string()?.to_string(), form.span))
    }

    /// The keyword or string under a key of a type that was checked already.
    pub(super) fn get_name(&self, key: &str) -> Option<Spanned<String>> {
        let form = self.get(key)?;
        Some(Spanned::new(name_of(form)?.to_owned(), form.span))
    }

    /// The identifier under a key of a type that was checked already.
    pub(super) fn get_identifier(&self, key: &str) -> Option<Spanned<String>> {
        self.get(key).and_then(identifier)
    }

    pub(super) fn get_boolean(&self, key: &str) -> Option<bool> {
        match self.get(key)?.kind {
            FormKind::Atom(Value::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// The keywords and strings of the vector or set under a key of a type that was checked already.
    pub(super) fn get_names(&self, key: &str) -> Vec<Spanned<String>> {
        let items = self.get(key).and_then(items_of).unwrap_or_default();
        items.iter().filter_map(|it| Some(Spanned::new(name_of(it)?.to_owned(), it.span))).collect()
    }

    /// Where a problem with the value under a key belongs.
    pub(super) fn at(&self, key: &str) -> Path {
        self.path.key(key)
    }

    /// Reports that the value under a key is not what is wanted there.
    pub(super) fn invalid(&self, key: &str, wanted: &str, got: &Form, problems: &mut Problems) {
        let what = format!("`:{key}` of {}", self.shape.what);
        problems.report(self.at(key).of(not_wanted(&what, wanted, got)));
    }

    pub(super) fn vector(&self, key: &str, problems: &mut Problems) -> Option<&'a [Form]> {
        let form = self.get(key)?;
        let items = form.as_vector();
        if items.is_none() {
            self.invalid(key, "a vector", form, problems);
        }
        items
    }

    /// A keyword or string that is a safe identifier.
    pub(super) fn identifier(&self, key: &str, problems: &mut Problems) -> Option<Spanned<String>> {
        let form = self.get(key)?;
        let found = identifier(form);
        if found.is_none() {
            self.invalid(key, IDENTIFIER, form, problems);
        }
        found
    }

    /// A name out of a table of `(name, supported)`; building refuses those that are not supported.
    pub(super) fn choice(
        &self,
        key: &str,
        table: &[(&str, bool)],
        problems: &mut Problems,
    ) -> Option<Spanned<String>> {
        let form = self.get(key)?;
        let name = name_of(form).unwrap_or_default();
        match table.iter().find(|(known, _)| *known == name) {
            Some((_, true)) => Some(Spanned::new(name.to_owned(), form.span)),
            Some((_, false)) => {
                let what = format!("`:{key} :{name}` of {}", self.shape.what);
                problems.refuse(self.at(key).of(later(&what, form.span)));
                Some(Spanned::new(name.to_owned(), form.span))
            }
            None => {
                let names: Vec<String> = table.iter().map(|(known, _)| format!(":{known}")).collect();
                let wanted = format!("one of {}", names.join(" "));
                let what = format!("`:{key}` of {}", self.shape.what);
                let near = near(form, table.iter().map(|(known, _)| *known));
                let diagnostic = not_wanted(&what, &wanted, form);
                problems.report(self.at(key).of(suggest(diagnostic, form, &near)));
                None
            }
        }
    }
}

/// Whether a name is a safe identifier: letter first, then letters, digits, `_`, `-`, at most 128 characters.
pub(crate) fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= 128
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-')
}

/// The safe identifier that a keyword or string form writes.
pub(super) fn identifier(form: &Form) -> Option<Spanned<String>> {
    let name = name_of(form).filter(|name| is_identifier(name))?;
    Some(Spanned::new(name.to_owned(), form.span))
}

/// The text of a keyword (without colon) or of a string.
pub(super) fn name_of(form: &Form) -> Option<&str> {
    match &form.kind {
        FormKind::Keyword(keyword) => Some(keyword.full()),
        FormKind::String(string) => Some(&string.value),
        _ => None,
    }
}

/// `what` must be `wanted`, and is something else. Names are shown, other things described.
pub(super) fn not_wanted(what: &str, wanted: &str, got: &Form) -> Diagnostic {
    let got_text = match &got.kind {
        FormKind::Keyword(_) => format!("`{}`", shown(got)),
        FormKind::String(string) if string.value.len() <= 40 => format!("`{}`", shown(got)),
        FormKind::Atom(number @ (Value::Int(_) | Value::Double(_))) => breyta_core::print::pr_str(number),
        _ => got.describe().to_owned(),
    };
    Diagnostic::new(Code::INVALID_FIELD, got.span, format!("{what} must be {wanted}, not {got_text}"))
}

/// `what` exists in the format and is refused by name.
pub(super) fn later(what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(Code::NOT_SUPPORTED_YET, span, format!("{what} is not supported yet"))
        .help("take it out, or wait for a version of breytac that supports it")
}

/// The known names nearest to what a keyword or string form writes; none for other forms.
pub(super) fn near<'a>(written: &Form, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    name_of(written).map_or_else(Vec::new, |name| nearest(name, known))
}

/// The diagnostic with the nearest name as help and as an edit, when there is one. `written` is the keyword or string
/// to be replaced.
pub(super) fn suggest(diagnostic: Diagnostic, written: &Form, near: &[&str]) -> Diagnostic {
    let Some(best) = near.first() else { return diagnostic };
    let diagnostic = diagnostic.help(format!("did you mean `:{best}`?"));
    match written.kind {
        FormKind::Keyword(_) => diagnostic.edit(written.span, format!(":{best}")),
        FormKind::String(_) => diagnostic.edit(written.span, format!("\"{best}\"")),
        _ => diagnostic,
    }
}

/// The empty place in front of something: where an edit inserts.
pub(super) fn before(span: Span) -> Span {
    Span { end: span.start, ..span }
}

/// The ids under a key of every map in a vector, also of entries that are otherwise wrong.
pub(super) fn declared<'a>(items: &'a [Form], key: &str) -> impl Iterator<Item = &'a str> {
    items.iter().filter_map(move |item| item.map_get(key).and_then(name_of))
}

/// Names that are taken, with their places.
pub(super) type Seen = BTreeMap<String, Span>;

/// Reports the id when it is in `seen` already, else adds it. True when it is new.
pub(super) fn unique(
    id: &Spanned<String>,
    code: Code,
    what: &str,
    seen: &mut Seen,
    path: &Path,
    problems: &mut Problems,
) -> bool {
    if let Some(first) = seen.get(&id.value) {
        let message = format!("two {what} have the name `:{}`", id.value);
        let diagnostic = Diagnostic::new(code, id.span, message)
            .label("the second one")
            .also(*first, "the first one")
            .help("give one of them another name");
        problems.report(path.of(diagnostic));
        return false;
    }
    seen.insert(id.value.clone(), id.span);
    true
}

/// The elements of a vector or set.
pub(super) fn items_of(form: &Form) -> Option<&[Form]> {
    match &form.kind {
        FormKind::Vector(items) | FormKind::Set(items) => Some(items),
        _ => None,
    }
}

/// The known keys of a map that may have others.
fn check_open(shape: &Shape, map: &Form, path: &Path, problems: &mut Problems) {
    for (key, value) in map.as_map().into_iter().flatten().filter(|(_, value)| !value.is_nil()) {
        if let Some(field) = key.as_keyword().and_then(|key| shape.field(key.full())) {
            let what = format!("`:{}` of {}", field.name, shape.what);
            check_type(field.ty, value, &what, &path.below(key), problems);
        }
    }
}

/// Reports a value that is not of the type; `what` is the value in words. Each wrong element of a vector is reported.
pub(super) fn check_type(ty: FieldType, value: &Form, what: &str, path: &Path, problems: &mut Problems) {
    let mut each = |items: &[Form], fits: fn(&Form) -> bool, wanted: &str| {
        for (index, item) in items.iter().enumerate().filter(|(_, item)| !fits(item)) {
            let diagnostic = not_wanted(&format!("an element of {what}"), wanted, item);
            problems.report(path.index(index).of(diagnostic));
        }
    };
    let fits = match ty {
        FieldType::Any => true,
        FieldType::String => value.as_string().is_some(),
        FieldType::Text => is_text(value),
        FieldType::Boolean => matches!(value.kind, FormKind::Atom(Value::Bool(_))),
        FieldType::Name => name_of(value).is_some(),
        FieldType::Identifier => identifier(value).is_some(),
        FieldType::Count => matches!(value.kind, FormKind::Atom(Value::Int(count)) if count >= 0),
        FieldType::Url => value.as_string().is_some_and(|text| is_http_url(text)),
        FieldType::Map => value.as_map().is_some(),
        FieldType::Vector => value.as_vector().is_some(),
        FieldType::Texts => value.as_vector().is_some_and(|items| {
            each(items, is_text, "a string that is not blank");
            true
        }),
        FieldType::Names => items_of(value).is_some_and(|items| {
            each(items, |item| name_of(item).is_some(), "a keyword or a string");
            true
        }),
        FieldType::OneOf(names) => {
            let name = name_of(value).unwrap_or_default();
            if !names.contains(&name) {
                let near = near(value, names.iter().copied());
                let diagnostic = not_wanted(what, &ty.describe(), value);
                problems.report(path.of(suggest(diagnostic, value, &near)));
            }
            return;
        }
        FieldType::Shape(shape) => {
            Entry::open(value, path.clone(), shape, Code::INVALID_FIELD, problems);
            return;
        }
        FieldType::Shapes(shape) => value.as_vector().is_some_and(|items| {
            for (index, item) in items.iter().enumerate() {
                Entry::open(item, path.index(index), shape, Code::INVALID_FIELD, problems);
            }
            true
        }),
        FieldType::Open(shape) => value.as_map().is_some_and(|_| {
            check_open(shape, value, path, problems);
            true
        }),
        FieldType::Opens(shape) => value.as_vector().is_some_and(|items| {
            for (index, item) in items.iter().enumerate() {
                let what = format!("an element of {what}");
                check_type(FieldType::Open(shape), item, &what, &path.index(index), problems);
            }
            true
        }),
    };
    if !fits {
        problems.report(path.of(not_wanted(what, &ty.describe(), value)));
    }
}

/// A string that is not blank.
pub(super) fn is_text(form: &Form) -> bool {
    form.as_string().is_some_and(|text| !text.trim().is_empty())
}

pub(super) fn is_http_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace))
}

fn check_key(
    map: &Form,
    key: &Form,
    value: &Form,
    path: &Path,
    shape: &'static Shape,
    problems: &mut Problems,
) {
    let field = key.as_keyword().and_then(|key| shape.field(key.full()));
    match field {
        Some(field) if field.supported || value.is_nil() => {}
        Some(field) => {
            let what = format!("`:{}` in {}", field.name, shape.what);
            problems.refuse(path.below(key).of(later(&what, key.span)));
        }
        None => {
            let other = SYNONYMS
                .iter()
                .filter(|(word, _)| name_of(key) == Some(*word))
                .find_map(|(_, name)| shape.field(name));
            // A key that is there already was not meant.
            let is_free = |name: &str| map.map_get(name).is_none();
            let near = match other.filter(|other| is_free(other.name)) {
                Some(other) => vec![other.name],
                None => near(key, shape.names().filter(|name| is_free(name))),
            };
            let message = format!("{} has no key `{}`", shape.what, shown(key));
            let diagnostic =
                Diagnostic::new(Code::UNKNOWN_SECTION_KEY, key.span, message).label("no such key");
            let diagnostic = match (key.as_string(), near.first()) {
                (Some(_), Some(best)) => diagnostic
                    .help(format!("keys are keywords: write `:{best}`"))
                    .edit(key.span, format!(":{best}")),
                (_, None) => {
                    let names: Vec<String> = shape
                        .fields
                        .iter()
                        .filter(|field| field.supported)
                        .map(|it| format!(":{}", it.name))
                        .collect();
                    diagnostic.help(format!("its keys are {}", names.join(" ")))
                }
                _ => suggest(diagnostic, key, &near),
            };
            problems.report(path.below(key).of(diagnostic));
        }
    }
}

/// A short form as it was written, for messages and paths.
pub(super) fn shown(form: &Form) -> String {
    match &form.kind {
        FormKind::Keyword(keyword) => format!(":{}", keyword.full()),
        FormKind::Symbol(symbol) => symbol.full().to_owned(),
        FormKind::String(string) => format!("{:?}", string.value.as_str()),
        _ => form.describe().to_owned(),
    }
}
