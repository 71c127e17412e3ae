//! Every bound that the product enforces: one table, and the values in force.
//!
//! Defaults stand here; `--limit NAME=VALUE` changes one at run time. Whoever lets data in checks against these.

use std::fmt;

/// What the platform documents.
pub mod platform;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Count,
    Bytes,
    Milliseconds,
}

impl Unit {
    /// As a word after a number; empty for plain counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Bytes => "bytes",
            Self::Milliseconds => "ms",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Limit {
    /// As in `--limit NAME=VALUE`.
    pub name: &'static str,
    pub default: u64,
    pub unit: Unit,
    /// One line.
    pub doc: &'static str,
}

/// Why a limit could not be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LimitError {
    /// No limit has this name.
    Unknown(String),
    /// The limit is the same for every executable.
    Fixed(String),
    /// Not written as NAME=VALUE with a whole number above zero.
    Malformed(String),
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => {
                let names: Vec<&str> = LIMITS.iter().map(|limit| limit.name).collect();
                write!(f, "there is no limit {name}; the limits are {}", names.join(", "))
            }
            Self::Fixed(name) => write!(f, "the limit {name} is fixed and cannot be set at run time"),
            Self::Malformed(text) => {
                write!(
                    f,
                    "`{text}` is no limit: write NAME=VALUE with a whole number above zero, such as fuel=1000000"
                )
            }
        }
    }
}

impl std::error::Error for LimitError {}

macro_rules! limits {
    ($($field:ident $name:literal $default:literal $unit:ident $doc:literal;)*) => {
        /// All limits with their defaults.
        pub const LIMITS: &[Limit] = &[$(Limit { name: $name, default: $default, unit: Unit::$unit, doc: $doc }),*];

        /// The values in force. Units as in [`LIMITS`].
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Limits {
            $(#[doc = $doc] pub $field: u64,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }

        impl Limits {
            /// The value in force of a limit by name.
            pub fn get(&self, name: &str) -> Option<u64> {
                match name {
                    $($name => Some(self.$field),)*
                    _ => None,
                }
            }

            /// Sets a limit by name.
            pub fn set(&mut self, name: &str, value: u64) -> Result<(), LimitError> {
                match name {
                    $($name => self.$field = value,)*
                    _ => return Err(LimitError::Unknown(name.to_owned())),
                }
                Ok(())
            }
        }
    };
}

limits! {
    fuel "fuel" 50_000_000 Count "Work of one call of compiled code: calls, loop rounds, elements visited.";
    call_depth "call-depth" 400 Count "Calls of compiled code inside each other.";
    memory_bytes "memory-bytes" 268_435_456 Bytes "Memory that one call of compiled code may allocate for values.";
    result_bytes_max "result-bytes-max" 1_000_000 Bytes "Size of one inline step result, as JSON.";
    steps_per_run "steps-per-run" 10_000 Count "Steps that one run may carry out.";
    call_flow_depth "call-flow-depth" 5 Count "How deep flows may call flows.";
    child_flows_per_run "child-flows-per-run" 25 Count "Flows that one run may call.";
    fanouts_per_run "fanouts-per-run" 5 Count "Fan-outs that one run may carry out.";
    fanout_items_per_run "fanout-items-per-run" 100 Count "Items of all fan-outs of one run.";
    http_requests_per_run "http-requests-per-run" 50 Count "HTTP requests of one run.";
    http_response_bytes "http-response-bytes" 10_000_000 Bytes "Size of one buffered HTTP response body.";
    run_duration_ms "run-duration-ms" 2_592_000_000 Milliseconds "How long a run may take, from its start to its end.";
    deaths_without_progress "deaths-without-progress" 5 Count "Deaths of the process while it carries a run on, with nothing committed in between; then the run is parked.";
    attempt_timeout_ms "attempt-timeout-ms" 900_000 Milliseconds "What bounds any attempt of a step, whatever its own timeout says.";
    input_bytes_max "input-bytes-max" 1_000_000 Bytes "Size of the input of a run, as JSON.";
    nesting_depth "nesting-depth" 512 Count "How deep data that comes in may be nested. Fixed.";
    steps_per_flow "steps-per-flow" 50 Count "Steps and calls of flows that are written in a flow body; more are a warning. Fixed.";
    definition_bytes "definition-bytes" 150_000 Bytes "Size of a definition without the bodies of its templates and functions. Fixed.";
    templates_bytes "templates-bytes" 1_000_000 Bytes "Size of what all templates of a definition hold. Fixed.";
    functions_bytes "functions-bytes" 1_000_000 Bytes "Size of the code of all functions of a definition. Fixed.";
}

/// What is part of the formats, or the compiler's: no executable can change it.
const FIXED: &[&str] =
    &["nesting-depth", "steps-per-flow", "definition-bytes", "templates-bytes", "functions-bytes"];

impl Limits {
    /// Applies one `NAME=VALUE`.
    pub fn apply(&mut self, text: &str) -> Result<(), LimitError> {
        let malformed = || LimitError::Malformed(text.to_owned());
        let (name, value) = text.split_once('=').ok_or_else(malformed)?;
        let value: u64 = value.trim().replace('_', "").parse().map_err(|_| malformed())?;
        if value == 0 {
            return Err(malformed());
        }
        let name = name.trim();
        if FIXED.contains(&name) {
            return Err(LimitError::Fixed(name.to_owned()));
        }
        self.set(name, value)
    }
}

#[cfg(test)]
mod tests;
