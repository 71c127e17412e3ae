//! What came out of a case: a value, an error, or a refusal to compile. Goes between processes as a line of JSON.

use std::fmt;

use breyta_core::thrown::Class;
use breyta_core::value::realize;
use breyta_core::{Budget, Thrown, Value, library};
use breyta_engine::limits::Limits;
use serde_json::{Value as Json, json};

/// When an error shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Compile,
    Run,
}

/// An error that was thrown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In the words of the suite: `cast`, `illegal-arg`.
    pub kind: String,
    pub message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Printed as it is, and with the entries of unsorted maps and sets ordered by their text.
    Value {
        printed: String,
        sorted: String,
    },
    Error(Failure),
    /// The compiler says that it is wrong: `definite`, or only that it does not know it.
    Refused {
        definite: bool,
        message: String,
    },
    /// The process that should have answered died or took too long.
    Lost(String),
}

/// What one case may use. Further than any right answer goes, and near enough that endless ones end soon.
pub fn budget() -> Budget {
    let limits = Limits::default();
    Budget::new(20_000_000, limits.depth_max, limits.memory_bytes_max)
}

impl Answer {
    /// Prints what a call gave; printing may fail too, where it realises a sequence.
    pub fn of(outcome: Result<Value, Thrown>) -> Self {
        let printed = outcome.and_then(|value| {
            let value = realize(&mut budget(), value)?;
            let printed = pr_str(&value)?;
            Ok((printed, sorted_text(&value)?))
        });
        match printed {
            Ok((printed, sorted)) => Self::Value { printed, sorted },
            Err(thrown) => Self::Error(Failure {
                kind: kind(thrown.class()).to_owned(),
                message: thrown.message().to_owned(),
            }),
        }
    }

    pub fn to_json(&self) -> Json {
        match self {
            Self::Value { printed, sorted } => json!({ "value": printed, "sorted": sorted }),
            Self::Error(failure) => json!({ "error": failure.kind, "message": failure.message }),
            Self::Refused { definite, message } => json!({ "refused": message, "definite": definite }),
            Self::Lost(why) => json!({ "lost": why }),
        }
    }

    pub fn from_json(json: &Json) -> Option<Self> {
        let text = |key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
        if let Some(printed) = text("value") {
            return Some(Self::Value { printed, sorted: text("sorted")? });
        }
        if let Some(kind) = text("error") {
            return Some(Self::Error(Failure { kind, message: text("message")? }));
        }
        if let Some(message) = text("refused") {
            return Some(Self::Refused { definite: json.get("definite")?.as_bool()?, message });
        }
        text("lost").map(Self::Lost)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error {}: {}", self.kind, self.message)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { printed, .. } => f.write_str(printed),
            Self::Error(failure) => failure.fmt(f),
            Self::Refused { definite: true, message } => write!(f, "compile error: {message}"),
            Self::Refused { definite: false, message } => write!(f, "not known: {message}"),
            Self::Lost(why) => write!(f, "no answer: {why}"),
        }
    }
}

/// The suite's word for a class of errors.
fn kind(class: Class) -> &'static str {
    match class {
        Class::Arithmetic => "arithmetic",
        Class::Arity => "arity",
        Class::Assertion => "assert",
        Class::ClassCast => "cast",
        Class::ExceptionInfo | Class::Step => "ex-info",
        Class::IllegalArgument => "illegal-arg",
        Class::IllegalState => "illegal-state",
        Class::IndexOutOfBounds | Class::StringIndexOutOfBounds => "index",
        Class::NullPointer => "null",
        Class::NumberFormat => "number-format",
        Class::Checked | Class::DateTime | Class::DateTimeParse | Class::Error => "other",
        Class::Runtime | Class::Throwable => "other",
        Class::StackOverflow => "stack-overflow",
        Class::UnsupportedOperation => "unsupported",
        Class::Sandbox => "sandbox",
    }
}

/// A library function by its name.
fn call(name: &str, argument: &Value) -> Result<Value, Thrown> {
    let missing = || Thrown::new(Class::Runtime, format!("there is no `{name}`"));
    let entry = library::lookup(name).ok_or_else(missing)?;
    (entry.code)(&mut budget(), &mut [argument.clone()])
}

fn pr_str(value: &Value) -> Result<String, Thrown> {
    Ok(call("clojure.core/pr-str", value)?.as_str().unwrap_or_default().to_owned())
}

/// As [`pr_str`], with the entries of unsorted maps and sets ordered by their text.
pub fn sorted_text(value: &Value) -> Result<String, Thrown> {
    let texts = |items: &mut dyn Iterator<Item = &Value>| -> Result<Vec<String>, Thrown> {
        items.map(sorted_text).collect()
    };
    Ok(match value {
        Value::Vector(items) => format!("[{}]", texts(&mut items.iter())?.join(" ")),
        Value::List(items) => format!("({})", texts(&mut items.iter())?.join(" ")),
        Value::Set(members) => {
            let mut texts = texts(&mut members.iter())?;
            if !members.is_sorted() {
                texts.sort();
            }
            format!("#{{{}}}", texts.join(" "))
        }
        Value::Map(map) => {
            let mut texts: Vec<String> = Vec::new();
            for (key, value) in map {
                texts.push(format!("{} {}", sorted_text(key)?, sorted_text(value)?));
            }
            if !map.is_sorted() {
                texts.sort();
            }
            format!("{{{}}}", texts.join(", "))
        }
        other => pr_str(other)?,
    })
}
