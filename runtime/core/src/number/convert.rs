//! Between the kinds of numbers: what `long`, `int`, `double` and contagion do.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive};

use super::{Ratio, format_double, not_a_number};
use crate::thrown::Class;
use crate::{Thrown, Value};

/// The double next to a number. None when `value` is no number.
pub fn to_f64(value: &Value) -> Option<f64> {
    match value {
        Value::Int(int) => Some(*int as f64),
        Value::BigInt(int) => int.to_f64(),
        Value::Ratio(ratio) => Some(ratio_to_f64(ratio)),
        Value::Decimal(decimal) => Some(decimal.to_f64()),
        Value::Double(double) => Some(*double),
        _ => None,
    }
}

/// Through a decimal of 16 digits, as Clojure does: `2/3` is `0.6666666666666667`.
pub fn ratio_to_f64(ratio: &Ratio) -> f64 {
    const DIGITS: i64 = 16;
    let (numerator, denominator) = (ratio.numer().magnitude(), ratio.denom().magnitude());
    let mut shift = DIGITS - (numerator.to_string().len() as i64 - denominator.to_string().len() as i64);
    let ten = num_bigint::BigUint::from(10u8);
    loop {
        let power = ten.pow(u32::try_from(shift.unsigned_abs()).unwrap_or(u32::MAX));
        let (numerator, denominator) = if shift >= 0 {
            (numerator * power, denominator.clone())
        } else {
            (numerator.clone(), denominator * power)
        };
        let (mut quotient, remainder) = numerator.div_rem(&denominator);
        if quotient.to_string().len() as i64 > DIGITS {
            shift -= 1;
            continue;
        }
        let double = remainder * 2u8;
        if double > denominator || (double == denominator && quotient.is_odd()) {
            quotient += 1u8;
        }
        let sign = if ratio.is_negative() { "-" } else { "" };
        return format!("{sign}{quotient}e{}", -shift).parse().unwrap_or(f64::NAN);
    }
}

/// The integral part of a double, exact. None for NaN and infinities.
pub fn truncate(double: f64) -> Option<BigInt> {
    num_traits::FromPrimitive::from_f64(double.trunc())
}

/// `(long value)`: towards zero; characters give their code.
pub fn to_i64(what: &str, value: &Value) -> Result<i64, Thrown> {
    let out_of_range =
        |text: &str| Thrown::new(Class::IllegalArgument, format!("Value out of range for {what}: {text}"));
    match value {
        Value::Int(int) => Ok(*int),
        Value::Char(unit) => Ok(i64::from(*unit)),
        Value::BigInt(int) => int.to_i64().ok_or_else(|| out_of_range(&int.to_string())),
        Value::Ratio(ratio) => ratio.to_integer().to_i64().ok_or_else(|| out_of_range(&ratio.to_string())),
        Value::Decimal(decimal) => {
            // Far out of range is decided without writing the digits out.
            let whole = if decimal.to_f64().abs() > 1e19 { None } else { decimal.truncate()?.to_i64() };
            whole.ok_or_else(|| out_of_range(&decimal.to_string()))
        }
        Value::Double(double) => {
            // The bounds as doubles, as on the JVM: 2^63 itself passes and saturates; NaN is 0.
            if *double < i64::MIN as f64 || *double > i64::MAX as f64 {
                return Err(out_of_range(&format_double(*double)));
            }
            Ok(*double as i64)
        }
        other => Err(not_a_number(what, other)),
    }
}

/// `(int value)`: a 64-bit integer in the range of 32 bits.
pub fn to_i32(value: &Value) -> Result<i32, Thrown> {
    let long = to_i64("int", value)?;
    i32::try_from(long).map_err(|_| match value {
        Value::Int(_) => Thrown::new(Class::Arithmetic, "integer overflow"),
        Value::Double(double) => Thrown::new(
            Class::IllegalArgument,
            format!("Value out of range for int: {}", format_double(*double)),
        ),
        _ => Thrown::new(Class::IllegalArgument, format!("Value out of range for int: {long}")),
    })
}
