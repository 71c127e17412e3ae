//! Looking at parts of collections. What stands in a collection is lent, so that a part that is only looked at in turn is
//! not copied; what has to be made for the answer is the caller's.

use std::borrow::Cow;

use crate::library::{collections, sequences};
use crate::{Budget, Map, Thrown, Value};

/// A part, or nil where there is none.
#[inline]
fn lent(part: Option<&Value>) -> Cow<'_, Value> {
    part.map_or(Cow::Owned(Value::Nil), Cow::Borrowed)
}

/// `(:full coll)`, `(get coll :full)`
#[inline]
pub fn field<'v>(budget: &mut Budget, coll: &'v Value, full: &'static str) -> Result<Cow<'v, Value>, Thrown> {
    match coll {
        Value::Map(map) if !map.is_sorted() => Ok(lent(map.get_keyword(full))),
        other => get(budget, other, &Value::keyword(full)),
    }
}

/// `(:full coll absent)`, `(get coll :full absent)`
#[inline]
pub fn field_or<'v>(
    budget: &mut Budget,
    coll: &'v Value,
    full: &'static str,
    absent: &Value,
) -> Result<Cow<'v, Value>, Thrown> {
    match coll {
        Value::Map(map) if !map.is_sorted() => Ok(lent_or(map.get_keyword(full), absent)),
        other => get_or(budget, other, &Value::keyword(full), absent),
    }
}

/// `(get coll key)`
#[inline]
pub fn get<'v>(budget: &mut Budget, coll: &'v Value, key: &Value) -> Result<Cow<'v, Value>, Thrown> {
    if let (Value::Vector(items), Value::Int(index)) = (coll, key)
        && let Some(item) = usize::try_from(*index).ok().and_then(|index| items.get(index))
    {
        return Ok(Cow::Borrowed(item));
    }
    if let Some(map) = plain_map(coll, key) {
        return Ok(lent(map.get(key)));
    }
    collections::get(budget, &mut [coll.clone(), key.clone()]).map(Cow::Owned)
}

/// `(get coll key absent)`
#[inline]
pub fn get_or<'v>(
    budget: &mut Budget,
    coll: &'v Value,
    key: &Value,
    absent: &Value,
) -> Result<Cow<'v, Value>, Thrown> {
    if let Some(map) = plain_map(coll, key) {
        return Ok(lent_or(map.get(key), absent));
    }
    collections::get(budget, &mut [coll.clone(), key.clone(), absent.clone()]).map(Cow::Owned)
}

/// A part, or what stands for one that is absent.
#[inline]
fn lent_or<'v>(part: Option<&'v Value>, absent: &Value) -> Cow<'v, Value> {
    part.map_or_else(|| Cow::Owned(absent.clone()), Cow::Borrowed)
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
pub fn nth<'v>(budget: &mut Budget, coll: &'v Value, index: &Value) -> Result<Cow<'v, Value>, Thrown> {
    if let (Value::Vector(items), Value::Int(index)) = (coll, index)
        && let Some(item) = usize::try_from(*index).ok().and_then(|index| items.get(index))
    {
        return Ok(Cow::Borrowed(item));
    }
    collections::nth(budget, &mut [coll.clone(), index.clone()]).map(Cow::Owned)
}

/// `(nth coll index absent)`
#[inline]
pub fn nth_or<'v>(
    budget: &mut Budget,
    coll: &'v Value,
    index: &Value,
    absent: &Value,
) -> Result<Cow<'v, Value>, Thrown> {
    if let (Value::Vector(items), Value::Int(index)) = (coll, index)
        && let Ok(index) = usize::try_from(*index)
    {
        return Ok(lent_or(items.get(index), absent));
    }
    collections::nth(budget, &mut [coll.clone(), index.clone(), absent.clone()]).map(Cow::Owned)
}

/// `(first coll)`
#[inline]
pub fn first<'v>(budget: &mut Budget, coll: &'v Value) -> Result<Cow<'v, Value>, Thrown> {
    match coll {
        Value::Vector(items) | Value::List(items) => Ok(lent(items.first())),
        other => sequences::access::first(budget, &mut [other.clone()]).map(Cow::Owned),
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
