//! `:requires`: the connection slots of the flow.

use breyta_catalog::auth;
use breyta_catalog::fields::{AUTH, CONNECTION, CONNECTION_TYPES, REQUIREMENT_KINDS};

use super::entry::{Entry, Path, identifier, is_later, not_wanted, unique};
use super::{Auth, Connection};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::Form;

/// The slots that can be used.
pub(super) fn define(items: &[Form], problems: &mut Problems) -> Vec<Connection> {
    let path = Path::root().key("requires");
    let mut seen = Vec::new();
    let mut connections = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(connection) = connection(item, path.clone(), problems)
            && unique(&connection.slot, Code::DUPLICATE_ID, "slots", &mut seen, &path.key("slot"), problems)
        {
            connections.push(connection);
        }
    }
    connections
}

fn connection(form: &Form, path: Path, problems: &mut Problems) -> Option<Connection> {
    if is_later(form, "kind", REQUIREMENT_KINDS, "a requirement", &path, problems)
        || is_later(form, "type", CONNECTION_TYPES, "a connection slot", &path, problems)
    {
        return None;
    }
    let entry = Entry::open(form, path, &CONNECTION, Code::INVALID_FIELD, problems)?;
    entry.choice("kind", REQUIREMENT_KINDS, problems);
    let slot = entry.identifier("slot", problems);
    let kind = entry.choice("type", CONNECTION_TYPES, problems);
    let label = entry.text("label", problems);
    let base_url = entry.string("base-url", problems);
    if let (Some(url), Some(form)) = (&base_url, entry.get("base-url"))
        && !is_http_url(&url.value)
    {
        let diagnostic =
            not_wanted("`:base-url` of a connection slot", "a URL with `https://` or `http://`", form);
        problems.report(entry.at("base-url").of(diagnostic));
    }
    if let Some(provider) = entry.choice("provided-by", &[("installer", true), ("author", true)], problems)
        && provider.value == "author"
    {
        let what = "`:provided-by :author` of a connection slot";
        problems.report(entry.at("provided-by").of(super::entry::later(what, provider.span)));
    }
    let optional = optional(&entry, problems);
    let auth = entry.get("auth").map_or(Some(Auth::None), |form| auth(form, entry.at("auth"), problems));
    Some(Connection { span: form.span, slot: slot?, kind: kind?, label, base_url, auth: auth?, optional })
}

/// `:optional true` or its older inverse `:required false`; both together must agree.
fn optional(entry: &Entry, problems: &mut Problems) -> bool {
    let optional = entry.boolean("optional", problems);
    let required = entry.boolean("required", problems);
    if let (Some(optional), Some(required), Some(form)) = (optional, required, entry.get("required"))
        && optional == required
    {
        let diagnostic = Diagnostic::new(
            Code::INVALID_FIELD,
            form.span,
            "`:required` contradicts `:optional` of this slot",
        )
        .help("keep `:optional` only");
        problems.report(entry.at("required").of(diagnostic));
    }
    optional.unwrap_or_else(|| required == Some(false))
}

fn auth(form: &Form, path: Path, problems: &mut Problems) -> Option<Auth> {
    let types: Vec<(&str, bool)> = auth::TYPES.iter().map(|it| (it.name, it.supported)).collect();
    if is_later(form, "type", &types, "an auth map", &path, problems) {
        return None;
    }
    let entry = Entry::open(form, path, &AUTH, Code::INVALID_FIELD, problems)?;
    let kind = entry.choice("type", &types, problems)?;
    let row = auth::find(&kind.value)?;
    for key in ["header", "query", "location", "param-name"] {
        if let Some(value) = entry.get(key)
            && !row.keys.contains(&key)
        {
            let message = format!("auth of type `:{}` has no `:{key}`", row.name);
            let diagnostic = Diagnostic::new(Code::INVALID_FIELD, value.span, message)
                .help(format!("take `:{key}` out, or use `:type :api-key`"));
            problems.report(entry.at(key).of(diagnostic));
        }
    }
    match row.name {
        "bearer" => Some(Auth::Bearer),
        "api-key" => api_key(&entry, problems),
        _ => Some(Auth::None),
    }
}

/// The place of an API key: `:header`, `:query`, or `:location` with `:param-name`; one of them.
fn api_key(entry: &Entry, problems: &mut Problems) -> Option<Auth> {
    let header = entry.text("header", problems);
    let query = entry.text("query", problems);
    let location = entry.choice("location", &[("header", true), ("query", true)], problems);
    let name = entry.text("param-name", problems);
    let ways = [header.is_some(), query.is_some(), location.is_some()].into_iter().filter(|it| *it).count();
    if ways > 1 {
        let diagnostic = Diagnostic::new(
            Code::INVALID_FIELD,
            entry.span(),
            "an API key is sent at one place, and several are named",
        )
        .help("keep one of `:header`, `:query` and `:location`");
        problems.report(entry.path.of(diagnostic));
        return None;
    }
    let at_query = location.as_ref().is_some_and(|it| it.value == "query");
    if at_query && name.is_none() {
        let diagnostic = Diagnostic::new(
            Code::MISSING_KEY,
            entry.span().first(),
            "an API key in the query needs `:param-name`",
        )
        .label("`:param-name` is missing")
        .help("add `:param-name \"api_key\"`");
        problems.report(entry.at("param-name").of(diagnostic));
        return None;
    }
    if at_query {
        return Some(Auth::ApiKey { header: None, query: name });
    }
    Some(Auth::ApiKey { query: query.clone(), header: if query.is_some() { None } else { header.or(name) } })
}

fn is_http_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && !text.contains(char::is_whitespace))
}

/// Names of all slots that the section mentions, usable or not.
pub(super) fn declared(items: &[Form]) -> impl Iterator<Item = String> {
    items.iter().filter_map(|item| item.map_get("slot").and_then(identifier)).map(|it| it.value)
}
