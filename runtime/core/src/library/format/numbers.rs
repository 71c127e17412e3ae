//! The number conversions of `format`: `%d %o %x %f %e %g %a`.

use super::super::text::{Units, charge_text};
use super::digits::Digits;
use super::specifier::{Flags, Specifier};
use crate::{Budget, Thrown, Value};

/// `%d`, `%o`, `%x` of a 64-bit integer; big integers are refused as on the JVM.
pub(super) fn integer(
    budget: &mut Budget,
    specifier: &Specifier,
    argument: &Value,
    out: &mut Units,
) -> Result<(), Thrown> {
    let Value::Int(value) = argument else { return Err(specifier.mismatch(argument)) };
    let width = specifier.width.unwrap_or(0);
    charge_text(budget, width)?;
    if specifier.conversion == 'd' {
        let negative = *value < 0;
        let text = signed(specifier, negative, &value.unsigned_abs().to_string(), 0);
        return specifier.justified(budget, &text, out);
    }
    specifier.no_flags("( +")?;
    let (digits, prefix) = match (specifier.conversion, specifier.upper) {
        ('o', _) => (format!("{value:o}"), "0"),
        (_, false) => (format!("{value:x}"), "0x"),
        (_, true) => (format!("{value:X}"), "0X"),
    };
    let prefix = if specifier.flags.alternate { prefix } else { "" };
    let zeros = if specifier.flags.zero { width.saturating_sub(prefix.len() + digits.len()) } else { 0 };
    specifier.justified(budget, &format!("{prefix}{}{digits}", "0".repeat(zeros)), out)
}

/// A magnitude with its sign, groups and zeros, by the flags. `reserved` characters will follow it.
fn signed(specifier: &Specifier, negative: bool, magnitude: &str, reserved: usize) -> String {
    let flags = specifier.flags;
    let sign = match (negative, flags.parentheses) {
        (true, true) => "(",
        (true, false) => "-",
        (false, _) if flags.plus => "+",
        (false, _) if flags.space => " ",
        (false, _) => "",
    };
    let end = if negative && flags.parentheses { ")" } else { "" };
    let body = if flags.group { grouped(magnitude) } else { magnitude.to_owned() };
    let taken = sign.len() + body.len() + end.len() + reserved;
    let zeros = if flags.zero { specifier.width.unwrap_or(0).saturating_sub(taken) } else { 0 };
    format!("{sign}{}{body}{end}", "0".repeat(zeros))
}

/// Commas between the thousands of the whole part.
fn grouped(magnitude: &str) -> String {
    let whole = magnitude.find('.').unwrap_or(magnitude.len());
    let mut out = String::with_capacity(magnitude.len() + whole / 3);
    for (at, char) in magnitude.chars().enumerate() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(char);
    }
    out
}

/// `%f`, `%e`, `%g`, `%a` of a double or a decimal.
pub(super) fn float(
    budget: &mut Budget,
    specifier: &Specifier,
    argument: &Value,
    out: &mut Units,
) -> Result<(), Thrown> {
    charge_text(budget, specifier.width.unwrap_or(0).saturating_add(specifier.precision.unwrap_or(0)))?;
    let (negative, digits) = match argument {
        Value::Double(double) if !double.is_finite() => {
            let negative = *double < 0.0;
            let word = match (double.is_nan(), specifier.upper) {
                (true, false) => "NaN".to_owned(),
                (true, true) => "NAN".to_owned(),
                (false, upper) => {
                    let flags = Flags { group: false, ..specifier.flags };
                    let plain = Specifier { width: None, flags, ..*specifier };
                    signed(&plain, negative, if upper { "INFINITY" } else { "Infinity" }, 0)
                }
            };
            return specifier.justified(budget, &word, out);
        }
        Value::Double(double) if specifier.conversion == 'a' => {
            let text = hexadecimal(specifier, *double);
            return specifier.justified(budget, &text, out);
        }
        Value::Double(double) => (double.is_sign_negative(), Digits::of_double(*double)),
        Value::Decimal(decimal) if specifier.conversion != 'a' => {
            // Writing the digits out is what costs.
            charge_text(
                budget,
                decimal.unscaled.bits() as usize / 3 + decimal.scale.unsigned_abs() as usize,
            )?;
            (decimal.unscaled.sign() == num_bigint::Sign::Minus, Digits::of_decimal(decimal))
        }
        other => return Err(specifier.mismatch(other)),
    };
    let precision = specifier.precision.unwrap_or(6);
    let text = match specifier.conversion {
        'f' => plain(specifier, negative, digits, precision),
        'e' => scientific(specifier, negative, digits, precision),
        _ => general(specifier, negative, digits, precision.max(1)),
    };
    specifier.justified(budget, &text, out)
}

