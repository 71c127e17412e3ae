//! One run while it is driven: entering states, following what they ask for, committing.

use std::sync::Arc;

use breyta_core::Value;

use super::execution::Execution;
use super::replay::Replay;
use super::slots::{self, Position, Stored};
use super::walk::{Next, walk};
use super::{Engine, RunEnd, children, failure, state_named, verify};
use crate::error::EngineError;
use crate::frame::Frame;
use crate::journal::{Encoded, Event, StepExecution};
use crate::machine::{Machine, Program, Slot, State, StateIndex};
use crate::progress::Progress;
use crate::store::{
    CancelRequest, Change, Checkpoint, ChildOf, Commit, LiveSlot, Parked, RunNumber, RunState, RunStatus,
    SignalId, StoreError,
};

/// A loaded run. Its position is always a state that is still to be entered.
pub(super) struct Run<'e> {
    pub(super) engine: &'e Engine,
    /// The engine's flow, or the child that this run is of.
    pub(super) program: &'e dyn Program,
    pub(super) number: RunNumber,
    pub(super) workflow_id: String,
    revision: u64,
    pub(super) position: StateIndex,
    pub(super) frame: Frame,
    pub(super) stored: Stored,
    /// The step that was resting when the run was loaded.
    resting: Option<Execution>,
    pub(super) progress: Progress,
    /// Entries that wait for the next commit.
    entries: Vec<Encoded>,
    /// Signals that the next commit takes.
    pub(super) consumed: Vec<SignalId>,
    /// The run that called this one.
    pub(super) child: Option<ChildOf>,
    /// Their size.
    pub(super) riding_bytes: usize,
    /// When its time is over.
    ends_ms: i64,
    /// Runs that it called and that were open when it ended.
    left_open: Vec<RunNumber>,
    /// The run rebuilt from its journal, when it is verified.
    replay: Option<Box<Replay<'e>>>,
}

/// What open children are told when the run that called them ends by itself.
const COMPLETED: &str = "the run that called it has completed";
const FAILED: &str = "the run that called it failed";
const TOOK_TOO_LONG: &str = "the run that called it took too long";

/// How far a run went.
pub(super) enum Turn {
    /// The step is done, and the run goes on.
    On,
    Ended(RunEnd),
    /// The run rests; what wakes it is stored.
    Parked,
}

impl<'e> Run<'e> {
    /// Takes over what was loaded. A run that this program cannot enter is parked.
    pub(super) async fn load(engine: &'e Engine, loaded: RunState) -> Result<Self, EngineError> {
        let program = engine.program_of(&loaded);
        let workflow_id = engine.workflow_id_of(&loaded);
        if loaded.version != program.version() {
            let (run, program) = (loaded.version, program.version().to_owned());
            return Err(EngineError::VersionMismatch { workflow_id, run, program });
        }
        let Some(position) = state_named(program, &loaded.state) else {
            let message = format!("it stands at `{}`, and the flow has no such state", loaded.state);
            return Err(park(engine, &loaded, "unknown-position", message).await);
        };
        let replay = match verify::begin(engine, program, &loaded)? {
            Ok(replay) => replay,
            Err(message) => return Err(park(engine, &loaded, "state-mismatch", message).await),
        };
        // Whoever started it was told that nothing outside is touched.
        if progress_of(&loaded).is_some_and(|progress| progress.is_mocked()) && !engine.program.is_draft() {
            return Err(EngineError::MocksInRelease { workflow_id: Some(workflow_id) });
        }
        let RunState { run: number, revision, started_ms, .. } = loaded;
        let ends_ms = started_ms.saturating_add(i64::try_from(engine.limits.run_ms_max).unwrap_or(i64::MAX));
        let (progress, frame, stored, resting) = match restore(engine, program, position, &loaded) {
            Ok(restored) => restored,
            Err(message) => return Err(park(engine, &loaded, "unreadable-state", message).await),
        };
        Ok(Self {
            engine,
            program,
            number,
            workflow_id,
            revision,
            position,
            frame,
            stored,
            resting,
            progress,
            entries: Vec::new(),
            consumed: Vec::new(),
            child: loaded.child,
            riding_bytes: 0,
            ends_ms,
            left_open: Vec::new(),
            replay,
        })
    }

