//! What the helpers of time and `flow/poll` become: delays, what has elapsed, and what a poll does with a result.

use super::rows;
use crate::backoff::Backoff;
use crate::print::pr_str;
use crate::thrown::Class;
use crate::{Budget, Map, Thrown, Value};

rows! { pauses:
    "breyta.internal/elapsed?" is_elapsed (Integer, Integer, Any) -> Boolean, "Whether a duration has passed: now, since when, how long.";
    "breyta.internal/backoff" backoff (Any, Integer) -> Integer, "Milliseconds to wait after an attempt, from 1.";
    "breyta.internal/poll-timeout" poll_timeout (Any) -> Any, "The bound of `flow/poll` in time, when it is one that may be.";
    "breyta.internal/poll-attempts" poll_attempts (Any) -> Any, "The bound of `flow/poll` in attempts, when it is one that may be.";
    "breyta.internal/poll-delay" poll_delay (Any, Any, Integer) -> Integer, "Milliseconds between two attempts of `flow/poll`: interval, backoff or nil, attempt.";
    "breyta.internal/poll-value" poll_value (Any, Boolean) -> Any, "What a failed step is to `flow/poll`: the response, or the error again.";
    "breyta.internal/poll-aborts?" poll_aborts (Any, Any, Boolean) -> Boolean, "Whether `flow/poll` must not go on after a value: statuses or nil, whether errors count.";
    "breyta.internal/poll-aborted" poll_aborted (Any) -> Any, "Throws: `flow/poll` met what it must not go on with.";
    "breyta.internal/poll-exhausted" poll_exhausted (Any) -> Any, "Throws: `flow/poll` used up its time or attempts; with the last value.";
}

fn duration_ms(value: &Value, what: &str) -> Result<i64, Thrown> {
    let ms = crate::duration::of_value(value, 1).and_then(|ms| i64::try_from(ms).ok());
    ms.ok_or_else(|| {
        let text = pr_str(value);
        Thrown::new(
            Class::IllegalArgument,
            format!("{what} takes milliseconds or a text such as \"10s\", not {text}"),
        )
    })
}

pub fn is_elapsed(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Int(now), Value::Int(start), time] => {
            Ok(Value::Bool(now.saturating_sub(*start) >= duration_ms(time, "`flow/elapsed?`")?))
        }
        [_, start, _] => Err(Thrown::class_cast("`flow/elapsed?`", "a time in milliseconds", start)),
        _ => Err(Thrown::arity("flow/elapsed?", args.len())),
    }
}

/// The delay after an attempt of a delay map, or of a first delay that doubles.
fn delay(spec: &Value, base_ms: i64, attempt: i64) -> Result<Value, Thrown> {
    let wrong = |problem: String| Thrown::new(Class::IllegalArgument, problem);
    let attempt = u64::try_from(attempt).unwrap_or(1);
    let base_ms = u64::try_from(base_ms).unwrap_or_default();
    let backoff = match spec {
        Value::Map(_) => Backoff::from_map(spec, base_ms).map_err(wrong)?,
        _ => Backoff::doubling(base_ms),
    };
    Ok(Value::Int(i64::try_from(backoff.delay_ms(attempt)).unwrap_or(i64::MAX)))
}

pub fn backoff(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [spec @ Value::Map(_), Value::Int(attempt)] => delay(spec, 1_000, *attempt),
        [spec, Value::Int(attempt)] => delay(&Value::Nil, duration_ms(spec, "`flow/backoff`")?, *attempt),
        [_, attempt] => Err(Thrown::class_cast("`flow/backoff`", "the number of an attempt", attempt)),
        _ => Err(Thrown::arity("flow/backoff", args.len())),
    }
}

/// The longest that a poll goes on, and how often it looks at most.
const POLL_MS_MAX: i64 = 60 * 60 * 1_000;
const POLL_ATTEMPTS_MAX: i64 = 100;

pub fn poll_timeout(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let timeout = args.first().cloned().unwrap_or_default();
    match duration_ms(&timeout, "`:timeout` of `flow/poll`")? {
        0..=POLL_MS_MAX => Ok(timeout),
        _ => {
            let message = format!("`:timeout` of `flow/poll` is at most 1 hour, not {}", pr_str(&timeout));
            Err(Thrown::new(Class::IllegalArgument, message))
        }
    }
}

pub fn poll_attempts(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args.first().cloned().unwrap_or_default() {
        attempts @ Value::Int(1..=POLL_ATTEMPTS_MAX) => Ok(attempts),
        other => {
            let message = format!(
                "`:max-attempts` of `flow/poll` is a whole number from 1 to 100, not {}",
                pr_str(&other)
            );
            Err(Thrown::new(Class::IllegalArgument, message))
        }
    }
}

pub fn poll_delay(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [interval, spec, Value::Int(attempt)] = args else {
        return Err(Thrown::arity("flow/poll", args.len()));
    };
    let interval_ms = duration_ms(interval, "`:interval` of `flow/poll`")?;
    match spec.as_name() {
        _ if spec.as_map().is_some() => delay(spec, interval_ms, *attempt),
        Some("exponential") => delay(&Value::Nil, interval_ms, *attempt),
        _ => Ok(Value::Int(interval_ms)),
    }
}

/// A response that is an error is a value to a poll: jobs that are not there yet answer 404. Other failures are thrown
/// again where they count, else they are a value with `:error`.
pub fn poll_value(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [Value::Map(error), Value::Bool(throws)] = args else {
        return Err(Thrown::arity("flow/poll", args.len()));
    };
    if let (Some("http-status"), Some(status)) =
        (error.get_keyword("type").and_then(Value::as_str), error.get_keyword("status"))
    {
        let mut response = error.get_keyword("data").and_then(Value::as_map).cloned().unwrap_or_default();
        response.insert_keyword("status", status.clone());
        return Ok(Value::Map(response));
    }
    if *throws {
        return Err(Thrown::of_error_map(error));
    }
    let mut value = Map::new();
    value.insert_keyword("error", Value::Map(error.clone()));
    Ok(Value::Map(value))
}

pub fn poll_aborts(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value, statuses, Value::Bool(errors)] = args else {
        return Err(Thrown::arity("flow/poll", args.len()));
    };
    let by_status = match (statuses, value.field("status")) {
        (Value::Set(statuses), Some(status)) => statuses.contains(status),
        _ => false,
    };
    let by_error = *errors && value.field("error").is_some_and(Value::is_truthy);
    Ok(Value::Bool(by_status || by_error))
}

fn poll_error(code: &'static str, message: &str, last: &Value) -> Thrown {
    let mut data = Map::new();
    data.insert_keyword("last", last.clone());
    let mut error = Map::new();
    error.insert_keyword("type", Value::literal(code));
    error.insert_keyword("message", message);
    error.insert_keyword("data", Value::Map(data));
    Thrown::of_error_map(&error)
}

pub fn poll_aborted(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let last = args.first().cloned().unwrap_or_default();
    Err(poll_error("poll-aborted", "the poll met a result that it must not go on with", &last))
}

pub fn poll_exhausted(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let last = args.first().cloned().unwrap_or_default();
    Err(poll_error("poll-timeout", "the poll used up its time or its attempts", &last))
}
