//! Writing the encoding.

use num_bigint::BigInt;

use super::{ENCODED_BYTES_MAX, NotStorable, tag};
use crate::Value;
use crate::value::DEPTH_MAX;

pub(super) struct Writer<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    depth: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Self { out, start, depth: 0 }
    }

    pub(super) fn value(&mut self, value: &Value) -> Result<(), NotStorable> {
        if self.out.len() - self.start > ENCODED_BYTES_MAX {
            return Err(NotStorable::TooLarge);
        }
        match value {
            Value::Nil => self.out.push(tag::NIL),
            Value::Bool(false) => self.out.push(tag::FALSE),
            Value::Bool(true) => self.out.push(tag::TRUE),
            Value::Int(int) => self.signed(tag::INT, *int),
            Value::BigInt(int) => {
                self.out.push(tag::BIG_INT);
                self.big(int);
            }
            Value::Ratio(ratio) => {
                self.out.push(tag::RATIO);
                self.big(ratio.numer());
                self.big(ratio.denom());
            }
            Value::Decimal(decimal) => {
                self.signed(tag::DECIMAL, i64::from(decimal.scale));
                self.big(&decimal.unscaled);
            }
            Value::Double(double) => {
                self.out.push(tag::DOUBLE);
                self.out.extend_from_slice(&double.to_bits().to_be_bytes());
            }
            Value::Char(unit) => {
                self.out.push(tag::CHAR);
                self.out.extend_from_slice(&unit.to_be_bytes());
            }
            Value::Str(text) => self.bytes(tag::STRING, text.as_bytes()),
            Value::Keyword(keyword) => self.bytes(tag::KEYWORD, keyword.full().as_bytes()),
            Value::Symbol(symbol) => self.bytes(tag::SYMBOL, symbol.full().as_bytes()),
            Value::List(items) => return self.items(tag::LIST, items.iter()),
            Value::Vector(items) => return self.items(tag::VECTOR, items.iter()),
            Value::Set(members) => return self.items(tag::SET, members.iter()),
            Value::Map(map) => {
                self.open(tag::MAP, map.len())?;
                for (key, value) in map {
                    self.value(key)?;
                    self.value(value)?;
                }
                self.depth -= 1;
            }
            Value::Instant(millis) => self.signed(tag::INSTANT, *millis),
            Value::Uuid(uuid) => {
                self.out.push(tag::UUID);
                self.out.extend_from_slice(&uuid.to_be_bytes());
            }
            Value::Bytes(bytes) => self.bytes(tag::BYTES, bytes),
            Value::Regex(_) => return Err(NotStorable::Regex),
            Value::Function(_) => return Err(NotStorable::Function),
            Value::Lazy(_) => return Err(NotStorable::Lazy),
            Value::Object(_) => return Err(NotStorable::Object),
            Value::Error(_) => return Err(NotStorable::Error),
        }
        Ok(())
    }

    fn open(&mut self, tag: u8, len: usize) -> Result<(), NotStorable> {
        if self.depth == DEPTH_MAX {
            return Err(NotStorable::TooDeep);
        }
        self.depth += 1;
        self.out.push(tag);
        self.varint(len as u64);
        Ok(())
    }

    fn items<'v>(
        &mut self,
        tag: u8,
        items: impl ExactSizeIterator<Item = &'v Value>,
    ) -> Result<(), NotStorable> {
        self.open(tag, items.len())?;
        for item in items {
            self.value(item)?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn varint(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.out.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.out.push(number as u8);
    }

    fn signed(&mut self, tag: u8, number: i64) {
        self.out.push(tag);
        self.varint(((number << 1) ^ (number >> 63)) as u64);
    }

    fn bytes(&mut self, tag: u8, bytes: &[u8]) {
        self.out.push(tag);
        self.varint(bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    fn big(&mut self, int: &BigInt) {
        let bytes = int.to_signed_bytes_be();
        self.varint(bytes.len() as u64);
        self.out.extend_from_slice(&bytes);
    }
}
