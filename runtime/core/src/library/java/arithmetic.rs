//! `Math` and `clojure.math`: functions of doubles, and integers that throw when they overflow.

use super::super::rows;
use super::integer;
use crate::number::{self, not_a_number, to_f64};
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { arithmetic:
    "java.lang.Math/sin" sin (Number) -> Number, "The sine of an angle in radians.";
    "clojure.math/sin" sin (Number) -> Number, "The sine of an angle in radians.";
    "java.lang.Math/cos" cos (Number) -> Number, "The cosine of an angle in radians.";
    "clojure.math/cos" cos (Number) -> Number, "The cosine of an angle in radians.";
    "java.lang.Math/tan" tan (Number) -> Number, "The tangent of an angle in radians.";
    "clojure.math/tan" tan (Number) -> Number, "The tangent of an angle in radians.";
    "java.lang.Math/asin" asin (Number) -> Number, "The angle that has a sine.";
    "clojure.math/asin" asin (Number) -> Number, "The angle that has a sine.";
    "java.lang.Math/acos" acos (Number) -> Number, "The angle that has a cosine.";
    "clojure.math/acos" acos (Number) -> Number, "The angle that has a cosine.";
    "java.lang.Math/atan" atan (Number) -> Number, "The angle that has a tangent.";
    "clojure.math/atan" atan (Number) -> Number, "The angle that has a tangent.";
    "java.lang.Math/sinh" sinh (Number) -> Number, "The hyperbolic sine.";
    "clojure.math/sinh" sinh (Number) -> Number, "The hyperbolic sine.";
    "java.lang.Math/cosh" cosh (Number) -> Number, "The hyperbolic cosine.";
    "clojure.math/cosh" cosh (Number) -> Number, "The hyperbolic cosine.";
    "java.lang.Math/tanh" tanh (Number) -> Number, "The hyperbolic tangent.";
    "clojure.math/tanh" tanh (Number) -> Number, "The hyperbolic tangent.";
    "java.lang.Math/exp" exp (Number) -> Number, "Euler's number to a power.";
    "clojure.math/exp" exp (Number) -> Number, "Euler's number to a power.";
    "java.lang.Math/expm1" expm1 (Number) -> Number, "`e^x - 1`, exact near zero.";
    "clojure.math/expm1" expm1 (Number) -> Number, "`e^x - 1`, exact near zero.";
    "java.lang.Math/log" log (Number) -> Number, "The natural logarithm.";
    "clojure.math/log" log (Number) -> Number, "The natural logarithm.";
    "java.lang.Math/log10" log10 (Number) -> Number, "The decimal logarithm.";
    "clojure.math/log10" log10 (Number) -> Number, "The decimal logarithm.";
    "java.lang.Math/log1p" log1p (Number) -> Number, "`ln(1 + x)`, exact near zero.";
    "clojure.math/log1p" log1p (Number) -> Number, "`ln(1 + x)`, exact near zero.";
    "java.lang.Math/sqrt" sqrt (Number) -> Number, "The square root.";
    "clojure.math/sqrt" sqrt (Number) -> Number, "The square root.";
    "java.lang.Math/cbrt" cbrt (Number) -> Number, "The cube root.";
    "clojure.math/cbrt" cbrt (Number) -> Number, "The cube root.";
    "java.lang.Math/ceil" ceil (Number) -> Number, "The next whole double above.";
    "clojure.math/ceil" ceil (Number) -> Number, "The next whole double above.";
    "java.lang.Math/floor" floor (Number) -> Number, "The next whole double below.";
    "clojure.math/floor" floor (Number) -> Number, "The next whole double below.";
    "java.lang.Math/rint" rint (Number) -> Number, "The nearest whole double, the even one of two.";
    "clojure.math/rint" rint (Number) -> Number, "The nearest whole double, the even one of two.";
    "java.lang.Math/signum" signum (Number) -> Number, "-1.0, 0.0 or 1.0 by the sign.";
    "clojure.math/signum" signum (Number) -> Number, "-1.0, 0.0 or 1.0 by the sign.";
    "java.lang.Math/toRadians" to_radians (Number) -> Number, "Degrees as radians.";
    "clojure.math/to-radians" to_radians (Number) -> Number, "Degrees as radians.";
    "java.lang.Math/toDegrees" to_degrees (Number) -> Number, "Radians as degrees.";
    "clojure.math/to-degrees" to_degrees (Number) -> Number, "Radians as degrees.";
    "java.lang.Math/ulp" ulp (Number) -> Number, "The distance to the next double.";
    "clojure.math/ulp" ulp (Number) -> Number, "The distance to the next double.";
    "java.lang.Math/nextUp" next_up (Number) -> Number, "The next greater double.";
    "clojure.math/next-up" next_up (Number) -> Number, "The next greater double.";
    "java.lang.Math/nextDown" next_down (Number) -> Number, "The next smaller double.";
    "clojure.math/next-down" next_down (Number) -> Number, "The next smaller double.";
    "java.lang.Math/pow" pow (Number, Number) -> Number, "One number to the power of another.";
    "clojure.math/pow" pow (Number, Number) -> Number, "One number to the power of another.";
    "java.lang.Math/atan2" atan2 (Number, Number) -> Number, "The angle of a point, y before x.";
    "clojure.math/atan2" atan2 (Number, Number) -> Number, "The angle of a point, y before x.";
    "java.lang.Math/hypot" hypot (Number, Number) -> Number, "The length of the hypotenuse.";
    "clojure.math/hypot" hypot (Number, Number) -> Number, "The length of the hypotenuse.";
    "java.lang.Math/IEEEremainder" ieee_remainder (Number, Number) -> Number, "The remainder of the nearest quotient.";
    "clojure.math/IEEE-remainder" ieee_remainder (Number, Number) -> Number, "The remainder of the nearest quotient.";
    "java.lang.Math/copySign" copy_sign (Number, Number) -> Number, "The magnitude of one number with the sign of another.";
    "clojure.math/copy-sign" copy_sign (Number, Number) -> Number, "The magnitude of one number with the sign of another.";
    "java.lang.Math/nextAfter" next_after (Number, Number) -> Number, "The next double in the direction of another.";
    "clojure.math/next-after" next_after (Number, Number) -> Number, "The next double in the direction of another.";
    "java.lang.Math/addExact" add_exact (Integer, Integer) -> Integer, "The sum of two integers; overflow throws.";
    "clojure.math/add-exact" add_exact (Integer, Integer) -> Integer, "The sum of two integers; overflow throws.";
    "java.lang.Math/subtractExact" subtract_exact (Integer, Integer) -> Integer, "The difference of two integers; overflow throws.";
    "clojure.math/subtract-exact" subtract_exact (Integer, Integer) -> Integer, "The difference of two integers; overflow throws.";
    "java.lang.Math/multiplyExact" multiply_exact (Integer, Integer) -> Integer, "The product of two integers; overflow throws.";
    "clojure.math/multiply-exact" multiply_exact (Integer, Integer) -> Integer, "The product of two integers; overflow throws.";
    "java.lang.Math/floorDiv" floor_div (Integer, Integer) -> Integer, "The quotient of two integers, rounded down.";
    "clojure.math/floor-div" floor_div (Integer, Integer) -> Integer, "The quotient of two integers, rounded down.";
    "java.lang.Math/floorMod" floor_mod (Integer, Integer) -> Integer, "What `floorDiv` leaves.";
    "clojure.math/floor-mod" floor_mod (Integer, Integer) -> Integer, "What `floorDiv` leaves.";
    "java.lang.Math/incrementExact" increment_exact (Integer) -> Integer, "One more; overflow throws.";
    "clojure.math/increment-exact" increment_exact (Integer) -> Integer, "One more; overflow throws.";
    "java.lang.Math/decrementExact" decrement_exact (Integer) -> Integer, "One less; overflow throws.";
    "clojure.math/decrement-exact" decrement_exact (Integer) -> Integer, "One less; overflow throws.";
    "java.lang.Math/negateExact" negate_exact (Integer) -> Integer, "The negation; overflow throws.";
    "clojure.math/negate-exact" negate_exact (Integer) -> Integer, "The negation; overflow throws.";
    "java.lang.Math/round" round (Number) -> Integer, "The nearest integer, the greater one of two.";
    "clojure.math/round" round (Number) -> Integer, "The nearest integer, the greater one of two.";
    "java.lang.Math/abs" abs (Number) -> Number, "The number without its sign.";
    "java.lang.Math/max" max (Number, Number) -> Number, "The greater of two numbers.";
    "java.lang.Math/min" min (Number, Number) -> Number, "The lesser of two numbers.";
    "java.lang.Math/toIntExact" to_int_exact (Integer) -> Integer, "An integer in the range of 32 bits; overflow throws.";
    "java.lang.Math/scalb" scalb (Number, Integer) -> Number, "A number times a power of two.";
    "clojure.math/scalb" scalb (Number, Integer) -> Number, "A number times a power of two.";
    "java.lang.Math/getExponent" get_exponent (Number) -> Integer, "The exponent of a double, unbiased.";
    "clojure.math/get-exponent" get_exponent (Number) -> Integer, "The exponent of a double, unbiased.";
}

