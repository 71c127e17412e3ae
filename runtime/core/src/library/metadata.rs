//! Metadata of values: kept by what changes a collection, no part of equality, not stored.

use std::mem::take;

use super::class::mismatch;
use super::invoke::invoke;
use super::rows;
use crate::value::{Atom, Object};
use crate::{Budget, Map, Thrown, Value};

rows! { metadata:
    "clojure.core/meta" meta (Any) -> Nilable(&Map), "The metadata of a value, or nil.";
    "clojure.core/with-meta" with_meta (Any, Nilable(&Map)) -> Any, "The value with this metadata instead of its own.";
    "clojure.core/vary-meta" vary_meta (Any, Callable => & Any) -> Any,
        "The value with its metadata replaced by what the function makes of it.";
    "clojure.core/alter-meta!" alter_meta (Any, Callable => & Any) -> Any, "Replaces the metadata of an atom by what the function makes of it.";
    "clojure.core/reset-meta!" reset_meta (Any, Nilable(&Map)) -> Any, "Replaces the metadata of an atom.";
}

fn meta_of(value: &Value) -> Value {
    match value {
        Value::Object(object) => match object.as_ref() {
            Object::Atom(atom) => atom.meta.get(),
            _ => Value::Nil,
        },
        other => other.meta().cloned().map_or(Value::Nil, Value::Map),
    }
}

pub fn meta(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/meta", args.len())) };
    Ok(meta_of(value))
}

/// Metadata is a map or nil.
fn as_meta(what: &str, meta: Value) -> Result<Option<Map>, Thrown> {
    match meta {
        Value::Nil => Ok(None),
        Value::Map(map) => Ok(Some(map)),
        other => Err(mismatch(what, "a map or nil as metadata", &other)),
    }
}

pub fn with_meta(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value, meta] = args else { return Err(Thrown::arity("clojure.core/with-meta", args.len())) };
    budget.charge(2)?;
    let meta = as_meta("with-meta", take(meta))?;
    take(value).with_meta(meta)
}

/// What the function makes of the metadata of the first argument.
fn varied(budget: &mut Budget, what: &str, args: &mut [Value]) -> Result<Option<Map>, Thrown> {
    let [value, function, more @ ..] = args else { return Err(Thrown::arity(what, args.len())) };
    let mut all = Vec::with_capacity(more.len() + 1);
    all.push(meta_of(value));
    all.extend(more.iter_mut().map(take));
    as_meta(what, invoke(budget, function, &mut all)?)
}

pub fn vary_meta(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let meta = varied(budget, "clojure.core/vary-meta", args)?;
    budget.charge(2)?;
    args.first_mut().map(take).unwrap_or_default().with_meta(meta)
}

/// The atom whose metadata changes.
fn atom<'v>(what: &str, value: Option<&'v Value>) -> Result<&'v Atom, Thrown> {
    let value = value.unwrap_or(&Value::Nil);
    if let Value::Object(object) = value
        && let Object::Atom(atom) = object.as_ref()
    {
        return Ok(atom);
    }
    Err(mismatch(what, "an atom", value))
}

pub fn alter_meta(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    atom("alter-meta!", args.first())?;
    let meta = varied(budget, "clojure.core/alter-meta!", args)?.map_or(Value::Nil, Value::Map);
    atom("alter-meta!", args.first())?.meta.replace(meta.clone());
    Ok(meta)
}

pub fn reset_meta(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value, meta] = args else { return Err(Thrown::arity("clojure.core/reset-meta!", args.len())) };
    let meta = as_meta("reset-meta!", take(meta))?.map_or(Value::Nil, Value::Map);
    atom("reset-meta!", Some(value))?.meta.replace(meta.clone());
    Ok(meta)
}
