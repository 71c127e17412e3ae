//! Looking something up in a collection by key, index or membership; and arguments that are indexes and counts.

use num_traits::ToPrimitive;

use super::class::mismatch;
use super::elements::entry;
use crate::number::{is_number, to_f64, to_i64};
use crate::{Thrown, Value};

/// What `(get coll key)` finds. None when there is nothing, or when `coll` is nothing to look into.
pub(super) fn lookup(coll: &Value, key: &Value) -> Option<Value> {
    match coll {
        Value::Map(map) => map.get(key).cloned(),
        Value::Set(members) => members.get(key).cloned(),
        Value::Vector(items) => usize::try_from(index_key(key)?).ok().and_then(|at| items.get(at)).cloned(),
        Value::Str(text) if is_number(key) => {
            let at = usize::try_from(to_i64("get", key).ok()?).ok()?;
            text.encode_utf16().nth(at).map(Value::Char)
        }
        _ => None,
    }
}

/// What `(find coll key)` finds: the entry with the key as stored.
pub(super) fn lookup_entry(coll: &Value, key: &Value) -> Option<Value> {
    match coll {
        Value::Map(map) => map.get_entry(key).map(|(key, value)| entry(key.clone(), value.clone())),
        Value::Vector(_) => lookup(coll, key).map(|value| entry(key.clone(), value)),
        _ => None,
    }
}

/// A key that a vector accepts: an integer. Doubles are none, even whole ones.
pub(super) fn index_key(key: &Value) -> Option<i64> {
    match key {
        Value::Int(int) => Some(*int),
        Value::BigInt(int) => int.to_i64(),
        _ => None,
    }
}

/// An index argument: any number, towards zero.
pub(super) fn index_argument(what: &str, value: &Value) -> Result<i64, Thrown> {
    if !is_number(value) {
        return Err(mismatch(what, "a number as index", value));
    }
    to_i64("int", value)
}

/// A count argument: any number; a fraction counts as one more, negative counts as none.
pub(super) fn count_argument(what: &str, value: &Value) -> Result<usize, Thrown> {
    match value {
        Value::Int(int) => Ok(usize::try_from(*int).unwrap_or(0)),
        other => match to_f64(other) {
            Some(double) => Ok(double.ceil().max(0.0) as usize),
            None => Err(mismatch(what, "a number as count", other)),
        },
    }
}
