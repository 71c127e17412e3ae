//! `clojure.walk`: data to data, from the inside out or from the outside in.

use std::mem::take;

use super::collections;
use super::elements::elements;
use super::invoke::call;
use super::printing::println;
use super::rows;
use crate::{Budget, Keyword, Map, Thrown, Value, Vector};

rows! { walk:
    "clojure.walk/walk" walk (Callable, Callable, Any) -> Any, "Calls the first function with every element of a collection, and the second with what comes of it.";
    "clojure.walk/postwalk" postwalk (Callable, Any) -> Any, "Calls a function with every part of a value, inner parts first.";
    "clojure.walk/prewalk" prewalk (Callable, Any) -> Any, "Calls a function with every part of a value, outer parts first.";
    "clojure.walk/keywordize-keys" keywordize_keys (Any) -> Any, "The value with keywords for strings as keys of its maps.";
    "clojure.walk/stringify-keys" stringify_keys (Any) -> Any, "The value with strings for keywords as keys of its maps.";
    "clojure.walk/postwalk-replace" postwalk_replace (Any, Any) -> Any, "The value with the parts replaced that a map has, inner parts first.";
    "clojure.walk/prewalk-replace" prewalk_replace (Any, Any) -> Any, "The value with the parts replaced that a map has, outer parts first.";
    "clojure.walk/postwalk-demo" postwalk_demo (Any) -> Any, "Prints every part of a value, inner parts first.";
    "clojure.walk/prewalk-demo" prewalk_demo (Any) -> Any, "Prints every part of a value, outer parts first.";
}

/// What is done with a part.
type Step<'s> = dyn FnMut(&mut Budget, Value) -> Result<Value, Thrown> + 's;

/// A collection of what `inner` makes of the elements, of the same kind; anything else as it is.
fn rebuilt(budget: &mut Budget, value: Value, inner: &mut Step<'_>) -> Result<Value, Thrown> {
    match value {
        Value::Vector(items) if items.is_entry() => {
            let mut parts = items.into_iter();
            let (key, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let (key, value) = (inner(budget, key)?, inner(budget, value)?);
            Ok(Value::Vector(Vector::entry(key, value)))
        }
        Value::List(items) => {
            let (list, meta) = (items.is_list(), items.meta().cloned());
            let made = Vector::from(each(budget, Value::List(items), inner)?);
            Ok(Value::List(if list { made.into_list().with_meta(meta) } else { made }))
        }
        Value::Lazy(_) => Ok(Value::List(Vector::from(each(budget, value, inner)?))),
        Value::Vector(_) | Value::Map(_) | Value::Set(_) => {
            let empty = collections::empty(budget, &mut [value.clone()])?;
            let made = Value::List(Vector::from(each(budget, value, inner)?));
            collections::into(budget, &mut [empty, made])
        }
        other => Ok(other),
    }
}

fn each(budget: &mut Budget, value: Value, inner: &mut Step<'_>) -> Result<Vec<Value>, Thrown> {
    let items = elements(budget, value)?;
    budget.charge(items.len())?;
    items.into_iter().map(|item| inner(budget, item)).collect()
}

/// From the inside out.
fn post(budget: &mut Budget, value: Value, step: &mut Step<'_>) -> Result<Value, Thrown> {
    budget.enter()?;
    let made = rebuilt(budget, value, &mut |budget, item| post(budget, item, step));
    budget.leave();
    step(budget, made?)
}

/// From the outside in.
fn pre(budget: &mut Budget, value: Value, step: &mut Step<'_>) -> Result<Value, Thrown> {
    let value = step(budget, value)?;
    budget.enter()?;
    let made = rebuilt(budget, value, &mut |budget, item| pre(budget, item, step));
    budget.leave();
    made
}

pub fn walk(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [inner, outer, form] = args else { return Err(Thrown::arity("clojure.walk/walk", args.len())) };
    let made = rebuilt(budget, take(form), &mut |budget, item| call(budget, inner, item))?;
    call(budget, outer, made)
}

pub fn postwalk(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, form] = args else { return Err(Thrown::arity("clojure.walk/postwalk", args.len())) };
    post(budget, take(form), &mut |budget, part| call(budget, function, part))
}

pub fn prewalk(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, form] = args else { return Err(Thrown::arity("clojure.walk/prewalk", args.len())) };
    pre(budget, take(form), &mut |budget, part| call(budget, function, part))
}

/// Every map with other keys.
fn rekeyed(
    budget: &mut Budget,
    name: &str,
    args: &mut [Value],
    change: fn(&Value) -> Option<Value>,
) -> Result<Value, Thrown> {
    let [form] = args else { return Err(Thrown::arity(name, args.len())) };
    post(budget, take(form), &mut |budget, part| {
        let Value::Map(map) = part else { return Ok(part) };
        budget.spend(1 + map.len() as u64)?;
        budget.charge(map.len() * 3)?;
        let mut made = Map::new();
        for (key, value) in map {
            made.insert(change(&key).unwrap_or(key), value);
        }
        Ok(Value::Map(made))
    })
}

pub fn keywordize_keys(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    rekeyed(budget, "clojure.walk/keywordize-keys", args, |key| match key {
        Value::Str(text) => Some(Value::Keyword(Keyword::new(text.clone()))),
        _ => None,
    })
}

pub fn stringify_keys(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    rekeyed(budget, "clojure.walk/stringify-keys", args, |key| {
        key.as_keyword().map(|keyword| keyword.name().into())
    })
}

/// What a map (of a vector: an index) has for a part, else the part itself.
fn replaced(budget: &mut Budget, map: &Value, part: Value) -> Result<Value, Thrown> {
    if !collections::contains(budget, &mut [map.clone(), part.clone()])?.is_truthy() {
        return Ok(part);
    }
    call(budget, map, part)
}

pub fn postwalk_replace(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [map, form] = args else { return Err(Thrown::arity("clojure.walk/postwalk-replace", args.len())) };
    post(budget, take(form), &mut |budget, part| replaced(budget, map, part))
}

pub fn prewalk_replace(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [map, form] = args else { return Err(Thrown::arity("clojure.walk/prewalk-replace", args.len())) };
    pre(budget, take(form), &mut |budget, part| replaced(budget, map, part))
}

fn shown(budget: &mut Budget, part: Value) -> Result<Value, Thrown> {
    println(budget, &mut [Value::literal("Walked:"), part.clone()])?;
    Ok(part)
}

pub fn postwalk_demo(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [form] = args else { return Err(Thrown::arity("clojure.walk/postwalk-demo", args.len())) };
    post(budget, take(form), &mut shown)
}

pub fn prewalk_demo(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [form] = args else { return Err(Thrown::arity("clojure.walk/prewalk-demo", args.len())) };
    pre(budget, take(form), &mut shown)
}
