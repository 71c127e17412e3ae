//! Reading JSON text (RFC 8259, nothing beyond it).

use std::sync::Arc;

use num_bigint::BigInt;

use super::{JsonError, Keys};
use crate::value::DEPTH_MAX;
use crate::{Map, Value, Vector};

/// Reads one JSON text. Of equal keys in an object the last wins, at the place of the first.
pub fn parse(text: &str, keys: Keys) -> Result<Value, JsonError> {
    let mut reader = Reader { text, at: 0, depth: 0, keys };
    reader.skip_space();
    if reader.peek().is_none() {
        return Err(reader.error("the text is empty"));
    }
    let value = reader.value()?;
    reader.skip_space();
    if reader.peek().is_some() {
        return Err(reader.error("there is more text after the value"));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    keys: Keys,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn error(&self, message: impl Into<String>) -> JsonError {
        self.error_at(self.at, message)
    }

    fn error_at(&self, at: usize, message: impl Into<String>) -> JsonError {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        JsonError { message: message.into(), line: line as u32, column: column as u32 }
    }

    /// What stands at the current place, for messages.
    fn found(&self) -> String {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(char) => format!("`{}`", char.escape_debug()),
            None => "the end of the text".to_owned(),
        }
    }

    fn value(&mut self) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => Ok(Value::string(self.string()?)),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Nil),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.error(format!("expected a value, found {}", self.found()))),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, JsonError>) -> Result<Value, JsonError> {
        if self.depth == DEPTH_MAX {
            return Err(self.error(format!("values nest deeper than {DEPTH_MAX} levels")));
        }
        self.at += 1;
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let mut entries = Vec::new();
        self.skip_space();
        if self.take(b'}') {
            return Ok(Map::new().into());
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.error(format!("expected a key in double quotes, found {}", self.found())));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.error(format!("expected `:` after the key, found {}", self.found())));
            }
            self.skip_space();
            let value = self.value()?;
            entries.push((self.keys.value(key), value));
            self.skip_space();
            if self.take(b'}') {
                return Ok(entries.into_iter().collect::<Map>().into());
            }
            if !self.take(b',') {
                return Err(self.error(format!("expected `,` or `}}` after a value, found {}", self.found())));
            }
        }
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let mut items = Vec::new();
        self.skip_space();
        if self.take(b']') {
            return Ok(Vector::new().into());
        }
        loop {
            self.skip_space();
            items.push(self.value()?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Vector::from(items).into());
            }
            if !self.take(b',') {
                return Err(self.error(format!("expected `,` or `]` after a value, found {}", self.found())));
            }
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.error(format!("expected a value, found {}", self.found())))
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        self.take(b'-');
        let zero = self.peek() == Some(b'0');
        let whole = self.digits();
        if whole == 0 || (zero && whole > 1) {
            return Err(self.error_at(start, "a number needs digits, and no zero in front of others"));
        }
        let mut integer = true;
        if self.take(b'.') {
            integer = false;
            if self.digits() == 0 {
                return Err(self.error("a number needs a digit after its point"));
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            integer = false;
            self.at += 1;
            if !self.take(b'+') {
                self.take(b'-');
            }
            if self.digits() == 0 {
                return Err(self.error("a number needs a digit in its exponent"));
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if integer {
            if let Ok(int) = text.parse::<i64>() {
                return Ok(Value::Int(int));
            }
            if let Ok(int) = text.parse::<BigInt>() {
                return Ok(Value::BigInt(Arc::new(int)));
            }
        }
        match text.parse::<f64>() {
            Ok(double) if double.is_finite() => Ok(Value::Double(double)),
            _ => Err(self.error_at(start, "the number is too large for a double")),
        }
    }

    /// A string with its quotes; the reader stands at the first.
    fn string(&mut self) -> Result<String, JsonError> {
        let start = self.at;
        self.at += 1;
        let mut out = String::new();
        loop {
            let plain = self.at;
            while !matches!(self.peek(), None | Some(b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(self.text.get(plain..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(_) => {
                    return Err(self.error("a control character in a string must be written as an escape"));
                }
                None => return Err(self.error_at(start, "the string is not closed")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        self.at += 1;
        let escaped = self.peek();
        self.at += 1;
        Ok(match escaped {
            Some(plain @ (b'"' | b'\\' | b'/')) => char::from(plain),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                return Err(self.error_at(
                    start,
                    "unknown escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX",
                ));
            }
        })
    }

    fn unicode(&mut self, start: usize) -> Result<char, JsonError> {
        let lone = |reader: &Self| reader.error_at(start, "half of a surrogate pair is no character");
        let first = self.unit(start)?;
        if !(0xd800..0xe000).contains(&first) {
            return char::from_u32(first).ok_or_else(|| lone(self));
        }
        if first >= 0xdc00 || !(self.take(b'\\') && self.take(b'u')) {
            return Err(lone(self));
        }
        let second = self.unit(start)?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(lone(self));
        }
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(|| lone(self))
    }

    fn unit(&mut self, start: usize) -> Result<u32, JsonError> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        unit.ok_or_else(|| self.error_at(start, "\\u takes four hexadecimal digits"))
    }
}