fn double(what: &str, value: &Value) -> Result<f64, Thrown> {
    to_f64(value).ok_or_else(|| not_a_number(what, value))
}

/// Declares functions of one double.
macro_rules! of_double {
    ($($code:ident = $function:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
            let [x] = args else { return Err(Thrown::arity(stringify!($code), args.len())) };
            let function: fn(f64) -> f64 = $function;
            Ok(Value::Double(function(double(stringify!($code), x)?)))
        }
    )*};
}

/// Declares functions of two doubles.
macro_rules! of_doubles {
    ($($code:ident = $function:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
            let [x, y] = args else { return Err(Thrown::arity(stringify!($code), args.len())) };
            let function: fn(f64, f64) -> f64 = $function;
            Ok(Value::Double(function(double(stringify!($code), x)?, double(stringify!($code), y)?)))
        }
    )*};
}

fn long_overflow() -> Thrown {
    Thrown::new(Class::Arithmetic, "long overflow")
}

/// Declares functions of two integers; None is an overflow.
macro_rules! of_integers {
    ($($code:ident = $function:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
            let [x, y] = args else { return Err(Thrown::arity(stringify!($code), args.len())) };
            let (x, y) = (integer(stringify!($code), x)?, integer(stringify!($code), y)?);
            let function: fn(i64, i64) -> Option<i64> = $function;
            if y == 0 && stringify!($code).starts_with("floor") {
                return Err(Thrown::new(Class::Arithmetic, "/ by zero"));
            }
            function(x, y).map(Value::Int).ok_or_else(long_overflow)
        }
    )*};
}