    /// From step to step until the run ends, with the runs that it called and that are open then, or rests; None when it
    /// rests.
    pub(super) async fn carry_on(mut self) -> Result<Option<(RunEnd, Vec<RunNumber>)>, EngineError> {
        let mut moved = false;
        let mut turn = match self.resting.take() {
            Some(execution) => self.resume(execution).await?,
            None => Turn::On,
        };
        loop {
            turn = match turn {
                // Nothing waits for the next commit: memory and store are the same.
                Turn::On if self.engine.always_suspends && self.entries.is_empty() && moved => {
                    return Ok(None);
                }
                Turn::Ended(end) => return Ok(Some((end, self.left_open))),
                Turn::Parked => return Ok(None),
                Turn::On => match self.enter() {
                    Next::Step(call) => self.step(call).await?,
                    Next::Done(result) => Turn::Ended(self.complete(result).await?),
                    Next::Failed(error) => Turn::Ended(self.fail(error).await?),
                },
            };
            moved = true;
        }
    }

    pub(super) fn machine(&self) -> &'e Machine {
        self.program.machine()
    }

    pub(super) fn state(&self, index: StateIndex) -> Option<&'e State> {
        self.machine().states.get(index)
    }

    /// Runs pure code from the position on.
    fn enter(&mut self) -> Next {
        let engine = self.engine;
        let outcome = self.progress.outcome;
        let next = walk(self.program, &engine.limits, &mut self.frame, &mut self.position, outcome);
        self.record_notes();
        next
    }

    fn record_notes(&mut self) {
        let printed = self.frame.budget().take_printed();
        if !printed.is_empty() {
            self.engine.world.said(&self.workflow_id, &printed);
        }
        for note in self.frame.take_notes() {
            let choice = self.progress.choice(&note);
            let event = Event::Note { label: note.label.to_owned(), choice };
            self.record(self.frame.now_ms(), &event, None);
        }
    }

    /// Adds an entry to the next commit.
    pub(super) fn record(&mut self, at_ms: i64, event: &Event, payload: Option<Arc<[u8]>>) {
        let entry = Encoded::new(at_ms, event, payload);
        self.riding_bytes += entry.head.len() + entry.payload.as_ref().map_or(0, |payload| payload.len());
        self.entries.push(entry);
    }

    /// Takes back what was recorded last.
    pub(super) fn forget_last_entry(&mut self) {
        self.entries.pop();
    }

    /// Workflow time of a commit made now: never before the last one's.
    pub(super) fn commit_time(&self) -> i64 {
        self.engine.world.now_ms().max(self.progress.now_ms)
    }

    /// One commit: the waiting entries, the changed live slots of the position, the position. `fresh` is the outcome's
    /// value in its slot, already encoded; `woken_ms` is when it came. Answers the end when the slots cannot be stored.
    pub(super) async fn commit_progress(
        &mut self,
        fresh: Option<(Slot, Arc<[u8]>)>,
        woken_ms: i64,
    ) -> Result<Option<RunEnd>, EngineError> {
        let at_ms = woken_ms.max(self.progress.now_ms);
        let Some(state) = self.state(self.position) else {
            return Err(EngineError::BadProgram { detail: format!("there is no state {}", self.position) });
        };
        let position = Position::At(state);
        let live = match self.stored.live(self.machine(), position, &self.frame, fresh) {
            Ok(live) => live,
            Err(message) => return self.fail(failure::of_run("value-not-data", &message)).await.map(Some),
        };
        self.progress.now_ms = at_ms;
        self.progress.settle();
        let checkpoint = Checkpoint {
            state: state.name.to_owned(),
            progress: self.progress.encode(),
            steps: self.progress.steps,
            slots: live.clone(),
            parked: None,
        };
        let commit = self.next_commit(at_ms, Change::Progress(checkpoint));
        let entries = commit.entries.len();
        let committed = self.engine.commit(&self.workflow_id, commit).await?;
        self.revision = committed.revision;
        self.stored.settle(position, &mut self.frame, live, &committed);
        self.frame.set_now_ms(at_ms);
        self.verify(entries).await?;
        Ok(None)
    }

    /// One commit in the middle of a step: what is live behind it, the step's config, and what it holds. The run rests until
    /// what `parked` says, or goes on at once. Answers the end when something cannot be stored.
    pub(super) async fn commit_resting(
        &mut self,
        execution: &Execution,
        mut parked: Option<Parked>,
    ) -> Result<Option<RunEnd>, EngineError> {
        // Nobody rests longer than the run may take.
        if let Some(parked) = &mut parked {
            let wake_at_ms = parked.wake_at_ms.map_or(self.ends_ms, |at_ms| at_ms.min(self.ends_ms));
            parked.wake_at_ms = Some(wake_at_ms);
        }
        let at_ms = self.commit_time();
        let call = &execution.call;
        let Some(next) = self.state(call.next) else {
            return Err(EngineError::BadProgram { detail: format!("there is no state {}", call.next) });
        };
        let handler = call.handler.and_then(|handler| self.state(handler));
        let position = Position::Within { next, handler };
        let live = self.resting_slots(execution, position);
        let live = match live {
            Ok(live) => live,
            Err(message) => return self.fail(failure::of_run("value-not-data", &message)).await.map(Some),
        };
        let mut progress = self.progress.clone();
        progress.now_ms = at_ms;
        progress.settle();
        progress.pending = Some(execution.pending(handler.map(|handler| handler.name)));
        let checkpoint = Checkpoint {
            state: next.name.to_owned(),
            progress: progress.encode(),
            steps: progress.steps,
            slots: live.clone(),
            parked,
        };
        let (entries, consumed, count) = (self.entries.clone(), self.consumed.clone(), self.entries.len());
        let commit = self.next_commit(at_ms, Change::Progress(checkpoint));
        let committed = match self.engine.commit(&self.workflow_id, commit).await {
            Ok(committed) => committed,
            Err(error) => {
                // Whoever can go on otherwise must not lose what waits for the next commit.
                (self.entries, self.consumed) = (entries, consumed);
                return Err(error.into());
            }
        };
        self.progress.now_ms = at_ms;
        self.progress.settle();
        self.revision = committed.revision;
        self.stored.settle(position, &mut self.frame, live, &committed);
        self.frame.set_now_ms(at_ms);
        self.verify(count).await?;
        Ok(None)
    }

    /// Compares what the store has now with what the journal says, when the run is verified.
    async fn verify(&mut self, entries: usize) -> Result<(), EngineError> {
        let Some(replay) = self.replay.as_deref_mut() else { return Ok(()) };
        let engine = self.engine;
        let stored = engine.load(self.number, &self.workflow_id).await?;
        match verify::go_on(engine, replay, &stored, entries)? {
            Ok(()) => Ok(()),
            Err(message) => Err(park(engine, &stored, "state-mismatch", message).await),
        }
    }

    fn resting_slots(&self, execution: &Execution, position: Position<'_>) -> Result<Vec<LiveSlot>, String> {
        let mut live = self.stored.live(self.machine(), position, &self.frame, None)?;
        live.push(self.stored.extra(slots::CONFIG, execution.whole_config())?);
        if let Some(held) = &execution.held {
            live.push(self.stored.extra(slots::HELD, held)?);
        }
        Ok(live)
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
            consumed: std::mem::take(&mut self.consumed),
            sent: Vec::new(),
        }
    }

    /// `reason` is what open children are told.
    async fn end(
        &mut self,
        status: RunStatus,
        event: &Event,
        payload: Option<Arc<[u8]>>,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        let at_ms = self.commit_time();
        self.record(at_ms, event, payload);
        let (steps, reason) = (Some(self.progress.steps), reason.map(str::to_owned));
        let change = Change::End { status, steps, reason };
        let mut commit = self.next_commit(at_ms, change);
        commit.sent = self.child.iter().map(children::ended).collect();
        let committed = self.engine.commit(&self.workflow_id, commit).await?;
        self.revision = committed.revision;
        self.left_open = committed.open_children;
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
        self.end(RunStatus::Completed, &Event::RunCompleted, Some(bytes), Some(COMPLETED)).await?;
        Ok(RunEnd::Completed(result))
    }

    /// Ends the run with an error map.
    pub(super) async fn fail(&mut self, error: Value) -> Result<RunEnd, EngineError> {
        let (error, bytes) = storable_error(error);
        self.end(RunStatus::Failed, &Event::RunFailed, Some(bytes), Some(FAILED)).await?;
        Ok(RunEnd::Failed(error))
    }

    /// Whether the run has taken as long as it may.
    pub(super) fn is_over_time(&self) -> bool {
        self.commit_time() >= self.ends_ms
    }

    /// Ends the run because it took too long; `execution` is the step that it came to.
    pub(super) async fn time_out(
        &mut self,
        step: &str,
        rested: Option<StepExecution>,
    ) -> Result<RunEnd, EngineError> {
        if let Some(execution) = rested {
            self.record(execution.ended_ms, &Event::StepCancelled { execution }, None);
        }
        let message = format!(
            "the run has taken longer than {} ms; the limit run-duration-ms allows no more",
            self.engine.limits.run_ms_max
        );
        let (error, bytes) = storable_error(failure::at_step("run-timeout", &message, step));
        self.end(RunStatus::TimedOut, &Event::RunFailed, Some(bytes), Some(TOOK_TOO_LONG)).await?;
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
        self.end(status, &event, None, request.reason.as_deref()).await?;
        Ok(RunEnd::Cancelled { reason: request.reason })
    }
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

