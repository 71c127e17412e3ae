//! Numbers in text as Java reads them: decimal digits of any script, doubles with suffix or in hexadecimal.

/// The zeros of the scripts whose decimal digits fit one UTF-16 unit; each is followed by its other nine digits.
const ZEROS: [u32; 37] = [
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

pub(in super::super) fn digit(char: char) -> Option<i64> {
    let code = u32::from(char);
    ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|digit| *digit < 10)).map(i64::from)
}

/// `Long.valueOf`, None instead of an exception.
pub(in super::super) fn parse_long(text: &str) -> Option<i64> {
    let negative = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() {
        return None;
    }
    // Counted downwards, because the least integer has no positive counterpart.
    let least = digits.chars().try_fold(0i64, |sum, char| sum.checked_mul(10)?.checked_sub(digit(char)?))?;
    if negative { Some(least) } else { least.checked_neg() }
}

/// `Double.valueOf`, None instead of an exception.
pub(in super::super) fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|char| char <= ' ');
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = match unsigned {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        _ => {
            let number = unsigned.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(unsigned);
            match unsigned.strip_prefix("0x").or_else(|| unsigned.strip_prefix("0X")) {
                Some(_) => hexadecimal(number.get(2..)?)?,
                None => decimal(number)?,
            }
        }
    };
    Some(if negative { -magnitude } else { magnitude })
}

fn decimal(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let starts = text.starts_with(|char: char| char.is_ascii_digit() || char == '.');
    if plain && starts { text.parse().ok() } else { None }
}

/// `1.8p3`: the exponent is needed, and counts in powers of two. Exact while the digits fit 53 bits.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0.0;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    let fraction_bits = i32::try_from(fraction.len()).ok()?.checked_mul(4)?;
    Some(value * 2f64.powi(exponent.checked_sub(fraction_bits)?))
}
