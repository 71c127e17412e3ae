//! Maps and what associates keys with values. An update of a uniquely owned map or vector is made in place.

use std::mem::take;

use super::class::{class_name, illegal_argument, mismatch};
use super::collections::{assoc_index, conj_one, is_entry};
use super::elements::{Walk, elements, entry_parts, is_empty, seq};
use super::invoke::{call, call_two, invoke};
use super::lookup::{index_key, lookup, lookup_entry};
use super::rows;
use super::sorted::comparator_order;
use super::transducers::runs::each;
use super::transducers::stages::Flow;
use super::transducers::{is_reduced, unreduced};
use crate::print::str_text;
use crate::value::Order;
use crate::{Budget, Map, Thrown, Value};

rows! { maps:
    "clojure.core/hash-map" hash_map ( => & Any) -> Map, "A map of the given keys and values.";
    "clojure.core/array-map" hash_map ( => & Any) -> Map, "A map of the given keys and values.";
    "clojure.core/sorted-map" sorted_map ( => & Any) -> Map, "A map of the given keys and values, sorted by its keys.";
    "clojure.core/sorted-map-by" sorted_map_by (Callable => & Any) -> Map, "A map of keys and values, sorted by a comparator.";
    "clojure.core/assoc" assoc (Associative, Any, Any => & Any) -> Any, "The map or vector with values put under keys.";
    "clojure.core/assoc-in" assoc_in (Associative, Seqable, Any) -> Any, "The map with a value put at a path of keys.";
    "clojure.core/dissoc" dissoc (Nilable(&Map) => & Any) -> Nilable(&Map), "The map without the given keys.";
    "clojure.core/update" update (Associative, Any, Callable => & Any) -> Any,
        "The map with the value under a key replaced by what the function makes of it.";
    "clojure.core/update-in" update_in (Associative, Seqable, Callable => & Any) -> Any,
        "The map with the value at a path of keys replaced by what the function makes of it.";
    "clojure.core/update-vals" update_vals (Associative, Callable) -> Any, "The map (or vector) with every value replaced.";
    "clojure.core/update-keys" update_keys (Associative, Callable) -> Map, "The map with every key replaced.";
    "clojure.core/select-keys" select_keys (Associative, Seqable) -> Map, "The part of the map with the given keys.";
    "clojure.core/merge" merge ( => & Any) -> Any, "The maps put together; later values win.";
    "clojure.core/merge-with" merge_with (Callable => & Any) -> Any,
        "The maps put together; values under the same key are combined by the function.";
    "clojure.core/keys" keys (Seqable) -> Nilable(&List), "The keys of a map, or nil when it is empty.";
    "clojure.core/vals" vals (Seqable) -> Nilable(&List), "The values of a map, or nil when it is empty.";
    "clojure.core/key" key (Any) -> Any, "The key of a map entry.";
    "clojure.core/val" val (Any) -> Any, "The value of a map entry.";
    "clojure.core/find" find (Associative, Any) -> Any, "The entry under a key, or nil.";
    "clojure.core/zipmap" zipmap (Seqable, Seqable) -> Map, "A map of keys to the values at the same places.";
    "clojure.core/group-by" group_by (Callable, Seqable) -> Map, "The elements in vectors, by what the function says of them.";
    "clojure.core/frequencies" frequencies (Seqable) -> Map, "How often each distinct element occurs.";
    "clojure.core/reduce-kv" reduce_kv (Callable, Any, Any) -> Any,
        "Folds the function over keys and values of a map, or indexes and elements of a vector.";
}

pub fn hash_map(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    pairs(budget, Map::new(), args)
}

pub fn sorted_map(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    pairs(budget, Map::sorted(Order::Natural), args)
}

pub fn sorted_map_by(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((comparator, args)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/sorted-map-by", 0));
    };
    pairs(budget, Map::sorted(comparator_order(comparator)?), args)
}

/// The map with keys and values, one after the other, put in.
fn pairs(budget: &mut Budget, mut map: Map, args: &mut [Value]) -> Result<Value, Thrown> {
    for pair in args.chunks_mut(2) {
        budget.spend(1)?;
        let [key, value] = pair else {
            let key = pair.first().map(str_text).unwrap_or_default();
            return Err(illegal_argument(format!("No value supplied for key: {key}")));
        };
        map.assoc(budget, take(key), take(value))?;
    }
    Ok(Value::Map(map))
}

