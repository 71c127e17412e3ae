//! JSON text to values and back.
//!
//! Reading keeps key order and exact integers: what does not fit 64 bits becomes a big integer, never a rounded double.
//! Writing loses the kinds that JSON has no word for; the table is on [`emit`]. Both are bounded in depth
//! ([`DEPTH_MAX`](crate::value::DEPTH_MAX)), so text from outside cannot exhaust the stack.

use std::fmt;

use crate::Value;

mod emit;
mod parse;
mod tree;

pub use emit::{emit, emit_pretty, write};
pub use parse::parse;
pub use tree::{from_json, to_json};

/// What the keys of JSON objects become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// Keywords with the spelling of the key, whatever it is: `"First Name"` becomes a keyword with a space.
    Keywords,
    Strings,
}

impl Keys {
    fn value(self, text: String) -> Value {
        match self {
            Self::Keywords => Value::Keyword(crate::Keyword::new(text)),
            Self::Strings => Value::string(text),
        }
    }
}

/// Text that is no JSON, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    pub message: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for JsonError {}

/// A value that JSON cannot say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotJson {
    pub message: String,
}

impl NotJson {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NotJson {}

#[cfg(test)]
mod tests;
