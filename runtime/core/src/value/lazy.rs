//! Sequences whose elements are made when they are asked for, each once.
//!
//! A sequence is a chain of cells. A cell that has been asked holds some elements and what comes after them; one that
//! has not holds the code that makes them. Which functions give such sequences is the library's matter; how many
//! elements a cell makes at once too (32 over anything indexed, one at a time otherwise, as on the JVM).

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::release::release;
use super::{Map, Set, Value, Vector};
use crate::library::elements::elements;
use crate::{Budget, Thrown};

/// Makes the elements of a cell: any value that has a `seq` (nil for none). Called again when it failed.
pub type Generator = dyn Fn(&mut Budget) -> Result<Value, Thrown> + Send + Sync;

/// Elements that are there, at least one, and the sequence after them: nil, a list, or a lazy sequence.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub items: Vector,
    pub rest: Value,
}

/// A lazy sequence. Copies share their cells, so that no element is made twice.
#[derive(Clone)]
pub struct LazySeq(Arc<Cell>);

struct Cell {
    /// Set once: the elements, or none at the end.
    made: OnceLock<Option<Chunk>>,
    /// Dropped when the elements are there. None from the start when they always were.
    generator: Mutex<Option<Arc<Generator>>>,
    /// Whether `class` says LazySeq: the cell began with a generator.
    deferred: bool,
}

impl Cell {
    fn generator(&self) -> Option<Arc<Generator>> {
        self.generator.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps what was made and forgets how. Code that asked for the very sequence it makes was first: its answer stays.
    fn settle(&self, made: Option<Chunk>) -> Option<&Chunk> {
        let made = self.made.get_or_init(|| made).as_ref();
        let spent = self.generator.lock().unwrap_or_else(PoisonError::into_inner).take();
        release(spent);
        made
    }
}

impl LazySeq {
    /// A sequence that `generator` makes when it is first looked at.
    pub fn new(generator: impl Fn(&mut Budget) -> Result<Value, Thrown> + Send + Sync + 'static) -> Self {
        let generator: Arc<Generator> = Arc::new(generator);
        Self(Arc::new(Cell { made: OnceLock::new(), generator: Mutex::new(Some(generator)), deferred: true }))
    }

    /// Elements in front of another sequence. `items` must not be empty.
    pub fn with_front(items: Vector, rest: Value) -> Self {
        debug_assert!(!items.is_empty(), "a chunk has elements");
        let made = OnceLock::from(Some(Chunk { items, rest }));
        Self(Arc::new(Cell { made, generator: Mutex::new(None), deferred: false }))
    }

    /// Whether the elements of the first cell are there already.
    pub fn is_realized(&self) -> bool {
        self.0.made.get().is_some()
    }

    /// Whether this is what `class` calls a LazySeq, rather than elements in front of one.
    pub fn is_deferred(&self) -> bool {
        self.0.deferred
    }

    /// Whether both are the same sequence.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The first elements with what comes after them, made now when need be; None at the end.
    pub fn chunk(&self, budget: &mut Budget) -> Result<Option<&Chunk>, Thrown> {
        if let Some(made) = self.0.made.get() {
            return Ok(made.as_ref());
        }
        let made = match self.0.generator() {
            Some(generator) => {
                budget.enter()?;
                let made = generator(budget).and_then(|value| first_chunk(budget, value));
                budget.leave();
                made?
            }
            None => None,
        };
        Ok(self.0.settle(made))
    }

    /// The first cell as far as it is there: None when it was never asked for.
    pub fn peek(&self) -> Option<Option<&Chunk>> {
        self.0.made.get().map(Option::as_ref)
    }

