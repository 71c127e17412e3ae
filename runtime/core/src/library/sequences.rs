//! Parts, joins and rearrangements of sequences.
//!
//! Sequence functions are eager: they give realised lists. In pure code without infinite sequences (there are no
//! constructors of them here) laziness cannot be observed, except by what an unused element would have cost or thrown.

use std::mem::take;

use super::class::{illegal_argument, mismatch, not_supported};
use super::elements::{elements, first_of, list, seq};
use super::lookup::count_argument;
use super::rows;
use crate::number::{self, is_number};
use crate::{Budget, Set, Thrown, Value, Vector};

rows! { sequences:
    "clojure.core/first" first (Seqable) -> Any, "The first element, or nil.";
    "clojure.core/second" second (Seqable) -> Any, "The second element, or nil.";
    "clojure.core/last" last (Seqable) -> Any, "The last element, or nil.";
    "clojure.core/rest" rest (Seqable) -> List, "Everything after the first element.";
    "clojure.core/next" next (Seqable) -> Nilable(&List), "Everything after the first element, or nil when that is nothing.";
    "clojure.core/butlast" butlast (Seqable) -> Nilable(&List), "Everything before the last element, or nil when that is nothing.";
    "clojure.core/cons" cons (Any, Seqable) -> List, "A sequence with an element put in front.";
    "clojure.core/concat" concat ( => & Seqable) -> List, "The elements of all arguments, one after the other.";
    "clojure.core/reverse" reverse (Seqable) -> List, "The elements from last to first.";
    "clojure.core/take" take_first (Number, Seqable) -> List, "The first n elements.";
    "clojure.core/drop" drop_first (Number, Seqable) -> List, "Everything after the first n elements.";
    "clojure.core/take-last" take_last (Number, Seqable) -> Nilable(&List), "The last n elements, or nil when that is nothing.";
    "clojure.core/drop-last" drop_last (Any; Seqable) -> List, "Everything before the last n elements; n is 1 when not given.";
    "clojure.core/partition" partition (Number, Any; Any, Seqable) -> List,
        "Groups of n elements, starting every `step` elements; a short last group only with padding.";
    "clojure.core/partition-all" partition_all (Number, Any; Seqable) -> List,
        "Groups of n elements, starting every `step` elements; the last may be shorter.";
    "clojure.core/interleave" interleave ( => & Seqable) -> List, "First elements, second elements and so on, while all have one.";
    "clojure.core/interpose" interpose (Any, Seqable) -> List, "The elements with a separator between them.";
    "clojure.core/distinct" distinct (Seqable) -> List, "The elements without repetitions.";
    "clojure.core/flatten" flatten (Any) -> List, "The elements of nested vectors and lists, in one sequence.";
    "clojure.core/range" range (Number; Number, Number) -> List, "Numbers from start (or 0) up to end, by step (or 1).";
    "clojure.core/repeat" repeat (Number, Any) -> List, "A value n times.";
}

pub fn first(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/first", args.len())) };
    Ok(first_of(budget, coll)?.unwrap_or_default())
}

pub fn second(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/second", args.len())) };
    Ok(elements(budget, take(coll))?.get(1).cloned().unwrap_or_default())
}

pub fn last(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/last", args.len())) };
    Ok(elements(budget, take(coll))?.last().cloned().unwrap_or_default())
}

fn after_first(budget: &mut Budget, coll: &mut Value) -> Result<Vector, Thrown> {
    let mut items = elements(budget, take(coll))?;
    items.drop_front();
    Ok(items)
}

pub fn rest(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/rest", args.len())) };
    Ok(list(after_first(budget, coll)?))
}

pub fn next(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/next", args.len())) };
    Ok(seq(after_first(budget, coll)?))
}

pub fn butlast(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/butlast", args.len())) };
    let mut items = elements(budget, take(coll))?;
    budget.charge(if items.is_unique() { 0 } else { items.len() })?;
    items.pop();
    Ok(seq(items))
}

pub fn cons(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [item, coll] = args else { return Err(Thrown::arity("clojure.core/cons", args.len())) };
    let mut items = elements(budget, take(coll))?;
    budget.charge(if items.is_unique() { 2 } else { 2 * items.len() + 1 })?;
    items.push_front(take(item));
    Ok(list(items))
}

