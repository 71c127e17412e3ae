//! The arithmetic operations on two numbers of any kind.

use num_bigint::BigInt;
use num_traits::{Signed, Zero};

use super::{BIG_BITS_MAX, Decimal, Ratio, big_value, convert, not_a_number, ratio_value};
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

/// Two numbers brought to one kind.
pub(super) enum Pair {
    Int(i64, i64),
    Big(BigInt, BigInt),
    Ratio(Ratio, Ratio),
    Decimal(Decimal, Decimal),
    Double(f64, f64),
}

impl Pair {
    pub(super) fn of(what: &str, left: &Value, right: &Value) -> Result<Self, Thrown> {
        if let (Value::Int(a), Value::Int(b)) = (left, right) {
            return Ok(Self::Int(*a, *b));
        }
        let rank = rank(what, left)?.max(rank(what, right)?);
        Ok(match rank {
            Rank::Integer => Self::Big(to_big(left), to_big(right)),
            Rank::Ratio => Self::Ratio(to_ratio(left), to_ratio(right)),
            Rank::Decimal => Self::Decimal(to_decimal(left)?, to_decimal(right)?),
            Rank::Double => Self::Double(
                convert::to_f64(left).unwrap_or(f64::NAN),
                convert::to_f64(right).unwrap_or(f64::NAN),
            ),
        })
    }

    /// Exact numbers cost what their size costs, and stop at a size.
    fn charge(self, budget: &mut Budget) -> Result<Self, Thrown> {
        let (left, right) = match &self {
            Self::Int(..) | Self::Double(..) => return Ok(self),
            Self::Big(a, b) => (a.bits(), b.bits()),
            Self::Ratio(a, b) => (a.numer().bits() + a.denom().bits(), b.numer().bits() + b.denom().bits()),
            Self::Decimal(a, b) => (a.unscaled.bits(), b.unscaled.bits()),
        };
        if left + right > BIG_BITS_MAX {
            return Err(Thrown::limit("sandbox-memory", "a number with too many digits for the sandbox"));
        }
        budget.spend(1 + (left / 64 + 1) * (right / 64 + 1) / 64)?;
        budget.charge_bytes(32 + (left + right) / 8)?;
        Ok(self)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Integer,
    Ratio,
    Decimal,
    Double,
}

fn rank(what: &str, value: &Value) -> Result<Rank, Thrown> {
    Ok(match value {
        Value::Int(_) | Value::BigInt(_) => Rank::Integer,
        Value::Ratio(_) => Rank::Ratio,
        Value::Decimal(_) => Rank::Decimal,
        Value::Double(_) => Rank::Double,
        other => return Err(not_a_number(what, other)),
    })
}

fn to_big(value: &Value) -> BigInt {
    match value {
        Value::Int(int) => BigInt::from(*int),
        Value::BigInt(int) => int.as_ref().clone(),
        _ => BigInt::zero(),
    }
}

fn to_ratio(value: &Value) -> Ratio {
    match value {
        Value::Ratio(ratio) => ratio.as_ref().clone(),
        other => Ratio::from_integer(to_big(other)),
    }
}

fn to_decimal(value: &Value) -> Result<Decimal, Thrown> {
    match value {
        Value::Decimal(decimal) => Ok(decimal.as_ref().clone()),
        Value::Ratio(ratio) => {
            Decimal::new(ratio.numer().clone(), 0).divide(&Decimal::new(ratio.denom().clone(), 0))
        }
        other => Ok(Decimal::new(to_big(other), 0)),
    }
}

fn overflow() -> Thrown {
    Thrown::new(Class::Arithmetic, "long overflow")
}

fn divide_by_zero() -> Thrown {
    Thrown::new(Class::Arithmetic, "Divide by zero")
}

fn decimal_value(decimal: Decimal) -> Value {
    Value::Decimal(decimal.into())
}

/// `(+ left right)`
pub fn add(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        return a.checked_add(*b).map(Value::Int).ok_or_else(overflow);
    }
    Ok(match Pair::of("+", left, right)?.charge(budget)? {
        Pair::Int(a, b) => Value::Int(a.checked_add(b).ok_or_else(overflow)?),
        Pair::Big(a, b) => big_value(a + b),
        Pair::Ratio(a, b) => ratio_value(a + b),
        Pair::Decimal(a, b) => decimal_value(a.add(&b)?),
        Pair::Double(a, b) => Value::Double(a + b),
    })
}

/// `(- left right)`
pub fn subtract(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        return a.checked_sub(*b).map(Value::Int).ok_or_else(overflow);
    }
    Ok(match Pair::of("-", left, right)?.charge(budget)? {
        Pair::Int(a, b) => Value::Int(a.checked_sub(b).ok_or_else(overflow)?),
        Pair::Big(a, b) => big_value(a - b),
        Pair::Ratio(a, b) => ratio_value(a - b),
        Pair::Decimal(a, b) => decimal_value(a.subtract(&b)?),
        Pair::Double(a, b) => Value::Double(a - b),
    })
}

