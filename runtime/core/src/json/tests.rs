//! JSON: texts, errors and places, numbers, keys.

use std::sync::Arc;

use super::{Keys, emit, emit_pretty, from_json, parse, to_json};
use crate::number::{Decimal, Ratio};
use crate::print::pr_str;
use crate::{Map, Set, Value, Vector};

/// JSON text read with keyword keys, printed as Clojure.
fn check(json: &str, expected: &str) {
    let value = parse(json, Keys::Keywords).unwrap_or_else(|error| panic!("{json}: {error}"));
    assert_eq!(pr_str(&value), expected);
    let again = parse(&emit(&value).unwrap(), Keys::Keywords).unwrap();
    assert_eq!(pr_str(&again), expected, "written and read again");
}

fn check_error(json: &str, line: u32, column: u32, message: &str) {
    let error = parse(json, Keys::Strings).unwrap_err();
    assert_eq!((error.line, error.column, error.message.as_str()), (line, column, message), "{json}");
}

#[test]
fn reads() {
    check("null", "nil");
    check(" [1, -2, 0, 1.5, 1e3, -0.0] ", "[1 -2 0 1.5 1000.0 -0.0]");
    check("12345678901234567890123", "12345678901234567890123N");
    check("9223372036854775808", "9223372036854775808N");
    check(r#"{"b": {"First Name": true}, "a/x": [], "b": false}"#, "{:b false, :a/x []}");
    check(r#""é\u00e9\ud83d\ude00\n\/\"\u0001""#, "\"éé😀\\n/\\\"\u{1}\"");
    assert_eq!(pr_str(&parse(r#"{"a": 1}"#, Keys::Strings).unwrap()), "{\"a\" 1}");
}

#[test]
fn refuses_with_a_place() {
    check_error("", 1, 1, "the text is empty");
    check_error("{\"a\": 1,\n \"é\" 2}", 2, 6, "expected `:` after the key, found `2`");
    check_error("{\"a\": 1,}", 1, 9, "expected a key in double quotes, found `}`");
    check_error("[1 2]", 1, 4, "expected `,` or `]` after a value, found `2`");
    check_error("[1,", 1, 4, "expected a value, found the end of the text");
    check_error("nil", 1, 1, "expected a value, found `n`");
    check_error("1 2", 1, 3, "there is more text after the value");
    check_error("\"abc", 1, 1, "the string is not closed");
    check_error("[\"a\\x\"]", 1, 4, "unknown escape; JSON knows \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
    check_error("\"\\ud800\"", 1, 2, "half of a surrogate pair is no character");
    check_error("\"\\u12é4\"", 1, 2, "\\u takes four hexadecimal digits");
    check_error("\"a\nb\"", 1, 3, "a control character in a string must be written as an escape");
    check_error("01", 1, 1, "a number needs digits, and no zero in front of others");
    check_error("1.", 1, 3, "a number needs a digit after its point");
    check_error("1e999", 1, 1, "the number is too large for a double");
    check_error(&"[".repeat(100_000), 1, 513, "values nest deeper than 512 levels");
    let deepest = format!("{}{}", "[".repeat(512), "]".repeat(512));
    assert_eq!(emit(&parse(&deepest, Keys::Strings).unwrap()).unwrap(), deepest);
}

#[test]
fn writes_what_json_has_no_word_for() {
    let map = Map::from([
        (Value::keyword("a/b"), Value::keyword("x/y")),
        (1.into(), Value::Set([1.into()].into_iter().collect::<Set>())),
        (Value::from("s"), Value::List(Vector::from([Value::Char(97)]))),
        (Value::keyword("r"), Value::Ratio(Arc::new(Ratio::new(1.into(), 3.into())))),
        (Value::keyword("d"), Value::Decimal(Arc::new(Decimal::parse("1.50").unwrap()))),
        (Value::keyword("t"), Value::Instant(0)),
        (Value::keyword("u"), Value::Uuid(1)),
        (Value::keyword("y"), Value::Bytes(b"hi!?".as_slice().into())),
    ]);
    let expected = concat!(
        r#"{"a/b":"x/y","1":[1],"s":["a"],"r":0.3333333333333333,"d":1.50,"t":"1970-01-01T00:00:00.000Z","#,
        r#""u":"00000000-0000-0000-0000-000000000001","y":"aGkhPw=="}"#
    );
    assert_eq!(emit(&map.clone().into()).unwrap(), expected);
    let tree = to_json(&map.into()).unwrap();
    assert_eq!(tree.to_string(), expected.replace("1.50", "1.5"));
    assert_eq!(
        pr_str(&from_json(&serde_json::json!({"k": [1, 2.5, null]}), Keys::Keywords)),
        "{:k [1 2.5 nil]}"
    );
}

#[test]
fn refuses_to_write() {
    let refused = |value: Value| emit(&value).unwrap_err().message;
    assert_eq!(refused(f64::NAN.into()), "NaN has no JSON form");
    assert_eq!(refused(Value::regex("a")), "a regex has no JSON form");
    assert_eq!(refused(Map::from([(Value::Nil, 1.into())]).into()), "a map key cannot be nil in JSON");
    let alike = Map::from([(Value::keyword("a"), 1.into()), (Value::from("a"), 2.into())]);
    assert_eq!(refused(alike.into()), "two keys of a map are both written as \"a\"");
    let mut deep = Value::Nil;
    for _ in 0..600 {
        deep = Value::Vector(Vector::from([deep]));
    }
    assert_eq!(refused(deep), "the value nests deeper than 512 levels");
}

#[test]
fn indents() {
    let value = parse(r#"{"a":[1,{}],"b":[]}"#, Keys::Strings).unwrap();
    assert_eq!(emit_pretty(&value).unwrap(), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
}
