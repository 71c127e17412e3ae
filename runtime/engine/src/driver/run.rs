//! One run while it is driven: entering states, following what they ask for, committing.

use std::sync::Arc;

use breyta_core::value::realize;
use breyta_core::{Thrown, Value};

use super::slots::{self, Stored};
use super::{Engine, RunEnd, failure, state_named};
use crate::error::EngineError;
use crate::frame::Frame;
use crate::journal::{Encoded, Event, StepExecution};
use crate::machine::{Action, Machine, Outcome, Slot, State, StateIndex, StepCall};
use crate::progress::Progress;
use crate::store::{CancelRequest, Change, Checkpoint, Commit, RunNumber, RunState, RunStatus, StoreError};

/// A loaded run. Its position is always a state that is still to be entered.
pub(super) struct Run<'e> {
    pub(super) engine: &'e Engine,
    pub(super) number: RunNumber,
    pub(super) workflow_id: String,
    revision: u64,
    pub(super) position: StateIndex,
    pub(super) frame: Frame,
    stored: Stored,
    pub(super) progress: Progress,
    /// Entries that wait for the next commit.
    entries: Vec<Encoded>,
    /// Their size.
    pub(super) riding_bytes: usize,
}

/// What a state asked for, after all gotos.
enum Next {
    Step(StepCall),
    Done(Value),
    Failed(Value),
}

impl<'e> Run<'e> {
    /// Takes over what was loaded. A run that this program cannot enter is parked.
    pub(super) async fn load(engine: &'e Engine, loaded: RunState) -> Result<Self, EngineError> {
        let program = engine.program.as_ref();
        let workflow_id = engine.workflow_id(loaded.run);
        if loaded.version != program.version() {
            let (run, program) = (loaded.version, program.version().to_owned());
            return Err(EngineError::VersionMismatch { workflow_id, run, program });
        }
        let Some(position) = state_named(program, &loaded.state) else {
            let message = format!("it stands at `{}`, and the flow has no such state", loaded.state);
            return Err(park(engine, &loaded, "unknown-position", message).await);
        };
        let RunState { run: number, revision, .. } = loaded;
        let (progress, frame, stored) = match restore(engine, position, &loaded) {
            Ok(restored) => restored,
            Err(message) => return Err(park(engine, &loaded, "unreadable-state", message).await),
        };
        Ok(Self {
            engine,
            number,
            workflow_id,
            revision,
            position,
            frame,
            stored,
            progress,
            entries: Vec::new(),
            riding_bytes: 0,
        })
    }

    /// From step to step until the run ends.
    pub(super) async fn carry_on(mut self) -> Result<RunEnd, EngineError> {
        loop {
            let end = match self.enter() {
                Next::Step(call) => self.step(call).await?,
                Next::Done(result) => Some(self.complete(result).await?),
                Next::Failed(error) => Some(self.fail(error).await?),
            };
            if let Some(end) = end {
                return Ok(end);
            }
        }
    }

