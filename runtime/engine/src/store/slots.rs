//! Live slots as stores are given them and give them back.

use std::sync::Arc;

use breyta_core::Value;
use breyta_core::codec::{self, DecodeError};
use breyta_core::value::{Mismatch, with_difference};

/// One live slot of a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveSlot {
    pub name: String,
    pub content: SlotContent,
}

/// The value of a slot, or where the store said it already is.
#[derive(Clone, Debug, PartialEq)]
pub enum SlotContent {
    /// Encoded by [`breyta_core::codec`].
    Bytes(Arc<[u8]>),
    /// Unchanged since the store answered this in [`super::Committed::placed`] or [`super::RunState::slots`].
    Placed(ValueRef),
    /// What differs from the collection at a place of this slot by an encoded [difference](breyta_core::value::difference).
    Grown { from: ValueRef, tail: Arc<[u8]> },
}

/// Where a store keeps a value that it does not keep in the run's row. Meaningful to that store alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueRef {
    /// Which of the store's tables.
    pub table: u8,
    pub id: i64,
}

/// A slot as loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredSlot {
    pub name: String,
    pub bytes: Arc<[u8]>,
    /// Encoded differences, each from what `bytes` and those before it make.
    pub grown: Vec<Arc<[u8]>>,
    /// Where `bytes` and `grown` are when they are not in the row.
    pub placed: Option<ValueRef>,
    /// One more difference, which stands in the row.
    pub tail: Option<Arc<[u8]>>,
}

impl StoredSlot {
    /// The value up to the tail. The error says what is damaged.
    pub(crate) fn placed_value(&self) -> Result<Value, String> {
        let value = codec::decode(&self.bytes).map_err(|error| self.damaged(&error))?;
        self.grown.iter().try_fold(value, |value, part| self.appended(value, part))
    }

    /// A value with the tail behind it.
    pub(crate) fn with_tail(&self, value: Value) -> Result<Value, String> {
        self.tail.iter().try_fold(value, |value, part| self.appended(value, part))
    }

    /// The whole value.
    pub fn value(&self) -> Result<Value, String> {
        self.with_tail(self.placed_value()?)
    }

    /// The encoding of the whole value.
    pub(crate) fn whole(&self) -> Result<Arc<[u8]>, String> {
        if self.grown.is_empty() && self.tail.is_none() {
            return Ok(self.bytes.clone());
        }
        let mut bytes = Vec::new();
        codec::encode(&self.value()?, &mut bytes).map_err(|error| error.to_string())?;
        Ok(bytes.into())
    }

    fn appended(&self, value: Value, part: &[u8]) -> Result<Value, String> {
        let difference = codec::decode(part).map_err(|error| self.damaged(&error))?;
        with_difference(value, difference)
            .map_err(|Mismatch| format!("the stored slot `{}` differs from something else", self.name))
    }

    fn damaged(&self, error: &DecodeError) -> String {
        format!("the stored slot `{}` does not decode: {error}", self.name)
    }
}
