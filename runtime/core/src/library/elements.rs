//! What a sequence function sees of its argument: the elements of any collection or string, nothing of nil.

use std::mem::take;

use super::class::not_seqable;
use crate::value::Elements;
use crate::{Budget, Thrown, Value, Vector};

/// The elements of a seqable value, in order. A list or vector is not copied.
pub(crate) fn elements(budget: &mut Budget, value: Value) -> Result<Vector, Thrown> {
    Ok(match value {
        Value::Nil => Vector::new(),
        Value::List(items) => items.with_meta(None),
        Value::Vector(items) => items.plain(),
        Value::Map(map) => {
            budget.spend(map.len() as u64)?;
            budget.charge(map.len() * 3)?;
            map.into_iter().map(|(key, value)| entry(key, value)).collect()
        }
        Value::Set(members) => {
            budget.spend(members.len() as u64)?;
            budget.charge(members.len())?;
            members.into_iter().collect()
        }
        Value::Str(text) => {
            budget.spend(text.len() as u64)?;
            budget.charge(text.len())?;
            text.encode_utf16().map(Value::Char).collect()
        }
        Value::Lazy(seq) => {
            let mut items = Vec::new();
            let mut next = Walk::over(budget, Value::Lazy(seq))?;
            while let Some(item) = next.next(budget)? {
                budget.spend(1)?;
                budget.charge(1)?;
                items.push(item);
            }
            items.into()
        }
        other => return Err(not_seqable(&other)),
    })
}

/// The elements of a seqable value one after the other; those of a lazy sequence are made when their turn comes.
#[derive(Debug)]
pub(crate) struct Walk {
    ready: Elements,
    rest: Value,
}

impl Walk {
    pub(crate) fn over(budget: &mut Budget, value: Value) -> Result<Self, Thrown> {
        Ok(match value {
            Value::Lazy(_) => Self { ready: Vector::new().into_iter(), rest: value },
            other => Self { ready: elements(budget, other)?.into_iter(), rest: Value::Nil },
        })
    }

    /// How many elements are there already.
    pub(crate) fn ready(&self) -> usize {
        self.ready.len()
    }

    #[inline]
    pub(crate) fn next(&mut self, budget: &mut Budget) -> Result<Option<Value>, Thrown> {
        loop {
            if let Some(item) = self.ready.next() {
                return Ok(Some(item));
            }
            match take(&mut self.rest) {
                Value::Nil => return Ok(None),
                Value::Lazy(seq) => {
                    let Some(chunk) = seq.chunk(budget)? else { return Ok(None) };
                    self.ready = chunk.items.clone().into_iter();
                    self.rest = chunk.rest.clone();
                }
                other => self.ready = elements(budget, other)?.into_iter(),
            }
        }
    }
}

/// A map entry: a vector of two that `key` and `val` take apart.
pub(super) fn entry(key: Value, value: Value) -> Value {
    Value::Vector(Vector::entry(key, value))
}

/// The two parts of a map entry, or of a vector of two in its place.
pub(super) fn entry_parts(value: &Value) -> Option<(&Value, &Value)> {
    match value {
        Value::Vector(items) => match items.as_slice() {
            [key, value] => Some((key, value)),
            _ => None,
        },
        _ => None,
    }
}

/// The first element without realising the others. None when there is none.
pub(super) fn first_of(budget: &mut Budget, value: &Value) -> Result<Option<Value>, Thrown> {
    Ok(match value {
        Value::Nil => None,
        Value::List(items) | Value::Vector(items) => items.first().cloned(),
        Value::Map(map) => map.get_index(0).map(|(key, value)| entry(key.clone(), value.clone())),
        Value::Set(members) => members.iter().next().cloned(),
        Value::Str(text) => text.encode_utf16().next().map(Value::Char),
        Value::Lazy(seq) => seq.chunk(budget)?.and_then(|chunk| chunk.items.first()).cloned(),
        other => return Err(not_seqable(other)),
    })
}

/// Whether `(seq value)` is nil.
pub(super) fn is_empty(budget: &mut Budget, value: &Value) -> Result<bool, Thrown> {
    Ok(match value {
        Value::Nil => true,
        Value::List(items) | Value::Vector(items) => items.is_empty(),
        Value::Map(map) => map.is_empty(),
        Value::Set(members) => members.is_empty(),
        Value::Str(text) => text.is_empty(),
        Value::Lazy(seq) => seq.chunk(budget)?.is_none(),
        other => return Err(not_seqable(other)),
    })
}

/// The elements as a sequence value.
pub(super) fn list(items: impl Into<Vector>) -> Value {
    Value::List(items.into())
}

/// The elements as a sequence value; nil when there are none.
pub(super) fn seq(items: Vector) -> Value {
    if items.is_empty() { Value::Nil } else { Value::List(items) }
}
