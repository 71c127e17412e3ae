//! From one kind of number to another, and what numbers are made of.

use std::mem::take;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::class::{illegal_argument, mismatch};
use super::rows;
use crate::number::{self, Decimal, not_a_number};
use crate::print::str_text;
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { conversions:
    "clojure.core/int" int (Any) -> Integer, "A number towards zero, in the range of 32 bits; a character's code.";
    "clojure.core/long" long (Any) -> Integer, "A number towards zero, in the range of 64 bits; a character's code.";
    "clojure.core/short" short (Any) -> Integer, "A number towards zero, in the range of 16 bits.";
    "clojure.core/byte" byte (Any) -> Integer, "A number towards zero, in the range of 8 bits.";
    "clojure.core/double" double (Number) -> Number, "The nearest double.";
    "clojure.core/float" float (Number) -> Number, "The nearest number of single precision, as a double.";
    "clojure.core/char" char (Any) -> Char, "The character with a code.";
    "clojure.core/num" num (Any) -> Any, "The number itself.";
    "clojure.core/bigint" bigint (Any) -> Integer, "A number towards zero, or the digits of a string, as a big integer.";
    "clojure.core/biginteger" biginteger (Any) -> Integer, "A number towards zero, or the digits of a string, as an integer.";
    "clojure.core/bigdec" bigdec (Any) -> Number, "A number, or the text of one, as a decimal.";
    "clojure.core/rationalize" rationalize (Number) -> Number, "The exact value that a double or decimal prints.";
    "clojure.core/numerator" numerator (Number) -> Integer, "The upper part of a ratio.";
    "clojure.core/denominator" denominator (Number) -> Integer, "The lower part of a ratio.";
    "clojure.core/unchecked-byte" unchecked_byte (Any) -> Integer, "The low 8 bits of a number.";
    "clojure.core/unchecked-short" unchecked_short (Any) -> Integer, "The low 16 bits of a number.";
    "clojure.core/unchecked-int" unchecked_int (Any) -> Integer, "The low 32 bits of a number.";
    "clojure.core/unchecked-long" unchecked_long (Any) -> Integer, "The low 64 bits of a number.";
    "clojure.core/unchecked-char" unchecked_char (Any) -> Char, "The character with the low 16 bits of a number.";
    "clojure.core/unchecked-double" double (Number) -> Number, "The nearest double.";
    "clojure.core/unchecked-float" unchecked_float (Number) -> Number, "The nearest number of single precision, as a double.";
}

pub fn int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/int", args.len())) };
    Ok(Value::Int(i64::from(number::to_i32(value)?)))
}

pub fn long(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/long", args.len())) };
    Ok(Value::Int(number::to_i64("long", value)?))
}

/// An integer that fits the range of a smaller kind.
fn in_range(what: &str, args: &[Value], range: std::ops::RangeInclusive<i64>) -> Result<i64, Thrown> {
    let [value] = args else { return Err(Thrown::arity(&format!("clojure.core/{what}"), args.len())) };
    let long = number::to_i64(what, value)?;
    if range.contains(&long) {
        return Ok(long);
    }
    Err(illegal_argument(format!("Value out of range for {what}: {}", str_text(value))))
}

pub fn short(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(in_range("short", args, i16::MIN.into()..=i16::MAX.into())?))
}

pub fn byte(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(in_range("byte", args, i8::MIN.into()..=i8::MAX.into())?))
}

pub fn char(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Char(in_range("char", args, 0..=u16::MAX.into())? as u16))
}

fn to_double(what: &str, args: &[Value]) -> Result<f64, Thrown> {
    let [value] = args else { return Err(Thrown::arity(&format!("clojure.core/{what}"), args.len())) };
    number::to_f64(value).ok_or_else(|| not_a_number(what, value))
}

pub fn double(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Double(to_double("double", args)?))
}

/// There is one kind of doubles: a number of single precision is the one that prints like it.
fn single(double: f64) -> Value {
    let single = double as f32;
    let text = format!("{single:e}");
    Value::Double(text.parse().unwrap_or_else(|_| f64::from(single)))
}

pub fn float(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let double = to_double("float", args)?;
    if double.abs() > f64::from(f32::MAX) {
        let text = number::format_double(double);
        return Err(illegal_argument(format!("Value out of range for float: {text}")));
    }
    Ok(single(double))
}

pub fn unchecked_float(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(single(to_double("unchecked-float", args)?))
}

pub fn num(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/num", args.len())) };
    if value.is_nil() || number::is_number(value) {
        return Ok(take(value));
    }
    Err(not_a_number("num", value))
}

/// The digits of a string, as `BigInteger` reads them.
fn digits(text: &str) -> Result<BigInt, Thrown> {
    /// Reading digits takes time with the square of how many they are.
    const LENGTH_MAX: usize = 10_000;
    let number_format = |message: String| Thrown::new(Class::NumberFormat, message);
    if text.len() > LENGTH_MAX {
        return Err(number_format(format!("a number of {} characters", text.len())));
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned.is_empty() {
        return Err(number_format("Zero length BigInteger".to_owned()));
    }
    if !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(number_format(format!("For input string: \"{text}\"")));
    }
    text.parse().map_err(|_| number_format(format!("For input string: \"{text}\"")))
}

