//! The driver: starts runs, carries them on from commit to commit, cancels them.
//!
//! One driver serves every state machine. A run is loaded as position and live slots, its state function says what it
//! wants next, the world does it, and one commit stores the result together with what it changed. Many runs may be
//! driven at once; the store groups their commits.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use breyta_core::Value;

use crate::clock::Pace;
use crate::error::EngineError;
use crate::journal::{self, Event};
use crate::limits::Limits;
use crate::machine::{Program, StateIndex};
use crate::progress::Progress;
use crate::store::{
    CancelRequest, Commit, Committed, NewRun, RunNumber, RunState, RunStatus, Store, StoreError,
};
use crate::world::{CommitMoment, World};

mod admission;
mod failure;
mod run;
mod slots;
mod step;

pub use admission::Start;

/// A flow with its store and its world.
pub struct Engine {
    program: Arc<dyn Program>,
    store: Arc<dyn Store>,
    world: Arc<dyn World>,
    limits: Limits,
    /// Commits of this process so far.
    commits: AtomicU64,
    /// Runs that are being driven.
    driven: Mutex<BTreeSet<RunNumber>>,
    inbox: tokio::sync::Mutex<Inbox>,
}

/// What was last seen in the store's inbox; one look serves every driven run.
struct Inbox {
    looked: Pace,
    requests: Vec<CancelRequest>,
}

/// A run that was started and is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedRun {
    pub run: RunNumber,
    pub workflow_id: String,
    pub started_ms: i64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum RunEnd {
    /// With this result.
    Completed(Value),
    /// With this error map (spec: steps §2).
    Failed(Value),
    /// By request, gracefully, with the reason given.
    Cancelled { reason: Option<String> },
    /// Some other end that an older or newer runtime recorded.
    Other(RunStatus),
}

impl Engine {
    /// Checks that the program is well formed: at least one state, state and slot names without duplicates, slot indices
    /// in range.
    pub fn new(
        program: Arc<dyn Program>,
        store: Arc<dyn Store>,
        world: Arc<dyn World>,
        limits: Limits,
    ) -> Result<Self, EngineError> {
        check_program(program.as_ref())?;
        Ok(Self {
            program,
            store,
            world,
            limits,
            commits: AtomicU64::new(0),
            driven: Mutex::new(BTreeSet::new()),
            inbox: tokio::sync::Mutex::new(Inbox { looked: Pace::NEVER, requests: Vec::new() }),
        })
    }

