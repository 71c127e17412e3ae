//! Executors of the step families.
//!
//! Each family is one static ([`http::HTTP`], [`function::FUNCTION`]) that emitted code registers by reference; what a
//! flow does not register is not linked. Executors do one attempt: no retries, no journal, no store. They resolve
//! secrets and let none of them out.

/// What a family is, and what its executor may use.
pub mod family;

/// Connections and their secrets.
pub mod connection;

/// Durations in configs.
pub mod duration;

/// Removes secrets from everything that leaves an executor.
pub mod scrub;

/// Request templates and their rendering.
pub mod templates;

/// `:function`.
pub mod function;

/// `:http`.
pub mod http;

pub use family::{ExecuteFn, Family, StepContext};
