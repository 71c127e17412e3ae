//! Live slots between memory and store: what is encoded when, and what the store already has.

use std::collections::BTreeMap;
use std::sync::Arc;

use breyta_core::{Value, Vector, codec};

use crate::frame::Frame;
use crate::machine::{Machine, Slot, State};
use crate::progress::Progress;
use crate::store::{Checkpoint, Committed, LiveSlot, SlotContent, StoredSlot, ValueRef};

/// Encodes a value; the error says why it cannot be stored.
pub(super) fn encode(value: &Value) -> Result<Arc<[u8]>, String> {
    let mut bytes = Vec::new();
    match codec::encode(value, &mut bytes) {
        Ok(()) => Ok(bytes.into()),
        Err(error) => Err(error.to_string()),
    }
}

/// Where a run stands, as far as it decides which slots are stored.
#[derive(Clone, Copy)]
pub(super) enum Position<'s> {
    /// A state is to be entered: its live slots, the result slot among them.
    At(&'s State),
    /// A step rests: what is live behind it, but for the results that are not there yet.
    Within { next: &'s State, handler: Option<&'s State> },
}

impl Position<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::At(state) | Self::Within { next: state, .. } => state.name,
        }
    }

    /// The slots that are stored, in order.
    pub(super) fn kept(&self) -> Vec<Slot> {
        match self {
            Self::At(state) => {
                let result = state.result.filter(|result| !state.live.contains(result));
                state.live.iter().copied().chain(result).collect()
            }
            Self::Within { next, handler } => {
                let mut slots: Vec<Slot> =
                    live_behind(next).chain(handler.iter().flat_map(|it| live_behind(it))).collect();
                slots.sort_unstable();
                slots.dedup();
                slots
            }
        }
    }
}

/// What is live at a state before its result is there.
fn live_behind(state: &State) -> impl Iterator<Item = Slot> + '_ {
    state.live.iter().copied().filter(|slot| Some(*slot) != state.result)
}

/// What a resting step keeps beside the slots, stored as slots of these names, which no slot of a flow has.
pub(super) const CONFIG: &str = "(config)";
pub(super) const HELD: &str = "(held)";

/// The checkpoint of a run that begins with an encoded input.
pub(super) fn first_checkpoint(machine: &Machine, input: Arc<[u8]>, progress: &Progress) -> Checkpoint {
    let first = machine.states.first();
    let slot = first.and_then(|state| state.result).and_then(|slot| machine.slots.get(slot));
    let slots = slot.map(|name| LiveSlot { name: (*name).to_owned(), content: SlotContent::Bytes(input) });
    Checkpoint {
        state: first.map_or("", |state| state.name).to_owned(),
        progress: progress.encode(),
        steps: progress.steps,
        slots: slots.into_iter().collect(),
        parked: None,
    }
}

/// What the store has of a slot.
#[derive(Clone, Debug)]
struct Known {
    content: SlotContent,
    grows: Option<Grows>,
}

/// A vector that stands apart from the row: when it only grows, what is new is all that is stored.
#[derive(Clone, Debug)]
struct Grows {
    from: ValueRef,
    /// So many elements are at that place; those behind them are the tail in the row.
    placed: usize,
    /// As it was stored last.
    last: Vector,
}

impl Known {
    fn new(content: SlotContent, value: Option<&Value>, placed: Option<(ValueRef, usize)>) -> Self {
        let grows = match (value, placed) {
            (Some(Value::Vector(last)), Some((from, placed))) => {
                Some(Grows { from, placed, last: last.clone() })
            }
            _ => None,
        };
        Self { content, grows }
    }

    /// What a commit stores of a changed value.
    fn change_to(&self, value: &Value) -> Result<SlotContent, String> {
        let grown =
            self.grows.as_ref().zip(if let Value::Vector(vector) = value { Some(vector) } else { None });
        let Some((grows, vector)) = grown.filter(|(grows, vector)| vector.begins_with(&grows.last)) else {
            return encode(value).map(SlotContent::Bytes);
        };
        if vector.len() == grows.placed {
            return Ok(SlotContent::Placed(grows.from));
        }
        let tail: Vector = (grows.placed..vector.len()).filter_map(|at| vector.get(at).cloned()).collect();
        Ok(SlotContent::Grown { from: grows.from, tail: encode(&Value::Vector(tail))? })
    }

    /// What the store has after a commit of this content, which it put to `placed`.
    fn settled(
        before: Option<&Self>,
        content: SlotContent,
        placed: Option<ValueRef>,
        value: Option<&Value>,
    ) -> Self {
        let len = if let Some(Value::Vector(vector)) = value { vector.len() } else { 0 };
        let known = before.and_then(|known| known.grows.as_ref());
        match (&content, placed) {
            (SlotContent::Grown { from, .. }, Some(place)) if *from == place => {
                let placed = known.map_or(len, |grows| grows.placed);
                Self::new(content, value, Some((place, placed)))
            }
            (_, Some(place)) => Self::new(SlotContent::Placed(place), value, Some((place, len))),
            (_, None) => Self::new(content, value, None),
        }
    }
}

/// What the store has of each slot since the last commit; nothing for slots that were not live then.
#[derive(Debug)]
pub(super) struct Stored {
    slots: Vec<Option<Known>>,
    /// What a resting step keeps, by name.
    extras: BTreeMap<&'static str, SlotContent>,
}

