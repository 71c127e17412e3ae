//! The numeric tower: checked 64-bit integers, big integers, ratios, decimals with scale, doubles.
//!
//! Contagion is Clojure's: integer < big integer < ratio < decimal < double. Every operation gives what boxed JVM
//! arithmetic gives (so division by zero throws for doubles too). A big number never becomes small again: `(- 1N 1)` is
//! `0N`. The functions take two values; what `(+)` or `(+ 1 2 3)` mean is the library's.

use num_bigint::BigInt;

mod arithmetic;
mod convert;
mod decimal;
mod digits;
mod order;
mod promote;
mod text;

pub use arithmetic::{absolute, add, divide, modulo, multiply, negate, quotient, remainder, subtract};
pub use convert::{ratio_to_f64, to_f64, to_i32, to_i64, truncate};
pub use decimal::Decimal;
pub use order::{compare, equivalent, is_even, is_nan, less, less_or_equal, sign};
pub use promote::{add_promoting, multiply_promoting, negate_promoting, subtract_promoting};
pub use text::format_double;

use crate::thrown::Class;
use crate::{Thrown, Value};

/// An exact fraction in lowest terms with a positive denominator.
pub type Ratio = num_rational::BigRational;

/// The largest exact number that is computed: about 315,000 decimal digits.
pub const BIG_BITS_MAX: u64 = 1 << 20;

/// An exact fraction as a value; a denominator of one gives a big integer.
pub fn ratio_value(ratio: Ratio) -> Value {
    if ratio.is_integer() { Value::BigInt(ratio.numer().clone().into()) } else { Value::Ratio(ratio.into()) }
}

pub(crate) fn big_value(int: BigInt) -> Value {
    Value::BigInt(int.into())
}

/// The error of an operand that is no number: nil and other things throw different classes.
pub fn not_a_number(what: &str, got: &Value) -> Thrown {
    if got.is_nil() {
        return Thrown::new(Class::NullPointer, format!("{what} takes numbers, not nil"));
    }
    Thrown::class_cast(what, "numbers", got)
}

pub fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Ratio(_) | Value::Decimal(_) | Value::Double(_))
}

#[cfg(test)]
mod tests;
