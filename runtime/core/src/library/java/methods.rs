//! Methods that values of several classes have: `.toString`, `.equals`, `.compareTo`, `.getMessage`.

use std::sync::Arc;

use super::super::class::mismatch;
use super::super::format::java_hash;
use super::super::rows;
use super::super::text::Units;
use super::{no_method, temporal};
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { methods:
    "breyta.method/toString" to_string (Any) -> String, "The text of any value, as `str` gives it.";
    "breyta.method/equals" equals (Any, Any) -> Boolean, "Whether two values are equal.";
    "breyta.method/hashCode" hash_code (Any) -> Integer, "The hash of a string, number, character, boolean or uuid.";
    "breyta.method/compareTo" compare_to (Any, Any) -> Integer, "How two values of one class are ordered: negative, zero or positive.";
    "breyta.method/getMessage" get_message (Any) -> Nilable(&String), "The message of an exception.";
    "breyta.method/getCause" get_cause (Any) -> Any, "What caused an exception, or nil.";
    "breyta.method/getData" get_data (Any) -> Nilable(&Map), "The data of what `ex-info` made.";
}

pub fn to_string(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Nil] => Err(no_method("toString", &Value::Nil)),
        [value] => {
            let mut units = Units::default();
            units.push_value(budget, value)?;
            Ok(units.finish())
        }
        _ => Err(Thrown::arity(".toString", args.len())),
    }
}

pub fn equals(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Nil, _] => Err(no_method("equals", &Value::Nil)),
        // Decimals are equal to the digit here, and integers of one class.
        [Value::Decimal(a), Value::Decimal(b)] => {
            Ok(Value::Bool(a.scale == b.scale && a.unscaled == b.unscaled))
        }
        [Value::Int(_), Value::BigInt(_)] | [Value::BigInt(_), Value::Int(_)] => Ok(Value::Bool(false)),
        [a, b] => Ok(Value::Bool(a == b)),
        _ => Err(Thrown::arity(".equals", args.len())),
    }
}

pub fn hash_code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity(".hashCode", args.len())) };
    java_hash(value).map(|hash| Value::Int(i64::from(hash))).ok_or_else(|| no_method("hashCode", value))
}

pub fn compare_to(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value, other] = args else { return Err(Thrown::arity(".compareTo", args.len())) };
    if let (Some(a), Some(b)) = (temporal(value), temporal(other)) {
        let difference = a.compare(&b).ok_or_else(|| mismatch("compareTo", a.type_name(), other))?;
        return Ok(Value::Int(difference));
    }
    let order = match (&*value, &*other) {
        (Value::Nil, _) => return Err(no_method("compareTo", value)),
        (Value::Str(a), Value::Str(b)) => return Ok(Value::Int(difference(a, b))),
        (Value::Char(a), Value::Char(b)) => return Ok(Value::Int(i64::from(*a) - i64::from(*b))),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Uuid(a), Value::Uuid(b)) => {
            let halves = |bits: u128| ((bits >> 64) as i64, bits as i64);
            halves(*a).cmp(&halves(*b))
        }
        (a, b) if crate::number::is_number(a) => {
            if std::mem::discriminant(a) != std::mem::discriminant(b) {
                return Err(mismatch("compareTo", a.type_name(), b));
            }
            crate::number::compare(a, b)?
        }
        (a, _) => return Err(no_method("compareTo", a)),
    };
    Ok(Value::Int(order as i64))
}

/// `String.compareTo`: of the first units that differ, else of the lengths.
pub(super) fn difference(a: &str, b: &str) -> i64 {
    let pairs = a.encode_utf16().zip(b.encode_utf16());
    let differing = pairs.map(|(a, b)| i64::from(a) - i64::from(b)).find(|difference| *difference != 0);
    differing.unwrap_or_else(|| a.encode_utf16().count() as i64 - b.encode_utf16().count() as i64)
}

fn thrown<'v>(name: &str, args: &'v [Value]) -> Result<&'v Thrown, Thrown> {
    match args {
        [Value::Error(error)] => Ok(error),
        [other] => Err(no_method(name, other)),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

pub fn get_message(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(thrown("getMessage", args)?.spoken_message().map(Value::from).unwrap_or_default())
}

pub fn get_cause(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let cause = thrown("getCause", args)?.cause();
    Ok(cause.map_or(Value::Nil, |cause| Value::Error(Arc::new(cause.clone()))))
}

pub fn get_data(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let error = thrown("getData", args)?;
    match error.class() {
        Class::ExceptionInfo | Class::Step => Ok(error.data().clone()),
        _ => Err(no_method("getData", &Value::Error(Arc::new(error.clone())))),
    }
}
