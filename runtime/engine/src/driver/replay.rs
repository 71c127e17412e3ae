//! A run rebuilt from its journal alone: pure code is run again, and every step gives what was recorded of it. Resuming
//! never does this; `--verify` compares it with what resuming would load, and a fork begins at a place of it.
//!
//! What a resting step holds for people, limits used up, and the end of a run are not rebuilt.

use std::collections::BTreeMap;

use breyta_core::Value;

use super::slots::{self, Position};
use super::step::envelope;
use super::walk::{Next, walk};
use crate::controls::{Controls, OnError};
use crate::effect;
use crate::frame::Frame;
use crate::journal::{Entry, Event, StepExecution};
use crate::limits::Limits;
use crate::machine::{Machine, Outcome, Program, StateIndex, StepCall};
use crate::progress::{Phase, Progress};
use crate::store::{Checkpoint, LiveSlot, RunState, SlotContent};

/// The run as far as its journal was read.
pub(super) struct Replay<'e> {
    program: &'e dyn Program,
    limits: &'e Limits,
    frame: Frame,
    position: StateIndex,
    progress: Progress,
    /// What pure code asked for from the position on, once it was run.
    next: Option<Asked>,
    /// What was decided about the failure of the step that is asked for, and what came with it.
    decided: Option<(String, Value)>,
    /// What reopening goes back to: the last checkpoint that stands at a state.
    mark: Mark,
    /// Results of pure steps since then. They may be in the journal once, and asked for again after reopening.
    ridden: BTreeMap<(String, u64), Value>,
}

/// A place to go back to.
struct Mark {
    position: StateIndex,
    progress: Progress,
    slots: Vec<Option<Value>>,
}

/// What the flow asks for.
enum Asked {
    Step { call: Box<StepCall>, count: u64, rides: bool, on_error: OnError },
    End,
}

impl<'e> Replay<'e> {
    /// Begins with the first entry of a journal.
    pub(super) fn start(program: &'e dyn Program, limits: &'e Limits, first: &Entry) -> Result<Self, String> {
        let Event::RunStarted { .. } = first.event else {
            return Err("its journal does not begin with its start".to_owned());
        };
        let machine = program.machine();
        let progress = Progress::start(first.at_ms);
        let mut frame = Frame::new(machine.slots.len(), first.at_ms, limits.budget());
        if let Some(slot) = machine.states.first().and_then(|state| state.result) {
            frame.restore(slot, first.value.clone().unwrap_or_default());
        }
        let slots = frame_values(machine, &frame);
        let mark = Mark { position: 0, progress: progress.clone(), slots };
        let (next, decided, ridden) = (None, None, BTreeMap::new());
        Ok(Self { program, limits, frame, position: 0, progress, next, decided, mark, ridden })
    }

    /// Rebuilds a run from its whole journal.
    pub(super) fn of(
        program: &'e dyn Program,
        limits: &'e Limits,
        journal: &[Entry],
    ) -> Result<Self, String> {
        let (first, rest) = journal.split_first().ok_or("its journal is empty")?;
        let mut replay = Self::start(program, limits, first)?;
        for entry in rest {
            replay.feed(entry)?;
        }
        Ok(replay)
    }

    /// One more entry. The error says what does not fit.
    pub(super) fn feed(&mut self, entry: &Entry) -> Result<(), String> {
        let value = || entry.value.clone().unwrap_or_default();
        match &entry.event {
            Event::StepCompleted { execution } => self.take(execution, entry.at_ms, Outcome::Value, value()),
            Event::StepFailed { execution, handled: true } => {
                self.take(execution, entry.at_ms, Outcome::Failed, value())
            }
            Event::StepAnswered { why, answer, .. } if why == Phase::Checkpoint.word() => {
                self.decided = Some((answer.clone(), value()));
                Ok(())
            }
            Event::RunReopened => {
                self.go_back();
                Ok(())
            }
            Event::RunStarted { .. } => Err("its journal begins twice".to_owned()),
            Event::StepFailed { .. }
            | Event::StepRetried { .. }
            | Event::StepParked { .. }
            | Event::StepAnswered { .. }
            | Event::StepMetered { .. }
            | Event::StepCancelled { .. }
            | Event::Note { .. }
            | Event::Warning { .. }
            | Event::RunCompleted
            | Event::RunFailed
            | Event::RunCancelled { .. }
            | Event::RunForked { .. }
            | Event::RunNeedsAttention { .. } => Ok(()),
        }
    }

    /// The step that the flow asks for now, and which execution of it that is; None at its end.
    pub(super) fn asks_for(&mut self) -> Option<(&StepCall, u64)> {
        self.ask();
        match &self.next {
            Some(Asked::Step { call, count, .. }) => Some((call, *count)),
            Some(Asked::End) | None => None,
        }
    }

    /// The checkpoint of the state that is to be entered next, and nothing was run of yet; None when something was.
    pub(super) fn untouched(&self) -> Result<Option<Checkpoint>, String> {
        if self.next.is_some() { Ok(None) } else { self.live(false).map(Some) }
    }

