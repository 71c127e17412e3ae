//! Equality and order: `=`, `not=`, `identical?`, `distinct?`, `compare`.

use std::cmp::Ordering;
use std::mem::take;

use super::elements::Walk;
use super::functions::closure;
use super::invoke::invoke;
use super::rows;
use crate::value::{identical, order as value_order};
use crate::{Budget, Set, Thrown, Value};

rows! { compare:
    "clojure.core/=" equal (Any => & Any) -> Boolean, "Whether all arguments are equal; numbers within their category.";
    "clojure.core/not=" not_equal (Any => & Any) -> Boolean, "Whether some arguments differ.";
    "clojure.core/identical?" is_identical (Any, Any) -> Boolean, "Whether both are the very same value.";
    "clojure.core/distinct?" is_distinct (Any => & Any) -> Boolean, "Whether no two arguments are equal.";
    "clojure.core/compare" compare (Any, Any) -> Integer, "Negative, zero or positive: the natural order; nil comes first.";
    "clojure.core/comparator" comparator (Callable) -> Callable, "A comparator from a function that says whether the first comes first.";
}

/// Whether two values are equal. Elements of lazy sequences are made as far as they are compared.
pub(super) fn are_equal(budget: &mut Budget, left: &Value, right: &Value) -> Result<bool, Thrown> {
    if let (Value::Lazy(_), other) | (other, Value::Lazy(_)) = (left, right) {
        if !matches!(other, Value::Lazy(_) | Value::List(_) | Value::Vector(_)) {
            return Ok(false);
        }
        if identical(left, right) {
            return Ok(true);
        }
        let (mut left, mut right) = (Walk::over(left.clone()), Walk::over(right.clone()));
        loop {
            match (left.next(budget)?, right.next(budget)?) {
                (None, None) => return Ok(true),
                (Some(a), Some(b)) if are_equal(budget, &a, &b)? => {}
                _ => return Ok(false),
            }
        }
    }
    crate::value::equal(left, right, &mut |count| budget.spend(count))
}

pub fn equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity("clojure.core/=", 0));
    }
    budget.spend(args.len() as u64)?;
    for pair in args.windows(2) {
        if let [a, b] = pair
            && !are_equal(budget, a, b)?
        {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

pub fn not_equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(!equal(budget, args)?.is_truthy()))
}

pub fn is_identical(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity("clojure.core/identical?", args.len())) };
    Ok(Value::Bool(identical(left, right)))
}

pub fn is_distinct(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity("clojure.core/distinct?", 0));
    }
    let mut seen = Set::new();
    for arg in args {
        budget.spend(1)?;
        if seen.find(budget, arg)?.is_some() {
            return Ok(Value::Bool(false));
        }
        seen.conj(budget, take(arg))?;
    }
    Ok(Value::Bool(true))
}

pub fn compare(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity("clojure.core/compare", args.len())) };
    Ok(Value::Int(value_order::difference(budget, left, right)?))
}

pub fn comparator(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.len() != 1 {
        return Err(Thrown::arity("clojure.core/comparator", args.len()));
    }
    budget.charge(2)?;
    Ok(closure("comparator", call_comparator, args))
}

fn call_comparator(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let ([test], [left, right]) = (captured, &*args) else {
        return Err(Thrown::arity("comparator", args.len()));
    };
    if invoke(budget, test, &mut [left.clone(), right.clone()])?.is_truthy() {
        return Ok(Value::Int(-1));
    }
    let after = invoke(budget, test, &mut [right.clone(), left.clone()])?.is_truthy();
    Ok(Value::Int(i64::from(after)))
}

/// The natural order of two values. Throws for kinds that have none, and across kinds.
pub(super) fn order(budget: &mut Budget, left: &Value, right: &Value) -> Result<Ordering, Thrown> {
    value_order::compare(budget, left, right)
}