pub fn concat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let mut joined: Option<Vector> = None;
    for coll in args {
        let items = elements(budget, take(coll))?;
        budget.spend(items.len() as u64)?;
        let Some(joined) = &mut joined else {
            joined = Some(items);
            continue;
        };
        budget.charge(if joined.is_unique() { items.len() } else { joined.len() + items.len() })?;
        for item in items {
            joined.push(item);
        }
    }
    Ok(list(joined.unwrap_or_default()))
}

pub fn reverse(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/reverse", args.len())) };
    let items = elements(budget, take(coll))?;
    budget.spend(items.len() as u64)?;
    budget.charge(if items.is_unique() { 0 } else { items.len() })?;
    let mut items = items.into_vec();
    items.reverse();
    Ok(list(items))
}

/// Pays for a part that has to be copied; a part up to the end is not.
fn slice(budget: &mut Budget, items: Vector, from: usize, to: usize) -> Result<Vector, Thrown> {
    if to < items.len() {
        budget.spend(to.saturating_sub(from) as u64)?;
        budget.charge(to.saturating_sub(from))?;
    }
    Ok(items.slice(from, to))
}

pub fn take_first(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [count, coll] = args else { return Err(Thrown::arity("clojure.core/take", args.len())) };
    let count = count_argument("take", count)?;
    let items = elements(budget, take(coll))?;
    Ok(list(slice(budget, items, 0, count)?))
}

pub fn drop_first(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [count, coll] = args else { return Err(Thrown::arity("clojure.core/drop", args.len())) };
    let count = count_argument("drop", count)?;
    let items = elements(budget, take(coll))?;
    Ok(list(items.slice(count, usize::MAX)))
}

pub fn take_last(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [count, coll] = args else { return Err(Thrown::arity("clojure.core/take-last", args.len())) };
    let count = count_argument("take-last", count)?;
    let items = elements(budget, take(coll))?;
    let from = items.len().saturating_sub(count);
    Ok(seq(items.slice(from, usize::MAX)))
}

pub fn drop_last(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (count, coll) = match args {
        [coll] => (1, coll),
        [count, coll] => (count_argument("drop-last", count)?, coll),
        _ => return Err(Thrown::arity("clojure.core/drop-last", args.len())),
    };
    let items = elements(budget, take(coll))?;
    let to = items.len().saturating_sub(count);
    Ok(list(slice(budget, items, 0, to)?))
}

/// A step between groups; none would never end.
fn step_argument(what: &str, value: &Value) -> Result<usize, Thrown> {
    match count_argument(what, value)? {
        0 => Err(illegal_argument(format!("{what} needs a step of at least 1: it would never end"))),
        step => Ok(step),
    }
}

