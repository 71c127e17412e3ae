//! Equality and order: `=`, `not=`, `compare`.

use std::cmp::Ordering;

use super::rows;
use crate::value::order as value_order;
use crate::{Budget, Thrown, Value};

rows! { compare:
    "clojure.core/=" equal (Any => & Any) -> Boolean, "Whether all arguments are equal; numbers within their category.";
    "clojure.core/not=" not_equal (Any => & Any) -> Boolean, "Whether some arguments differ.";
    "clojure.core/compare" compare (Any, Any) -> Integer, "Negative, zero or positive: the natural order; nil comes first.";
}

pub fn equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity("clojure.core/=", 0));
    }
    budget.spend(args.len() as u64)?;
    Ok(Value::Bool(args.windows(2).all(|pair| matches!(pair, [a, b] if a == b))))
}

pub fn not_equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(!equal(budget, args)?.is_truthy()))
}

pub fn compare(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity("clojure.core/compare", args.len())) };
    Ok(Value::Int(value_order::difference(budget, left, right)?))
}

/// The natural order of two values. Throws for kinds that have none, and across kinds.
pub(super) fn order(budget: &mut Budget, left: &Value, right: &Value) -> Result<Ordering, Thrown> {
    value_order::compare(budget, left, right)
}
