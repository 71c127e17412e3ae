//! Clojure's `=` and the hash that goes with it.
//!
//! Sequential collections are equal by elements whatever their kind, numbers within a category (integers with
//! integers, decimals with decimals, doubles with doubles), unordered collections without regard to order. Byte arrays
//! are equal by content (on the JVM by identity, which would not survive storing them). The hash is fixed: equal in every process, because it must not leak into anything that is stored.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

use super::{Function, LazySeq, Value, realize};
use crate::Budget;

/// What the hash of a keyword begins with.
pub(super) const KEYWORD_HASH_TAG: u8 = 9;

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::BigInt(a), Self::BigInt(b)) => a == b,
            (Self::Int(a), Self::BigInt(b)) | (Self::BigInt(b), Self::Int(a)) => {
                i64::try_from(b.as_ref()) == Ok(*a)
            }
            (Self::Ratio(a), Self::Ratio(b)) => a == b,
            (Self::Decimal(a), Self::Decimal(b)) => a == b,
            (Self::Double(a), Self::Double(b)) => a == b,
            (Self::Char(a), Self::Char(b)) => a == b,
            (Self::Str(a), Self::Str(b)) | (Self::Regex(a), Self::Regex(b)) => a == b,
            (Self::Keyword(a), Self::Keyword(b)) => a == b,
            (Self::Symbol(a), Self::Symbol(b)) => a == b,
            (Self::List(a) | Self::Vector(a), Self::List(b) | Self::Vector(b)) => {
                a.as_slice() == b.as_slice()
            }
            (Self::Lazy(a), Self::Lazy(b)) if a.is_same(b) => true,
            (Self::Lazy(seq), other) | (other, Self::Lazy(seq)) => {
                matches!(other, Self::Lazy(_) | Self::List(_) | Self::Vector(_)) && forced(seq) == *other
            }
            (Self::Map(a), Self::Map(b)) => {
                a.len() == b.len() && a.iter().all(|(key, value)| b.get(key) == Some(value))
            }
            (Self::Set(a), Self::Set(b)) => a.len() == b.len() && a.iter().all(|value| b.contains(value)),
            (Self::Instant(a), Self::Instant(b)) => a == b,
            (Self::Uuid(a), Self::Uuid(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::Function(a), Self::Function(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => Arc::ptr_eq(a, b),
            (Self::Error(a), Self::Error(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
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
            Self::List(items) | Self::Vector(items) => (11u8, items.as_slice()).hash(state),
            Self::Map(map) => (12u8, map.len(), unordered(map.iter())).hash(state),
            Self::Set(set) => (13u8, set.len(), unordered(set.iter())).hash(state),
            Self::Instant(value) => (14u8, value).hash(state),
            Self::Uuid(value) => (15u8, value).hash(state),
            Self::Bytes(bytes) => (16u8, bytes.as_ref()).hash(state),
            Self::Regex(pattern) => (17u8, pattern).hash(state),
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
