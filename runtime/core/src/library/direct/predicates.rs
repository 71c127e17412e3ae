//! Equality and questions about kinds.

use crate::library::compare;
use crate::{Budget, Thrown, Value};

/// `(= left right)`
#[inline]
pub fn equal(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Ok(Value::Bool(a == b)),
        (Value::Keyword(a), Value::Keyword(b)) => Ok(Value::Bool(a == b)),
        (Value::Str(a), Value::Str(b)) => Ok(Value::Bool(a == b)),
        (Value::Nil, Value::Nil) => Ok(Value::Bool(true)),
        _ => compare::equal(budget, &mut [left.clone(), right.clone()]),
    }
}

/// `(not= left right)`
#[inline]
pub fn not_equal(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    Ok(Value::Bool(!equal(budget, left, right)?.is_truthy()))
}

/// `(not value)`
#[inline]
pub fn not(_: &mut Budget, value: &Value) -> Result<Value, Thrown> {
    Ok(Value::Bool(!value.is_truthy()))
}

macro_rules! kinds {
    ($($code:ident $pattern:pat, $wanted:literal, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline]
        pub fn $code(_: &mut Budget, value: &Value) -> Result<Value, Thrown> {
            Ok(Value::Bool(matches!(value, $pattern) == $wanted))
        }
    )*};
}

kinds! {
    is_nil Value::Nil, true, "`(nil? value)`";
    is_some Value::Nil, false, "`(some? value)`";
    is_string Value::Str(_), true, "`(string? value)`";
    is_keyword Value::Keyword(_), true, "`(keyword? value)`";
    is_map Value::Map(_), true, "`(map? value)`";
    is_vector Value::Vector(_), true, "`(vector? value)`";
}
