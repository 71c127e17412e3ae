//! Writing values as JSON text.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::NotJson;
use crate::number::{format_double, ratio_to_f64};
use crate::print::{instant_text, str_text};
use crate::value::DEPTH_MAX;
use crate::{Map, Value};

/// Writes a value as compact JSON.
///
/// | Value | JSON |
/// |---|---|
/// | nil, booleans, strings | themselves |
/// | integers, big integers, decimals | numbers with all digits |
/// | ratios | the nearest double |
/// | doubles | numbers; NaN and infinities are refused |
/// | keywords, symbols | their text with namespace, without colon |
/// | characters, uuids | text |
/// | instants | RFC 3339 text in UTC |
/// | byte arrays | base64 text |
/// | vectors, lists, sets | arrays |
/// | maps | objects; keys are keywords, symbols, strings, numbers, booleans, uuids or instants as text, no two alike |
/// | functions, regexes | refused |
pub fn emit(value: &Value) -> Result<String, NotJson> {
    let mut out = String::new();
    write(value, &mut out, &mut |_| Ok(()))?;
    Ok(out)
}

/// Like [`emit`], indented by two spaces.
pub fn emit_pretty(value: &Value) -> Result<String, NotJson> {
    let mut out = String::new();
    let mut writer = Writer { out: &mut out, indent: true, depth: 0, meter: &mut |_| Ok::<(), NotJson>(()) };
    writer.value(value)?;
    Ok(out)
}

/// Appends compact JSON. `meter` is told the bytes of every piece and may stop the writing with its own error.
pub fn write<E: From<NotJson>>(
    value: &Value,
    out: &mut String,
    meter: &mut dyn FnMut(usize) -> Result<(), E>,
) -> Result<(), E> {
    Writer { out, indent: false, depth: 0, meter }.value(value)
}

struct Writer<'a, E> {
    out: &'a mut String,
    indent: bool,
    depth: usize,
    meter: &'a mut dyn FnMut(usize) -> Result<(), E>,
}

impl<E: From<NotJson>> Writer<'_, E> {
    fn value(&mut self, value: &Value) -> Result<(), E> {
        let before = self.out.len();
        match value {
            Value::List(items) | Value::Vector(items) => return self.array(items.iter()),
            Value::Set(members) => return self.array(members.iter()),
            Value::Map(map) => return self.object(map),
            Value::Nil => self.out.push_str("null"),
            Value::Bool(bool) => self.out.push_str(if *bool { "true" } else { "false" }),
            Value::Int(int) => push_display(self.out, int),
            Value::BigInt(int) => push_display(self.out, int),
            Value::Decimal(decimal) => push_display(self.out, decimal),
            Value::Ratio(ratio) => push_double(self.out, ratio_to_f64(ratio))?,
            Value::Double(double) => push_double(self.out, *double)?,
            Value::Str(text) => push_string(self.out, text),
            Value::Bytes(bytes) => push_string(self.out, &base64(bytes)),
            other => push_string(self.out, &text_of(other).ok_or_else(|| refused(other))?),
        }
        (self.meter)(self.out.len() - before)
    }

    fn enter(&mut self, open: char) -> Result<(), E> {
        if self.depth == DEPTH_MAX {
            return Err(NotJson::new(format!("the value nests deeper than {DEPTH_MAX} levels")).into());
        }
        self.depth += 1;
        self.out.push(open);
        (self.meter)(2)
    }

    /// Before each element, `first` or not.
    fn separate(&mut self, first: bool) {
        if !first {
            self.out.push(',');
        }
        self.new_line();
    }

    fn new_line(&mut self) {
        if self.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", self.depth));
        }
    }

    fn leave(&mut self, empty: bool, close: char) {
        self.depth -= 1;
        if !empty {
            self.new_line();
        }
        self.out.push(close);
    }

    fn array<'v>(&mut self, items: impl ExactSizeIterator<Item = &'v Value>) -> Result<(), E> {
        let empty = items.len() == 0;
        self.enter('[')?;
        for (index, item) in items.enumerate() {
            self.separate(index == 0);
            self.value(item)?;
        }
        self.leave(empty, ']');
        Ok(())
    }

    fn object(&mut self, map: &Map) -> Result<(), E> {
        check_keys(map)?;
        self.enter('{')?;
        for (index, (key, value)) in map.iter().enumerate() {
            self.separate(index == 0);
            match key {
                Value::Str(text) => push_string(self.out, text),
                Value::Keyword(keyword) => push_string(self.out, keyword.full()),
                other => push_string(self.out, &key_text(other)?),
            }
            self.out.push_str(if self.indent { ": " } else { ":" });
            self.value(value)?;
        }
        self.leave(map.is_empty(), '}');
        Ok(())
    }
}

/// Keys of different kinds may be written alike (`{:a 1 "a" 2}`): refused, because one of the values would be lost.
pub(super) fn check_keys(map: &Map) -> Result<(), NotJson> {
    let all_keywords = map.keys().all(|key| matches!(key, Value::Keyword(_)));
    if all_keywords || map.keys().all(|key| matches!(key, Value::Str(_))) {
        return Ok(());
    }
    let mut seen = HashSet::new();
    for key in map.keys() {
        let text = key_text(key)?;
        if let Some(text) = seen.replace(text) {
            return Err(NotJson::new(format!("two keys of a map are both written as {text:?}")));
        }
    }
    Ok(())
}

/// A map key as JSON writes it.
pub(super) fn key_text(key: &Value) -> Result<String, NotJson> {
    match key {
        Value::Str(text) => Ok(text.to_string()),
        Value::Bool(_)
        | Value::Int(_)
        | Value::BigInt(_)
        | Value::Ratio(_)
        | Value::Decimal(_)
        | Value::Double(_) => Ok(str_text(key)),
        other => text_of(other)
            .ok_or_else(|| NotJson::new(format!("a map key cannot be {} in JSON", other.type_name()))),
    }
}

/// The text of the scalars that JSON writes as strings.
pub(super) fn text_of(value: &Value) -> Option<String> {
    Some(match value {
        Value::Keyword(keyword) => keyword.full().to_owned(),
        Value::Symbol(symbol) => symbol.full().to_owned(),
        Value::Instant(millis) => instant_text(*millis),
        Value::Char(_) | Value::Uuid(_) => str_text(value),
        _ => return None,
    })
}

pub(super) fn refused(value: &Value) -> NotJson {
    NotJson::new(format!("{} has no JSON form", value.type_name()))
}

fn push_double(out: &mut String, double: f64) -> Result<(), NotJson> {
    if !double.is_finite() {
        return Err(NotJson::new(format!("{} has no JSON form", format_double(double))));
    }
    out.push_str(&format_double(double));
    Ok(())
}

fn push_display(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0..=0x1f => "",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        out.push_str(escape);
        if escape.is_empty() {
            push_display(out, &format_args!("\\u{byte:04x}"));
        }
        plain = at + 1;
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

/// Standard base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS.get((group >> (18 - 6 * place) & 63) as usize).copied().unwrap_or(b'=');
            out.push(char::from(if place > chunk.len() { b'=' } else { digit }));
        }
    }
    out
}
