//! Functions that run transducers, the reductions they end, and the transducers that are no sequence functions.

use std::collections::VecDeque;
use std::mem::take;
use std::sync::Arc;

use super::stages::{Cat, Flow};
use super::{Run, around, reduced as reduced_value};
use crate::library::collections::{conj, conj_to, few_of_vector};
use crate::library::elements::{CHUNK, Walk, seq_of};
use crate::library::functions::{closure, composed};
use crate::library::invoke::{call, call_two, invoke, test};
use crate::library::rows;
use crate::value::{Function, LazySeq, Object, SeqKind, Source, Spring, Step};
use crate::{Budget, Keyword, Map, Thrown, Value, Vector};

rows! { transducers::runs:
    "clojure.core/transduce" transduce (Callable, Callable, Any; Seqable) -> Any,
        "Folds the function over what the transducer makes of the elements.";
    "clojure.core/sequence" sequence (Any; Seqable => & Seqable) -> List,
        "The elements, or what a transducer makes of them, as a sequence that is made when asked for.";
    "clojure.core/eduction" eduction (Any => & Any) -> Any,
        "What transducers make of the elements, made anew for everybody who looks at it.";
    "clojure.core/completing" completing (Callable; Callable) -> Callable,
        "A reducing function with something to do at the end: nothing, or the second function.";
    "clojure.core/cat" cat (Callable) -> Callable, "A transducer that gives the elements of each element.";
    "clojure.core/halt-when" halt_when (Callable; Nilable(&Callable)) -> Callable,
        "A transducer that ends everything with the first element for which the function holds.";
    "clojure.core/reduced" reduced (Any) -> Any, "The value, as the result of the reduction around.";
    "clojure.core/reduced?" is_reduced (Any) -> Boolean, "Whether `reduced` made the value.";
    "clojure.core/unreduced" unreduced (Any) -> Any, "What `reduced` was called with; any other value itself.";
    "clojure.core/ensure-reduced" ensure_reduced (Any) -> Any, "The value as `reduced` makes it, unless it did already.";
}

/// Passes the elements of a collection on one after the other; an eduction's as they are made.
pub(in crate::library) fn each(
    budget: &mut Budget,
    coll: Value,
    sink: &mut dyn FnMut(&mut Budget, Value) -> Result<Flow, Thrown>,
) -> Result<(), Thrown> {
    if let Value::Object(object) = &coll
        && let Object::Eduction { transducer, coll, .. } = object.as_ref()
    {
        let mut run = Run::of(budget, transducer)?;
        each(budget, coll.clone(), &mut |budget, item| run.step(budget, item, sink))?;
        return run.finish(budget, sink);
    }
    let mut walk = Walk::over(coll);
    while let Some(item) = walk.next(budget)? {
        if sink(budget, item)? == Flow::Stop {
            break;
        }
    }
    Ok(())
}

/// One step of a fold: calls the function with the result so far, and says whether that was the end.
pub(in crate::library) fn fold_step(
    budget: &mut Budget,
    function: &Value,
    result: &mut Value,
    item: Value,
) -> Result<Flow, Thrown> {
    let next = call_two(budget, function, take(result), item)?;
    if super::is_reduced(&next) {
        *result = super::unreduced(next);
        return Ok(Flow::Stop);
    }
    *result = next;
    Ok(Flow::On)
}

pub fn transduce(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (transducer, function, init, coll) = match args {
        [transducer, function, coll] => (&*transducer, &*function, None, take(coll)),
        [transducer, function, init, coll] => (&*transducer, &*function, Some(take(init)), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/transduce", args.len())),
    };
    let init = init.map_or_else(|| invoke(budget, function, &mut []), Ok)?;
    let result = fold_through(budget, transducer, function, init, coll)?;
    Ok(result)
}

/// Folds a function over what a transducer makes of the elements, then calls it once more to end it.
fn fold_through(
    budget: &mut Budget,
    transducer: &Value,
    function: &Value,
    init: Value,
    coll: Value,
) -> Result<Value, Thrown> {
    let mut result = init;
    if let Some(mut run) = Run::of_known(transducer)? {
        each(budget, coll, &mut |budget, item| {
            run.step(budget, item, &mut |budget, item| fold_step(budget, function, &mut result, item))
        })?;
        run.finish(budget, &mut |budget, item| fold_step(budget, function, &mut result, item))?;
        return call(budget, function, result);
    }
    let function = call(budget, transducer, function.clone())?;
    each(budget, coll, &mut |budget, item| fold_step(budget, &function, &mut result, item))?;
    call(budget, &function, result)
}

/// `(into to transducer from)`
pub(in crate::library) fn into_through(
    budget: &mut Budget,
    to: Value,
    transducer: &Value,
    from: Value,
) -> Result<Value, Thrown> {
    let Some(mut run) = Run::of_known(transducer)? else {
        let add = Value::Function(Arc::new(Function::Native { name: "clojure.core/conj", code: conj }));
        return fold_through(budget, transducer, &add, to, from);
    };
    if let Some(mut items) = few_of_vector(budget, &to)? {
        let mut add = |budget: &mut Budget, item: Value| {
            budget.charge(1)?;
            items.push(item);
            Ok(Flow::On)
        };
        each(budget, from, &mut |budget, item| run.step(budget, item, &mut add))?;
        run.finish(budget, &mut add)?;
        return Ok(Value::Vector(items.into()));
    }
    let mut result = to;
    let mut add = |budget: &mut Budget, item: Value| {
        conj_to(budget, &mut result, item)?;
        Ok(Flow::On)
    };
    each(budget, from, &mut |budget, item| run.step(budget, item, &mut add))?;
    run.finish(budget, &mut add)?;
    Ok(result)
}

/// What a transducer makes of the elements of one or more collections, 32 at a time, and one more to know whether
/// there are any.
pub(crate) struct Transduced {
    run: Run,
    from: Vec<Walk>,
    ahead: VecDeque<Value>,
    done: bool,
}

impl Transduced {
    pub(crate) fn of(budget: &mut Budget, transducer: &Value, colls: Vec<Value>) -> Result<Self, Thrown> {
        let run =
            if colls.len() == 1 { Run::of(budget, transducer)? } else { Run::called(budget, transducer)? };
        let from = colls.into_iter().map(Walk::over).collect();
        Ok(Self { run, from, ahead: VecDeque::new(), done: false })
    }

    /// Makes elements until one is there, or the end.
    fn look_ahead(&mut self, budget: &mut Budget) -> Result<(), Thrown> {
        while self.ahead.is_empty() && !self.done {
            budget.spend(1)?;
            let ahead = &mut self.ahead;
            let mut keep = |budget: &mut Budget, item: Value| {
                budget.charge(1)?;
                ahead.push_back(item);
                Ok(Flow::On)
            };
            let mut items = Vec::with_capacity(self.from.len());
            for walk in &mut self.from {
                items.extend(walk.next(budget)?);
            }
            let enough = items.len() == self.from.len();
            let flow = match items.as_mut_slice() {
                _ if !enough => Flow::Stop,
                [item] => self.run.step(budget, take(item), &mut keep)?,
                items => self.run.step_of_many(budget, items, &mut keep)?,
            };
            if flow == Flow::Stop {
                self.done = true;
                self.run.finish(budget, &mut keep)?;
            }
        }
        Ok(())
    }
}

impl Source for Transduced {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        for _ in 0..CHUNK {
            self.look_ahead(budget)?;
            out.extend(self.ahead.pop_front());
        }
        self.look_ahead(budget)?;
        Ok(if self.ahead.is_empty() { Step::End } else { Step::More })
    }
}