    fn ask(&mut self) {
        if self.next.is_some() {
            return;
        }
        let before = self.position;
        let outcome = self.progress.outcome;
        let next = walk(self.program, self.limits, &mut self.frame, &mut self.position, outcome);
        for note in self.frame.take_notes() {
            self.progress.choice(&note);
        }
        self.frame.budget().take_printed();
        let Next::Step(call) = next else {
            self.position = before;
            self.next = Some(Asked::End);
            return;
        };
        let count = self.progress.count(call.point);
        let mut config = call.config.clone();
        let controls =
            Controls::are_in(call.family, &config).then(|| Controls::take(call.family, &mut config));
        let rides = effect::is_pure(call.family) && controls.is_none();
        let on_error = match controls {
            Some(Ok(controls)) => controls.on_error,
            Some(Err(_)) | None => OnError::Fail,
        };
        self.next = Some(Asked::Step { call: Box::new(call), count, rides, on_error });
    }

    /// A step that the journal says has ended.
    fn take(
        &mut self,
        execution: &StepExecution,
        at_ms: i64,
        outcome: Outcome,
        value: Value,
    ) -> Result<(), String> {
        let recorded = (execution.point.as_str(), execution.count);
        loop {
            self.ask();
            match self.next.take() {
                Some(Asked::Step { call, count, rides, on_error }) if recorded == (call.point, count) => {
                    if rides {
                        self.ridden.insert((call.point.to_owned(), count), value.clone());
                    }
                    let woken_ms = (!rides).then_some(at_ms);
                    return self.move_on(&call, &on_error, woken_ms, outcome, value);
                }
                Some(Asked::Step { call, count, on_error, .. }) => {
                    let known = self.ridden.get(&(call.point.to_owned(), count)).cloned();
                    let Some(value) = known else {
                        return Err(format!(
                            "its journal says that `{}#{}` ended, and the flow asks for `{}#{count}` there",
                            recorded.0, recorded.1, call.point
                        ));
                    };
                    self.move_on(&call, &on_error, None, Outcome::Value, value)?;
                }
                Some(Asked::End) | None => {
                    return Err(format!(
                        "its journal says that `{}#{}` ended, and the flow is at its end there",
                        recorded.0, recorded.1
                    ));
                }
            }
        }
    }

    /// Into the state behind a step, as the driver goes there.
    fn move_on(
        &mut self,
        call: &StepCall,
        on_error: &OnError,
        woken_ms: Option<i64>,
        outcome: Outcome,
        value: Value,
    ) -> Result<(), String> {
        let decided = self.decided.take();
        let instead = match (outcome, on_error) {
            (Outcome::Failed, OnError::Skip) => Some(Value::Nil),
            (Outcome::Failed, OnError::Continue) => Some(envelope(&value)),
            (Outcome::Failed, OnError::Fail | OnError::Checkpoint(_)) => {
                let skipped = decided.filter(|(action, _)| action == "skip");
                skipped.map(|(_, came)| came.field("value").cloned().unwrap_or_default())
            }
            _ => None,
        };
        let (next, outcome, value) = match (outcome, instead) {
            (_, Some(value)) => (Some(call.next), Outcome::Value, value),
            (Outcome::Failed, None) => (call.handler, Outcome::Failed, value),
            (_, None) => (Some(call.next), Outcome::Value, value),
        };
        let next =
            next.ok_or_else(|| format!("`{}` has no handler, and its failure was handled", call.point))?;
        let states = self.program.machine().states;
        let state = states.get(next).ok_or_else(|| format!("there is no state {next}"))?;
        self.position = next;
        self.progress.outcome = outcome;
        if let Some(slot) = state.result {
            self.frame.set(slot, value);
        }
        if let Some(woken_ms) = woken_ms {
            self.progress.now_ms = woken_ms;
            self.frame.set_now_ms(woken_ms);
            self.set_mark();
        }
        Ok(())
    }

    /// The place where the driver makes a checkpoint. What is not live there is gone.
    fn set_mark(&mut self) {
        let machine = self.program.machine();
        if let Some(state) = machine.states.get(self.position) {
            let kept = Position::At(state).kept();
            for slot in (0..machine.slots.len()).filter(|slot| !kept.contains(slot)) {
                self.frame.take(slot);
            }
        }
        let slots = frame_values(machine, &self.frame);
        self.mark = Mark { position: self.position, progress: self.progress.clone(), slots };
        self.ridden.clear();
    }

    fn go_back(&mut self) {
        let machine = self.program.machine();
        self.position = self.mark.position;
        self.progress = self.mark.progress.clone();
        self.frame = Frame::new(machine.slots.len(), self.progress.now_ms, self.limits.budget());
        for (slot, value) in self.mark.slots.iter().enumerate() {
            if let Some(value) = value {
                self.frame.restore(slot, value.clone());
            }
        }
        self.next = None;
        self.decided = None;
    }

