//! Equality and order: `=`, `not=`, `compare`.

use std::cmp::Ordering;

use super::rows;
use crate::number::{self, is_number};
use crate::{Budget, Thrown, Value};

rows! { compare:
    "clojure.core/=" equal (Any => & Any) -> Boolean, "Whether all arguments are equal; numbers within their category.";
    "clojure.core/not=" not_equal (Any => & Any) -> Boolean, "Whether some arguments differ.";
    "clojure.core/compare" compare (Any, Any) -> Integer, "Negative, zero or positive: the natural order; nil comes first.";
}

pub fn equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity("clojure.core/=", 0));
    }
    budget.spend(args.len() as u64)?;
    Ok(Value::Bool(args.windows(2).all(|pair| matches!(pair, [a, b] if a == b))))
}

pub fn not_equal(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(!equal(budget, args)?.is_truthy()))
}

pub fn compare(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [left, right] = args else { return Err(Thrown::arity("clojure.core/compare", args.len())) };
    Ok(Value::Int(difference(budget, left, right)?))
}

/// The natural order of two values. Throws for kinds that have none, and across kinds.
pub(super) fn order(budget: &mut Budget, left: &Value, right: &Value) -> Result<Ordering, Thrown> {
    if let (Value::Int(a), Value::Int(b)) = (left, right) {
        return Ok(a.cmp(b));
    }
    Ok(difference(budget, left, right)?.cmp(&0))
}

/// What `compare` answers: for texts and characters the distance of what differs first, else -1, 0 or 1.
fn difference(budget: &mut Budget, left: &Value, right: &Value) -> Result<i64, Thrown> {
    budget.spend(1)?;
    Ok(match (left, right) {
        (Value::Nil, Value::Nil) => 0,
        (Value::Nil, _) => -1,
        (_, Value::Nil) => 1,
        (a, b) if is_number(a) && is_number(b) => sign(number::compare(a, b)?),
        (Value::Str(a), Value::Str(b)) => texts(a, b),
        (Value::Keyword(a), Value::Keyword(b)) => names((a.namespace(), a.name()), (b.namespace(), b.name())),
        (Value::Symbol(a), Value::Symbol(b)) => names((a.namespace(), a.name()), (b.namespace(), b.name())),
        (Value::Bool(a), Value::Bool(b)) => sign(a.cmp(b)),
        (Value::Char(a), Value::Char(b)) => i64::from(*a) - i64::from(*b),
        (Value::Instant(a), Value::Instant(b)) => sign(a.cmp(b)),
        // As Java does: by two signed halves.
        (Value::Uuid(a), Value::Uuid(b)) => sign(halves(*a).cmp(&halves(*b))),
        (Value::Vector(a), Value::Vector(b)) => {
            if a.len() != b.len() {
                return Ok(sign(a.len().cmp(&b.len())));
            }
            for (a, b) in a.iter().zip(b) {
                let difference = difference(budget, a, b)?;
                if difference != 0 {
                    return Ok(difference);
                }
            }
            0
        }
        (left, right) => {
            return Err(Thrown::new(
                crate::thrown::Class::ClassCast,
                format!("{} cannot be compared with {}", left.type_name(), right.type_name()),
            ));
        }
    })
}

fn sign(ordering: Ordering) -> i64 {
    ordering as i64
}

fn halves(uuid: u128) -> (i64, i64) {
    ((uuid >> 64) as i64, uuid as i64)
}

/// By UTF-16 units, as `String.compareTo`.
fn texts(left: &str, right: &str) -> i64 {
    let (mut a, mut b) = (left.encode_utf16(), right.encode_utf16());
    loop {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) => return i64::from(a) - i64::from(b),
            (None, None) => return 0,
            (Some(_), None) => return 1 + a.count() as i64,
            (None, Some(_)) => return -1 - b.count() as i64,
        }
    }
}

/// Names without a namespace come first.
fn names(left: (Option<&str>, &str), right: (Option<&str>, &str)) -> i64 {
    let by_namespace = match (left.0, right.0) {
        (None, None) => 0,
        (None, Some(_)) => return -1,
        (Some(_), None) => return 1,
        (Some(a), Some(b)) => texts(a, b),
    };
    if by_namespace == 0 { texts(left.1, right.1) } else { by_namespace }
}
