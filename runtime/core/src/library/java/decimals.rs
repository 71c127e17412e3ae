//! `BigDecimal` and `BigInteger`: constructors and methods.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use super::super::class::{illegal_argument, mismatch};
use super::super::rows;
use super::{integer, no_method, string};
use crate::number::{self, BIG_BITS_MAX, Decimal};
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { decimals:
    "java.math.BigDecimal/new" decimal_of (Any) -> Number, "A decimal of a text, an integer, or a double with all its digits.";
    "java.math.BigDecimal/valueOf" decimal_value_of (Number; Integer) -> Number, "A decimal of a number as it prints, or of an integer with a scale.";
    "java.math.BigInteger/new" big_of (String; Integer) -> Integer, "A big integer of a text, in a radix.";
    "java.math.BigInteger/valueOf" big_value_of (Integer) -> Integer, "A big integer of an integer.";
    "breyta.method/add" add (Number, Number) -> Number, "The sum of decimals or big integers.";
    "breyta.method/subtract" subtract (Number, Number) -> Number, "The difference of decimals or big integers.";
    "breyta.method/multiply" multiply (Number, Number) -> Number, "The product of decimals or big integers.";
    "breyta.method/divide" divide (Number, Number; Integer, Integer) -> Number, "The quotient; of decimals exact, or with a scale and a way of rounding.";
    "breyta.method/remainder" remainder (Number, Number) -> Number, "What the quotient towards zero leaves.";
    "breyta.method/mod" modulo (Number, Number) -> Number, "The remainder of big integers, never negative.";
    "breyta.method/pow" pow (Number, Integer) -> Number, "The number to a whole power.";
    "breyta.method/gcd" gcd (Number, Number) -> Number, "The greatest common divisor of big integers.";
    "breyta.method/negate" negate (Number) -> Number, "The negation of a decimal or big integer.";
    "breyta.method/abs" abs (Number) -> Number, "The decimal or big integer without its sign.";
    "breyta.method/signum" signum (Number) -> Integer, "-1, 0 or 1 by the sign.";
    "breyta.method/max" max (Number, Number) -> Number, "The greater of two decimals or big integers.";
    "breyta.method/min" min (Number, Number) -> Number, "The lesser of two decimals or big integers.";
    "breyta.method/setScale" set_scale (Number, Integer; Integer) -> Number, "A decimal with so many digits behind the point, rounded as `BigDecimal/ROUND_…` says.";
    "breyta.method/scale" scale (Number) -> Integer, "How many digits a decimal has behind the point.";
    "breyta.method/precision" precision (Number) -> Integer, "How many digits a decimal has.";
    "breyta.method/unscaledValue" unscaled (Number) -> Integer, "The digits of a decimal as an integer.";
    "breyta.method/stripTrailingZeros" strip (Number) -> Number, "A decimal without zeros at its end.";
    "breyta.method/toPlainString" plain_text (Number) -> String, "A decimal without an exponent.";
    "breyta.method/toBigInteger" to_big (Number) -> Integer, "A decimal towards zero.";
    "breyta.method/movePointLeft" move_left (Number, Integer) -> Number, "A decimal divided by a power of ten.";
    "breyta.method/movePointRight" move_right (Number, Integer) -> Number, "A decimal times a power of ten.";
    "breyta.method/bitLength" bit_length (Number) -> Integer, "How many bits a big integer needs.";
    "breyta.method/testBit" test_bit (Number, Integer) -> Boolean, "Whether a bit of a big integer is set.";
}

/// An integral decimal, for constants.
pub(super) fn small(number: i64) -> Value {
    Value::Decimal(Decimal::new(number, 0).into())
}

fn decimal_result(decimal: Decimal) -> Value {
    Value::Decimal(decimal.into())
}

fn big_result(int: BigInt) -> Value {
    Value::BigInt(int.into())
}

fn not_a_number(text: &str) -> Thrown {
    Thrown::new(Class::NumberFormat, format!("{text:?} is no number"))
}

/// A receiver with its argument, brought to one kind: the receiver's.
enum Pair {
    Decimals(Decimal, Decimal),
    Bigs(BigInt, BigInt),
}

