//! How values print: `str` for people, `pr-str` for reading back.
//!
//! Clojure's spelling, except that collections print in insertion order. Everything that is data reads back; byte
//! arrays have no Clojure spelling and print as `#breyta/bytes "hex"`, functions and patterns print but do not read
//! back as values. Printing keeps its own stack, so the depth of a value does not matter.

use std::convert::Infallible;
use std::fmt::Write as _;

use crate::Value;
use crate::host::Host;
use crate::lexer::format_instant;
use crate::number::format_double;
use crate::value::Object;

/// What `(str value)` gives: strings and characters without quotes, nil as nothing, numbers without suffix.
pub fn str_text(value: &Value) -> String {
    let mut out = String::new();
    let Ok(()) = write_str(value, &mut out, &mut |_| Ok::<(), Infallible>(()));
    out
}

/// What `(pr-str value)` gives: text that reads back as the value.
pub fn pr_str(value: &Value) -> String {
    let mut out = String::new();
    let Ok(()) = write_readable(value, &mut out, &mut |_| Ok::<(), Infallible>(()));
    out
}

/// An instant as RFC 3339 text, `2024-01-02T03:04:05.678Z`: what `str` and JSON say.
pub fn instant_text(millis: i64) -> String {
    format_instant(millis).replace("-00:00", "Z")
}

