//! Atoms, volatiles and delays: places that change, within one call.

use std::mem::take;
use std::sync::{Arc, OnceLock};

use super::class::mismatch;
use super::invoke::invoke;
use super::rows;
use crate::thrown::Class;
use crate::value::{Atom, Delay, Mutable, Object, SeqKind, identical};
use crate::{Budget, Map, Thrown, Value};

rows! { references:
    "clojure.core/atom" atom (Any => & Any) -> Any, "A place with a value that `swap!` and `reset!` change; may have a `:validator` and `:meta`.";
    "clojure.core/deref" deref (Any) -> Any, "The value that an atom, volatile, delay or reduced value holds.";
    "clojure.core/swap!" swap (Any, Callable => & Any) -> Any, "Changes an atom to what the function makes of its value; gives that.";
    "clojure.core/reset!" reset (Any, Any) -> Any, "Changes an atom to a value; gives that.";
    "clojure.core/swap-vals!" swap_vals (Any, Callable => & Any) -> Vector, "Like `swap!`, gives the values before and after.";
    "clojure.core/reset-vals!" reset_vals (Any, Any) -> Vector, "Like `reset!`, gives the values before and after.";
    "clojure.core/compare-and-set!" compare_and_set (Any, Any, Any) -> Boolean,
        "Changes an atom to the last value when it holds the one before; whether it did.";
    "clojure.core/add-watch" add_watch (Any, Any, Callable) -> Any, "Has a function called at every change of an atom.";
    "clojure.core/remove-watch" remove_watch (Any, Any) -> Any, "Takes a watch off an atom.";
    "clojure.core/set-validator!" set_validator (Any, Any) -> Nil, "Gives an atom a function that must hold for its values.";
    "clojure.core/get-validator" get_validator (Any) -> Any, "The validator of an atom, or nil.";
    "clojure.core/volatile!" volatile (Any) -> Any, "A place with a value that `vswap!` and `vreset!` change.";
    "clojure.core/vswap!" vswap (Any, Callable => & Any) -> Any, "Changes a volatile to what the function makes of its value; gives that.";
    "clojure.core/vreset!" vreset (Any, Any) -> Any, "Changes a volatile to a value; gives that.";
    "clojure.core/volatile?" is_volatile (Any) -> Boolean, "Whether the value is a volatile.";
    "clojure.core/force" force (Any) -> Any, "What a delay makes; anything else is given back.";
    "clojure.core/delay?" is_delay (Any) -> Boolean, "Whether the value is a delay.";
    "clojure.core/realized?" is_realized (Any) -> Boolean, "Whether a delay or the start of a lazy sequence was made.";
    "breyta.internal/delay" delay (Callable) -> Any, "A value that the function makes when it is asked for, once.";
}

fn object(object: Object) -> Value {
    Value::Object(Arc::new(object))
}

pub fn atom(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(8)?;
    let [value, options @ ..] = args else { return Err(Thrown::arity("clojure.core/atom", 0)) };
    let atom = Atom { value: Mutable::new(take(value)), ..Atom::default() };
    for option in options.chunks_mut(2) {
        let [key, value] = option else {
            let message = format!(
                "No value supplied for key: {}",
                option.first().map(crate::print::str_text).unwrap_or_default()
            );
            return Err(Thrown::new(Class::IllegalArgument, message));
        };
        match key.as_keyword().map(crate::Keyword::full) {
            Some("validator") => {
                atom.validator.replace(take(value));
                check_valid(budget, &atom, &atom.value.get())?;
            }
            Some("meta") => {
                atom.meta.replace(take(value));
            }
            _ => {}
        }
    }
    Ok(object(Object::Atom(atom)))
}

fn as_atom<'v>(what: &str, value: &'v Value) -> Result<&'v Atom, Thrown> {
    if let Value::Object(object) = value
        && let Object::Atom(atom) = object.as_ref()
    {
        return Ok(atom);
    }
    Err(mismatch(what, "an atom", value))
}

fn as_volatile<'v>(what: &str, value: &'v Value) -> Result<&'v Mutable, Thrown> {
    if let Value::Object(object) = value
        && let Object::Volatile(place) = object.as_ref()
    {
        return Ok(place);
    }
    Err(mismatch(what, "a volatile", value))
}

