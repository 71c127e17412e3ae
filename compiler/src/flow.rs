//! The flow definition: every section of the source map as a typed value with places.
//!
//! Checks the shape of each section on its own. What crosses sections (does this ref exist) is `resolve`'s and `types`'.
//! Keys that are not supported yet are refused by name here, never ignored.

use breyta_core::Value;

use crate::source::{Span, Spanned};
use crate::syntax::Form;

pub mod agents;
mod bare_steps;
mod concurrency;
mod data;
mod definition;
mod entry;
mod fitting;
pub(crate) mod functions;
mod inputs;
mod interfaces;
mod invocations;
mod legacy;
pub mod mcp;
mod metadata;
pub mod providers;
mod references;
mod requires;
mod schedules;
pub(crate) mod size;
pub mod steps;

pub(crate) use data::is_code;
pub(crate) use entry::{is_identifier, locate};
pub(crate) use steps::older_family;
pub mod templates;
pub mod tools;
mod triggers;

pub use interfaces::{HttpInterface, McpInterface, WebhookAuth, WebhookInterface};
pub use metadata::Metadata;
pub use requires::{OptionsSource, Secret, SetupForm, Worker};
pub use schedules::{Schedule, When};

#[cfg(test)]
mod tests;

/// Metadata plus everything that the flow declares.
#[derive(Clone, Debug)]
pub struct Definition {
    pub span: Span,
    pub slug: Spanned<String>,
    pub name: Option<Spanned<String>>,
    pub description: Option<Spanned<String>>,
    /// Keywords are kept without the colon.
    pub tags: Vec<Spanned<String>>,
    pub metadata: Metadata,
    pub concurrency: Concurrency,
    /// The connection slots of `:requires`.
    pub requires: Vec<Connection>,
    /// The secret slots of `:requires`.
    pub secrets: Vec<Secret>,
    /// The setup forms of `:requires`.
    pub forms: Vec<SetupForm>,
    /// The worker requirements of `:requires`.
    pub workers: Vec<Worker>,
    /// Legacy run fields are inputs of an invocation `default` here, when the flow has no `:invocations`.
    pub invocations: Vec<Invocation>,
    pub manual: Option<ManualInterface>,
    pub http: Option<HttpInterface>,
    pub webhook: Option<WebhookInterface>,
    /// Tools that start a run; not [`Definition::mcp`], which are tools that the flow uses.
    pub mcp_interfaces: Vec<McpInterface>,
    pub schedules: Vec<Schedule>,
    pub templates: Vec<Template>,
    pub functions: Vec<FunctionSource>,
    pub packaged: Vec<steps::PackagedStep>,
    pub agents: Vec<agents::Agent>,
    pub providers: providers::Providers,
    pub mcp: Vec<mcp::Adapter>,
    /// Names of slots, templates and functions that are written but not usable, each reported where it stands: a
    /// reference to one is no further problem.
    pub broken: Vec<String>,
    /// The body, its quote taken off.
    pub flow: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConcurrencyType {
    Singleton,
    Keyed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNewVersion {
    Supersede,
    Drain,
    Coexist,
}

#[derive(Clone, Debug)]
pub struct Concurrency {
    pub span: Span,
    pub kind: ConcurrencyType,
    pub on_new_version: OnNewVersion,
    /// Path into the input, for keyed flows.
    pub key_field: Vec<String>,
    /// Where the key stands; the section when there is none.
    pub key_span: Span,
}

/// A connection slot of `:requires`.
#[derive(Clone, Debug)]
pub struct Connection {
    pub span: Span,
    pub slot: Spanned<String>,
    /// `http-api`, `database`, `blob-storage`, `kv-store` or `ssh`; the legacy `llm-provider` is an `http-api`.
    pub kind: Spanned<String>,
    pub label: Option<String>,
    pub base_url: Option<Spanned<String>>,
    pub auth: Auth,
    pub optional: bool,
    /// `openai`, `mcp` and the like.
    pub backend: Option<Spanned<String>>,
    /// Whether the author of the flow supplies it, not who runs the flow.
    pub by_author: bool,
}

/// How a connection authenticates. The secret itself is a binding, never source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    None,
    Bearer,
    /// Sent as this header, or as this query parameter.
    ApiKey {
        header: Option<String>,
        query: Option<String>,
    },
    /// A scheme that exists and is not carried out yet: its name in `breyta_catalog::auth`.
    Other(&'static str),
}

/// One entry of `:invocations`.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub span: Span,
    pub id: Spanned<String>,
    pub label: Option<String>,
    pub inputs: Vec<InputField>,
}

#[derive(Clone, Debug)]
pub struct InputField {
    pub span: Span,
    pub name: Spanned<String>,
    /// As in the spec's table 3.2, aliases resolved: `text textarea select boolean number date time datetime json …`.
    pub kind: Spanned<String>,
    pub label: Option<String>,
    pub description: Option<String>,
    pub placeholder: Option<String>,
    pub required: bool,
    pub default: Option<Value>,
    /// Of a select: the values.
    pub options: Vec<Value>,
    /// What people see for each of them, where the source says so; as many as options.
    pub option_labels: Vec<Option<String>>,
    /// Of a select whose values are not written down.
    pub options_source: Option<OptionsSource>,
    /// Of files and resources.
    pub reference: Option<Reference>,
}

/// What an input of type `file` or `resource` takes.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    pub multiple: bool,
    /// Content types, `text/*` among them.
    pub accept: Vec<Spanned<String>>,
    pub resource_types: Vec<Spanned<String>>,
    /// A slot of type `blob-storage`.
    pub slot: Option<Spanned<String>>,
    pub storage_backend: Option<String>,
    pub storage_root: Option<String>,
    pub path_prefix: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ManualInterface {
    pub span: Span,
    pub id: Spanned<String>,
    pub label: Option<String>,
    pub description: Option<String>,
    /// None: the default invocation (legacy `:triggers`).
    pub invocation: Option<Spanned<String>>,
    pub enabled: bool,
}

/// An entry of `:templates`; only `:http-request` for now.
#[derive(Clone, Debug)]
pub struct Template {
    pub span: Span,
    pub id: Spanned<String>,
    pub kind: Spanned<String>,
    /// The `:request` map, checked to be plain data.
    pub request: Value,
    pub request_form: Form,
}

/// An entry of `:functions`: its `(fn …)` form, spans inside the string where it was a string.
#[derive(Clone, Debug)]
pub struct FunctionSource {
    pub span: Span,
    pub id: Spanned<String>,
    pub code: Form,
}

/// Builds the definition out of the top-level forms of a file. None when so much is wrong that nothing can be said
/// about the rest: no map, or no body in it. With an error among the problems, what comes back is incomplete.
pub fn define(
    sources: &crate::source::Sources,
    forms: &[Form],
    problems: &mut crate::diagnostics::Problems,
) -> Option<Definition> {
    let definition = definition::define(sources, forms, problems)?;
    fitting::check(&definition, problems);
    tools::check_definition(&definition, problems);
    Some(definition)
}
