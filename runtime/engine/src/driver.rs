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
    CancelRequest, ChildOf, Commit, Committed, NewRun, RunNumber, RunState, RunStatus, Store, StoreError,
};
use crate::world::{CommitMoment, World};

mod admission;
mod children;
mod execution;
mod expectation;
mod failure;
mod fork;
mod people;
mod replay;
mod resting;
mod run;
mod slots;
mod step;
mod verify;
mod wait;
mod walk;

pub use admission::Start;
pub use expectation::CHECK_SCHEMA;

/// A flow with its store and its world.
pub struct Engine {
    program: Arc<dyn Program>,
    /// The flows that it may call.
    children: Vec<Arc<dyn Program>>,
    /// Whether runs are dropped and loaded again after every commit.
    always_suspends: bool,
    /// Whether what is stored is compared with what the journal says.
    verifies: bool,
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
        let children = program.children();
        for child in &children {
            check_program(child.as_ref())?;
        }
        Ok(Self {
            program,
            children,
            always_suspends: false,
            verifies: false,
            store,
            world,
            limits,
            commits: AtomicU64::new(0),
            driven: Mutex::new(BTreeSet::new()),
            inbox: tokio::sync::Mutex::new(Inbox { looked: Pace::NEVER, requests: Vec::new() }),
        })
    }

    /// Runs are dropped and loaded again after every commit, as if the process had died: for tests of what is stored.
    #[must_use]
    pub fn always_suspending(mut self) -> Self {
        self.always_suspends = true;
        self
    }

    /// At every checkpoint, and before a run is carried on, its stored state is compared with the one rebuilt from its
    /// journal. A run whose states differ is parked as `state-mismatch`.
    #[must_use]
    pub fn verifying(mut self) -> Self {
        self.verifies = true;
        self
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
        self.tell_started(&created.workflow_id, at_ms, self.program.version(), trigger);
        Ok(StartedRun { run: created.run, workflow_id: created.workflow_id, started_ms: at_ms })
    }

    /// Starts a run and carries it on until it ends.
    pub async fn run(&self, input: Value, trigger: &str) -> Result<(StartedRun, RunEnd), EngineError> {
        let started = self.start(input, trigger).await?;
        let end = self.drive(&started.workflow_id).await?;
        Ok((started, end))
    }

    fn number(&self, id: &str) -> Result<RunNumber, EngineError> {
        let number = self.programs().find_map(|program| RunNumber::parse(program.slug(), id));
        number.ok_or_else(|| EngineError::UnknownRun { id: id.to_owned() })
    }

    fn workflow_id(&self, run: RunNumber) -> String {
        crate::store::workflow_id(self.program.slug(), run)
    }

    fn workflow_id_of(&self, state: &RunState) -> String {
        let slug = state.child.as_ref().map_or(self.program.slug(), |child| child.flow.as_str());
        crate::store::workflow_id(slug, state.run)
    }

    /// Of a run that may be a child's.
    fn workflow_id_of_child(&self, run: RunNumber) -> String {
        match self.store.find_run(run) {
            Ok(Some(record)) => record.summary.workflow_id,
            _ => run.to_string(),
        }
    }

    fn programs(&self) -> impl Iterator<Item = &dyn Program> {
        std::iter::once(&self.program).chain(&self.children).map(AsRef::as_ref)
    }

    fn program_named(&self, slug: &str) -> Option<&dyn Program> {
        self.programs().find(|program| program.slug() == slug)
    }

    /// The flow that a run is of.
    fn program_of(&self, state: &RunState) -> &dyn Program {
        let child = state.child.as_ref().and_then(|child| self.program_named(&child.flow));
        child.unwrap_or(self.program.as_ref())
    }

    /// Creates the run of a called flow, or answers the one that was created at this call already. `begun` is how it
    /// begins. The error says what is wrong with the input.
    async fn create_child(
        &self,
        child: ChildOf,
        input: &Value,
        begun: Progress,
        at_ms: i64,
    ) -> Result<Result<RunNumber, String>, EngineError> {
        let Some(program) = self.program_named(&child.flow) else {
            return Ok(Err(format!("the flow `{}` is not linked into this executable", child.flow)));
        };
        let input = match program.called_with(input.clone()) {
            Ok(input) => input,
            Err(message) => return Ok(Err(message)),
        };
        let bytes = match slots::encode(&input) {
            Ok(bytes) => bytes,
            Err(detail) => return Ok(Err(format!("the input cannot be stored: {detail}"))),
        };
        let event =
            Event::RunStarted { version: program.version().to_owned(), trigger: "call-flow".to_owned() };
        let new = NewRun {
            version: program.version().to_owned(),
            trigger: "call-flow".to_owned(),
            at_ms,
            started: journal::Encoded::new(at_ms, &event, Some(bytes.clone())),
            checkpoint: slots::first_checkpoint(program.machine(), bytes, &begun),
            child: Some(child),
        };
        let number = self.before_commit();
        let created = self.store.create_run(new).await?;
        self.world.at_commit(number, CommitMoment::After);
        if created.committed.revision == 1 {
            self.tell_started(&created.workflow_id, at_ms, program.version(), "call-flow");
        }
        Ok(Ok(created.run))
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
    async fn commit(&self, workflow_id: &str, commit: Commit) -> Result<Committed, StoreError> {
        let entries = if self.world.listens() { commit.entries.clone() } else { Vec::new() };
        let number = self.before_commit();
        let committed = self.store.commit(commit).await?;
        self.world.at_commit(number, CommitMoment::After);
        self.tell(workflow_id, &entries);
        Ok(committed)
    }

    /// Tells the world what is in the journal now.
    fn tell(&self, workflow_id: &str, entries: &[journal::Encoded]) {
        for entry in entries.iter().filter_map(|entry| entry.decode().ok()) {
            self.world.told(workflow_id, &entry);
        }
    }

    /// Tells the world of a new run.
    fn tell_started(&self, workflow_id: &str, at_ms: i64, version: &str, trigger: &str) {
        if self.world.listens() {
            let event = Event::RunStarted { version: version.to_owned(), trigger: trigger.to_owned() };
            self.world.told(workflow_id, &journal::Entry { at_ms, event, value: None });
        }
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

pub use resting::Advance;

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
