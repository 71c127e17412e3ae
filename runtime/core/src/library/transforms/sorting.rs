//! Sequences in order, and the greatest and least of several.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::mem::take;

use crate::library::class;
use crate::library::compare::order;
use crate::library::elements::{elements, sequence, settle};
use crate::library::invoke::{call, call_two};
use crate::library::{functions, rows};
use crate::number;
use crate::{Budget, Map, Thrown, Value, Vector};

/// Keys that are compared without a way to fail.
mod plain;

rows! { transforms::sorting:
    "clojure.core/sort" sort (Any; Seqable) -> List, "The elements in order, natural or by a comparator; stable.";
    "clojure.core/sort-by" sort_by (Callable, Any; Seqable) -> List, "The elements in the order of what the function makes of them; stable.";
    "clojure.core/max-key" max_key (Callable, Any => & Any) -> Any, "The argument of which the function makes the greatest number.";
    "clojure.core/min-key" min_key (Callable, Any => & Any) -> Any, "The argument of which the function makes the least number.";
}

pub fn sort(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (comparator, coll) = match args {
        [coll] => (None, take(coll)),
        [comparator, coll] => (Some(&*comparator), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/sort", args.len())),
    };
    let meta = coll.meta().cloned();
    let mut items = elements(budget, coll)?.into_vec();
    for item in &mut items {
        settle(budget, item)?;
    }
    let order = stable_order(budget, &items, comparator)?;
    in_order(rearrange(&mut items, &order), meta)
}

pub fn sort_by(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (function, comparator, coll) = match args {
        [function, coll] => (&*function, None, take(coll)),
        [function, comparator, coll] => (&*function, Some(&*comparator), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/sort-by", args.len())),
    };
    let meta = coll.meta().cloned();
    let mut items = elements(budget, coll)?.into_vec();
    let parts = if comparator.is_none() { functions::parts_of_juxt(function) } else { None };
    let order = match parts {
        Some(parts) => {
            let cells = keys(budget, parts, &items)?;
            let rows: Vec<&[Cow<'_, Value>]> = cells.chunks_exact(parts.len()).collect();
            budget.charge(items.len())?;
            match plain::order(&rows, false) {
                Some(order) => order,
                None => {
                    let row = |row: &[Cow<'_, Value>]| row.iter().map(|cell| (**cell).clone()).collect();
                    let rows: Vec<Value> = rows.into_iter().map(|cells| Value::Vector(row(cells))).collect();
                    stable_order(budget, &rows, None)?
                }
            }
        }
        None => {
            let keys = keys(budget, std::slice::from_ref(function), &items)?;
            let keys: Vec<Value> = keys.into_iter().map(Cow::into_owned).collect();
            stable_order(budget, &keys, comparator)?
        }
    };
    in_order(rearrange(&mut items, &order), meta)
}

/// What the functions make of every item, item by item; fields of records where they stand.
fn keys<'i>(
    budget: &mut Budget,
    functions: &[Value],
    items: &'i [Value],
) -> Result<Vec<Cow<'i, Value>>, Thrown> {
    let count = items.len() * functions.len();
    budget.charge(count)?;
    let mut keys = Vec::with_capacity(count);
    for item in items {
        budget.spend(functions.len() as u64)?;
        for function in functions {
            keys.push(match field(function, item) {
                Some(value) => Cow::Borrowed(value),
                None => {
                    let mut key = call(budget, function, item.clone())?;
                    settle(budget, &mut key)?;
                    Cow::Owned(key)
                }
            });
        }
    }
    Ok(keys)
}

/// The number or text that a keyword finds in a record.
fn field<'i>(function: &Value, item: &'i Value) -> Option<&'i Value> {
    match (function, item) {
        (Value::Keyword(key), Value::Map(map)) if !map.is_sorted() => {
            map.get_keyword(key.full()).filter(|value| matches!(value, Value::Int(_) | Value::Str(_)))
        }
        _ => None,
    }
}

/// The places of `keys` in sorted order. Our own merge sort, because comparing may fail, and because a comparator that
/// contradicts itself must give some order and no panic.
fn stable_order(
    budget: &mut Budget,
    keys: &[Value],
    comparator: Option<&Value>,
) -> Result<Vec<usize>, Thrown> {
    budget.charge(keys.len())?;
    budget.spend(keys.len() as u64)?;
    if let Some(order) = plain::order_of_keys(keys, comparator) {
        return Ok(order);
    }
    let mut order: Vec<usize> = (0..keys.len()).collect();
    let mut merged = Vec::with_capacity(keys.len());
    let mut width = 1;
    while width < keys.len() {
        merged.clear();
        for block in order.chunks(2 * width) {
            let (left, right) = block.split_at(width.min(block.len()));
            let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
            while let (Some(&&a), Some(&&b)) = (left.peek(), right.peek()) {
                let right_first = compare_with(budget, comparator, &keys[b], &keys[a])? == Ordering::Less;
                merged.push(if right_first { b } else { a });
                if right_first {
                    right.next()
                } else {
                    left.next()
                };
            }
            merged.extend(left.chain(right));
        }
        std::mem::swap(&mut order, &mut merged);
        width *= 2;
    }
    Ok(order)
}

/// What `sort` gives: a sequence, and `()` for nothing.
fn in_order(items: Vec<Value>, meta: Option<Map>) -> Result<Value, Thrown> {
    if items.is_empty() {
        return Ok(Value::List(Vector::new()));
    }
    let sorted = sequence(items);
    if meta.is_some() { sorted.with_meta(meta) } else { Ok(sorted) }
}

/// Moves the items to the given order of places.
fn rearrange(items: &mut [Value], order: &[usize]) -> Vec<Value> {
    order.iter().map(|place| items.get_mut(*place).map(take).unwrap_or_default()).collect()
}

/// By the natural order, or by a comparator: a number like `compare`'s, or whether the left comes first.
fn compare_with(
    budget: &mut Budget,
    comparator: Option<&Value>,
    left: &Value,
    right: &Value,
) -> Result<Ordering, Thrown> {
    let Some(comparator) = comparator else { return order(budget, left, right) };
    match call_two(budget, comparator, left.clone(), right.clone())? {
        Value::Bool(true) => Ok(Ordering::Less),
        Value::Bool(false) => {
            let reversed = call_two(budget, comparator, right.clone(), left.clone())?;
            Ok(if reversed.is_truthy() { Ordering::Greater } else { Ordering::Equal })
        }
        answer if number::is_number(&answer) => Ok(number::to_i64("long", &answer)?.cmp(&0)),
        answer => Err(class::mismatch("a comparator", "to answer a number or boolean", &answer)),
    }
}

/// The item with the best key. Among the first two the second wins a tie, later items win theirs.
fn best_by_key(
    budget: &mut Budget,
    what: &str,
    args: &mut [Value],
    better: fn(&Value, &Value) -> Result<bool, Thrown>,
) -> Result<Value, Thrown> {
    let [function, first, more @ ..] = args else { return Err(Thrown::arity(what, args.len())) };
    if more.is_empty() {
        return Ok(take(first));
    }
    let mut best = take(first);
    let mut best_key = call(budget, function, best.clone())?;
    for item in more {
        let key = call(budget, function, item.clone())?;
        if !better(&best_key, &key)? {
            (best, best_key) = (take(item), key);
        }
    }
    Ok(best)
}

pub fn max_key(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    best_by_key(budget, "clojure.core/max-key", args, |best, key| number::less(key, best))
}

pub fn min_key(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    best_by_key(budget, "clojure.core/min-key", args, number::less)
}
