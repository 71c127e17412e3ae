//! Ends of sequences: the first and the last, what comes after, what is put in front.

use std::mem::take;

use crate::library::elements::{Walk, elements, first_of, list, rest_of, seq as seq_value, seq_of};
use crate::library::lookup::count_argument;
use crate::library::rows;
use crate::value::LazySeq;
use crate::{Budget, Thrown, Value, Vector};

rows! { sequences::access:
    "clojure.core/first" first (Seqable) -> Any, "The first element, or nil.";
    "clojure.core/second" second (Seqable) -> Any, "The second element, or nil.";
    "clojure.core/last" last (Seqable) -> Any, "The last element, or nil.";
    "clojure.core/rest" rest (Seqable) -> List, "Everything after the first element.";
    "clojure.core/next" next (Seqable) -> Nilable(&List), "Everything after the first element, or nil when that is nothing.";
    "clojure.core/ffirst" ffirst (Seqable) -> Any, "The first element of the first element.";
    "clojure.core/nfirst" nfirst (Seqable) -> Nilable(&List), "Everything after the first element of the first element.";
    "clojure.core/fnext" second (Seqable) -> Any, "The second element, or nil.";
    "clojure.core/nnext" nnext (Seqable) -> Nilable(&List), "Everything after the second element, or nil when that is nothing.";
    "clojure.core/nthrest" nthrest (Seqable, Number) -> Any, "The collection without its first n elements.";
    "clojure.core/nthnext" nthnext (Seqable, Number) -> Nilable(&List), "Everything after the first n elements, or nil when that is nothing.";
    "clojure.core/butlast" butlast (Seqable) -> Nilable(&List), "Everything before the last element, or nil when that is nothing.";
    "clojure.core/take-last" take_last (Number, Seqable) -> Nilable(&List), "The last n elements, or nil when that is nothing.";
    "clojure.core/cons" cons (Any, Seqable) -> List, "A sequence with an element put in front.";
    "clojure.core/list*" list_with (Any => & Any) -> Nilable(&List), "The arguments in front of the elements of the last argument.";
    "clojure.core/reverse" reverse (Seqable) -> List, "The elements from last to first.";
}

pub fn first(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/first", args.len())) };
    Ok(first_of(budget, coll)?.unwrap_or_default())
}

pub fn second(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/second", args.len())) };
    if let Value::List(items) | Value::Vector(items) = coll {
        return Ok(items.get(1).cloned().unwrap_or_default());
    }
    let rest = rest_of(budget, take(coll))?;
    Ok(first_of(budget, &rest)?.unwrap_or_default())
}

pub fn last(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/last", args.len())) };
    if let Value::List(items) | Value::Vector(items) = coll {
        return Ok(items.last().cloned().unwrap_or_default());
    }
    let mut walk = Walk::over(take(coll));
    let mut last = Value::Nil;
    while let Some(item) = walk.next(budget)? {
        budget.spend(1)?;
        last = item;
    }
    Ok(last)
}

pub fn rest(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/rest", args.len())) };
    rest_of(budget, take(coll))
}

fn next_of(budget: &mut Budget, coll: Value) -> Result<Value, Thrown> {
    let rest = rest_of(budget, coll)?;
    seq_of(budget, rest)
}

pub fn next(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/next", args.len())) };
    next_of(budget, take(coll))
}

pub fn ffirst(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/ffirst", args.len())) };
    let inner = first_of(budget, coll)?.unwrap_or_default();
    Ok(first_of(budget, &inner)?.unwrap_or_default())
}

pub fn nfirst(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/nfirst", args.len())) };
    let inner = first_of(budget, coll)?.unwrap_or_default();
    next_of(budget, inner)
}

pub fn nnext(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/nnext", args.len())) };
    let next = next_of(budget, take(coll))?;
    next_of(budget, next)
}

/// Up to how many elements of a lazy sequence are left out one by one.
const FEW: usize = 4;

/// What is left of a collection behind `count` elements.
pub(super) fn after(budget: &mut Budget, coll: Value, count: usize) -> Result<Value, Thrown> {
    if let Value::List(_) | Value::Vector(_) = coll {
        return Ok(Value::List(elements(budget, coll)?.slice(count, usize::MAX)));
    }
    if let (Value::Lazy(_), 0..=FEW) = (&coll, count) {
        let mut rest = coll;
        for _ in 0..count {
            rest = rest_of(budget, rest)?;
        }
        return Ok(rest);
    }
    let mut walk = Walk::over(coll);
    walk.skip(budget, count)?;
    Ok(walk.into_rest())
}

pub fn nthrest(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, count] = args else { return Err(Thrown::arity("clojure.core/nthrest", args.len())) };
    let count = count_argument("nthrest", count)?;
    if count == 0 || coll.is_nil() {
        return Ok(take(coll));
    }
    let rest = after(budget, take(coll), count)?;
    Ok(if rest.is_nil() { Value::List(Vector::new()) } else { rest })
}

pub fn nthnext(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, count] = args else { return Err(Thrown::arity("clojure.core/nthnext", args.len())) };
    let count = count_argument("nthnext", count)?;
    let rest = after(budget, take(coll), count)?;
    seq_of(budget, rest)
}

pub fn butlast(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/butlast", args.len())) };
    let mut items = elements(budget, take(coll))?;
    budget.charge(if items.is_unique() { 0 } else { items.len() })?;
    items.pop();
    Ok(seq_value(items))
}

pub fn take_last(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [count, coll] = args else { return Err(Thrown::arity("clojure.core/take-last", args.len())) };
    let count = count_argument("take-last", count)?;
    let items = elements(budget, take(coll))?;
    let from = items.len().saturating_sub(count);
    Ok(seq_value(items.slice(from, usize::MAX)))
}

pub fn cons(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [item, coll] = args else { return Err(Thrown::arity("clojure.core/cons", args.len())) };
    put_in_front(budget, take(item), take(coll))
}

fn put_in_front(budget: &mut Budget, item: Value, coll: Value) -> Result<Value, Thrown> {
    if let Value::Lazy(_) = coll {
        budget.charge(5)?;
        return Ok(Value::Lazy(LazySeq::with_front(Vector::from([item]), coll)));
    }
    let whole = coll.is_nil();
    let items = elements(budget, coll)?;
    // A long sequence that somebody else holds is not copied for one element in front.
    if !items.is_unique() && items.len() > SHARED_COPY_MAX {
        budget.charge(5)?;
        return Ok(Value::Lazy(LazySeq::with_front(Vector::from([item]), Value::List(items))));
    }
    budget.charge(if items.is_unique() { 2 } else { 2 * items.len() + 1 })?;
    let mut items = items.plain();
    items.push_front(item);
    Ok(if whole { list(items) } else { Value::List(items) })
}

/// Up to how many elements are copied rather than referred to.
const SHARED_COPY_MAX: usize = 8;

pub fn list_with(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((last, before)) = args.split_last_mut() else {
        return Err(Thrown::arity("clojure.core/list*", 0));
    };
    if before.is_empty() {
        return seq_of(budget, take(last));
    }
    let mut whole = take(last);
    for item in before.iter_mut().rev() {
        whole = put_in_front(budget, take(item), whole)?;
    }
    Ok(whole)
}

pub fn reverse(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/reverse", args.len())) };
    let items = elements(budget, take(coll))?;
    budget.spend(items.len() as u64)?;
    budget.charge(if items.is_unique() { 0 } else { items.len() })?;
    let mut items = items.into_vec();
    items.reverse();
    Ok(list(items))
}