pub fn assoc(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let given = args.len();
    let Some((coll, pairs)) = args.split_first_mut().filter(|(_, pairs)| pairs.len() >= 2) else {
        return Err(Thrown::arity("clojure.core/assoc", given));
    };
    if pairs.len() % 2 == 1 {
        return Err(illegal_argument(
            "assoc expects even number of arguments after map/vector, found odd number",
        ));
    }
    let mut coll = take(coll);
    for pair in pairs.chunks_exact_mut(2) {
        if let [key, value] = pair {
            coll = assoc_one(budget, coll, take(key), take(value))?;
        }
    }
    Ok(coll)
}

/// `(assoc coll key value)`
pub(super) fn assoc_one(budget: &mut Budget, coll: Value, key: Value, value: Value) -> Result<Value, Thrown> {
    budget.spend(1)?;
    let mut map = match coll {
        Value::Nil => Map::new(),
        Value::Map(map) => map,
        Value::Vector(items) => return assoc_index(budget, items, &key, value),
        other => return Err(Thrown::class_cast("assoc", "a map or vector", &other)),
    };
    map.assoc(budget, key, value)?;
    Ok(Value::Map(map))
}

/// Takes the value under a key out of the collection, so that a sole owner can change it in place. What is left has
/// nil there until [`assoc_one`] puts the new value in.
fn take_out(budget: &mut Budget, coll: &mut Value, key: &Value) -> Result<Value, Thrown> {
    match coll {
        Value::Map(map) if map.is_unique() && !map.is_sorted() => Ok(map.take(key).unwrap_or_default()),
        Value::Vector(items) if items.is_unique() => {
            let place =
                index_key(key).and_then(|at| usize::try_from(at).ok()).and_then(|at| items.get_mut(at));
            Ok(place.map(take).unwrap_or_default())
        }
        shared => {
            budget.spend(1)?;
            Ok(lookup(budget, shared, key)?.unwrap_or_default())
        }
    }
}

pub fn assoc_in(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, path, value] = args else { return Err(Thrown::arity("clojure.core/assoc-in", args.len())) };
    let path = elements(budget, take(path))?;
    let value = take(value);
    change_at(budget, take(coll), path.as_slice(), &mut |_, _| Ok(value.clone()))
}

/// Changes the value at a path. An empty path stands for the key nil, as in Clojure.
pub(super) fn change_at(
    budget: &mut Budget,
    coll: Value,
    path: &[Value],
    change: &mut dyn FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
) -> Result<Value, Thrown> {
    let (key, rest) = match path.split_first() {
        Some((key, rest)) => (key.clone(), rest),
        None => (Value::Nil, path),
    };
    let mut deeper = |budget: &mut Budget, old| {
        if rest.is_empty() {
            return change(budget, old);
        }
        // One level of the path is one level of recursion.
        budget.enter()?;
        let new = change_at(budget, old, rest, change);
        budget.leave();
        new
    };
    change_one(budget, coll, key, &mut deeper)
}

/// Changes the value under one key.
fn change_one(
    budget: &mut Budget,
    mut coll: Value,
    key: Value,
    change: &mut dyn FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
) -> Result<Value, Thrown> {
    if let (Value::Map(map), Value::Keyword(_) | Value::Str(_) | Value::Int(_)) = (&mut coll, &key)
        && let Some(index) = map.index_to_change(&key)
    {
        budget.spend(1)?;
        budget.charge(if map.is_unique() { 1 } else { 3 * map.len() })?;
        let old = map.take_at(index);
        let new = change(budget, old)?;
        map.put_at(index, new);
        return Ok(coll);
    }
    let old = take_out(budget, &mut coll, &key)?;
    let new = change(budget, old)?;
    assoc_one(budget, coll, key, new)
}

pub fn dissoc(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((coll, keys)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/dissoc", 0));
    };
    let coll = take(coll);
    if keys.is_empty() || coll.is_nil() {
        return Ok(coll);
    }
    let Value::Map(mut map) = coll else { return Err(Thrown::class_cast("dissoc", "a map", &coll)) };
    for key in keys {
        budget.spend(1)?;
        map.dissoc(budget, key)?;
    }
    Ok(Value::Map(map))
}

