//! Collections of any kind: making them, adding, looking up, first and last end.

use std::mem::take;

use super::class::{class_name, illegal_argument, mismatch, not_supported, out_of_bounds};
use super::elements::{Walk, elements, entry_parts, is_empty as has_no_elements, seq_of};
use super::lookup::{index_argument, index_key, lookup};
use super::rows;
use super::transducers::runs::{each, into_through};
use super::transducers::stages::Flow;
use crate::number::is_number;
use crate::thrown::Class;
use crate::value::{LazySeq, SeqKind};
use crate::{Budget, Map, Set, Thrown, Value, Vector};

rows! { collections:
    "clojure.core/count" count (Seqable) -> Integer, "The number of elements; of a string its UTF-16 length.";
    "clojure.core/bounded-count" bounded_count (Number, Seqable) -> Integer, "The number of elements, of a sequence counted up to a bound.";
    "clojure.core/empty?" is_empty (Seqable) -> Boolean, "Whether there are no elements.";
    "clojure.core/not-empty" not_empty (Seqable) -> Any, "The collection itself, or nil when it is empty.";
    "clojure.core/empty" empty (Any) -> Any, "An empty collection of the same kind; nil for anything else.";
    "clojure.core/seq" seq (Seqable) -> Nilable(&List), "The elements as a sequence, or nil when there are none.";
    "clojure.core/vec" vec (Seqable) -> Vector, "The elements as a vector.";
    "clojure.core/set" set (Seqable) -> Set, "The distinct elements as a set.";
    "clojure.core/list" list ( => & Any) -> List, "A list of the arguments.";
    "clojure.core/vector" vector ( => & Any) -> Vector, "A vector of the arguments.";
    "clojure.core/hash-set" hash_set ( => & Any) -> Set, "A set of the arguments.";
    "clojure.core/conj" conj ( => & Any) -> Any, "The collection with elements added, where its kind adds them.";
    "clojure.core/into" into (; Any, Any, Seqable) -> Any, "The first collection with all elements of the second added.";
    "clojure.core/disj" disj (Nilable(&Set) => & Any) -> Nilable(&Set), "The set without the given members.";
    "clojure.core/get" get (Any, Any; Any) -> Any, "The value under a key, or nil, or the given default.";
    "clojure.core/get-in" get_in (Any, Seqable; Any) -> Any, "The value at a path of keys, or nil, or the given default.";
    "clojure.core/contains?" contains (Any, Any) -> Boolean, "Whether the key (of a vector: the index) is there.";
    "clojure.core/nth" nth (Any, Number; Any) -> Any, "The element at an index; throws outside, unless a default is given.";
    "clojure.core/peek" peek (Any) -> Any, "The first element of a list, the last of a vector.";
    "clojure.core/pop" pop (Any) -> Any, "The collection without what `peek` gives.";
    "clojure.core/subvec" subvec (Vector, Number; Number) -> Vector, "The part of a vector between two indexes.";
}

pub fn count(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/count", args.len())) };
    let count = match coll {
        Value::Nil => 0,
        Value::List(items) | Value::Vector(items) => items.len(),
        Value::Map(map) => map.len(),
        Value::Set(members) => members.len(),
        Value::Str(text) if text.is_ascii() => text.len(),
        Value::Str(text) => text.encode_utf16().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Lazy(_) => {
            let mut items = Walk::over(take(coll));
            let mut count = 0;
            while items.next(budget)?.is_some() {
                budget.spend(1)?;
                count += 1;
            }
            count
        }
        other => return Err(not_supported("count", other)),
    };
    Ok(Value::Int(count as i64))
}

pub fn bounded_count(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [bound, coll] = args else {
        return Err(Thrown::arity("clojure.core/bounded-count", args.len()));
    };
    if !matches!(coll, Value::Lazy(seq) if seq.kind() != SeqKind::Range) {
        return count(budget, &mut [take(coll)]);
    }
    let bound = index_argument("bounded-count", bound)?;
    let mut items = Walk::over(take(coll));
    let mut counted = 0;
    while counted < bound && items.next(budget)?.is_some() {
        budget.spend(1)?;
        counted += 1;
    }
    Ok(Value::Int(counted))
}

pub fn is_empty(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/empty?", args.len())) };
    Ok(Value::Bool(has_no_elements(budget, coll)?))
}

