//! `:auth` of a webhook: the scheme, its keys, and the secret it checks against.

use breyta_catalog::webhook_auth::{self, ALGORITHMS, KeyType, SCHEMES, Scheme};
use breyta_core::Value;

use super::{Context, WebhookAuth};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Entry, Path, identifier, is_text, name_of, near, not_wanted, shown, suggest};
use crate::flow::requires::check_secret_ref;
use crate::source::{Span, Spanned};
use crate::syntax::{Form, FormKind};

const EXAMPLE: &str = "`:auth {:type :hmac-sha256 :header \"X-Signature\" :secret-ref :webhook-secret}`";

/// The auth under `:auth` of an interface or of a legacy trigger's config.
pub(super) fn define(entry: &Entry, context: Context, problems: &mut Problems) -> Option<WebhookAuth> {
    let path = entry.at("auth");
    let Some(form) = entry.get("auth") else {
        let message = format!("{} needs `:auth`", entry.what());
        let place = entry.form.map_get("auth").map_or(entry.span().first(), |nil| nil.span);
        problems.report(path.of(no_auth(place, message)));
        return None;
    };
    if form.as_map().is_none() {
        match name_of(form) {
            Some("none") => problems.report(path.of(refused_none(form.span))),
            Some("workspace-api-auth") => {
                let scheme = Spanned::new("workspace-api-auth".to_owned(), form.span);
                let (span, settings) = (form.span, Vec::new());
                return Some(WebhookAuth { span, scheme, secret_ref: None, settings });
            }
            _ => {
                let diagnostic = not_wanted("`:auth` of a webhook", "a map", form);
                problems.report(path.of(diagnostic.help(format!("write {EXAMPLE}"))));
            }
        }
        return None;
    }
    let scheme = scheme(form, &path, problems)?;
    let fields = Fields { form, path, scheme };
    fields.check_keys(problems);
    fields.check_required(problems);
    match scheme.name {
        "signature" => fields.check_signature(problems),
        "api-key" => fields.check_place(problems),
        _ => {}
    }
    let secret_ref = fields.secret_ref(context, problems);
    let kind = form.map_get("type").map_or(form.span, |kind| kind.span);
    let settings = form.as_map().into_iter().flatten().filter_map(|(key, value)| {
        let name = key.as_keyword()?.full();
        (name != "type").then(|| (name.to_owned(), value.clone()))
    });
    Some(WebhookAuth {
        span: form.span,
        scheme: Spanned::new(scheme.name.to_owned(), kind),
        secret_ref,
        settings: settings.collect(),
    })
}

fn no_auth(place: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::WEBHOOK_WITHOUT_AUTH, place, message)
        .label("anybody could start runs")
        .help(format!("write {EXAMPLE}"))
}

fn refused_none(place: Span) -> Diagnostic {
    no_auth(place, "a webhook may not go without auth".to_owned())
}

/// The scheme that `:type` names.
fn scheme(form: &Form, path: &Path, problems: &mut Problems) -> Option<&'static Scheme> {
    let names = || SCHEMES.iter().map(|scheme| scheme.name);
    let listed = || format!("one of :{}", names().collect::<Vec<_>>().join(" :"));
    let Some(kind) = form.map_get("type").filter(|kind| !kind.is_nil()) else {
        let message = "auth of a webhook needs `:type`";
        let diagnostic = Diagnostic::new(Code::MISSING_KEY, form.span.first(), message)
            .label("`:type` is missing")
            .help(format!("add `:type`, {}", listed()));
        problems.report(path.key("type").of(diagnostic));
        return None;
    };
    let name = name_of(kind).unwrap_or_default();
    let found = webhook_auth::find(name);
    if name == "none" {
        problems.report(path.key("type").of(refused_none(kind.span)));
    } else if found.is_none() {
        let diagnostic = not_wanted("`:type` of webhook auth", &listed(), kind);
        problems.report(path.key("type").of(suggest(diagnostic, kind, &near(kind, names()))));
    }
    found
}

/// An auth map of a known scheme.
struct Fields<'a> {
    form: &'a Form,
    path: Path,
    scheme: &'static Scheme,
}

