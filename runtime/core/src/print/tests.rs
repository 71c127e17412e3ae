//! Printing: `str` and `pr-str` of every kind.

use std::sync::Arc;

use num_bigint::BigInt;

use super::{pr_str, str_text};
use crate::number::{Decimal, Ratio};
use crate::value::Function;
use crate::{Keyword, Map, Set, Symbol, Value, Vector};

fn check(value: &Value, str: &str, pr: &str) {
    assert_eq!(str_text(value), str, "str of {value:?}");
    assert_eq!(pr_str(value), pr, "pr-str of {value:?}");
}

fn same(value: &Value, text: &str) {
    check(value, text, text);
}

#[test]
fn scalars() {
    check(&Value::Nil, "", "nil");
    same(&true.into(), "true");
    same(&(-7).into(), "-7");
    check(&Value::BigInt(Arc::new(BigInt::from(5))), "5", "5N");
    same(&Value::Ratio(Arc::new(Ratio::new(1.into(), 3.into()))), "1/3");
    check(&Value::Decimal(Arc::new(Decimal::parse("2.50").unwrap())), "2.50", "2.50M");
    check(&f64::NAN.into(), "NaN", "##NaN");
    check(&f64::NEG_INFINITY.into(), "-Infinity", "##-Inf");
    same(&1.5e-7.into(), "1.5E-7");
    same(&Value::keyword("a/b"), ":a/b");
    same(&Value::Symbol(Symbol::new("x.y/z")), "x.y/z");
    check(
        &Value::Uuid(0xb688_3c0a_0342_4007_9966_bc2d_fa6b_109e),
        "b6883c0a-0342-4007-9966-bc2dfa6b109e",
        "#uuid \"b6883c0a-0342-4007-9966-bc2dfa6b109e\"",
    );
    check(
        &Value::Instant(1_704_164_645_678),
        "2024-01-02T03:04:05.678Z",
        "#inst \"2024-01-02T03:04:05.678-00:00\"",
    );
    check(&Value::Instant(-1), "1969-12-31T23:59:59.999Z", "#inst \"1969-12-31T23:59:59.999-00:00\"");
    same(&Value::Bytes(vec![1u8, 0xab].into()), "#breyta/bytes \"01ab\"");
    check(&Value::regex("a\\d"), "a\\d", "#\"a\\d\"");
    let function = Function::Native { name: "clojure.core/inc", code: |_, _| Ok(Value::Nil) };
    same(&Value::Function(Arc::new(function)), "#function[clojure.core/inc]");
}

#[test]
fn characters_and_strings() {
    check(&Value::Char(97), "a", "\\a");
    check(&Value::Char(10), "\n", "\\newline");
    check(&Value::Char(32), " ", "\\space");
    check(&Value::Char(0xd83d), "\u{fffd}", "\\uD83D");
    check(&"é\"\\\n\t😀".into(), "é\"\\\n\t😀", "\"é\\\"\\\\\\n\\t😀\"");
}

#[test]
fn collections() {
    let items = || Vector::from([1.into(), "a".into(), Value::Nil, Value::Char(99)]);
    same(&Value::Vector(items()), "[1 \"a\" nil \\c]");
    same(&Value::List(items()), "(1 \"a\" nil \\c)");
    same(&Value::List(Vector::new()), "()");
    same(&Value::Map(Map::new()), "{}");
    let map = Map::from([
        (Value::keyword("b"), Value::Vector(items())),
        (Value::keyword("a"), Value::Set([3.into(), 1.into()].into_iter().collect::<Set>())),
    ]);
    same(&Value::Map(map), "{:b [1 \"a\" nil \\c], :a #{3 1}}");
    same(&Value::Keyword(Keyword::new("a b")), ":a b");
}

#[test]
fn depth_needs_no_stack() {
    let mut value = Value::Vector(Vector::new());
    for _ in 0..5_000 {
        value = Value::Vector(Vector::from([value]));
    }
    assert_eq!(pr_str(&value).len(), 2 * 5_001);
}

#[test]
fn a_meter_stops_printing() {
    let mut value = Value::Vector(Vector::from([1.into(), 2.into()]));
    for _ in 0..60 {
        value = Value::Vector(Vector::from([value.clone(), value]));
    }
    let mut left = 10_000usize;
    let mut out = String::new();
    let stopped = super::write_readable(&value, &mut out, &mut |bytes| {
        left = left.checked_sub(bytes).ok_or(())?;
        Ok(())
    });
    assert_eq!(stopped, Err(()));
    assert!(out.len() < 11_000);
}
