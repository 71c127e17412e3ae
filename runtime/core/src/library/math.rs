//! Arithmetic and order of numbers. The operations on two numbers stand in [`number`](crate::number).

use std::cmp::Ordering;
use std::mem::take;

use super::class::illegal_argument;
use super::rows;
use crate::number::{self, not_a_number};
use crate::print::str_text;
use crate::{Budget, Thrown, Value};

rows! { math:
    "clojure.core/+" add ( => & Number) -> Number, "The sum; integer overflow throws.";
    "clojure.core/-" subtract (Number => & Number) -> Number, "The difference, or the negation of one number.";
    "clojure.core/*" multiply ( => & Number) -> Number, "The product; integer overflow throws.";
    "clojure.core//" divide (Number => & Number) -> Number, "The quotient, exact: a ratio when integers do not divide.";
    "clojure.core/inc" inc (Number) -> Number, "One more.";
    "clojure.core/dec" dec (Number) -> Number, "One less.";
    "clojure.core/+'" add_promoting ( => & Number) -> Number, "The sum; integers grow to big integers.";
    "clojure.core/-'" subtract_promoting (Number => & Number) -> Number, "The difference or negation; integers grow to big integers.";
    "clojure.core/*'" multiply_promoting ( => & Number) -> Number, "The product; integers grow to big integers.";
    "clojure.core/inc'" inc_promoting (Number) -> Number, "One more; integers grow to big integers.";
    "clojure.core/dec'" dec_promoting (Number) -> Number, "One less; integers grow to big integers.";
    "clojure.core/quot" quot (Number, Number) -> Number, "The quotient without its fraction.";
    "clojure.core/rem" rem (Number, Number) -> Number, "What `quot` leaves; has the sign of the first number.";
    "clojure.core/mod" modulo (Number, Number) -> Number, "The remainder with the sign of the second number.";
    "clojure.core/max" max (Any => & Number) -> Any, "The greatest number.";
    "clojure.core/min" min (Any => & Number) -> Any, "The least number.";
    "clojure.core/abs" abs (Number) -> Number, "The number without its sign.";
    "clojure.core/<" less (Any => & Number) -> Boolean, "Whether the numbers increase.";
    "clojure.core/>" greater (Any => & Number) -> Boolean, "Whether the numbers decrease.";
    "clojure.core/<=" less_or_equal (Any => & Number) -> Boolean, "Whether the numbers do not decrease.";
    "clojure.core/>=" greater_or_equal (Any => & Number) -> Boolean, "Whether the numbers do not increase.";
    "clojure.core/==" equivalent (Any => & Number) -> Boolean, "Whether the numbers are equal by value, across kinds.";
    "clojure.core/zero?" is_zero (Number) -> Boolean, "Whether the number is zero.";
    "clojure.core/pos?" is_positive (Number) -> Boolean, "Whether the number is greater than zero.";
    "clojure.core/neg?" is_negative (Number) -> Boolean, "Whether the number is less than zero.";
    "clojure.core/NaN?" is_nan (Number) -> Boolean, "Whether the number is NaN.";
    "clojure.core/infinite?" is_infinite (Number) -> Boolean, "Whether the number is infinite.";
    "clojure.core/even?" is_even (Integer) -> Boolean, "Whether the integer is even.";
    "clojure.core/odd?" is_odd (Integer) -> Boolean, "Whether the integer is odd.";
}

type Operation = fn(&mut Budget, &Value, &Value) -> Result<Value, Thrown>;

/// Folds an operation over the arguments from the left.
fn fold(budget: &mut Budget, args: &[Value], empty: i64, operation: Operation) -> Result<Value, Thrown> {
    let Some((first, rest)) = args.split_first() else { return Ok(Value::Int(empty)) };
    // A single nil passes, as in Clojure: it is only cast.
    if rest.is_empty() && !first.is_nil() && !number::is_number(first) {
        return Err(not_a_number("arithmetic", first));
    }
    let mut result = first.clone();
    for value in rest {
        result = operation(budget, &result, value)?;
    }
    Ok(result)
}

pub fn add(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    fold(budget, args, 0, number::add)
}

pub fn subtract(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    match args {
        [] => Err(Thrown::arity("clojure.core/-", 0)),
        [value] => number::negate(value),
        _ => fold(budget, args, 0, number::subtract),
    }
}

pub fn multiply(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    fold(budget, args, 1, number::multiply)
}

pub fn divide(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    match args {
        [] => Err(Thrown::arity("clojure.core//", 0)),
        [value] => number::divide(budget, &Value::Int(1), value),
        _ => fold(budget, args, 1, number::divide),
    }
}

