//! Every function against answers of real Clojure 1.11.
//!
//! A line of the tables is one call, `(take 2 [1 2 3]) => (1 2)`. Symbols among the arguments are library functions, what
//! is deeper is data. `=> ! class` is an error, with its message behind when Clojure's is stable.

mod bounds;

use std::sync::Arc;

use super::invoke::invoke;
use super::{Entry, entries, lookup};
use crate::print::pr_str;
use crate::thrown::Class;
use crate::value::{Function, realize};
use crate::{Budget, Thrown, Value, edn};

/// Sequences without an end.
mod endless;
mod paths;

fn budget() -> Budget {
    Budget::new(1_000_000, 200, 100_000_000)
}

fn native(entry: &'static Entry) -> Value {
    Value::Function(Arc::new(Function::Native { name: entry.name, code: entry.code }))
}

/// The function that code means by a bare or qualified name.
fn function(name: &str) -> Value {
    let short = name.strip_prefix("str/").map(|name| format!("clojure.string/{name}"));
    let short = short.or_else(|| name.strip_prefix("set/").map(|name| format!("clojure.set/{name}")));
    let short = short.or_else(|| name.strip_prefix("edn/").map(|name| format!("clojure.edn/{name}")));
    let short = short.or_else(|| name.strip_prefix("walk/").map(|name| format!("clojure.walk/{name}")));
    let entry = [
        short,
        Some(name.to_owned()),
        Some(format!("clojure.core/{name}")),
        Some(format!("breyta.sandbox/{name}")),
    ]
    .into_iter()
    .flatten()
    .find_map(|name| lookup(&name))
    .unwrap_or_else(|| panic!("no function {name}"));
    native(entry)
}

fn run(call: &str) -> Result<Value, Thrown> {
    let form = edn::read(call).unwrap_or_else(|error| panic!("{call}: {}", error.message));
    let parts = form.as_sequential().unwrap_or_else(|| panic!("{call} is no list"));
    let mut parts = parts.clone().into_vec();
    for part in &mut parts {
        if let Value::Symbol(symbol) = part {
            *part = function(symbol.full());
        }
    }
    let (callee, args) = parts.split_first_mut().expect("a call has a callee");
    let mut budget = budget();
    // As printing it does: what is lazy is made.
    invoke(&mut budget, callee, args).and_then(|value| realize(&mut budget, value))
}

fn class_of(word: &str) -> Class {
    match word {
        "arithmetic" => Class::Arithmetic,
        "arity" => Class::Arity,
        "cast" => Class::ClassCast,
        "illegal-arg" => Class::IllegalArgument,
        "illegal-state" => Class::IllegalState,
        "index" => Class::IndexOutOfBounds,
        "null" => Class::NullPointer,
        "number-format" => Class::NumberFormat,
        "other" => Class::Runtime,
        "unsupported" => Class::UnsupportedOperation,
        other => panic!("unknown class {other}"),
    }
}

/// Ok when the call answers as the line says, else what it answered.
fn check(call: &str, expected: &str) -> Result<(), String> {
    match (run(call), expected.strip_prefix("! ")) {
        (Err(thrown), Some(error)) => {
            let (class, message) = error.split_once(' ').unwrap_or((error, ""));
            let general = match thrown.class() {
                Class::StringIndexOutOfBounds => Class::IndexOutOfBounds,
                Class::Checked | Class::DateTime | Class::DateTimeParse => Class::Runtime,
                class => class,
            };
            let matches =
                general == class_of(class) && (message.is_empty() || thrown.message().trim_end() == message);
            if matches { Ok(()) } else { Err(format!("threw {:?}: {}", thrown.class(), thrown.message())) }
        }
        (Err(thrown), None) => Err(format!("threw {:?}: {}", thrown.class(), thrown.message())),
        (Ok(value), Some(_)) => Err(format!("answered {}", pr_str(&value))),
        (Ok(value), None) => {
            // Sets and large maps iterate in another order on the JVM: the same value then, of the same kind.
            let same = pr_str(&value) == expected
                || edn::read(expected).is_ok_and(|expected| {
                    expected == value && std::mem::discriminant(&expected) == std::mem::discriminant(&value)
                });
            if same { Ok(()) } else { Err(format!("answered {}", pr_str(&value))) }
        }
    }
}

