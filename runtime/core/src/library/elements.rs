//! What a sequence function sees of its argument: the elements of any collection or string, nothing of nil.

use std::borrow::Cow;
use std::mem::take;

use super::class::not_seqable;
use crate::value::{Chunk, Elements, LazySeq, Object, Opened, SeqKind, Source, Spring, Step, realize};
use crate::{Budget, Map, Set, Thrown, Value, Vector};

/// How many elements of a vector are looked at together, as on the JVM.
pub(crate) const CHUNK: usize = 32;

/// The elements of a seqable value, in order. A list or vector is not copied.
pub(crate) fn elements(budget: &mut Budget, value: Value) -> Result<Vector, Thrown> {
    Ok(match value {
        Value::Nil => Vector::new(),
        Value::List(items) => items.with_meta(None),
        Value::Vector(items) => items.into_chunked(),
        Value::Str(text) => {
            budget.spend(text.len() as u64)?;
            budget.charge(text.len())?;
            text.encode_utf16().map(Value::Char).collect()
        }
        Value::Bytes(bytes) => {
            budget.spend(bytes.len() as u64)?;
            budget.charge(bytes.len())?;
            bytes.iter().map(|byte| Value::Int(i64::from(*byte as i8))).collect()
        }
        other => {
            let mut walk = Walk::over(other);
            let mut items = Vec::new();
            while walk.drain_some(budget, &mut items)? {}
            items.into()
        }
    })
}

/// Makes what is lazy in a value, as deep as it goes: before it is compared, hashed, printed or stored as a key.
pub(super) fn settle(budget: &mut Budget, value: &mut Value) -> Result<(), Thrown> {
    if let Value::Lazy(_)
    | Value::List(_)
    | Value::Vector(_)
    | Value::Map(_)
    | Value::Set(_)
    | Value::Object(_) = value
    {
        *value = realize(budget, take(value))?;
    }
    Ok(())
}

/// Like [`settle`] for a value that is only looked at.
pub(super) fn settled<'v>(budget: &mut Budget, value: &'v Value) -> Result<Cow<'v, Value>, Thrown> {
    Ok(match value {
        Value::Lazy(_)
        | Value::List(_)
        | Value::Vector(_)
        | Value::Map(_)
        | Value::Set(_)
        | Value::Object(_) => Cow::Owned(realize(budget, value.clone())?),
        _ => Cow::Borrowed(value),
    })
}

/// The elements of a seqable value one after the other; those of a lazy sequence are made when their turn comes.
/// Nothing is looked at before the first is asked for.
#[derive(Debug)]
pub(crate) struct Walk {
    /// Elements that a source has made and nobody has asked for, from `at` on.
    ready: Vec<Value>,
    at: usize,
    origin: Origin,
}

/// Where the elements behind those that are ready come from.
#[derive(Debug)]
enum Origin {
    End,
    /// Not looked at yet.
    Value(Value),
    /// Elements that are all there; of a vector, how many have been taken.
    Items(Elements, Option<usize>),
    /// The chunk of a cell, and what comes after it.
    Chunk(Elements, Value),
    Source(Spring),
    OwnEntries(<Map as IntoIterator>::IntoIter),
    Entries(Map, usize),
    OwnMembers(<Set as IntoIterator>::IntoIter),
}

impl Walk {
    pub(crate) fn over(value: Value) -> Self {
        Self { ready: Vec::new(), at: 0, origin: Origin::Value(value) }
    }

    /// The next element, or None at the end.
    #[inline]
    pub(crate) fn next(&mut self, budget: &mut Budget) -> Result<Option<Value>, Thrown> {
        loop {
            if let Some(item) = self.ready.get_mut(self.at) {
                self.at += 1;
                return Ok(Some(take(item)));
            }
            match &mut self.origin {
                Origin::End => return Ok(None),
                Origin::Items(items, taken) => {
                    if let Some(taken) = taken {
                        *taken += 1;
                    }
                    return Ok(items.next());
                }
                Origin::Chunk(items, rest) => match items.next() {
                    Some(item) => return Ok(Some(item)),
                    None => self.origin = Origin::Value(take(rest)),
                },
                Origin::OwnEntries(_) | Origin::Entries(..) | Origin::OwnMembers(_) => {
                    return self.origin.single(budget);
                }
                Origin::Value(value) => self.origin = Origin::of(budget, take(value))?,
                Origin::Source(_) => {
                    self.ready.clear();
                    self.at = 0;
                    let mut ready = take(&mut self.ready);
                    let pulled = self.pull(budget, &mut ready);
                    self.ready = ready;
                    pulled?;
                }
            }
        }
    }

