//! Between values and `serde_json` trees, for callers that build envelopes or read configuration.
//!
//! The tree holds 64-bit numbers only: text that must keep every digit goes through [`emit`](super::emit) and
//! [`parse`](super::parse).

use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use serde_json::{Number, Value as Json};

use super::emit::{base64, check_keys, key_text, refused, text_of};
use super::{Keys, NotJson};
use crate::Value;
use crate::number::to_f64;
use crate::value::DEPTH_MAX;

/// The tree of a value, by the table of [`emit`](super::emit); integers beyond 64 bits and decimals become doubles.
pub fn to_json(value: &Value) -> Result<Json, NotJson> {
    tree(value, 0)
}

fn tree(value: &Value, depth: usize) -> Result<Json, NotJson> {
    if depth > DEPTH_MAX {
        return Err(NotJson::new(format!("the value nests deeper than {DEPTH_MAX} levels")));
    }
    Ok(match value {
        Value::Nil => Json::Null,
        Value::Bool(bool) => Json::Bool(*bool),
        Value::Int(int) => Json::Number((*int).into()),
        Value::BigInt(int) => match (int.to_i64(), int.to_u64()) {
            (Some(int), _) => Json::Number(int.into()),
            (None, Some(int)) => Json::Number(int.into()),
            (None, None) => double(value)?,
        },
        Value::Ratio(_) | Value::Decimal(_) | Value::Double(_) => double(value)?,
        Value::Str(text) => Json::String(text.to_string()),
        Value::Bytes(bytes) => Json::String(base64(bytes)),
        Value::List(items) | Value::Vector(items) => {
            Json::Array(items.iter().map(|item| tree(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Value::Set(members) => {
            Json::Array(members.iter().map(|item| tree(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Value::Map(map) => {
            check_keys(map)?;
            let mut object = serde_json::Map::new();
            for (key, value) in map {
                object.insert(key_text(key)?, tree(value, depth + 1)?);
            }
            Json::Object(object)
        }
        other => Json::String(text_of(other).ok_or_else(|| refused(other))?),
    })
}

fn double(value: &Value) -> Result<Json, NotJson> {
    to_f64(value).and_then(Number::from_f64).map(Json::Number).ok_or_else(|| refused(value))
}

/// The value of a tree. Trees that `serde_json` read from text are bounded in depth by it.
pub fn from_json(json: &Json, keys: Keys) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => Value::Int(int),
            (None, Some(int)) => Value::BigInt(Arc::new(BigInt::from(int))),
            (None, None) => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::Vector(items.iter().map(|item| from_json(item, keys)).collect()),
        Json::Object(entries) => Value::Map(
            entries.iter().map(|(key, value)| (keys.value(key.clone()), from_json(value, keys))).collect(),
        ),
    }
}
