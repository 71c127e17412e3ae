//! Changing what stands at a path of keys, in its place.

use std::mem::take;

use crate::library::lookup::index_key;
use crate::library::maps::change_at;
use crate::{Budget, Map, Thrown, Value};

/// `(update-in coll path change)`, for a path of at least one key.
#[inline]
pub fn update(
    budget: &mut Budget,
    mut coll: Value,
    path: &[Value],
    change: impl FnOnce(&mut Budget, Value) -> Result<Value, Thrown>,
) -> Result<Value, Thrown> {
    if let Some(place) = place(budget, &mut coll, path)? {
        let old = take(place);
        *place = change(budget, old)?;
        return Ok(coll);
    }
    let mut change = Some(change);
    change_at(budget, coll, path, &mut |budget, old| match change.take() {
        Some(change) => change(budget, old),
        None => Ok(old),
    })
}

/// The place at a path through maps and vectors, nobody else's any more: maps are made where there is nothing yet. None
/// when something else stands on the way; nothing that code can tell has changed then.
fn place<'c>(
    budget: &mut Budget,
    coll: &'c mut Value,
    path: &[Value],
) -> Result<Option<&'c mut Value>, Thrown> {
    let mut at = coll;
    budget.spend(path.len() as u64)?;
    for key in path {
        if at.is_nil() {
            *at = Value::Map(Map::new());
        }
        at = match at {
            Value::Map(map) if !map.is_sorted() => match map.index_to_change(key).filter(|_| is_plain(key)) {
                Some(index) => {
                    budget.charge(if map.is_unique() { 1 } else { 3 * map.len() })?;
                    map.value_at_mut(index)
                }
                None => map.place(budget, key.clone(), Value::Nil)?,
            },
            Value::Vector(items) => {
                budget.charge(1 + items.copied_by_change())?;
                let index = index_key(key).and_then(|index| usize::try_from(index).ok());
                let Some(item) = index.and_then(|index| items.get_mut(index)) else { return Ok(None) };
                item
            }
            _ => return Ok(None),
        };
    }
    Ok(Some(at))
}

/// Whether a key needs no look inside before it is compared.
fn is_plain(key: &Value) -> bool {
    let scalar =
        |key: &Value| matches!(key, Value::Keyword(_) | Value::Str(_) | Value::Int(_) | Value::Bool(_));
    match key {
        Value::Vector(parts) => parts.is_flat() && parts.as_slice().iter().all(scalar),
        other => scalar(other),
    }
}