/// Appends what `str` gives. `meter` is told the bytes of every piece and may stop the printing.
pub fn write_str<E>(
    value: &Value,
    out: &mut String,
    meter: &mut impl FnMut(usize) -> Result<(), E>,
) -> Result<(), E> {
    let before = out.len();
    match value {
        Value::Nil => {}
        Value::Str(text) => out.push_str(text),
        Value::Regex(pattern) => out.push_str(pattern.source()),
        Value::Char(unit) => {
            out.push(char::from_u32(u32::from(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Value::BigInt(int) => push_display(out, int),
        Value::Decimal(decimal) => push_display(out, decimal),
        Value::Double(double) => out.push_str(&format_double(*double)),
        Value::Uuid(uuid) => push_uuid(out, *uuid),
        Value::Instant(millis) => out.push_str(&instant_text(*millis)),
        Value::Error(error) => {
            let class = crate::thrown::qualified_class(error.class().java_name());
            out.push_str(class.unwrap_or_default());
            if let Some(message) = error.spoken_message() {
                out.push_str(": ");
                out.push_str(message);
            }
            if error.class().is_a("ExceptionInfo") {
                out.push(' ');
                meter(out.len() - before)?;
                return write_readable(error.data(), out, meter);
            }
        }
        Value::Object(object) => match object.as_ref() {
            Object::Host(Host::Class(name)) => {
                out.push_str("class ");
                out.push_str(name);
            }
            Object::Host(host) => out.push_str(&host.text()),
            _ => return write_readable(value, out, meter),
        },
        other => return write_readable(other, out, meter),
    }
    meter(out.len() - before)
}

/// A collection that is being printed: what of it is left, and how it ends.
enum Open<'a> {
    Items(crate::value::Iter<'a>, char),
    Members(crate::value::Members<'a>),
    Entries(crate::value::Entries<'a>, Option<&'a Value>),
    /// The elements of a lazy sequence that are there, and what comes after them.
    Made(crate::value::Iter<'a>, &'a Value),
}

/// Appends what `pr-str` gives. `meter` is told the bytes of every piece and may stop the printing.
pub fn write_readable<E>(
    value: &Value,
    out: &mut String,
    meter: &mut impl FnMut(usize) -> Result<(), E>,
) -> Result<(), E> {
    write_nested(value, out, push_scalar, meter)
}

/// Appends what `print` gives: as [`write_readable`], with strings and characters as they are.
pub fn write_plain<E>(
    value: &Value,
    out: &mut String,
    meter: &mut impl FnMut(usize) -> Result<(), E>,
) -> Result<(), E> {
    write_nested(value, out, push_plain, meter)
}

fn write_nested<E>(
    value: &Value,
    out: &mut String,
    scalar: fn(&Value, &mut String),
    meter: &mut impl FnMut(usize) -> Result<(), E>,
) -> Result<(), E> {
    let mut stack: Vec<(Open<'_>, bool)> = Vec::new();
    let mut current = Some(value);
    loop {
        let before = out.len();
        if let Some(value) = current.take()
            && let Some(open) = open(value, out, scalar)
        {
            stack.push((open, true));
        }
        if let Some((open, first)) = stack.last_mut() {
            current = next(open, first, out);
            if current.is_none() {
                stack.pop();
            }
        }
        meter(out.len() - before)?;
        if current.is_none() && stack.is_empty() {
            return Ok(());
        }
    }
}

/// Prints a scalar, or the start of a collection.
fn open<'a>(value: &'a Value, out: &mut String, print: fn(&Value, &mut String)) -> Option<Open<'a>> {
    match value {
        Value::List(items) => {
            out.push('(');
            Some(Open::Items(items.iter(), ')'))
        }
        Value::Vector(items) => {
            out.push('[');
            Some(Open::Items(items.iter(), ']'))
        }
        Value::Set(members) => {
            out.push_str("#{");
            Some(Open::Members(members.iter()))
        }
        Value::Map(entries) => {
            out.push('{');
            Some(Open::Entries(entries.iter(), None))
        }
        Value::Lazy(_) => {
            out.push('(');
            Some(Open::Made(crate::value::Iter::Slice([].iter()), value))
        }
        scalar => {
            print(scalar, out);
            None
        }
    }
}

/// The next value to print inside a collection, with what separates it; prints the end when there is none.
fn next<'a>(open: &mut Open<'a>, first: &mut bool, out: &mut String) -> Option<&'a Value> {
    let is_first = std::mem::replace(first, false);
    let (next, separator, end) = match open {
        Open::Items(items, end) => (items.next(), " ", *end),
        Open::Made(items, rest) => (next_made(items, rest), " ", ')'),
        Open::Members(members) => (members.next(), " ", '}'),
        Open::Entries(entries, pending) => match pending.take() {
            Some(value) => (Some(value), " ", '}'),
            None => match entries.next() {
                Some((key, value)) => {
                    *pending = Some(value);
                    (Some(key), ", ", '}')
                }
                None => (None, "", '}'),
            },
        },
    };
    match next {
        Some(_) if is_first => {}
        Some(_) => out.push_str(separator),
        None => out.push(end),
    }
    next
}

/// The next element of a lazy sequence that is there. Printing makes none: whoever prints all of it makes it first.
fn next_made<'a>(items: &mut crate::value::Iter<'a>, rest: &mut &'a Value) -> Option<&'a Value> {
    loop {
        if let Some(item) = items.next() {
            return Some(item);
        }
        *items = match std::mem::replace(rest, &Value::Nil) {
            Value::Lazy(seq) => {
                let chunk = seq.peek().flatten()?;
                *rest = &chunk.rest;
                chunk.items.iter()
            }
            Value::List(more) | Value::Vector(more) => more.iter(),
            _ => return None,
        };
    }
}

/// A scalar for people.
fn push_plain(value: &Value, out: &mut String) {
    match value {
        Value::Str(text) => out.push_str(text),
        Value::Char(unit) => {
            out.push(char::from_u32(u32::from(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        other => push_scalar(other, out),
    }
}

fn push_scalar(value: &Value, out: &mut String) {
    match value {
        Value::Nil => out.push_str("nil"),
        Value::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
        Value::Int(int) => push_display(out, int),
        Value::BigInt(int) => {
            push_display(out, int);
            out.push('N');
        }
        Value::Ratio(ratio) => push_display(out, ratio),
        Value::Decimal(decimal) => {
            push_display(out, decimal);
            out.push('M');
        }
        Value::Double(double) => push_double(out, *double),
        Value::Char(unit) => push_char(out, *unit),
        Value::Str(text) => push_quoted(out, text),
        Value::Keyword(keyword) => {
            out.push(':');
            out.push_str(keyword.full());
        }
        Value::Symbol(symbol) => out.push_str(symbol.full()),
        Value::Instant(millis) => {
            out.push_str("#inst \"");
            out.push_str(&format_instant(*millis));
            out.push('"');
        }
        Value::Uuid(uuid) => {
            out.push_str("#uuid \"");
            push_uuid(out, *uuid);
            out.push('"');
        }
        Value::Bytes(bytes) => {
            out.push_str("#breyta/bytes \"");
            for byte in bytes.iter() {
                push_display(out, &format_args!("{byte:02x}"));
            }
            out.push('"');
        }
        Value::Regex(pattern) => {
            write_pattern(pattern.source(), out);
        }
        Value::Function(function) => push_display(out, &format_args!("{function:?}")),
        // Not readable, and not meant to be: enough to see what was thrown.
        Value::Error(error) => {
            push_display(out, &format_args!("#error[{}: {}]", error.code(), error.message()));
        }
        Value::Object(object) => match object.as_ref() {
            Object::Host(Host::Class(name)) => out.push_str(name),
            Object::Host(host) => {
                push_display(out, &format_args!("#object[{} \"{}\"]", host.class_name(), host.text()));
            }
            _ => push_display(out, &format_args!("#object[{}]", object.class_name())),
        },
        Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_) | Value::Lazy(_) => {}
    }
}

fn push_double(out: &mut String, double: f64) {
    if double.is_finite() {
        out.push_str(&format_double(double));
    } else if double.is_nan() {
        out.push_str("##NaN");
    } else {
        out.push_str(if double > 0.0 { "##Inf" } else { "##-Inf" });
    }
}

fn push_char(out: &mut String, unit: u16) {
    out.push('\\');
    match unit {
        0x0a => out.push_str("newline"),
        0x20 => out.push_str("space"),
        0x09 => out.push_str("tab"),
        0x0d => out.push_str("return"),
        0x08 => out.push_str("backspace"),
        0x0c => out.push_str("formfeed"),
        _ => match char::from_u32(u32::from(unit)) {
            Some(char) => out.push(char),
            // Half of a surrogate pair has no UTF-8 form.
            None => push_display(out, &format_args!("u{unit:04X}")),
        },
    }
}

fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\t' => "\\t",
            b'\r' => "\\r",
            0x0c => "\\f",
            0x08 => "\\b",
            _ => continue,
        };
        out.push_str(text.get(plain..at).unwrap_or_default());
        out.push_str(escaped);
        plain = at + 1;
    }
    out.push_str(text.get(plain..).unwrap_or_default());
    out.push('"');
}

fn push_uuid(out: &mut String, uuid: u128) {
    let hex = format!("{uuid:032x}");
    for (index, digit) in hex.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
}

fn push_display(out: &mut String, value: &impl std::fmt::Display) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
}

/// A pattern as a literal: quotes get a backslash, outside of `\Q…\E` where they would be read as text.
fn write_pattern(source: &str, out: &mut String) {
    out.push_str("#\"");
    let mut quoting = false;
    let mut rest = source.chars();
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => {
                let next = rest.next();
                quoting = if quoting { next != Some('E') } else { next == Some('Q') };
                out.push('\\');
                out.extend(next);
            }
            '"' if quoting => out.push_str("\\E\\\"\\Q"),
            '"' => out.push_str("\\\""),
            letter => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;
