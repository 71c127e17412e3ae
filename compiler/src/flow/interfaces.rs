//! `:interfaces`: how a run is started. A file per category.

use breyta_catalog::fields::INTERFACES;

use super::ManualInterface;
use super::entry::{Entry, IDENTIFIER, Path, identifier, later, name_of, shown, unique};
use super::invocations::{self, Invocations};
use super::requires::{Requires, Slots};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

mod http;
mod manual;
mod mcp;
mod webhook;

pub use http::HttpInterface;
pub use mcp::McpInterface;
pub(super) use webhook::event;
pub use webhook::{WebhookAuth, WebhookInterface};

/// What the section says.
#[derive(Debug, Default)]
pub(super) struct Interfaces {
    pub(super) manual: Option<ManualInterface>,
    pub(super) http: Option<HttpInterface>,
    pub(super) webhook: Option<WebhookInterface>,
    pub(super) mcp: Vec<McpInterface>,
}

/// What interfaces refer to.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    /// None when the flow has no such section.
    pub(super) invocations: Option<&'a Invocations>,
    pub(super) requires: &'a Requires,
    pub(super) slots: &'a Slots,
}

/// What all interfaces have.
struct Common {
    id: Spanned<String>,
    invocation: Option<Spanned<String>>,
    label: Option<String>,
    description: Option<String>,
    enabled: bool,
}

/// One entry of a category.
enum Interface {
    Manual(ManualInterface),
    Http(HttpInterface),
    Webhook(WebhookInterface),
    Mcp(McpInterface),
}

pub(super) fn define(form: &Form, context: Context, problems: &mut Problems) -> Interfaces {
    let path = Path::root().key("interfaces");
    let Some(entry) = Entry::open(form, path, &INTERFACES, Code::INVALID_INTERFACES_SHAPE, problems) else {
        return Interfaces::default();
    };
    let mut found = Interfaces::default();
    // Ids are unique across the categories.
    let mut seen = super::entry::Seen::new();
    for (key, section) in form.as_map().into_iter().flatten() {
        let Some(category) = name_of(key).filter(|name| INTERFACES.field(name).is_some()) else { continue };
        if section.is_nil() {
            continue;
        }
        let path = entry.at(category);
        let Some(items) = section.as_vector() else {
            let message =
                format!("`:{category}` of the interfaces map must be a vector, not {}", section.describe());
            let diagnostic = Diagnostic::new(Code::INVALID_INTERFACE_CATEGORY_SHAPE, section.span, message)
                .help(format!("write `:{category} [{}]`", example(category)));
            problems.report(path.of(diagnostic));
            continue;
        };
        for (index, item) in items.iter().enumerate() {
            let path = path.index(index);
            let Some(interface) = interface(category, item, path.clone(), context, problems) else {
                continue;
            };
            let (id, key) = interface.id();
            let code = Code::DUPLICATE_INTERFACE_ID;
            if unique(id, code, "interfaces", &mut seen, &path.key(key), problems) {
                found.keep(interface, &path, problems);
            }
        }
    }
    found
}

fn interface(
    category: &str,
    item: &Form,
    path: Path,
    context: Context,
    problems: &mut Problems,
) -> Option<Interface> {
    match category {
        "manual" => manual::define(item, path, context, problems).map(Interface::Manual),
        "http" => http::define(item, path, context, problems).map(Interface::Http),
        "webhook" => webhook::define(item, path, context, problems).map(Interface::Webhook),
        _ => mcp::define(item, path, context, problems).map(Interface::Mcp),
    }
}

fn example(category: &str) -> &'static str {
    match category {
        "manual" => "{:id :run :label \"Run\" :invocation :default}",
        "http" => "{:id :run :invocation :default :auth :workspace-api-auth}",
        "webhook" => "{:id :hook :invocation :default :auth {:type :bearer :secret-ref :hook}}",
        _ => "{:tool-name \"run\" :description \"…\" :invocation :default :auth :workspace-api-auth}",
    }
}

impl Interface {
    /// The id, and the key that says it.
    fn id(&self) -> (&Spanned<String>, &'static str) {
        match self {
            Self::Manual(it) => (&it.id, "id"),
            Self::Http(it) => (&it.id, "id"),
            Self::Webhook(it) => (&it.id, "id"),
            Self::Mcp(it) => (&it.tool_name, "tool-name"),
        }
    }
}