fn decimal_arg(what: &str, value: &Value) -> Result<Decimal, Thrown> {
    match value {
        Value::Decimal(decimal) => Ok(decimal.as_ref().clone()),
        other => Err(mismatch(what, "a BigDecimal", other)),
    }
}

fn big_arg(what: &str, value: &Value) -> Result<BigInt, Thrown> {
    match value {
        Value::BigInt(int) => Ok(int.as_ref().clone()),
        Value::Int(int) => Ok(BigInt::from(*int)),
        other => Err(mismatch(what, "a BigInteger", other)),
    }
}

fn pair(budget: &mut Budget, name: &str, args: &[Value]) -> Result<Pair, Thrown> {
    let [receiver, argument] = args else { return Err(Thrown::arity(name, args.len())) };
    let pair = match receiver {
        Value::Decimal(decimal) => Pair::Decimals(decimal.as_ref().clone(), decimal_arg(name, argument)?),
        Value::BigInt(int) => Pair::Bigs(int.as_ref().clone(), big_arg(name, argument)?),
        other => return Err(no_method(name, other)),
    };
    let bits = match &pair {
        Pair::Decimals(a, b) => a.unscaled.bits() + b.unscaled.bits(),
        Pair::Bigs(a, b) => a.bits() + b.bits(),
    };
    charge_bits(budget, bits)?;
    Ok(pair)
}

fn charge_bits(budget: &mut Budget, bits: u64) -> Result<(), Thrown> {
    if bits > BIG_BITS_MAX {
        return Err(Thrown::limit("sandbox-memory", "a number with too many digits for the sandbox"));
    }
    budget.spend(1 + (bits / 64) * (bits / 64) / 64)?;
    budget.charge_bytes(32 + bits / 8)
}

pub fn decimal_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("BigDecimal.", args.len())) };
    Ok(match value {
        Value::Str(text) => {
            charge_bits(budget, text.len() as u64 * 4)?;
            decimal_result(Decimal::parse(text).ok_or_else(|| not_a_number(text))?)
        }
        Value::Int(int) => small(*int),
        Value::BigInt(int) => decimal_result(Decimal::new(int.as_ref().clone(), 0)),
        Value::Double(double) => decimal_result(exact(*double)?),
        other => return Err(mismatch("BigDecimal.", "a string or a number", other)),
    })
}

/// All the digits of a double, which is a fraction with a power of two below.
fn exact(double: f64) -> Result<Decimal, Thrown> {
    if !double.is_finite() {
        return Err(Thrown::new(Class::NumberFormat, "Infinite or NaN"));
    }
    let text = format!("{double:.1074}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Decimal::parse(text).ok_or_else(|| not_a_number(text))
}

pub fn decimal_value_of(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match &*args {
        [Value::Int(int)] => Ok(small(*int)),
        [Value::Double(double)] => {
            let text = number::format_double(*double);
            Decimal::parse(&text).map(decimal_result).ok_or_else(|| not_a_number(&text))
        }
        [Value::Int(int), scale] => Ok(decimal_result(Decimal::new(*int, scale_arg(scale)?))),
        [other, ..] => Err(mismatch("BigDecimal/valueOf", "an integer or a double", other)),
        [] => Err(Thrown::arity("BigDecimal/valueOf", 0)),
    }
}

pub fn big_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (text, radix) = match &*args {
        [text] => (string("BigInteger.", text)?, 10),
        [text, radix] => (string("BigInteger.", text)?, integer("BigInteger.", radix)?),
        _ => return Err(Thrown::arity("BigInteger.", args.len())),
    };
    charge_bits(budget, text.len() as u64 * 4)?;
    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix));
    let digits = text.strip_prefix('+').unwrap_or(text);
    let int = radix
        .filter(|_| !digits.contains('_'))
        .and_then(|radix| BigInt::parse_bytes(digits.as_bytes(), radix));
    int.map(big_result).ok_or_else(|| Thrown::new(Class::NumberFormat, format!("For input string: {text:?}")))
}

