//! `Long`, `Integer`, `Double`, `Boolean`: reading numbers from text, and what their values can do.

use num_traits::ToPrimitive;

use super::super::class::mismatch;
use super::super::rows;
use super::super::text::{parse_double_text, parse_long_text};
use super::{integer, no_method, string};
use crate::number::{is_number, to_f64};
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { boxes:
    "java.lang.Long/parseLong" parse_long (String; Integer) -> Integer, "The integer that a string writes, in a radix from 2 to 36.";
    "java.lang.Long/valueOf" parse_long (Any; Integer) -> Integer, "The integer that a string writes, or an integer itself.";
    "java.lang.Long/compare" compare_integers (Integer, Integer) -> Integer, "-1, 0 or 1.";
    "java.lang.Long/toHexString" to_hex (Integer) -> String, "The 64 bits in hexadecimal.";
    "java.lang.Long/toBinaryString" to_binary (Integer) -> String, "The 64 bits in binary.";
    "java.lang.Long/toString" to_text (Integer; Integer) -> String, "The integer in a radix.";
    "java.lang.Long/signum" signum (Integer) -> Integer, "-1, 0 or 1 by the sign.";
    "java.lang.Long/bitCount" bit_count (Integer) -> Integer, "How many of the 64 bits are set.";
    "java.lang.Integer/parseInt" parse_int (String; Integer) -> Integer, "The integer of 32 bits that a string writes, in a radix.";
    "java.lang.Integer/valueOf" parse_int (Any; Integer) -> Integer, "The integer of 32 bits that a string writes, or an integer itself.";
    "java.lang.Integer/compare" compare_integers (Integer, Integer) -> Integer, "-1, 0 or 1.";
    "java.lang.Integer/toHexString" to_hex_int (Integer) -> String, "The 32 bits in hexadecimal.";
    "java.lang.Integer/toBinaryString" to_binary_int (Integer) -> String, "The 32 bits in binary.";
    "java.lang.Integer/toString" to_text (Integer; Integer) -> String, "The integer in a radix.";
    "java.lang.Integer/signum" signum (Integer) -> Integer, "-1, 0 or 1 by the sign.";
    "java.lang.Double/parseDouble" parse_double (String) -> Number, "The double that a string writes.";
    "java.lang.Double/valueOf" parse_double (Any) -> Number, "The double that a string writes, or of a number.";
    "java.lang.Double/isNaN" is_nan (Number) -> Boolean, "Whether the number is not a number.";
    "java.lang.Double/isInfinite" is_infinite (Number) -> Boolean, "Whether the number is infinite.";
    "java.lang.Double/isFinite" is_finite (Number) -> Boolean, "Whether the number is neither infinite nor NaN.";
    "java.lang.Double/compare" compare_doubles (Number, Number) -> Integer, "-1, 0 or 1; NaN is the greatest.";
    "java.lang.Double/toString" to_text (Number) -> String, "The text of a double.";
    "java.lang.Boolean/parseBoolean" parse_boolean (Nilable(&String)) -> Boolean, "Whether the string is `true` in any case.";
    "java.lang.Boolean/valueOf" parse_boolean (Any) -> Boolean, "Whether the string is `true` in any case, or a boolean itself.";
    "breyta.method/intValue" int_value (Number) -> Integer, "The number as 32 bits, towards zero.";
    "breyta.method/longValue" long_value (Number) -> Integer, "The number as 64 bits, towards zero.";
    "breyta.method/doubleValue" double_value (Number) -> Number, "The nearest double.";
    "breyta.method/isNaN" is_nan (Number) -> Boolean, "Whether the number is not a number.";
    "breyta.method/isInfinite" is_infinite (Number) -> Boolean, "Whether the number is infinite.";
}

fn number_format(text: &str) -> Thrown {
    Thrown::new(Class::NumberFormat, format!("For input string: {text:?}"))
}

fn radix(what: &str, args: &[Value]) -> Result<u32, Thrown> {
    let Some(radix) = args.get(1) else { return Ok(10) };
    let radix = integer(what, radix)?;
    u32::try_from(radix)
        .ok()
        .filter(|radix| (2..=36).contains(radix))
        .ok_or_else(|| Thrown::new(Class::NumberFormat, format!("radix {radix} is not between 2 and 36")))
}

fn parsed(what: &str, args: &[Value]) -> Result<i64, Thrown> {
    match args {
        [Value::Int(int)] => return Ok(*int),
        [Value::Nil, ..] => return Err(Thrown::new(Class::NumberFormat, "null")),
        [_] | [_, _] => {}
        _ => return Err(Thrown::arity(what, args.len())),
    }
    let radix = radix(what, args)?;
    let text = args.first().map_or(Ok(""), |text| string(what, text))?;
    let number = if radix == 10 { parse_long_text(text) } else { i64::from_str_radix(text, radix).ok() };
    number.ok_or_else(|| number_format(text))
}

pub fn parse_long(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    parsed("Long/parseLong", args).map(Value::Int)
}

