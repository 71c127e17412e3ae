//! How generated code makes values and takes arguments apart. Parts are moved out of the slices.

use std::sync::{Arc, LazyLock};

use crate::value::{Closure, Function, Native};
use crate::{Budget, Map, Set, Text, Thrown, Value, Vector, thrown::Class};

/// Collections of constants: made once, so nothing is charged for them.
pub mod constants {
    use super::{Map, Value, Vector, moved};

    /// `[a b]`.
    pub fn vector(items: &mut [Value]) -> Value {
        Value::Vector(moved(items).collect())
    }

    /// `(a b)`, as data.
    pub fn list(items: &mut [Value]) -> Value {
        Value::List(moved(items).collect::<Vector>().into_list())
    }

    /// `{k v}` whose keys the compiler knows to be different.
    pub fn map(entries: &mut [(Value, Value)]) -> Value {
        Value::Map(Map::of_distinct(entries.iter_mut().map(std::mem::take)))
    }

    /// `#{a b}` whose members the compiler knows to be different.
    pub fn set(items: &mut [Value]) -> Value {
        Value::Set(moved(items).collect())
    }
}

/// `[a b]`.
///
/// # Errors
/// `sandbox-memory`, as every literal.
pub fn vector(budget: &mut Budget, items: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(1 + items.len())?;
    Ok(constants::vector(items))
}

/// `{k v}` whose keys the compiler knows to be different.
///
/// # Errors
/// `sandbox-memory`, as every literal.
pub fn map(budget: &mut Budget, entries: &mut [(Value, Value)]) -> Result<Value, Thrown> {
    budget.charge(1 + 2 * entries.len())?;
    Ok(constants::map(entries))
}

/// `#{a b}` whose members the compiler knows to be different.
///
/// # Errors
/// `sandbox-memory`, as every literal.
pub fn set(budget: &mut Budget, items: &mut [Value]) -> Result<Value, Thrown> {
    budget.charge(1 + items.len())?;
    Ok(constants::set(items))
}

/// `{k v}` with computed keys.
///
/// # Errors
/// Illegal argument when two keys are equal, as in Clojure; `sandbox-depth` when one nests too deeply.
pub fn distinct_map(budget: &mut Budget, entries: &mut [(Value, Value)]) -> Result<Value, Thrown> {
    let mut map = Map::new();
    for (key, value) in entries.iter_mut().map(std::mem::take) {
        if map.find(budget, &key)?.is_some() {
            return Err(duplicate_key(&key));
        }
        map.assoc(budget, key, value)?;
    }
    Ok(Value::Map(map))
}

/// `#{a b}` with computed members.
///
/// # Errors
/// Illegal argument when two members are equal, as in Clojure; `sandbox-depth` when one nests too deeply.
pub fn distinct_set(budget: &mut Budget, items: &mut [Value]) -> Result<Value, Thrown> {
    let mut set = Set::new();
    for item in moved(items) {
        if set.find(budget, &item)?.is_some() {
            return Err(duplicate_key(&item));
        }
        set.conj(budget, item)?;
    }
    Ok(Value::Set(set))
}

/// The error of a map or set literal with the same key twice.
pub fn duplicate_key(key: &Value) -> Thrown {
    Thrown::new(Class::IllegalArgument, format!("Duplicate key: {}", crate::print::pr_str(key)))
}

/// `#"…"`, which the compiler has checked.
pub fn regex(source: &'static str) -> Value {
    Value::regex(Text::literal(source))
}

/// A library function as a value.
pub fn native(name: &'static str, code: Native) -> Value {
    Value::Function(Arc::new(Function::Native { name, code }))
}

/// A compiled `fn` form with the values it captures.
pub fn closure(name: &'static str, code: Closure, captured: &mut [Value]) -> Value {
    Value::Function(Arc::new(Function::Closure { name, code, captured: moved(captured).collect() }))
}

/// A constant of the program that has to be made: made when it is first needed, and then shared.
pub type Constant = LazyLock<Value>;

/// A constant where it stands.
pub fn lent_constant(of: &'static Constant) -> &'static Value {
    of
}

/// The value of a constant.
pub fn constant(of: &'static Constant) -> Value {
    Value::clone(of)
}

/// Moves an argument out of its place.
pub fn take(argument: &mut Value) -> Value {
    std::mem::take(argument)
}

/// The further arguments of a variadic function: a list, or nil when there are none.
pub fn rest(arguments: &mut [Value]) -> Value {
    if arguments.is_empty() { Value::Nil } else { Value::List(moved(arguments).collect()) }
}

/// The error of a call with a number of arguments that the function does not take.
pub fn wrong_arity(function: &str, count: usize) -> Thrown {
    Thrown::arity(function, count)
}

/// The error of a closure that was given other captured values than it was compiled for.
pub fn wrong_captures() -> Thrown {
    Thrown::new(Class::IllegalState, "a closure was made with the wrong captured values")
}

fn moved(items: &mut [Value]) -> impl Iterator<Item = Value> {
    items.iter_mut().map(std::mem::take)
}
