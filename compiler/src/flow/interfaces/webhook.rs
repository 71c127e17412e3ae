//! The webhook interface: an event from outside starts a run, when it proves where it comes from.

use breyta_catalog::fields::WEBHOOK;

use super::{Common, Context, refuse, required_id};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Entry, Path, is_text, name_of};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

mod auth;

/// The entry of `:webhook`.
#[derive(Clone, Debug)]
pub struct WebhookInterface {
    pub span: Span,
    pub id: Spanned<String>,
    pub label: Option<String>,
    pub description: Option<String>,
    /// None: the default invocation (legacy `:triggers`).
    pub invocation: Option<Spanned<String>>,
    pub enabled: bool,
    /// The id when the source does not say.
    pub event_name: Spanned<String>,
    /// None when it is not usable.
    pub auth: Option<WebhookAuth>,
}

/// How events prove where they come from: a scheme with its settings.
#[derive(Clone, Debug)]
pub struct WebhookAuth {
    pub span: Span,
    /// One of the names of `breyta_catalog::webhook_auth::SCHEMES`, or `workspace-api-auth`.
    pub scheme: Spanned<String>,
    /// The secret or public key that the scheme checks against.
    pub secret_ref: Option<Spanned<String>>,
    /// All keys besides `:type`, as written.
    pub settings: Vec<(String, Form)>,
}

pub(super) fn define(
    form: &Form,
    path: Path,
    context: Context,
    problems: &mut Problems,
) -> Option<WebhookInterface> {
    let entry = Entry::open(form, path, &WEBHOOK, Code::INVALID_INTERFACE_SHAPE, problems)?;
    if let Some(key) = entry.key_span("path") {
        let diagnostic = Diagnostic::new(
            Code::UNKNOWN_SECTION_KEY,
            key,
            "the path of a webhook is not written in the flow",
        )
        .help("take `:path` out: the address is made from `:event-name`");
        problems.report(entry.at("path").of(diagnostic));
    }
    let id = required_id(&entry, ":orders-updated", problems);
    let event_name = event_name(&entry, problems);
    let auth = auth::define(&entry, context, problems);
    refuse(&entry, "a webhook interface", problems);
    let Common { id, invocation, label, description, enabled } = Common::read(&entry, id, context, problems)?;
    let event_name = event_name.unwrap_or_else(|| id.clone());
    Some(WebhookInterface { span: form.span, id, label, description, invocation, enabled, event_name, auth })
}

/// The event name and the auth of a legacy trigger's config.
pub(in crate::flow) fn event(
    entry: &Entry,
    context: Context,
    problems: &mut Problems,
) -> (Option<Spanned<String>>, Option<WebhookAuth>) {
    (event_name(entry, problems), auth::define(entry, context, problems))
}

fn event_name(entry: &Entry, problems: &mut Problems) -> Option<Spanned<String>> {
    let form = entry.get("event-name")?;
    if !is_text(form) && form.as_keyword().is_none() {
        entry.invalid("event-name", "a string such as `\"orders.updated\"`", form, problems);
    }
    name_of(form).map(|name| Spanned::new(name.to_owned(), form.span))
}
