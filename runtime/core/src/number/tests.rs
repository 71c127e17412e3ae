//! The numeric tower: arithmetic, order, text, as Clojure has them.

use std::cmp::Ordering;
use std::sync::Arc;

use num_bigint::BigInt;

use super::{Decimal, Ratio, format_double};
use crate::print::pr_str;
use crate::{Budget, Thrown, Value};

/// A number as Clojure writes it.
fn number(text: &str) -> Value {
    if let Some(digits) = text.strip_suffix('N').filter(|_| text != "##NaN") {
        return Value::BigInt(Arc::new(digits.parse::<BigInt>().unwrap()));
    }
    if let Some(decimal) = text.strip_suffix('M') {
        return Value::Decimal(Arc::new(Decimal::parse(decimal).unwrap()));
    }
    if let Some((numerator, denominator)) = text.split_once('/') {
        return Value::Ratio(Arc::new(Ratio::new(numerator.parse().unwrap(), denominator.parse().unwrap())));
    }
    match text {
        "##NaN" => f64::NAN.into(),
        "##Inf" => f64::INFINITY.into(),
        "##-Inf" => f64::NEG_INFINITY.into(),
        _ => text.parse::<i64>().map_or_else(|_| text.parse::<f64>().unwrap().into(), Value::from),
    }
}

type Operation = fn(&mut Budget, &Value, &Value) -> Result<Value, Thrown>;

fn check(operation: Operation, left: &str, right: &str, expected: &str) {
    let mut budget = Budget::new(1_000_000, 100, 100_000_000);
    let actual = match operation(&mut budget, &number(left), &number(right)) {
        Ok(value) => pr_str(&value),
        Err(thrown) => thrown.message().to_owned(),
    };
    assert_eq!(actual, expected, "{left} and {right}");
}

const OPERANDS: [&str; 11] = ["3", "-7", "0", "2.5", "-0.5", "3/4", "-5/2", "4N", "-6N", "1.25M", "-2.0M"];

fn check_row(operation: Operation, left: &str, expected: [&str; 11]) {
    for (right, expected) in OPERANDS.into_iter().zip(expected) {
        check(operation, left, right, expected);
    }
}

#[test]
fn sums() {
    check_row(super::add, "3", ["6", "-4", "3", "5.5", "2.5", "15/4", "1/2", "7N", "-3N", "4.25M", "1.0M"]);
    check_row(
        super::add,
        "-5/2",
        ["1/2", "-19/2", "-5/2", "0.0", "-3.0", "-7/4", "-5N", "3/2", "-17/2", "-1.25M", "-4.5M"],
    );
    check_row(
        super::subtract,
        "-5/2",
        ["-11/2", "9/2", "-5/2", "-5.0", "-2.0", "-13/4", "0N", "-13/2", "7/2", "-3.75M", "-0.5M"],
    );
    check(super::add, "1/3", "0.5", "0.8333333333333333");
    check(super::add, "-0.0", "-0.0", "-0.0");
    check(super::add, "9223372036854775807", "1", "long overflow");
    check(super::add, "9223372036854775807", "1N", "9223372036854775808N");
    check(super::add, "9223372036854775807", "1.0", "9.223372036854776E18");
    check(super::add, "1M", "1e1000000000M", "a decimal with too many digits for the sandbox");
}

#[test]
fn products_and_quotients() {
    check(super::multiply, "2.50M", "4", "10.00M");
    check(super::multiply, "1/2", "2", "1N");
    check(super::multiply, "0", "##Inf", "##NaN");
    check(super::multiply, "4294967296", "4294967296", "long overflow");
    check(super::divide, "10", "4", "5/2");
    check(super::divide, "7", "-2", "-7/2");
    check(super::divide, "4", "2", "2");
    check(super::divide, "4N", "2", "2N");
    check(super::divide, "0", "5", "0");
    check(super::divide, "-9223372036854775808", "-1", "-9223372036854775808");
    check(super::divide, "1.0", "0", "Divide by zero");
    check(super::divide, "1", "0.0", "Divide by zero");
    check(super::divide, "1/2", "0.25", "2.0");
    check(super::divide, "7", "0.7M", "1E+1M");
    check(super::divide, "1M", "8", "0.125M");
    check(
        super::divide,
        "1M",
        "3M",
        "Non-terminating decimal expansion; no exact representable decimal result.",
    );
    check(super::divide, "2M", "3.0", "0.6666666666666666");
}

#[test]
fn integer_division() {
    check(super::quotient, "-10", "3", "-3");
    check(super::quotient, "-9223372036854775808", "-1", "-9223372036854775808");
    check(super::quotient, "7/2", "1", "3N");
    check(super::quotient, "10.7M", "3", "3.0M");
    check(super::quotient, "7", "-3/2", "-4N");
    check(super::quotient, "-10.5", "3", "-3.0");
    check(super::remainder, "10.7M", "3", "1.7M");
    check(super::remainder, "7", "-3/2", "1N");
    check(super::remainder, "5", "0.0", "Divide by zero");
    check(super::modulo, "-10", "3", "2");
    check(super::modulo, "7", "-2", "-1");
    check(super::modulo, "-7", "-3/2", "-1N");
    check(super::modulo, "-7", "0.7M", "0M");
    check(super::modulo, "-3.7", "1", "0.2999999999999998");
    check(super::modulo, "-10N", "3", "2N");
}

