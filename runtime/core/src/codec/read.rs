//! Reading the encoding. Refuses everything that the writer would not have written.

use std::sync::Arc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use super::{DecodeError, tag};
use crate::number::{Decimal, Ratio};
use crate::value::DEPTH_MAX;
use crate::{Keyword, Map, Set, Symbol, Text, Value, Vector};

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth: 0 }
    }

    fn error<T>(&self, message: &'static str) -> Result<T, DecodeError> {
        Err(DecodeError { message, offset: self.at })
    }

    pub(super) fn end(&self) -> Result<(), DecodeError> {
        if self.at == self.bytes.len() { Ok(()) } else { self.error("there are bytes after the value") }
    }

    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        match self.bytes.get(self.at) {
            Some(byte) => {
                self.at += 1;
                Ok(*byte)
            }
            None => self.error("the bytes end too early"),
        }
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        match self.at.checked_add(len).and_then(|end| self.bytes.get(self.at..end)) {
            Some(bytes) => {
                self.at += len;
                Ok(bytes)
            }
            None => self.error("the bytes end too early"),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let bytes = self.take(N)?;
        bytes.try_into().or_else(|_| self.error("the bytes end too early"))
    }

    fn varint(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                return self.error("a number of more than 64 bits");
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                // A last group of zero would be a second spelling of the same number.
                return if byte == 0 && shift > 0 {
                    self.error("a number that is written too long")
                } else {
                    Ok(number)
                };
            }
        }
        self.error("a number of more than 64 bits")
    }

    fn signed(&mut self) -> Result<i64, DecodeError> {
        let number = self.varint()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn len(&mut self) -> Result<usize, DecodeError> {
        let len = self.varint()?;
        usize::try_from(len).or_else(|_| self.error("a length that does not fit"))
    }

    fn text(&mut self) -> Result<Text, DecodeError> {
        let len = self.len()?;
        let bytes = self.take(len)?;
        std::str::from_utf8(bytes).map(Text::from).or_else(|_| self.error("text that is not UTF-8"))
    }

    fn big(&mut self) -> Result<BigInt, DecodeError> {
        let len = self.len()?;
        let bytes = self.take(len)?;
        let shortest = !matches!(bytes, [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..]);
        if !shortest {
            return self.error("a big number that is not written in its shortest form");
        }
        Ok(BigInt::from_signed_bytes_be(bytes))
    }

    pub(super) fn value(&mut self) -> Result<Value, DecodeError> {
        Ok(match self.byte()? {
            tag::NIL => Value::Nil,
            tag::FALSE => Value::Bool(false),
            tag::TRUE => Value::Bool(true),
            tag::INT => Value::Int(self.signed()?),
            tag::BIG_INT => Value::BigInt(Arc::new(self.big()?)),
            tag::RATIO => self.ratio()?,
            tag::DECIMAL => {
                let scale = self.signed()?;
                let scale = i32::try_from(scale).or_else(|_| self.error("a scale of more than 32 bits"))?;
                Value::Decimal(Arc::new(Decimal { unscaled: self.big()?, scale }))
            }
            tag::DOUBLE => Value::Double(f64::from_bits(u64::from_be_bytes(self.array()?))),
            tag::CHAR => Value::Char(u16::from_be_bytes(self.array()?)),
            tag::STRING => Value::Str(self.text()?),
            tag::KEYWORD => Value::Keyword(Keyword::new(self.text()?)),
            tag::SYMBOL => Value::Symbol(Symbol::new(self.text()?)),
            tag::LIST => Value::List(Vector::from(self.items()?).into_list()),
            tag::VECTOR => Value::Vector(self.items()?.into()),
            tag::SET => self.set()?,
            tag::MAP => self.map()?,
            tag::INSTANT => Value::Instant(self.signed()?),
            tag::UUID => Value::Uuid(u128::from_be_bytes(self.array()?)),
            tag::BYTES => {
                let len = self.len()?;
                Value::Bytes(self.take(len)?.into())
            }
            _ => {
                self.at -= 1;
                return self.error("an unknown tag");
            }
        })
    }

    fn ratio(&mut self) -> Result<Value, DecodeError> {
        let (numerator, denominator) = (self.big()?, self.big()?);
        let reduced = !denominator.is_zero()
            && denominator.is_positive()
            && !denominator.is_one()
            && numerator.gcd(&denominator).is_one();
        if !reduced {
            return self.error("a ratio that is not in lowest terms");
        }
        Ok(Value::Ratio(Arc::new(Ratio::new_raw(numerator, denominator))))
    }

    /// A count of elements, refused when the bytes left cannot hold them.
    fn open(&mut self, bytes_per_element: usize) -> Result<usize, DecodeError> {
        if self.depth == DEPTH_MAX {
            return self.error("values nest too deeply");
        }
        self.depth += 1;
        let len = self.len()?;
        if len > (self.bytes.len() - self.at) / bytes_per_element {
            return self.error("more elements than bytes");
        }
        Ok(len)
    }

    fn items(&mut self) -> Result<Vec<Value>, DecodeError> {
        let len = self.open(1)?;
        let mut items = Vec::with_capacity(len);
        for _ in 0..len {
            items.push(self.value()?);
        }
        self.depth -= 1;
        Ok(items)
    }

    fn set(&mut self) -> Result<Value, DecodeError> {
        let items = self.items()?;
        let len = items.len();
        let set: Set = items.into_iter().collect();
        if set.len() != len {
            return self.error("a set with equal members");
        }
        Ok(Value::Set(set))
    }

    fn map(&mut self) -> Result<Value, DecodeError> {
        let len = self.open(2)?;
        let mut entries = Vec::with_capacity(len);
        for _ in 0..len {
            entries.push((self.value()?, self.value()?));
        }
        self.depth -= 1;
        let map: Map = entries.into_iter().collect();
        if map.len() != len {
            return self.error("a map with equal keys");
        }
        Ok(Value::Map(map))
    }
}
