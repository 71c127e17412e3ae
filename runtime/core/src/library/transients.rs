//! Transients. A collection that nobody else holds is changed in place anyway, so a transient is the collection itself.

use std::mem::take;

use super::class::mismatch;
use super::collections::{conj, disj, pop};
use super::maps::{assoc, dissoc};
use super::rows;
use crate::{Budget, Thrown, Value};

rows! { transients:
    "clojure.core/transient" transient (Collection) -> Any, "The vector, map or set itself: what is not shared is changed in place.";
    "clojure.core/persistent!" persistent (Collection) -> Any, "The collection itself.";
    "clojure.core/conj!" conj_in_place ( => & Any) -> Any, "The same as `conj`.";
    "clojure.core/assoc!" assoc_in_place (Associative, Any, Any => & Any) -> Any, "The same as `assoc`.";
    "clojure.core/dissoc!" dissoc_in_place (Nilable(&Map), Any => & Any) -> Nilable(&Map), "The same as `dissoc`.";
    "clojure.core/disj!" disj_in_place (Nilable(&Set), Any => & Any) -> Nilable(&Set), "The same as `disj`.";
    "clojure.core/pop!" pop_in_place (Vector) -> Vector, "The same as `pop`.";
}

pub fn transient(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/transient", args.len())) };
    match coll {
        Value::Vector(items) if !items.is_entry() => Ok(take(coll)),
        Value::Map(map) if !map.is_sorted() => Ok(take(coll)),
        Value::Set(set) if !set.is_sorted() => Ok(take(coll)),
        other => Err(mismatch("transient", "an unsorted vector, map or set", other)),
    }
}

pub fn persistent(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/persistent!", args.len())) };
    match coll {
        Value::Vector(_) | Value::Map(_) | Value::Set(_) => Ok(take(coll)),
        other => Err(mismatch("persistent!", "a transient", other)),
    }
}

pub fn conj_in_place(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    conj(budget, args)
}

pub fn assoc_in_place(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    assoc(budget, args)
}

pub fn dissoc_in_place(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    dissoc(budget, args)
}

pub fn disj_in_place(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    disj(budget, args)
}

pub fn pop_in_place(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    pop(budget, args)
}
