//! The byte encoding: stable bytes, round trips, damage.

use std::sync::Arc;

use num_bigint::BigInt;

use super::{NotStorable, decode, encode};
use crate::number::{Decimal, Ratio};
use crate::print::pr_str;
use crate::value::Function;
use crate::{Map, Set, Symbol, Value, Vector};

fn encoded(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    encode(value, &mut out).unwrap();
    out
}

fn big(text: &str) -> Value {
    Value::BigInt(Arc::new(text.parse::<BigInt>().unwrap()))
}

/// One value of each kind with its bytes. These bytes are in people's data directories: a change here breaks them.
fn samples() -> Vec<(Value, &'static str)> {
    let text = |text: &str| Value::from(text);
    vec![
        (Value::Nil, "01 00"),
        (false.into(), "01 01"),
        (true.into(), "01 02"),
        (0.into(), "01 03 00"),
        ((-1).into(), "01 03 01"),
        (300.into(), "01 03 d804"),
        (i64::MAX.into(), "01 03 feffffffffffffffff01"),
        (i64::MIN.into(), "01 03 ffffffffffffffffff01"),
        (big("0"), "01 04 01 00"),
        (big("-129"), "01 04 02 ff7f"),
        (big("18446744073709551616"), "01 04 09 010000000000000000"),
        (Value::Ratio(Arc::new(Ratio::new((-1).into(), 3.into()))), "01 05 01 ff 01 03"),
        (Value::Decimal(Arc::new(Decimal::parse("1.50").unwrap())), "01 06 04 02 0096"),
        (Value::Decimal(Arc::new(Decimal::parse("1e3").unwrap())), "01 06 05 01 01"),
        (1.5.into(), "01 07 3ff8000000000000"),
        (f64::NAN.into(), "01 07 7ff8000000000000"),
        (Value::Char(0x61), "01 08 0061"),
        (text("hé"), "01 09 03 68c3a9"),
        (Value::keyword("a/b"), "01 0a 03 612f62"),
        (Value::Symbol(Symbol::new("x")), "01 0b 01 78"),
        (Value::List(Vector::from([1.into(), Value::Nil])), "01 0c 02 0302 00"),
        (Value::Vector(Vector::from([text("")])), "01 0d 01 0900"),
        (
            Map::from([(Value::keyword("b"), 1.into()), (Value::keyword("a"), 2.into())]).into(),
            "01 0e 02 0a0162 0302 0a0161 0304",
        ),
        (
            // The example of docs/format.md.
            Map::from([
                (Value::keyword("b"), 1.into()),
                (Value::keyword("a"), Value::Vector(Vector::from([true.into(), text("é")]))),
            ])
            .into(),
            "01 0e 02 0a0162 0302 0a0161 0d 02 02 0902c3a9",
        ),
        (Value::Set([3.into(), 1.into()].into_iter().collect::<Set>()), "01 0f 02 0306 0302"),
        (Value::Instant(-1), "01 10 01"),
        (Value::Uuid(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff), "01 11 00112233445566778899aabbccddeeff"),
        (Value::Bytes([1u8, 2].as_slice().into()), "01 12 02 0102"),
    ]
}

#[test]
fn the_bytes_of_each_kind_are_stable() {
    for (value, expected) in samples() {
        let bytes = encoded(&value);
        let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert_eq!(hex, expected.replace(' ', ""), "{}", pr_str(&value));
        assert_eq!(pr_str(&decode(&bytes).unwrap()), pr_str(&value));
    }
}

#[test]
fn refuses_what_is_not_data() {
    let mut out = vec![7];
    let refused =
        |value: Value, out: &mut Vec<u8>| encode(&Value::Vector(Vector::from([value])), out).unwrap_err();
    let function = Function::Native { name: "f", code: |_, _| Ok(Value::Nil) };
    assert_eq!(refused(Value::Function(Arc::new(function)), &mut out), NotStorable::Function);
    assert_eq!(refused(Value::regex("a"), &mut out), NotStorable::Regex);
    let mut deep = Value::Nil;
    for _ in 0..512 {
        deep = Value::Vector(Vector::from([deep]));
    }
    assert!(decode(&encoded(&deep)).is_ok());
    assert_eq!(refused(deep, &mut out), NotStorable::TooDeep);
    assert_eq!(out, [7], "nothing half-written");
}

#[test]
fn refuses_what_the_writer_does_not_write() {
    let check = |hex: &str, message: &str| {
        let bytes: Vec<u8> = hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect();
        assert_eq!(decode(&bytes).unwrap_err().message, message, "{hex}");
    };
    check("02 00", "unknown format byte; written by a newer version?");
    check("01", "the bytes end too early");
    check("01 13", "an unknown tag");
    check("01 00 00", "there are bytes after the value");
    check("01 03 80 00", "a number that is written too long");
    check("01 03 ff ff ff ff ff ff ff ff ff 02", "a number of more than 64 bits");
    check("01 04 02 00 01", "a big number that is not written in its shortest form");
    check("01 05 01 02 01 04", "a ratio that is not in lowest terms");
    check("01 05 01 02 01 00", "a ratio that is not in lowest terms");
    check("01 09 01 ff", "text that is not UTF-8");
    check("01 0d ff ff ff ff 0f", "more elements than bytes");
    check("01 0f 02 03 02 03 02", "a set with equal members");
    check("01 0e 02 03 02 00 03 02 00", "a map with equal keys");
    let deep: Vec<u8> = std::iter::once(1).chain([0x0d, 1].repeat(100_000)).collect();
    assert_eq!(decode(&deep).unwrap_err().message, "values nest too deeply");
}

/// Every change of one byte, every cut, and many random changes: an error or another value, never a panic.
#[test]
fn damaged_bytes_never_panic() {
    let whole = Value::Vector(samples().into_iter().map(|(value, _)| value).collect());
    let bytes = encoded(&whole);
    for at in 0..bytes.len() {
        let _ = decode(bytes.get(..at).unwrap());
        for byte in 0..=255 {
            let mut damaged = bytes.clone();
            *damaged.get_mut(at).unwrap() = byte;
            let _ = decode(&damaged);
        }
    }
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..20_000 {
        let mut damaged = bytes.clone();
        for _ in 0..4 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let at = random as usize % damaged.len();
            *damaged.get_mut(at).unwrap() = (random >> 32) as u8;
        }
        let _ = decode(&damaged);
    }
}