impl Interfaces {
    /// Keeps the first of each category, and every MCP tool.
    fn keep(&mut self, interface: Interface, path: &Path, problems: &mut Problems) {
        let too_many = |one: Span, first: Span, what: &str| {
            Diagnostic::new(Code::TOO_MANY_INTERFACES, one, format!("a flow has at most one {what}"))
                .label("one too many")
                .also(first, "the first one")
                .help("keep one; several sets of inputs belong to `:invocations`")
        };
        let diagnostic = match interface {
            Interface::Manual(it) => match &self.manual {
                Some(first) => too_many(it.span, first.span, "manual interface"),
                None => return self.manual = Some(it),
            },
            Interface::Http(it) => match &self.http {
                Some(first) => too_many(it.span, first.span, "HTTP interface"),
                None => return self.http = Some(it),
            },
            Interface::Webhook(it) => match &self.webhook {
                Some(first) => too_many(it.span, first.span, "webhook interface"),
                None => return self.webhook = Some(it),
            },
            Interface::Mcp(it) => {
                let first = self.mcp.first().map(|first| first.span);
                let span = it.span;
                self.mcp.push(it);
                let Some(first) = first else { return };
                Diagnostic::new(Code::SEVERAL_MCP_INTERFACES, span, "a flow should have one MCP interface")
                    .label("another one")
                    .also(first, "the first one")
                    .help("split unrelated tools into separate flows")
            }
        };
        problems.report(path.of(diagnostic));
    }
}

impl Common {
    /// Reads what all interfaces have; `id` is None when it is missing or wrong.
    fn read(
        entry: &Entry,
        id: Option<Spanned<String>>,
        context: Context,
        problems: &mut Problems,
    ) -> Option<Self> {
        let (missing, invalid) = (Code::MISSING_INTERFACE_INVOCATION, Code::INVALID_INTERFACE_INVOCATION);
        let invocation = required_name(entry, "invocation", missing, invalid, ":default", problems);
        if let Some(invocation) = &invocation {
            let code = Code::UNKNOWN_INTERFACE_INVOCATION;
            let path = entry.at("invocation");
            invocations::check_ref(invocation, code, context.invocations, &path, problems);
        }
        Some(Self {
            id: id?,
            invocation,
            label: entry.get_text("label").map(|it| it.value),
            description: entry.get_text("description").map(|it| it.value),
            enabled: entry.get_boolean("enabled").unwrap_or(true),
        })
    }
}

/// `:id` of an interface that is not an MCP tool.
fn required_id(entry: &Entry, example: &str, problems: &mut Problems) -> Option<Spanned<String>> {
    required_name(entry, "id", Code::MISSING_INTERFACE_ID, Code::INVALID_INTERFACE_ID, example, problems)
}

fn required_name(
    entry: &Entry,
    key: &str,
    missing: Code,
    invalid: Code,
    example: &str,
    problems: &mut Problems,
) -> Option<Spanned<String>> {
    let what = entry.what();
    let Some(form) = entry.get(key) else {
        let diagnostic = Diagnostic::new(missing, entry.span().first(), format!("{what} needs `:{key}`"))
            .label(format!("`:{key}` is missing"))
            .help(format!("add `:{key} {example}`"));
        problems.report(entry.at(key).of(diagnostic));
        return None;
    };
    let found = identifier(form);
    if found.is_none() {
        let message = format!("`:{key}` of {what} must be {IDENTIFIER}, not {}", shown(form));
        problems.report(entry.at(key).of(Diagnostic::new(invalid, form.span, message)));
    }
    found
}

/// `:auth` of interfaces that programs call with a key of the workspace.
fn workspace_auth(entry: &Entry, problems: &mut Problems) {
    if let Some(auth) = entry.get("auth").filter(|auth| name_of(auth) != Some("workspace-api-auth")) {
        entry.invalid("auth", "`:workspace-api-auth`", auth, problems);
    }
}

/// Building refuses an interface that nothing serves.
fn refuse(entry: &Entry, what: &str, problems: &mut Problems) {
    problems.refuse(entry.path.of(later(what, entry.span().first())));
}
