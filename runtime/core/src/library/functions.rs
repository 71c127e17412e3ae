//! Functions that make or call functions. What they make are closures over their arguments.

use std::mem::take;
use std::sync::{Arc, Mutex, PoisonError};

use super::elements::{elements, settle};
use super::invoke::{call, invoke};
use super::rows;
use super::sequences::joins::joined;
use super::transducers::COMPOSED;
use crate::value::{Closure, Function};
use crate::{Budget, Map, Thrown, Value};

rows! { functions:
    "clojure.core/identity" identity (Any) -> Any, "The argument.";
    "clojure.core/constantly" constantly (Any) -> Callable, "A function that gives a value whatever it is called with.";
    "clojure.core/comp" comp ( => & Callable) -> Callable, "A function that calls the last function, then the others on its result.";
    "clojure.core/partial" partial (Callable => & Any) -> Callable, "A function with its first arguments given.";
    "clojure.core/complement" complement (Callable) -> Callable, "A function that holds where the given one does not.";
    "clojure.core/juxt" juxt (Callable => & Callable) -> Callable, "A function that gives a vector of what each function gives.";
    "clojure.core/fnil" fnil (Callable, Any; Any, Any) -> Callable, "A function with defaults for arguments that are nil.";
    "clojure.core/some-fn" some_fn (Callable => & Callable) -> Callable, "A function that gives the first truthy thing that the functions make of its arguments.";
    "clojure.core/every-pred" every_pred (Callable => & Callable) -> Callable, "A function that tells whether all functions hold for all its arguments.";
    "clojure.core/memoize" memoize (Callable) -> Callable, "A function that calls the given one once for equal arguments.";
    "clojure.core/trampoline" trampoline (Callable => & Any) -> Any, "Calls a function, then what it gives, until that is no function.";
    "clojure.core/apply" apply (Callable, Any => & Any) -> Any, "Calls a function; the elements of the last argument are arguments too.";
}

/// A function of the library that keeps values.
pub(super) fn closure(name: &'static str, code: Closure, captured: &mut [Value]) -> Value {
    let captured = captured.iter_mut().map(take).collect();
    Value::Function(Arc::new(Function::Closure { name, code, captured }))
}

pub fn identity(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/identity", args.len())) };
    Ok(take(value))
}

pub fn constantly(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.len() != 1 {
        return Err(Thrown::arity("clojure.core/constantly", args.len()));
    }
    budget.charge(2)?;
    Ok(closure("constantly", |_, captured, _| Ok(captured.first().cloned().unwrap_or_default()), args))
}

pub fn comp(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    composed(budget, args)
}

/// `(comp …)`
pub(super) fn composed(budget: &mut Budget, functions: &mut [Value]) -> Result<Value, Thrown> {
    match functions {
        [] => {
            Ok(Value::Function(Arc::new(Function::Native { name: "clojure.core/identity", code: identity })))
        }
        [function] => Ok(take(function)),
        _ => {
            budget.charge(1 + functions.len())?;
            Ok(closure(COMPOSED, call_composed, functions))
        }
    }
}

fn call_composed(budget: &mut Budget, functions: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((last, before)) = functions.split_last() else { return Ok(Value::Nil) };
    let mut result = invoke(budget, last, args)?;
    for function in before.iter().rev() {
        result = call(budget, function, result)?;
    }
    Ok(result)
}

pub fn partial(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [] => Err(Thrown::arity("clojure.core/partial", 0)),
        [function] => Ok(take(function)),
        _ => {
            budget.charge(1 + args.len())?;
            Ok(closure("partial", call_partial, args))
        }
    }
}

fn call_partial(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((function, given)) = captured.split_first() else { return Ok(Value::Nil) };
    let mut all = Vec::with_capacity(given.len() + args.len());
    all.extend_from_slice(given);
    all.extend(args.iter_mut().map(take));
    invoke(budget, function, &mut all)
}

pub fn complement(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.len() != 1 {
        return Err(Thrown::arity("clojure.core/complement", args.len()));
    }
    budget.charge(2)?;
    Ok(closure("complement", call_complement, args))
}

fn call_complement(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let Some(function) = captured.first() else { return Ok(Value::Nil) };
    Ok(Value::Bool(!invoke(budget, function, args)?.is_truthy()))
}

pub fn juxt(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity("clojure.core/juxt", 0));
    }
    budget.charge(1 + args.len())?;
    Ok(closure(JUXT, call_each, args))
}