/// `%f`
fn plain(specifier: &Specifier, negative: bool, mut digits: Digits, places: usize) -> String {
    digits.round_at(places as i64);
    let mut text = digits.plain(places);
    if specifier.flags.alternate && places == 0 {
        text.push('.');
    }
    signed(specifier, negative, &text, 0)
}

/// `%e`
fn scientific(specifier: &Specifier, negative: bool, mut digits: Digits, places: usize) -> String {
    digits.round_to(places as i64 + 1);
    let mut mantissa = digits.mantissa(places);
    if specifier.flags.alternate && places == 0 {
        mantissa.push('.');
    }
    let exponent = digits.exponent();
    let sign = if exponent < 0 { '-' } else { '+' };
    let letter = if specifier.upper { 'E' } else { 'e' };
    let exponent = format!("{letter}{sign}{:02}", exponent.abs());
    let text = signed(specifier, negative, &mantissa, exponent.len());
    // The exponent stands inside the parentheses of a negative number.
    match text.strip_suffix(')') {
        Some(text) => format!("{text}{exponent})"),
        None => format!("{text}{exponent}"),
    }
}

/// `%g`: `precision` significant digits, scientific for the very small and the large.
fn general(specifier: &Specifier, negative: bool, mut digits: Digits, precision: usize) -> String {
    let count = precision as i64;
    digits.round_to(count);
    let exponent = digits.exponent();
    if digits.is_zero() || (-4..count).contains(&exponent) {
        let places = usize::try_from(count - exponent - 1).unwrap_or(0);
        return signed(specifier, negative, &digits.plain(places), 0);
    }
    scientific(specifier, negative, digits, precision - 1)
}

/// `%a`: `Double.toHexString`, with the mantissa rounded to the precision.
fn hexadecimal(specifier: &Specifier, value: f64) -> String {
    let bits = value.to_bits();
    let (mut exponent, mut fraction) = (((bits >> 52) & 0x7ff) as i64 - 1023, bits & ((1 << 52) - 1));
    let mut whole = u64::from(exponent != -1023);
    let subnormal = exponent == -1023;
    if subnormal {
        exponent = if fraction == 0 { 0 } else { -1022 };
    }
    let precision = specifier.precision.map_or(0, |precision| precision.max(1));
    if (1..13).contains(&precision) && fraction != 0 {
        if subnormal {
            // Rounding starts at the first set bit, as for normal numbers.
            let shift = fraction.leading_zeros() - 11;
            fraction = (fraction << shift) & ((1 << 52) - 1);
            exponent -= i64::from(shift);
            whole = 1;
        }
        let dropped = 52 - 4 * precision as u32;
        let (half, rest) = (1u64 << (dropped - 1), fraction & ((1 << dropped) - 1));
        fraction >>= dropped;
        if rest > half || (rest == half && fraction & 1 == 1) {
            fraction += 1;
        }
        fraction <<= dropped;
        if fraction >> 52 == 1 {
            fraction = 0;
            exponent += 1;
        }
    }
    let mut digits = format!("{fraction:013x}");
    let kept = digits.trim_end_matches('0').len().max(1);
    digits.truncate(kept);
    while digits.len() < precision {
        digits.push('0');
    }
    let number = format!("{whole}.{digits}p{exponent}");
    let flags = specifier.flags;
    let sign = match value.is_sign_negative() {
        true => "-",
        false if flags.plus => "+",
        false if flags.space => " ",
        false => "",
    };
    let taken = sign.len() + 2 + number.len();
    let zeros = if flags.zero { specifier.width.unwrap_or(0).saturating_sub(taken) } else { 0 };
    let text = format!("{sign}0x{}{number}", "0".repeat(zeros));
    if specifier.upper { text.to_uppercase() } else { text }
}
