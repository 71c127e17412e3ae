//! What went wrong with a command, as the envelope shows it.
//!
//! Not the failure of a step (that is the engine's): a failed run becomes one of these at the very end.

use breyta_core::{Map, Value};

/// Exit status of a failed command.
pub const FAILED: u8 = 1;
/// Exit status of a command line that makes no sense, or asks for what this version cannot do.
pub const USAGE: u8 = 2;

/// One error, with a stable code and what to write instead.
#[derive(Clone, Debug)]
pub struct Failure {
    pub code: String,
    pub message: String,
    /// nil when there is nothing to add.
    pub details: Box<Value>,
    /// The `data` of the envelope: the run that failed. nil when there is none.
    pub data: Box<Value>,
    pub exit: u8,
}

impl Failure {
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            details: Box::default(),
            data: Box::default(),
            exit: FAILED,
        }
    }

    /// A command line that makes no sense.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: USAGE, ..Self::new("usage", message) }
    }

    #[must_use]
    pub fn with_details(mut self, details: Map) -> Self {
        *self.details = Value::Map(details);
        self
    }

    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        *self.data = data;
        self
    }

    /// `{"code" "message" "details"?}`.
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert_keyword("code", self.code.as_str());
        map.insert_keyword("message", self.message.as_str());
        if !self.details.is_nil() {
            map.insert_keyword("details", Value::clone(&self.details));
        }
        Value::Map(map)
    }
}