pub fn parse_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let int = parsed("Integer/parseInt", args)?;
    if i32::try_from(int).is_err() {
        return Err(number_format(args.first().and_then(Value::as_str).unwrap_or(&int.to_string())));
    }
    Ok(Value::Int(int))
}

fn two_integers(what: &str, args: &[Value]) -> Result<(i64, i64), Thrown> {
    match args {
        [x, y] => Ok((integer(what, x)?, integer(what, y)?)),
        _ => Err(Thrown::arity(what, args.len())),
    }
}

fn one_integer(what: &str, args: &[Value]) -> Result<i64, Thrown> {
    match args {
        [x] => integer(what, x),
        _ => Err(Thrown::arity(what, args.len())),
    }
}

pub fn compare_integers(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (x, y) = two_integers("compare", args)?;
    Ok(Value::Int(x.cmp(&y) as i64))
}

pub fn to_hex(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::string(format!("{:x}", one_integer("toHexString", args)?)))
}

pub fn to_binary(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::string(format!("{:b}", one_integer("toBinaryString", args)?)))
}

pub fn to_hex_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::string(format!("{:x}", one_integer("toHexString", args)? as i32)))
}

pub fn to_binary_int(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::string(format!("{:b}", one_integer("toBinaryString", args)? as i32)))
}

pub fn to_text(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let radix = radix("toString", args)?;
    match args {
        [value, ..] if radix == 10 => Ok(Value::string(crate::print::str_text(value))),
        [value, _] => {
            let text = num_bigint::BigInt::from(integer("toString", value)?).to_str_radix(radix);
            Ok(Value::string(text))
        }
        _ => Err(Thrown::arity("toString", args.len())),
    }
}

pub fn signum(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(one_integer("signum", args)?.signum()))
}

pub fn bit_count(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(i64::from(one_integer("bitCount", args)?.count_ones())))
}

pub fn parse_double(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("Double/parseDouble", args.len())) };
    match value {
        Value::Str(text) => {
            let message = if text.trim().is_empty() { Some("empty String") } else { None };
            parse_double_text(text).map(Value::Double).ok_or_else(|| match message {
                Some(message) => Thrown::new(Class::NumberFormat, message),
                None => number_format(text),
            })
        }
        other => to_f64(other).map(Value::Double).ok_or_else(|| mismatch("parseDouble", "a string", other)),
    }
}

fn one_double(name: &str, args: &[Value]) -> Result<f64, Thrown> {
    match args {
        [value] => to_f64(value).ok_or_else(|| no_method(name, value)),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

pub fn is_nan(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(one_double("isNaN", args)?.is_nan()))
}

pub fn is_infinite(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(one_double("isInfinite", args)?.is_infinite()))
}

pub fn is_finite(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(one_double("isFinite", args)?.is_finite()))
}

pub fn compare_doubles(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [x, y] = args else { return Err(Thrown::arity("Double/compare", args.len())) };
    let double = |value: &Value| to_f64(value).ok_or_else(|| mismatch("Double/compare", "a number", value));
    let (x, y) = (double(x)?, double(y)?);
    let order = match (x.is_nan(), y.is_nan()) {
        (false, false) => x.total_cmp(&y),
        (x, y) => x.cmp(&y),
    };
    Ok(Value::Int(order as i64))
}

pub fn parse_boolean(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Bool(bool)] => Ok(Value::Bool(*bool)),
        [Value::Nil] => Ok(Value::Bool(false)),
        [text] => Ok(Value::Bool(string("parseBoolean", text)?.eq_ignore_ascii_case("true"))),
        _ => Err(Thrown::arity("Boolean/parseBoolean", args.len())),
    }
}

/// Low bits of whole numbers, saturating doubles: what Java's narrowing does.
fn narrowed(name: &str, args: &[Value]) -> Result<i64, Thrown> {
    let [value] = args else { return Err(Thrown::arity(name, args.len())) };
    if !is_number(value) {
        return Err(no_method(name, value));
    }
    let low_bits = |int: &num_bigint::BigInt| {
        int.iter_u64_digits().next().map_or(0, |low| {
            if int.sign() == num_bigint::Sign::Minus { (low as i64).wrapping_neg() } else { low as i64 }
        })
    };
    Ok(match value {
        Value::Int(int) => *int,
        Value::BigInt(int) => int.to_i64().unwrap_or_else(|| low_bits(int)),
        Value::Decimal(decimal) => low_bits(&decimal.truncate()?),
        other => to_f64(other).unwrap_or(0.0) as i64,
    })
}

pub fn int_value(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if let [Value::Double(double)] = args {
        return Ok(Value::Int(i64::from(*double as i32)));
    }
    Ok(Value::Int(i64::from(narrowed("intValue", args)? as i32)))
}

pub fn long_value(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    narrowed("longValue", args).map(Value::Int)
}

pub fn double_value(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    one_double("doubleValue", args).map(Value::Double)
}
