//! Calling a value: functions, and the keywords, symbols, maps, sets and vectors that look something up when called.

use super::class::{class_name, illegal_argument, out_of_bounds};
use super::lookup::{index_key, lookup};
use crate::print::pr_str;
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

/// Calls `callee`. Arguments may be moved out of the slice.
pub fn invoke(budget: &mut Budget, callee: &Value, args: &mut [Value]) -> Result<Value, Thrown> {
    if let Value::Function(function) = callee {
        budget.enter()?;
        let result = function.call(budget, args);
        budget.leave();
        return result;
    }
    budget.spend(1)?;
    match (callee, &*args) {
        (Value::Keyword(_), [Value::Map(map)]) if !map.is_sorted() => {
            Ok(map.get(callee).cloned().unwrap_or_default())
        }
        (Value::Keyword(_) | Value::Symbol(_), [coll]) => {
            Ok(lookup(budget, coll, callee)?.unwrap_or_default())
        }
        (Value::Keyword(_) | Value::Symbol(_), [coll, absent]) => {
            Ok(lookup(budget, coll, callee)?.unwrap_or_else(|| absent.clone()))
        }
        (Value::Keyword(_), _) => {
            Err(illegal_argument(format!("Wrong number of args passed to keyword: {}", pr_str(callee))))
        }
        (Value::Map(_) | Value::Set(_), [key]) => Ok(lookup(budget, callee, key)?.unwrap_or_default()),
        (Value::Map(_), [key, absent]) => Ok(lookup(budget, callee, key)?.unwrap_or_else(|| absent.clone())),
        (Value::Vector(items), [index]) => {
            let at = index_key(index).ok_or_else(|| illegal_argument("Key must be integer"))?;
            let item = usize::try_from(at).ok().and_then(|at| items.get(at));
            item.cloned().ok_or_else(|| out_of_bounds(at, "a vector", items.len()))
        }
        (Value::Symbol(_) | Value::Map(_) | Value::Set(_) | Value::Vector(_), _) => {
            Err(Thrown::arity(class_name(callee), args.len()))
        }
        (Value::Nil, _) => Err(Thrown::new(Class::NullPointer, "nil cannot be called as a function")),
        _ => Err(Thrown::new(
            Class::ClassCast,
            format!("{} cannot be called as a function", callee.type_name()),
        )),
    }
}

/// Calls `callee` with one argument.
pub(super) fn call(budget: &mut Budget, callee: &Value, argument: Value) -> Result<Value, Thrown> {
    invoke(budget, callee, &mut [argument])
}

/// Calls `callee` with two arguments.
pub(super) fn call_two(
    budget: &mut Budget,
    callee: &Value,
    first: Value,
    second: Value,
) -> Result<Value, Thrown> {
    invoke(budget, callee, &mut [first, second])
}

/// Calls `callee` as a predicate.
pub(super) fn test(budget: &mut Budget, callee: &Value, argument: &Value) -> Result<bool, Thrown> {
    Ok(call(budget, callee, argument.clone())?.is_truthy())
}