    /// What the stored state of the run has that was not rebuilt, or the other way round; the error names it.
    pub(super) fn compare(&mut self, stored: &RunState) -> Result<(), String> {
        let known = Progress::decode(&stored.progress).map_err(|damaged| damaged.to_string())?;
        self.catch_up(&known)?;
        if let Some(pending) = &known.pending {
            let Some((call, count)) = self.asks_for() else {
                return Err(format!(
                    "it rests in `{}`, and by its journal the flow is at its end",
                    pending.point
                ));
            };
            if (call.point, count) != (pending.point.as_str(), pending.count) {
                let (asked, rests) = (call.point, &pending.point);
                let text = format!(
                    "it rests in `{rests}#{}`, and by its journal in `{asked}#{count}`",
                    pending.count
                );
                return Err(text);
            }
        }
        self.compare_counts(&known)?;
        let expected = self.live(known.pending.is_some())?;
        if stored.state != expected.state {
            return Err(format!(
                "it stands at `{}`, and by its journal at `{}`",
                stored.state, expected.state
            ));
        }
        compare_slots(stored, &expected.slots)
    }

    /// After reopening the store may stand behind pure steps whose results are known: so must this.
    fn catch_up(&mut self, known: &Progress) -> Result<(), String> {
        while self.next.is_none() && self.progress.steps < known.steps && !self.ridden.is_empty() {
            self.ask();
            let Some(Asked::Step { call, count, .. }) = &self.next else { break };
            let Some(value) = self.ridden.get(&(call.point.to_owned(), *count)).cloned() else { break };
            let Some(Asked::Step { call, on_error, .. }) = self.next.take() else { break };
            self.move_on(&call, &on_error, None, Outcome::Value, value)?;
        }
        Ok(())
    }

    fn compare_counts(&self, known: &Progress) -> Result<(), String> {
        let own =
            |progress: &Progress| progress.points().map(|(point, count)| (point.to_owned(), count)).collect();
        let (stored, rebuilt): (BTreeMap<String, u64>, BTreeMap<String, u64>) =
            (own(known), own(&self.progress));
        if known.steps != self.progress.steps || stored != rebuilt {
            let (found, expected) = (known.steps, self.progress.steps);
            return Err(format!("it counts {found} steps, and by its journal it carried out {expected}"));
        }
        let at_state = known.pending.is_none();
        if at_state && (known.outcome != self.progress.outcome || known.now_ms != self.progress.now_ms) {
            return Err("why and when its state was woken is not what its journal says".to_owned());
        }
        Ok(())
    }

    /// The checkpoint that the driver would make here: at the position, or within the step that is asked for.
    fn live(&self, within: bool) -> Result<Checkpoint, String> {
        let machine = self.program.machine();
        let state_at =
            |index: StateIndex| machine.states.get(index).ok_or_else(|| format!("there is no state {index}"));
        let (position, state, config) = match &self.next {
            Some(Asked::Step { call, .. }) if within => {
                let next = state_at(call.next)?;
                let handler = call.handler.map(state_at).transpose()?;
                (Position::Within { next, handler }, next, Some(&call.config))
            }
            _ => {
                let state = state_at(self.position)?;
                (Position::At(state), state, None)
            }
        };
        let mut live = Vec::new();
        for slot in position.kept() {
            let (Some(name), Some(value)) = (machine.slots.get(slot), self.frame.peek(slot)) else {
                continue;
            };
            live.push(LiveSlot {
                name: (*name).to_owned(),
                content: SlotContent::Bytes(slots::encode(value)?),
            });
        }
        if let Some(config) = config {
            let content = SlotContent::Bytes(slots::encode(config)?);
            live.push(LiveSlot { name: slots::CONFIG.to_owned(), content });
        }
        let (state, progress, steps) = (state.name.to_owned(), self.progress.encode(), self.progress.steps);
        Ok(Checkpoint { state, progress, steps, slots: live, parked: None })
    }
}

fn frame_values(machine: &Machine, frame: &Frame) -> Vec<Option<Value>> {
    (0..machine.slots.len()).map(|slot| frame.peek(slot).cloned()).collect()
}

/// Slots by name and bytes. What people look at is not in the journal before they have answered.
fn compare_slots(stored: &RunState, expected: &[LiveSlot]) -> Result<(), String> {
    let mut found = BTreeMap::new();
    for slot in &stored.slots {
        found.insert(slot.name.as_str(), slot.whole()?);
    }
    for slot in expected {
        let SlotContent::Bytes(bytes) = &slot.content else { continue };
        match found.get(slot.name.as_str()) {
            None => return Err(format!("its slot `{}` is not stored", slot.name)),
            Some(stored) if stored != bytes => {
                return Err(format!("its slot `{}` holds something else than its journal says", slot.name));
            }
            Some(_) => {}
        }
    }
    let is_expected = |name: &str| name == slots::HELD || expected.iter().any(|slot| slot.name == name);
    match found.keys().find(|name| !is_expected(name)) {
        Some(name) => Err(format!("its slot `{name}` is stored, and by its journal it is not live")),
        None => Ok(()),
    }
}
