//! What compiled forms call and no author can name: errors of `case` and `fn`, the bound of loops.

use super::rows;
use crate::print::pr_str;
use crate::thrown::Class;
use crate::{Budget, Thrown, Value};

rows! { internal:
    "breyta.internal/no-matching-clause" no_matching_clause (Any) -> Any, "Throws: no clause of `case` or `condp` fits.";
    "breyta.internal/wrong-arity" wrong_arity (Integer) -> Any, "Throws: no arity of the function fits.";
    "breyta.internal/next-round" next_round (Integer, Integer) -> Integer, "The number of the next round of a loop; throws behind its bound.";
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