pub fn big_value_of(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("BigInteger/valueOf", args.len())) };
    Ok(big_result(BigInt::from(integer("BigInteger/valueOf", value)?)))
}

pub fn add(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(match pair(budget, "add", args)? {
        Pair::Decimals(a, b) => decimal_result(a.add(&b)?),
        Pair::Bigs(a, b) => big_result(a + b),
    })
}

pub fn subtract(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(match pair(budget, "subtract", args)? {
        Pair::Decimals(a, b) => decimal_result(a.subtract(&b)?),
        Pair::Bigs(a, b) => big_result(a - b),
    })
}

pub fn multiply(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(match pair(budget, "multiply", args)? {
        Pair::Decimals(a, b) => decimal_result(a.multiply(&b)?),
        Pair::Bigs(a, b) => big_result(a * b),
    })
}

fn by_zero(message: &str) -> Thrown {
    Thrown::new(Class::Arithmetic, message)
}

pub fn divide(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((operands, rounding)) = args.split_at_checked(2) else {
        return Err(Thrown::arity("divide", args.len()));
    };
    Ok(match (pair(budget, "divide", operands)?, rounding) {
        (Pair::Bigs(_, b), _) if b.is_zero() => return Err(by_zero("BigInteger divide by zero")),
        (Pair::Bigs(a, b), _) => big_result(a / b),
        (Pair::Decimals(a, b), _) if b.is_zero() => {
            return Err(by_zero(if a.is_zero() { "Division undefined" } else { "Division by zero" }));
        }
        (Pair::Decimals(a, b), []) => decimal_result(a.divide(&b)?),
        (Pair::Decimals(a, b), [mode]) => decimal_result(quotient(budget, &a, &b, a.scale, mode_arg(mode)?)?),
        (Pair::Decimals(a, b), [scale, mode]) => {
            decimal_result(quotient(budget, &a, &b, scale_arg(scale)?, mode_arg(mode)?)?)
        }
        _ => return Err(Thrown::arity("divide", args.len())),
    })
}

pub fn remainder(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(match pair(budget, "remainder", args)? {
        Pair::Decimals(_, b) if b.is_zero() => return Err(by_zero("Division by zero")),
        Pair::Bigs(_, b) if b.is_zero() => return Err(by_zero("BigInteger divide by zero")),
        Pair::Decimals(a, b) => decimal_result(a.remainder(&b)?),
        Pair::Bigs(a, b) => big_result(a % b),
    })
}

pub fn modulo(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match pair(budget, "mod", args)? {
        Pair::Bigs(_, b) if !b.is_positive() => Err(by_zero("BigInteger: modulus not positive")),
        Pair::Bigs(a, b) => Ok(big_result(a.mod_floor(&b))),
        Pair::Decimals(..) => Err(no_method("mod", args.first().unwrap_or(&Value::Nil))),
    }
}

pub fn pow(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [receiver, power] = args else { return Err(Thrown::arity("pow", args.len())) };
    let power = integer("pow", power)?;
    let Some(power) = u32::try_from(power).ok().filter(|power| *power <= 999_999_999) else {
        return Err(by_zero(if power < 0 { "Negative exponent" } else { "Invalid operation" }));
    };
    let mut raised = |base: &BigInt| {
        charge_bits(budget, base.bits().saturating_mul(u64::from(power)))?;
        Ok::<_, Thrown>(base.pow(power))
    };
    match receiver {
        Value::BigInt(int) => Ok(big_result(raised(int)?)),
        Value::Decimal(decimal) => {
            let scale = i64::from(decimal.scale) * i64::from(power);
            let scale = i32::try_from(scale).map_err(|_| by_zero("Underflow"))?;
            Ok(decimal_result(Decimal::new(raised(&decimal.unscaled)?, scale)))
        }
        other => Err(no_method("pow", other)),
    }
}

pub fn gcd(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match pair(budget, "gcd", args)? {
        Pair::Bigs(a, b) => Ok(big_result(a.gcd(&b))),
        Pair::Decimals(..) => Err(no_method("gcd", args.first().unwrap_or(&Value::Nil))),
    }
}