pub fn not_empty(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/not-empty", args.len())) };
    Ok(if has_no_elements(budget, coll)? { Value::Nil } else { take(coll) })
}

pub fn empty(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/empty", args.len())) };
    Ok(match coll {
        Value::List(items) => Value::List(items.emptied()),
        Value::Vector(items) if items.is_entry() => Value::Nil,
        Value::Vector(items) => Value::Vector(items.emptied()),
        Value::Map(map) => Value::Map(map.emptied()),
        Value::Set(members) => Value::Set(members.emptied()),
        Value::Lazy(_) => Value::List(Vector::new()),
        _ => Value::Nil,
    })
}

pub fn seq(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/seq", args.len())) };
    seq_of(budget, take(coll))
}

pub fn vec(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/vec", args.len())) };
    if let Value::Nil
    | Value::List(_)
    | Value::Vector(_)
    | Value::Map(_)
    | Value::Set(_)
    | Value::Str(_)
    | Value::Lazy(_)
    | Value::Object(_) = coll
    {
        let items = elements(budget, take(coll))?;
        return Ok(Value::Vector(if items.is_entry() {
            items.iter().cloned().collect()
        } else {
            items.plain()
        }));
    }
    Err(Thrown::new(Class::Runtime, format!("Unable to convert: class {} to Object[]", class_name(coll))))
}

pub fn set(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/set", args.len())) };
    if let Value::Set(_) = coll {
        return take(coll).with_meta(None);
    }
    let items = elements(budget, take(coll))?;
    set_of(budget, items)
}

fn set_of(budget: &mut Budget, items: impl IntoIterator<Item = Value>) -> Result<Value, Thrown> {
    let mut set = Set::new();
    for item in items {
        budget.spend(1)?;
        set.conj(budget, item)?;
    }
    Ok(Value::Set(set))
}

pub fn list(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(args.len())?;
    Ok(Value::List(args.iter_mut().map(take).collect::<Vector>().into_list()))
}

pub fn vector(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(args.len())?;
    Ok(Value::Vector(args.iter_mut().map(take).collect()))
}

pub fn hash_set(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    set_of(budget, args.iter_mut().map(take))
}

pub fn conj(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((coll, items)) = args.split_first_mut() else { return Ok(Value::Vector(Vector::new())) };
    let mut coll = take(coll);
    for item in items {
        coll = conj_one(budget, coll, take(item))?;
    }
    Ok(coll)
}

/// `(conj coll item)`
pub(super) fn conj_one(budget: &mut Budget, coll: Value, item: Value) -> Result<Value, Thrown> {
    budget.spend(1)?;
    match coll {
        Value::Nil => {
            budget.charge(1)?;
            Ok(Value::List(Vector::from([item]).into_list()))
        }
        Value::Vector(mut items) => {
            budget.charge(1 + items.copied_by_change())?;
            items.push(item);
            Ok(Value::Vector(items))
        }
        Value::List(mut items) => {
            // A list may be copied to a larger place even when uniquely owned; over many additions that is a factor.
            budget.charge(2 * (1 + items.copied_by_change()))?;
            items.push_front(item);
            Ok(Value::List(items))
        }
        Value::Set(mut members) => {
            members.conj(budget, item)?;
            Ok(Value::Set(members))
        }
        Value::Map(map) => conj_entry(budget, map, item),
        Value::Lazy(_) => {
            budget.charge(2)?;
            Ok(Value::Lazy(LazySeq::with_front([item].into(), coll)))
        }
        other => Err(Thrown::class_cast("conj", "a collection", &other)),
    }
}

/// Whether this is a map entry, which a vector of two as such is not.
pub(super) fn is_entry(value: &Value) -> bool {
    matches!(value, Value::Vector(items) if items.is_entry())
}

