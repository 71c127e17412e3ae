//! The size of a value as JSON, the measure of the result limits. Counts without writing.

use breyta_core::Value;

/// UTF-8 bytes of the value's JSON text. Keywords and symbols count as strings, bytes as base64.
pub fn json_bytes(value: &Value) -> u64 {
    match value {
        Value::Nil => 4,
        Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Int(int) => digits(*int),
        // Three bits a decimal digit, rounded up: never too small.
        Value::BigInt(int) => int.bits() / 3 + 2,
        Value::Ratio(ratio) => (ratio.numer().bits() + ratio.denom().bits()) / 3 + 5,
        Value::Decimal(decimal) => decimal.unscaled.bits() / 3 + 4,
        Value::Double(double) => double.to_string().len() as u64,
        Value::Char(_) => 5,
        Value::Str(text) => string_bytes(text),
        Value::Regex(pattern) => string_bytes(pattern.source()),
        Value::Keyword(keyword) => string_bytes(keyword.full()),
        Value::Symbol(symbol) => string_bytes(symbol.full()),
        Value::List(items) | Value::Vector(items) => sequence_bytes(items.iter(), items.len()),
        Value::Set(items) => sequence_bytes(items.iter(), items.len()),
        Value::Map(map) => {
            let entries: u64 = map.iter().map(|(key, value)| json_bytes(key) + 1 + json_bytes(value)).sum();
            2 + entries + (map.len() as u64).saturating_sub(1)
        }
        Value::Instant(_) => 26,
        Value::Uuid(_) => 38,
        Value::Bytes(bytes) => (bytes.len() as u64).div_ceil(3) * 4 + 2,
        Value::Function(_) | Value::Lazy(_) | Value::Object(_) | Value::Error(_) => 0,
    }
}

fn digits(int: i64) -> u64 {
    let sign = u64::from(int < 0);
    sign + int.unsigned_abs().checked_ilog10().map_or(1, |log| u64::from(log) + 1)
}

fn sequence_bytes<'a>(items: impl Iterator<Item = &'a Value>, count: usize) -> u64 {
    2 + items.map(json_bytes).sum::<u64>() + (count as u64).saturating_sub(1)
}

/// With quotes; control characters, quotes and backslashes as escapes.
fn string_bytes(text: &str) -> u64 {
    let escapes: u64 = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 1,
            0..0x20 => 5,
            _ => 0,
        })
        .sum();
    text.len() as u64 + escapes + 2
}

#[cfg(test)]
mod tests {
    use breyta_core::{Keyword, Map, Value, Vector};

    use super::json_bytes;

    #[track_caller]
    fn check(value: Value, json: &str) {
        assert_eq!(json_bytes(&value), json.len() as u64, "{json}");
    }

    #[test]
    fn sizes_are_those_of_the_json_text() {
        check(Value::Nil, "null");
        check(Value::Bool(false), "false");
        for (int, json) in [(0, "0"), (-1, "-1"), (10, "10"), (i64::MIN, "-9223372036854775808")] {
            check(Value::Int(int), json);
        }
        check(Value::Double(1.5), "1.5");
        check(Value::string("a\"\n\u{1}é"), r#""a\"\n\u0001é""#);
        check(Value::Vector(Vector::new()), "[]");
        check(Value::Vector(Vector::from(vec![Value::Int(1), Value::Int(22)])), "[1,22]");
        let entry = |key: &'static str, value| (Value::Keyword(Keyword::literal(key)), value);
        check(
            Value::Map(Map::from([entry("a", Value::Int(1)), entry("b/c", Value::Nil)])),
            r#"{"a":1,"b/c":null}"#,
        );
    }
}
