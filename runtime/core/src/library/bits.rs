//! Operations on the bits of 64-bit integers, and arithmetic that wraps around instead of overflowing.

use super::class::{class_name, illegal_argument, null_pointer};
use super::rows;
use crate::number;
use crate::{Budget, Thrown, Value};

rows! { bits:
    "clojure.core/bit-and" bit_and (Integer, Integer => & Integer) -> Integer, "The bits that all have.";
    "clojure.core/bit-or" bit_or (Integer, Integer => & Integer) -> Integer, "The bits that some have.";
    "clojure.core/bit-xor" bit_xor (Integer, Integer => & Integer) -> Integer, "The bits that an odd number of them have.";
    "clojure.core/bit-and-not" bit_and_not (Integer, Integer => & Integer) -> Integer, "The bits of the first that no other has.";
    "clojure.core/bit-not" bit_not (Integer) -> Integer, "All bits the other way.";
    "clojure.core/bit-clear" bit_clear (Integer, Integer) -> Integer, "The integer with one bit cleared.";
    "clojure.core/bit-set" bit_set (Integer, Integer) -> Integer, "The integer with one bit set.";
    "clojure.core/bit-flip" bit_flip (Integer, Integer) -> Integer, "The integer with one bit the other way.";
    "clojure.core/bit-test" bit_test (Integer, Integer) -> Boolean, "Whether a bit is set.";
    "clojure.core/bit-shift-left" shift_left (Integer, Integer) -> Integer, "The bits moved up; of the distance six bits count.";
    "clojure.core/bit-shift-right" shift_right (Integer, Integer) -> Integer, "The bits moved down, the sign kept.";
    "clojure.core/unsigned-bit-shift-right" shift_right_unsigned (Integer, Integer) -> Integer,
        "The bits moved down, zeros put in above.";
    "clojure.core/unchecked-add" wrapping_add (Number, Number) -> Number, "The sum, in 64 bits.";
    "clojure.core/unchecked-subtract" wrapping_subtract (Number, Number) -> Number, "The difference, in 64 bits.";
    "clojure.core/unchecked-multiply" wrapping_multiply (Number, Number) -> Number, "The product, in 64 bits.";
    "clojure.core/unchecked-inc" wrapping_inc (Number) -> Number, "One more, in 64 bits.";
    "clojure.core/unchecked-dec" wrapping_dec (Number) -> Number, "One less, in 64 bits.";
    "clojure.core/unchecked-negate" wrapping_negate (Number) -> Number, "The negation, in 64 bits.";
    "clojure.core/unchecked-add-int" add_int (Number, Number) -> Integer, "The sum, in 32 bits.";
    "clojure.core/unchecked-subtract-int" subtract_int (Number, Number) -> Integer, "The difference, in 32 bits.";
    "clojure.core/unchecked-multiply-int" multiply_int (Number, Number) -> Integer, "The product, in 32 bits.";
    "clojure.core/unchecked-inc-int" inc_int (Number) -> Integer, "One more, in 32 bits.";
    "clojure.core/unchecked-dec-int" dec_int (Number) -> Integer, "One less, in 32 bits.";
    "clojure.core/unchecked-negate-int" negate_int (Number) -> Integer, "The negation, in 32 bits.";
}

fn bits(value: &Value) -> Result<i64, Thrown> {
    match value {
        Value::Int(int) => Ok(*int),
        Value::Nil => Err(null_pointer("a bit operation", "integers")),
        other => {
            Err(illegal_argument(format!("bit operation not supported for: class {}", class_name(other))))
        }
    }
}

/// Declares operations on two integers.
macro_rules! on_two {
    ($($code:ident $name:literal $operation:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
            let [left, right] = args else { return Err(Thrown::arity($name, args.len())) };
            let operation: fn(i64, i64) -> Value = $operation;
            Ok(operation(bits(left)?, bits(right)?))
        }
    )*};
}

/// The bit that a number says: of the number six bits count.
fn bit(number: i64) -> i64 {
    1i64 << (number & 63)
}

