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
    /// `java.lang.Exception` itself, which `RuntimeException` is one of and does not catch.
    Checked,
    ClassCast,
    /// A text that is no date, a date that does not exist.
    DateTime,
    DateTimeParse,
    /// `java.lang.Error` itself.
    Error,
    ExceptionInfo,
    IllegalArgument,
    IllegalState,
    IndexOutOfBounds,
    NullPointer,
    NumberFormat,
    Runtime,
    StackOverflow,
    StringIndexOutOfBounds,
    /// `java.lang.Throwable` itself.
    Throwable,
    UnsupportedOperation,
    /// A sandbox bound was reached. Not catchable by class.
    Sandbox,
    /// A step failed; the error map is in `data`.
    Step,
}

impl Class {
    const ALL: [Self; 16] = [
        Self::Arithmetic,
        Self::Arity,
        Self::Assertion,
        Self::ClassCast,
        Self::DateTime,
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
            Self::DateTime | Self::DateTimeParse => "date-time",
            Self::ExceptionInfo => "thrown",
            Self::IllegalArgument => "illegal-argument",
            Self::IllegalState => "illegal-state",
            Self::IndexOutOfBounds | Self::StringIndexOutOfBounds => "index-out-of-bounds",
            Self::NullPointer => "null-pointer",
            Self::NumberFormat => "number-format",
            Self::Runtime | Self::Checked | Self::Error | Self::Throwable => "runtime",
            Self::StackOverflow => "sandbox-depth",
            Self::UnsupportedOperation => "unsupported-operation",
            Self::Sandbox => "sandbox-limit",
            Self::Step => "step-failed",
        }
    }
}

/// Every exception class that code may name, and the class above it. Errors of
/// the sandbox and of steps have no row: what they are caught as is in [`Class::java_name`].
const HIERARCHY: &[(&str, &str)] = &[
    ("java.lang.Throwable", ""),
    ("java.lang.Exception", "Throwable"),
    ("java.lang.Error", "Throwable"),
    ("java.lang.AssertionError", "Error"),
    ("java.lang.StackOverflowError", "Error"),
    ("java.lang.RuntimeException", "Exception"),
    ("java.lang.ArithmeticException", "RuntimeException"),
    ("java.lang.ClassCastException", "RuntimeException"),
    ("java.lang.IllegalArgumentException", "RuntimeException"),
    ("java.lang.NumberFormatException", "IllegalArgumentException"),
    ("clojure.lang.ArityException", "IllegalArgumentException"),
    ("java.lang.IllegalStateException", "RuntimeException"),
    ("java.lang.IndexOutOfBoundsException", "RuntimeException"),
    ("java.lang.StringIndexOutOfBoundsException", "IndexOutOfBoundsException"),
    ("java.lang.NullPointerException", "RuntimeException"),
    ("java.lang.UnsupportedOperationException", "RuntimeException"),
    ("java.time.DateTimeException", "RuntimeException"),
    ("java.time.format.DateTimeParseException", "DateTimeException"),
    ("clojure.lang.ExceptionInfo", "RuntimeException"),
];

fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// The names of the exception classes, without their packages.
pub fn class_names() -> impl Iterator<Item = &'static str> {
    HIERARCHY.iter().map(|(name, _)| short(name))
}

/// The name with its package of an exception class that is named with or without it.
pub fn qualified_class(name: &str) -> Option<&'static str> {
    HIERARCHY.iter().map(|(row, _)| *row).find(|row| *row == name || short(row) == name)
}

impl Class {
    /// The class on the JVM, without its package.
    pub const fn java_name(self) -> &'static str {
        match self {
            Self::Arithmetic => "ArithmeticException",
            Self::Arity => "ArityException",
            Self::Assertion => "AssertionError",
            Self::Checked => "Exception",
            Self::ClassCast => "ClassCastException",
            Self::DateTime => "DateTimeException",
            Self::DateTimeParse => "DateTimeParseException",
            Self::Error => "Error",
            Self::ExceptionInfo | Self::Step => "ExceptionInfo",
            Self::IllegalArgument => "IllegalArgumentException",
            Self::IllegalState => "IllegalStateException",
            Self::IndexOutOfBounds => "IndexOutOfBoundsException",
            Self::NullPointer => "NullPointerException",
            Self::NumberFormat => "NumberFormatException",
            Self::Runtime => "RuntimeException",
            Self::StackOverflow | Self::Sandbox => "StackOverflowError",
            Self::StringIndexOutOfBounds => "StringIndexOutOfBoundsException",
            Self::Throwable => "Throwable",
            Self::UnsupportedOperation => "UnsupportedOperationException",
        }
    }

    /// The class that `(Name. "message")` makes; None of what only Clojure itself makes.
    pub fn of_java_name(name: &str) -> Option<Self> {
        const MADE: &[Class] = &[
            Class::Arithmetic,
            Class::Assertion,
            Class::Checked,
            Class::ClassCast,
            Class::DateTime,
            Class::Error,
            Class::IllegalArgument,
            Class::IllegalState,
            Class::IndexOutOfBounds,
            Class::NullPointer,
            Class::NumberFormat,
            Class::Runtime,
            Class::StringIndexOutOfBounds,
            Class::Throwable,
            Class::UnsupportedOperation,
        ];
        MADE.iter().copied().find(|class| class.java_name() == name)
    }

    /// Whether this is the class that is named, without its package, or below it.
    pub fn is_a(self, named: &str) -> bool {
        let mut name = self.java_name();
        loop {
            if name == named {
                return true;
            }
            match HIERARCHY.iter().find(|(row, _)| short(row) == name) {
                Some((_, above)) => name = above,
                None => return false,
            }
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
    /// Whether the JVM's exception has a message; ours is for people in either case.
    spoken: bool,
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
        let message = message.into();
        Self(Box::new(Content { class, code, message, spoken: true, data: Value::Nil, cause: None }))
    }

    /// An error that has no message on the JVM: people read `message`, and `ex-message` answers nil.
    pub fn unspoken(class: Class, message: impl Into<String>) -> Self {
        let mut thrown = Self::new(class, message);
        thrown.0.spoken = false;
        thrown
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

    /// For people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What `ex-message` answers: the message of the same exception on the JVM, if it has one.
    pub fn spoken_message(&self) -> Option<&str> {
        self.0.spoken.then_some(self.0.message.as_str())
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
