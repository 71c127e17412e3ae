//! Sequence functions that call a function on the elements. Eager, like everything in [`sequences`](super::sequences).

use std::cmp::Ordering;
use std::mem::take;

use super::compare::order;
use super::elements::{elements, list};
use super::invoke::{call, call_two, invoke, test};
use super::{class, rows};
use crate::number;
use crate::{Budget, Thrown, Value, Vector};

rows! { transforms:
    "clojure.core/map" map (Callable, Seqable => & Seqable) -> List, "What the function makes of each element.";
    "clojure.core/mapv" mapv (Callable, Seqable => & Seqable) -> Vector, "What the function makes of each element, as a vector.";
    "clojure.core/filter" filter (Callable, Seqable) -> List, "The elements for which the function holds.";
    "clojure.core/filterv" filterv (Callable, Seqable) -> Vector, "The elements for which the function holds, as a vector.";
    "clojure.core/remove" remove (Callable, Seqable) -> List, "The elements for which the function does not hold.";
    "clojure.core/keep" keep (Callable, Seqable) -> List, "What the function makes of each element, without nils.";
    "clojure.core/mapcat" mapcat (Callable, Seqable => & Seqable) -> List,
        "What the function makes of each element, joined to one sequence.";
    "clojure.core/map-indexed" map_indexed (Callable, Seqable) -> List, "What the function makes of each index and element.";
    "clojure.core/keep-indexed" keep_indexed (Callable, Seqable) -> List,
        "What the function makes of each index and element, without nils.";
    "clojure.core/reduce" reduce (Callable, Any; Seqable) -> Any, "Folds the function over the elements.";
    "clojure.core/some" some (Callable, Seqable) -> Any, "The first truthy thing that the function makes of an element, or nil.";
    "clojure.core/every?" every (Callable, Seqable) -> Boolean, "Whether the function holds for all elements.";
    "clojure.core/not-any?" not_any (Callable, Seqable) -> Boolean, "Whether the function holds for no element.";
    "clojure.core/not-every?" not_every (Callable, Seqable) -> Boolean, "Whether the function fails for some element.";
    "clojure.core/take-while" take_while (Callable, Seqable) -> List, "The elements before the first that fails.";
    "clojure.core/drop-while" drop_while (Callable, Seqable) -> List, "The elements from the first that fails.";
    "clojure.core/partition-by" partition_by (Callable, Seqable) -> List, "Runs of elements of which the function says the same.";
    "clojure.core/sort" sort (Any; Seqable) -> List, "The elements in order, natural or by a comparator; stable.";
    "clojure.core/sort-by" sort_by (Callable, Any; Seqable) -> List, "The elements in the order of what the function makes of them; stable.";
    "clojure.core/max-key" max_key (Callable, Any => & Any) -> Any, "The argument of which the function makes the greatest number.";
    "clojure.core/min-key" min_key (Callable, Any => & Any) -> Any, "The argument of which the function makes the least number.";
}

/// Calls `function` over one or more collections in step, while all have elements.
fn each(
    budget: &mut Budget,
    function: &Value,
    colls: &mut [Value],
    use_result: &mut dyn FnMut(&mut Budget, Value) -> Result<(), Thrown>,
) -> Result<(), Thrown> {
    if let [coll] = colls {
        for item in elements(budget, take(coll))? {
            let result = call(budget, function, item)?;
            use_result(budget, result)?;
        }
        return Ok(());
    }
    let mut iterators = Vec::with_capacity(colls.len());
    for coll in colls {
        iterators.push(elements(budget, take(coll))?.into_iter());
    }
    loop {
        let mut args = Vec::with_capacity(iterators.len());
        for iterator in &mut iterators {
            match iterator.next() {
                Some(item) => args.push(item),
                None => return Ok(()),
            }
        }
        let result = invoke(budget, function, &mut args)?;
        use_result(budget, result)?;
    }
}

fn mapped(budget: &mut Budget, what: &str, args: &mut [Value]) -> Result<Vec<Value>, Thrown> {
    let given = args.len();
    let Some((function, colls)) = args.split_first_mut().filter(|(_, colls)| !colls.is_empty()) else {
        return Err(Thrown::arity(what, given));
    };
    let mut results = Vec::new();
    each(budget, function, colls, &mut |budget, result| {
        budget.charge(1)?;
        results.push(result);
        Ok(())
    })?;
    Ok(results)
}

pub fn map(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(list(mapped(budget, "clojure.core/map", args)?))
}

pub fn mapv(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Vector(mapped(budget, "clojure.core/mapv", args)?.into()))
}

/// The elements for which `function` answers `wanted`.
fn filtered(budget: &mut Budget, what: &str, args: &mut [Value], wanted: bool) -> Result<Vec<Value>, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity(what, args.len())) };
    let mut kept = Vec::new();
    for item in elements(budget, take(coll))? {
        if test(budget, function, &item)? == wanted {
            budget.charge(1)?;
            kept.push(item);
        }
    }
    Ok(kept)
}

pub fn filter(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(list(filtered(budget, "clojure.core/filter", args, true)?))
}

pub fn filterv(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Vector(filtered(budget, "clojure.core/filterv", args, true)?.into()))
}

pub fn remove(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(list(filtered(budget, "clojure.core/remove", args, false)?))
}

