//! The frame of a run: its slots while a state function works on them, and which of them changed.

use breyta_core::value::realize;
use breyta_core::{Budget, Thrown, Value};

use crate::machine::Slot;

/// A timeline remark of pure code: the branch taken at a labelled form.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    pub label: &'static str,
    /// What happened there, `yes`, `no` or the author's word for it.
    pub choice: &'static str,
}

/// Slots, changes, notes, workflow time and budget of one run.
#[derive(Debug)]
pub struct Frame {
    slots: Vec<Option<Value>>,
    dirty: Vec<bool>,
    notes: Vec<Note>,
    now_ms: i64,
    budget: Budget,
}

impl Frame {
    /// A frame with every slot empty.
    pub fn new(slots: usize, now_ms: i64, budget: Budget) -> Self {
        Self { slots: vec![None; slots], dirty: vec![false; slots], notes: Vec::new(), now_ms, budget }
    }

    /// The value of a slot; nil when it was never set (the compiler reads only live slots).
    pub fn get(&self, slot: Slot) -> Value {
        self.slots.get(slot).cloned().flatten().unwrap_or_default()
    }

    /// Moves the value out: for the last use of a slot.
    pub fn take(&mut self, slot: Slot) -> Value {
        self.slots.get_mut(slot).and_then(Option::take).unwrap_or_default()
    }

    /// Sets a slot and marks it changed.
    pub fn set(&mut self, slot: Slot, value: Value) {
        if let (Some(place), Some(dirty)) = (self.slots.get_mut(slot), self.dirty.get_mut(slot)) {
            *place = Some(value);
            *dirty = true;
        }
    }

    /// Puts a stored value back without marking it changed.
    pub fn restore(&mut self, slot: Slot, value: Value) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some(value);
        }
    }

    /// Whether a slot changed since the last [`Frame::settle`].
    pub fn is_dirty(&self, slot: Slot) -> bool {
        self.dirty.get(slot).copied().unwrap_or(false)
    }

    /// The value of a slot without copying it.
    pub fn peek(&self, slot: Slot) -> Option<&Value> {
        self.slots.get(slot).and_then(Option::as_ref)
    }

    /// Makes every lazy sequence in the changed slots: what is stored is data.
    ///
    /// # Errors
    /// What making an element throws; an infinite sequence runs into a bound of the budget.
    pub fn realize(&mut self) -> Result<(), Thrown> {
        for (place, _) in self.slots.iter_mut().zip(&self.dirty).filter(|(_, dirty)| **dirty) {
            if let Some(value) = place.take() {
                *place = Some(realize(&mut self.budget, value)?);
            }
        }
        Ok(())
    }

    /// Everything stored: no slot counts as changed any more.
    pub fn settle(&mut self) {
        self.dirty.fill(false);
    }

    /// Records a remark for the timeline; it is stored with the next commit.
    pub fn note(&mut self, label: &'static str, choice: &'static str) {
        self.notes.push(Note { label, choice });
    }

    pub fn take_notes(&mut self) -> Vec<Note> {
        std::mem::take(&mut self.notes)
    }

    /// Workflow time: the stored commit time of the event that woke the state, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }

    pub fn set_now_ms(&mut self, now_ms: i64) {
        self.now_ms = now_ms;
    }

    pub fn budget(&mut self) -> &mut Budget {
        &mut self.budget
    }

    /// Fills the budget up again before a state is entered.
    pub fn refill(&mut self, budget: Budget) {
        self.budget = budget;
    }
}
