//! Durations as configs write them: whole seconds, or a string with a unit (`"500ms" "10s" "5m" "2h" "1d"`).

use std::time::Duration;

use breyta_core::{Value, duration};

/// The duration a config value means; None when it is none.
pub fn parse(value: &Value) -> Option<Duration> {
    match value {
        Value::Int(seconds) => u64::try_from(*seconds).ok().map(Duration::from_secs),
        Value::Str(text) => duration::milliseconds(text.as_str()).map(Duration::from_millis),
        _ => None,
    }
}

/// For messages: `500 ms`, `10 s`.
pub fn show(duration: Duration) -> String {
    if duration.subsec_millis() == 0 {
        format!("{} s", duration.as_secs())
    } else {
        format!("{} ms", duration.as_millis())
    }
}