pub fn sequence(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let empty = || Value::List(Vector::new());
    let Some((first, colls)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/sequence", 0));
    };
    if colls.is_empty() {
        if let Value::List(_) | Value::Lazy(_) = first {
            return Ok(take(first));
        }
        let seq = seq_of(budget, take(first))?;
        return Ok(if seq.is_nil() { empty() } else { seq });
    }
    let mut made = Transduced::of(budget, first, colls.iter_mut().map(take).collect())?;
    made.look_ahead(budget)?;
    if made.ahead.is_empty() {
        return Ok(empty());
    }
    Ok(Value::Lazy(LazySeq::from_source(Spring::new(made), SeqKind::Lazy)))
}

pub fn eduction(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((coll, transducers)) = args.split_last_mut() else {
        return Err(Thrown::arity("clojure.core/eduction", 0));
    };
    budget.charge(3)?;
    let transducer = composed(budget, transducers)?;
    Ok(Value::Object(Arc::new(Object::Eduction { transducer, coll: take(coll), open })))
}

fn open(budget: &mut Budget, transducer: &Value, coll: &Value) -> Result<Spring, Thrown> {
    Ok(Spring::new(Transduced::of(budget, transducer, vec![coll.clone()])?))
}

pub fn completing(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if !(1..=2).contains(&args.len()) {
        return Err(Thrown::arity("clojure.core/completing", args.len()));
    }
    budget.charge(3)?;
    Ok(closure("clojure.core/completing", call_completing, args))
}

fn call_completing(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    match (captured, args) {
        ([_], [result]) => Ok(take(result)),
        ([_, end], args @ [_]) => invoke(budget, end, args),
        ([function, ..], args) if args.len() != 1 && args.len() <= 2 => invoke(budget, function, args),
        (_, args) => Err(Thrown::arity("clojure.core/completing", args.len())),
    }
}

pub fn cat(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    around::<Cat>(budget, &[], args)
}

/// The key of what ends a transduction with `halt-when`.
fn halt() -> Value {
    Value::Keyword(Keyword::literal("clojure.core/halt"))
}

pub fn halt_when(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if !(1..=2).contains(&args.len()) {
        return Err(Thrown::arity("clojure.core/halt-when", args.len()));
    }
    budget.charge(3)?;
    Ok(closure("clojure.core/halt-when", around_halt, args))
}

fn around_halt(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let [reducing] = args else { return Err(Thrown::arity("clojure.core/halt-when", args.len())) };
    budget.charge(4)?;
    let mut captured = [
        captured.first().cloned().unwrap_or_default(),
        captured.get(1).cloned().unwrap_or_default(),
        take(reducing),
    ];
    Ok(closure("clojure.core/halt-when", step_or_halt, &mut captured))
}

fn step_or_halt(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let [holds, end, reducing] = captured else { return Ok(Value::Nil) };
    match args {
        [Value::Map(result)] if result.contains_key(&halt()) => {
            Ok(result.get(&halt()).cloned().unwrap_or_default())
        }
        [result, item] if test(budget, holds, item)? => {
            let answer = if end.is_nil() {
                take(item)
            } else {
                let result = call(budget, reducing, take(result))?;
                call_two(budget, end, result, take(item))?
            };
            Ok(reduced_value(Value::Map(Map::from([(halt(), answer)]))))
        }
        args => invoke(budget, reducing, args),
    }
}

pub fn reduced(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/reduced", args.len())) };
    budget.charge(2)?;
    Ok(reduced_value(take(value)))
}

pub fn is_reduced(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/reduced?", args.len())) };
    Ok(Value::Bool(super::is_reduced(value)))
}

pub fn unreduced(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/unreduced", args.len())) };
    Ok(super::unreduced(take(value)))
}

pub fn ensure_reduced(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/ensure-reduced", args.len())) };
    budget.charge(2)?;
    Ok(super::ensure_reduced(take(value)))
}
