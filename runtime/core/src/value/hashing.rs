//! The hash of our tables: agrees with `=`, and nobody outside the process can tell what it is.
//!
//! It is seeded anew in every process, so that no input can be made whose keys all collide. Nothing shows it: maps and
//! sets have an order of their own, and it is never stored. What `hash` answers is in `murmur`.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock};

use foldhash::fast::{FoldHasher, RandomState};

use super::equality::forced;
use super::{Function, Value};

/// What the hash of a keyword begins with.
pub(super) const KEYWORD_HASH_TAG: u8 = 9;

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
            Self::Object(object) => match object.as_ref() {
                super::Object::Host(host) => (22u8, host).hash(state),
                _ => (21u8, Arc::as_ptr(object)).hash(state),
            },
            Self::Error(error) => (20u8, Arc::as_ptr(error)).hash(state),
        }
    }
}

fn unordered<T: Hash>(items: impl Iterator<Item = T>) -> u64 {
    items.fold(0, |sum, item| sum.wrapping_add(TableState.hash_one(item)))
}

/// Builds the hasher of maps and sets.
#[derive(Clone, Copy, Debug, Default)]
pub struct TableState;

impl BuildHasher for TableState {
    type Hasher = FoldHasher<'static>;

    fn build_hasher(&self) -> FoldHasher<'static> {
        static SEEDED: LazyLock<RandomState> = LazyLock::new(RandomState::default);
        SEEDED.build_hasher()
    }
}