/// A number towards zero, or the digits of a string.
fn whole(what: &str, args: &[Value]) -> Result<BigInt, Thrown> {
    let [value] = args else { return Err(Thrown::arity(&format!("clojure.core/{what}"), args.len())) };
    match value {
        Value::Int(int) => Ok(BigInt::from(*int)),
        Value::BigInt(int) => Ok(int.as_ref().clone()),
        Value::Ratio(ratio) => Ok(ratio.to_integer()),
        Value::Decimal(decimal) => decimal.truncate(),
        Value::Double(double) => {
            number::truncate(*double).ok_or_else(|| Thrown::new(Class::NumberFormat, "Infinite or NaN"))
        }
        Value::Str(text) => digits(text),
        other => Err(mismatch(what, "a number or a string of digits", other)),
    }
}

pub fn bigint(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::BigInt(whole("bigint", args)?.into()))
}

/// Integers of Java have no suffix when they print: a small one is an ordinary integer.
fn java_integer(int: BigInt) -> Value {
    match int.to_i64() {
        Some(small) => Value::Int(small),
        None => Value::BigInt(int.into()),
    }
}

pub fn biginteger(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(java_integer(whole("biginteger", args)?))
}

/// `new BigDecimal(text)`.
fn decimal_text(text: &str) -> Result<Decimal, Thrown> {
    Decimal::parse(text).ok_or_else(|| {
        let wrong = text.chars().find(|char| !matches!(char, '0'..='9' | '.' | '-' | '+' | 'e' | 'E'));
        let message = match wrong {
            Some(char) => format!(
                "Character {char} is neither a decimal digit number, decimal point, nor \"e\" notation exponential mark."
            ),
            None => format!("`{text}` is not a decimal"),
        };
        Thrown::new(Class::NumberFormat, message)
    })
}

pub fn bigdec(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/bigdec", args.len())) };
    let decimal = match value {
        Value::Decimal(_) => return Ok(take(value)),
        Value::Int(int) => Decimal::new(*int, 0),
        Value::BigInt(int) => Decimal::new(int.as_ref().clone(), 0),
        Value::Ratio(ratio) => {
            budget.charge_bytes(ratio.numer().bits() + ratio.denom().bits())?;
            Decimal::new(ratio.numer().clone(), 0).divide(&Decimal::new(ratio.denom().clone(), 0))?
        }
        Value::Double(double) => decimal_text(&number::format_double(*double))?,
        Value::Str(text) => decimal_text(text)?,
        other => return Err(mismatch("bigdec", "a number or the text of one", other)),
    };
    Ok(Value::Decimal(decimal.into()))
}

pub fn rationalize(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/rationalize", args.len())) };
    let decimal = match value {
        Value::Double(double) => decimal_text(&number::format_double(*double))?,
        Value::Decimal(decimal) => decimal.as_ref().clone(),
        _ if number::is_number(value) => return Ok(take(value)),
        _ => return Err(not_a_number("rationalize", value)),
    };
    budget.charge_bytes(u64::from(decimal.scale.unsigned_abs()))?;
    if decimal.scale <= 0 {
        return Ok(Value::BigInt(decimal.truncate()?.into()));
    }
    let power = Decimal::new(1, -decimal.scale).truncate()?;
    Ok(number::ratio_value(number::Ratio::new(decimal.unscaled, power)))
}

fn part(what: &str, args: &[Value], part: fn(&number::Ratio) -> &BigInt) -> Result<Value, Thrown> {
    match args {
        [Value::Ratio(ratio)] => Ok(java_integer(part(ratio).clone())),
        [other] => Err(mismatch(what, "a ratio", other)),
        _ => Err(Thrown::arity(&format!("clojure.core/{what}"), args.len())),
    }
}

pub fn numerator(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    part("numerator", args, number::Ratio::numer)
}

pub fn denominator(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    part("denominator", args, number::Ratio::denom)
}

/// The low 64 bits of a number towards zero; of a double the nearest integer in range.
fn low_bits(what: &str, args: &[Value]) -> Result<i64, Thrown> {
    let [value] = args else { return Err(Thrown::arity(&format!("clojure.core/{what}"), args.len())) };
    match value {
        Value::Double(double) => Ok(*double as i64),
        Value::BigInt(_) | Value::Ratio(_) | Value::Decimal(_) => {
            let whole = whole(what, args)?;
            let low = whole.iter_u64_digits().next().unwrap_or(0).cast_signed();
            Ok(if whole.sign() == num_bigint::Sign::Minus { low.wrapping_neg() } else { low })
        }
        other => number::to_i64(what, other),
    }
}

pub fn unchecked_byte(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(i64::from(low_bits("unchecked-byte", args)? as i8)))
}

pub fn unchecked_short(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(i64::from(low_bits("unchecked-short", args)? as i16)))
}

pub fn unchecked_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(i64::from(low_bits("unchecked-int", args)? as i32)))
}

pub fn unchecked_long(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(low_bits("unchecked-long", args)?))
}

pub fn unchecked_char(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Char(low_bits("unchecked-char", args)? as u16))
}
