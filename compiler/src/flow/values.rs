//! Literal forms against the tables of the catalog: configs that are written into the definition (defaults, agents,
//! tools) instead of the flow body, where `types` checks them.
//!
//! Everything must be data here. Packaged steps, agents, adapters and providers that a value names are looked for by
//! [`super::tools`], once all sections are known.

use breyta_catalog::values::{ConfigKey, KeyType, Shape, Spelling};
use breyta_core::Value;

use super::definition::Names;
use super::entry::{Path, is_http_url, items_of, later, name_of, near, not_wanted, shown, suggest};
use super::references::Target;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::{Form, FormKind};

/// Checks values of one part of the definition.
pub(super) struct Literals<'a> {
    pub(super) names: &'a Names,
    pub(super) problems: &'a mut Problems,
    /// What unknown keys are reported as.
    pub(super) unknown: Code,
    /// Whether texts with `{{…}}` are rendered, and may become what is written as text.
    pub(super) holes: bool,
    /// Whether this version carries the part out: building then refuses single keys of it.
    pub(super) runs: bool,
}

impl Literals<'_> {
    /// Checks the keys of a map, and what is under them. `complete`: what must be there is looked for as well.
    pub(super) fn map(&mut self, shape: &'static Shape, form: &Form, complete: bool, path: &Path) {
        let rows = rows(shape, form);
        for (key, value) in form.as_map().into_iter().flatten() {
            let name = key.as_keyword().map_or("", |key| key.full());
            if shape.variants.is_some_and(|variants| variants.key == name) {
                self.chooser(shape, value, &path.below(key));
            } else if let Some(row) = rows.iter().copied().find(|row| row.name == name) {
                self.known(row, key, value, shape.what, path);
            } else if !shape.open {
                self.unknown_key(form, key, &rows, shape, path);
            }
        }
        if complete {
            self.missing(shape, &rows, form, path);
        }
        for group in shape.exclusive {
            self.exclusive(group, form, shape.what, path);
        }
    }

    /// The value under a known key.
    pub(super) fn known(&mut self, row: &ConfigKey, key: &Form, value: &Form, what: &str, path: &Path) {
        let below = path.below(key);
        let place = format!("`:{}` of {what}", row.name);
        if value.is_nil() {
            return;
        }
        if let Some(new) = row.renamed {
            let diagnostic =
                Diagnostic::new(Code::DEPRECATED_CONFIG_KEY, key.span, format!("{place} is an older name"));
            self.problems.report(below.of(suggest(diagnostic, key, &[new]).help(format!("write `:{new}`"))));
        }
        if let Some(by) = row.replaced {
            let message = format!("{place} is an older form");
            let diagnostic = Diagnostic::new(Code::DEPRECATED_CONFIG_KEY, key.span, message);
            self.problems.report(below.of(diagnostic.help(format!("write {by}"))));
        }
        if matches!(row.ty, KeyType::Inline) {
            let message = format!("{place} holds a secret in the source");
            let diagnostic = Diagnostic::new(Code::INLINE_SECRET, key.span, message).help(row.doc);
            self.problems.report(below.of(diagnostic));
            return;
        }
        if self.runs && !row.supported {
            self.problems.refuse(below.of(later(&place, key.span)));
        }
        if row.ignored.is_none() {
            self.value(row.ty, value, &place, &below);
        }
    }

    /// Checks one value; `place` names it in messages.
    fn value(&mut self, ty: KeyType, form: &Form, place: &str, path: &Path) {
        if form.is_nil() || matches!(ty, KeyType::Code | KeyType::Schema) {
            return;
        }
        if is_code(form) {
            let diagnostic = not_wanted(place, "plain data", form).label("code is not evaluated here");
            self.problems.report(path.of(diagnostic));
            return;
        }
        match ty {
            KeyType::Shape(shape) if form.as_map().is_some() => self.map(shape, form, true, path),
            KeyType::MapOf(item) if form.as_map().is_some() => {
                for (key, value) in form.as_map().into_iter().flatten() {
                    self.value(*item, value, &format!("`{}` in {place}", shown(key)), &path.below(key));
                }
            }
            KeyType::VectorOf(item) | KeyType::UpTo(_, item) if form.as_vector().is_some() => {
                self.items(*item, form, place, path);
            }
            KeyType::SetOf(item) if items_of(form).is_some() => self.items(*item, form, place, path),
            KeyType::Either(kinds) => match kinds.iter().find(|kind| is_kind(**kind, form)) {
                Some(kind) => self.value(*kind, form, place, path),
                None => self.mismatch(ty, form, place, path),
            },
            KeyType::ConnectionRef(_) => self.target(&Target::slots(&self.names.slots), form, place, path),
            KeyType::TemplateRef(_) => {
                self.target(&Target::templates(&self.names.templates), form, place, path);
            }
            KeyType::FunctionRef => {
                self.target(&Target::functions(&self.names.functions), form, place, path);
            }
            _ if is_kind(ty, form) => {}
            _ => self.mismatch(ty, form, place, path),
        }
        if matches!(ty, KeyType::Any | KeyType::Map | KeyType::Vector) {
            self.data(form, place, path);
        }
    }

    fn target(&mut self, target: &Target<'_>, form: &Form, place: &str, path: &Path) {
        target.check(form, place, path, self.problems);
    }

    fn items(&mut self, ty: KeyType, form: &Form, place: &str, path: &Path) {
        for (index, item) in items_of(form).unwrap_or_default().iter().enumerate() {
            self.value(ty, item, &format!("an element of {place}"), &path.index(index));
        }
    }

    /// Something whose shape is not known must be data all the same.
    fn data(&mut self, form: &Form, place: &str, path: &Path) {
        match &form.kind {
            FormKind::Vector(items) | FormKind::Set(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(KeyType::Any, item, place, &path.index(index));
                }
            }
            FormKind::Map(_) => {
                for (key, value) in form.as_map().into_iter().flatten() {
                    self.value(KeyType::Any, value, place, &path.below(key));
                }
            }
            _ => {}
        }
    }

    fn mismatch(&mut self, ty: KeyType, form: &Form, place: &str, path: &Path) {
        let has_hole = form.as_string().is_some_and(|text| text.contains("{{"));
        if self.holes && has_hole && !matches!(ty, KeyType::Map | KeyType::Vector | KeyType::Shape(_)) {
            return;
        }
        let diagnostic = not_wanted(place, &ty.describe(), form);
        let near = match ty {
            KeyType::OneOf(names) => near(form, names.iter().copied()),
            _ => Vec::new(),
        };
        self.problems.report(path.of(suggest(diagnostic, form, &near)));
    }

    fn chooser(&mut self, shape: &Shape, value: &Form, path: &Path) {
        let Some(variants) = shape.variants else { return };
        let known = name_of(value).is_some_and(|name| variants.names().any(|it| it == name));
        if !known && !value.is_nil() {
            let names: Vec<String> = variants.names().map(|name| format!(":{name}")).collect();
            let place = format!("`:{}` of {}", variants.key, shape.what);
            let diagnostic = not_wanted(&place, &format!("one of {}", names.join(" ")), value);
            let near = near(value, variants.names());
            self.problems.report(path.of(suggest(diagnostic, value, &near)));
        }
    }

    fn unknown_key(
        &mut self,
        map: &Form,
        key: &Form,
        rows: &[&'static ConfigKey],
        shape: &Shape,
        path: &Path,
    ) {
        let chooser = shape.variants.map(|variants| variants.key);
        let names = || rows.iter().filter(|row| row.is_current()).map(|row| row.name).chain(chooser);
        let message = format!("{} has no key `{}`", shape.what, shown(key));
        let diagnostic = Diagnostic::new(self.unknown, key.span, message).label("no such key");
        let near = near(key, names().filter(|name| map.map_get(name).is_none()));
        let diagnostic = match (near.is_empty(), shape.hint) {
            (false, _) => suggest(diagnostic, key, &near),
            (true, Some(hint)) => diagnostic.help(hint),
            (true, None) => {
                let names: Vec<String> = names().map(|name| format!(":{name}")).collect();
                diagnostic.help(format!("its keys are {}", names.join(" ")))
            }
        };
        self.problems.report(path.below(key).of(diagnostic));
    }

    fn missing(&mut self, shape: &Shape, rows: &[&'static ConfigKey], form: &Form, path: &Path) {
        let given = |name: &str| form.map_get(name).is_some_and(|value| !value.is_nil());
        for row in rows.iter().filter(|row| row.required && !given(row.name)) {
            let message = format!("{} needs `:{}`", shape.what, row.name);
            let diagnostic = Diagnostic::new(Code::MISSING_KEY, form.span.first(), message)
                .label(format!("`:{}` is missing", row.name))
                .help(format!("add `:{}`. {}", row.name, row.doc));
            self.problems.report(path.key(row.name).of(diagnostic));
        }
    }

    fn exclusive(&mut self, group: &[&str], form: &Form, what: &str, path: &Path) {
        let given: Vec<&Form> = form
            .as_map()
            .into_iter()
            .flatten()
            .filter(|(key, value)| {
                !value.is_nil() && key.as_keyword().is_some_and(|key| group.contains(&key.full()))
            })
            .map(|(key, _)| key)
            .collect();
        if let [first, second, ..] = given.as_slice() {
            let message = format!("`{}` and `{}` of {what} exclude each other", shown(first), shown(second));
            let diagnostic = Diagnostic::new(Code::EXCLUSIVE_CONFIG_KEYS, second.span, message)
                .also(first.span, "the other one")
                .help("keep one of them");
            self.problems.report(path.of(diagnostic));
        }
    }
}

/// The keys that a map of the shape may have, by the variant that it chooses.
fn rows(shape: &'static Shape, form: &Form) -> Vec<&'static ConfigKey> {
    let Some(variants) = shape.variants else { return shape.common().collect() };
    let chosen = form.map_get(variants.key).map_or(variants.default, name_of);
    match chosen.and_then(|name| variants.case(name)) {
        Some(case) => shape.common().chain(case.keys).collect(),
        None => shape.all().collect(),
    }
}

/// Whether a form is of the kind that a type takes, not looking into collections.
fn is_kind(ty: KeyType, form: &Form) -> bool {
    match ty {
        KeyType::String => form.as_string().is_some(),
        KeyType::Text(Spelling::Url) => form.as_string().is_some_and(|text| is_http_url(text)),
        KeyType::Text(_) => form.as_string().is_some_and(|text| !text.trim().is_empty()),
        KeyType::Keyword => form.as_keyword().is_some(),
        KeyType::Name => name_of(form).is_some(),
        KeyType::Integer => integer(form).is_some(),
        KeyType::Whole(least, most) => integer(form).is_some_and(|it| it >= least && it <= most),
        KeyType::Number(least, most) => {
            number(form).is_some_and(|it| it >= least as f64 && it <= most as f64)
        }
        KeyType::Boolean => matches!(form.kind, FormKind::Atom(Value::Bool(_))),
        KeyType::Map | KeyType::Shape(_) | KeyType::MapOf(_) => form.as_map().is_some(),
        KeyType::Vector | KeyType::VectorOf(_) | KeyType::UpTo(..) | KeyType::Tuple(_) => {
            form.as_vector().is_some()
        }
        KeyType::SetOf(_) => items_of(form).is_some(),
        KeyType::OneOf(names) => {
            name_of(form).is_some_and(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
        }
        KeyType::Duration | KeyType::Within(_) => number(form).is_some() || form.as_string().is_some(),
        KeyType::Either(kinds) => kinds.iter().any(|kind| is_kind(*kind, form)),
        KeyType::ConnectionRef(_)
        | KeyType::SecretRef
        | KeyType::TemplateRef(_)
        | KeyType::FunctionRef
        | KeyType::PackagedStepRef
        | KeyType::AgentRef
        | KeyType::McpRef
        | KeyType::ProviderRef(_) => name_of(form).is_some(),
        KeyType::Reference => form.as_string().is_some() || form.as_map().is_some(),
        KeyType::Any | KeyType::Code | KeyType::Schema | KeyType::Inline => true,
    }
}

/// Whether something would have to be evaluated.
fn is_code(form: &Form) -> bool {
    !matches!(
        form.kind,
        FormKind::Atom(_)
            | FormKind::Keyword(_)
            | FormKind::String(_)
            | FormKind::Regex(_)
            | FormKind::Vector(_)
            | FormKind::Set(_)
            | FormKind::Map(_)
    )
}

/// Whether a form is plain data through and through.
pub(super) fn is_data(form: &Form) -> bool {
    match &form.kind {
        FormKind::Vector(items) | FormKind::Set(items) | FormKind::Map(items) => items.iter().all(is_data),
        _ => !is_code(form),
    }
}

pub(super) fn integer(form: &Form) -> Option<i64> {
    match form.kind {
        FormKind::Atom(Value::Int(integer)) => Some(integer),
        _ => None,
    }
}

fn number(form: &Form) -> Option<f64> {
    match form.kind {
        FormKind::Atom(Value::Int(integer)) => Some(integer as f64),
        FormKind::Atom(Value::Double(double)) => Some(double),
        _ => None,
    }
}