/// What a resting step kept, as loaded.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) config: Value,
    pub(super) held: Option<Value>,
}

impl Stored {
    /// Fills a frame from what was loaded for a position.
    pub(super) fn restore(
        machine: &Machine,
        position: Position<'_>,
        loaded: Vec<StoredSlot>,
        frame: &mut Frame,
    ) -> Result<(Self, Kept), String> {
        let mut stored = Self { slots: vec![None; machine.slots.len()], extras: BTreeMap::new() };
        let mut kept = Kept::default();
        let slots = position.kept();
        for loaded in loaded {
            let value = loaded.placed_value()?;
            let placed =
                loaded.placed.zip(Some(if let Value::Vector(vector) = &value { vector.len() } else { 0 }));
            let value = loaded.with_tail(value)?;
            let StoredSlot { name, bytes, placed: place, tail, .. } = loaded;
            let content = match (place, tail) {
                (None, _) => SlotContent::Bytes(bytes),
                (Some(place), None) => SlotContent::Placed(place),
                (Some(from), Some(tail)) => SlotContent::Grown { from, tail },
            };
            let resting = matches!(position, Position::Within { .. });
            match [CONFIG, HELD].into_iter().find(|extra| resting && *extra == name) {
                Some(extra) => {
                    if extra == CONFIG {
                        kept.config = value;
                    } else {
                        kept.held = Some(value);
                    }
                    stored.extras.insert(extra, content);
                }
                None => {
                    let slot =
                        slots.iter().find(|slot| machine.slots.get(**slot).is_some_and(|it| **it == *name));
                    let Some(slot) = slot else {
                        return Err(format!(
                            "the stored slot `{name}` is not one of state `{}`",
                            position.name()
                        ));
                    };
                    if let Some(known) = stored.slots.get_mut(*slot) {
                        *known = Some(Known::new(content, Some(&value), placed));
                    }
                    frame.restore(*slot, value);
                }
            }
        }
        Ok((stored, kept))
    }

    /// The live slots of a position for a commit: changed ones are encoded, the others are as the store has them.
    /// `fresh` is the outcome's value, which was encoded for the journal already.
    pub(super) fn live(
        &self,
        machine: &Machine,
        position: Position<'_>,
        frame: &Frame,
        fresh: Option<(Slot, Arc<[u8]>)>,
    ) -> Result<Vec<LiveSlot>, String> {
        let mut live = Vec::new();
        for slot in position.kept() {
            let (Some(name), Some(value)) = (machine.slots.get(slot), frame.peek(slot)) else { continue };
            let known = self.slots.get(slot).and_then(Option::as_ref);
            let content = match (&fresh, known) {
                (Some((outcome, bytes)), _) if *outcome == slot => Ok(SlotContent::Bytes(bytes.clone())),
                (_, Some(known)) if frame.is_dirty(slot) => known.change_to(value),
                (_, Some(known)) => Ok(known.content.clone()),
                (_, None) => encode(value).map(SlotContent::Bytes),
            };
            let content = content.map_err(|detail| format!("`{name}` cannot be stored: {detail}"))?;
            live.push(LiveSlot { name: (*name).to_owned(), content });
        }
        Ok(live)
    }

    /// What a resting step keeps, as a slot: as the store has it, or encoded.
    pub(super) fn extra(&self, name: &'static str, value: &Value) -> Result<LiveSlot, String> {
        let content = match self.extras.get(name) {
            Some(content) => content.clone(),
            None => SlotContent::Bytes(
                encode(value)
                    .map_err(|detail| format!("the config of the step cannot be stored: {detail}"))?,
            ),
        };
        Ok(LiveSlot { name: name.to_owned(), content })
    }

    /// Forgets what the store has under a name: another value will be kept.
    pub(super) fn replace_extra(&mut self, name: &'static str) {
        self.extras.remove(name);
    }

    /// Remembers what a commit for a position stored, and drops the values that are not live any more: going on in memory
    /// must be the same as resuming.
    pub(super) fn settle(
        &mut self,
        position: Position<'_>,
        frame: &mut Frame,
        live: Vec<LiveSlot>,
        committed: &Committed,
    ) {
        let present =
            position.kept().into_iter().filter(|slot| frame.peek(*slot).is_some()).collect::<Vec<_>>();
        let nothing = vec![None; self.slots.len()];
        let mut before = std::mem::replace(&mut self.slots, nothing);
        self.extras.clear();
        for (index, (entry, placed)) in live.into_iter().zip(&committed.placed).enumerate() {
            match present.get(index) {
                Some(slot) => {
                    let known = before.get_mut(*slot).and_then(Option::take);
                    if let Some(place) = self.slots.get_mut(*slot) {
                        let value = frame.peek(*slot);
                        *place = Some(Known::settled(known.as_ref(), entry.content, *placed, value));
                    }
                }
                None => {
                    let content = placed.map_or(entry.content, SlotContent::Placed);
                    if let Some(name) = [CONFIG, HELD].into_iter().find(|name| *name == entry.name) {
                        self.extras.insert(name, content);
                    }
                }
            }
        }
        for slot in (0..self.slots.len()).filter(|slot| !present.contains(slot)) {
            frame.take(slot);
        }
        frame.settle();
    }
}
