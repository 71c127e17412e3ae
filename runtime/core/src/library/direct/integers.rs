//! Arithmetic of 64-bit integers that compiled code keeps unboxed. What does not fit throws what the row throws.

use crate::number;
use crate::{Budget, Thrown, Value};

type Operation = fn(&mut Budget, &Value, &Value) -> Result<Value, Thrown>;

/// The error of an operation whose result is no 64-bit integer, from the operation itself.
#[cold]
fn failed(operation: Operation, left: i64, right: i64) -> Thrown {
    let mut budget = Budget::new(u64::MAX, 1, u64::MAX);
    match operation(&mut budget, &Value::Int(left), &Value::Int(right)) {
        Err(thrown) => thrown,
        Ok(_) => Thrown::new(crate::thrown::Class::Arithmetic, "long overflow"),
    }
}

macro_rules! integers {
    ($($code:ident $checked:ident $row:path, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline]
        pub fn $code(left: i64, right: i64) -> Result<i64, Thrown> {
            left.$checked(right).ok_or_else(|| failed($row, left, right))
        }
    )*};
}

integers! {
    add checked_add number::add, "`(+ left right)`";
    subtract checked_sub number::subtract, "`(- left right)`";
    multiply checked_mul number::multiply, "`(* left right)`";
}

/// `(inc value)`
#[inline]
pub fn inc(value: i64) -> Result<i64, Thrown> {
    value.checked_add(1).ok_or_else(|| unary(crate::library::math::inc, value))
}

/// `(dec value)`
#[inline]
pub fn dec(value: i64) -> Result<i64, Thrown> {
    value.checked_sub(1).ok_or_else(|| unary(crate::library::math::dec, value))
}

#[cold]
fn unary(row: crate::value::Native, value: i64) -> Thrown {
    match row(&mut Budget::new(u64::MAX, 1, u64::MAX), &mut [Value::Int(value)]) {
        Err(thrown) => thrown,
        Ok(_) => Thrown::new(crate::thrown::Class::Arithmetic, "long overflow"),
    }
}
