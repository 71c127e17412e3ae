//! Whether a default is a value that its field itself would take. Only what can never be one is reported.

use breyta_catalog::input_types::InputType;
use breyta_core::Value;

use crate::diagnostics::Problems;
use crate::flow::entry::Entry;
use crate::syntax::Form;

pub(super) fn check(
    default: &Value,
    row: &InputType,
    options: &[Value],
    form: &Form,
    entry: &Entry,
    problems: &mut Problems,
) {
    let wanted = match row.name {
        "select" if options.is_empty() || options.iter().any(|option| is_same(option, default)) => return,
        "select" => "one of its options",
        kind => match wanted(kind, default) {
            None => return,
            Some(wanted) => wanted,
        },
    };
    entry.invalid("default", &format!("{wanted} for the type `:{}`", row.name), form, problems);
}

/// What a value of the type is, when this is none. A text that may be filled in later, `"today"`, passes.
pub(in crate::flow) fn wanted(kind: &str, value: &Value) -> Option<&'static str> {
    let text = match value {
        Value::Str(text) => Some(text.trim()),
        _ => None,
    };
    let (fits, wanted) = match kind {
        "number" => {
            let number = matches!(
                value,
                Value::Int(_) | Value::Double(_) | Value::BigInt(_) | Value::Decimal(_) | Value::Ratio(_)
            );
            (number || text.is_some_and(|text| text.parse::<f64>().is_ok()), "a number")
        }
        "boolean" => (matches!(value, Value::Bool(_)), "true or false"),
        "json" | "select" | "file" | "resource" => (true, ""),
        "date" => (text.is_some_and(|text| !has_digit(text) || is_date(text)), "a date `\"2026-01-31\"`"),
        "time" => (text.is_some_and(|text| !has_digit(text) || is_time(text)), "a time `\"08:30\"`"),
        "datetime" => (
            text.map_or(matches!(value, Value::Instant(_)), |text| !has_digit(text) || is_date_time(text)),
            "a time such as `\"2026-01-31T08:30:00Z\"`",
        ),
        "email" => (text.is_some_and(|text| text.is_empty() || text.contains('@')), "an e-mail address"),
        _ => (text.is_some(), "a string"),
    };
    (!fits).then_some(wanted)
}

/// `:high` and `"high"` name the same option.
fn is_same(one: &Value, other: &Value) -> bool {
    one == other || matches!((one.as_name(), other.as_name()), (Some(one), Some(other)) if one == other)
}

fn has_digit(text: &str) -> bool {
    text.contains(|letter: char| letter.is_ascii_digit())
}

/// `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let month = number(month, 2).unwrap_or(0);
    let longest = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    number(year, 4).is_some()
        && (1..=12).contains(&month)
        && number(day, 2).is_some_and(|day| (1..=longest).contains(&day))
}

/// `HH:MM`, with seconds and a fraction of them or without.
fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = whole.split(':').collect();
    let limits = [23, 59, 59];
    (2..=3).contains(&parts.len())
        && parts.iter().zip(limits).all(|(part, limit)| number(part, 2).is_some_and(|part| part <= limit))
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

/// A date, a time and a zone; the zone and the time may be left out.
fn is_date_time(text: &str) -> bool {
    let Some((date, time)) = text.split_once(['T', ' ']) else { return is_date(text) };
    let time = time.strip_suffix('Z').unwrap_or(time);
    let zone = time.find(['+', '-']).map_or("00:00", |at| time.get(at + 1..).unwrap_or_default());
    let time = time.split(['+', '-']).next().unwrap_or_default();
    is_date(date) && is_time(time) && (is_time(zone) || number(zone, 4).is_some())
}

/// The number that exactly so many digits write.
fn number(text: &str, digits: usize) -> Option<u32> {
    let right = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| text.parse().ok()).flatten()
}