    pub(super) fn machine(&self) -> &'e Machine {
        self.engine.program.machine()
    }

    pub(super) fn state(&self, index: StateIndex) -> Option<&'e State> {
        self.machine().states.get(index)
    }

    /// Runs pure code from the position on. Its budget is for the whole way to the next step.
    fn enter(&mut self) -> Next {
        let engine = self.engine;
        self.frame.refill(engine.limits.budget());
        let mut outcome = self.progress.outcome;
        for _ in 0..=engine.limits.state_gotos_max {
            let action = engine.program.enter(self.position, &mut self.frame, outcome);
            self.record_notes();
            match action.and_then(|action| realized(action, &mut self.frame)) {
                Ok(Action::Step(call)) => return Next::Step(call),
                Ok(Action::Done(result)) => return Next::Done(result),
                Ok(Action::Goto(next)) if self.state(next).is_some() => self.position = next,
                Ok(Action::Goto(next)) => {
                    return Next::Failed(failure::of_run(
                        "bad-program",
                        &format!("there is no state {next}"),
                    ));
                }
                Err(thrown) => {
                    let error = Value::Map(thrown.to_error_map());
                    let handler = self.state(self.position).and_then(|state| state.handler);
                    let Some(handler) = handler.filter(|_| !thrown.class().is_bound()) else {
                        return Next::Failed(error);
                    };
                    self.position = handler;
                    if let Some(slot) = self.state(handler).and_then(|state| state.result) {
                        self.frame.set(slot, storable_error(error).0);
                    }
                    outcome = Outcome::Failed;
                    continue;
                }
            }
            outcome = Outcome::Value;
        }
        let message =
            format!("the flow entered more than {} states without a step", engine.limits.state_gotos_max);
        Next::Failed(failure::of_run("limit-exceeded", &message))
    }

    fn record_notes(&mut self) {
        for note in self.frame.take_notes() {
            let event = Event::Note { label: note.label.to_owned(), choice: note.choice.to_owned() };
            self.record(self.frame.now_ms(), &event, None);
        }
    }

    /// Adds an entry to the next commit.
    pub(super) fn record(&mut self, at_ms: i64, event: &Event, payload: Option<Arc<[u8]>>) {
        let entry = Encoded::new(at_ms, event, payload);
        self.riding_bytes += entry.head.len() + entry.payload.as_ref().map_or(0, |payload| payload.len());
        self.entries.push(entry);
    }

    /// Workflow time of a commit made now: never before the last one's.
    pub(super) fn commit_time(&self) -> i64 {
        self.engine.world.now_ms().max(self.progress.now_ms)
    }

    /// One commit: the waiting entries, the changed live slots of the position, the position. `fresh` is the outcome's
    /// value in its slot, already encoded. Answers the end when the slots cannot be stored.
    pub(super) async fn commit_progress(
        &mut self,
        fresh: Option<(Slot, Arc<[u8]>)>,
    ) -> Result<Option<RunEnd>, EngineError> {
        let at_ms = self.commit_time();
        let Some(state) = self.state(self.position) else {
            return Err(EngineError::BadProgram { detail: format!("there is no state {}", self.position) });
        };
        let live = match self.stored.live(self.machine(), state, &self.frame, fresh) {
            Ok(live) => live,
            Err(message) => return self.fail(failure::of_run("value-not-data", &message)).await.map(Some),
        };
        self.progress.now_ms = at_ms;
        let checkpoint = Checkpoint {
            state: state.name.to_owned(),
            progress: self.progress.encode(),
            steps: self.progress.steps,
            slots: live.clone(),
            parked: None,
        };
        let committed = self.engine.commit(self.next_commit(at_ms, Change::Progress(checkpoint))).await?;
        self.revision = committed.revision;
        self.stored.settle(state, &mut self.frame, live, &committed);
        self.frame.set_now_ms(at_ms);
        Ok(None)
    }

    fn next_commit(&mut self, at_ms: i64, change: Change) -> Commit {
        self.riding_bytes = 0;
        let entries = std::mem::take(&mut self.entries);
        Commit {
            run: self.number,
            revision: self.revision,
            at_ms,
            entries,
            change,
            consumed: Vec::new(),
            sent: Vec::new(),
        }
    }

    async fn end(
        &mut self,
        status: RunStatus,
        event: &Event,
        payload: Option<Arc<[u8]>>,
    ) -> Result<(), StoreError> {
        let at_ms = self.commit_time();
        self.record(at_ms, event, payload);
        let change = Change::End { status, steps: Some(self.progress.steps) };
        let committed = self.engine.commit(self.next_commit(at_ms, change)).await?;
        self.revision = committed.revision;
        Ok(())
    }

    async fn complete(&mut self, result: Value) -> Result<RunEnd, EngineError> {
        let bytes = match slots::encode(&result) {
            Ok(bytes) => bytes,
            Err(detail) => {
                let message = format!("the result of the flow cannot be stored: {detail}");
                return self.fail(failure::of_run("value-not-data", &message)).await;
            }
        };
        self.end(RunStatus::Completed, &Event::RunCompleted, Some(bytes)).await?;
        Ok(RunEnd::Completed(result))
    }

    /// Ends the run with an error map.
    pub(super) async fn fail(&mut self, error: Value) -> Result<RunEnd, EngineError> {
        let (error, bytes) = storable_error(error);
        self.end(RunStatus::Failed, &Event::RunFailed, Some(bytes)).await?;
        Ok(RunEnd::Failed(error))
    }

    /// Ends the run by request; `in_flight` is the step that was given up.
    pub(super) async fn cancelled(
        &mut self,
        request: CancelRequest,
        in_flight: Option<StepExecution>,
    ) -> Result<RunEnd, EngineError> {
        if let Some(execution) = in_flight {
            self.record(execution.ended_ms, &Event::StepCancelled { execution }, None);
        }
        let event = Event::RunCancelled { reason: request.reason.clone() };
        let status = if request.force { RunStatus::Terminated } else { RunStatus::Cancelled };
        self.end(status, &event, None).await?;
        Ok(RunEnd::Cancelled { reason: request.reason })
    }
}

