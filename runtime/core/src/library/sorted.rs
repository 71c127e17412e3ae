//! Sorted collections: sets and what reads a part of a sorted map or set. Sorted maps are made in `maps`.

use std::mem::take;
use std::sync::Arc;

use super::class::mismatch;
use super::elements::{elements, seq};
use super::rows;
use crate::value::{Function, Order};
use crate::{Budget, Set, Thrown, Value, Vector};

rows! { sorted:
    "clojure.core/sorted-set" sorted_set ( => & Any) -> Set, "A set of the arguments, sorted.";
    "clojure.core/sorted-set-by" sorted_set_by (Callable => & Any) -> Set, "A set of the arguments, sorted by a comparator.";
    "clojure.core/sorted?" is_sorted (Any) -> Boolean, "Whether the value is a sorted map or set.";
    "clojure.core/subseq" subseq (Collection, Callable, Any; Callable, Any) -> Nilable(&List),
        "The part of a sorted collection whose keys hold: `(subseq coll >= 1 < 5)`.";
    "clojure.core/rsubseq" rsubseq (Collection, Callable, Any; Callable, Any) -> Nilable(&List),
        "Like `subseq`, backwards.";
    "clojure.core/rseq" rseq (Collection) -> Nilable(&List), "The elements of a vector or sorted collection backwards, or nil.";
    "clojure.core/reversible?" is_reversible (Any) -> Boolean, "Whether `rseq` takes the value: a vector or sorted collection.";
}

/// The order that a comparator function makes; `compare` is the natural one.
pub(super) fn comparator_order(comparator: &Value) -> Result<Order, Thrown> {
    match comparator {
        Value::Function(function) => match function.as_ref() {
            Function::Native { name: "clojure.core/compare", .. } => Ok(Order::Natural),
            _ => Ok(Order::By(Arc::clone(function))),
        },
        other => Err(mismatch("a sorted collection", "a function as comparator", other)),
    }
}

fn set_of(budget: &mut Budget, mut set: Set, members: &mut [Value]) -> Result<Value, Thrown> {
    for member in members {
        budget.spend(1)?;
        set.conj(budget, take(member))?;
    }
    Ok(Value::Set(set))
}

pub fn sorted_set(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    set_of(budget, Set::sorted(Order::Natural), args)
}

pub fn sorted_set_by(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((comparator, members)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/sorted-set-by", 0));
    };
    set_of(budget, Set::sorted(comparator_order(comparator)?), members)
}

pub fn is_sorted(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/sorted?", args.len())) };
    Ok(Value::Bool(match coll {
        Value::Map(map) => map.is_sorted(),
        Value::Set(set) => set.is_sorted(),
        _ => false,
    }))
}

pub fn is_reversible(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/reversible?", args.len())) };
    Ok(Value::Bool(match coll {
        Value::Vector(_) => true,
        Value::Map(map) => map.is_sorted(),
        Value::Set(set) => set.is_sorted(),
        _ => false,
    }))
}

pub fn rseq(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/rseq", args.len())) };
    let reversible = match &*coll {
        Value::Vector(_) => true,
        Value::Map(map) => map.is_sorted(),
        Value::Set(set) => set.is_sorted(),
        _ => false,
    };
    if !reversible {
        return Err(mismatch("rseq", "a vector or sorted collection", coll));
    }
    let items = elements(budget, take(coll))?;
    Ok(seq(backwards(budget, items)?))
}

fn backwards(budget: &mut Budget, items: Vector) -> Result<Vector, Thrown> {
    budget.charge(items.len())?;
    let mut items = items.into_vec();
    items.reverse();
    Ok(items.into())
}

/// A test of `subseq` with its key: which side of the key it lets through.
struct Bound {
    /// `>` and `>=`: what comes from the key on.
    lower: bool,
    /// `>=` and `<=`: with the key itself.
    inclusive: bool,
}

fn bound(what: &str, test: &Value) -> Result<Bound, Thrown> {
    let name = match test {
        Value::Function(function) => function.name(),
        _ => "",
    };
    let (lower, inclusive) = match name {
        "clojure.core/<" => (false, false),
        "clojure.core/<=" => (false, true),
        "clojure.core/>" => (true, false),
        "clojure.core/>=" => (true, true),
        _ => return Err(mismatch(what, "one of < <= > >= as test", test)),
    };
    Ok(Bound { lower, inclusive })
}

/// The place in the collection where `bound` begins or ends.
fn place(budget: &mut Budget, what: &str, coll: &Value, bound: &Bound, key: &Value) -> Result<usize, Thrown> {
    let beyond = bound.lower != bound.inclusive;
    let place = match coll {
        Value::Map(map) => map.bound(budget, key, beyond)?,
        Value::Set(set) => set.bound(budget, key, beyond)?,
        _ => None,
    };
    place.ok_or_else(|| mismatch(what, "a sorted collection", coll))
}

/// The elements between the bounds.
fn part(budget: &mut Budget, what: &str, args: &mut [Value]) -> Result<Vector, Thrown> {
    let (from, to) = match &*args {
        [coll, test, key] => {
            let bound = bound(what, test)?;
            let at = place(budget, what, coll, &bound, key)?;
            if bound.lower { (at, usize::MAX) } else { (0, at) }
        }
        [coll, lower, from, upper, to] => {
            let (lower, upper) = (bound(what, lower)?, bound(what, upper)?);
            if !lower.lower || upper.lower {
                return Err(mismatch(what, "a lower and then an upper bound", coll));
            }
            (place(budget, what, coll, &lower, from)?, place(budget, what, coll, &upper, to)?)
        }
        _ => return Err(Thrown::arity(what, args.len())),
    };
    let Some(coll) = args.first_mut() else { return Err(Thrown::arity(what, 0)) };
    let items = elements(budget, take(coll))?;
    let to = to.min(items.len());
    budget.charge(to.saturating_sub(from))?;
    Ok(items.slice(from, to))
}

pub fn subseq(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(seq(part(budget, "clojure.core/subseq", args)?))
}

pub fn rsubseq(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let items = part(budget, "clojure.core/rsubseq", args)?;
    Ok(seq(backwards(budget, items)?))
}