/// Calls `function` with the old value and the arguments that stand behind it in `args`.
fn apply_change(budget: &mut Budget, function: &Value, more: &[Value], old: Value) -> Result<Value, Thrown> {
    if more.is_empty() {
        return call(budget, function, old);
    }
    let mut args = Vec::with_capacity(more.len() + 1);
    args.push(old);
    args.extend_from_slice(more);
    invoke(budget, function, &mut args)
}

pub fn update(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, key, function, more @ ..] = args else {
        return Err(Thrown::arity("clojure.core/update", args.len()));
    };
    change_one(budget, take(coll), take(key), &mut |budget, old| apply_change(budget, function, more, old))
}

pub fn update_in(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, path, function, more @ ..] = args else {
        return Err(Thrown::arity("clojure.core/update-in", args.len()));
    };
    let path = elements(budget, take(path))?;
    change_at(budget, take(coll), path.as_slice(), &mut |budget, old| {
        apply_change(budget, function, more, old)
    })
}

/// The entries of a map, vector (by index) or nil.
fn indexed_entries(budget: &mut Budget, what: &str, coll: Value) -> Result<Vec<(Value, Value)>, Thrown> {
    match coll {
        Value::Nil => Ok(Vec::new()),
        Value::Map(map) => {
            budget.charge(map.len() * 2)?;
            Ok(map.into_iter().collect())
        }
        Value::Vector(items) => {
            budget.charge(items.len() * 2)?;
            Ok((0..).map(Value::Int).zip(items).collect())
        }
        other => Err(illegal_argument(format!("{what} not supported on type: {}", class_name(&other)))),
    }
}

pub fn update_vals(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, function] = args else { return Err(Thrown::arity("clojure.core/update-vals", args.len())) };
    if let Value::Vector(items) = coll {
        budget.charge(items.len())?;
        let results = take(items).into_iter().map(|item| call(budget, function, item));
        return Ok(Value::Vector(results.collect::<Result<Vec<_>, _>>()?.into()));
    }
    // Metadata stays, the order of a sorted map does not.
    let mut map = Map::new().with_meta(coll.meta().cloned());
    for (key, value) in indexed_entries(budget, "update-vals", take(coll))? {
        let value = call(budget, function, value)?;
        map.assoc(budget, key, value)?;
    }
    Ok(Value::Map(map))
}

pub fn update_keys(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, function] = args else { return Err(Thrown::arity("clojure.core/update-keys", args.len())) };
    let mut map = Map::new().with_meta(coll.meta().cloned());
    for (key, value) in indexed_entries(budget, "update-keys", take(coll))? {
        let key = call(budget, function, key)?;
        map.assoc(budget, key, value)?;
    }
    Ok(Value::Map(map))
}

pub fn select_keys(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, keys] = args else { return Err(Thrown::arity("clojure.core/select-keys", args.len())) };
    let mut map = Map::new().with_meta(coll.meta().cloned());
    for key in elements(budget, take(keys))? {
        budget.spend(1)?;
        if let Some(entry) = find_entry(budget, coll, &key)?
            && let Some((key, value)) = entry_parts(&entry)
        {
            map.assoc(budget, key.clone(), value.clone())?;
        }
    }
    Ok(Value::Map(map))
}

fn find_entry(budget: &mut Budget, coll: &Value, key: &Value) -> Result<Option<Value>, Thrown> {
    match coll {
        Value::Nil | Value::Map(_) | Value::Vector(_) => lookup_entry(budget, coll, key),
        other => Err(illegal_argument(format!("find not supported on type: {}", class_name(other)))),
    }
}

pub fn find(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, key] = args else { return Err(Thrown::arity("clojure.core/find", args.len())) };
    Ok(find_entry(budget, coll, key)?.unwrap_or_default())
}

pub fn merge(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if !args.iter().any(Value::is_truthy) {
        return Ok(Value::Nil);
    }
    let mut merged = Value::Nil;
    for (index, coll) in args.iter_mut().enumerate() {
        if index == 0 {
            merged = take(coll);
            continue;
        }
        let onto = if merged.is_truthy() { merged } else { Value::Map(Map::new()) };
        merged = conj_one(budget, onto, take(coll))?;
    }
    Ok(merged)
}

