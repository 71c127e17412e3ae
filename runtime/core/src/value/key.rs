//! What may be a key of a map or a member of a set: anything that does not nest too deeply, at the cost of hashing it.
//!
//! Equality and hashing go into keys by recursion; this is what bounds it.

use std::borrow::Cow;

use super::{DEPTH_MAX, Value, realize};
use crate::{Budget, Thrown};

/// What a NaN costs as a key.
const NAN_COST: u64 = 20_000;

/// Charges what hashing a key costs, and makes the elements of lazy sequences in it.
///
/// # Errors
/// `sandbox-depth` when it nests too deeply.
pub(super) fn check_key<'k>(budget: &mut Budget, key: &'k Value) -> Result<Cow<'k, Value>, Thrown> {
    match key {
        Value::Str(text) => budget.spend(text.len() as u64 / 64)?,
        Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_)
            if check_parts(budget, key, DEPTH_MAX)? =>
        {
            return Ok(Cow::Owned(realize(budget, key.clone())?));
        }
        // No NaN equals another, and all have one hash: a table of them is slow.
        Value::Double(double) if double.is_nan() => budget.spend(NAN_COST)?,
        Value::Lazy(_) => return Ok(Cow::Owned(realize(budget, key.clone())?)),
        _ => {}
    }
    Ok(Cow::Borrowed(key))
}

/// Like [`check_key`] for a key that is going to be stored.
pub(super) fn checked_key(budget: &mut Budget, key: Value) -> Result<Value, Thrown> {
    let made = match check_key(budget, &key)? {
        Cow::Borrowed(_) => None,
        Cow::Owned(made) => Some(made),
    };
    Ok(made.unwrap_or(key))
}

/// Whether a lazy sequence stands in the value.
fn check_parts(budget: &mut Budget, value: &Value, depth: usize) -> Result<bool, Thrown> {
    budget.spend(1)?;
    let Some(deeper) = depth.checked_sub(1) else {
        return Err(Thrown::limit("sandbox-depth", "a map key or set member that nests too deeply"));
    };
    let mut lazy = false;
    match value {
        Value::List(items) | Value::Vector(items) => {
            for item in items {
                lazy |= check_parts(budget, item, deeper)?;
            }
        }
        Value::Set(members) => {
            for member in members {
                lazy |= check_parts(budget, member, deeper)?;
            }
        }
        Value::Map(map) => {
            for (key, value) in map {
                lazy |= check_parts(budget, key, deeper)? | check_parts(budget, value, deeper)?;
            }
        }
        Value::Lazy(_) => lazy = true,
        _ => {}
    }
    Ok(lazy)
}
