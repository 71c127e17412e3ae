//! What hostile code does to collections, numbers and references ends in an error within its bound.

use std::sync::Arc;

use super::{function, native};
use crate::library::invoke::invoke;
use crate::library::lookup;
use crate::value::{Function, LazySeq};
use crate::{Budget, Map, Set, Thrown, Value, Vector};

/// Calls a library function with little to spend: `fuel` steps, and `bytes` of memory.
fn call(name: &str, fuel: u64, bytes: u64, args: &[Value]) -> Result<Value, Thrown> {
    invoke(&mut Budget::new(fuel, 100, bytes), &function(name), &mut args.to_vec())
}

fn code(result: Result<Value, Thrown>) -> &'static str {
    match result {
        Ok(_) => "no error",
        Err(thrown) => thrown.code(),
    }
}

fn numbers(count: i64) -> Vector {
    (0..count).map(Value::Int).collect()
}

fn deep() -> Value {
    (0..100_000).fold(Value::Nil, |inside, _| Value::Vector([inside].into()))
}

const PLENTY: u64 = u64::MAX / 2;

#[test]
fn copying_what_others_hold_is_paid_for_first() {
    let vector = Value::Vector(numbers(60));
    let map: Map = (0..30).map(|key| (Value::Int(key), Value::Nil)).collect();
    let set: Set = numbers(30).into_iter().collect();
    let (map, set) = (Value::Map(map), Value::Set(set));
    let large = Value::Vector(numbers(10_000));
    for (name, args) in [
        ("conj", vec![vector.clone(), Value::Nil]),
        ("assoc", vec![vector.clone(), Value::Int(0), Value::Nil]),
        ("pop", vec![vector.clone()]),
        ("assoc", vec![map.clone(), Value::from("new"), Value::Nil]),
        ("dissoc", vec![map.clone(), Value::Int(3)]),
        ("conj", vec![set.clone(), Value::from("new")]),
        ("disj", vec![set.clone(), Value::Int(3)]),
        ("subvec", vec![large.clone(), Value::Int(1), Value::Int(9_000)]),
        ("set", vec![large.clone()]),
        ("zipmap", vec![large.clone(), large.clone()]),
        ("frequencies", vec![large.clone()]),
        ("rseq", vec![large.clone()]),
        ("apply", vec![function("sorted-set"), large.clone()]),
        ("apply", vec![function("hash-map"), large.clone()]),
    ] {
        assert_eq!(code(call(name, PLENTY, 600, &args)), "sandbox-memory", "{name}");
    }
}

fn numbers_from(from: i64) -> Value {
    Value::Lazy(LazySeq::new(move |_| {
        Ok(Value::Lazy(LazySeq::with_front([Value::Int(from)].into(), numbers_from(from + 1))))
    }))
}

#[test]
fn what_goes_on_for_ever_runs_out_of_fuel() {
    let endless = || Value::Lazy(LazySeq::with_front(numbers(32), numbers_from(32)));
    for (name, args) in [
        ("count", vec![endless()]),
        ("into", vec![Value::Vector(Vector::new()), endless()]),
        ("set", vec![endless()]),
        ("zipmap", vec![endless(), endless()]),
        ("=", vec![endless(), endless()]),
        ("hash-ordered-coll", vec![endless()]),
        ("nth", vec![endless(), Value::Int(i64::MAX)]),
        ("bounded-count", vec![Value::Int(i64::MAX), endless()]),
    ] {
        assert_eq!(code(call(name, 100_000, PLENTY, &args)), "sandbox-fuel", "{name}");
    }
}

#[test]
fn depth_ends_in_an_error() {
    for (name, args) in [
        ("hash", vec![deep()]),
        ("compare", vec![deep(), deep()]),
        ("assoc", vec![Value::Map(Map::new()), deep(), Value::Nil]),
        ("conj", vec![Value::Set(Set::new()), deep()]),
        ("get", vec![Value::Map([(Value::Int(1), Value::Nil)].into()), deep()]),
        ("contains?", vec![Value::Set([Value::Int(1)].into_iter().collect()), deep()]),
        ("frequencies", vec![Value::Vector([deep()].into())]),
        ("distinct?", vec![deep(), deep()]),
    ] {
        assert_eq!(code(call(name, PLENTY, PLENTY, &args)), "sandbox-depth", "{name}");
    }
    assert_eq!(call("=", PLENTY, PLENTY, &[deep(), deep()]), Ok(Value::Bool(true)));
    assert_eq!(code(call("=", 1_000, PLENTY, &[deep(), deep()])), "sandbox-fuel");
}

#[test]
fn keys_that_are_slow_cost_what_they_take() {
    let long = Value::string("x".repeat(1_000_000));
    let map = Value::Map([(long.clone(), Value::Nil)].into());
    assert_eq!(code(call("get", 1_000, PLENTY, &[map.clone(), long])), "sandbox-fuel");
    let wide = Value::Vector(numbers(10_000));
    assert_eq!(code(call("get", 1_000, PLENTY, &[map, wide])), "sandbox-fuel");
    // No NaN equals another: all of them are in the map, under one hash.
    let entry = |_| Value::Vector(Vector::entry(Value::Double(f64::NAN), Value::Nil));
    let entries = Value::List((0..100_000).map(entry).collect());
    let empty = Value::Map(Map::new());
    assert_eq!(code(call("into", 50_000_000, PLENTY, &[empty, entries])), "sandbox-fuel");
}

#[test]
fn comparators_are_bounded_and_may_throw() {
    fn forever(budget: &mut Budget, _: &[Value], _: &mut [Value]) -> Result<Value, Thrown> {
        loop {
            budget.spend(1)?;
        }
    }
    let closure = Function::Closure { name: "forever", code: forever, captured: Box::default() };
    let forever = Value::Function(Arc::new(closure));
    let args = [forever, Value::Int(1), Value::Int(2)];
    assert_eq!(code(call("sorted-set-by", 10_000, PLENTY, &args)), "sandbox-fuel");
    let text = native(lookup("clojure.core/str").expect("str"));
    let args = [text, Value::Int(1), Value::Int(2)];
    assert_eq!(code(call("sorted-set-by", 10_000, PLENTY, &args)), "class-cast");
}

#[test]
fn numbers_do_not_grow_without_end() {
    let mut number = Value::BigInt(Arc::new(num_bigint::BigInt::from(7)));
    let thrown = loop {
        match call("*'", PLENTY, PLENTY, &[number.clone(), number]) {
            Ok(larger) => number = larger,
            Err(thrown) => break thrown,
        }
    };
    assert_eq!(thrown.code(), "sandbox-memory");
    let tiny = crate::edn::read("1e-1000000000M").expect("a decimal");
    assert_eq!(code(call("rationalize", PLENTY, PLENTY, &[tiny])), "sandbox-memory");
}

#[test]
fn nested_references_are_let_go() {
    // As many atoms as would overflow a stack, each in the next.
    let inside =
        (0..100_000).fold(Value::Nil, |inside, _| call("atom", 10, 1_000, &[inside]).expect("an atom"));
    drop(inside);
    let delay = (0..100_000)
        .fold(Value::Nil, |inside, _| call("breyta.internal/delay", 10, 1_000, &[inside]).expect("a delay"));
    drop(delay);
}