/// `(* left right)`
pub fn multiply(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        return a.checked_mul(*b).map(Value::Int).ok_or_else(overflow);
    }
    Ok(match Pair::of("*", left, right)?.charge(budget)? {
        Pair::Int(a, b) => Value::Int(a.checked_mul(b).ok_or_else(overflow)?),
        Pair::Big(a, b) => big_value(a * b),
        Pair::Ratio(a, b) => ratio_value(a * b),
        Pair::Decimal(a, b) => decimal_value(a.multiply(&b)?),
        Pair::Double(a, b) => Value::Double(a * b),
    })
}

/// `(/ left right)`: a ratio when two integers do not divide.
pub fn divide(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    let pair = Pair::of("/", left, right)?.charge(budget)?;
    if let Pair::Double(a, b) = pair
        && (a.is_nan() || b.is_nan())
    {
        return Ok(Value::Double(f64::NAN));
    }
    check_divisor(&pair)?;
    Ok(match pair {
        Pair::Int(a, b) => match a.checked_rem(b) {
            None => Value::Int(a),
            Some(0) => Value::Int(a / b),
            Some(_) => ratio_value(Ratio::new(a.into(), b.into())),
        },
        Pair::Big(a, b) => ratio_value(Ratio::new(a, b)),
        Pair::Ratio(a, b) => ratio_value(a / b),
        Pair::Decimal(a, b) => decimal_value(a.divide(&b)?),
        Pair::Double(a, b) => Value::Double(a / b),
    })
}

/// `(quot left right)`: towards zero.
pub fn quotient(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    let pair = Pair::of("quot", left, right)?.charge(budget)?;
    check_divisor(&pair)?;
    Ok(match pair {
        Pair::Int(a, b) => Value::Int(a.wrapping_div(b)),
        Pair::Big(a, b) => big_value(a / b),
        Pair::Ratio(a, b) => big_value((a / b).to_integer()),
        Pair::Decimal(a, b) => decimal_value(a.quotient(&b)?),
        Pair::Double(a, b) => Value::Double(whole_quotient(a, b)?),
    })
}

/// `(rem left right)`: has the sign of `left`.
pub fn remainder(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    let pair = Pair::of("rem", left, right)?.charge(budget)?;
    check_divisor(&pair)?;
    Ok(match pair {
        Pair::Int(a, b) => Value::Int(a.wrapping_rem(b)),
        Pair::Big(a, b) => big_value(a % b),
        Pair::Ratio(a, b) => {
            let whole = Ratio::from_integer((&a / &b).to_integer());
            ratio_value(a - whole * b)
        }
        Pair::Decimal(a, b) => decimal_value(a.remainder(&b)?),
        Pair::Double(a, b) => Value::Double(a - whole_quotient(a, b)? * b),
    })
}

/// `(mod left right)`: has the sign of `right`.
pub fn modulo(budget: &mut Budget, left: &Value, right: &Value) -> Result<Value, Thrown> {
    let rest = remainder(budget, left, right)?;
    let sign = |value: &Value| super::sign("mod", value);
    let (rest_sign, right_sign) = (sign(&rest)?, sign(right)?);
    if rest_sign == Some(std::cmp::Ordering::Equal) || rest_sign == right_sign {
        return Ok(rest);
    }
    add(budget, &rest, right)
}

/// `(- value)`
pub fn negate(value: &Value) -> Result<Value, Thrown> {
    Ok(match value {
        Value::Int(int) => Value::Int(int.checked_neg().ok_or_else(overflow)?),
        Value::BigInt(int) => big_value(-int.as_ref()),
        Value::Ratio(ratio) => ratio_value(-ratio.as_ref().clone()),
        Value::Decimal(decimal) => decimal_value(decimal.negate()),
        Value::Double(double) => Value::Double(-double),
        other => return Err(not_a_number("-", other)),
    })
}

/// `(abs value)`: the smallest integer stays itself, as on the JVM.
pub fn absolute(value: &Value) -> Result<Value, Thrown> {
    Ok(match value {
        Value::Int(int) => Value::Int(int.wrapping_abs()),
        Value::BigInt(int) => big_value(int.abs()),
        Value::Ratio(ratio) => ratio_value(ratio.abs()),
        Value::Decimal(decimal) => decimal_value(decimal.absolute()),
        Value::Double(double) => Value::Double(double.abs()),
        other => return Err(not_a_number("abs", other)),
    })
}

fn check_divisor(pair: &Pair) -> Result<(), Thrown> {
    let zero = match pair {
        Pair::Int(_, b) => *b == 0,
        Pair::Big(_, b) => b.is_zero(),
        Pair::Ratio(_, b) => b.is_zero(),
        Pair::Decimal(_, b) => b.is_zero(),
        Pair::Double(_, b) => *b == 0.0,
    };
    if zero { Err(divide_by_zero()) } else { Ok(()) }
}

/// The quotient of doubles without its fraction. NaN and infinite quotients have none.
fn whole_quotient(left: f64, right: f64) -> Result<f64, Thrown> {
    let quotient = left / right;
    if !quotient.is_finite() {
        return Err(Thrown::new(Class::NumberFormat, "Infinite or NaN"));
    }
    Ok(quotient.trunc())
}
