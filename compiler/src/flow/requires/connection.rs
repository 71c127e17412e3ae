//! A connection slot, and the settings under `:config` that limit what packaged tools may do over it.

use breyta_catalog::fields::{CONNECTION, CONNECTION_TYPES, HTTP_PERMISSIONS, LLM_HOSTS, TOOL_PERMISSIONS};

use super::{auth, by_author, optional, storage};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Entry, Path, name_of, not_wanted};
use crate::flow::{Auth, Connection};
use crate::source::Spanned;
use crate::syntax::Form;

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

pub(super) fn define(form: &Form, path: Path, problems: &mut Problems) -> Option<Connection> {
    let entry = Entry::open(form, path, &CONNECTION, Code::INVALID_FIELD, problems)?;
    let kind = entry.choice("type", CONNECTION_TYPES, problems);
    let backend = entry.get_name("backend");
    let kind = kind.map(|kind| normalised(kind, &entry, problems));
    let written = entry.get("type").and_then(name_of).unwrap_or_default();
    if let Some(config) = entry.get("config") {
        config_of(config, written, &entry.at("config"), problems);
    }
    if written != "blob-storage"
        && let Some(prefers) = entry.get("prefers").filter(|_| kind.is_some())
    {
        let message = format!("a slot of type `:{written}` has no `:prefers`");
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, prefers.span, message)
            .help("only a slot of type `:blob-storage` prefers slots of other flows");
        problems.report(entry.at("prefers").of(diagnostic));
    }
    let auth = entry.get("auth").map_or(Some(Auth::None), |it| auth::define(it, entry.at("auth"), problems));
    Some(Connection {
        span: form.span,
        slot: entry.get_identifier("slot")?,
        kind: kind?,
        label: entry.get_text("label").map(|it| it.value),
        base_url: entry.get_text("base-url"),
        auth: auth?,
        optional: optional(&entry, problems),
        backend,
        by_author: by_author(&entry, "a connection slot", problems),
    })
}

/// `:llm-provider` is an HTTP API with an LLM backend nowadays.
fn normalised(kind: Spanned<String>, entry: &Entry, problems: &mut Problems) -> Spanned<String> {
    if kind.value != "llm-provider" {
        return kind;
    }
    let diagnostic =
        Diagnostic::new(Code::DEPRECATED_LLM_PROVIDER, kind.span, "`:type :llm-provider` is deprecated");
    let host = entry.get_text("base-url");
    let known = host.and_then(|url| LLM_HOSTS.iter().find(|(host, _)| url.value.contains(host)));
    let diagnostic = if entry.get("backend").is_some() {
        diagnostic.help("write `:type :http-api`").edit(kind.span, ":http-api")
    } else if let Some((_, backend)) = known {
        diagnostic
            .help(format!("write `:type :http-api :backend \"{backend}\"`"))
            .edit(kind.span, format!(":http-api :backend \"{backend}\""))
    } else {
        diagnostic
            .help("write `:type :http-api` with the `:backend`, `\"openai\"`, and the `:base-url` of it")
    };
    problems.report(entry.at("type").of(diagnostic));
    Spanned::new("http-api".to_owned(), kind.span)
}

/// `:config`. Backends have settings of their own, which pass; what is known of all slots is checked.
fn config_of(config: &Form, kind: &str, path: &Path, problems: &mut Problems) {
    if config.as_map().is_none() {
        problems.report(path.of(not_wanted("`:config` of a connection slot", "a map", config)));
        return;
    }
    let present = |key: &str| config.map_get(key).filter(|value| !value.is_nil());
    if let Some(prefix) = present("prefix").filter(|_| kind == "blob-storage") {
        storage::check_prefix(prefix, path.key("prefix"), problems);
    }
    let Some(permissions) = present("tool-permissions") else { return };
    let path = path.key("tool-permissions");
    let Some(entry) = Entry::open(permissions, path, &TOOL_PERMISSIONS, Code::INVALID_FIELD, problems) else {
        return;
    };
    if let Some(http) = entry.get("http") {
        http_permissions(http, entry.at("http"), problems);
    }
}

/// What requests of packaged tools may do.
fn http_permissions(form: &Form, path: Path, problems: &mut Problems) {
    let Some(entry) = Entry::open(form, path, &HTTP_PERMISSIONS, Code::INVALID_FIELD, problems) else {
        return;
    };
    let mut each = |key: &str, wanted: &str, fits: fn(&str) -> bool| {
        let items = entry.get(key).and_then(Form::as_vector).unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            if name_of(item).is_some_and(|text| !text.trim().is_empty() && !fits(text)) {
                let what = format!("an element of `:{key}`");
                problems.report(entry.at(key).index(index).of(not_wanted(&what, wanted, item)));
            }
        }
    };
    let method = |text: &str| METHODS.iter().any(|known| text.eq_ignore_ascii_case(known));
    each("allowed-methods", &format!("one of :{}", METHODS.join(" :")), method);
    each("allowed-hosts", "a host without scheme and path", |text| !text.contains('/'));
    each("allowed-path-prefixes", "a path that begins with `/`", |text| text.starts_with('/'));
    each("allowed-url-prefixes", "a URL with `https://` or `http://`", crate::flow::entry::is_http_url);
}
