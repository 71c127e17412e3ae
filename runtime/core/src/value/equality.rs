//! Clojure's `=` and the hash that goes with it.
//!
//! Sequential collections are equal by elements whatever their kind, numbers within a category (integers with
//! integers, decimals with decimals, doubles with doubles), unordered collections without regard to order. Byte arrays
//! are equal by content (on the JVM by identity, which would not survive storing them). The hash is fixed: equal in every process, because it must not leak into anything that is stored.

use std::convert::Infallible;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::identity::identical;
use super::{Function, LazySeq, Value, realize};
use crate::Budget;

/// What the hash of a keyword begins with.
pub(super) const KEYWORD_HASH_TAG: u8 = 9;

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        let Ok(equal) = equal(self, other, &mut |_| Ok::<(), Infallible>(()));
        equal
    }
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
                let members: IndexSet<&Value, FixedState> = b.iter().collect();
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
    Index(IndexMap<&'v Value, &'v Value, FixedState>),
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
        (Value::Object(a), Value::Object(b)) => Arc::ptr_eq(a, b),
        (Value::Error(a), Value::Error(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Nil => 0u8.hash(state),
            Self::Bool(value) => (1u8, value).hash(state),
            Self::Int(value) => (2u8, value).hash(state),
            Self::BigInt(value) => match i64::try_from(value.as_ref()) {
                Ok(small) => (2u8, small).hash(state),
                Err(_) => (3u8, value).hash(state),
            },
            Self::Ratio(value) => (4u8, value.numer(), value.denom()).hash(state),
            Self::Decimal(value) => (5u8, value).hash(state),
            // `0.0` equals `-0.0`.
            Self::Double(value) => (6u8, if *value == 0.0 { 0 } else { value.to_bits() }).hash(state),
            Self::Char(value) => (7u8, value).hash(state),
            Self::Str(value) => (8u8, value).hash(state),
            Self::Keyword(value) => (KEYWORD_HASH_TAG, value).hash(state),
            Self::Symbol(value) => (10u8, value).hash(state),
            Self::List(items) | Self::Vector(items) => {
                (11u8, items.len()).hash(state);
                items.iter().for_each(|item| item.hash(state));
            }
            Self::Map(map) => (12u8, map.len(), unordered(map.iter())).hash(state),
            Self::Set(set) => (13u8, set.len(), unordered(set.iter())).hash(state),
            Self::Instant(value) => (14u8, value).hash(state),
            Self::Uuid(value) => (15u8, value).hash(state),
            Self::Bytes(bytes) => (16u8, bytes.as_ref()).hash(state),
            Self::Regex(pattern) => (17u8, pattern.source()).hash(state),
            Self::Function(function) => match function.as_ref() {
                Function::Native { name, .. } => (18u8, name).hash(state),
                _ => (19u8, Arc::as_ptr(function)).hash(state),
            },
            Self::Lazy(seq) => forced(seq).hash(state),
            // By identity, of which nothing may leak: all alike.
            Self::Object(_) => 21u8.hash(state),
            Self::Error(error) => (20u8, error.message()).hash(state),
        }
    }
}

/// The elements of a lazy sequence where there is no budget to make them with. The library makes them before it compares
/// or stores keys; this is for what stands deep inside other values. What fails ends the sequence.
fn forced(seq: &LazySeq) -> Value {
    let mut budget = Budget::new(FORCED_FUEL, FORCED_DEPTH, FORCED_BYTES);
    realize(&mut budget, Value::Lazy(seq.clone())).unwrap_or_else(|_| Value::List(seq.made().0.into()))
}

const FORCED_FUEL: u64 = 1_000_000;
const FORCED_DEPTH: u32 = 100;
const FORCED_BYTES: u64 = 1 << 26;

fn unordered<T: Hash>(items: impl Iterator<Item = T>) -> u64 {
    items.fold(0, |sum, item| sum.wrapping_add(FixedState.hash_one(item)))
}

/// Builds the fixed hasher of maps and sets.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedState;

impl BuildHasher for FixedState {
    type Hasher = FixedHasher;
    fn build_hasher(&self) -> FixedHasher {
        FixedHasher(0xcbf2_9ce4_8422_2325)
    }
}

/// A multiply-and-rotate hasher over whole words; no seed.
#[derive(Clone, Debug)]
pub struct FixedHasher(u64);

impl FixedHasher {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Hasher for FixedHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.add(u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
        }
        for byte in chunks.remainder() {
            self.add(u64::from(*byte));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.add(value as u64);
    }

    fn write_i64(&mut self, value: i64) {
        self.add(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}
