//! Arithmetic whose integers grow to big integers instead of overflowing: `+'`, `-'`, `*'`.

use num_bigint::BigInt;

use super::arithmetic::{add, multiply, negate, subtract};
use super::big_value;
use crate::{Budget, Thrown, Value};

/// `(+' left right)`
pub fn add_promoting(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => {
            Ok(a.checked_add(*b).map_or_else(|| big_value(BigInt::from(*a) + b), Value::Int))
        }
        _ => add(budget, left, right),
    }
}

/// `(-' left right)`
pub fn subtract_promoting(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => {
            Ok(a.checked_sub(*b).map_or_else(|| big_value(BigInt::from(*a) - b), Value::Int))
        }
        _ => subtract(budget, left, right),
    }
}

/// `(*' left right)`
pub fn multiply_promoting(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => {
            Ok(a.checked_mul(*b).map_or_else(|| big_value(BigInt::from(*a) * b), Value::Int))
        }
        _ => multiply(budget, left, right),
    }
}

/// `(-' value)`
pub fn negate_promoting(value: &Value) -> Result<Value, Thrown> {
    match value {
        Value::Int(int) => Ok(int.checked_neg().map_or_else(|| big_value(-BigInt::from(*int)), Value::Int)),
        other => negate(other),
    }
}
