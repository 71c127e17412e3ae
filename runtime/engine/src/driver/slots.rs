//! Live slots between memory and store: what is encoded when, and what the store already has.

use std::sync::Arc;

use breyta_core::{Value, codec};

use crate::frame::Frame;
use crate::machine::{Machine, Slot, State};
use crate::progress::Progress;
use crate::store::{Checkpoint, Committed, LiveSlot, SlotContent, StoredSlot};

/// Encodes a value; the error says why it cannot be stored.
pub(super) fn encode(value: &Value) -> Result<Arc<[u8]>, String> {
    let mut bytes = Vec::new();
    match codec::encode(value, &mut bytes) {
        Ok(()) => Ok(bytes.into()),
        Err(error) => Err(error.to_string()),
    }
}

/// The slots that are stored for a state: its live ones, the result slot among them.
fn kept(state: &State) -> impl Iterator<Item = Slot> + '_ {
    let result = state.result.filter(|result| !state.live.contains(result));
    state.live.iter().copied().chain(result)
}

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
pub(super) struct Stored(Vec<Option<SlotContent>>);

impl Stored {
    /// Fills a frame from what was loaded for `state`.
    pub(super) fn restore(
        machine: &Machine,
        state: &State,
        loaded: Vec<StoredSlot>,
        frame: &mut Frame,
    ) -> Result<Self, String> {
        let mut contents = vec![None; machine.slots.len()];
        for stored in loaded {
            let slot =
                kept(state).find(|slot| machine.slots.get(*slot).is_some_and(|name| **name == *stored.name));
            let Some(slot) = slot else {
                return Err(format!(
                    "the stored slot `{}` is not one of state `{}`",
                    stored.name, state.name
                ));
            };
            let value = codec::decode(&stored.bytes)
                .map_err(|error| format!("the stored slot `{}` does not decode: {error}", stored.name))?;
            frame.restore(slot, value);
            if let Some(content) = contents.get_mut(slot) {
                *content = Some(stored.placed.map_or(SlotContent::Bytes(stored.bytes), SlotContent::Placed));
            }
        }
        Ok(Self(contents))
    }

    /// The live slots of `state` for a commit: changed ones are encoded, the others are as the store has them.
    /// `fresh` is the outcome's value, which was encoded for the journal already.
    pub(super) fn live(
        &self,
        machine: &Machine,
        state: &State,
        frame: &Frame,
        fresh: Option<(Slot, Arc<[u8]>)>,
    ) -> Result<Vec<LiveSlot>, String> {
        let mut live = Vec::new();
        for slot in kept(state) {
            let (Some(name), Some(value)) = (machine.slots.get(slot), frame.peek(slot)) else { continue };
            let known = self.0.get(slot).and_then(Option::as_ref).filter(|_| !frame.is_dirty(slot));
            let content = match (&fresh, known) {
                (Some((outcome, bytes)), _) if *outcome == slot => SlotContent::Bytes(bytes.clone()),
                (_, Some(content)) => content.clone(),
                (_, None) => SlotContent::Bytes(
                    encode(value).map_err(|detail| format!("`{name}` cannot be stored: {detail}"))?,
                ),
            };
            live.push(LiveSlot { name: (*name).to_owned(), content });
        }
        Ok(live)
    }

    /// Remembers what a commit for `state` stored, and drops the values that are not live any more: going on in memory
    /// must be the same as resuming.
    pub(super) fn settle(
        &mut self,
        state: &State,
        frame: &mut Frame,
        live: Vec<LiveSlot>,
        committed: &Committed,
    ) {
        let present = kept(state).filter(|slot| frame.peek(*slot).is_some()).collect::<Vec<_>>();
        self.0.fill(None);
        for ((slot, entry), placed) in present.iter().zip(live).zip(&committed.placed) {
            if let Some(content) = self.0.get_mut(*slot) {
                *content = Some(placed.map_or(entry.content, SlotContent::Placed));
            }
        }
        for slot in (0..self.0.len()).filter(|slot| !present.contains(slot)) {
            frame.take(slot);
        }
        frame.settle();
    }
}