pub fn deref(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/deref", args.len())) };
    let Value::Object(object) = value else {
        return Err(mismatch("deref", "an atom, volatile, delay or reduced value", value));
    };
    match object.as_ref() {
        Object::Atom(atom) => Ok(atom.value.get()),
        Object::Volatile(place) => Ok(place.get()),
        Object::Delay(delay) => made(budget, delay),
        Object::Reduced(value) => Ok(value.clone()),
        Object::Eduction { .. } | Object::Host(_) | Object::Matcher(_) => {
            Err(mismatch("deref", "an atom, volatile, delay or reduced value", value))
        }
    }
}

fn check_valid(budget: &mut Budget, atom: &Atom, value: &Value) -> Result<(), Thrown> {
    let validator = atom.validator.get();
    if validator.is_nil() || invoke(budget, &validator, &mut [value.clone()])?.is_truthy() {
        return Ok(());
    }
    Err(Thrown::new(Class::IllegalState, "Invalid reference state"))
}

/// Puts a value into an atom and tells its watches; gives the value before.
fn change(budget: &mut Budget, reference: &Value, atom: &Atom, new: Value) -> Result<Value, Thrown> {
    check_valid(budget, atom, &new)?;
    let old = atom.value.replace(new.clone());
    if let Value::Map(watches) = atom.watches.get() {
        for (key, watch) in watches {
            let mut args = [key, reference.clone(), old.clone(), new.clone()];
            invoke(budget, &watch, &mut args)?;
        }
    }
    Ok(old)
}

/// What a function makes of a value and the arguments behind it.
fn applied(budget: &mut Budget, function: &Value, value: Value, more: &mut [Value]) -> Result<Value, Thrown> {
    if more.is_empty() {
        return invoke(budget, function, &mut [value]);
    }
    let mut args = Vec::with_capacity(more.len() + 1);
    args.push(value);
    args.extend(more.iter_mut().map(take));
    invoke(budget, function, &mut args)
}

/// The value before and after.
fn swapped(budget: &mut Budget, what: &str, args: &mut [Value]) -> Result<(Value, Value), Thrown> {
    budget.spend(1)?;
    let [reference, function, more @ ..] = args else {
        return Err(Thrown::arity(&format!("clojure.core/{what}"), args.len()));
    };
    let atom = as_atom(what, reference)?;
    let new = applied(budget, function, atom.value.get(), more)?;
    let old = change(budget, reference, atom, new.clone())?;
    Ok((old, new))
}

pub fn swap(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(swapped(budget, "swap!", args)?.1)
}

pub fn swap_vals(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (old, new) = swapped(budget, "swap-vals!", args)?;
    Ok(Value::Vector([old, new].into()))
}

/// The value before and after.
fn put(budget: &mut Budget, what: &str, args: &mut [Value]) -> Result<(Value, Value), Thrown> {
    budget.spend(1)?;
    let [reference, new] = args else {
        return Err(Thrown::arity(&format!("clojure.core/{what}"), args.len()));
    };
    let new = take(new);
    let old = change(budget, reference, as_atom(what, reference)?, new.clone())?;
    Ok((old, new))
}

pub fn reset(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(put(budget, "reset!", args)?.1)
}

pub fn reset_vals(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (old, new) = put(budget, "reset-vals!", args)?;
    Ok(Value::Vector([old, new].into()))
}

pub fn compare_and_set(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [reference, old, new] = args else {
        return Err(Thrown::arity("clojure.core/compare-and-set!", args.len()));
    };
    let atom = as_atom("compare-and-set!", reference)?;
    let held = atom.value.get();
    // Numbers and texts have no identity worth asking for.
    let scalar =
        !matches!(held, Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_) | Value::Lazy(_));
    let holds = identical(&held, old) || (scalar && held == *old);
    if holds {
        change(budget, reference, atom, take(new))?;
    }
    Ok(Value::Bool(holds))
}

