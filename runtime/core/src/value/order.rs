//! The natural order of values, `compare`, and the order of a sorted collection: natural, or by a function.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Function, Value};
use crate::number::{self, is_number};
use crate::thrown::Class;
use crate::{Budget, Thrown};

/// How deep vectors may nest that are compared.
const DEPTH_MAX: usize = super::DEPTH_MAX;

/// How the members or keys of a sorted collection stand.
#[derive(Clone, Debug)]
pub enum Order {
    Natural,
    /// By a comparator: a function that answers a number like `compare`, or whether the left comes first.
    By(Arc<Function>),
}

impl Order {
    pub(super) fn compare(
        &self,
        budget: &mut Budget,
        left: &Value,
        right: &Value,
    ) -> Result<Ordering, Thrown> {
        match self {
            Self::Natural => compare(budget, left, right),
            Self::By(function) => by_function(budget, left, right, &mut |budget, arguments| {
                budget.enter()?;
                let answer = function.call(budget, arguments);
                budget.leave();
                answer
            }),
        }
    }
}

/// The call of a comparator.
pub type Comparator<'c> = dyn FnMut(&mut Budget, &mut [Value]) -> Result<Value, Thrown> + 'c;

/// What a comparator says of two values: a boolean is asked for the other way round when it is false.
pub fn by_function(
    budget: &mut Budget,
    left: &Value,
    right: &Value,
    call: &mut Comparator<'_>,
) -> Result<Ordering, Thrown> {
    match call(budget, &mut [left.clone(), right.clone()])? {
        Value::Bool(true) => Ok(Ordering::Less),
        Value::Bool(false) => {
            let reversed = call(budget, &mut [right.clone(), left.clone()])?;
            Ok(if reversed.is_truthy() { Ordering::Greater } else { Ordering::Equal })
        }
        // Java takes the low 32 bits of the number.
        answer if is_number(&answer) => Ok((number::to_i64("long", &answer)? as i32).cmp(&0)),
        Value::Nil => {
            Err(Thrown::new(Class::NullPointer, "a comparator answered nil, not a number or boolean"))
        }
        answer => Err(Thrown::class_cast("a comparator", "to answer a number or boolean", &answer)),
    }
}

/// The natural order of two values. Throws for kinds that have none, and across kinds.
pub fn compare(budget: &mut Budget, left: &Value, right: &Value) -> Result<Ordering, Thrown> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Ok(a.cmp(b)),
        _ => Ok(difference(budget, left, right)?.cmp(&0)),
    }
}

/// What `compare` answers: for texts and characters the distance of what differs first, else -1, 0 or 1.
pub fn difference(budget: &mut Budget, left: &Value, right: &Value) -> Result<i64, Thrown> {
    nested_difference(budget, left, right, 0)
}

fn nested_difference(budget: &mut Budget, left: &Value, right: &Value, depth: usize) -> Result<i64, Thrown> {
    budget.spend(1)?;
    Ok(match (left, right) {
        (Value::Nil, Value::Nil) => 0,
        (Value::Nil, _) => -1,
        (_, Value::Nil) => 1,
        (a, b) if is_number(a) && is_number(b) => sign(number::compare(a, b)?),
        (Value::Str(a), Value::Str(b)) => {
            budget.spend(a.len().min(b.len()) as u64 / 64)?;
            texts(a, b)
        }
        (Value::Keyword(a), Value::Keyword(b)) => names((a.namespace(), a.name()), (b.namespace(), b.name())),
        (Value::Symbol(a), Value::Symbol(b)) => names((a.namespace(), a.name()), (b.namespace(), b.name())),
        (Value::Bool(a), Value::Bool(b)) => sign(a.cmp(b)),
        (Value::Char(a), Value::Char(b)) => i64::from(*a) - i64::from(*b),
        (Value::Instant(a), Value::Instant(b)) => sign(a.cmp(b)),
        // As Java does: by two signed halves.
        (Value::Uuid(a), Value::Uuid(b)) => sign(halves(*a).cmp(&halves(*b))),
        (Value::Object(a), Value::Object(b)) if let Some(difference) = a.compare(b) => difference,
        (Value::Vector(a), Value::Vector(b)) => {
            if a.len() != b.len() {
                return Ok(sign(a.len().cmp(&b.len())));
            }
            if depth >= DEPTH_MAX {
                return Err(Thrown::limit("sandbox-depth", "`compare` of vectors that nest too deeply"));
            }
            for (a, b) in a.iter().zip(b) {
                let difference = nested_difference(budget, a, b, depth + 1)?;
                if difference != 0 {
                    return Ok(difference);
                }
            }
            0
        }
        (left, right) => {
            return Err(Thrown::new(
                Class::ClassCast,
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
    let same = left.bytes().zip(right.bytes()).take_while(|(a, b)| a == b).count();
    match (left.as_bytes().get(same), right.as_bytes().get(same)) {
        (None, None) => return 0,
        // Single units, whatever stands before them.
        (Some(a), Some(b)) if a.is_ascii() && b.is_ascii() => return i64::from(*a) - i64::from(*b),
        _ => {}
    }
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
