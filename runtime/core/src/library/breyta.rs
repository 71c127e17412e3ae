//! The helpers that Breyta's sandbox adds to Clojure. Code writes them without a namespace.

use super::elements::is_empty;
use super::rows;
use super::strings::is_blank_text;
use crate::json::{self, Keys, NotJson};
use crate::{Budget, Thrown, Value};

rows! { breyta:
    "breyta.sandbox/present?" is_present (Any) -> Boolean, "Whether the value is not blank.";
    "breyta.sandbox/blank?" is_blank (Any) -> Boolean, "Whether the value is nil, an empty collection, or a string of white space.";
    "breyta.sandbox/json-parse" json_parse (Any) -> Any, "The value of a JSON text with keyword keys; nil when it is no JSON.";
    "breyta.sandbox/json-parse!" json_parse_strict (String) -> Any, "The value of a JSON text with keyword keys; throws when it is no JSON.";
    "breyta.sandbox/json-emit" json_emit (Any) -> String, "The value as JSON text.";
}

fn blank(budget: &mut Budget, what: &str, args: &[Value]) -> Result<bool, Thrown> {
    let [value] = args else { return Err(Thrown::arity(what, args.len())) };
    match value {
        Value::Str(text) => Ok(is_blank_text(text)),
        Value::Nil | Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_) | Value::Lazy(_) => {
            is_empty(budget, value)
        }
        _ => Ok(false),
    }
}

pub fn is_present(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(!blank(budget, "breyta.sandbox/present?", args)?))
}

pub fn is_blank(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(blank(budget, "breyta.sandbox/blank?", args)?))
}

/// Charges what the value of a text may take: a short element of JSON becomes a whole value.
fn charge_reading(budget: &mut Budget, text: &str) -> Result<(), Thrown> {
    budget.spend(1 + text.len() as u64 / 8)?;
    budget.charge_bytes(text.len() as u64 * 8)
}

pub fn json_parse(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("breyta.sandbox/json-parse", args.len())) };
    let Value::Str(text) = value else { return Ok(Value::Nil) };
    charge_reading(budget, text)?;
    Ok(json::parse(text, Keys::Keywords).unwrap_or_default())
}

pub fn json_parse_strict(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("breyta.sandbox/json-parse!", args.len())) };
    let Value::Str(text) = value else {
        return Err(super::class::mismatch("json-parse!", "a string", value));
    };
    charge_reading(budget, text)?;
    json::parse(text, Keys::Keywords)
        .map_err(|error| super::class::illegal_argument(format!("not JSON: {error}")))
}

impl From<NotJson> for Thrown {
    fn from(error: NotJson) -> Self {
        super::class::illegal_argument(error.message)
    }
}

pub fn json_emit(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("breyta.sandbox/json-emit", args.len())) };
    let mut out = String::new();
    json::write(value, &mut out, &mut |bytes| {
        budget.spend(1 + bytes as u64 / 16)?;
        budget.charge_bytes(bytes as u64)
    })
    .map_err(|error: Thrown| error)?;
    Ok(Value::string(out))
}