on_two! {
    bit_clear "clojure.core/bit-clear" |bits, at| Value::Int(bits & !bit(at));
    bit_set "clojure.core/bit-set" |bits, at| Value::Int(bits | bit(at));
    bit_flip "clojure.core/bit-flip" |bits, at| Value::Int(bits ^ bit(at));
    bit_test "clojure.core/bit-test" |bits, at| Value::Bool(bits & bit(at) != 0);
    shift_left "clojure.core/bit-shift-left" |bits, by| Value::Int(bits << (by & 63));
    shift_right "clojure.core/bit-shift-right" |bits, by| Value::Int(bits >> (by & 63));
    shift_right_unsigned "clojure.core/unsigned-bit-shift-right"
        |bits, by| Value::Int((bits.cast_unsigned() >> (by & 63)).cast_signed());
}

fn fold(
    budget: &mut Budget,
    what: &str,
    args: &[Value],
    operation: fn(i64, i64) -> i64,
) -> Result<Value, Thrown> {
    budget.spend(args.len() as u64)?;
    let [first, second, more @ ..] = args else { return Err(Thrown::arity(what, args.len())) };
    let mut result = operation(bits(first)?, bits(second)?);
    for value in more {
        result = operation(result, bits(value)?);
    }
    Ok(Value::Int(result))
}

pub fn bit_and(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    fold(budget, "clojure.core/bit-and", args, |a, b| a & b)
}

pub fn bit_or(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    fold(budget, "clojure.core/bit-or", args, |a, b| a | b)
}

pub fn bit_xor(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    fold(budget, "clojure.core/bit-xor", args, |a, b| a ^ b)
}

pub fn bit_and_not(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    fold(budget, "clojure.core/bit-and-not", args, |a, b| a & !b)
}

pub fn bit_not(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/bit-not", args.len())) };
    Ok(Value::Int(!bits(value)?))
}

/// Wraps around for two integers; other numbers go the usual way.
fn wrapping(
    budget: &mut Budget,
    what: &str,
    args: &[Value],
    wrap: fn(i64, i64) -> i64,
    usual: fn(&mut Budget, &Value, &Value) -> Result<Value, Thrown>,
) -> Result<Value, Thrown> {
    match args {
        [Value::Int(a), Value::Int(b)] => Ok(Value::Int(wrap(*a, *b))),
        [a, b] => usual(budget, a, b),
        _ => Err(Thrown::arity(what, args.len())),
    }
}

pub fn wrapping_add(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    wrapping(budget, "clojure.core/unchecked-add", args, i64::wrapping_add, number::add)
}

pub fn wrapping_subtract(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    wrapping(budget, "clojure.core/unchecked-subtract", args, i64::wrapping_sub, number::subtract)
}

pub fn wrapping_multiply(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    wrapping(budget, "clojure.core/unchecked-multiply", args, i64::wrapping_mul, number::multiply)
}

pub fn wrapping_inc(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/unchecked-inc", args.len())) };
    wrapping(budget, "", &[value.clone(), Value::Int(1)], i64::wrapping_add, number::add)
}

pub fn wrapping_dec(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/unchecked-dec", args.len())) };
    wrapping(budget, "", &[value.clone(), Value::Int(1)], i64::wrapping_sub, number::subtract)
}

pub fn wrapping_negate(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Int(int)] => Ok(Value::Int(int.wrapping_neg())),
        [value] => number::negate(value),
        _ => Err(Thrown::arity("clojure.core/unchecked-negate", args.len())),
    }
}

/// Two arguments as 32-bit integers, in range.
fn int_pair(what: &str, args: &[Value], operation: fn(i32, i32) -> i32) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity(what, args.len())) };
    Ok(Value::Int(operation(number::to_i32(left)?, number::to_i32(right)?).into()))
}

pub fn add_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    int_pair("clojure.core/unchecked-add-int", args, i32::wrapping_add)
}

pub fn subtract_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    int_pair("clojure.core/unchecked-subtract-int", args, i32::wrapping_sub)
}

pub fn multiply_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    int_pair("clojure.core/unchecked-multiply-int", args, i32::wrapping_mul)
}

/// One argument as a 32-bit integer, in range.
fn int_alone(what: &str, args: &[Value], operation: fn(i32) -> i32) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity(what, args.len())) };
    Ok(Value::Int(operation(number::to_i32(value)?).into()))
}

pub fn inc_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    int_alone("clojure.core/unchecked-inc-int", args, |int| int.wrapping_add(1))
}

pub fn dec_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    int_alone("clojure.core/unchecked-dec-int", args, |int| int.wrapping_sub(1))
}

pub fn negate_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    int_alone("clojure.core/unchecked-negate-int", args, i32::wrapping_neg)
}
