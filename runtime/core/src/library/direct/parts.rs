//! Looking at parts of collections.

use crate::library::{collections, sequences};
use crate::{Budget, Map, Thrown, Value};

/// `(:full coll)`, `(get coll :full)`
#[inline]
pub fn field(budget: &mut Budget, coll: &Value, full: &'static str) -> Result<Value, Thrown> {
    match coll {
        Value::Map(map) if !map.is_sorted() => Ok(map.get_keyword(full).cloned().unwrap_or_default()),
        other => get(budget, other, &Value::keyword(full)),
    }
}

/// `(get coll key)`
#[inline]
pub fn get(budget: &mut Budget, coll: &Value, key: &Value) -> Result<Value, Thrown> {
    if let (Value::Vector(items), Value::Int(index)) = (coll, key)
        && let Some(item) = usize::try_from(*index).ok().and_then(|index| items.get(index))
    {
        return Ok(item.clone());
    }
    if let Some(map) = plain_map(coll, key) {
        return Ok(map.get(key).cloned().unwrap_or_default());
    }
    collections::get(budget, &mut [coll.clone(), key.clone()])
}

/// `(get coll key absent)`
#[inline]
pub fn get_or(budget: &mut Budget, coll: &Value, key: &Value, absent: &Value) -> Result<Value, Thrown> {
    if let Some(map) = plain_map(coll, key) {
        return Ok(map.get(key).unwrap_or(absent).clone());
    }
    collections::get(budget, &mut [coll.clone(), key.clone(), absent.clone()])
}

/// The map in which a key is looked up that needs no look inside; None where the lookup is anything else.
#[inline]
fn plain_map<'v>(coll: &'v Value, key: &Value) -> Option<&'v Map> {
    match (coll, key) {
        (Value::Map(map), Value::Keyword(_) | Value::Str(_) | Value::Int(_)) if !map.is_sorted() => Some(map),
        _ => None,
    }
}

/// `(nth coll index)`
#[inline]
pub fn nth(budget: &mut Budget, coll: &Value, index: &Value) -> Result<Value, Thrown> {
    if let (Value::Vector(items), Value::Int(index)) = (coll, index)
        && let Some(item) = usize::try_from(*index).ok().and_then(|index| items.get(index))
    {
        return Ok(item.clone());
    }
    collections::nth(budget, &mut [coll.clone(), index.clone()])
}

/// `(nth coll index absent)`
#[inline]
pub fn nth_or(budget: &mut Budget, coll: &Value, index: &Value, absent: &Value) -> Result<Value, Thrown> {
    if let (Value::Vector(items), Value::Int(index)) = (coll, index)
        && let Ok(index) = usize::try_from(*index)
    {
        return Ok(items.get(index).unwrap_or(absent).clone());
    }
    collections::nth(budget, &mut [coll.clone(), index.clone(), absent.clone()])
}

/// `(first coll)`
#[inline]
pub fn first(budget: &mut Budget, coll: &Value) -> Result<Value, Thrown> {
    match coll {
        Value::Vector(items) | Value::List(items) => Ok(items.first().cloned().unwrap_or_default()),
        other => sequences::access::first(budget, &mut [other.clone()]),
    }
}

/// `(count coll)`
#[inline]
pub fn count(budget: &mut Budget, coll: &Value) -> Result<Value, Thrown> {
    match coll {
        Value::Vector(items) | Value::List(items) => Ok(Value::Int(items.len() as i64)),
        other => collections::count(budget, &mut [other.clone()]),
    }
}
