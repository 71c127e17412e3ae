//! Pure tables that the compiler and the runtime share: step families, limits, definition fields, input types, auth
//! types, run-time error codes.
//!
//! The only place that knows which keys a family's config has. Nothing is computed or checked here, and this crate
//! depends on nothing: the checks are the compiler's, the execution is the runtime's.

/// How connections authenticate.
pub mod auth;

/// Error codes of failed steps and runs.
pub mod errors;

/// Step families with their config keys and results.
pub mod families;

/// Keys of the flow definition, section by section.
pub mod fields;

/// Types of invocation inputs.
pub mod input_types;

/// Every bound that the product enforces.
pub mod limits;

/// Names of time zones.
pub mod timezones;

/// Words of the timeline that compiled flows and the engine share.
pub mod timeline;

/// Keys of templates, packaged steps, agents, providers and tools.
pub mod tools;

/// How webhooks prove where they come from.
pub mod webhook_auth;

/// Controls around every step.
pub mod controls;

/// Literal maps of the `flow/…` forms.
pub mod helpers;

/// What a value in a config may be.
pub mod values;
