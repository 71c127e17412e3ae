//! Values of the flow language, their text and byte forms, and the clojure.core subset.
//!
//! What both halves of the project must agree on stands here: what a value is, when two values are equal, how a
//! literal is read, and which library functions exist with which types. Nothing here does I/O, knows a step, a run or
//! a store, or reads a clock.

/// Text that is either part of the program or shared on the heap.
pub mod text;

/// Keywords and symbols.
pub mod name;

/// The value type with its collections and its equality.
pub mod value;

/// How generated code makes values and takes arguments apart.
pub mod construct;

/// Integers, big integers, ratios, decimals, doubles: one numeric tower.
pub mod number;

/// Errors that Clojure code throws.
pub mod thrown;

/// Fuel, recursion depth and memory of one call.
pub mod sandbox;

/// How values print: `str` and `pr-str`.
pub mod print;

/// JSON text to values and back.
pub mod json;

/// Tokens of Clojure and EDN text, with spans.
pub mod lexer;

/// EDN data (bindings, scenarios, inputs) to values; code is refused.
pub mod edn;

/// The byte encoding of values, `docs/format.md`.
pub mod codec;

/// Handlebars templates: the tree, and what a template reads.
pub mod template;

/// Regular expressions with Java's syntax.
pub mod regex;

/// Cron expressions of schedules.
pub mod cron;

/// The ISO calendar on plain integers.
mod calendar;

/// Values of the Java classes that code may use.
pub mod host;

/// Delays between attempts.
pub mod backoff;

/// Durations as texts.
pub mod duration;

/// The table of core functions: names, arities, types, implementation.
pub mod library;

/// The schema language of packaged steps, agents and outputs.
pub mod schema;

pub use name::{Keyword, Symbol};
pub use sandbox::Budget;
pub use text::Text;
pub use thrown::Thrown;
pub use value::{Function, Map, Set, Value, Vector};
