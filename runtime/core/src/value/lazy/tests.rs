//! Cells are made once, in order, and let go of without deep recursion.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{LazySeq, realize};
use crate::{Budget, Value, Vector};

fn budget() -> Budget {
    Budget::new(5_000_000, 400, 1 << 22)
}

/// `n, n+1, …`, one at a time, up to but not including `end`; counts what it makes.
fn counting(from: i64, end: i64, made: Arc<AtomicU64>) -> Value {
    Value::Lazy(LazySeq::new(move |_| {
        if from >= end {
            return Ok(Value::Nil);
        }
        made.fetch_add(1, Ordering::Relaxed);
        let front = Vector::from([Value::Int(from)]);
        Ok(Value::Lazy(LazySeq::with_front(front, counting(from + 1, end, made.clone()))))
    }))
}

#[test]
fn elements_are_made_when_asked_for_and_once() {
    let made = Arc::new(AtomicU64::new(0));
    let seq = counting(0, 5, made.clone());
    let Value::Lazy(cells) = &seq else { panic!("a lazy sequence") };
    assert!(!cells.is_realized());
    cells.chunk(&mut budget()).unwrap();
    assert_eq!(made.load(Ordering::Relaxed), 1);
    let expected: Vector = (0..5).map(Value::Int).collect();
    for _ in 0..2 {
        assert_eq!(realize(&mut budget(), seq.clone()).unwrap(), Value::List(expected.clone()));
    }
    assert_eq!(made.load(Ordering::Relaxed), 5);
}

#[test]
fn lazy_parts_are_made_as_deep_as_they_stand() {
    let nested = Value::Vector(Vector::from([counting(0, 2, Arc::default()), Value::Nil]));
    let expected =
        Value::Vector(Vector::from([Value::List(Vector::from([Value::Int(0), Value::Int(1)])), Value::Nil]));
    let realized = realize(&mut budget(), nested).unwrap();
    assert!(realized.is_data());
    assert_eq!(realized, expected);
}

#[test]
fn an_infinite_sequence_ends_in_a_bound() {
    let error = realize(&mut budget(), counting(0, i64::MAX, Arc::default())).unwrap_err();
    assert_eq!(error.code(), "sandbox-memory");
}

#[test]
fn a_long_chain_is_dropped_without_recursion() {
    let mut chain = Value::Nil;
    for number in 0..300_000 {
        chain = Value::Lazy(LazySeq::with_front(Vector::from([Value::Int(number)]), chain));
    }
    drop(chain);
}

#[test]
fn generators_that_hold_each_other_are_dropped_without_recursion() {
    let mut inner = Value::Nil;
    for _ in 0..300_000 {
        let held = inner;
        inner = Value::Lazy(LazySeq::new(move |_| Ok(held.clone())));
    }
    drop(inner);
}

#[test]
fn sequences_are_equal_by_elements() {
    let lazy = counting(1, 4, Arc::default());
    let vector = Value::Vector((1..4).map(Value::Int).collect());
    assert_eq!(lazy, vector);
    assert_eq!(vector, lazy);
    assert_ne!(lazy, counting(1, 5, Arc::default()));
    assert_ne!(lazy, Value::Set((1..4).map(Value::Int).collect()));
}
