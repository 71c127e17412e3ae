//! Folds and maps over a collection with a closure that the compiler of the flow can inline.

use crate::library::elements::Walk;
use crate::library::transducers::runs::each;
use crate::library::transducers::stages::Flow;
use crate::library::transducers::{is_reduced, unreduced};
use crate::value::Object;
use crate::{Budget, Thrown, Value};

/// Rounds between two charges of fuel.
const ROUNDS: u64 = 64;

/// `(reduce closure init coll)`
#[inline]
pub fn reduce(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Value, Value) -> Result<Value, Thrown>,
    init: Value,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut result = init;
    if let Value::Object(_) = &coll {
        // An eduction gives its elements as they are made.
        each(budget, coll, &mut |budget, item| {
            result = closure(budget, std::mem::take(&mut result), item)?;
            Ok(if is_reduced(&result) { Flow::Stop } else { Flow::On })
        })?;
        return Ok(unreduced(result));
    }
    let mut rounds = 0;
    let mut items = Walk::over(coll);
    while let Some(item) = items.next(budget)? {
        pay(budget, &mut rounds)?;
        result = closure(budget, result, item)?;
        if let Value::Object(object) = &result
            && let Object::Reduced(value) = object.as_ref()
        {
            return Ok(value.clone());
        }
    }
    Ok(result)
}

/// `(reduce closure init coll)` with the same closure over integers alone, for as long as there is nothing else.
#[inline]
pub fn reduce_integers(
    budget: &mut Budget,
    integers: impl Fn(i64, i64) -> Result<i64, Thrown>,
    mut closure: impl FnMut(&mut Budget, Value, Value) -> Result<Value, Thrown>,
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
                result = closure(budget, result, item.clone())?;
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
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let items = Walk::over(coll);
    let mut results = Vec::with_capacity(items.ready());
    visit(budget, items, |budget, item| {
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
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut kept = Vec::new();
    visit(budget, Walk::over(coll), |budget, item| {
        if closure(budget, item.clone())?.is_truthy() {
            budget.charge(1)?;
            kept.push(item);
        }
        Ok(Flow::On)
    })?;
    Ok(Value::Vector(kept.into()))
}

/// `(some closure coll)`
#[inline]
pub fn some(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut found = Value::Nil;
    visit(budget, Walk::over(coll), |budget, item| {
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
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut all = true;
    visit(budget, Walk::over(coll), |budget, item| {
        all = closure(budget, item)?.is_truthy();
        Ok(if all { Flow::On } else { Flow::Stop })
    })?;
    Ok(Value::Bool(all))
}

/// Passes the elements on one after the other until one stops it. In line, so that closures are inlined in turn.
#[inline]
fn visit(
    budget: &mut Budget,
    mut items: Walk,
    mut sink: impl FnMut(&mut Budget, Value) -> Result<Flow, Thrown>,
) -> Result<(), Thrown> {
    let mut rounds = 0;
    while let Some(item) = items.next(budget)? {
        pay(budget, &mut rounds)?;
        if sink(budget, item)? == Flow::Stop {
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
