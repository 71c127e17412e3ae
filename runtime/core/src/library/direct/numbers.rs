//! Arithmetic and order of two numbers, inlined for 64-bit integers and doubles.

use crate::library::math;
use crate::number;
use crate::{Budget, Thrown, Value};

macro_rules! arithmetic {
    ($($code:ident $checked:ident $double:tt, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline]
        pub fn $code(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
            if let (Value::Int(a), Value::Int(b)) = (left, right)
                && let Some(result) = a.$checked(*b)
            {
                return Ok(Value::Int(result));
            }
            if let (Value::Double(a), Value::Double(b)) = (left, right) {
                return Ok(Value::Double(a $double b));
            }
            number::$code(budget, left, right)
        }
    )*};
}

arithmetic! {
    add checked_add +, "`(+ left right)`";
    subtract checked_sub -, "`(- left right)`";
    multiply checked_mul *, "`(* left right)`";
}

/// `(inc value)`
#[inline]
pub fn inc(budget: &mut Budget, value: &Value) -> Result<Value, Thrown> {
    match value {
        Value::Int(int) if *int < i64::MAX => Ok(Value::Int(int + 1)),
        other => math::inc(budget, &mut [other.clone()]),
    }
}

/// `(dec value)`
#[inline]
pub fn dec(budget: &mut Budget, value: &Value) -> Result<Value, Thrown> {
    match value {
        Value::Int(int) if *int > i64::MIN => Ok(Value::Int(int - 1)),
        other => math::dec(budget, &mut [other.clone()]),
    }
}

macro_rules! division {
    ($($code:ident ($a:ident, $b:ident) $common:expr, $otherwise:path, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline]
        pub fn $code(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
            // The common case: neither zero nor the one overflow can occur.
            if let (Value::Int($a), Value::Int($b)) = (left, right)
                && *$b > 0
            {
                return Ok(Value::Int($common));
            }
            $otherwise(budget, left, right)
        }
    )*};
}

division! {
    quot (a, b) a / b, number::quotient, "`(quot left right)`";
    rem (a, b) a % b, number::remainder, "`(rem left right)`";
    modulo (a, b) a.rem_euclid(*b), number::modulo, "`(mod left right)`";
}

macro_rules! order {
    ($($code:ident $operator:tt, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline]
        pub fn $code(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
            match (left, right) {
                (Value::Int(a), Value::Int(b)) => Ok(Value::Bool(a $operator b)),
                (Value::Double(a), Value::Double(b)) => Ok(Value::Bool(a $operator b)),
                _ => math::$code(budget, &mut [left.clone(), right.clone()]),
            }
        }
    )*};
}

order! {
    less <, "`(< left right)`";
    greater >, "`(> left right)`";
    less_or_equal <=, "`(<= left right)`";
    greater_or_equal >=, "`(>= left right)`";
    equivalent ==, "`(== left right)`";
}

macro_rules! of_integer {
    ($($code:ident ($int:ident) $holds:expr, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline]
        pub fn $code(budget: &mut Budget, value: &Value) -> Result<Value, Thrown> {
            match value {
                Value::Int($int) => Ok(Value::Bool($holds)),
                other => math::$code(budget, &mut [other.clone()]),
            }
        }
    )*};
}

of_integer! {
    is_zero (int) *int == 0, "`(zero? value)`";
    is_positive (int) *int > 0, "`(pos? value)`";
    is_negative (int) *int < 0, "`(neg? value)`";
    is_even (int) int & 1 == 0, "`(even? value)`";
    is_odd (int) int & 1 != 0, "`(odd? value)`";
}
