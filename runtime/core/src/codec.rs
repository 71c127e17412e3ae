//! The byte encoding of values: self-describing, typed, one encoding per value. `docs/format.md` says it byte by byte.
//!
//! What is written today must be readable by every later version: tags are never reused, a change of meaning takes a
//! new format byte. Entry order is kept. Functions and patterns are not storable. Reading never panics and never
//! allocates more than the bytes justify, whatever the bytes are.

use std::fmt;

use crate::Value;

mod read;
mod write;

/// The first byte of every encoded value.
pub const FORMAT: u8 = 1;

/// The largest encoding that is written: 256 MiB. Shared parts are written once per use, so a small value in memory
/// may have a large encoding.
pub const ENCODED_BYTES_MAX: usize = 256 << 20;

/// Tags of kinds of values, one byte each.
mod tag {
    pub(super) const NIL: u8 = 0x00;
    pub(super) const FALSE: u8 = 0x01;
    pub(super) const TRUE: u8 = 0x02;
    pub(super) const INT: u8 = 0x03;
    pub(super) const BIG_INT: u8 = 0x04;
    pub(super) const RATIO: u8 = 0x05;
    pub(super) const DECIMAL: u8 = 0x06;
    pub(super) const DOUBLE: u8 = 0x07;
    pub(super) const CHAR: u8 = 0x08;
    pub(super) const STRING: u8 = 0x09;
    pub(super) const KEYWORD: u8 = 0x0a;
    pub(super) const SYMBOL: u8 = 0x0b;
    pub(super) const LIST: u8 = 0x0c;
    pub(super) const VECTOR: u8 = 0x0d;
    pub(super) const MAP: u8 = 0x0e;
    pub(super) const SET: u8 = 0x0f;
    pub(super) const INSTANT: u8 = 0x10;
    pub(super) const UUID: u8 = 0x11;
    pub(super) const BYTES: u8 = 0x12;
}

/// A value that cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotStorable {
    Function,
    Regex,
    /// What `catch` binds.
    Error,
    /// A sequence whose elements are not made; [`crate::value::realize`] makes them.
    Lazy,
    /// An atom or another value with an identity.
    Object,
    /// Deeper than [`DEPTH_MAX`](crate::value::DEPTH_MAX).
    TooDeep,
    /// Larger than [`ENCODED_BYTES_MAX`].
    TooLarge,
}

impl fmt::Display for NotStorable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Function => "a function is not data and cannot be stored",
            Self::Lazy => "a lazy sequence is not data and cannot be stored",
            Self::Object => "an atom or another object is not data and cannot be stored; keep what it holds",
            Self::Error => "an exception is not data and cannot be stored; keep its message and its data",
            Self::Regex => "a regex is not data and cannot be stored; keep its source text",
            Self::TooDeep => "the value nests too deeply to be stored",
            Self::TooLarge => "the value is too large to be stored",
        })
    }
}

impl std::error::Error for NotStorable {}

/// Bytes that are no encoded value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    pub message: &'static str,
    /// The byte where it was noticed, from 0.
    pub offset: usize,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stored value is damaged at byte {}: {}", self.offset, self.message)
    }
}

impl std::error::Error for DecodeError {}

/// Appends the encoding of a value; appends nothing on an error.
pub fn encode(value: &Value, out: &mut Vec<u8>) -> Result<(), NotStorable> {
    let before = out.len();
    out.push(FORMAT);
    if let Err(error) = write::Writer::new(out).value(value) {
        out.truncate(before);
        return Err(error);
    }
    debug_assert!(
        reencodes(out.get(before..).unwrap_or_default()),
        "an encoded value must decode to the same encoding"
    );
    Ok(())
}

/// Reads an encoded value; the bytes must hold exactly one.
pub fn decode(bytes: &[u8]) -> Result<Value, DecodeError> {
    let mut reader = read::Reader::new(bytes);
    if reader.byte()? != FORMAT {
        return Err(DecodeError { message: "unknown format byte; written by a newer version?", offset: 0 });
    }
    let value = reader.value()?;
    reader.end()?;
    debug_assert!(
        rewrite(&value).as_deref() == Some(bytes),
        "a decoded value must have had its only encoding"
    );
    Ok(value)
}

/// Compares encodings, not values: NaN is not equal to itself.
fn reencodes(bytes: &[u8]) -> bool {
    let mut reader = read::Reader::new(bytes);
    reader.byte() == Ok(FORMAT)
        && reader.value().is_ok_and(|value| reader.end().is_ok() && rewrite(&value).as_deref() == Some(bytes))
}

fn rewrite(value: &Value) -> Option<Vec<u8>> {
    let mut out = vec![FORMAT];
    write::Writer::new(&mut out).value(value).is_ok().then_some(out)
}

#[cfg(test)]
mod tests;
