//! Folds and maps over a collection with a closure that the compiler of the flow can inline. The elements of a collection
//! that others hold too are lent to it: one that only looks at them copies nothing.

use std::borrow::Cow;
use std::mem::take;

use crate::library::elements::Walk;
use crate::library::transducers::runs::each;
use crate::library::transducers::stages::Flow;
use crate::library::transducers::{is_reduced, unreduced};
use crate::{Budget, Thrown, Value};

/// Rounds between two charges of fuel.
const ROUNDS: u64 = 64;

/// `(reduce closure init coll)`
#[inline]
pub fn reduce(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Value, Cow<'_, Value>) -> Result<Value, Thrown>,
    init: Value,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut result = init;
    if let Value::Object(_) = &coll {
        // An eduction gives its elements as they are made.
        each(budget, coll, &mut |budget, item| {
            result = closure(budget, take(&mut result), Cow::Owned(item))?;
            Ok(if is_reduced(&result) { Flow::Stop } else { Flow::On })
        })?;
        return Ok(unreduced(result));
    }
    visit(budget, coll, |budget, item| {
        result = closure(budget, take(&mut result), item)?;
        Ok(if is_reduced(&result) { Flow::Stop } else { Flow::On })
    })?;
    Ok(unreduced(result))
}

/// `(reduce closure init coll)` with the same closure over integers alone, for as long as there is nothing else.
#[inline]
pub fn reduce_integers(
    budget: &mut Budget,
    integers: impl Fn(i64, i64) -> Result<i64, Thrown>,
    mut closure: impl FnMut(&mut Budget, Value, Cow<'_, Value>) -> Result<Value, Thrown>,
    init: Value,
    coll: Value,
) -> Result<Value, Thrown> {
    let (&Value::Int(mut sum), Value::Vector(items) | Value::List(items)) = (&init, &coll) else {
        return reduce(budget, closure, init, coll);
    };
    let items = items.as_slice();
    budget.spend(items.len() as u64)?;
    for (at, item) in items.iter().enumerate() {
        let Value::Int(item) = item else {
            let mut result = Value::Int(sum);
            for item in items.iter().skip(at) {
                result = closure(budget, result, Cow::Borrowed(item))?;
            }
            return Ok(result);
        };
        sum = integers(sum, *item)?;
    }
    Ok(Value::Int(sum))
}

/// `(mapv closure coll)`
#[inline]
pub fn mapv(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Cow<'_, Value>) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut results = Vec::with_capacity(ready(&coll));
    visit(budget, coll, |budget, item| {
        budget.charge(1)?;
        results.push(closure(budget, item)?);
        Ok(Flow::On)
    })?;
    Ok(Value::Vector(results.into()))
}

/// `(filterv closure coll)`
#[inline]
pub fn filterv(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Cow<'_, Value>) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut kept = Vec::new();
    visit(budget, coll, |budget, item| {
        if closure(budget, Cow::Borrowed(&item))?.is_truthy() {
            budget.charge(1)?;
            kept.push(item.into_owned());
        }
        Ok(Flow::On)
    })?;
    Ok(Value::Vector(kept.into()))
}

/// `(some closure coll)`
#[inline]
pub fn some(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Cow<'_, Value>) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut found = Value::Nil;
    visit(budget, coll, |budget, item| {
        let answer = closure(budget, item)?;
        if !answer.is_truthy() {
            return Ok(Flow::On);
        }
        found = answer;
        Ok(Flow::Stop)
    })?;
    Ok(found)
}

/// `(every? closure coll)`
#[inline]
pub fn every(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Cow<'_, Value>) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut all = true;
    visit(budget, coll, |budget, item| {
        all = closure(budget, item)?.is_truthy();
        Ok(if all { Flow::On } else { Flow::Stop })
    })?;
    Ok(Value::Bool(all))
}

/// How many elements are there already.
fn ready(coll: &Value) -> usize {
    match coll {
        Value::Vector(items) | Value::List(items) => items.len(),
        _ => 0,
    }
}

/// Passes the elements on one after the other until one stops it. In line, so that closures are inlined in turn.
#[inline]
fn visit(
    budget: &mut Budget,
    coll: Value,
    mut sink: impl FnMut(&mut Budget, Cow<'_, Value>) -> Result<Flow, Thrown>,
) -> Result<(), Thrown> {
    let mut rounds = 0;
    if let Value::Vector(items) | Value::List(items) = &coll
        && !items.is_unique()
    {
        for item in items {
            pay(budget, &mut rounds)?;
            if sink(budget, Cow::Borrowed(item))? == Flow::Stop {
                break;
            }
        }
        return Ok(());
    }
    let mut items = Walk::over(coll);
    while let Some(item) = items.next(budget)? {
        pay(budget, &mut rounds)?;
        if sink(budget, Cow::Owned(item))? == Flow::Stop {
            break;
        }
    }
    Ok(())
}

/// Charges the fuel of [`ROUNDS`] calls at once, before them.
#[inline]
fn pay(budget: &mut Budget, rounds: &mut u64) -> Result<(), Thrown> {
    if *rounds == 0 {
        budget.spend(ROUNDS)?;
        *rounds = ROUNDS;
    }
    *rounds -= 1;
    Ok(())
}
