//! Sequence functions that call a function on each element.

use std::mem::take;

use crate::library::elements::{Walk, elements};
use crate::library::invoke::{call, invoke, test};
use crate::library::rows;
use crate::library::sequences::joins::joined;
use crate::library::sequences::lazily;
use crate::library::transducers::runs::each;
use crate::library::transducers::stages::{self, Flow, Recipe, Stage};
use crate::library::transducers::transducer;
use crate::value::{Source, Step};
use crate::{Budget, Thrown, Value};

rows! { transforms::mapping:
    "clojure.core/map" map (Callable; Seqable => & Seqable) -> List, "What the function makes of each element.";
    "clojure.core/mapv" mapv (Callable, Seqable => & Seqable) -> Vector, "What the function makes of each element, as a vector.";
    "clojure.core/filter" filter (Callable; Seqable) -> List, "The elements for which the function holds.";
    "clojure.core/filterv" filterv (Callable, Seqable) -> Vector, "The elements for which the function holds, as a vector.";
    "clojure.core/remove" remove (Callable; Seqable) -> List, "The elements for which the function does not hold.";
    "clojure.core/keep" keep (Callable; Seqable) -> List, "What the function makes of each element, without nils.";
    "clojure.core/mapcat" mapcat (Callable; Seqable => & Seqable) -> List,
        "What the function makes of each element, joined to one sequence.";
    "clojure.core/map-indexed" map_indexed (Callable; Seqable) -> List, "What the function makes of each index and element.";
    "clojure.core/keep-indexed" keep_indexed (Callable; Seqable) -> List,
        "What the function makes of each index and element, without nils.";
    "clojure.core/replace" replace (Any; Seqable) -> Any, "The elements, or what a map or vector has for them.";
}

/// What a stage makes of the elements, chunk by chunk.
struct Staged<S> {
    stage: S,
    from: Walk,
    chunk: Vec<Value>,
}

impl<S: Stage> Source for Staged<S> {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        self.chunk.clear();
        if !self.from.next_chunk(budget, &mut self.chunk)? {
            return Ok(Step::End);
        }
        let mut put = |_: &mut Budget, item: Value| {
            out.push(item);
            Ok(Flow::On)
        };
        for item in self.chunk.drain(..) {
            self.stage.step(budget, item, &mut put)?;
        }
        Ok(Step::More)
    }
}

/// A function of the library as a transducer or over a collection.
fn staged<R: Recipe>(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [_] => transducer::<R>(budget, args),
        [function, coll] => {
            let stage = R::of(std::slice::from_ref(function))?;
            lazily(budget, Staged { stage, from: Walk::over(take(coll)), chunk: Vec::new() })
        }
        _ => Err(Thrown::arity(R::NAME, args.len())),
    }
}

/// One element of each of several collections, while all have one.
fn round(budget: &mut Budget, from: &mut [Walk]) -> Result<Option<Vec<Value>>, Thrown> {
    let mut args = Vec::with_capacity(from.len());
    for walk in from {
        match walk.next(budget)? {
            Some(item) => args.push(item),
            None => return Ok(None),
        }
    }
    Ok(Some(args))
}

/// What a function makes of several collections in step, one at a time.
struct InStep {
    function: Value,
    from: Vec<Walk>,
}

impl Source for InStep {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        let Some(mut args) = round(budget, &mut self.from)? else { return Ok(Step::End) };
        out.push(invoke(budget, &self.function, &mut args)?);
        Ok(Step::More)
    }
}

pub fn map(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [function, colls @ ..] if colls.len() > 1 => {
            budget.charge(colls.len() * 4)?;
            let from = colls.iter_mut().map(|coll| Walk::over(take(coll))).collect();
            lazily(budget, InStep { function: take(function), from })
        }
        _ => staged::<stages::Map>(budget, args),
    }
}

pub fn mapv(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let given = args.len();
    let Some((function, colls)) = args.split_first_mut().filter(|(_, colls)| !colls.is_empty()) else {
        return Err(Thrown::arity("clojure.core/mapv", given));
    };
    if let [coll] = colls {
        if let Value::Vector(_) = coll {
            return over_places(budget, function, take(coll));
        }
        let mut results = Vec::new();
        each(budget, take(coll), &mut |budget, item| {
            budget.charge(1)?;
            results.push(call(budget, function, item)?);
            Ok(Flow::On)
        })?;
        return Ok(Value::Vector(results.into()));
    }
    let mut from: Vec<Walk> = colls.iter_mut().map(|coll| Walk::over(take(coll))).collect();
    let mut results = Vec::new();
    while let Some(mut args) = round(budget, &mut from)? {
        budget.charge(1)?;
        results.push(invoke(budget, function, &mut args)?);
    }
    Ok(Value::Vector(results.into()))
}

/// `mapv` over a vector: the results take the places of the elements when nobody else sees them.
fn over_places(budget: &mut Budget, function: &Value, coll: Value) -> Result<Value, Thrown> {
    let items = elements(budget, coll)?;
    if !items.is_unique() {
        budget.charge(items.len())?;
    }
    let mut results = items.into_vec();
    for place in &mut results {
        *place = call(budget, function, take(place))?;
    }
    Ok(Value::Vector(results.into()))
}

pub fn filter(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    staged::<stages::Filter>(budget, args)
}

pub fn filterv(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/filterv", args.len())) };
    let mut kept = Vec::new();
    each(budget, take(coll), &mut |budget, item| {
        if test(budget, function, &item)? {
            budget.charge(1)?;
            kept.push(item);
        }
        Ok(Flow::On)
    })?;
    Ok(Value::Vector(kept.into()))
}

pub fn remove(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    staged::<stages::Remove>(budget, args)
}

pub fn keep(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    staged::<stages::Keep>(budget, args)
}

pub fn mapcat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [] => Err(Thrown::arity("clojure.core/mapcat", 0)),
        [_] => transducer::<stages::MapCat>(budget, args),
        _ => {
            let mapped = map(budget, args)?;
            joined(budget, Vec::new(), mapped)
        }
    }
}

pub fn map_indexed(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    staged::<stages::MapIndexed>(budget, args)
}

pub fn keep_indexed(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    staged::<stages::KeepIndexed>(budget, args)
}

pub fn replace(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let to_vector = matches!(args, [_, Value::Vector(_)]);
    let made = staged::<stages::Replace>(budget, args)?;
    Ok(if to_vector { Value::Vector(elements(budget, made)?) } else { made })
}
