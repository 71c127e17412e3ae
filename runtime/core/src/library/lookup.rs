//! Looking something up in a collection by key, index or membership; and arguments that are indexes and counts.

use num_traits::ToPrimitive;

use super::class::mismatch;
use super::elements::entry;
use crate::number::{is_number, to_f64, to_i64};
use crate::{Budget, Thrown, Value, Vector};

/// What `(get coll key)` finds. None when there is nothing, or when `coll` is nothing to look into.
pub(super) fn lookup(budget: &mut Budget, coll: &Value, key: &Value) -> Result<Option<Value>, Thrown> {
    Ok(match coll {
        Value::Map(map) => map.find(budget, key)?.map(|(_, value)| value.clone()),
        Value::Set(members) => members.find(budget, key)?.cloned(),
        Value::Vector(items) => at_index(items, key),
        Value::Str(text) if is_number(key) => {
            let at = to_i64("get", key).ok().and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| text.encode_utf16().nth(at)).map(Value::Char)
        }
        _ => None,
    })
}

fn at_index(items: &Vector, key: &Value) -> Option<Value> {
    usize::try_from(index_key(key)?).ok().and_then(|at| items.get(at)).cloned()
}

/// What `(find coll key)` finds: the entry with the key as stored.
pub(super) fn lookup_entry(budget: &mut Budget, coll: &Value, key: &Value) -> Result<Option<Value>, Thrown> {
    Ok(match coll {
        Value::Map(map) => map.find(budget, key)?.map(|(key, value)| entry(key.clone(), value.clone())),
        Value::Vector(items) => at_index(items, key).map(|value| entry(key.clone(), value)),
        _ => None,
    })
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
