//! Exceptions: making them, looking into them, and what `throw`, `try` and `catch` become.

use std::sync::Arc;

use super::invoke::invoke;
use super::rows;
use crate::print::str_text;
use crate::thrown::Class;
use crate::{Budget, Map, Thrown, Value, Vector};

rows! { errors:
    "clojure.core/ex-info" ex_info (String, Nilable(&Map); Any) -> Any, "An exception with a message, a map of data, and maybe a cause.";
    "clojure.core/ex-message" ex_message (Any) -> Nilable(&String), "The message of an exception; nil of anything else.";
    "clojure.core/ex-data" ex_data (Any) -> Nilable(&Map), "The data of an exception; nil of anything else.";
    "clojure.core/ex-cause" ex_cause (Any) -> Any, "What caused an exception; nil of anything else.";
    "breyta.internal/error-message" error_message (Any) -> Nilable(&String), "`ex-message` in a flow body, where errors are maps.";
    "breyta.internal/error-data" error_data (Any) -> Nilable(&Map), "`ex-data` in a flow body, where errors are maps.";
    "breyta.internal/error-cause" error_cause (Any) -> Any, "`ex-cause` in a flow body, where errors are maps.";
    "breyta.internal/throw-error" throw_error (Any) -> Any, "`throw` in a flow body, where errors are maps.";
    "breyta.internal/exception" exception (String => & Any) -> Any, "An exception of a named class, with a message and a cause.";
    "breyta.internal/throw" throw (Any) -> Any, "Throws an exception.";
    "breyta.internal/attempt" attempt (Callable) -> Vector, "Calls a function: `[true value]`, or `[false exception]` when it throws.";
    "breyta.internal/caught?" is_caught (Any, String) -> Boolean, "Whether `catch` of a class takes an exception.";
}

pub fn ex_info(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (message, data, cause) = match args {
        [message, data] => (message, data, None),
        [message, data, cause] => (message, data, Some(cause)),
        _ => return Err(Thrown::arity("clojure.core/ex-info", args.len())),
    };
    let text = match message {
        Value::Nil => None,
        Value::Str(text) => Some(text.to_string()),
        other => return Err(Thrown::class_cast("`ex-info`", "a string", other)),
    };
    let data = match std::mem::take(data) {
        Value::Map(map) => map,
        Value::Nil => return Err(Thrown::new(Class::IllegalArgument, "Additional data must be non-nil.")),
        other => return Err(Thrown::class_cast("`ex-info`", "a map of data", &other)),
    };
    let mut thrown = made(Class::ExceptionInfo, text).with_data(Value::Map(data));
    match cause {
        None | Some(Value::Nil) => {}
        Some(Value::Error(cause)) => thrown = thrown.with_cause(cause.as_ref().clone()),
        Some(other) => return Err(Thrown::class_cast("`ex-info`", "an exception as cause", other)),
    }
    Ok(Value::Error(Arc::new(thrown)))
}

fn made(class: Class, message: Option<String>) -> Thrown {
    match message {
        Some(message) => Thrown::new(class, message),
        None => Thrown::unspoken(class, ""),
    }
}

/// `(IllegalArgumentException. "message" cause)`, after the name of the class. A single argument that is an exception is
/// the cause, and lends its text as message.
pub fn exception(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((class, args)) = args.split_first() else {
        return Err(Thrown::arity("breyta.internal/exception", 0));
    };
    let class = class.as_str().and_then(Class::of_java_name).unwrap_or(Class::Runtime);
    let (message, cause) = match args {
        [] => (&Value::Nil, &Value::Nil),
        [cause @ Value::Error(_)] => (&Value::Nil, cause),
        [message] => (message, &Value::Nil),
        [message, cause] => (message, cause),
        _ => return Err(Thrown::arity(class.java_name(), args.len())),
    };
    let text = match (message, cause) {
        (Value::Str(text), _) => Some(text.to_string()),
        (Value::Nil, Value::Error(_)) if args.len() == 1 => Some(str_text(cause)),
        (Value::Nil, _) => None,
        // `AssertionError` takes anything.
        (other, _) if class == Class::Assertion => Some(str_text(other)),
        (other, _) => return Err(Thrown::class_cast(class.java_name(), "a string", other)),
    };
    let mut thrown = made(class, text);
    match cause {
        Value::Nil => {}
        Value::Error(cause) => thrown = thrown.with_cause(cause.as_ref().clone()),
        other => return Err(Thrown::class_cast(class.java_name(), "an exception as cause", other)),
    }
    Ok(Value::Error(Arc::new(thrown)))
}

