//! Sequences whose elements are made when they are asked for, each once.
//!
//! A sequence is a chain of cells. A cell that has been asked holds some elements and what comes after them; one that
//! has not holds the [`Source`] that makes them. Which functions give such sequences is the library's matter; how many
//! elements a cell makes at once too (32 over anything indexed, one at a time otherwise, as on the JVM).
//!
//! A sequence that nobody else holds needs no cells: who goes through it may take the source out ([`LazySeq::open`])
//! and have the same elements in the same steps.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::release::release;
use super::{Object, Value, Vector};
use crate::library::elements::{Walk, elements};
use crate::{Budget, Thrown};

/// Makes the elements of a sequence, a few at a time.
pub trait Source: Send {
    /// Puts the next elements into `out`, as many as the JVM makes at once. It may put none there and go on; it is not
    /// asked again after its end, nor after it failed.
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown>;
}

/// How a sequence goes on behind the elements that its source has just made.
#[derive(Debug)]
pub enum Step {
    /// With what the source makes next.
    More,
    /// Not at all.
    End,
    /// As the elements of this value: anything that has a `seq`.
    Rest(Value),
}

/// Owns a source, and lets go of it without deep recursion: sources hold sequences, which hold sources.
pub struct Spring(Option<Box<dyn Source>>);

impl Spring {
    pub fn new(source: impl Source + 'static) -> Self {
        Self(Some(Box::new(source)))
    }

    /// The next elements; see [`Source::next`].
    pub fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        self.0.as_mut().map_or(Ok(Step::End), |source| source.next(budget, out))
    }
}

impl Drop for Spring {
    fn drop(&mut self) {
        if let Some(source) = self.0.take() {
            release(source);
        }
    }
}

impl fmt::Debug for Spring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spring")
    }
}

/// A function as a source: it gives the whole sequence.
struct Thunk<F>(F);

impl<F: Fn(&mut Budget) -> Result<Value, Thrown> + Send> Source for Thunk<F> {
    fn next(&mut self, budget: &mut Budget, _: &mut Vec<Value>) -> Result<Step, Thrown> {
        Ok(Step::Rest((self.0)(budget)?))
    }
}

/// Elements that are there, at least one, and the sequence after them: nil, a list, a vector or a lazy sequence.
#[derive(Clone, Debug)]
pub struct Chunk {
    pub items: Vector,
    pub rest: Value,
}

/// What `class` says of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeqKind {
    /// What `lazy-seq` makes; `realized?` may be asked.
    Lazy,
    /// An element in front of something.
    Cons,
    /// Numbers of `(range n)`.
    Range,
    /// What `iterate`, `repeat` and `cycle` make.
    Iterate,
    Repeat,
    Cycle,
}

impl SeqKind {
    /// The JVM class that Clojure's messages name.
    pub fn class_name(self) -> &'static str {
        match self {
            Self::Lazy => "clojure.lang.LazySeq",
            Self::Cons => "clojure.lang.Cons",
            Self::Range => "clojure.lang.LongRange",
            Self::Iterate => "clojure.lang.Iterate",
            Self::Repeat => "clojure.lang.Repeat",
            Self::Cycle => "clojure.lang.Cycle",
        }
    }
}

/// A lazy sequence. Copies share their cells, so that no element is made twice.
#[derive(Clone)]
pub struct LazySeq(Arc<Cell>);

struct Cell {
    /// Set once: the elements, or none at the end.
    made: OnceLock<Option<Chunk>>,
    state: Mutex<State>,
    kind: SeqKind,
}

#[derive(Default)]
enum State {
    Waiting(Spring),
    /// Its source is at work.
    Busy,
    /// Asked again, it fails again.
    Failed(Thrown),
    /// The elements are there.
    #[default]
    Settled,
}

/// What [`LazySeq::open`] finds.
pub enum Opened {
    /// Nobody else holds the sequence, and nothing of it was made.
    Source(Spring),
    /// The first elements; None at the end.
    Chunk(Option<Chunk>),
}