/// The receiver alone.
fn only<'v>(name: &str, args: &'v [Value]) -> Result<&'v Value, Thrown> {
    match args {
        [receiver @ (Value::Decimal(_) | Value::BigInt(_))] => Ok(receiver),
        [other] => Err(no_method(name, other)),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

pub fn negate(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    number::negate(only("negate", args)?)
}

pub fn abs(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    number::absolute(only("abs", args)?)
}

pub fn signum(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let sign = match only("signum", args)? {
        Value::Decimal(decimal) => decimal.unscaled.sign(),
        Value::BigInt(int) => int.sign(),
        _ => Sign::NoSign,
    };
    Ok(Value::Int(match sign {
        Sign::Minus => -1,
        Sign::NoSign => 0,
        Sign::Plus => 1,
    }))
}

fn chosen(name: &str, args: &[Value], greater: bool) -> Result<Value, Thrown> {
    let [a, b] = args else { return Err(Thrown::arity(name, args.len())) };
    only(name, std::slice::from_ref(a))?;
    let first = number::compare(a, b)?;
    let first = if greater { first.is_ge() } else { first.is_le() };
    Ok(if first { a.clone() } else { b.clone() })
}

pub fn max(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chosen("max", args, true)
}

pub fn min(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chosen("min", args, false)
}

fn receiver<'v>(name: &str, value: &'v Value) -> Result<&'v Decimal, Thrown> {
    match value {
        Value::Decimal(decimal) => Ok(decimal),
        other => Err(no_method(name, other)),
    }
}

fn only_decimal<'v>(name: &str, args: &'v [Value]) -> Result<&'v Decimal, Thrown> {
    match args {
        [value] => receiver(name, value),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

fn scale_arg(value: &Value) -> Result<i32, Thrown> {
    let scale = integer("a scale", value)?;
    i32::try_from(scale).map_err(|_| illegal_argument(format!("the scale {scale} is out of range")))
}

/// One of `BigDecimal/ROUND_…`.
fn mode_arg(value: &Value) -> Result<i64, Thrown> {
    let mode = integer("a way of rounding", value)?;
    if (0..=7).contains(&mode) { Ok(mode) } else { Err(illegal_argument("Invalid rounding mode")) }
}

/// The quotient of two integers, rounded: up, down, to the ceiling, to the floor, half up, half down, half even, or
/// not at all.
fn rounded(numerator: &BigInt, denominator: &BigInt, mode: i64) -> Result<BigInt, Thrown> {
    let (quotient, rest) = numerator.div_rem(denominator);
    if rest.is_zero() {
        return Ok(quotient);
    }
    let negative = numerator.is_negative() != denominator.is_negative();
    let half = (rest.abs() * 2u8).cmp(&denominator.abs());
    let away = match mode {
        0 => true,
        1 => false,
        2 => !negative,
        3 => negative,
        4 => half.is_ge(),
        5 => half.is_gt(),
        6 => half.is_gt() || (half.is_eq() && quotient.is_odd()),
        _ => return Err(Thrown::new(Class::Arithmetic, "Rounding necessary")),
    };
    Ok(match (away, negative) {
        (false, _) => quotient,
        (true, false) => quotient + 1u8,
        (true, true) => quotient - 1u8,
    })
}

fn power_of_ten(budget: &mut Budget, exponent: i64) -> Result<BigInt, Thrown> {
    // A digit is less than four bits.
    charge_bits(budget, exponent.unsigned_abs().saturating_mul(4))?;
    Ok(BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0)))
}

/// `a / b` with a scale.
fn quotient(budget: &mut Budget, a: &Decimal, b: &Decimal, scale: i32, mode: i64) -> Result<Decimal, Thrown> {
    let shift = i64::from(scale) - i64::from(a.scale) + i64::from(b.scale);
    let power = power_of_ten(budget, shift.abs())?;
    let unscaled = if shift >= 0 {
        rounded(&(&a.unscaled * power), &b.unscaled, mode)?
    } else {
        rounded(&a.unscaled, &(&b.unscaled * power), mode)?
    };
    Ok(Decimal::new(unscaled, scale))
}