fn check_table(table: &str) {
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with(';')) {
        let (call, expected) = line.split_once(" => ").unwrap_or_else(|| panic!("no answer in {line}"));
        if let Err(answer) = check(call, expected) {
            wrong.push(format!("{line}\n    {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn collections() {
    check_table(include_str!("tests/collections.txt"));
}

#[test]
fn sequences() {
    check_table(include_str!("tests/sequences.txt"));
}

#[test]
fn maps() {
    check_table(include_str!("tests/maps.txt"));
}

#[test]
fn bits() {
    check_table(include_str!("tests/bits.txt"));
}

#[test]
fn conversions() {
    check_table(include_str!("tests/conversions.txt"));
}

#[test]
fn hashes() {
    check_table(include_str!("tests/hashes.txt"));
}

#[test]
fn relations() {
    check_table(include_str!("tests/relations.txt"));
}

#[test]
fn reading() {
    check_table(include_str!("tests/reading.txt"));
}

#[test]
fn strings() {
    check_table(include_str!("tests/strings.txt"));
}

#[test]
fn format() {
    check_table(include_str!("tests/format.txt"));
}

#[test]
fn numbers() {
    check_table(include_str!("tests/numbers.txt"));
}

#[test]
fn texts() {
    check_table(include_str!("tests/texts.txt"));
}

#[test]
fn predicates_and_order() {
    check_table(include_str!("tests/predicates.txt"));
}

/// What Clojure does not have, or answers otherwise on purpose.
#[test]
fn ours() {
    check_table(include_str!("tests/ours.txt"));
}

#[test]
fn names_are_unique_and_paths_follow_them() {
    let mut names: Vec<&str> = entries().map(|entry| entry.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(entries().all(|entry| entry.required <= entry.parameters.len() && entry.path.contains("::")));
}

/// Whatever the arguments: an answer or a thrown error, never a panic.
#[test]
fn no_arguments_panic() {
    let samples: Vec<Value> = [
        "nil",
        "true",
        "0",
        "-1",
        "2",
        "9223372036854775807",
        "-9223372036854775808",
        "12345678901234567890N",
        "1/3",
        "1.50M",
        "1e2000000000M",
        "2.5",
        "##NaN",
        "##Inf",
        "\\a",
        "\"a😀 b\"",
        "\"\"",
        ":a",
        "x",
        "()",
        "(1 nil)",
        "[]",
        "[3 1 2]",
        "[[:a 1] [:b 2]]",
        "{}",
        "{:a 1 [1] 2}",
        "#{}",
        "#{1 :a}",
    ]
    .into_iter()
    .map(|text| edn::read(text).unwrap())
    .chain([function("inc"), function("vector"), function("<"), Value::regex("(a)|b*")])
    .collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for round in 0..400 {
        for entry in entries() {
            let mut args: Vec<Value> = (0..round % 5)
                .map(|_| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    samples[random as usize % samples.len()].clone()
                })
                .collect();
            let _ = invoke(&mut Budget::new(20_000, 50, 1_000_000), &native(entry), &mut args);
        }
    }
}

#[test]
fn functions_make_functions() {
    let mut budget = budget();
    let mut made = |maker: &str, mut args: Vec<Value>, call: Vec<Value>| {
        let function = invoke(&mut budget, &function(maker), &mut args).unwrap();
        let mut call = call;
        invoke(&mut budget, &function, &mut call)
            .map_or_else(|thrown| thrown.message().to_owned(), |v| pr_str(&v))
    };
    assert_eq!(made("comp", vec![function("inc"), function("*")], vec![2.into(), 3.into()]), "7");
    assert_eq!(made("comp", vec![], vec![2.into()]), "2");
    assert_eq!(made("partial", vec![function("-"), 10.into()], vec![3.into(), 2.into()]), "5");
    assert_eq!(made("complement", vec![function("nil?")], vec![Value::Nil]), "false");
    assert_eq!(made("constantly", vec![1.into()], vec![2.into(), 3.into()]), "1");
    assert_eq!(made("juxt", vec![function("inc"), function("dec")], vec![5.into()]), "[6 4]");
    assert_eq!(made("fnil", vec![function("+"), 1.into(), 2.into()], vec![Value::Nil, Value::Nil]), "3");
    assert_eq!(
        made("fnil", vec![function("+"), 1.into(), 2.into()], vec![Value::Nil]),
        "Wrong number of args (1) passed to: clojure.core/fnil"
    );
    assert_eq!(
        made("comp", vec![Value::keyword("a"), 5.into()], vec![Value::Nil]),
        "an integer cannot be called as a function"
    );
}

#[test]
fn deep_calls_are_an_error() {
    let mut budget = Budget::new(1_000_000, 200, 10_000_000);
    let mut composed = function("inc");
    for _ in 0..5_000 {
        composed = invoke(&mut budget, &function("comp"), &mut [function("inc"), composed]).unwrap();
    }
    let thrown = invoke(&mut budget, &composed, &mut [1.into()]).unwrap_err();
    assert_eq!(thrown.code(), "sandbox-depth");
    // The budget is usable again afterwards.
    assert!(invoke(&mut budget, &function("inc"), &mut [1.into()]).is_ok());
}

/// The memory that is charged proves it: copying would be 100,000 times as much.
#[test]
fn owned_collections_are_changed_in_place() {
    let mut budget = Budget::new(100_000_000, 200, 40_000_000);
    let mut vector = Value::Vector(crate::Vector::new());
    let mut list = Value::List(crate::Vector::new());
    let mut map = Value::Map(crate::Map::new());
    let (conj, assoc, update, inc) =
        (function("conj"), function("assoc"), function("update"), function("inc"));
    for index in 0..100_000 {
        vector = invoke(&mut budget, &conj, &mut [vector, index.into()]).unwrap();
        list = invoke(&mut budget, &conj, &mut [list, index.into()]).unwrap();
        map = invoke(&mut budget, &assoc, &mut [map, index.into(), index.into()]).unwrap();
        let args = &mut [map, (index / 2).into(), inc.clone()];
        map = invoke(&mut budget, &update, args).unwrap();
    }
    let mut rest = list;
    for _ in 0..50_000 {
        rest = invoke(&mut budget, &function("rest"), &mut [rest]).unwrap();
    }
    let first = invoke(&mut budget, &function("first"), &mut [rest]).unwrap();
    assert_eq!(first, 49_999.into());
}

#[test]
fn budgets_stop_growth_before_it_happens() {
    let code = |call: &str| {
        let mut parts = edn::read(call).unwrap().as_sequential().unwrap().clone().into_vec();
        parts[0] = match &parts[0] {
            Value::Symbol(symbol) => function(symbol.full()),
            other => other.clone(),
        };
        let (callee, args) = parts.split_first_mut().unwrap();
        let mut budget = Budget::new(u64::MAX, 200, 10_000_000);
        invoke(&mut budget, callee, args).and_then(|value| realize(&mut budget, value)).unwrap_err().code()
    };
    assert_eq!(code("(range 9000000000)"), "sandbox-memory");
    assert_eq!(code("(repeat 9000000000000000000 1)"), "sandbox-memory");
    assert_eq!(code("(+ 1M 1e2000000000M)"), "sandbox-memory");
    let mut budget = budget();
    let mut big = edn::read("10N").unwrap();
    let stopped = (0..64).find_map(|_| {
        let square = invoke(&mut budget, &function("*"), &mut [big.clone(), big.clone()]);
        square.map(|value| big = value).err()
    });
    assert_eq!(stopped.map(|thrown| thrown.code()), Some("sandbox-memory"));
}
