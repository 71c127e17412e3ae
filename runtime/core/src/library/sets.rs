//! `clojure.set` over sets: union, intersection, difference, and whether one set is within another. Sets of maps are
//! in `relations`.
//!
//! Results keep the order of the first set. Other collections than sets are not refused by Clojure where they happen
//! to work (`(union [1] [2])` is `[1 2]`), and so not by us.

use std::mem::take;

use super::class::mismatch;
use super::collections::{conj_one, contains, count};
use super::elements::elements;
use super::invoke::test;
use super::rows;
use crate::{Budget, Set, Thrown, Value};

rows! { sets:
    "clojure.set/union" union ( => & Any) -> Any, "The members of all sets.";
    "clojure.set/intersection" intersection (Any => & Any) -> Any, "The members that all sets have.";
    "clojure.set/difference" difference (Any => & Any) -> Any, "The members of the first set that no other has.";
    "clojure.set/select" select (Callable, Nilable(&Set)) -> Any, "The members for which the function holds.";
    "clojure.set/subset?" is_subset (Any, Any) -> Boolean, "Whether the second set has all members of the first.";
    "clojure.set/superset?" is_superset (Any, Any) -> Boolean, "Whether the first set has all members of the second.";
}

fn len(budget: &mut Budget, coll: &Value) -> Result<i64, Thrown> {
    Ok(count(budget, &mut [coll.clone()])?.as_int().unwrap_or(0))
}

fn has(budget: &mut Budget, coll: &Value, member: &Value) -> Result<bool, Thrown> {
    budget.spend(1)?;
    match coll {
        Value::Set(set) => Ok(set.find(budget, member)?.is_some()),
        other => Ok(contains(budget, &mut [other.clone(), member.clone()])?.is_truthy()),
    }
}

pub fn union(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let mut united: Option<Value> = None;
    for arg in args {
        let Some(onto) = united.take().filter(|onto| !onto.is_nil()) else {
            united = Some(take(arg));
            continue;
        };
        // The longer collection decides about the kind.
        let both_sets = matches!((&onto, &*arg), (Value::Set(_), Value::Set(_) | Value::Nil));
        let (mut onto, from) = if both_sets || len(budget, &onto)? >= len(budget, arg)? {
            (onto, take(arg))
        } else {
            (take(arg), onto)
        };
        for member in elements(budget, from)? {
            onto = conj_one(budget, onto, member)?;
        }
        united = Some(onto);
    }
    Ok(united.unwrap_or_else(|| Value::Set(Set::new())))
}

/// The members of a set that are in the other collection, or are not.
fn within(budget: &mut Budget, set: &Value, other: &Value, wanted: bool) -> Result<Value, Thrown> {
    let Value::Set(members) = set else { return Err(mismatch("a set function", "sets", set)) };
    let mut kept = members.emptied();
    for member in members {
        if has(budget, other, member)? == wanted {
            kept.conj(budget, member.clone())?;
        }
    }
    Ok(Value::Set(kept))
}

pub fn select(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [predicate, set] = args else { return Err(Thrown::arity("clojure.set/select", args.len())) };
    let mut kept = match &*set {
        Value::Nil => return Ok(Value::Nil),
        Value::Set(members) => members.clone(),
        other => return Err(mismatch("select", "a set", other)),
    };
    for member in elements(budget, take(set))? {
        if !test(budget, predicate, &member)? {
            kept.disj(budget, &member)?;
        }
    }
    Ok(Value::Set(kept))
}

pub fn intersection(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((first, others)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.set/intersection", 0));
    };
    let mut result = take(first);
    for other in others {
        if result.is_nil() || other.is_nil() {
            result = Value::Nil;
            continue;
        }
        let swap = !matches!(result, Value::Set(_)) && matches!(other, Value::Set(_));
        result =
            if swap { within(budget, other, &result, true)? } else { within(budget, &result, other, true)? };
    }
    Ok(result)
}

pub fn difference(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((first, others)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.set/difference", 0));
    };
    let mut result = take(first);
    for other in others {
        if result.is_nil() || other.is_nil() {
            continue;
        }
        // A shorter collection is gone through, a longer one is asked about each member.
        let asked = match other {
            Value::Set(_) => take(other),
            _ if len(budget, &result)? < len(budget, other)? => take(other),
            _ => {
                let mut members = Set::new();
                for member in elements(budget, take(other))? {
                    members.conj(budget, member)?;
                }
                Value::Set(members)
            }
        };
        result = within(budget, &result, &asked, false)?;
    }
    Ok(result)
}

fn has_all(budget: &mut Budget, small: &Value, large: &Value) -> Result<Value, Thrown> {
    if len(budget, small)? > len(budget, large)? {
        return Ok(Value::Bool(false));
    }
    for member in elements(budget, small.clone())? {
        if !has(budget, large, &member)? {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

pub fn is_subset(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [small, large] = args else { return Err(Thrown::arity("clojure.set/subset?", args.len())) };
    has_all(budget, small, large)
}

pub fn is_superset(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [large, small] = args else { return Err(Thrown::arity("clojure.set/superset?", args.len())) };
    has_all(budget, small, large)
}