#[test]
fn order_and_equality() {
    let compare = |left, right| super::compare(&number(left), &number(right)).unwrap();
    assert_eq!(compare("1", "##NaN"), Ordering::Equal);
    assert_eq!(compare("1/2", "0.25"), Ordering::Greater);
    assert_eq!(compare("1M", "1.0"), Ordering::Equal);
    assert_eq!(compare("1e1000000000M", "1M"), Ordering::Greater);
    assert_eq!(compare("-1e1000000000M", "1e-1000000000M"), Ordering::Less);
    let same = |left, right| number(left) == number(right);
    assert!(same("1M", "1.0M") && same("1", "1N") && same("0.0", "-0.0") && same("0M", "0.00M"));
    assert!(!same("1", "1.0") && !same("1.0", "1M") && !same("1", "1M") && !same("##NaN", "##NaN"));
    assert!(super::equivalent(&number("9007199254740993"), &number("9007199254740992.0")).unwrap());
    let hash = |text| std::hash::BuildHasher::hash_one(&crate::value::TableState, number(text));
    assert_eq!(hash("1M"), hash("1.00M"));
    assert_eq!(hash("100M"), hash("1e2M"));
    assert_eq!(hash("7N"), hash("7"));
}

#[test]
fn doubles_print_as_in_java() {
    let doubles = [
        (1e7, "1.0E7"),
        (9_999_999.0, "9999999.0"),
        (1e-3, "0.001"),
        (0.00099, "9.9E-4"),
        (1e-4, "1.0E-4"),
        (1.2345e-4, "1.2345E-4"),
        (123_456.75, "123456.75"),
        (100.0, "100.0"),
        (-0.0, "-0.0"),
        (4.9e-324, "4.9E-324"),
        (1e23, "9.999999999999999E22"),
        (1.5e300, "1.5E300"),
        (0.1 + 0.2, "0.30000000000000004"),
        (33.333_333_333_333_336, "33.333333333333336"),
    ];
    for (double, expected) in doubles {
        assert_eq!(format_double(double), expected);
    }
}

#[test]
fn decimals_print_as_in_java() {
    for (text, expected) in [
        ("1e3", "1E+3"),
        ("1E-10", "1E-10"),
        ("0.000001", "0.000001"),
        ("0.0000001", "1E-7"),
        ("123.45e2", "12345"),
        ("-12.50", "-12.50"),
        ("0.00", "0.00"),
        ("1.7e308", "1.7E+308"),
    ] {
        assert_eq!(Decimal::parse(text).unwrap().to_string(), expected);
    }
    for bad in ["", ".", "1e", "1e99999999999", "1.2.3", "--1", "+-1", "1x"] {
        assert!(Decimal::parse(bad).is_none(), "{bad}");
    }
}

#[test]
fn conversions() {
    let long = |text| super::to_i64("long", &number(text)).map_err(|thrown| thrown.message().to_owned());
    assert_eq!(long("3.7"), Ok(3));
    assert_eq!(long("-7/2"), Ok(-3));
    assert_eq!(long("3.99M"), Ok(3));
    assert_eq!(long("##NaN"), Ok(0));
    assert_eq!(long("9.3e18"), Err("Value out of range for long: 9.3E18".to_owned()));
    assert_eq!(long("1e1000000000M"), Err("Value out of range for long: 1E+1000000000".to_owned()));
    assert_eq!(long("1e-1000000000M"), Ok(0));
    for (ratio, double) in
        [("7/3", "2.333333333333333"), ("2/3", "0.6666666666666667"), ("1/3", "0.3333333333333333")]
    {
        assert_eq!(format_double(super::to_f64(&number(ratio)).unwrap()), double);
    }
    assert_eq!(super::to_i32(&number("-2147483649")).unwrap_err().message(), "integer overflow");
}

/// Bits and text of doubles, by Java 17.
#[test]
fn doubles_print_as_java_prints_them() {
    let mut wrong = Vec::new();
    for line in include_str!("tests/doubles.txt").lines() {
        let (bits, text) = line.split_once(' ').expect("bits and text");
        let double = f64::from_bits(u64::from_str_radix(bits, 16).expect("hexadecimal"));
        if super::format_double(double) != text {
            wrong.push((text, super::format_double(double)));
        }
        assert_eq!(text.parse(), Ok(double), "reads back");
    }
    assert!(wrong.is_empty(), "{} wrong: {:?}", wrong.len(), &wrong[..wrong.len().min(20)]);
}