pub fn merge_with(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((function, colls)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/merge-with", 0));
    };
    let mut merged: Option<Value> = None;
    for coll in colls.iter_mut().filter(|coll| coll.is_truthy()) {
        let Some(mut onto) = merged.take() else {
            merged = Some(take(coll));
            continue;
        };
        for entry in elements(budget, take(coll))? {
            let Some((key, value)) = entry_parts(&entry) else {
                return Err(Thrown::class_cast("merge-with", "maps", &entry));
            };
            let value = match lookup_entry(budget, &onto, key)? {
                Some(_) => {
                    let old = take_out(budget, &mut onto, key)?;
                    call_two(budget, function, old, value.clone())?
                }
                None => value.clone(),
            };
            onto = assoc_one(budget, onto, key.clone(), value)?;
        }
        merged = Some(onto);
    }
    Ok(merged.unwrap_or_default())
}

/// Keys or values of a map, or of a sequence of entries.
fn parts(
    budget: &mut Budget,
    what: &str,
    coll: &mut Value,
    part: for<'v> fn((&'v Value, &'v Value)) -> &'v Value,
) -> Result<Value, Thrown> {
    if is_empty(budget, coll)? {
        return Ok(Value::Nil);
    }
    if let Value::Map(map) = coll {
        budget.spend(map.len() as u64)?;
        budget.charge(map.len())?;
        return Ok(seq(map.iter().map(|entry| part(entry).clone()).collect()));
    }
    let mut found = Vec::new();
    for item in elements(budget, take(coll))? {
        budget.charge(1)?;
        match entry_parts(&item).filter(|_| is_entry(&item)) {
            Some(entry) => found.push(part(entry).clone()),
            None => return Err(Thrown::class_cast(what, "map entries", &item)),
        }
    }
    Ok(seq(found.into()))
}

pub fn keys(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/keys", args.len())) };
    parts(budget, "keys", coll, |(key, _)| key)
}

pub fn vals(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/vals", args.len())) };
    parts(budget, "vals", coll, |(_, value)| value)
}

pub fn key(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [entry] = args else { return Err(Thrown::arity("clojure.core/key", args.len())) };
    let parts = entry_parts(entry).filter(|_| is_entry(entry));
    parts.map(|(key, _)| key.clone()).ok_or_else(|| mismatch("key", "a map entry", entry))
}

pub fn val(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [entry] = args else { return Err(Thrown::arity("clojure.core/val", args.len())) };
    let parts = entry_parts(entry).filter(|_| is_entry(entry));
    parts.map(|(_, value)| value.clone()).ok_or_else(|| mismatch("val", "a map entry", entry))
}

pub fn zipmap(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [keys, values] = args else { return Err(Thrown::arity("clojure.core/zipmap", args.len())) };
    let (mut keys, mut values) = (Walk::over(take(keys)), Walk::over(take(values)));
    let mut map = Map::new();
    while let (Some(key), Some(value)) = (keys.next(budget)?, values.next(budget)?) {
        budget.spend(1)?;
        map.assoc(budget, key, value)?;
    }
    Ok(Value::Map(map))
}

pub fn group_by(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/group-by", args.len())) };
    let mut places = Map::new();
    let mut groups: Vec<Vec<Value>> = Vec::new();
    each(budget, take(coll), &mut |budget, item| {
        let group = call(budget, function, item.clone())?;
        budget.charge(1)?;
        let known = places.find(budget, &group)?.and_then(|(_, place)| place.as_int());
        match known.and_then(|place| groups.get_mut(place as usize)) {
            Some(items) => items.push(item),
            None => {
                places.assoc(budget, group, Value::Int(groups.len() as i64))?;
                groups.push(vec![item]);
            }
        }
        Ok(Flow::On)
    })?;
    // The keys stand in the order of their groups.
    let keys = places.into_iter().map(|(key, _)| key);
    Ok(Value::Map(keys.zip(groups).map(|(key, items)| (key, Value::Vector(items.into()))).collect()))
}

pub fn frequencies(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/frequencies", args.len())) };
    let mut counts = Map::new();
    each(budget, take(coll), &mut |budget, item| {
        budget.spend(1)?;
        if let Value::Int(count) = counts.place(budget, item, Value::Int(0))? {
            *count += 1;
        }
        Ok(Flow::On)
    })?;
    Ok(Value::Map(counts))
}

pub fn reduce_kv(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, init, coll] = args else {
        return Err(Thrown::arity("clojure.core/reduce-kv", args.len()));
    };
    let mut result = take(init);
    for (key, value) in indexed_entries(budget, "reduce-kv", take(coll))? {
        result = invoke(budget, function, &mut [result, key, value])?;
        if is_reduced(&result) {
            return Ok(unreduced(result));
        }
    }
    Ok(result)
}