/// The functions behind what `juxt` made.
pub(super) fn parts_of_juxt(function: &Value) -> Option<&[Value]> {
    match function {
        Value::Function(function) => match function.as_ref() {
            Function::Closure { name: JUXT, captured, .. } => Some(captured),
            _ => None,
        },
        _ => None,
    }
}

/// The name of what `juxt` makes. No `fn` form has a name with a namespace.
const JUXT: &str = "clojure.core/juxt";

fn call_each(budget: &mut Budget, functions: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(functions.len())?;
    let mut results = Vec::with_capacity(functions.len());
    for function in functions {
        results.push(invoke(budget, function, &mut args.to_vec())?);
    }
    Ok(Value::Vector(results.into()))
}

pub fn fnil(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if !(2..=4).contains(&args.len()) {
        return Err(Thrown::arity("clojure.core/fnil", args.len()));
    }
    budget.charge(1 + args.len())?;
    Ok(closure("fnil", call_with_defaults, args))
}

fn call_with_defaults(budget: &mut Budget, captured: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((function, defaults)) = captured.split_first() else { return Ok(Value::Nil) };
    // The function that `fnil` makes needs every argument that has a default.
    if args.len() < defaults.len() {
        return Err(Thrown::arity("clojure.core/fnil", args.len()));
    }
    for (argument, default) in args.iter_mut().zip(defaults) {
        if argument.is_nil() {
            *argument = default.clone();
        }
    }
    invoke(budget, function, args)
}

pub fn apply(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function, given @ .., last] = args else {
        return Err(Thrown::arity("clojure.core/apply", args.len()));
    };
    // The one function of the library that takes more arguments than there may be.
    if let (Value::Function(called), Value::Lazy(_)) = (&*function, &*last)
        && called.name() == "clojure.core/concat"
    {
        let first = given.iter_mut().map(take).collect();
        return joined(budget, first, take(last));
    }
    let last = elements(budget, take(last))?;
    budget.spend(last.len() as u64)?;
    budget.charge(given.len() + last.len())?;
    let mut all: Vec<Value> = given.iter_mut().map(take).collect();
    all.extend(last);
    invoke(budget, function, &mut all)
}

pub fn some_fn(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity("clojure.core/some-fn", 0));
    }
    budget.charge(1 + args.len())?;
    Ok(closure("clojure.core/some-fn", call_some, args))
}

fn call_some(budget: &mut Budget, functions: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    let mut found = Value::Nil;
    for function in functions {
        for argument in &*args {
            found = call(budget, function, argument.clone())?;
            if found.is_truthy() {
                return Ok(found);
            }
        }
    }
    Ok(found)
}

pub fn every_pred(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if args.is_empty() {
        return Err(Thrown::arity("clojure.core/every-pred", 0));
    }
    budget.charge(1 + args.len())?;
    Ok(closure("clojure.core/every-pred", call_every, args))
}

fn call_every(budget: &mut Budget, functions: &[Value], args: &mut [Value]) -> Result<Value, Thrown> {
    for function in functions {
        for argument in &*args {
            if !call(budget, function, argument.clone())?.is_truthy() {
                return Ok(Value::Bool(false));
            }
        }
    }
    Ok(Value::Bool(true))
}

pub fn memoize(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [function] = args else { return Err(Thrown::arity("clojure.core/memoize", args.len())) };
    budget.charge(4)?;
    let function = take(function);
    let known = Mutex::new(Map::new());
    let code = move |budget: &mut Budget, args: &mut [Value]| {
        for argument in &mut *args {
            settle(budget, argument)?;
        }
        let key = Value::Vector(args.to_vec().into());
        if let Some((_, answer)) = known.lock().unwrap_or_else(PoisonError::into_inner).find(budget, &key)? {
            return Ok(answer.clone());
        }
        let answer = invoke(budget, &function, args)?;
        budget.charge(4 + args.len())?;
        known.lock().unwrap_or_else(PoisonError::into_inner).assoc(budget, key, answer.clone())?;
        Ok(answer)
    };
    Ok(Value::Function(Arc::new(Function::Dynamic {
        name: "clojure.core/memoize".into(),
        code: Arc::new(code),
    })))
}

pub fn trampoline(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let Some((function, args)) = args.split_first_mut() else {
        return Err(Thrown::arity("clojure.core/trampoline", 0));
    };
    let mut answer = invoke(budget, function, args)?;
    while let Value::Function(_) = answer {
        answer = invoke(budget, &answer, &mut [])?;
    }
    Ok(answer)
}
