//! Live slots between memory and store: what is encoded when, and what the store already has.

use std::collections::BTreeMap;
use std::sync::Arc;

use breyta_core::{Value, codec};

use crate::frame::Frame;
use crate::machine::{Machine, Slot, State};
use crate::progress::Progress;
use crate::store::{Checkpoint, Committed, LiveSlot, SlotContent, StoredSlot};
use known::Known;

mod known;

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
            let (known, value) = Known::loaded(&loaded)?;
            let name = loaded.name;
            let resting = matches!(position, Position::Within { .. });
            match [CONFIG, HELD].into_iter().find(|extra| resting && *extra == name) {
                Some(extra) => {
                    if extra == CONFIG {
                        kept.config = value;
                    } else {
                        kept.held = Some(value);
                    }
                    stored.extras.insert(extra, known.content);
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
                    if let Some(place) = stored.slots.get_mut(*slot) {
                        *place = Some(known);
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
                        *place = Some(Known::settled(known, entry.content, *placed, value));
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