pub fn partition(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (size, step, pad, coll) = match args {
        [size, coll] => (&*size, &*size, None, take(coll)),
        [size, step, coll] => (&*size, &*step, None, take(coll)),
        [size, step, pad, coll] => (&*size, &*step, Some(take(pad)), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/partition", args.len())),
    };
    let (step, size) = (step_argument("partition", step)?, count_argument("partition", size)?);
    let pad = pad.map(|pad| elements(budget, pad)).transpose()?;
    let items = elements(budget, coll)?;
    let mut groups = Vec::new();
    for start in (0..items.len()).step_by(step) {
        let part = items.as_slice().get(start..).unwrap_or_default();
        budget.spend(size.min(part.len()) as u64 + 1)?;
        budget.charge(size.min(part.len()) + 1)?;
        if let Some(full) = part.get(..size) {
            groups.push(list(full.to_vec()));
            continue;
        }
        if let Some(pad) = &pad {
            budget.charge(pad.len())?;
            groups.push(list(part.iter().chain(pad).take(size).cloned().collect::<Vector>()));
        }
        break;
    }
    Ok(list(groups))
}

pub fn partition_all(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (size, step, coll) = match args {
        [size, coll] => (&*size, &*size, take(coll)),
        [size, step, coll] => (&*size, &*step, take(coll)),
        _ => return Err(Thrown::arity("clojure.core/partition-all", args.len())),
    };
    let (step, size) = (step_argument("partition-all", step)?, count_argument("partition-all", size)?);
    let items = elements(budget, coll)?;
    let mut groups = Vec::new();
    for start in (0..items.len()).step_by(step) {
        let part = items.as_slice().get(start..).unwrap_or_default();
        let part = part.get(..size).unwrap_or(part);
        budget.spend(part.len() as u64 + 1)?;
        budget.charge(part.len() + 1)?;
        groups.push(list(part.to_vec()));
    }
    Ok(list(groups))
}

pub fn interleave(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let mut colls = Vec::with_capacity(args.len());
    for coll in args {
        colls.push(elements(budget, take(coll))?);
    }
    let rounds = colls.iter().map(Vector::len).min().unwrap_or(0);
    budget.spend((rounds * colls.len()) as u64)?;
    budget.charge(rounds * colls.len())?;
    let mut mixed = Vec::with_capacity(rounds * colls.len());
    for round in 0..rounds {
        mixed.extend(colls.iter().filter_map(|coll| coll.get(round).cloned()));
    }
    Ok(list(mixed))
}

pub fn interpose(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [separator, coll] = args else { return Err(Thrown::arity("clojure.core/interpose", args.len())) };
    let items = elements(budget, take(coll))?;
    budget.spend(items.len() as u64)?;
    budget.charge(items.len() * 2)?;
    let mut mixed = Vec::with_capacity(items.len() * 2);
    for item in items {
        if !mixed.is_empty() {
            mixed.push(separator.clone());
        }
        mixed.push(item);
    }
    Ok(list(mixed))
}

pub fn distinct(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/distinct", args.len())) };
    // It takes its argument apart by position, which sets and maps do not allow.
    if !matches!(coll, Value::Nil | Value::List(_) | Value::Vector(_) | Value::Str(_)) {
        return Err(not_supported("nth", coll));
    }
    let items = elements(budget, take(coll))?;
    budget.spend(items.len() as u64)?;
    budget.charge(items.len() * 3)?;
    let distinct: Set = items.into_iter().collect();
    Ok(list(distinct.into_iter().collect::<Vector>()))
}

pub fn flatten(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/flatten", args.len())) };
    let mut flat = Vec::new();
    let mut open = Vec::new();
    if let Value::List(items) | Value::Vector(items) = take(coll) {
        open.push(items.into_iter());
    }
    while let Some(items) = open.last_mut() {
        budget.spend(1)?;
        match items.next() {
            None => {
                open.pop();
            }
            Some(Value::List(inner) | Value::Vector(inner)) => {
                budget.charge(1)?;
                open.push(inner.into_iter());
            }
            Some(item) => {
                budget.charge(1)?;
                flat.push(item);
            }
        }
    }
    Ok(list(flat))
}

pub fn range(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (start, end, step) = match args {
        [end] => (Value::Int(0), &*end, Value::Int(1)),
        [start, end] => (take(start), &*end, Value::Int(1)),
        [start, end, step] => (take(start), &*end, take(step)),
        _ => return Err(Thrown::arity("clojure.core/range", args.len())),
    };
    for number in [&start, end, &step] {
        if !is_number(number) {
            return Err(mismatch("range", "numbers", number));
        }
    }
    let zero = Value::Int(0);
    let up = number::less(&zero, &step)?;
    let goes_on = |at: &Value| if up { number::less(at, end) } else { number::less(end, at) };
    let mut numbers = Vec::new();
    let mut at = start;
    if number::equivalent(&zero, &step)? && !number::equivalent(&at, end)? {
        return Err(illegal_argument("range needs a step other than 0: it would never end"));
    }
    while goes_on(&at)? {
        budget.spend(1)?;
        budget.charge(1)?;
        numbers.push(at.clone());
        // The last step may leave the 64-bit integers; nothing can follow it then.
        at = match (&at, &step) {
            (Value::Int(at), Value::Int(step)) => match at.checked_add(*step) {
                Some(next) => Value::Int(next),
                None => break,
            },
            _ => number::add(budget, &at, &step)?,
        };
    }
    Ok(list(numbers))
}

pub fn repeat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [count, value] = args else { return Err(Thrown::arity("clojure.core/repeat", args.len())) };
    let count = count_argument("repeat", count)?;
    budget.spend(count as u64)?;
    budget.charge(count)?;
    Ok(list(vec![take(value); count]))
}
