//! Order and equality of numbers by value, across kinds: `<`, `==`, and the numeric part of `compare`.

use std::cmp::Ordering;

use num_traits::{Signed, Zero};

use super::arithmetic::Pair;
use crate::{Thrown, Value};

/// Order by value; None when a NaN is involved.
fn order(what: &str, left: &Value, right: &Value) -> Result<Option<Ordering>, Thrown> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        return Ok(Some(a.cmp(b)));
    }
    Ok(match Pair::of(what, left, right)? {
        Pair::Int(a, b) => Some(a.cmp(&b)),
        Pair::Big(a, b) => Some(a.cmp(&b)),
        Pair::Ratio(a, b) => Some((a.numer() * b.denom()).cmp(&(b.numer() * a.denom()))),
        Pair::Decimal(a, b) => Some(a.compare(&b)),
        Pair::Double(a, b) => a.partial_cmp(&b),
    })
}

/// `(< left right)`
pub fn less(left: &Value, right: &Value) -> Result<bool, Thrown> {
    Ok(order("<", left, right)? == Some(Ordering::Less))
}

/// `(<= left right)`
pub fn less_or_equal(left: &Value, right: &Value) -> Result<bool, Thrown> {
    Ok(matches!(order("<=", left, right)?, Some(Ordering::Less | Ordering::Equal)))
}

/// `(== left right)`: equality by value.
pub fn equivalent(left: &Value, right: &Value) -> Result<bool, Thrown> {
    Ok(order("==", left, right)? == Some(Ordering::Equal))
}

/// `(compare left right)` of two numbers; NaN compares equal to everything, as in Clojure.
pub fn compare(left: &Value, right: &Value) -> Result<Ordering, Thrown> {
    Ok(order("compare", left, right)?.unwrap_or(Ordering::Equal))
}

pub fn is_nan(value: &Value) -> bool {
    matches!(value, Value::Double(double) if double.is_nan())
}

/// How a number compares to zero; None for NaN.
pub fn sign(what: &str, value: &Value) -> Result<Option<Ordering>, Thrown> {
    Ok(match value {
        Value::Int(int) => Some(int.cmp(&0)),
        Value::BigInt(int) => Some(int.as_ref().cmp(&num_bigint::BigInt::zero())),
        Value::Ratio(ratio) => Some(if ratio.is_negative() { Ordering::Less } else { Ordering::Greater }),
        Value::Decimal(decimal) => Some(decimal.unscaled.cmp(&num_bigint::BigInt::zero())),
        Value::Double(double) => double.partial_cmp(&0.0),
        other => return Err(super::not_a_number(what, other)),
    })
}

/// Whether an integer is even; None when `value` is no integer.
pub fn is_even(value: &Value) -> Option<bool> {
    match value {
        Value::Int(int) => Some(int % 2 == 0),
        Value::BigInt(int) => Some(num_integer::Integer::is_even(int.as_ref())),
        _ => None,
    }
}
