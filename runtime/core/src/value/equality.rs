//! Clojure's `=`.
//!
//! Sequential collections are equal by elements whatever their kind, numbers within a category (integers with
//! integers, decimals with decimals, doubles with doubles), unordered collections without regard to order. Byte arrays
//! are equal by content (on the JVM by identity, which would not survive storing them).

use std::convert::Infallible;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::hashing::TableState;
use super::identity::identical;
use super::{LazySeq, Object, Value, realize};
use crate::Budget;

impl PartialEq for Value {
    /// The kinds that keys of maps are of, first and in line.
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Keyword(a), Self::Keyword(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            _ => equal_whole(self, other),
        }
    }
}

fn equal_whole(left: &Value, right: &Value) -> bool {
    let Ok(equal) = equal(left, right, &mut |_| Ok::<(), Infallible>(()));
    equal
}

/// How deep collections are compared by recursion; what is deeper waits in a list.
const RECURSION_MAX: u32 = 64;

/// Whether two values are equal. `meter` is told how many elements are compared and may stop the comparing.
pub fn equal<E>(
    left: &Value,
    right: &Value,
    meter: &mut impl FnMut(u64) -> Result<(), E>,
) -> Result<bool, E> {
    let mut deeper = Vec::new();
    if !equal_at(left, right, 0, &mut deeper, meter)? {
        return Ok(false);
    }
    while let Some((left, right)) = deeper.pop() {
        if !equal_at(left, right, 0, &mut deeper, meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}

type Pairs<'v> = Vec<(&'v Value, &'v Value)>;

fn equal_at<'v, E>(
    left: &'v Value,
    right: &'v Value,
    depth: u32,
    deeper: &mut Pairs<'v>,
    meter: &mut impl FnMut(u64) -> Result<(), E>,
) -> Result<bool, E> {
    use Value::{Lazy, List, Map, Set, Vector};
    match (left, right) {
        // What is the same collection is equal even when it holds NaN.
        (List(_) | Vector(_), List(_) | Vector(_)) | (Map(_), Map(_)) | (Set(_), Set(_))
            if identical(left, right) =>
        {
            Ok(true)
        }
        (List(_) | Vector(_), List(_) | Vector(_)) | (Map(_), Map(_)) | (Set(_), Set(_))
            if depth >= RECURSION_MAX =>
        {
            deeper.push((left, right));
            Ok(true)
        }
        (List(a) | Vector(a), List(b) | Vector(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            meter(a.len() as u64)?;
            for (a, b) in a.iter().zip(b) {
                if !equal_at(a, b, depth + 1, deeper, meter)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Map(a), Map(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            meter(a.len() as u64)?;
            // The one that finds keys fast is asked.
            let (a, b) = if b.is_slow() { (b, a) } else { (a, b) };
            let sought = Sought::new(b);
            for (key, value) in a {
                let Some(other) = sought.get(key) else { return Ok(false) };
                if !equal_at(value, other, depth + 1, deeper, meter)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        (Set(a), Set(b)) => {
            if a.len() != b.len() {
                return Ok(false);
            }
            meter(a.len() as u64)?;
            let (a, b) = if b.is_slow() { (b, a) } else { (a, b) };
            if b.is_slow() {
                let members: IndexSet<&Value, TableState> = b.iter().collect();
                return Ok(a.iter().all(|member| members.contains(member)));
            }
            Ok(a.iter().all(|member| b.contains(member)))
        }
        (Lazy(a), Lazy(b)) if a.is_same(b) => Ok(true),
        (Lazy(seq), other) | (other, Lazy(seq)) => {
            Ok(matches!(other, Lazy(_) | List(_) | Vector(_)) && forced(seq) == *other)
        }
        (a, b) => Ok(scalars(a, b)),
    }
}

/// A map whose values are looked up, with an index of its own where it has none.
enum Sought<'v> {
    Map(&'v super::Map),
    Index(IndexMap<&'v Value, &'v Value, TableState>),
}

impl<'v> Sought<'v> {
    fn new(map: &'v super::Map) -> Self {
        if map.is_slow() { Self::Index(map.iter().collect()) } else { Self::Map(map) }
    }

    fn get(&self, key: &Value) -> Option<&'v Value> {
        match self {
            Self::Map(map) => map.get(key),
            Self::Index(index) => index.get(key).copied(),
        }
    }
}

fn scalars(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::BigInt(a), Value::BigInt(b)) => a == b,
        (Value::Int(a), Value::BigInt(b)) | (Value::BigInt(b), Value::Int(a)) => {
            i64::try_from(b.as_ref()) == Ok(*a)
        }
        (Value::Ratio(a), Value::Ratio(b)) => a == b,
        (Value::Decimal(a), Value::Decimal(b)) => a == b,
        (Value::Double(a), Value::Double(b)) => a == b,
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a == b,
        // Patterns are equal to themselves only.
        (Value::Regex(a), Value::Regex(b)) => a == b,
        (Value::Keyword(a), Value::Keyword(b)) => a == b,
        (Value::Symbol(a), Value::Symbol(b)) => a == b,
        (Value::Instant(a), Value::Instant(b)) => a == b,
        (Value::Uuid(a), Value::Uuid(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::Function(a), Value::Function(b)) => Arc::ptr_eq(a, b) || a == b,
        (Value::Object(a), Value::Object(b)) => match (a.as_ref(), b.as_ref()) {
            (Object::Host(a), Object::Host(b)) => a == b,
            _ => Arc::ptr_eq(a, b),
        },
        (Value::Error(a), Value::Error(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

impl Eq for Value {}

/// The elements of a lazy sequence where there is no budget to make them with. The library makes them before it compares
/// or stores keys; this is for what stands deep inside other values. What fails ends the sequence.
pub(super) fn forced(seq: &LazySeq) -> Value {
    let mut budget = Budget::new(FORCED_FUEL, FORCED_DEPTH, FORCED_BYTES);
    realize(&mut budget, Value::Lazy(seq.clone())).unwrap_or_else(|_| Value::List(seq.made().0.into()))
}

const FORCED_FUEL: u64 = 1_000_000;
const FORCED_DEPTH: u32 = 100;
const FORCED_BYTES: u64 = 1 << 26;
