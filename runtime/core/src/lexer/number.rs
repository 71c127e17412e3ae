//! Number literals, exactly as Clojure reads them.

use num_bigint::BigInt;
use num_traits::{ToPrimitive, Zero};
use std::sync::Arc;

use crate::Value;
use crate::number::{Decimal, Ratio};

/// Characters that a number may have: reading digits takes time with the square of how many they are.
const LENGTH_MAX: usize = 10_000;

/// The value of a number token: `42 -7 0x1F 017 2r101 9N 1.5 6.02e23 1.50M 22/7`. Integers beyond 64 bits are big.
pub fn number(text: &str) -> Result<Value, String> {
    if text.len() > LENGTH_MAX {
        return Err(format!("this number has {} characters; it may have {LENGTH_MAX}", text.len()));
    }
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..).unwrap_or_default()),
        Some(b'+') => (false, text.get(1..).unwrap_or_default()),
        _ => (false, text),
    };
    if let Some((numerator, denominator)) = digits.split_once('/') {
        return ratio(negative, numerator, denominator).ok_or_else(|| malformed(text))?;
    }
    if let Some(value) = integer(negative, digits) {
        return value.map_err(|why| format!("`{text}` is not a number: {why}"));
    }
    if let Some(body) = digits.strip_suffix('M') {
        return decimal(negative, body).ok_or_else(|| malformed(text));
    }
    if is_floating(digits) {
        // Digits, point and exponent only: Rust reads these exactly as Java does, overflow to infinity included.
        return text.parse().map(Value::Double).map_err(|_| malformed(text));
    }
    Err(malformed(text))
}

/// The value of `##Inf`, `##-Inf` or `##NaN`.
pub fn symbolic(text: &str) -> Result<f64, String> {
    match text {
        "##Inf" => Ok(f64::INFINITY),
        "##-Inf" => Ok(f64::NEG_INFINITY),
        "##NaN" => Ok(f64::NAN),
        _ => Err(format!("`{text}` is no symbolic value; there are ##Inf, ##-Inf and ##NaN")),
    }
}

fn malformed(text: &str) -> String {
    format!("`{text}` is not a number")
}

/// None when the digits do not look like an integer at all; an error when they do but make none.
fn integer(negative: bool, digits: &str) -> Option<Result<Value, String>> {
    let (body, radix_form, big) = match (digits.split_once(['r', 'R']), digits.strip_suffix('N')) {
        // In `36rN` the N is a digit: Clojure's pattern is greedy.
        (Some(parts), _) if is_decimal(parts.0) => (digits, Some(parts), false),
        (_, Some(body)) => (body, None, true),
        (_, None) => (digits, None, false),
    };
    let hex = body.strip_prefix("0x").or_else(|| body.strip_prefix("0X"));
    let (radix, body) = if let Some((radix, body)) = radix_form {
        match radix.parse::<u32>() {
            Ok(radix) if (2..=36).contains(&radix) => (radix, body),
            _ => return Some(Err(format!("radix {radix} is not between 2 and 36"))),
        }
    } else if let Some(hex) = hex {
        (16, hex)
    } else if !is_decimal(body) {
        return None;
    } else if body.len() > 1 && body.starts_with('0') {
        if let Some(digit) = body.chars().find(|digit| *digit > '7') {
            return Some(Err(format!("a leading 0 makes it octal, and {digit} is no octal digit")));
        }
        (8, body)
    } else {
        (10, body)
    };
    if body.is_empty() {
        return Some(Err("it has no digits".into()));
    }
    // The parser would take signs and underscores, which are none of Clojure's.
    let parsed = if body.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        BigInt::parse_bytes(body.as_bytes(), radix)
    } else {
        None
    };
    let Some(magnitude) = parsed else {
        return Some(Err(format!("not all of its digits belong to radix {radix}")));
    };
    let value = if negative { -magnitude } else { magnitude };
    Some(Ok(match value.to_i64() {
        Some(int) if !big => Value::Int(int),
        _ => Value::BigInt(Arc::new(value)),
    }))
}

/// Reduced; integral ratios become integers, as `(/ 4 2)` does.
fn ratio(negative: bool, numerator: &str, denominator: &str) -> Option<Result<Value, String>> {
    if !is_decimal(numerator) || !is_decimal(denominator) {
        return None;
    }
    let numerator = BigInt::parse_bytes(numerator.as_bytes(), 10)?;
    let denominator = BigInt::parse_bytes(denominator.as_bytes(), 10)?;
    if denominator.is_zero() {
        return Some(Err("this ratio divides by zero".into()));
    }
    let small = numerator.to_i64().is_some() && denominator.to_i64().is_some();
    let ratio = Ratio::new(if negative { -numerator } else { numerator }, denominator);
    if !ratio.is_integer() {
        return Some(Ok(Value::Ratio(Arc::new(ratio))));
    }
    let whole = ratio.to_integer();
    Some(Ok(match whole.to_i64() {
        Some(int) if small => Value::Int(int),
        _ => Value::BigInt(Arc::new(whole)),
    }))
}

/// `digits(.digits)?(e±digits)?`, the `M` already off. The scale is kept: `1.50M` has scale 2.
fn decimal(negative: bool, body: &str) -> Option<Value> {
    if !is_floating(body) {
        return None;
    }
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let magnitude = BigInt::parse_bytes(format!("{whole}{fraction}").as_bytes(), 10)?;
    let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let unscaled = if negative { -magnitude } else { magnitude };
    Some(Value::Decimal(Arc::new(Decimal { unscaled, scale })))
}

/// `[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?`
fn is_floating(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    let exponent = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    is_decimal(whole) && (fraction.is_empty() || is_decimal(fraction)) && exponent.is_none_or(is_decimal)
}

fn is_decimal(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