impl Cell {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the source out to ask it.
    fn begin(&self) -> Result<Spring, Thrown> {
        let mut state = self.state();
        match std::mem::replace(&mut *state, State::Busy) {
            State::Waiting(source) => Ok(source),
            State::Busy => {
                Err(Thrown::limit("sandbox-depth", "a lazy sequence needs its own elements to make them"))
            }
            State::Failed(thrown) => {
                *state = State::Failed(thrown.clone());
                Err(thrown)
            }
            State::Settled => {
                *state = State::Settled;
                Ok(Spring(None))
            }
        }
    }

    /// Keeps what came of it.
    fn settle(&self, made: &Result<Option<Chunk>, Thrown>) {
        let state = match made {
            Ok(made) => {
                // Code that asked for the very sequence it makes was first: its answer stays.
                self.made.get_or_init(|| made.clone());
                State::Settled
            }
            Err(thrown) => State::Failed(thrown.clone()),
        };
        *self.state() = state;
    }
}

impl LazySeq {
    /// A sequence whose elements `generator` gives when it is first looked at: any value that has a `seq`.
    pub fn new(generator: impl Fn(&mut Budget) -> Result<Value, Thrown> + Send + 'static) -> Self {
        Self::from_source(Spring::new(Thunk(generator)), SeqKind::Lazy)
    }

    /// A sequence of what `source` makes.
    pub fn from_source(source: Spring, kind: SeqKind) -> Self {
        Self(Arc::new(Cell { made: OnceLock::new(), state: Mutex::new(State::Waiting(source)), kind }))
    }

    /// Elements in front of another sequence. `items` must not be empty.
    pub fn with_front(items: Vector, rest: Value) -> Self {
        Self::with_front_as(items, rest, SeqKind::Cons)
    }

    /// Like [`LazySeq::with_front`], for what `class` says something else of.
    pub fn with_front_as(items: Vector, rest: Value, kind: SeqKind) -> Self {
        debug_assert!(!items.is_empty(), "a chunk has elements");
        let made = OnceLock::from(Some(Chunk { items, rest: tail(rest) }));
        Self(Arc::new(Cell { made, state: Mutex::new(State::Settled), kind }))
    }

    /// Whether the elements of the first cell are there already.
    pub fn is_realized(&self) -> bool {
        self.0.made.get().is_some()
    }

    /// What `class` says of it.
    pub fn kind(&self) -> SeqKind {
        self.0.kind
    }

    /// Whether this is what `class` calls a LazySeq, rather than elements in front of one.
    pub fn is_deferred(&self) -> bool {
        self.0.kind == SeqKind::Lazy
    }

    /// Whether both are the same sequence.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The first elements with what comes after them, made now when need be; None at the end.
    pub fn chunk(&self, budget: &mut Budget) -> Result<Option<&Chunk>, Thrown> {
        if self.0.made.get().is_none() {
            budget.enter()?;
            let made = self.make(budget);
            budget.leave();
            made?;
        }
        Ok(self.0.made.get().and_then(Option::as_ref))
    }

    /// What the first cell holds, for somebody who lets go of the sequence: the source itself when nobody else can see
    /// what becomes of it.
    pub fn open(mut self, budget: &mut Budget) -> Result<Opened, Thrown> {
        if let Some(cell) = Arc::get_mut(&mut self.0) {
            if let Some(made) = cell.made.take() {
                return Ok(Opened::Chunk(made));
            }
            return Ok(Opened::Source(cell.begin()?));
        }
        Ok(Opened::Chunk(self.chunk(budget)?.cloned()))
    }