/// Declares functions of one integer; None is an overflow.
macro_rules! of_integer {
    ($($code:ident = $function:expr;)*) => {$(
        pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
            let [x] = args else { return Err(Thrown::arity(stringify!($code), args.len())) };
            let function: fn(i64) -> Option<i64> = $function;
            function(integer(stringify!($code), x)?).map(Value::Int).ok_or_else(long_overflow)
        }
    )*};
}

of_double! {
    sin = f64::sin;
    cos = f64::cos;
    tan = f64::tan;
    asin = f64::asin;
    acos = f64::acos;
    atan = f64::atan;
    sinh = f64::sinh;
    cosh = f64::cosh;
    tanh = f64::tanh;
    exp = f64::exp;
    expm1 = f64::exp_m1;
    log = f64::ln;
    log10 = f64::log10;
    log1p = f64::ln_1p;
    sqrt = f64::sqrt;
    cbrt = f64::cbrt;
    ceil = f64::ceil;
    floor = f64::floor;
    rint = f64::round_ties_even;
    signum = signum_of;
    to_radians = |x: f64| x * (std::f64::consts::PI / 180.0);
    to_degrees = |x: f64| x * (180.0 / std::f64::consts::PI);
    ulp = ulp_of;
    next_up = next_up_of;
    next_down = |x: f64| -next_up_of(-x);
}

of_doubles! {
    pow = pow_of;
    atan2 = f64::atan2;
    hypot = f64::hypot;
    ieee_remainder = remainder_of;
    copy_sign = f64::copysign;
    next_after = next_after_of;
}

of_integers! {
    add_exact = i64::checked_add;
    subtract_exact = i64::checked_sub;
    multiply_exact = i64::checked_mul;
    floor_div = floor_div_of;
    floor_mod = floor_mod_of;
}

of_integer! {
    increment_exact = |x: i64| x.checked_add(1);
    decrement_exact = |x: i64| x.checked_sub(1);
    negate_exact = i64::checked_neg;
}

/// Zeros keep their sign.
fn signum_of(x: f64) -> f64 {
    if x == 0.0 || x.is_nan() { x } else { 1f64.copysign(x) }
}

fn next_up_of(x: f64) -> f64 {
    x.next_up()
}

fn ulp_of(x: f64) -> f64 {
    let x = x.abs();
    if x == f64::MAX { x - x.next_down() } else { x.next_up() - x }
}