    /// Appends the next elements to `out`, as many as the JVM has in one chunk. False at the end.
    pub(crate) fn next_chunk(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<bool, Thrown> {
        if self.take_ready(out) {
            return Ok(true);
        }
        loop {
            match &mut self.origin {
                Origin::End => return Ok(false),
                Origin::Items(items, taken) => {
                    let most = taken.map_or(1, |taken| CHUNK - taken % CHUNK);
                    let before = out.len();
                    out.extend(items.take(most));
                    if let Some(taken) = taken {
                        *taken += out.len() - before;
                    }
                    return Ok(out.len() > before);
                }
                Origin::Chunk(items, rest) => {
                    if items.len() > 0 {
                        out.extend(items);
                        return Ok(true);
                    }
                    self.origin = Origin::Value(take(rest));
                }
                Origin::OwnEntries(_) | Origin::Entries(..) | Origin::OwnMembers(_) => {
                    let item = self.origin.single(budget)?;
                    let found = item.is_some();
                    out.extend(item);
                    return Ok(found);
                }
                Origin::Value(value) => self.origin = Origin::of(budget, take(value))?,
                Origin::Source(_) => {
                    let before = out.len();
                    self.pull(budget, out)?;
                    if out.len() > before {
                        return Ok(true);
                    }
                }
            }
        }
    }

    /// Appends elements to `out` for somebody who wants all of them, and pays for their places. False at the end.
    pub(crate) fn drain_some(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<bool, Thrown> {
        if let Origin::Items(items, _) = &mut self.origin
            && self.at >= self.ready.len()
        {
            let count = items.len();
            budget.spend(count as u64)?;
            budget.charge(count)?;
            out.extend(items);
            return Ok(count > 0);
        }
        let before = out.len();
        let more = self.next_chunk(budget, out)?;
        let made = out.len() - before;
        budget.spend(made as u64)?;
        budget.charge(made)?;
        Ok(more)
    }

    /// Leaves elements out, at most `count`.
    pub(crate) fn skip(&mut self, budget: &mut Budget, count: usize) -> Result<(), Thrown> {
        let mut left = count;
        while left > 0 {
            if self.next(budget)?.is_none() {
                return Ok(());
            }
            budget.spend(1)?;
            left -= 1;
        }
        Ok(())
    }

    /// Makes elements ahead until `count` are ready, or all.
    pub(crate) fn make_ahead(&mut self, budget: &mut Budget, count: usize) -> Result<(), Thrown> {
        let mut ready = Vec::new();
        self.take_ready(&mut ready);
        while ready.len() < count && self.next_chunk(budget, &mut ready)? {}
        self.ready = ready;
        self.at = 0;
        Ok(())
    }

    /// What is left, as a value that has a `seq`.
    pub(crate) fn into_rest(mut self) -> Value {
        let mut ready = Vec::new();
        self.take_ready(&mut ready);
        let rest = match self.origin {
            Origin::End => Value::Nil,
            Origin::Value(value) => value,
            Origin::Items(items, _) => seq(items.collect()),
            Origin::Chunk(items, rest) if items.len() == 0 => rest,
            Origin::Chunk(items, rest) => Value::Lazy(LazySeq::with_front(items.collect(), rest)),
            Origin::Source(source) => Value::Lazy(LazySeq::from_source(source, SeqKind::Lazy)),
            Origin::OwnEntries(entries) => {
                sequence(entries.map(|(key, value)| entry(key, value)).collect::<Vector>())
            }
            Origin::OwnMembers(members) => sequence(members.collect::<Vector>()),
            Origin::Entries(map, at) => sequence(
                map.iter().skip(at).map(|(key, value)| entry(key.clone(), value.clone())).collect::<Vector>(),
            ),
        };
        if ready.is_empty() { rest } else { Value::Lazy(LazySeq::with_front(ready.into(), rest)) }
    }

    fn take_ready(&mut self, out: &mut Vec<Value>) -> bool {
        let found = self.at < self.ready.len();
        out.extend(self.ready.drain(self.at.min(self.ready.len())..));
        self.ready.clear();
        self.at = 0;
        found
    }

    /// Asks the source once.
    fn pull(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<(), Thrown> {
        let Origin::Source(source) = &mut self.origin else { return Ok(()) };
        budget.enter()?;
        let step = source.next(budget, out);
        budget.leave();
        match step? {
            Step::More => {}
            Step::End => self.origin = Origin::End,
            Step::Rest(rest) => self.origin = Origin::Value(rest),
        }
        Ok(())
    }
}

/// The elements of the walk are the elements of the sequence.
impl Source for Walk {
    fn next(&mut self, budget: &mut Budget, out: &mut Vec<Value>) -> Result<Step, Thrown> {
        Ok(if self.next_chunk(budget, out)? { Step::More } else { Step::End })
    }
}

impl Origin {
    fn of(budget: &mut Budget, value: Value) -> Result<Self, Thrown> {
        Ok(match value {
            Value::Nil => Self::End,
            Value::Lazy(seq) => match seq.open(budget)? {
                Opened::Source(source) => Self::Source(source),
                Opened::Chunk(Some(chunk)) => Self::Chunk(chunk.items.into_iter(), chunk.rest),
                Opened::Chunk(None) => Self::End,
            },
            Value::Map(map) if map.is_unique() => Self::OwnEntries(map.into_iter()),
            Value::Map(map) => Self::Entries(map, 0),
            Value::Set(members) => {
                if !members.is_unique() {
                    budget.charge(members.len())?;
                }
                Self::OwnMembers(members.into_iter())
            }
            Value::Vector(items) => Self::Items(items.into_iter(), Some(0)),
            Value::List(items) => {
                let taken = items.chunk_offset();
                Self::Items(items.into_iter(), taken)
            }
            Value::Str(_) => Self::Items(elements(budget, value)?.into_iter(), None),
            Value::Object(object) => match object.as_ref() {
                Object::Eduction { transducer, coll, open } => Self::Source(open(budget, transducer, coll)?),
                _ => return Err(not_seqable(&Value::Object(object))),
            },
            other => return Err(not_seqable(&other)),
        })
    }

    /// The next element of a collection that gives them one by one.
    fn single(&mut self, budget: &mut Budget) -> Result<Option<Value>, Thrown> {
        Ok(match self {
            Self::OwnEntries(entries) => match entries.next() {
                Some((key, value)) => {
                    budget.charge(3)?;
                    Some(entry(key, value))
                }
                None => None,
            },
            Self::Entries(map, at) => match map.get_index(*at) {
                Some((key, value)) => {
                    budget.charge(3)?;
                    *at += 1;
                    Some(entry(key.clone(), value.clone()))
                }
                None => None,
            },
            Self::OwnMembers(members) => members.next(),
            _ => None,
        })
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
        Value::Object(_) => Walk::over(value.clone()).next(budget)?,
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
        Value::Object(_) => Walk::over(value.clone()).next(budget)?.is_none(),
        other => return Err(not_seqable(other)),
    })
}

/// What `(seq value)` answers: nil, or a sequence of which the first element is there.
pub(super) fn seq_of(budget: &mut Budget, value: Value) -> Result<Value, Thrown> {
    if let Value::Lazy(lazy) = &value {
        return Ok(match lazy.chunk(budget)? {
            None => Value::Nil,
            Some(chunk) if chunk.rest.is_nil() => Value::List(chunk.items.clone()),
            Some(_) if !lazy.is_deferred() => value,
            Some(chunk) => Value::Lazy(LazySeq::with_front(chunk.items.clone(), chunk.rest.clone())),
        });
    }
    Ok(match value {
        Value::List(items) if items.is_empty() => Value::Nil,
        Value::List(_) => value,
        other => seq(elements(budget, other)?),
    })
}

/// What comes after the first element, as a value that has a `seq`. `()` when there is nothing.
pub(super) fn rest_of(budget: &mut Budget, value: Value) -> Result<Value, Thrown> {
    let mut items = match value {
        Value::Lazy(lazy) => {
            lazy.chunk(budget)?;
            let Opened::Chunk(Some(Chunk { mut items, rest })) = lazy.open(budget)? else {
                return Ok(Value::List(Vector::new()));
            };
            items.drop_front();
            return Ok(match (rest, items.is_empty()) {
                (Value::Nil, _) => Value::List(items),
                (Value::Vector(rest), true) => Value::List(rest.into_chunked()),
                (rest, true) => rest,
                (rest, false) => Value::Lazy(LazySeq::with_front(items, rest)),
            });
        }
        other => elements(budget, other)?,
    };
    items.drop_front();
    Ok(Value::List(items))
}

/// The elements as a list of its own.
pub(super) fn list(items: impl Into<Vector>) -> Value {
    Value::List(items.into().into_list())
}

/// The elements as a sequence that is no list.
pub(super) fn sequence(items: impl Into<Vector>) -> Value {
    Value::List(items.into().plain())
}

/// The elements as a sequence value; nil when there are none.
pub(super) fn seq(items: Vector) -> Value {
    if items.is_empty() { Value::Nil } else { Value::List(items) }
}