pub fn add_watch(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [reference, key, watch] = args else {
        return Err(Thrown::arity("clojure.core/add-watch", args.len()));
    };
    let atom = as_atom("add-watch", reference)?;
    let mut watches = match atom.watches.get() {
        Value::Map(watches) => watches,
        _ => Map::new(),
    };
    watches.assoc(budget, take(key), take(watch))?;
    atom.watches.replace(Value::Map(watches));
    Ok(take(reference))
}

pub fn remove_watch(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [reference, key] = args else { return Err(Thrown::arity("clojure.core/remove-watch", args.len())) };
    let atom = as_atom("remove-watch", reference)?;
    if let Value::Map(mut watches) = atom.watches.get() {
        watches.dissoc(budget, key)?;
        atom.watches.replace(Value::Map(watches));
    }
    Ok(take(reference))
}

pub fn set_validator(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [reference, validator] = args else {
        return Err(Thrown::arity("clojure.core/set-validator!", args.len()));
    };
    let atom = as_atom("set-validator!", reference)?;
    let before = atom.validator.replace(take(validator));
    let checked = check_valid(budget, atom, &atom.value.get());
    if checked.is_err() {
        atom.validator.replace(before);
    }
    checked.map(|()| Value::Nil)
}

pub fn get_validator(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [reference] = args else { return Err(Thrown::arity("clojure.core/get-validator", args.len())) };
    Ok(as_atom("get-validator", reference)?.validator.get())
}

pub fn volatile(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/volatile!", args.len())) };
    budget.charge(4)?;
    Ok(object(Object::Volatile(Mutable::new(take(value)))))
}

pub fn vswap(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    let [reference, function, more @ ..] = args else {
        return Err(Thrown::arity("clojure.core/vswap!", args.len()));
    };
    let place = as_volatile("vswap!", reference)?;
    let new = applied(budget, function, place.get(), more)?;
    place.replace(new.clone());
    Ok(new)
}

pub fn vreset(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    budget.spend(1)?;
    let [reference, new] = args else { return Err(Thrown::arity("clojure.core/vreset!", args.len())) };
    let new = take(new);
    as_volatile("vreset!", reference)?.replace(new.clone());
    Ok(new)
}

/// A delay of a function without parameters.
pub fn delay(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [code] = args else { return Err(Thrown::arity("breyta.internal/delay", args.len())) };
    budget.charge(6)?;
    Ok(object(Object::Delay(Delay { code: Mutable::new(take(code)), made: OnceLock::new() })))
}

/// What a delay makes: made now, or what was made or thrown before.
fn made(budget: &mut Budget, delay: &Delay) -> Result<Value, Thrown> {
    if let Some(made) = delay.made.get() {
        return made.clone();
    }
    let made = invoke(budget, &delay.code.get(), &mut []);
    // Running out of the sandbox is not what the code threw.
    if made.as_ref().is_err_and(|thrown| thrown.class() == Class::Sandbox) {
        return made;
    }
    delay.code.replace(Value::Nil);
    delay.made.get_or_init(|| made).clone()
}

pub fn force(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/force", args.len())) };
    if let Value::Object(object) = &*value
        && let Object::Delay(delay) = object.as_ref()
    {
        return made(budget, delay);
    }
    Ok(take(value))
}

fn is_kind(what: &str, args: &[Value], kind: fn(&Object) -> bool) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity(what, args.len())) };
    Ok(Value::Bool(matches!(value, Value::Object(object) if kind(object))))
}

pub fn is_volatile(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    is_kind("clojure.core/volatile?", args, |object| matches!(object, Object::Volatile(_)))
}

pub fn is_delay(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    is_kind("clojure.core/delay?", args, |object| matches!(object, Object::Delay(_)))
}

pub fn is_realized(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/realized?", args.len())) };
    match value {
        Value::Lazy(seq) if !matches!(seq.kind(), SeqKind::Cons | SeqKind::Range) => {
            Ok(Value::Bool(seq.is_realized()))
        }
        Value::Object(object) if matches!(object.as_ref(), Object::Delay(_)) => {
            is_kind("", args, |object| matches!(object, Object::Delay(delay) if delay.made.get().is_some()))
        }
        other => Err(mismatch("realized?", "a delay or lazy sequence", other)),
    }
}
