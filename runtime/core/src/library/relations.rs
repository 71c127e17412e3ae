//! `clojure.set` over maps and sets of maps: renaming keys, and what a database does with relations.

use std::mem::take;

use super::class::mismatch;
use super::elements::elements;
use super::maps::{assoc_one, select_keys};
use super::rows;
use crate::{Budget, Map, Set, Thrown, Value, Vector};

rows! { relations:
    "clojure.set/map-invert" map_invert (Nilable(&Map)) -> Map, "The map with values as keys and keys as values.";
    "clojure.set/rename-keys" rename_keys (Nilable(&Map), Nilable(&Map)) -> Any, "The map with keys renamed as the second map says.";
    "clojure.set/project" project (Seqable, Seqable) -> Set, "The maps of a set with the given keys only.";
    "clojure.set/rename" rename (Seqable, Nilable(&Map)) -> Set, "The maps of a set with keys renamed.";
    "clojure.set/index" index (Seqable, Seqable) -> Map, "The maps of a set, by the part of each with the given keys.";
    "clojure.set/join" join (Seqable, Seqable; Nilable(&Map)) -> Set,
        "The maps of two sets put together where shared keys (or keys paired by a map) have equal values.";
}

pub fn map_invert(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [map] = args else { return Err(Thrown::arity("clojure.set/map-invert", args.len())) };
    Ok(Value::Map(inverted(budget, take(map))?))
}

fn inverted(budget: &mut Budget, map: Value) -> Result<Map, Thrown> {
    let mut inverted = Map::new();
    for (key, value) in as_map("map-invert", map)? {
        budget.spend(1)?;
        inverted.assoc(budget, value, key)?;
    }
    Ok(inverted)
}

fn as_map(what: &str, value: Value) -> Result<Map, Thrown> {
    match value {
        Value::Map(map) => Ok(map),
        Value::Nil => Ok(Map::new()),
        other => Err(mismatch(what, "a map", &other)),
    }
}

/// The map with keys renamed; a new name takes the place of a key of that name.
fn renamed(budget: &mut Budget, map: Value, names: &Map) -> Result<Value, Thrown> {
    if map.is_nil() {
        return Ok(Value::Nil);
    }
    let map = as_map("rename-keys", map)?;
    let mut result = map.clone();
    for old in names.keys() {
        result.dissoc(budget, old)?;
    }
    let mut result = Value::Map(result);
    for (old, new) in names {
        if let Some((_, value)) = map.find(budget, old)? {
            result = assoc_one(budget, result, new.clone(), value.clone())?;
        }
    }
    Ok(result)
}

pub fn rename_keys(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [map, names] = args else { return Err(Thrown::arity("clojure.set/rename-keys", args.len())) };
    let names = as_map("rename-keys", take(names))?;
    renamed(budget, take(map), &names)
}

/// What a function makes of every map of a relation, as a set.
fn each(
    budget: &mut Budget,
    relation: Value,
    make: &mut dyn FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
) -> Result<Value, Thrown> {
    let mut set = Set::new();
    for row in elements(budget, relation)? {
        let made = make(budget, row)?;
        set.conj(budget, made)?;
    }
    Ok(Value::Set(set))
}

pub fn project(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [relation, keys] = args else { return Err(Thrown::arity("clojure.set/project", args.len())) };
    let keys = Value::Vector(elements(budget, take(keys))?);
    each(budget, take(relation), &mut |budget, row| select_keys(budget, &mut [row, keys.clone()]))
}

pub fn rename(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [relation, names] = args else { return Err(Thrown::arity("clojure.set/rename", args.len())) };
    let names = as_map("rename", take(names))?;
    each(budget, take(relation), &mut |budget, row| renamed(budget, row, &names))
}

/// The rows by the part of each with the given keys.
fn indexed(budget: &mut Budget, rows: &Vector, keys: &Value) -> Result<Map, Thrown> {
    let mut index = Map::new();
    for row in rows {
        let part = select_keys(budget, &mut [row.clone(), keys.clone()])?;
        if let Value::Set(found) = index.place(budget, part, Value::Set(Set::new()))? {
            found.conj(budget, row.clone())?;
        }
    }
    Ok(index)
}

pub fn index(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [relation, keys] = args else { return Err(Thrown::arity("clojure.set/index", args.len())) };
    let rows = elements(budget, take(relation))?;
    let keys = Value::Vector(elements(budget, take(keys))?);
    Ok(Value::Map(indexed(budget, &rows, &keys)?))
}

pub fn join(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (left, right, pairs) = match args {
        [left, right] => (take(left), take(right), None),
        [left, right, pairs] => (take(left), take(right), Some(as_map("join", take(pairs))?)),
        _ => return Err(Thrown::arity("clojure.set/join", args.len())),
    };
    let (left, right) = (elements(budget, left)?, elements(budget, right)?);
    let pairs = match pairs {
        Some(pairs) => pairs,
        None => shared_keys(budget, &left, &right)?,
    };
    // The smaller relation is indexed, as in Clojure: rows of the other are added to its rows.
    let (small, large, pairs) = if left.len() <= right.len() {
        (left, right, pairs.into_iter().map(|(key, other)| (other, key)).collect())
    } else {
        (right, left, pairs)
    };
    joined(budget, &small, &large, &pairs)
}

/// `pairs` has keys of the large relation with the keys of the small one that they must equal.
fn joined(budget: &mut Budget, small: &Vector, large: &Vector, pairs: &Map) -> Result<Value, Thrown> {
    let keys = Value::Vector(pairs.values().cloned().collect());
    let large_keys = Value::Vector(pairs.keys().cloned().collect());
    let index = indexed(budget, small, &keys)?;
    let mut set = Set::new();
    for row in large {
        let part = select_keys(budget, &mut [row.clone(), large_keys.clone()])?;
        let part = renamed(budget, part, pairs)?;
        let Some((_, Value::Set(found))) = index.find(budget, &part)? else { continue };
        for other in found {
            let mut both = as_map("join", other.clone())?;
            for (key, value) in as_map("join", row.clone())? {
                both.assoc(budget, key, value)?;
            }
            set.conj(budget, Value::Map(both))?;
        }
    }
    Ok(Value::Set(set))
}

/// The keys that the first rows of both relations have, each paired with itself.
fn shared_keys(budget: &mut Budget, left: &Vector, right: &Vector) -> Result<Map, Thrown> {
    let mut shared = Map::new();
    if let (Some(Value::Map(left)), Some(Value::Map(right))) = (left.first(), right.first()) {
        for key in left.keys() {
            if right.find(budget, key)?.is_some() {
                shared.assoc(budget, key.clone(), key.clone())?;
            }
        }
    }
    Ok(shared)
}
