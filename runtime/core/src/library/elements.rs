//! What a sequence function sees of its argument: the elements of any collection or string, nothing of nil.

use super::class::not_seqable;
use crate::{Budget, Thrown, Value, Vector};

/// The elements of a seqable value, in order. A list or vector is not copied.
pub(super) fn elements(budget: &mut Budget, value: Value) -> Result<Vector, Thrown> {
    Ok(match value {
        Value::Nil => Vector::new(),
        Value::List(items) | Value::Vector(items) => items,
        Value::Map(map) => {
            budget.spend(map.len() as u64)?;
            budget.charge(map.len() * 3)?;
            map.into_iter().map(|(key, value)| entry(key, value)).collect()
        }
        Value::Set(members) => {
            budget.spend(members.len() as u64)?;
            budget.charge(members.len())?;
            members.into_iter().collect()
        }
        Value::Str(text) => {
            budget.spend(text.len() as u64)?;
            budget.charge(text.len())?;
            text.encode_utf16().map(Value::Char).collect()
        }
        other => return Err(not_seqable(&other)),
    })
}

/// A map entry: a vector of two.
pub(super) fn entry(key: Value, value: Value) -> Value {
    Value::Vector(Vector::from([key, value]))
}

/// The two parts of a map entry, which with us is any vector of two.
pub(super) fn entry_parts(value: &Value) -> Option<(&Value, &Value)> {
    match value {
        Value::Vector(items) => match items.as_slice() {
            [key, value] => Some((key, value)),
            _ => None,
        },
        _ => None,
    }
}

/// The first element without realising the others. None when there is none.
pub(super) fn first_of(value: &Value) -> Result<Option<Value>, Thrown> {
    Ok(match value {
        Value::Nil => None,
        Value::List(items) | Value::Vector(items) => items.first().cloned(),
        Value::Map(map) => map.get_index(0).map(|(key, value)| entry(key.clone(), value.clone())),
        Value::Set(members) => members.iter().next().cloned(),
        Value::Str(text) => text.encode_utf16().next().map(Value::Char),
        other => return Err(not_seqable(other)),
    })
}

/// Whether `(seq value)` is nil.
pub(super) fn is_empty(value: &Value) -> Result<bool, Thrown> {
    Ok(match value {
        Value::Nil => true,
        Value::List(items) | Value::Vector(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Set(members) => members.is_empty(),
        Value::Str(text) => text.is_empty(),
        other => return Err(not_seqable(other)),
    })
}

/// The elements as a sequence value.
pub(super) fn list(items: impl Into<Vector>) -> Value {
    Value::List(items.into())
}

/// The elements as a sequence value; nil when there are none.
pub(super) fn seq(items: Vector) -> Value {
    if items.is_empty() { Value::Nil } else { Value::List(items) }
}
