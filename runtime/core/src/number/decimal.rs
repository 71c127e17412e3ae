//! Decimals: a big integer with a power of ten, behaving like `java.math.BigDecimal`.
//!
//! The scale is part of the value that prints (`1.50M`), not of its equality (`1M` equals `1.0M`).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use num_bigint::{BigInt, BigUint, Sign};
use num_integer::Integer;
use num_traits::{One, Pow, Signed, Zero};

use super::BIG_BITS_MAX;
use crate::Thrown;
use crate::thrown::Class;

/// `unscaled * 10^-scale`.
#[derive(Clone, Debug)]
pub struct Decimal {
    pub unscaled: BigInt,
    pub scale: i32,
}

impl Decimal {
    pub fn new(unscaled: impl Into<BigInt>, scale: i32) -> Self {
        Self { unscaled: unscaled.into(), scale }
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`, without the `M`. None when the text is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (sign, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (Sign::Minus, rest),
            None => (Sign::Plus, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let magnitude: BigUint = digits.parse().ok()?;
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        Some(Self { unscaled: BigInt::from_biguint(sign, magnitude), scale: i32::try_from(scale).ok()? })
    }

    pub fn is_zero(&self) -> bool {
        self.unscaled.is_zero()
    }

    /// Equal decimals have one such form: no trailing zeros.
    pub(crate) fn stripped(&self) -> (BigInt, i64) {
        if self.is_zero() {
            return (BigInt::zero(), 0);
        }
        let ten = BigInt::from(10);
        let (mut unscaled, mut scale) = (self.unscaled.clone(), i64::from(self.scale));
        loop {
            let (quotient, remainder) = unscaled.div_rem(&ten);
            if !remainder.is_zero() {
                return (unscaled, scale);
            }
            (unscaled, scale) = (quotient, scale - 1);
        }
    }

    /// How many decimal digits the unscaled value has; 1 for zero.
    fn precision(&self) -> i64 {
        self.unscaled.magnitude().to_string().len() as i64
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        let (sign, other_sign) = (self.unscaled.sign(), other.unscaled.sign());
        if sign != other_sign || sign == Sign::NoSign {
            return sign_number(sign).cmp(&sign_number(other_sign));
        }
        if self.scale == other.scale {
            return self.unscaled.cmp(&other.unscaled);
        }
        // The magnitudes first: aligning `1e1000000000M` with `1M` must not build its digits.
        let magnitude = self.precision() - i64::from(self.scale);
        let other_magnitude = other.precision() - i64::from(other.scale);
        let by_magnitude = magnitude.cmp(&other_magnitude);
        if by_magnitude != Ordering::Equal {
            return if sign == Sign::Minus { by_magnitude.reverse() } else { by_magnitude };
        }
        let scale = self.scale.max(other.scale);
        raise(&self.unscaled, scale - self.scale).cmp(&raise(&other.unscaled, scale - other.scale))
    }

    pub fn add(&self, other: &Self) -> Result<Self, Thrown> {
        let (left, right, scale) = self.aligned(other)?;
        Ok(Self { unscaled: left + right, scale })
    }

    pub fn subtract(&self, other: &Self) -> Result<Self, Thrown> {
        let (left, right, scale) = self.aligned(other)?;
        Ok(Self { unscaled: left - right, scale })
    }

    pub fn multiply(&self, other: &Self) -> Result<Self, Thrown> {
        let scale = in_range(i64::from(self.scale) + i64::from(other.scale))?;
        Ok(Self { unscaled: &self.unscaled * &other.unscaled, scale })
    }

    #[must_use]
    pub fn negate(&self) -> Self {
        Self { unscaled: -&self.unscaled, scale: self.scale }
    }

    #[must_use]
    pub fn absolute(&self) -> Self {
        Self { unscaled: self.unscaled.abs(), scale: self.scale }
    }

    /// Exact division; throws when the result has no finite decimal expansion. `other` is not zero.
    pub fn divide(&self, other: &Self) -> Result<Self, Thrown> {
        let preferred = i64::from(self.scale) - i64::from(other.scale);
        let divisor = self.unscaled.gcd(&other.unscaled);
        let (mut numerator, mut denominator) = (&self.unscaled / &divisor, &other.unscaled / &divisor);
        if denominator.is_negative() {
            (numerator, denominator) = (-numerator, -denominator);
        }
        let (twos, rest) = factor_out(denominator.clone(), 2);
        let (fives, rest) = factor_out(rest, 5);
        if !rest.is_one() {
            return Err(Thrown::new(
                Class::Arithmetic,
                "Non-terminating decimal expansion; no exact representable decimal result.",
            ));
        }
        let digits = twos.max(fives);
        check_digits(i64::from(digits))?;
        let scale = in_range(preferred + i64::from(digits))?;
        Ok(Self { unscaled: raise(&numerator, digits) / denominator, scale })
    }

    /// The integral part of the quotient with the scale `BigDecimal` prefers. `other` is not zero.
    pub fn quotient(&self, other: &Self) -> Result<Self, Thrown> {
        let preferred = i64::from(self.scale) - i64::from(other.scale);
        let (left, right, _) = self.aligned(other)?;
        let (mut unscaled, mut scale) = (left / right, 0i64);
        if unscaled.is_zero() {
            return Ok(Self { unscaled, scale: in_range(preferred)? });
        }
        let ten = BigInt::from(10);
        while scale > preferred {
            let (quotient, remainder) = unscaled.div_rem(&ten);
            if !remainder.is_zero() {
                break;
            }
            (unscaled, scale) = (quotient, scale - 1);
        }
        if scale < preferred {
            check_digits(preferred - scale)?;
            unscaled = raise(&unscaled, in_range(preferred - scale)?);
            scale = preferred;
        }
        Ok(Self { unscaled, scale: in_range(scale)? })
    }

    /// What is left of [`Decimal::quotient`]: has the sign of `self`. `other` is not zero.
    pub fn remainder(&self, other: &Self) -> Result<Self, Thrown> {
        self.subtract(&self.quotient(other)?.multiply(other)?)
    }

    /// Towards zero.
    pub fn truncate(&self) -> Result<BigInt, Thrown> {
        if self.scale <= 0 {
            check_digits(-i64::from(self.scale))?;
            return Ok(raise(&self.unscaled, self.scale.saturating_neg()));
        }
        if i64::from(self.scale) > self.precision() {
            return Ok(BigInt::zero());
        }
        Ok(&self.unscaled / power_of_ten(self.scale))
    }

    pub fn to_f64(&self) -> f64 {
        // Decimal text to double is correctly rounded in the standard library.
        format!("{}e{}", self.unscaled, -i64::from(self.scale)).parse().unwrap_or(f64::NAN)
    }

    fn aligned(&self, other: &Self) -> Result<(BigInt, BigInt, i32), Thrown> {
        let scale = self.scale.max(other.scale);
        let (left, right) =
            (i64::from(scale) - i64::from(self.scale), i64::from(scale) - i64::from(other.scale));
        check_digits(left.max(right))?;
        Ok((raise(&self.unscaled, in_range(left)?), raise(&other.unscaled, in_range(right)?), scale))
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.stripped().hash(state);
    }
}

/// Prints as `BigDecimal.toString`: plain unless the scale is negative or the number very small.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unscaled.is_negative() {
            f.write_str("-")?;
        }
        let digits = self.unscaled.magnitude().to_string();
        if self.scale == 0 {
            return f.write_str(&digits);
        }
        let adjusted = digits.len() as i64 - 1 - i64::from(self.scale);
        if self.scale > 0 && adjusted >= -6 {
            let scale = self.scale as usize;
            return match digits.len().checked_sub(scale).filter(|whole| *whole > 0) {
                Some(whole) => {
                    let (whole, fraction) = digits.split_at(whole);
                    write!(f, "{whole}.{fraction}")
                }
                None => write!(f, "0.{digits:0>scale$}"),
            };
        }
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        write!(f, "{first}{point}{rest}E{adjusted:+}")
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || digits.len() > 10 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn sign_number(sign: Sign) -> i8 {
    match sign {
        Sign::Minus => -1,
        Sign::NoSign => 0,
        Sign::Plus => 1,
    }
}

fn power_of_ten(exponent: i32) -> BigInt {
    BigInt::from(10).pow(exponent.unsigned_abs())
}

fn raise(unscaled: &BigInt, digits: i32) -> BigInt {
    if digits <= 0 || unscaled.is_zero() { unscaled.clone() } else { unscaled * power_of_ten(digits) }
}

/// How often `factor` divides, and what is left.
fn factor_out(mut number: BigInt, factor: u8) -> (i32, BigInt) {
    let factor = BigInt::from(factor);
    let mut times = 0;
    loop {
        let (quotient, remainder) = number.div_rem(&factor);
        if !remainder.is_zero() || number.is_zero() {
            return (times, number);
        }
        (number, times) = (quotient, times + 1);
    }
}

fn in_range(scale: i64) -> Result<i32, Thrown> {
    i32::try_from(scale)
        .map_err(|_| Thrown::new(Class::Arithmetic, if scale > 0 { "Underflow" } else { "Overflow" }))
}

/// Refuses to write out more digits than the largest number may have.
fn check_digits(digits: i64) -> Result<(), Thrown> {
    if digits > (BIG_BITS_MAX / 4) as i64 {
        return Err(Thrown::limit("sandbox-memory", "a decimal with too many digits for the sandbox"));
    }
    Ok(())
}
