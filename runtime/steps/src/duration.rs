//! Durations as configs write them: whole seconds, or a string with a unit (`"500ms" "10s" "5m" "2h" "1d"`).

use std::time::Duration;

use breyta_core::Value;

/// The duration a config value means; None when it is none.
pub fn parse(value: &Value) -> Option<Duration> {
    match value {
        Value::Int(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
        Value::Str(text) => parse_text(text),
        _ => None,
    }
}

fn parse_text(text: &str) -> Option<Duration> {
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
    number.checked_mul(unit_ms).map(Duration::from_millis)
}

/// For messages: `500 ms`, `10 s`.
pub fn show(duration: Duration) -> String {
    if duration.subsec_millis() == 0 {
        format!("{} s", duration.as_secs())
    } else {
        format!("{} ms", duration.as_millis())
    }
}
