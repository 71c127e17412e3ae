//! `:templates`: requests, prompts, statements and notifications with holes in them. Every text is read as Handlebars.
//!
//! What the data of a step must hold is derived here ([`super::Template::variables`]); whether it does is for `types`.

use breyta_catalog::families::http::TEMPLATE_KEYS;
use breyta_catalog::tools::{CHANNEL_KEYS, TEMPLATE, TEMPLATE_TYPES, TemplateType};
use breyta_core::Value;

use super::Template;
use super::data::plain;
use super::entry::{Entry, Path, identifier, later, name_of, near, not_wanted, shown, suggest, unique};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Spanned;
use crate::syntax::{Form, FormKind};

mod calls;
#[cfg(test)]
mod tests;
mod text;

pub use text::Variable;

/// The templates that can be used.
pub(super) fn define(items: &[Form], problems: &mut Problems) -> Vec<Template> {
    let path = Path::root().key("templates");
    let mut seen = super::entry::Seen::new();
    let mut templates = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(template) = template(item, &path, problems)
            && unique(&template.id, Code::DUPLICATE_ID, "templates", &mut seen, &path.key("id"), problems)
        {
            templates.push(template);
        }
    }
    templates
}

impl Template {
    /// What the template reads of the data that it is given, in the order of the text.
    pub fn variables(&self) -> Vec<Variable> {
        text::variables(&self.request_form)
    }
}

/// Reads every string below a form as Handlebars that is not rendered by this version: what is wrong with it.
pub(super) fn check_texts(form: &Form, path: &Path, problems: &mut Problems) {
    text::check(form, path, false, problems);
}

fn template(form: &Form, path: &Path, problems: &mut Problems) -> Option<Template> {
    let Some(kind) = kind_of(form) else { return untyped(form, path, problems) };
    let entry = Entry::open(form, path.clone(), kind.shape, Code::INVALID_FIELD, problems)?;
    let id = entry.get("id").and_then(identifier);
    let type_form = entry.get("type")?;
    if let Some(better) = kind.replaced_by {
        deprecated(form, type_form, better, path, problems);
    }
    if !kind.supported {
        let what = format!("`:type :{}` of a template", kind.name);
        problems.refuse(path.key("type").of(later(&what, type_form.span)));
    }
    let (request, request_form) = contents(kind, &entry, problems)?;
    text::check(&request_form, path, kind.supported, problems);
    let kind = Spanned::new(kind.name.to_owned(), type_form.span);
    Some(Template { span: form.span, id: id?, kind, request, request_form })
}

fn kind_of(form: &Form) -> Option<&'static TemplateType> {
    let name = name_of(form.map_get("type")?)?;
    TEMPLATE_TYPES.iter().find(|it| it.name == name)
}

/// A template of which nothing can be said, because its type is missing or unknown.
fn untyped(form: &Form, path: &Path, problems: &mut Problems) -> Option<Template> {
    let Some(type_form) = form.map_get("type").filter(|it| !it.is_nil()) else {
        Entry::open(form, path.clone(), &TEMPLATE, Code::INVALID_FIELD, problems);
        return None;
    };
    let current = || TEMPLATE_TYPES.iter().filter(|it| it.replaced_by.is_none()).map(|it| it.name);
    let names: Vec<String> = current().map(|name| format!(":{name}")).collect();
    let wanted = format!("one of {}", names.join(" "));
    let near = near(type_form, current());
    let diagnostic = suggest(not_wanted("`:type` of a template", &wanted, type_form), type_form, &near);
    problems.report(path.key("type").of(diagnostic));
    None
}

/// `:type :sql {:query …}` is `:type :db-query {:sql …}` nowadays.
fn deprecated(form: &Form, type_form: &Form, better: &str, path: &Path, problems: &mut Problems) {
    let message = "templates of type `:sql` are deprecated";
    let mut diagnostic = Diagnostic::new(Code::DEPRECATED_SQL_TEMPLATE, type_form.span, message)
        .help(format!("write `:type :{better}` and `:sql \"…\"`"))
        .edit(type_form.span, format!(":{better}"));
    let query = form.as_map().into_iter().flatten().map(|(key, _)| key);
    for key in query.filter(|key| key.as_keyword().is_some_and(|key| key.full() == "query")) {
        diagnostic = diagnostic.edit(key.span, ":sql");
    }
    problems.report(path.key("type").of(diagnostic));
}

