//! `:templates`: request bodies with holes. Only `:http-request` for now.

use breyta_catalog::families::http::TEMPLATE_KEYS;
use breyta_catalog::families::{HTTP, KeyType};
use breyta_catalog::fields::{TEMPLATE, TEMPLATE_TYPES};

use super::Template;
use super::data::plain;
use super::entry::{Entry, Path, is_later, later, name_of, near, not_wanted, shown, suggest, unique};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::Form;

/// The templates that can be used.
pub(super) fn define(items: &[Form], problems: &mut Problems) -> Vec<Template> {
    let path = Path::root().key("templates");
    let mut seen = Vec::new();
    let mut templates = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(template) = template(item, path.clone(), problems)
            && unique(&template.id, Code::DUPLICATE_ID, "templates", &mut seen, &path.key("id"), problems)
        {
            templates.push(template);
        }
    }
    templates
}

fn template(form: &Form, path: Path, problems: &mut Problems) -> Option<Template> {
    if is_later(form, "type", TEMPLATE_TYPES, "a template", &path, problems) {
        return None;
    }
    let entry = Entry::open(form, path, &TEMPLATE, Code::INVALID_FIELD, problems)?;
    let id = entry.identifier("id", problems);
    let kind = entry.choice("type", TEMPLATE_TYPES, problems);
    let Some(request_form) = entry.get("request") else {
        let diagnostic = Diagnostic::new(
            Code::MISSING_KEY,
            form.span.first(),
            "a template of type `:http-request` needs `:request`",
        )
        .label("`:request` is missing")
        .help("add `:request {:path \"/users\" :method :get}`");
        problems.report(entry.at("request").of(diagnostic));
        return None;
    };
    if request_form.as_map().is_none() {
        entry.invalid("request", "a map", request_form, problems);
        return None;
    }
    check_request(request_form, &entry.at("request"), problems);
    let request = plain(request_form, &entry.at("request"), problems)?;
    Some(Template { span: form.span, id: id?, kind: kind?, request, request_form: request_form.clone() })
}

/// Keys and types of a `:request`, by the catalog's rows of the `:http` family.
fn check_request(form: &Form, path: &Path, problems: &mut Problems) {
    for (key, value) in form.as_map().into_iter().flatten() {
        let name = key.as_keyword().map_or("", |key| key.full());
        let row = HTTP.key(name).filter(|_| TEMPLATE_KEYS.contains(&name));
        let below = path.below(key);
        match row {
            None => {
                let near = near(key, TEMPLATE_KEYS.iter().copied());
                let message = format!("a request has no key `{}`", shown(key));
                let diagnostic =
                    Diagnostic::new(Code::UNKNOWN_SECTION_KEY, key.span, message).label("no such key");
                let diagnostic = if near.is_empty() {
                    diagnostic.help("a template holds the request only; step settings stay on the step")
                } else {
                    suggest(diagnostic, key, &near)
                };
                problems.report(below.of(diagnostic));
            }
            Some(row) if !row.supported && !value.is_nil() => {
                problems.report(below.of(later(&format!("`:{name}` in a request template"), key.span)));
            }
            Some(row) if !value.is_nil() && !fits(row.ty, value) => {
                let what = format!("`:{name}` of a request");
                problems.report(below.of(not_wanted(&what, &row.ty.describe(), value)));
            }
            Some(_) => {}
        }
    }
}

/// Whether data can be what a key takes; text with holes may become anything that is written as text.
fn fits(ty: KeyType, value: &Form) -> bool {
    match ty {
        KeyType::String => value.as_string().is_some(),
        KeyType::Map => value.as_map().is_some(),
        KeyType::Vector => value.as_vector().is_some(),
        KeyType::OneOf(names) => name_of(value).is_some_and(|name| {
            names.iter().any(|known| name.eq_ignore_ascii_case(known)) || name.contains("{{")
        }),
        _ => true,
    }
}
