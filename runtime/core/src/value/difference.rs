//! How a collection differs from an earlier one, as a value: what has come to its end, and which entries have changed. Made
//! so that only the difference needs to be stored. Nothing here looks for the shortest one.

use super::identity::is_unchanged;
use super::{Map, Set, Value, Vector};

/// The value that [`with_difference`] makes `after` of from `before`; None when `after` must be stored whole, because
/// elements are gone, stand elsewhere or changed in their places, or its order is its own (sorted collections).
///
/// Of a vector, the vector of the elements behind; of a set, the vector of its new members; of a map, a map of its changed
/// and new keys, each with a vector of the value there, or with a list of the difference of the value there. Nested
/// collections that both hold are not looked into; the others are compared element by element, once.
pub fn difference(before: &Value, after: &Value) -> Option<Value> {
    match (before, after) {
        (Value::Vector(before), Value::Vector(after)) => {
            after.begins_with(before).then(|| Value::Vector(after.behind(before.len())))
        }
        (Value::Set(before), Value::Set(after)) => of_sets(before, after),
        (Value::Map(before), Value::Map(after)) => of_maps(before, after).map(Value::Map),
        _ => None,
    }
}

fn of_sets(before: &Set, after: &Set) -> Option<Value> {
    let grew = !before.is_sorted() && !after.is_sorted() && before.len() <= after.len();
    let begins = grew && before.iter().zip(after.iter()).all(|(old, new)| is_unchanged(old, new));
    begins.then(|| Value::Vector(after.iter().skip(before.len()).cloned().collect()))
}

fn of_maps(before: &Map, after: &Map) -> Option<Map> {
    if before.is_sorted() || after.is_sorted() || after.len() < before.len() {
        return None;
    }
    let mut changes = Map::new();
    for ((old_key, old), (key, new)) in before.iter().zip(after.iter()) {
        if !is_unchanged(old_key, key) {
            return None;
        }
        if !is_unchanged(old, new) {
            let change = match difference(old, new) {
                Some(difference) => Value::List(one(difference)),
                None => Value::Vector(one(new.clone())),
            };
            changes.insert(key.clone(), change);
        }
    }
    for (key, new) in after.iter().skip(before.len()) {
        changes.insert(key.clone(), Value::Vector(one(new.clone())));
    }
    Some(changes)
}

fn one(value: Value) -> Vector {
    std::iter::once(value).collect()
}

/// A value that has no such difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch;

/// What differs from `before` by a [`difference`].
pub fn with_difference(before: Value, difference: Value) -> Result<Value, Mismatch> {
    match (before, difference) {
        (Value::Vector(mut items), Value::Vector(more)) => {
            for item in more {
                items.push(item);
            }
            Ok(Value::Vector(items))
        }
        (Value::Set(mut members), Value::Vector(more)) => {
            for member in more {
                members.insert(member);
            }
            Ok(Value::Set(members))
        }
        (Value::Map(mut map), Value::Map(changes)) => {
            for (key, change) in &changes {
                change_entry(&mut map, key, change)?;
            }
            Ok(Value::Map(map))
        }
        _ => Err(Mismatch),
    }
}

fn change_entry(map: &mut Map, key: &Value, change: &Value) -> Result<(), Mismatch> {
    match change {
        Value::Vector(put) if put.len() == 1 => {
            map.insert(key.clone(), put.get(0).cloned().unwrap_or_default());
        }
        Value::List(differs) if differs.len() == 1 && map.contains_key(key) => {
            let place = map.entry(key.clone(), Value::Nil);
            let before = std::mem::take(place);
            *place = with_difference(before, differs.get(0).cloned().unwrap_or_default())?;
        }
        _ => return Err(Mismatch),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