    pub fn program(&self) -> &Arc<dyn Program> {
        &self.program
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub fn world(&self) -> &Arc<dyn World> {
        &self.world
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Creates a run and commits its start; nothing has been executed yet. `trigger` says what started it: `manual`.
    pub async fn start(&self, input: Value, trigger: &str) -> Result<StartedRun, EngineError> {
        let at_ms = self.world.now_ms();
        let machine = self.program.machine();
        let bytes = slots::encode(&input).map_err(|detail| EngineError::InputNotData { detail })?;
        let event =
            Event::RunStarted { version: self.program.version().to_owned(), trigger: trigger.to_owned() };
        let new = NewRun {
            version: self.program.version().to_owned(),
            trigger: trigger.to_owned(),
            at_ms,
            started: journal::Encoded::new(at_ms, &event, Some(bytes.clone())),
            checkpoint: slots::first_checkpoint(machine, bytes, &Progress::start(at_ms)),
            child: None,
        };
        let number = self.before_commit();
        let created = self.store.create_run(new).await?;
        self.world.at_commit(number, CommitMoment::After);
        Ok(StartedRun { run: created.run, workflow_id: created.workflow_id, started_ms: at_ms })
    }

    /// Carries a run on until it ends. `id` is a workflow id or its short form `rN`. Of an ended run the recorded end is
    /// answered. On an error the run stays as it was last committed.
    ///
    /// Needs a tokio runtime with time enabled.
    pub async fn drive(&self, id: &str) -> Result<RunEnd, EngineError> {
        let number = self.number(id)?;
        let _driven = Driven::enter(self, number)?;
        let state = self.load(number, id).await?;
        if state.status.is_end() {
            return self.recorded_end(number, state.status);
        }
        run::Run::load(self, state).await?.carry_on().await
    }

    /// Starts a run and carries it on until it ends.
    pub async fn run(&self, input: Value, trigger: &str) -> Result<(StartedRun, RunEnd), EngineError> {
        let started = self.start(input, trigger).await?;
        let end = self.drive(&started.workflow_id).await?;
        Ok((started, end))
    }

    fn number(&self, id: &str) -> Result<RunNumber, EngineError> {
        let number = RunNumber::parse(self.program.slug(), id);
        number.ok_or_else(|| EngineError::UnknownRun { id: id.to_owned() })
    }

    fn workflow_id(&self, run: RunNumber) -> String {
        crate::store::workflow_id(self.program.slug(), run)
    }

    async fn load(&self, run: RunNumber, id: &str) -> Result<RunState, EngineError> {
        let state = self.store.load_run(run).await?;
        state.ok_or_else(|| EngineError::UnknownRun { id: id.to_owned() })
    }

    /// Now, but never before the last commit of a loaded run: the clock may have been set back.
    fn time_after(&self, state: &RunState) -> i64 {
        let last_ms = Progress::decode(&state.progress).map_or(i64::MIN, |progress| progress.now_ms);
        self.world.now_ms().max(last_ms)
    }

    /// Makes a commit, with the world's hook around it.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let number = self.before_commit();
        let committed = self.store.commit(commit).await?;
        self.world.at_commit(number, CommitMoment::After);
        Ok(committed)
    }

    fn before_commit(&self) -> u64 {
        let number = self.commits.fetch_add(1, Ordering::Relaxed) + 1;
        self.world.at_commit(number, CommitMoment::Before);
        number
    }

    /// The cancel request for a run, from the last look into the inbox; looks again when that is too old.
    async fn cancel_request(&self, run: RunNumber) -> Result<Option<CancelRequest>, StoreError> {
        let mut inbox = self.inbox.lock().await;
        if inbox.looked.is_due(self.limits.cancel_poll_ms) {
            inbox.requests = self.store.cancel_requests().await?;
        }
        Ok(inbox.requests.iter().find(|request| request.run == run).cloned())
    }

    /// The end of a run that ended earlier.
    fn recorded_end(&self, run: RunNumber, status: RunStatus) -> Result<RunEnd, EngineError> {
        let journal = self.store.journal(run)?;
        let missing = || StoreError::corrupt(format!("run {run} has ended and its journal does not say how"));
        let last = journal.into_iter().next_back().ok_or_else(missing)?;
        match (last.event, last.value) {
            (Event::RunCompleted, Some(result)) => Ok(RunEnd::Completed(result)),
            (Event::RunFailed, Some(error)) => Ok(RunEnd::Failed(error)),
            (Event::RunCancelled { reason }, _) => Ok(RunEnd::Cancelled { reason }),
            _ if matches!(status, RunStatus::Terminated | RunStatus::TimedOut) => Ok(RunEnd::Other(status)),
            _ => Err(missing().into()),
        }
    }
}

/// Marks a run as driven while it lives.
struct Driven<'a> {
    engine: &'a Engine,
    run: RunNumber,
}

impl<'a> Driven<'a> {
    fn enter(engine: &'a Engine, run: RunNumber) -> Result<Self, EngineError> {
        let mut driven = engine.driven.lock().unwrap_or_else(PoisonError::into_inner);
        if !driven.insert(run) {
            return Err(EngineError::AlreadyDriven { workflow_id: engine.workflow_id(run) });
        }
        Ok(Self { engine, run })
    }
}

impl Drop for Driven<'_> {
    fn drop(&mut self) {
        self.engine.driven.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.run);
    }
}

/// The index of a state by its stored name.
fn state_named(program: &dyn Program, name: &str) -> Option<StateIndex> {
    program.machine().states.iter().position(|state| state.name == name)
}

fn check_program(program: &dyn Program) -> Result<(), EngineError> {
    let bad = |detail: String| Err(EngineError::BadProgram { detail });
    let machine = program.machine();
    if machine.states.is_empty() {
        return bad("it has no states".to_owned());
    }
    let mut names = BTreeSet::new();
    for state in machine.states {
        if !names.insert(state.name) {
            return bad(format!("two states are named `{}`", state.name));
        }
        if let Some(handler) = state.handler.filter(|handler| *handler >= machine.states.len()) {
            return bad(format!(
                "errors of state `{}` go to state {handler}, which does not exist",
                state.name
            ));
        }
        let used = state.live.iter().copied().chain(state.result);
        if let Some(slot) = used.into_iter().find(|slot| *slot >= machine.slots.len()) {
            return bad(format!("state `{}` uses slot {slot} of {}", state.name, machine.slots.len()));
        }
    }
    let mut names = BTreeSet::new();
    match machine.slots.iter().find(|name| !names.insert(**name)) {
        Some(name) => bad(format!("two slots are named `{name}`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
