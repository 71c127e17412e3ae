//! Errors as Clojure code throws and catches them.
//!
//! Not for failures of steps or of the engine: those are values of `breyta-engine`. A thrown error that leaves a
//! function body becomes the error of its step; one that leaves the flow body fails the run.

use std::fmt;

use crate::value::release;
use crate::{Map, Value};

/// The exception classes that code can name in `catch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Arithmetic,
    Arity,
    Assertion,
    ClassCast,
    ExceptionInfo,
    IllegalArgument,
    IllegalState,
    IndexOutOfBounds,
    NullPointer,
    NumberFormat,
    Runtime,
    StackOverflow,
    UnsupportedOperation,
    /// A sandbox bound was reached. Not catchable by class.
    Sandbox,
    /// A step failed; the error map is in `data`.
    Step,
}

impl Class {
    const ALL: [Self; 15] = [
        Self::Arithmetic,
        Self::Arity,
        Self::Assertion,
        Self::ClassCast,
        Self::ExceptionInfo,
        Self::IllegalArgument,
        Self::IllegalState,
        Self::IndexOutOfBounds,
        Self::NullPointer,
        Self::NumberFormat,
        Self::Runtime,
        Self::StackOverflow,
        Self::UnsupportedOperation,
        Self::Sandbox,
        Self::Step,
    ];

    /// The class of an error map's `:type`: what is no code of a class is the failure of a step.
    pub fn of_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|class| class.code() == code).unwrap_or(Self::Step)
    }

    /// Whether it is a bound of the sandbox, which nothing catches.
    pub const fn is_bound(self) -> bool {
        matches!(self, Self::Sandbox | Self::StackOverflow)
    }

    /// The stable kebab-case code of errors of this class in results and journals.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Arithmetic => "arithmetic",
            Self::Arity => "arity",
            Self::Assertion => "assertion",
            Self::ClassCast => "class-cast",
            Self::ExceptionInfo => "thrown",
            Self::IllegalArgument => "illegal-argument",
            Self::IllegalState => "illegal-state",
            Self::IndexOutOfBounds => "index-out-of-bounds",
            Self::NullPointer => "null-pointer",
            Self::NumberFormat => "number-format",
            Self::Runtime => "runtime",
            Self::StackOverflow => "sandbox-depth",
            Self::UnsupportedOperation => "unsupported-operation",
            Self::Sandbox => "sandbox-limit",
            Self::Step => "step-failed",
        }
    }
}

/// A thrown error. Boxed, so that results stay small.
#[derive(Clone, Debug, PartialEq)]
pub struct Thrown(Box<Content>);

#[derive(Clone, Debug, PartialEq)]
struct Content {
    class: Class,
    code: &'static str,
    message: String,
    data: Value,
    cause: Option<Thrown>,
}

impl Drop for Content {
    /// Errors may be causes and data of each other without bound.
    fn drop(&mut self) {
        if self.cause.is_some() || !self.data.is_nil() {
            release((self.cause.take(), std::mem::take(&mut self.data)));
        }
    }
}

impl Thrown {
    pub fn new(class: Class, message: impl Into<String>) -> Self {
        let code = class.code();
        Self(Box::new(Content { class, code, message: message.into(), data: Value::Nil, cause: None }))
    }

    /// What `(ex-info message data)` makes.
    pub fn info(message: impl Into<String>, data: Map) -> Self {
        Self::new(Class::ExceptionInfo, message).with_data(Value::Map(data))
    }

    /// An argument of the wrong kind: `what` names the function, `wanted` what it takes.
    pub fn class_cast(what: &str, wanted: &str, got: &Value) -> Self {
        Self::new(Class::ClassCast, format!("{what} takes {wanted}, not {}", got.type_name()))
    }

    pub fn arity(what: &str, got: usize) -> Self {
        Self::new(Class::Arity, format!("Wrong number of args ({got}) passed to: {what}"))
    }

    /// An error map, thrown again as it is.
    pub fn of_error_map(error: &Map) -> Self {
        let message = error.get(&Value::keyword("message")).and_then(Value::as_str).unwrap_or_default();
        Self::new(Class::Step, message).with_data(Value::Map(error.clone()))
    }

    /// The error map of the spec, as a flow body's `catch` and the end of a run see it: `{:type code :message … :data …}`.
    /// What is no data is left out. An error map that was thrown again is as it was.
    pub fn to_error_map(&self) -> Map {
        if let (Class::Step, Value::Map(error)) = (self.class(), self.data())
            && error.get(&Value::keyword("type")).is_some()
        {
            return error.clone();
        }
        let mut map = Map::new();
        map.insert_keyword("type", Value::literal(self.code()));
        map.insert_keyword("message", self.message());
        if !self.data().is_nil() && self.data().is_data() {
            map.insert_keyword("data", self.data().clone());
        }
        if let Some(cause) = self.cause() {
            map.insert_keyword("cause", Value::Map(cause.to_error_map()));
        }
        map
    }

    /// A sandbox bound with a code of its own.
    pub fn limit(code: &'static str, message: impl Into<String>) -> Self {
        let mut thrown = Self::new(Class::Sandbox, message);
        thrown.0.code = code;
        thrown
    }

    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.0.data = data;
        self
    }

    #[must_use]
    pub fn with_cause(mut self, cause: Thrown) -> Self {
        self.0.cause = Some(cause);
        self
    }

    pub fn class(&self) -> Class {
        self.0.class
    }

    pub fn code(&self) -> &'static str {
        self.0.code
    }

    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What `ex-data` answers; nil when there is none.
    pub fn data(&self) -> &Value {
        &self.0.data
    }

    pub fn cause(&self) -> Option<&Thrown> {
        self.0.cause.as_ref()
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Thrown {}