pub fn inc(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/inc", args.len())) };
    number::add(budget, value, &Value::Int(1))
}

pub fn dec(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/dec", args.len())) };
    number::subtract(budget, value, &Value::Int(1))
}

pub fn add_promoting(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    fold(budget, args, 0, number::add_promoting)
}

pub fn subtract_promoting(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    match args {
        [] => Err(Thrown::arity("clojure.core/-'", 0)),
        [value] => number::negate_promoting(value),
        _ => fold(budget, args, 0, number::subtract_promoting),
    }
}

pub fn multiply_promoting(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    fold(budget, args, 1, number::multiply_promoting)
}

pub fn inc_promoting(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/inc'", args.len())) };
    number::add_promoting(budget, value, &Value::Int(1))
}

pub fn dec_promoting(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/dec'", args.len())) };
    number::subtract_promoting(budget, value, &Value::Int(1))
}

pub fn quot(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity("clojure.core/quot", args.len())) };
    number::quotient(budget, left, right)
}

pub fn rem(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity("clojure.core/rem", args.len())) };
    number::remainder(budget, left, right)
}

pub fn modulo(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity("clojure.core/mod", args.len())) };
    number::modulo(budget, left, right)
}

/// The number that `better` prefers; of ties the later, and NaN always.
fn choose(
    what: &str,
    args: &mut [Value],
    better: fn(&Value, &Value) -> Result<bool, Thrown>,
) -> Result<Value, Thrown> {
    let Some((first, rest)) = args.split_first_mut() else { return Err(Thrown::arity(what, 0)) };
    let mut best = take(first);
    for value in rest {
        let nan_stays = number::is_nan(&best) && number::is_number(value);
        let nan_comes = number::is_nan(value) && number::is_number(&best);
        if !nan_stays && (nan_comes || !better(&best, value)?) {
            best = take(value);
        }
    }
    Ok(best)
}

pub fn max(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(args.len() as u64)?;
    choose("clojure.core/max", args, |best, value| number::less(value, best))
}

pub fn min(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(args.len() as u64)?;
    choose("clojure.core/min", args, number::less)
}

pub fn abs(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/abs", args.len())) };
    number::absolute(value)
}

/// Whether every neighbouring pair holds, looking no further than the first that does not.
fn chain(
    budget: &mut Budget,
    what: &str,
    args: &[Value],
    holds: fn(&Value, &Value) -> Result<bool, Thrown>,
) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity(what, 0));
    }
    budget.spend(args.len() as u64)?;
    for pair in args.windows(2) {
        if let [left, right] = pair
            && !holds(left, right)?
        {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
}

pub fn less(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chain(budget, "clojure.core/<", args, number::less)
}

pub fn greater(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chain(budget, "clojure.core/>", args, |left, right| number::less(right, left))
}

pub fn less_or_equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chain(budget, "clojure.core/<=", args, number::less_or_equal)
}

pub fn greater_or_equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chain(budget, "clojure.core/>=", args, |left, right| number::less_or_equal(right, left))
}

pub fn equivalent(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    chain(budget, "clojure.core/==", args, number::equivalent)
}

fn has_sign(name: &str, args: &[Value], wanted: Ordering) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity(name, args.len())) };
    Ok(Value::Bool(number::sign(name, value)? == Some(wanted)))
}

pub fn is_zero(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    has_sign("clojure.core/zero?", args, Ordering::Equal)
}

pub fn is_positive(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    has_sign("clojure.core/pos?", args, Ordering::Greater)
}

pub fn is_negative(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    has_sign("clojure.core/neg?", args, Ordering::Less)
}

/// A question about a number as a double.
fn as_double(what: &str, args: &[Value], holds: fn(f64) -> bool) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity(what, args.len())) };
    let double = number::to_f64(value).ok_or_else(|| not_a_number(what, value))?;
    Ok(Value::Bool(holds(double)))
}

pub fn is_nan(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    as_double("clojure.core/NaN?", args, f64::is_nan)
}

pub fn is_infinite(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    as_double("clojure.core/infinite?", args, f64::is_infinite)
}

fn parity(name: &str, args: &[Value]) -> Result<bool, Thrown> {
    let [value] = args else { return Err(Thrown::arity(name, args.len())) };
    number::is_even(value)
        .ok_or_else(|| illegal_argument(format!("Argument must be an integer: {}", str_text(value))))
}

pub fn is_even(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(parity("clojure.core/even?", args)?))
}

pub fn is_odd(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(!parity("clojure.core/odd?", args)?))
}