impl<'a> Fields<'a> {
    fn get(&self, key: &str) -> Option<&'a Form> {
        self.form.map_get(key).filter(|value| !value.is_nil())
    }

    fn named(&self, key: &str, name: &str) -> bool {
        self.get(key).and_then(name_of) == Some(name)
    }

    /// Keys that nobody knows, keys of other schemes, and values of the wrong type.
    fn check_keys(&self, problems: &mut Problems) {
        let scheme = self.scheme;
        for (key, value) in self.form.as_map().into_iter().flatten() {
            let name = key.as_keyword().map_or("", |key| key.full());
            let path = self.path.below(key);
            if scheme.takes(name) {
                let row = webhook_auth::key(name).filter(|_| !value.is_nil());
                if let Some(row) = row {
                    check_value(row.ty, name, value, &path, problems);
                }
                continue;
            }
            let own = || scheme.required.iter().chain(scheme.optional).copied();
            let message = format!("webhook auth of type `:{}` has no key `{}`", scheme.name, shown(key));
            let diagnostic =
                Diagnostic::new(Code::UNKNOWN_SECTION_KEY, key.span, message).label("no such key");
            let near = near(key, own());
            let diagnostic = if near.is_empty() || webhook_auth::key(name).is_some() {
                let keys: Vec<String> = own().map(|key| format!(":{key}")).collect();
                diagnostic.help(format!("its keys are {}", keys.join(" ")))
            } else {
                suggest(diagnostic, key, &near)
            };
            problems.report(path.of(diagnostic));
        }
    }

    fn check_required(&self, problems: &mut Problems) {
        for key in self.scheme.required.iter().filter(|key| self.get(key).is_none()) {
            problems.report(self.missing(key, ""));
        }
    }

    fn missing(&self, key: &str, why: &str) -> Diagnostic {
        let message = format!("webhook auth of type `:{}`{why} needs `:{key}`", self.scheme.name);
        let example = webhook_auth::key(key).map_or("…", |row| row.example);
        let diagnostic = Diagnostic::new(Code::MISSING_KEY, self.form.span.first(), message)
            .label(format!("`:{key}` is missing"))
            .help(format!("add `:{key} {example}`"));
        self.path.key(key).of(diagnostic)
    }

    /// An algorithm needs its kind of key, a signed timestamp the header that brings it.
    fn check_signature(&self, problems: &mut Problems) {
        let algorithm = ALGORITHMS.iter().find(|(name, _)| self.named("algo", name));
        if let Some((name, key)) = algorithm
            && self.get(key).is_none()
        {
            // A public key may be stored as a secret; a shared secret is no public key.
            let other = self.get("public-key-ref").filter(|_| *name == "hmac-sha256");
            if let Some(other) = other {
                let message = "`:algo :hmac-sha256` is checked with a shared secret, not with a public key";
                let diagnostic = Diagnostic::new(Code::INVALID_FIELD, other.span, message)
                    .help("name the secret under `:secret-ref`, or use `:algo :ecdsa-p256`");
                problems.report(self.path.key("public-key-ref").of(diagnostic));
            } else if self.get("secret-ref").is_none() {
                problems.report(self.missing(key, &format!(" with `:algo :{name}`")));
            }
        }
        if self.named("signed-message", "timestamp-payload") && self.get("timestamp-header").is_none() {
            problems.report(self.missing("timestamp-header", " with a signed timestamp"));
        }
    }

    /// An API key stands in a header or in the query.
    fn check_place(&self, problems: &mut Problems) {
        let at_query = self.named("location", "query") || self.named("in", "query");
        let Some(header) = self.get("header").filter(|_| at_query) else { return };
        let message = "an API key in the query has no `:header`";
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, header.span, message)
            .help("name the query parameter under `:param`, or take `:location :query` out");
        problems.report(self.path.key("header").of(diagnostic));
    }

    /// The secret or public key, checked against the secret slots.
    fn secret_ref(&self, context: Context, problems: &mut Problems) -> Option<Spanned<String>> {
        let mut found = None;
        for key in ["public-key-ref", "secret-ref"].into_iter().filter(|key| self.scheme.takes(key)) {
            let Some(name) = self.get(key).and_then(identifier) else { continue };
            let path = self.path.key(key);
            check_secret_ref(&name, context.requires, context.slots, &path, problems);
            found = Some(name);
        }
        found
    }
}

fn check_value(ty: KeyType, key: &str, value: &Form, path: &Path, problems: &mut Problems) {
    let what = format!("`:{key}` of webhook auth");
    let (fits, wanted) = match ty {
        KeyType::Text => (is_text(value), "a string that is not blank".to_owned()),
        KeyType::Name => {
            let fits = name_of(value).is_some_and(|name| !name.trim().is_empty());
            (fits, "a string that is not blank".to_owned())
        }
        KeyType::SecretRef => (identifier(value).is_some(), "the name of a secret, a keyword".to_owned()),
        KeyType::Milliseconds => {
            let fits = matches!(value.kind, FormKind::Atom(Value::Int(count)) if count > 0);
            (fits, "milliseconds, a whole number above zero".to_owned())
        }
        KeyType::Addresses => return check_addresses(&what, value, path, problems),
        KeyType::OneOf(names) => {
            let fits = name_of(value).is_some_and(|name| names.contains(&name));
            if !fits {
                let diagnostic = not_wanted(&what, &format!("one of :{}", names.join(" :")), value);
                let near = near(value, names.iter().copied());
                problems.report(path.of(suggest(diagnostic, value, &near)));
            }
            return;
        }
    };
    if !fits {
        problems.report(path.of(not_wanted(&what, &wanted, value)));
    }
}

fn check_addresses(what: &str, value: &Form, path: &Path, problems: &mut Problems) {
    let Some(items) = value.as_vector().filter(|items| !items.is_empty()) else {
        let wanted = "a vector of addresses, `[\"203.0.113.7\"]`";
        problems.report(path.of(not_wanted(what, wanted, value)));
        return;
    };
    for (index, item) in items.iter().enumerate() {
        if !item.as_string().is_some_and(|text| is_address(text)) {
            let wanted = "an IP address, or a range such as `\"203.0.113.0/24\"`";
            problems.report(path.index(index).of(not_wanted(&format!("an element of {what}"), wanted, item)));
        }
    }
}

/// An address, or a network with the length of its prefix.
fn is_address(text: &str) -> bool {
    let (address, length) = text.split_once('/').map_or((text, None), |(it, length)| (it, Some(length)));
    let Ok(address) = address.parse::<core::net::IpAddr>() else { return false };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    length.is_none_or(|length| length.parse::<u8>().is_ok_and(|length| length <= longest))
}
