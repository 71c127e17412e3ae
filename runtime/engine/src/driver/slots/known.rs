//! What the store has of one slot, and what a commit stores when its value has changed: all of it, or how it differs from
//! what stands apart from the row.

use std::sync::Arc;

use breyta_core::value::difference;
use breyta_core::{Value, Vector};

use super::encode;
use crate::store::{SlotContent, StoredSlot, ValueRef};

/// What the store has of a slot.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) content: SlotContent,
    apart: Option<Apart>,
}

/// A collection that stands apart from the row: when it grows, or some of its entries change, that is all that is stored.
#[derive(Clone, Debug)]
struct Apart {
    at: ValueRef,
    of: Of,
}

#[derive(Clone, Debug)]
enum Of {
    /// So many elements of a vector are there; those behind them are the tail in the row. `last` is what was stored last,
    /// all of it: a vector that was made of it by appending is known for one at once.
    Vector { placed: usize, last: Vector },
    /// A map or a set. Differences of so many bytes may still be put behind it: then the whole is stored again, so that
    /// what entries held before takes no more room than what they hold.
    Entries { placed: Value, spare: usize },
}

impl Of {
    fn new(placed: &Value, spare: usize) -> Option<Self> {
        match placed {
            Value::Vector(last) => Some(Self::Vector { placed: last.len(), last: last.clone() }),
            Value::Map(_) | Value::Set(_) => Some(Self::Entries { placed: placed.clone(), spare }),
            _ => None,
        }
    }

    /// The same place after a commit of this value.
    fn settled(self, value: &Value) -> Self {
        match (self, value) {
            (Self::Vector { placed, .. }, Value::Vector(last)) => Self::Vector { placed, last: last.clone() },
            (of, _) => of,
        }
    }
}

impl Known {
    /// A slot as it was loaded, and its value. The error says what is damaged.
    pub(super) fn loaded(slot: &StoredSlot) -> Result<(Self, Value), String> {
        let placed = slot.placed_value()?;
        let Some(at) = slot.placed else {
            return Ok((Self { content: SlotContent::Bytes(slot.bytes.clone()), apart: None }, placed));
        };
        let (of, value) = match placed {
            // Held by nobody else: what is in the row is put behind it in its place.
            Value::Vector(vector) => {
                let placed = vector.len();
                let value = slot.with_tail(Value::Vector(vector))?;
                let last = if let Value::Vector(last) = &value { last.clone() } else { Vector::new() };
                (Some(Of::Vector { placed, last }), value)
            }
            placed => {
                let behind: usize = slot.grown.iter().map(|part| part.len()).sum();
                let of = Of::new(&placed, slot.bytes.len().saturating_sub(behind));
                (of, slot.with_tail(placed)?)
            }
        };
        let content = match &slot.tail {
            None => SlotContent::Placed(at),
            Some(tail) => SlotContent::Grown { from: at, tail: tail.clone() },
        };
        Ok((Self { content, apart: of.map(|of| Apart { at, of }) }, value))
    }

    /// What a commit stores of a changed value.
    pub(super) fn change_to(&self, value: &Value) -> Result<SlotContent, String> {
        let content = self.apart.as_ref().and_then(|apart| apart.change_to(value));
        content.map_or_else(|| encode(value).map(SlotContent::Bytes), Ok)
    }

    /// What the store has after a commit of this content, which it put to `placed`.
    pub(super) fn settled(
        before: Option<Self>,
        content: SlotContent,
        placed: Option<ValueRef>,
        value: Option<&Value>,
    ) -> Self {
        let Some((at, value)) = placed.zip(value) else { return Self { content, apart: None } };
        let before = before.and_then(|known| known.apart);
        let of = match (&content, before) {
            // It stands where it did; what is new is in the row.
            (SlotContent::Grown { .. } | SlotContent::Placed(_), Some(Apart { at: old, of }))
                if old == at =>
            {
                Some(of.settled(value))
            }
            (SlotContent::Grown { tail, .. }, Some(Apart { of: Of::Entries { spare, .. }, .. })) => {
                Of::new(value, spare.saturating_sub(tail.len()))
            }
            (SlotContent::Bytes(bytes), _) => Of::new(value, bytes.len()),
            _ => Of::new(value, 0),
        };
        let content = match content {
            SlotContent::Grown { from, tail } if from == at => SlotContent::Grown { from, tail },
            _ => SlotContent::Placed(at),
        };
        Self { content, apart: of.map(|of| Apart { at, of }) }
    }
}

impl Apart {
    /// None: the whole value.
    fn change_to(&self, value: &Value) -> Option<SlotContent> {
        let difference = match (&self.of, value) {
            (Of::Vector { placed, last }, Value::Vector(vector)) if vector.begins_with(last) => {
                Value::Vector(vector.behind(*placed))
            }
            (Of::Vector { .. }, _) => return None,
            (Of::Entries { placed, .. }, _) => difference(placed, value)?,
        };
        if is_empty(&difference) {
            return Some(SlotContent::Placed(self.at));
        }
        // What nests too deeply to be told apart is told when it is stored whole.
        let tail: Arc<[u8]> = encode(&difference).ok()?;
        match self.of {
            Of::Entries { spare, .. } if tail.len() > spare => None,
            _ => Some(SlotContent::Grown { from: self.at, tail }),
        }
    }
}

fn is_empty(difference: &Value) -> bool {
    match difference {
        Value::Vector(more) => more.is_empty(),
        Value::Map(changes) => changes.is_empty(),
        _ => false,
    }
}
