//! The flow definition: every section of the source map as a typed value with places.
//!
//! Checks the shape of each section on its own. What crosses sections (does this ref exist) is `resolve`'s and `types`'.
//! Keys that are not supported yet are refused by name here, never ignored.

use breyta_core::Value;

use crate::source::{Span, Spanned};
use crate::syntax::Form;

mod concurrency;
mod data;
mod definition;
mod entry;
pub(crate) mod functions;
mod interfaces;
mod invocations;
mod requires;
mod templates;
mod triggers;

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
    pub concurrency: Concurrency,
    pub requires: Vec<Connection>,
    pub invocations: Vec<Invocation>,
    pub manual: Option<ManualInterface>,
    pub templates: Vec<Template>,
    pub functions: Vec<FunctionSource>,
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
}

/// A connection slot of `:requires`.
#[derive(Clone, Debug)]
pub struct Connection {
    pub span: Span,
    pub slot: Spanned<String>,
    /// `http-api` for now.
    pub kind: Spanned<String>,
    pub label: Option<String>,
    pub base_url: Option<Spanned<String>>,
    pub auth: Auth,
    pub optional: bool,
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
    definition::define(sources, forms, problems)
}