/// Java's answer where C's differs: a base of one to a power that is no number or infinite.
fn pow_of(x: f64, y: f64) -> f64 {
    if y.is_nan() || (x.abs() == 1.0 && y.is_infinite()) { f64::NAN } else { x.powf(y) }
}

fn next_after_of(from: f64, to: f64) -> f64 {
    if from.is_nan() || to.is_nan() {
        return f64::NAN;
    }
    if from == to {
        return to;
    }
    if to > from { from.next_up() } else { from.next_down() }
}

fn remainder_of(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() || x.is_infinite() || y == 0.0 {
        return f64::NAN;
    }
    if y.is_infinite() {
        return x;
    }
    // The remainder of the quotient towards zero is exact; one more or less of `y` makes it the nearest.
    let y = y.abs();
    let rest = (x % (y + y)).abs();
    let rest = if rest > y * 0.5 {
        let rest = rest - y;
        if rest >= y * 0.5 { rest - y } else { rest }
    } else {
        rest
    };
    let rest = if x.is_sign_negative() { -rest } else { rest };
    if rest == 0.0 { 0f64.copysign(x) } else { rest }
}

#[expect(clippy::unnecessary_wraps, reason = "one of the functions that may overflow")]
fn floor_div_of(x: i64, y: i64) -> Option<i64> {
    let quotient = x.wrapping_div(y);
    Some(if x.wrapping_rem(y) != 0 && (x < 0) != (y < 0) { quotient - 1 } else { quotient })
}

#[expect(clippy::unnecessary_wraps, reason = "one of the functions that may overflow")]
fn floor_mod_of(x: i64, y: i64) -> Option<i64> {
    let rest = x.wrapping_rem(y);
    Some(if rest != 0 && (rest < 0) != (y < 0) { rest + y } else { rest })
}

/// `Math.round`: half up, saturating; NaN is 0.
pub fn round(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [x] = args else { return Err(Thrown::arity("round", args.len())) };
    if let Value::Int(int) = x {
        return Ok(Value::Int(*int));
    }
    let x = double("round", x)?;
    let down = x.floor();
    let rounded = if x - down >= 0.5 { down + 1.0 } else { down };
    Ok(Value::Int(rounded as i64))
}

pub fn abs(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [x] = args else { return Err(Thrown::arity("Math/abs", args.len())) };
    number::absolute(x)
}

/// The double of the two when one of them is a double; NaN wins.
fn chosen(what: &str, args: &[Value], first_wins: fn(f64, f64) -> bool) -> Result<Value, Thrown> {
    let [x, y] = args else { return Err(Thrown::arity(what, args.len())) };
    if let (Value::Int(a), Value::Int(b)) = (x, y) {
        let first = (a >= b) == first_wins(1.0, 0.0);
        return Ok(Value::Int(if first { *a } else { *b }));
    }
    let (a, b) = (double(what, x)?, double(what, y)?);
    if a.is_nan() || b.is_nan() {
        return Ok(Value::Double(f64::NAN));
    }
    Ok(Value::Double(if first_wins(a, b) { a } else { b }))
}

pub fn max(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chosen("Math/max", args, |a, b| a > b || (a == b && a.is_sign_positive()))
}

pub fn min(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chosen("Math/min", args, |a, b| a < b || (a == b && a.is_sign_negative()))
}

pub fn to_int_exact(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [x] = args else { return Err(Thrown::arity("Math/toIntExact", args.len())) };
    let int = i32::try_from(integer("Math/toIntExact", x)?);
    int.map(|int| Value::Int(i64::from(int))).map_err(|_| Thrown::new(Class::Arithmetic, "integer overflow"))
}

pub fn scalb(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [x, by] = args else { return Err(Thrown::arity("scalb", args.len())) };
    let (mut x, by) = (double("scalb", x)?, integer("scalb", by)?.clamp(-5000, 5000));
    // In steps that no double overflows: the last one rounds.
    let step = if by < 0 { -512 } else { 512 };
    for _ in 0..by / step {
        x *= 2f64.powi(step as i32);
    }
    Ok(Value::Double(x * 2f64.powi((by % step) as i32)))
}

pub fn get_exponent(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [x] = args else { return Err(Thrown::arity("getExponent", args.len())) };
    let bits = double("getExponent", x)?.to_bits();
    Ok(Value::Int((bits >> 52 & 0x7ff) as i64 - 1023))
}
