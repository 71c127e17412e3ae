//! Durations as texts: a whole number and a unit (`"500ms" "10s" "5m" "2h" "1d"`). Durations that are numbers, and what
//! a config may hold, are not here.

use crate::Value;

/// Milliseconds of a value: a text, or a whole number of units of so many milliseconds.
pub fn of_value(value: &Value, number_unit_ms: u64) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok()?.checked_mul(number_unit_ms),
        Value::Str(text) => milliseconds(text.as_str()),
        _ => None,
    }
}

/// Milliseconds of a text; None when it is no duration. Without a unit it counts seconds.
pub fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let unit_ms = match unit {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(unit_ms)
}

/// The duration that a malformed text was meant to be: `10sec`, `5 minutes`, `2hrs`.
pub fn repaired(text: &str) -> Option<String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    if number.is_empty() {
        return None;
    }
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        _ => return None,
    };
    Some(format!("{number}{unit}"))
}