/// `(conj map item)`: an entry, a map of entries, nil, or a sequence of entries.
fn conj_entry(budget: &mut Budget, mut map: Map, item: Value) -> Result<Value, Thrown> {
    match item {
        Value::Nil => {}
        Value::Map(other) => {
            budget.spend(other.len() as u64)?;
            for (key, value) in other {
                map.assoc(budget, key, value)?;
            }
        }
        Value::Vector(_) => {
            let Some((key, value)) = entry_parts(&item) else {
                return Err(illegal_argument("Vector arg to map conj must be a pair"));
            };
            map.assoc(budget, key.clone(), value.clone())?;
        }
        other => {
            for item in elements(budget, other)? {
                let Some((key, value)) = entry_parts(&item).filter(|_| is_entry(&item)) else {
                    return Err(Thrown::class_cast("conj on a map", "map entries", &item));
                };
                map.assoc(budget, key.clone(), value.clone())?;
            }
        }
    }
    Ok(Value::Map(map))
}

pub fn into(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (to, from) = match args {
        [] => return Ok(Value::Vector(Vector::new())),
        [to] => return Ok(take(to)),
        [to, from] => (take(to), take(from)),
        [to, transducer, from] => return into_through(budget, take(to), transducer, take(from)),
        _ => return Err(Thrown::arity("clojure.core/into", args.len())),
    };
    if let (Value::Vector(to), Value::List(from) | Value::Vector(from)) = (&to, &from)
        && to.is_empty()
        && to.meta().is_none()
    {
        return Ok(Value::Vector(from.clone().plain()));
    }
    if let Some(to) = few_of_vector(budget, &to)? {
        let mut items = to;
        let mut walk = Walk::over(from);
        while walk.drain_some(budget, &mut items)? {}
        return Ok(Value::Vector(items.into()));
    }
    let mut coll = to;
    each(budget, from, &mut |budget, item| {
        conj_to(budget, &mut coll, item)?;
        Ok(Flow::On)
    })?;
    Ok(coll)
}

/// The elements of a vector to which many are going to be added, when it holds few. None for anything else.
pub(super) fn few_of_vector(budget: &mut Budget, to: &Value) -> Result<Option<Vec<Value>>, Thrown> {
    match to {
        Value::Vector(items) if items.len() <= FEW && items.meta().is_none() => {
            budget.charge(items.len())?;
            Ok(Some(items.iter().cloned().collect()))
        }
        _ => Ok(None),
    }
}

/// How many elements are copied rather than changed in place.
const FEW: usize = 8;

/// Adds an element to a collection where it stands.
pub(super) fn conj_to(budget: &mut Budget, coll: &mut Value, item: Value) -> Result<(), Thrown> {
    if let Value::Vector(items) = coll {
        budget.spend(1)?;
        budget.charge(1 + items.copied_by_change())?;
        items.push(item);
        return Ok(());
    }
    *coll = conj_one(budget, take(coll), item)?;
    Ok(())
}

pub fn disj(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((coll, members)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/disj", 0));
    };
    let coll = take(coll);
    if members.is_empty() || coll.is_nil() {
        return Ok(coll);
    }
    let Value::Set(mut set) = coll else { return Err(Thrown::class_cast("disj", "a set", &coll)) };
    for member in members {
        budget.spend(1)?;
        set.disj(budget, member)?;
    }
    Ok(Value::Set(set))
}

pub fn get(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [coll, key] => Ok(lookup(budget, coll, key)?.unwrap_or_default()),
        [coll, key, absent] => Ok(lookup(budget, coll, key)?.unwrap_or_else(|| take(absent))),
        _ => Err(Thrown::arity("clojure.core/get", args.len())),
    }
}

pub fn get_in(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (coll, path, absent) = match args {
        [coll, path] => (take(coll), take(path), Value::Nil),
        [coll, path, absent] => (take(coll), take(path), take(absent)),
        _ => return Err(Thrown::arity("clojure.core/get-in", args.len())),
    };
    let mut found = coll;
    for key in elements(budget, path)? {
        budget.spend(1)?;
        match lookup(budget, &found, &key)? {
            Some(value) => found = value,
            None => return Ok(absent),
        }
    }
    Ok(found)
}

pub fn contains(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll, key] = args else { return Err(Thrown::arity("clojure.core/contains?", args.len())) };
    let found = match coll {
        Value::Nil => false,
        Value::Map(map) => map.find(budget, key)?.is_some(),
        Value::Set(members) => members.find(budget, key)?.is_some(),
        Value::Vector(_) => lookup(budget, coll, key)?.is_some(),
        Value::Str(_) if is_number(key) => lookup(budget, coll, key)?.is_some(),
        other => {
            return Err(illegal_argument(format!("contains? not supported on type: {}", class_name(other))));
        }
    };
    Ok(Value::Bool(found))
}

