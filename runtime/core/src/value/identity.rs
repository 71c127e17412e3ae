//! `identical?`: whether two values are one and the same, as far as Clojure shows it.

use std::sync::Arc;

use super::Value;

/// Whether both are encoded alike, as far as that is certain without looking into them.
pub(super) fn is_unchanged(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a.is_same(b) || a == b,
        (Value::Symbol(a), Value::Symbol(b)) => a == b,
        (Value::Instant(a), Value::Instant(b)) => a == b,
        (Value::Uuid(a), Value::Uuid(b)) => a == b,
        _ => identical(left, right),
    }
}

/// The integers and characters that the JVM keeps one object of.
const CACHED: std::ops::RangeInclusive<i64> = -128..=127;

/// Whether both are the very same value: small scalars and keywords by what they are, anything else by where it is.
/// Doubles and symbols have no place of their own.
pub fn identical(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b && CACHED.contains(a),
        (Value::Char(a), Value::Char(b)) => a == b && CACHED.contains(&i64::from(*a)),
        (Value::Keyword(a), Value::Keyword(b)) => a == b,
        // Literals of equal text are one.
        (Value::Str(a), Value::Str(b)) => a.is_literal() && b.is_literal() && a == b || a.is_same(b),
        (Value::BigInt(a), Value::BigInt(b)) => Arc::ptr_eq(a, b),
        (Value::Ratio(a), Value::Ratio(b)) => Arc::ptr_eq(a, b),
        (Value::Decimal(a), Value::Decimal(b)) => Arc::ptr_eq(a, b),
        (Value::List(a), Value::List(b)) | (Value::Vector(a), Value::Vector(b)) => a.is_same(b),
        (Value::Map(a), Value::Map(b)) => a.is_same(b),
        (Value::Set(a), Value::Set(b)) => a.is_same(b),
        (Value::Bytes(a), Value::Bytes(b)) => Arc::ptr_eq(a, b),
        (Value::Regex(a), Value::Regex(b)) => a == b,
        (Value::Function(a), Value::Function(b)) => Arc::ptr_eq(a, b) || a == b,
        (Value::Lazy(a), Value::Lazy(b)) => a.is_same(b),
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b),
        (Value::Error(a), Value::Error(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}
