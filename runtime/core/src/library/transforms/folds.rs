//! Functions that go through a sequence and give one thing: folds, searches, and going through for its own sake.

use std::mem::take;

use crate::library::class::class_name;
use crate::library::elements::Walk;
use crate::library::invoke::{call, call_two, invoke, test};
use crate::library::lookup::count_argument;
use crate::library::rows;
use crate::library::sequences::lazily;
use crate::library::transducers::runs::{each, fold_step};
use crate::library::transducers::stages::Flow;
use crate::library::transducers::{is_reduced, unreduced};
use crate::thrown::Class;
use crate::value::{Object, Source, Step};
use crate::{Budget, Thrown, Value};

rows! { transforms::folds:
    "clojure.core/reduce" reduce (Callable, Any; Seqable) -> Any, "Folds the function over the elements.";
    "clojure.core/reductions" reductions (Callable, Any; Seqable) -> List, "What a fold of the function has after each element.";
    "clojure.core/some" some (Callable, Seqable) -> Any, "The first truthy thing that the function makes of an element, or nil.";
    "clojure.core/every?" every (Callable, Seqable) -> Boolean, "Whether the function holds for all elements.";
    "clojure.core/not-any?" not_any (Callable, Seqable) -> Boolean, "Whether the function holds for no element.";
    "clojure.core/not-every?" not_every (Callable, Seqable) -> Boolean, "Whether the function fails for some element.";
    "clojure.core/run!" run_each (Callable, Seqable) -> Nil, "Calls the function on each element for what it does.";
    "clojure.core/doall" doall (Any; Seqable) -> Any, "The sequence, with all elements made, or its first n.";
    "clojure.core/dorun" dorun (Any; Seqable) -> Nil, "Makes all elements of a sequence, or its first n, for what that does.";
}

pub fn reduce(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (function, init, coll) = match args {
        [function, coll] => (&*function, None, take(coll)),
        [function, init, coll] => (&*function, Some(take(init)), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/reduce", args.len())),
    };
    let Some(mut result) = init else { return reduce_from_first(budget, function, coll) };
    each(budget, coll, &mut |budget, item| fold_step(budget, function, &mut result, item))?;
    Ok(result)
}

/// A fold that begins with the first element.
fn reduce_from_first(budget: &mut Budget, function: &Value, coll: Value) -> Result<Value, Thrown> {
    if let Value::Object(object) = &coll
        && let Object::Eduction { .. } = object.as_ref()
    {
        let message = format!("{} cannot be folded without an initial value", class_name(&coll));
        return Err(Thrown::new(Class::ClassCast, message));
    }
    let mut walk = Walk::over(coll);
    let Some(mut result) = walk.next(budget)? else { return invoke(budget, function, &mut []) };
    while let Some(item) = walk.next(budget)? {
        if fold_step(budget, function, &mut result, item)? == Flow::Stop {
            break;
        }
    }
    Ok(result)
}

/// What a fold has after each element.
struct Reductions {
    function: Value,
    result: Option<Value>,
    from: Walk,
    state: Place,
}

#[derive(PartialEq)]
enum Place {
    Start,
    Inside,
    End,
}

impl Source for Reductions {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        let result = match (std::mem::replace(&mut self.state, Place::Inside), self.result.take()) {
            (Place::End, _) => return Ok(Step::End),
            (Place::Start, Some(init)) => init,
            (_, Some(result)) => match self.from.next(budget)? {
                Some(item) => call_two(budget, &self.function, result, item)?,
                None => return Ok(Step::End),
            },
            (_, None) => match self.from.next(budget)? {
                Some(first) => first,
                None => {
                    self.state = Place::End;
                    invoke(budget, &self.function, &mut [])?
                }
            },
        };
        if is_reduced(&result) {
            self.state = Place::End;
            out.push(unreduced(result));
            return Ok(Step::More);
        }
        out.push(result.clone());
        self.result = Some(result);
        Ok(Step::More)
    }
}

pub fn reductions(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (function, result, coll) = match args {
        [function, coll] => (take(function), None, take(coll)),
        [function, init, coll] => (take(function), Some(take(init)), take(coll)),
        _ => return Err(Thrown::arity("clojure.core/reductions", args.len())),
    };
    lazily(budget, Reductions { function, result, from: Walk::over(coll), state: Place::Start })
}

pub fn some(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/some", args.len())) };
    let mut walk = Walk::over(take(coll));
    while let Some(item) = walk.next(budget)? {
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
    let mut walk = Walk::over(take(coll));
    while let Some(item) = walk.next(budget)? {
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

pub fn run_each(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, coll] = args else { return Err(Thrown::arity("clojure.core/run!", args.len())) };
    each(budget, take(coll), &mut |budget, item| {
        let answer = call(budget, function, item)?;
        Ok(if is_reduced(&answer) { Flow::Stop } else { Flow::On })
    })?;
    Ok(Value::Nil)
}

/// Makes the elements of a sequence, at most so many and one to see whether there are more.
fn make(budget: &mut Budget, coll: Value, most: Option<usize>) -> Result<(), Thrown> {
    let mut walk = Walk::over(coll);
    let mut made = 0;
    while most.is_none_or(|most| made <= most) && walk.next(budget)?.is_some() {
        budget.spend(1)?;
        made += 1;
    }
    Ok(())
}

pub fn doall(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (most, coll) = match args {
        [coll] => (None, coll),
        [most, coll] => (Some(count_argument("doall", most)?), coll),
        _ => return Err(Thrown::arity("clojure.core/doall", args.len())),
    };
    make(budget, coll.clone(), most)?;
    Ok(take(coll))
}

pub fn dorun(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (most, coll) = match args {
        [coll] => (None, coll),
        [most, coll] => (Some(count_argument("dorun", most)?), coll),
        _ => return Err(Thrown::arity("clojure.core/dorun", args.len())),
    };
    make(budget, take(coll), most)?;
    Ok(Value::Nil)
}
