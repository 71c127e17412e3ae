//! Folds and maps over a collection with a closure that the compiler of the flow can inline.

use crate::library::elements::Walk;
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

/// `(mapv closure coll)`
#[inline]
pub fn mapv(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut rounds = 0;
    let mut items = Walk::over(coll);
    let mut results = Vec::with_capacity(items.ready());
    while let Some(item) = items.next(budget)? {
        pay(budget, &mut rounds)?;
        budget.charge(1)?;
        results.push(closure(budget, item)?);
    }
    Ok(Value::Vector(results.into()))
}

/// `(filterv closure coll)`
#[inline]
pub fn filterv(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut rounds = 0;
    let mut items = Walk::over(coll);
    let mut kept = Vec::new();
    while let Some(item) = items.next(budget)? {
        pay(budget, &mut rounds)?;
        if closure(budget, item.clone())?.is_truthy() {
            budget.charge(1)?;
            kept.push(item);
        }
    }
    Ok(Value::Vector(kept.into()))
}

/// `(some closure coll)`
#[inline]
pub fn some(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut rounds = 0;
    let mut items = Walk::over(coll);
    while let Some(item) = items.next(budget)? {
        pay(budget, &mut rounds)?;
        let found = closure(budget, item)?;
        if found.is_truthy() {
            return Ok(found);
        }
    }
    Ok(Value::Nil)
}

/// `(every? closure coll)`
#[inline]
pub fn every(
    budget: &mut Budget,
    mut closure: impl FnMut(&mut Budget, Value) -> Result<Value, Thrown>,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut rounds = 0;
    let mut items = Walk::over(coll);
    while let Some(item) = items.next(budget)? {
        pay(budget, &mut rounds)?;
        if !closure(budget, item)?.is_truthy() {
            return Ok(Value::Bool(false));
        }
    }
    Ok(Value::Bool(true))
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
