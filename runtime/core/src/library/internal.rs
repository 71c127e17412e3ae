//! What compiled forms call and no author can name: errors of `case`, `fn` and `assert`, the bound of loops, keyword
//! arguments.

use super::elements::elements;
use super::rows;
use crate::print::{pr_str, str_text};
use crate::thrown::Class;
use crate::value::realize;
use crate::{Budget, Map, Thrown, Value};

rows! { internal:
    "breyta.internal/no-matching-clause" no_matching_clause (Any) -> Any, "Throws: no clause of `case` or `condp` fits.";
    "breyta.internal/wrong-arity" wrong_arity (Integer) -> Any, "Throws: no arity of the function fits.";
    "breyta.internal/next-round" next_round (Integer, Integer) -> Integer, "The number of the next round of a loop; throws behind its bound.";
    "breyta.internal/assertion-failed" assertion_failed (String; Any) -> Any, "Throws: a test of `assert` does not hold.";
    "breyta.internal/keyword-arguments" keyword_arguments (Any) -> Any, "The map that a sequence of keys and values stands for; anything else as it is.";
}

pub fn no_matching_clause(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let value = args.first().map_or_else(String::new, pr_str);
    Err(Thrown::new(Class::IllegalArgument, format!("No matching clause: {value}")))
}

pub fn wrong_arity(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let count = args.first().and_then(Value::as_int).unwrap_or_default();
    Err(Thrown::arity("fn", usize::try_from(count).unwrap_or_default()))
}

pub fn next_round(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (round, most) = match args {
        [Value::Int(round), Value::Int(most)] => (*round, *most),
        _ => return Err(Thrown::arity("breyta.internal/next-round", args.len())),
    };
    if round.saturating_add(1) >= most {
        let message = format!(
            "the loop went through more than {most} rounds; `^{{:max-iterations n}}` raises its bound"
        );
        return Err(Thrown::limit("loop-limit", message));
    }
    Ok(Value::Int(round.saturating_add(1)))
}

pub fn assertion_failed(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let message = match args {
        [Value::Str(test)] => format!("Assert failed: {test}"),
        [Value::Str(test), message] => {
            let message = str_text(&realize(budget, std::mem::take(message))?);
            format!("Assert failed: {message}\n{test}")
        }
        _ => return Err(Thrown::arity("breyta.internal/assertion-failed", args.len())),
    };
    Err(Thrown::new(Class::Assertion, message))
}

/// What a map pattern takes apart. A sequence holds keys and values, with a map of further ones behind them if they are
/// odd; a sequence of one element holds what is to be taken apart.
pub fn keyword_arguments(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [given] = args else { return Err(Thrown::arity("breyta.internal/keyword-arguments", args.len())) };
    let items = match std::mem::take(given) {
        sequence @ (Value::List(_) | Value::Lazy(_)) => elements(budget, sequence)?,
        other => return Ok(other),
    };
    if let [only] = items.as_slice() {
        return Ok(only.clone());
    }
    budget.spend(items.len() as u64)?;
    let mut map = Map::new();
    let mut pairs = items.as_slice().chunks_exact(2);
    for pair in &mut pairs {
        if let [key, value] = pair {
            map.assoc(budget, key.clone(), value.clone())?;
        }
    }
    match pairs.remainder() {
        [Value::Map(further)] => {
            for (key, value) in further {
                map.assoc(budget, key.clone(), value.clone())?;
            }
        }
        [key, ..] => {
            let message = format!("No value supplied for key: {}", str_text(key));
            return Err(Thrown::new(Class::IllegalArgument, message));
        }
        [] => {}
    }
    Ok(Value::Map(map))
}