    /// The elements that are there, cell by cell, and whether they are all. Makes none.
    pub fn made(&self) -> (Vec<Value>, bool) {
        let mut items = Vec::new();
        let mut next = Value::Lazy(self.clone());
        loop {
            match next {
                Value::Lazy(seq) => match seq.0.made.get() {
                    Some(Some(chunk)) => {
                        items.extend(chunk.items.iter().cloned());
                        next = chunk.rest.clone();
                    }
                    Some(None) => return (items, true),
                    None => return (items, false),
                },
                Value::List(rest) | Value::Vector(rest) => {
                    items.extend(rest);
                    return (items, true);
                }
                _ => return (items, true),
            }
        }
    }
}

/// The first cell of anything that has a `seq`.
fn first_chunk(budget: &mut Budget, value: Value) -> Result<Option<Chunk>, Thrown> {
    let mut value = value;
    // A generator may answer a sequence that is itself still to be made: one after the other, not one inside the other.
    let mut waiting = Vec::new();
    let made = loop {
        let Value::Lazy(seq) = value else {
            let items = elements(budget, value)?;
            break (!items.is_empty()).then_some(Chunk { items, rest: Value::Nil });
        };
        if let Some(made) = seq.0.made.get() {
            break made.clone();
        }
        let Some(generator) = seq.0.generator() else { break None };
        budget.spend(1)?;
        value = generator(budget)?;
        waiting.push(seq);
    };
    for seq in waiting {
        seq.0.settle(made.clone());
    }
    Ok(made)
}

impl Drop for Cell {
    /// A long chain of cells is let go of one after the other.
    fn drop(&mut self) {
        let mut next = self.made.take().flatten().map(|chunk| chunk.rest);
        let generator = self.generator.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        release(generator);
        while let Some(Value::Lazy(LazySeq(cell))) = next {
            next =
                Arc::into_inner(cell).and_then(|mut cell| cell.made.take().flatten()).map(|chunk| chunk.rest);
        }
    }
}

impl fmt::Debug for LazySeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (made, all) = self.made();
        write!(f, "LazySeq({} made{})", made.len(), if all { "" } else { ", …" })
    }
}

/// A value without lazy parts: everything in it is made, as deep as it goes.
///
/// # Errors
/// What making an element throws, and the bounds of the sandbox: an infinite sequence ends in one of them.
pub fn realize(budget: &mut Budget, value: Value) -> Result<Value, Thrown> {
    if !has_lazy_parts(&value) {
        return Ok(value);
    }
    budget.enter()?;
    let realized = realize_parts(budget, value);
    budget.leave();
    realized
}

fn realize_parts(budget: &mut Budget, value: Value) -> Result<Value, Thrown> {
    let every = |budget: &mut Budget, items: Vector| -> Result<Vector, Thrown> {
        budget.spend(items.len() as u64)?;
        budget.charge(items.len())?;
        let mut made = Vec::with_capacity(items.len());
        for item in items {
            made.push(realize(budget, item)?);
        }
        Ok(made.into())
    };
    Ok(match value {
        Value::Lazy(_) => {
            let items = elements(budget, value)?;
            Value::List(every(budget, items)?)
        }
        Value::List(items) => Value::List(every(budget, items)?),
        Value::Vector(items) => Value::Vector(every(budget, items)?),
        Value::Map(map) => {
            budget.spend(map.len() as u64)?;
            budget.charge(map.len() * 3)?;
            let mut made = Map::new();
            for (key, value) in map {
                made.insert(realize(budget, key)?, realize(budget, value)?);
            }
            Value::Map(made)
        }
        Value::Set(members) => {
            budget.spend(members.len() as u64)?;
            budget.charge(members.len())?;
            let mut made = Set::new();
            for member in members {
                made.insert(realize(budget, member)?);
            }
            Value::Set(made)
        }
        other => other,
    })
}

/// Whether a lazy sequence stands anywhere in the data. Keeps its own stack, so that depth does not matter.
fn has_lazy_parts(value: &Value) -> bool {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Lazy(_) => return true,
            Value::List(items) | Value::Vector(items) => {
                open.extend(items.iter().filter(|item| is_nested(item)));
            }
            Value::Set(members) => open.extend(members.iter().filter(|item| is_nested(item))),
            Value::Map(map) => {
                open.extend(map.iter().flat_map(|(key, value)| [key, value]).filter(|item| is_nested(item)));
            }
            _ => {}
        }
    }
    false
}

fn is_nested(value: &Value) -> bool {
    matches!(value, Value::Lazy(_) | Value::List(_) | Value::Vector(_) | Value::Set(_) | Value::Map(_))
}

#[cfg(test)]
mod tests;