/// An action without lazy parts, and the frame too: from here on everything is data.
fn realized(action: Action, frame: &mut Frame) -> Result<Action, Thrown> {
    Ok(match action {
        Action::Step(call) => {
            frame.realize()?;
            Action::Step(StepCall { config: realize(frame.budget(), call.config)?, ..call })
        }
        Action::Done(result) => Action::Done(realize(frame.budget(), result)?),
        Action::Goto(state) => Action::Goto(state),
    })
}

/// An error map with its bytes. What cannot be stored is left out of it: a thrown function in `:data`, for example.
pub(super) fn storable_error(error: Value) -> (Value, Arc<[u8]>) {
    if let Ok(bytes) = slots::encode(&error) {
        return (error, bytes);
    }
    let entries = error.as_map().into_iter().flatten();
    let kept = entries.filter(|(key, value)| slots::encode(key).is_ok() && slots::encode(value).is_ok());
    let error = Value::Map(kept.map(|(key, value)| (key.clone(), value.clone())).collect());
    let bytes = slots::encode(&error).expect("a map of entries that encode one by one encodes");
    (error, bytes)
}

fn restore(
    engine: &Engine,
    position: StateIndex,
    loaded: &RunState,
) -> Result<(Progress, Frame, Stored), String> {
    let machine = engine.program.machine();
    let progress = Progress::decode(&loaded.progress).map_err(|damaged| damaged.to_string())?;
    let mut frame = Frame::new(machine.slots.len(), progress.now_ms, engine.limits.budget());
    let state = machine.states.get(position).ok_or_else(|| format!("there is no state {position}"))?;
    let stored = Stored::restore(machine, state, loaded.slots.clone(), &mut frame)?;
    Ok((progress, frame, stored))
}

/// Commits that the run needs a person (once), and says so.
async fn park(engine: &Engine, loaded: &RunState, code: &str, message: String) -> EngineError {
    let workflow_id = engine.workflow_id(loaded.run);
    let attention = (code.to_owned(), message.clone());
    if loaded.attention.as_ref() != Some(&attention) {
        let at_ms = engine.time_after(loaded);
        let (code, message) = attention;
        let event = Event::RunNeedsAttention { code: code.clone(), message: message.clone() };
        let commit = Commit {
            run: loaded.run,
            revision: loaded.revision,
            at_ms,
            entries: vec![Encoded::new(at_ms, &event, None)],
            change: Change::Attention { code, message },
            consumed: Vec::new(),
            sent: Vec::new(),
        };
        if let Err(error) = engine.commit(commit).await {
            return error.into();
        }
    }
    EngineError::NeedsAttention { workflow_id, code: code.to_owned(), message }
}
