//! What the texts of typed inputs must look like.

use breyta_core::Value;

/// JSON numbers and numeric strings: an integer without fraction or exponent, else a double.
pub(super) fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Int(_) | Value::Double(_) | Value::BigInt(_) | Value::Decimal(_) | Value::Ratio(_) => {
            Some(value.clone())
        }
        Value::Str(text) => {
            let text = text.trim();
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return text.parse().ok().map(Value::Int);
            }
            let plain = digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'-' | b'+'));
            let double: f64 = text.parse().ok().filter(|_| plain)?;
            double.is_finite().then_some(Value::Double(double))
        }
        _ => None,
    }
}

pub(super) fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(boolean) => Some(*boolean),
        Value::Int(1) => Some(true),
        Value::Int(0) => Some(false),
        Value::Str(text) => match text.as_str() {
            "true" | "on" | "1" => Some(true),
            "false" | "off" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// For messages and comparisons: names as they are, other values as JSON.
pub(super) fn shown(value: &Value) -> String {
    match value.as_name() {
        Some(name) => name.to_owned(),
        None => breyta_core::json::emit(value).unwrap_or_else(|_| value.type_name().to_owned()),
    }
}

type Rule = (fn(&str) -> bool, &'static str);

/// The check of a text type with what it wants; None for types that take any text.
pub(super) fn text_rule(kind: &str) -> Option<Rule> {
    Some(match kind {
        "date" => (is_date, "a date like 2026-01-31"),
        "time" => (is_time, "a time like 14:30 or 14:30:59"),
        "datetime" => (is_datetime, "a date and time like 2026-01-31T14:30:00Z"),
        "email" => (is_email, "an e-mail address"),
        _ => return None,
    })
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let (text, fraction) =
        text.split_once('.').map_or((text, None), |(text, fraction)| (text, Some(fraction)));
    if fraction
        .is_some_and(|fraction| fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return false;
    }
    let parts: Vec<Option<u32>> = text.split(':').map(|part| digits(part, 2)).collect();
    match parts.as_slice() {
        [Some(hour), Some(minute)] => *hour < 24 && *minute < 60 && fraction.is_none(),
        [Some(hour), Some(minute), Some(second)] => *hour < 24 && *minute < 60 && *second < 60,
        _ => false,
    }
}

fn is_datetime(text: &str) -> bool {
    let Some((date, rest)) = text.split_once(['T', ' ']) else { return false };
    let time = rest.strip_suffix('Z').unwrap_or_else(|| match rest.rfind(['+', '-']) {
        Some(at) if is_offset(rest.get(at + 1..).unwrap_or_default()) => rest.get(..at).unwrap_or_default(),
        _ => rest,
    });
    is_date(date) && is_time(time)
}

fn is_offset(text: &str) -> bool {
    let (hours, minutes) = text.split_once(':').or_else(|| text.split_at_checked(2)).unwrap_or((text, "00"));
    let minutes = if minutes.is_empty() { "00" } else { minutes };
    digits(hours, 2).is_some_and(|hours| hours < 24) && digits(minutes, 2).is_some_and(|minutes| minutes < 60)
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace)
    })
}

/// The number that exactly `count` digits stand for.
fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}