pub fn keep(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.len() != 2 {
        return Err(Thrown::arity("clojure.core/keep", args.len()));
    }
    let mut kept = mapped(budget, "clojure.core/keep", args)?;
    kept.retain(|value| !value.is_nil());
    Ok(list(kept))
}

pub fn mapcat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let given = args.len();
    let Some((function, colls)) = args.split_first_mut().filter(|(_, colls)| !colls.is_empty()) else {
        return Err(Thrown::arity("clojure.core/mapcat", given));
    };
    let mut joined = Vec::new();
    each(budget, function, colls, &mut |budget, result| {
        let items = elements(budget, result)?;
        budget.spend(items.len() as u64)?;
        budget.charge(items.len())?;
        joined.extend(items);
        Ok(())
    })?;
    Ok(list(joined))
}

fn indexed(budget: &mut Budget, what: &str, args: &mut [Value]) -> Result<Vec<Value>, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity(what, args.len())) };
    let mut results = Vec::new();
    for (index, item) in (0..).zip(elements(budget, take(coll))?) {
        budget.charge(1)?;
        results.push(call_two(budget, function, Value::Int(index), item)?);
    }
    Ok(results)
}

pub fn map_indexed(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(list(indexed(budget, "clojure.core/map-indexed", args)?))
}

pub fn keep_indexed(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let mut kept = indexed(budget, "clojure.core/keep-indexed", args)?;
    kept.retain(|value| !value.is_nil());
    Ok(list(kept))
}

pub fn reduce(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (function, init, coll) = match args {
        [function, coll] => (&*function, None, take(coll)),
        [function, init, coll] => (&*function, Some(take(init)), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/reduce", args.len())),
    };
    let mut items = elements(budget, coll)?.into_iter();
    let Some(mut result) = init.or_else(|| items.next()) else { return invoke(budget, function, &mut []) };
    for item in items {
        result = call_two(budget, function, result, item)?;
    }
    Ok(result)
}

pub fn some(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/some", args.len())) };
    for item in elements(budget, take(coll))? {
        let found = call(budget, function, item)?;
        if found.is_truthy() {
            return Ok(found);
        }
    }
    Ok(Value::Nil)
}

/// Whether `function` answers `wanted` for all elements.
fn all(budget: &mut Budget, what: &str, args: &mut [Value], wanted: bool) -> Result<bool, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity(what, args.len())) };
    for item in elements(budget, take(coll))? {
        if test(budget, function, &item)? != wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

pub fn every(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(all(budget, "clojure.core/every?", args, true)?))
}

pub fn not_any(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(all(budget, "clojure.core/not-any?", args, false)?))
}

pub fn not_every(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bool(!all(budget, "clojure.core/not-every?", args, true)?))
}

/// How many elements from the front `function` holds for.
fn holding(budget: &mut Budget, function: &Value, items: &Vector) -> Result<usize, Thrown> {
    for (index, item) in items.iter().enumerate() {
        if !test(budget, function, item)? {
            return Ok(index);
        }
    }
    Ok(items.len())
}

pub fn take_while(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/take-while", args.len())) };
    let items = elements(budget, take(coll))?;
    let count = holding(budget, function, &items)?;
    budget.charge(count)?;
    Ok(list(items.slice(0, count)))
}

pub fn drop_while(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/drop-while", args.len())) };
    let items = elements(budget, take(coll))?;
    let count = holding(budget, function, &items)?;
    Ok(list(items.slice(count, usize::MAX)))
}

pub fn partition_by(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/partition-by", args.len())) };
    let mut runs: Vec<Value> = Vec::new();
    let mut run: Vec<Value> = Vec::new();
    let mut said = Value::Nil;
    for item in elements(budget, take(coll))? {
        let says = call(budget, function, item.clone())?;
        budget.charge(2)?;
        if !run.is_empty() && says != said {
            runs.push(list(take(&mut run)));
        }
        said = says;
        run.push(item);
    }
    if !run.is_empty() {
        runs.push(list(run));
    }
    Ok(list(runs))
}

pub fn sort(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (comparator, coll) = match args {
        [coll] => (None, take(coll)),
        [comparator, coll] => (Some(&*comparator), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/sort", args.len())),
    };
    let mut items = elements(budget, coll)?.into_vec();
    let order = stable_order(budget, &items, comparator)?;
    Ok(list(rearrange(&mut items, &order)))
}

pub fn sort_by(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (function, comparator, coll) = match args {
        [function, coll] => (&*function, None, take(coll)),
        [function, comparator, coll] => (&*function, Some(&*comparator), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/sort-by", args.len())),
    };
    let mut items = elements(budget, coll)?.into_vec();
    budget.charge(items.len())?;
    let mut keys = Vec::with_capacity(items.len());
    for item in &items {
        keys.push(call(budget, function, item.clone())?);
    }
    let order = stable_order(budget, &keys, comparator)?;
    Ok(list(rearrange(&mut items, &order)))
}

/// The places of `keys` in sorted order. Our own merge sort, because comparing may fail, and because a comparator that
/// contradicts itself must give some order and no panic.
fn stable_order(
    budget: &mut Budget,
    keys: &[Value],
    comparator: Option<&Value>,
) -> Result<Vec<usize>, Thrown> {
    budget.charge(keys.len())?;
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