pub fn set_scale(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (value, scale, mode) = match &*args {
        [value, scale] => (value, scale, 7),
        [value, scale, mode] => (value, scale, mode_arg(mode)?),
        _ => return Err(Thrown::arity("setScale", args.len())),
    };
    let decimal = receiver("setScale", value)?;
    let scale = scale_arg(scale)?;
    Ok(decimal_result(quotient(budget, decimal, &Decimal::new(1, 0), scale, mode)?))
}

pub fn scale(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(i64::from(only_decimal("scale", args)?.scale)))
}

pub fn precision(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let digits = only_decimal("precision", args)?.unscaled.magnitude().to_string().len();
    Ok(Value::Int(digits as i64))
}

pub fn unscaled(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(big_result(only_decimal("unscaledValue", args)?.unscaled.clone()))
}

pub fn strip(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let decimal = only_decimal("stripTrailingZeros", args)?;
    if decimal.is_zero() {
        return Ok(small(0));
    }
    let digits = decimal.unscaled.to_string();
    let zeros = digits.len() - digits.trim_end_matches('0').len();
    let kept: BigInt = digits.trim_end_matches('0').parse().unwrap_or_else(|_| decimal.unscaled.clone());
    let scale = i32::try_from(i64::from(decimal.scale) - zeros as i64).map_err(|_| by_zero("Overflow"))?;
    Ok(decimal_result(Decimal::new(kept, scale)))
}

pub fn plain_text(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let decimal = only_decimal("toPlainString", args)?;
    budget.charge_bytes(u64::from(decimal.scale.unsigned_abs()) + decimal.unscaled.bits() / 3)?;
    let digits = decimal.unscaled.magnitude().to_string();
    let sign = if decimal.unscaled.is_negative() { "-" } else { "" };
    let text = if decimal.scale <= 0 {
        let zeros = if decimal.is_zero() { 0 } else { decimal.scale.unsigned_abs() as usize };
        format!("{sign}{digits}{}", "0".repeat(zeros))
    } else {
        let scale = decimal.scale as usize;
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        format!("{sign}{whole}.{fraction}")
    };
    Ok(Value::string(text))
}

pub fn to_big(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    only_decimal("toBigInteger", args)?.truncate().map(big_result)
}

fn moved(budget: &mut Budget, name: &str, args: &[Value], sign: i64) -> Result<Value, Thrown> {
    let [value, by] = args else { return Err(Thrown::arity(name, args.len())) };
    let decimal = receiver(name, value)?;
    let scale = i64::from(decimal.scale) + sign * i64::from(scale_arg(by)?);
    let scale = i32::try_from(scale).map_err(|_| by_zero("Overflow"))?;
    if scale >= 0 {
        return Ok(decimal_result(Decimal::new(decimal.unscaled.clone(), scale)));
    }
    let power = power_of_ten(budget, -i64::from(scale))?;
    Ok(decimal_result(Decimal::new(&decimal.unscaled * power, 0)))
}

pub fn move_left(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    moved(budget, "movePointLeft", args, 1)
}

pub fn move_right(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    moved(budget, "movePointRight", args, -1)
}

fn only_big<'v>(name: &str, value: &'v Value) -> Result<&'v BigInt, Thrown> {
    match value {
        Value::BigInt(int) => Ok(int),
        other => Err(no_method(name, other)),
    }
}

pub fn bit_length(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("bitLength", args.len())) };
    let int = only_big("bitLength", value)?;
    // Of two's complement: one bit less for the negative powers of two.
    let bits = if int.is_negative() { (int + 1u8).bits() } else { int.bits() };
    Ok(Value::Int(bits as i64))
}

pub fn test_bit(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value, bit] = args else { return Err(Thrown::arity("testBit", args.len())) };
    let bit = integer("testBit", bit)?.to_u64().ok_or_else(|| by_zero("Negative bit address"))?;
    Ok(Value::Bool(only_big("testBit", value)?.bit(bit)))
}
