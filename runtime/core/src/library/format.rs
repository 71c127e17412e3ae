//! `format`: `java.util.Formatter` for the values of the language.
//!
//! English texts and UTC, whatever the machine is set to. A format is read whole before anything is written, so that a
//! wrong directive behind a right one says the same as on the JVM.

use super::class::{illegal_argument, mismatch};
use super::rows;
use super::text::Units;
use crate::{Budget, Thrown, Value};

/// `%td` and its like.
mod dates;
/// Decimal digits of numbers, rounded half up on their text.
mod digits;
/// `%d`, `%x`, `%f`, `%e`, `%g`, `%a`.
mod numbers;
/// One directive: its parts, and which of them fit together.
mod specifier;

use specifier::{Argument, Piece, Specifier};

rows! { format:
    "clojure.core/format" format (String => & Any) -> String, "The text of a format string with its directives filled in, as `java.util.Formatter` does.";
}

pub fn format(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((format, args)) = args.split_first() else {
        return Err(Thrown::arity("clojure.core/format", 0));
    };
    let Value::Str(format) = format else { return Err(mismatch("format", "a string", format)) };
    formatted(budget, format, args)
}

/// The text of a format and its arguments.
pub(super) fn formatted(budget: &mut Budget, format: &str, args: &[Value]) -> Result<Value, Thrown> {
    budget.spend(1 + format.len() as u64 / 8)?;
    budget.charge_bytes(format.len() as u64)?;
    let mut out = Units::default();
    let (mut ordinary, mut last) = (0usize, None);
    for piece in specifier::parse(format)? {
        let specifier = match piece {
            Piece::Text(text) => {
                text.encode_utf16().for_each(|unit| out.push_unit(unit));
                continue;
            }
            Piece::Specifier(specifier) => specifier,
        };
        let index = match specifier.argument {
            Argument::None => {
                let text = if specifier.conversion == 'n' { "\n" } else { "%" };
                specifier.justified(budget, text, &mut out)?;
                continue;
            }
            Argument::Next => {
                ordinary += 1;
                ordinary - 1
            }
            Argument::Index(index) => index - 1,
            Argument::Previous => last.ok_or_else(|| missing(&specifier))?,
        };
        last = Some(index);
        let argument = args.get(index).ok_or_else(|| missing(&specifier))?;
        write(budget, &specifier, argument, &mut out)?;
    }
    Ok(out.finish())
}

fn missing(specifier: &Specifier) -> Thrown {
    illegal_argument(format!("Format specifier '{specifier}'"))
}

/// One argument through one directive.
fn write(
    budget: &mut Budget,
    specifier: &Specifier,
    argument: &Value,
    out: &mut Units,
) -> Result<(), Thrown> {
    if argument.is_nil() && specifier.conversion != 'b' {
        return specifier.general(budget, "null", out);
    }
    if specifier.date {
        let text = dates::text(specifier, argument)?;
        return specifier.general(budget, &text, out);
    }
    match specifier.conversion {
        'b' => {
            let holds = !matches!(argument, Value::Nil | Value::Bool(false));
            specifier.general(budget, if holds { "true" } else { "false" }, out)
        }
        's' if specifier.flags.alternate => Err(specifier.flag_mismatch('#')),
        's' => {
            let mut units = Units::default();
            units.push_value(budget, argument)?;
            match units.finish() {
                Value::Str(text) => specifier.general(budget, &text, out),
                _ => Ok(()),
            }
        }
        'h' => {
            let hash = java_hash(argument).ok_or_else(|| specifier.mismatch(argument))?;
            specifier.general(budget, &format!("{hash:x}"), out)
        }
        'c' => character(budget, specifier, argument, out),
        'd' | 'o' | 'x' => numbers::integer(budget, specifier, argument, out),
        _ => numbers::float(budget, specifier, argument, out),
    }
}

/// Integers are code points too: what `(int 97)` gives is one kind with `97` here.
fn character(
    budget: &mut Budget,
    specifier: &Specifier,
    argument: &Value,
    out: &mut Units,
) -> Result<(), Thrown> {
    let text = match argument {
        Value::Char(unit) => {
            let mut units = Units::default();
            units.push_unit(*unit);
            match units.finish() {
                Value::Str(text) => text.to_string(),
                _ => String::new(),
            }
        }
        Value::Int(code) => u32::try_from(*code)
            .ok()
            .and_then(char::from_u32)
            .map(String::from)
            .ok_or_else(|| illegal_argument(format!("Code point = 0x{code:x}")))?,
        other => return Err(specifier.mismatch(other)),
    };
    specifier.general(budget, &text, out)
}

/// `Object.hashCode` of what has one that does not depend on how a collection is built.
pub(super) fn java_hash(value: &Value) -> Option<i32> {
    let of_long = |bits: i64| (bits ^ (bits as u64 >> 32) as i64) as i32;
    Some(match value {
        Value::Bool(bool) => {
            if *bool {
                1231
            } else {
                1237
            }
        }
        Value::Int(int) => of_long(*int),
        Value::Double(double) => of_long(double.to_bits() as i64),
        Value::Char(unit) => i32::from(*unit),
        Value::Str(text) => {
            text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
        }
        Value::Uuid(bits) => of_long((bits >> 64) as i64 ^ *bits as i64),
        Value::Instant(millis) => of_long(*millis),
        _ => return None,
    })
}