/// Bytes that do not read are found when the run is restored.
fn progress_of(loaded: &RunState) -> Option<Progress> {
    Progress::decode(&loaded.progress).ok()
}

type Restored = (Progress, Frame, Stored, Option<Execution>);

fn restore(
    engine: &Engine,
    program: &dyn Program,
    position: StateIndex,
    loaded: &RunState,
) -> Result<Restored, String> {
    let machine = program.machine();
    let mut progress = Progress::decode(&loaded.progress).map_err(|damaged| damaged.to_string())?;
    let mut frame = Frame::new(machine.slots.len(), progress.now_ms, engine.limits.budget());
    let state = machine.states.get(position).ok_or_else(|| format!("there is no state {position}"))?;
    let Some(pending) = progress.pending.take() else {
        let (stored, _) = Stored::restore(machine, Position::At(state), loaded.slots.clone(), &mut frame)?;
        return Ok((progress, frame, stored, None));
    };
    let handler = match &pending.handler {
        Some(name) => {
            Some(state_named(program, name).ok_or_else(|| format!("the flow has no state `{name}`"))?)
        }
        None => None,
    };
    let within =
        Position::Within { next: state, handler: handler.and_then(|handler| machine.states.get(handler)) };
    let (stored, kept) = Stored::restore(machine, within, loaded.slots.clone(), &mut frame)?;
    let execution = Execution::resumed(pending, kept, position, handler)?;
    Ok((progress, frame, stored, Some(execution)))
}

/// Commits that the run needs a person (once), and says so.
pub(super) async fn park(engine: &Engine, loaded: &RunState, code: &str, message: String) -> EngineError {
    let workflow_id = engine.workflow_id_of(loaded);
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
        if let Err(error) = engine.commit(&workflow_id, commit).await {
            return error.into();
        }
    }
    EngineError::NeedsAttention { workflow_id, code: code.to_owned(), message }
}
