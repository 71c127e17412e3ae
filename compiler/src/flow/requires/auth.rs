//! `:auth` of a connection slot: which scheme, and where it puts the credentials.

use breyta_catalog::auth::{self, AuthType};
use breyta_catalog::fields::AUTH;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::Auth;
use crate::flow::entry::{Entry, Path};
use crate::syntax::Form;

pub(super) fn define(form: &Form, path: Path, problems: &mut Problems) -> Option<Auth> {
    let types: Vec<(&str, bool)> = auth::TYPES.iter().map(|it| (it.name, it.supported)).collect();
    let entry = Entry::open(form, path, &AUTH, Code::INVALID_FIELD, problems)?;
    let kind = entry.choice("type", &types, problems)?;
    let row = auth::find(&kind.value)?;
    check_keys(row, &entry, problems);
    match row.name {
        "none" => Some(Auth::None),
        "bearer" => Some(Auth::Bearer),
        "api-key" => api_key(&entry, problems),
        other => Some(Auth::Other(other)),
    }
}

/// Keys that exist and do not go with this type.
fn check_keys(row: &AuthType, entry: &Entry, problems: &mut Problems) {
    for field in AUTH.fields.iter().filter(|field| field.name != "type" && !row.keys.contains(&field.name)) {
        let Some(value) = entry.get(field.name) else { continue };
        let message = format!("auth of type `:{}` has no `:{}`", row.name, field.name);
        let others: Vec<String> = auth::TYPES
            .iter()
            .filter(|it| it.keys.contains(&field.name))
            .map(|it| format!("`:type :{}`", it.name))
            .collect();
        let help = format!("take `:{}` out, or use {}", field.name, others.join(" or "));
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, value.span, message).help(help);
        problems.report(entry.at(field.name).of(diagnostic));
    }
}

/// The place of an API key: `:header`, `:query`, or `:location` with `:param-name`; one of them.
fn api_key(entry: &Entry, problems: &mut Problems) -> Option<Auth> {
    let text = |key: &str| entry.get_text(key).map(|it| it.value);
    let (header, query, name) = (text("header"), text("query"), text("param-name"));
    let location = entry.choice("location", &[("header", true), ("query", true)], problems);
    let ways = [header.is_some(), query.is_some(), location.is_some()].into_iter().filter(|it| *it).count();
    if ways > 1 {
        let message = "an API key is sent at one place, and several are named";
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, entry.span(), message)
            .help("keep one of `:header`, `:query` and `:location`");
        problems.report(entry.path.of(diagnostic));
        return None;
    }
    let at_query = location.as_ref().is_some_and(|it| it.value == "query");
    if at_query && name.is_none() {
        let message = "an API key in the query needs `:param-name`";
        let diagnostic = Diagnostic::new(Code::MISSING_KEY, entry.span().first(), message)
            .label("`:param-name` is missing")
            .help("add `:param-name \"api_key\"`");
        problems.report(entry.at("param-name").of(diagnostic));
        return None;
    }
    if at_query {
        return Some(Auth::ApiKey { header: None, query: name });
    }
    let header = if query.is_some() { None } else { header.or(name) };
    Some(Auth::ApiKey { query, header })
}
