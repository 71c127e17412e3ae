//! `:requires`: what must be set up before the flow can run. A file per kind of entry.

use std::collections::BTreeMap;

use breyta_catalog::fields::REQUIREMENT_KINDS;

use super::Connection;
use super::entry::{Path, before, identifier, name_of, near, not_wanted, suggest, unique};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Spanned;
use crate::syntax::Form;

mod auth;
mod connection;
mod form;
mod options;
mod secret;
mod storage;
mod worker;

pub use form::SetupForm;
pub use options::OptionsSource;
pub(super) use options::source as options_source;
pub use secret::Secret;
pub(super) use secret::check_ref as check_secret_ref;
pub(super) use storage::check_folder;
pub use worker::Worker;

/// The entries that can be used.
#[derive(Debug, Default)]
pub(super) struct Requires {
    pub(super) connections: Vec<Connection>,
    pub(super) secrets: Vec<Secret>,
    pub(super) forms: Vec<SetupForm>,
    pub(super) workers: Vec<Worker>,
}

/// The slots that the section writes down, usable or not, each with the type that it names.
#[derive(Debug, Default)]
pub(super) struct Slots(BTreeMap<String, String>);

impl Slots {
    pub(super) fn read(items: &[Form]) -> Self {
        let slot = |item: &Form| {
            let name = item.map_get("slot").and_then(identifier)?;
            let kind = item.map_get("type").and_then(name_of).unwrap_or_default();
            Some((name.value, kind.to_owned()))
        };
        Self(items.iter().filter_map(slot).collect())
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Checks a reference to a slot; with a type, also that the slot has it.
    pub(super) fn check(
        &self,
        slot: &Spanned<String>,
        wanted: Option<&str>,
        path: &Path,
        problems: &mut Problems,
    ) {
        let Some(kind) = self.0.get(&slot.value) else {
            problems.report(path.of(self.unknown(slot, wanted)));
            return;
        };
        if let Some(wanted) = wanted.filter(|wanted| kind != wanted && !kind.is_empty()) {
            let message = format!("the slot `:{}` is of type `:{kind}`, not `:{wanted}`", slot.value);
            let diagnostic = Diagnostic::new(Code::INVALID_FIELD, slot.span, message)
                .help(format!("name a slot of type `:{wanted}`"));
            problems.report(path.of(diagnostic));
        }
    }

    fn unknown(&self, slot: &Spanned<String>, wanted: Option<&str>) -> Diagnostic {
        let message = format!("there is no slot `:{}` in `:requires`", slot.value);
        let diagnostic =
            Diagnostic::new(Code::UNKNOWN_CONNECTION_SLOT, slot.span, message).label("no such slot");
        let near = crate::diagnostics::nearest(&slot.value, self.names());
        match near.first() {
            Some(best) => {
                diagnostic.help(format!("did you mean `:{best}`?")).edit(slot.span, format!(":{best}"))
            }
            None => {
                let kind = wanted.unwrap_or("http-api");
                diagnostic.help(format!("declare it: `:requires [{{:slot :{} :type :{kind}}}]`", slot.value))
            }
        }
    }
}

pub(super) fn define(items: &[Form], slots: &Slots, problems: &mut Problems) -> Requires {
    let path = Path::root().key("requires");
    let mut seen = super::entry::Seen::new();
    let mut found = Requires::default();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        let mut is_new = |slot: &Spanned<String>, problems: &mut Problems| {
            unique(slot, Code::DUPLICATE_ID, "slots", &mut seen, &path.key("slot"), problems)
        };
        match kind(item, &path, problems) {
            Some(Kind::Form) => found.forms.extend(form::define(item, path, slots, problems)),
            Some(Kind::Worker) => found.workers.extend(worker::define(item, path, problems)),
            Some(Kind::Secret) => {
                let secret = secret::define(item, path.clone(), problems);
                found.secrets.extend(secret.filter(|it| is_new(&it.slot, problems)));
            }
            Some(Kind::Connection) => {
                let connection = connection::define(item, path.clone(), problems);
                found.connections.extend(connection.filter(|it| is_new(&it.slot, problems)));
            }
            None => {}
        }
    }
    found
}