pub fn nth(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (coll, index, absent) = match args {
        [coll, index] => (coll, index, None),
        [coll, index, absent] => (coll, index, Some(absent)),
        _ => return Err(Thrown::arity("clojure.core/nth", args.len())),
    };
    let at = index_argument("nth", index)?;
    let place = usize::try_from(at).ok();
    let (found, what, len) = match coll {
        Value::Nil => return Ok(absent.map(take).unwrap_or_default()),
        Value::Vector(items) => (place.and_then(|at| items.get(at)).cloned(), "a vector", items.len()),
        Value::List(items) => (place.and_then(|at| items.get(at)).cloned(), "a sequence", items.len()),
        Value::Str(text) => {
            let found = place.and_then(|at| text.encode_utf16().nth(at)).map(Value::Char);
            (found, "a string", text.encode_utf16().count())
        }
        Value::Lazy(_) => {
            let mut items = Walk::over(take(coll));
            let mut passed = 0;
            let found = loop {
                budget.spend(1)?;
                match items.next(budget)? {
                    Some(item) if Some(passed) == place => break Some(item),
                    Some(_) if place.is_some() => passed += 1,
                    _ => break None,
                }
            };
            (found, "a sequence", passed)
        }
        other => return Err(not_supported("nth", other)),
    };
    match (found, absent) {
        (Some(item), _) => Ok(item),
        (None, Some(absent)) => Ok(take(absent)),
        (None, None) => Err(out_of_bounds(at, what, len)),
    }
}

pub fn peek(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/peek", args.len())) };
    match coll {
        Value::Nil => Ok(Value::Nil),
        Value::List(items) if items.is_list() => Ok(items.first().cloned().unwrap_or_default()),
        Value::Vector(items) => Ok(items.last().cloned().unwrap_or_default()),
        other => Err(Thrown::class_cast("peek", "a list or vector", other)),
    }
}

pub fn pop(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity("clojure.core/pop", args.len())) };
    match take(coll) {
        Value::Nil => Ok(Value::Nil),
        Value::List(mut items) if items.is_list() => {
            if items.is_empty() {
                return Err(Thrown::new(Class::IllegalState, "Can't pop empty list"));
            }
            items.drop_front();
            Ok(Value::List(items))
        }
        Value::Vector(mut items) => {
            if items.is_empty() {
                return Err(Thrown::new(Class::IllegalState, "Can't pop empty vector"));
            }
            budget.charge(items.copied_by_change())?;
            items.pop();
            Ok(Value::Vector(items))
        }
        other => Err(Thrown::class_cast("pop", "a list or vector", &other)),
    }
}

pub fn subvec(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (coll, from, to) = match args {
        [coll, from] => (coll, from, None),
        [coll, from, to] => (coll, from, Some(to)),
        _ => return Err(Thrown::arity("clojure.core/subvec", args.len())),
    };
    let Value::Vector(items) = take(coll) else { return Err(mismatch("subvec", "a vector", coll)) };
    let len = items.len();
    let from = index_argument("subvec", from)?;
    let to = to.map_or(Ok(len as i64), |to| index_argument("subvec", to))?;
    match (usize::try_from(from), usize::try_from(to)) {
        (Ok(from), Ok(to)) if from <= to && to <= len => {
            budget.charge(if to == len && items.is_flat() { 0 } else { to - from })?;
            Ok(Value::Vector(items.slice(from, to)))
        }
        _ => Err(Thrown::new(
            Class::IndexOutOfBounds,
            format!("subvec from {from} to {to} is out of bounds for a vector of length {len}"),
        )),
    }
}

/// A vector's element replaced or appended: the index rules of `assoc` on vectors.
pub(super) fn assoc_index(
    budget: &mut Budget,
    mut items: Vector,
    key: &Value,
    value: Value,
) -> Result<Value, Thrown> {
    let at = index_key(key).ok_or_else(|| illegal_argument("Key must be integer"))?;
    let len = items.len();
    budget.charge(1 + items.copied_by_change())?;
    match usize::try_from(at) {
        Ok(index) if items.set(index, value) => Ok(Value::Vector(items)),
        _ => Err(out_of_bounds(at, "a vector", len)),
    }
}