    /// Makes the first cell.
    fn make(&self, budget: &mut Budget) -> Result<(), Thrown> {
        let mut source = self.0.begin()?;
        // A source may answer a sequence that is itself still to be made: one after the other, not one inside the other.
        let mut inner: Vec<Self> = Vec::new();
        let made = loop {
            let mut items = Vec::new();
            match source.next(budget, &mut items).and_then(|step| paid(budget, items.len(), step)) {
                Err(thrown) => break Err(thrown),
                Ok(Step::More) if items.is_empty() => {}
                Ok(Step::More) => {
                    let rest = Value::Lazy(Self::from_source(source, self.0.kind));
                    break Ok(Some(Chunk { items: items.into(), rest }));
                }
                Ok(Step::End) if items.is_empty() => break Ok(None),
                Ok(Step::End) => break Ok(Some(Chunk { items: items.into(), rest: Value::Nil })),
                Ok(Step::Rest(rest)) if !items.is_empty() => {
                    break Ok(Some(Chunk { items: items.into(), rest: tail(rest) }));
                }
                Ok(Step::Rest(Value::Lazy(seq))) => {
                    if let Some(made) = seq.0.made.get() {
                        break Ok(made.clone());
                    }
                    match seq.0.begin() {
                        Ok(next) => source = next,
                        Err(thrown) => break Err(thrown),
                    }
                    if let Err(thrown) = budget.charge(1) {
                        break Err(thrown);
                    }
                    inner.push(seq);
                }
                Ok(Step::Rest(rest)) => break first_of_made(budget, rest),
            }
        };
        for seq in &inner {
            seq.0.settle(&made);
        }
        self.0.settle(&made);
        made.map(|_| ())
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

/// Pays for the elements of a step.
fn paid(budget: &mut Budget, items: usize, step: Step) -> Result<Step, Thrown> {
    budget.spend(1 + items as u64)?;
    budget.charge(if items > 0 { CELL + items } else { 0 })?;
    Ok(step)
}

/// What a cell costs besides its elements, in elements.
const CELL: usize = 4;

/// The first elements of a value that is not lazy.
fn first_of_made(budget: &mut Budget, value: Value) -> Result<Option<Chunk>, Thrown> {
    let mut walk = Walk::over(value);
    let mut items = Vec::new();
    if !walk.next_chunk(budget, &mut items)? {
        return Ok(None);
    }
    Ok(Some(Chunk { items: items.into(), rest: tail(walk.into_rest()) }))
}

/// What comes after a chunk: nil, a list, a vector or a lazy sequence.
fn tail(rest: Value) -> Value {
    match rest {
        Value::Nil | Value::List(_) | Value::Vector(_) | Value::Lazy(_) => rest,
        other => Value::Lazy(LazySeq::from_source(Spring::new(Walk::over(other)), SeqKind::Lazy)),
    }
}

impl Drop for Cell {
    /// A long chain of cells is let go of one after the other.
    fn drop(&mut self) {
        let mut next = self.made.take().flatten().map(|chunk| chunk.rest);
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
        let (list, entry, meta) = (items.is_list(), items.is_entry(), items.meta().cloned());
        let mut made = Vec::with_capacity(items.len());
        for item in items {
            made.push(realize(budget, item)?);
        }
        let made = match <[Value; 2]>::try_from(made) {
            Ok([key, value]) if entry => Vector::entry(key, value),
            Ok(pair) => Vector::from(pair),
            Err(made) => Vector::from(made),
        };
        let made = if list { made.into_list() } else { made };
        Ok(if meta.is_some() { made.with_meta(meta) } else { made })
    };
    Ok(match value {
        Value::Lazy(_) | Value::Object(_) => {
            let items = elements(budget, value)?;
            Value::List(every(budget, items)?)
        }
        Value::List(items) => Value::List(every(budget, items)?),
        Value::Vector(items) => Value::Vector(every(budget, items)?),
        Value::Map(map) => {
            budget.spend(map.len() as u64)?;
            budget.charge(map.len() * 3)?;
            let mut made = map.emptied();
            for (key, value) in map {
                let (key, value) = (realize(budget, key)?, realize(budget, value)?);
                made.assoc(budget, key, value)?;
            }
            Value::Map(made)
        }
        Value::Set(members) => {
            budget.spend(members.len() as u64)?;
            budget.charge(members.len())?;
            let mut made = members.emptied();
            for member in members {
                let member = realize(budget, member)?;
                made.conj(budget, member)?;
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
            Value::Object(object) if matches!(object.as_ref(), Object::Eduction { .. }) => return true,
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
    matches!(
        value,
        Value::Lazy(_) | Value::List(_) | Value::Vector(_) | Value::Set(_) | Value::Map(_) | Value::Object(_)
    )
}

#[cfg(test)]
mod tests;