/// What an entry of the section is.
#[derive(Clone, Copy)]
enum Kind {
    Connection,
    Secret,
    Form,
    Worker,
}

/// By `:kind`, and `:type :secret`; a connection when nothing is said. None when it is said wrongly.
fn kind(item: &Form, path: &Path, problems: &mut Problems) -> Option<Kind> {
    let written = item.map_get("kind").filter(|kind| !kind.is_nil());
    let is_secret = item.map_get("type").and_then(name_of) == Some("secret");
    let Some(written) = written else {
        if is_secret {
            return Some(Kind::Secret);
        }
        let Some(guess) = without_kind(item) else { return Some(Kind::Connection) };
        let first = item.as_map().and_then(|mut pairs| pairs.next()).map_or(item.span, |(key, _)| key.span);
        let message = format!("this looks like a requirement of kind `:{guess}`, and says no `:kind`");
        let diagnostic = Diagnostic::new(Code::MISSING_KEY, item.span.first(), message)
            .label("`:kind` is missing")
            .help(format!("add `:kind :{guess}`"))
            .edit(before(first), format!(":kind :{guess} "));
        problems.report(path.key("kind").of(diagnostic));
        return None;
    };
    match name_of(written) {
        Some("connection") if is_secret => Some(Kind::Secret),
        Some("connection") => Some(Kind::Connection),
        Some("secret") => Some(Kind::Secret),
        Some("form") => Some(Kind::Form),
        Some("worker") => Some(Kind::Worker),
        _ => {
            let names = || REQUIREMENT_KINDS.iter().map(|(name, _)| *name);
            let wanted = format!("one of :{}", names().collect::<Vec<_>>().join(" :"));
            let diagnostic = not_wanted("`:kind` of a requirement", &wanted, written);
            problems.report(path.key("kind").of(suggest(diagnostic, written, &near(written, names()))));
            None
        }
    }
}

/// The kind that an entry without `:kind`, `:slot` and `:type` must be meant as, by its keys.
fn without_kind(item: &Form) -> Option<&'static str> {
    let has = |key: &str| item.map_get(key).is_some();
    if has("slot") || has("type") {
        return None;
    }
    if has("fields") {
        return Some("form");
    }
    (has("capability") || has("job-types") || has("job-type")).then_some("worker")
}

/// Whether the author supplies what the entry needs. Building refuses it: there is no one else than who runs the flow.
fn by_author(entry: &super::entry::Entry, what: &str, problems: &mut Problems) -> bool {
    let provider = entry.get_name("provided-by");
    let author = provider.as_ref().is_some_and(|it| it.value == "author");
    if let Some(provider) = provider.filter(|_| author) {
        let what = format!("`:provided-by :author` of {what}");
        problems.refuse(entry.at("provided-by").of(super::entry::later(&what, provider.span)));
    }
    author
}

/// `:optional true` or its older inverse `:required false`; both together must agree.
fn optional(entry: &super::entry::Entry, problems: &mut Problems) -> bool {
    let optional = entry.get_boolean("optional");
    let required = entry.get_boolean("required");
    let Some((required, form)) = required.zip(entry.get("required")) else { return optional == Some(true) };
    if optional == Some(required) {
        let message = "`:required` contradicts `:optional` of this slot";
        let diagnostic =
            Diagnostic::new(Code::INVALID_FIELD, form.span, message).help("keep `:optional` only");
        problems.report(entry.at("required").of(diagnostic));
    } else if optional.is_none() && !required {
        let key = entry.key_span("required").unwrap_or(form.span);
        let message = "`:required false` of a slot is deprecated";
        let diagnostic = Diagnostic::new(Code::DEPRECATED_KEY, key, message)
            .help("write `:optional true`")
            .edit(key.to(form.span), ":optional true");
        problems.report(entry.at("required").of(diagnostic));
    }
    optional.unwrap_or(!required)
}