/// What is rendered, as data and as it was written. None when some of it is not usable.
fn contents(kind: &TemplateType, entry: &Entry, problems: &mut Problems) -> Option<(Value, Form)> {
    if kind.name == "http-request" {
        let form = entry.get("request")?;
        if !matches!(form.kind, FormKind::Map(_)) {
            return None;
        }
        request(form, &entry.at("request"), &[], problems);
        return Some((plain(form, &entry.at("request"), problems)?, form.clone()));
    }
    needs_contents(kind, entry, problems);
    let mut items = Vec::new();
    for (key, value) in entry.form.as_map().into_iter().flatten() {
        let name = key.as_keyword().map_or("", |key| key.full());
        if !matches!(name, "id" | "type") {
            items.extend([key.clone(), value.clone()]);
        }
        if name == "channels"
            && let Some(channel) = value.map_get("http").filter(|it| it.as_map().is_some())
        {
            request(channel, &entry.at("channels").key("http"), CHANNEL_KEYS, problems);
        }
        if name == "messages" {
            messages(value, &entry.at("messages"), problems);
        }
    }
    let form = Form::new(FormKind::Map(items), entry.span());
    Some((as_data(&form)?, form))
}

/// A form whose places that are no data were reported.
fn as_data(form: &Form) -> Option<Value> {
    plain(form, &Path::root(), &mut Problems::new())
}

/// What one of several keys must give.
fn needs_contents(kind: &TemplateType, entry: &Entry, problems: &mut Problems) {
    let keys: &[&str] = match kind.name {
        "llm-prompt" => &["prompt", "messages"],
        "sql" => &["query", "sql"],
        _ => return,
    };
    let given: Vec<&Form> = keys.iter().filter_map(|key| entry.get(key)).collect();
    let names: Vec<String> = keys.iter().map(|key| format!("`:{key}`")).collect();
    let what = format!("`:{}` template", kind.name);
    if given.is_empty() {
        let article = if kind.name.starts_with('l') { "an" } else { "a" };
        let message = format!("{article} {what} needs {}", names.join(" or "));
        let diagnostic = Diagnostic::new(Code::MISSING_KEY, entry.span().first(), message)
            .label("nothing is to be rendered")
            .help(format!("add `:{} \"…\"`", keys.first().copied().unwrap_or_default()));
        problems.report(entry.path.of(diagnostic));
    } else if let [first, second] = given.as_slice() {
        let message = format!("the {what} has both {}", names.join(" and "));
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, second.span, message)
            .also(first.span, "and this")
            .help("keep one of them");
        problems.report(entry.path.of(diagnostic));
    }
}

/// The content of a message is text, or parts of it.
fn messages(form: &Form, path: &Path, problems: &mut Problems) {
    for (index, message) in form.as_vector().unwrap_or_default().iter().enumerate() {
        let Some(content) = message.map_get("content").filter(|it| !it.is_nil()) else { continue };
        let path = path.index(index).key("content");
        if content.as_vector().is_some() {
            plain(content, &path, problems);
        } else if content.as_string().is_none() {
            let wanted = "a string or a vector of parts";
            problems.report(path.of(not_wanted("`:content` of a message", wanted, content)));
        }
    }
}

/// Keys that a request may have; what stands under them is checked by `types`. `more` are keys that the place adds.
fn request(form: &Form, path: &Path, more: &[&'static str], problems: &mut Problems) {
    for (key, _) in form.as_map().into_iter().flatten() {
        let name = key.as_keyword().map_or("", |key| key.full());
        if TEMPLATE_KEYS.contains(&name) || more.contains(&name) {
            continue;
        }
        let free = TEMPLATE_KEYS.iter().chain(more).copied().filter(|name| form.map_get(name).is_none());
        let near = near(key, free);
        let message = format!("a request has no key `{}`", shown(key));
        let diagnostic = Diagnostic::new(Code::UNKNOWN_SECTION_KEY, key.span, message).label("no such key");
        let diagnostic = if near.is_empty() {
            diagnostic.help("a template holds the request only; step settings stay on the step")
        } else {
            suggest(diagnostic, key, &near)
        };
        problems.report(path.below(key).of(diagnostic));
    }
}