fn looked_into(what: &str, args: &[Value], part: impl Fn(&Thrown) -> Value) -> Result<Value, Thrown> {
    match args {
        [Value::Error(error)] => Ok(part(error)),
        [_] => Ok(Value::Nil),
        _ => Err(Thrown::arity(what, args.len())),
    }
}

pub fn ex_message(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    looked_into("clojure.core/ex-message", args, |error| {
        error.spoken_message().map(Value::from).unwrap_or_default()
    })
}

pub fn ex_data(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    looked_into("clojure.core/ex-data", args, |error| match (error.class(), error.data()) {
        (Class::ExceptionInfo | Class::Step, data) => data.clone(),
        _ => Value::Nil,
    })
}

pub fn ex_cause(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    looked_into("clojure.core/ex-cause", args, |error| {
        error.cause().map_or(Value::Nil, |cause| Value::Error(Arc::new(cause.clone())))
    })
}

pub fn throw(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Error(error)] => Err(error.as_ref().clone()),
        [Value::Nil] => Err(Thrown::new(Class::NullPointer, "nil cannot be thrown")),
        [other] => Err(Thrown::class_cast("`throw`", "an exception, as `ex-info` makes them", other)),
        _ => Err(Thrown::arity("throw", args.len())),
    }
}

/// The error map that a flow body caught, if the value is one.
fn error_map(value: &Value) -> Option<&Map> {
    value.as_map().filter(|map| map.get(&Value::keyword("type")).is_some_and(|of| of.as_str().is_some()))
}

pub fn error_message(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [error] if error_map(error).is_some() => Ok(error.field("message").cloned().unwrap_or_default()),
        _ => ex_message(budget, args),
    }
}

/// Of an `ex-info` its data; of the failure of a step all that is known of it.
pub fn error_data(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [error] = args else { return ex_data(budget, args) };
    let Some(map) = error_map(error) else { return ex_data(budget, args) };
    Ok(match class_of(map) {
        Class::ExceptionInfo => error.field("data").cloned().unwrap_or_default(),
        Class::Step => error.clone(),
        _ => Value::Nil,
    })
}

pub fn error_cause(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [error] if error_map(error).is_some() => Ok(error.field("cause").cloned().unwrap_or_default()),
        _ => ex_cause(budget, args),
    }
}

pub fn throw_error(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [error] if error_map(error).is_some() => {
            Err(error_map(error).map_or_else(|| Thrown::new(Class::Step, ""), Thrown::of_error_map))
        }
        _ => throw(budget, args),
    }
}

fn class_of(error: &Map) -> Class {
    Class::of_code(error.get(&Value::keyword("type")).and_then(Value::as_str).unwrap_or_default())
}

/// The bounds of the sandbox are no exceptions: nothing catches them.
pub fn attempt(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [body] = args else { return Err(Thrown::arity("breyta.internal/attempt", args.len())) };
    let outcome = match invoke(budget, body, &mut []) {
        Ok(value) => [Value::Bool(true), value],
        Err(thrown) if thrown.class().is_bound() => return Err(thrown),
        Err(thrown) => [Value::Bool(false), Value::Error(Arc::new(thrown))],
    };
    Ok(Value::Vector(Vector::from(outcome.to_vec())))
}

pub fn is_caught(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Error(error), Value::Str(class)] => Ok(Value::Bool(error.class().is_a(class))),
        [Value::Map(error), Value::Str(class)] => Ok(Value::Bool(class_of(error).is_a(class))),
        _ => Err(Thrown::arity("breyta.internal/caught?", args.len())),
    }
}
