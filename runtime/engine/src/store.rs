//! What the engine asks of storage: runs, their live slots, their journal, and an inbox for requests from outside.
//!
//! Not a query language: a store keeps bytes that the engine encoded and answers in the engine's terms. One conformance
//! suite ([`crate::conformance`], feature `conformance`) says what every implementation must do.

use std::sync::Arc;

use breyta_core::Value;

use crate::journal;
use crate::world::BoxFuture;

mod admission;
mod children;
mod commands;
mod failure;
mod identity;
mod seen_through;
mod slots;
mod waits;

pub use admission::{Admission, Decision, Policy, superseded_by};
pub use children::{ChildOf, ClosePolicy};
pub use commands::{Command, CommandAnswer, CommandId};
pub use failure::StoreError;
pub use identity::{RunNumber, workflow_id};
pub use seen_through::SeenThrough;
pub use slots::{LiveSlot, SlotContent, StoredSlot, ValueRef};
pub use waits::{
    EventRoute, OpenWait, Parked, SentSignal, Signal, SignalAnswer, SignalId, SignalTarget, WaitFilter,
    WaitName, WaitSummary,
};

/// Where a run stands. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunStatus {
    /// Started and not finished: being driven, or interrupted and to be resumed.
    Running,
    /// Parked until a signal or a time.
    Waiting,
    /// Not begun: another run holds its slot.
    Queued,
    Completed,
    Failed,
    /// Ended by request, gracefully.
    Cancelled,
    /// Ended by force.
    Terminated,
    TimedOut,
}

impl RunStatus {
    pub const ALL: [Self; 8] = [
        Self::Running,
        Self::Waiting,
        Self::Queued,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::Terminated,
        Self::TimedOut,
    ];

    /// The word that stores, envelopes and filters use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Queued => "queued",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Terminated => "terminated",
            Self::TimedOut => "timed-out",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }

    /// Whether nothing more will happen.
    pub const fn is_end(self) -> bool {
        !matches!(self, Self::Running | Self::Waiting | Self::Queued)
    }
}

/// A run to create: its row, its start entry and its first live slots are one commit.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// The flow version it is pinned to.
    pub version: String,
    /// What started it: `manual`, `schedule`, …
    pub trigger: String,
    pub at_ms: i64,
    /// The `run-started` entry; its payload is the input.
    pub started: journal::Encoded,
    pub checkpoint: Checkpoint,
    /// Of a run that another run called.
    pub child: Option<ChildOf>,
}

/// Everything that resuming needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// The name of the state to enter.
    pub state: String,
    /// What the engine keeps beside the slots (why the state is entered, workflow time, counters). Opaque to stores.
    pub progress: Vec<u8>,
    /// Step executions so far, for people.
    pub steps: u64,
    /// The slots that are live at the state, all of them, in slot order.
    pub slots: Vec<LiveSlot>,
    /// Some: the run rests and is `waiting`. None: it is `running`.
    pub parked: Option<Parked>,
}

/// One transaction: entries and what they change, all or nothing.
#[derive(Clone, Debug)]
pub struct Commit {
    pub run: RunNumber,
    /// The revision that the run must have now; otherwise nothing is written and the answer is `store-conflict`.
    pub revision: u64,
    pub at_ms: i64,
    /// In order. When the commit ends the run, the last one holds the result or the error as payload.
    pub entries: Vec<journal::Encoded>,
    pub change: Change,
    /// Signals that this commit takes. One that is gone: `store-conflict`.
    pub consumed: Vec<SignalId>,
    /// Signals that this commit sends, to other runs of the store.
    pub sent: Vec<SentSignal>,
}

/// What a commit does to the run's row.
#[derive(Clone, Debug)]
pub enum Change {
    /// The run moves on. A wait that the last checkpoint had and this one has not is closed.
    Progress(Checkpoint),
    /// The run ends: its wait is closed, pending cancel requests are taken, and the next run of its slot begins. A
    /// completed run's slots are dropped; the others keep theirs, to be tried again.
    End {
        status: RunStatus,
        /// The executions of the whole run; None leaves the count of the last checkpoint.
        steps: Option<u64>,
        /// What its open children are told when their [`ClosePolicy`] says that they end with it: the requests are in
        /// the inbox with this commit.
        reason: Option<String>,
    },
    /// The run stays where it is and needs a person: a stable code, and what is wrong.
    Attention { code: String, message: String },
    /// A person has looked at a run that needed one: it goes on from where it stands.
    Attended,
    /// A run that ended without completing goes on from its last checkpoint, with this in the place of what the engine
    /// kept beside the slots. `run-slot-taken` when another run holds its slot.
    Reopen { progress: Vec<u8> },
}

/// The answer to a commit, given only after it is durable.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed {
    /// The run's revision now.
    pub revision: u64,
    /// For each slot of the checkpoint, in order: where it was put when not in the run's row. Of a
    /// [grown](SlotContent::Grown) one: where all of it is now, or where it grew from while its tail stands in the row.
    pub placed: Vec<Option<ValueRef>>,
    /// Of a commit that ends its run: the runs that it called and that have not ended, in the order of their numbers.
    pub open_children: Vec<RunNumber>,
}

impl Committed {
    /// Of a commit that places nothing.
    pub fn at(revision: u64) -> Self {
        Self { revision, placed: Vec::new(), open_children: Vec::new() }
    }
}

/// The answer to [`Store::create_run`].
#[derive(Clone, Debug, PartialEq)]
pub struct Created {
    pub run: RunNumber,
    pub workflow_id: String,
    pub committed: Committed,
    pub decision: Decision,
}

/// A run to create if its slot allows.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// Reserved by [`Store::reserve_run`]; None: the next.
    pub number: Option<RunNumber>,
    pub run: NewRun,
    /// What stands in its journal after its start already: of a run that begins where another one stood.
    pub history: Vec<journal::Encoded>,
    pub admission: Admission,
    /// The command that asks for it; the commit answers it.
    pub command: Option<CommandId>,
}

/// A part of a journal, newest entries first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalPage {
    pub entries: Vec<journal::Entry>,
    /// What to ask for to get the entries before these; None when there are none.
    pub older: Option<JournalCursor>,
}

/// A place in a run's journal. Meaningful to the store that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalCursor(pub i64);

/// What pruning removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    pub runs: u64,
    pub entries: u64,
}

/// What resuming reads: the row and the live slots, never the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    pub run: RunNumber,
    pub version: String,
    pub status: RunStatus,
    pub revision: u64,
    pub state: String,
    pub progress: Vec<u8>,
    /// Live slots with their bytes, and where they are placed when not in the row.
    pub slots: Vec<StoredSlot>,
    /// Why the run needs a person: code and message.
    pub attention: Option<(String, String)>,
    /// Of a waiting run: what it waits for.
    pub parked: Option<Parked>,
    /// How often the process died while it carried the run on, since the last commit of the run.
    pub deaths: u64,
    pub started_ms: i64,
    pub child: Option<ChildOf>,
}

/// One line of a list of runs.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    pub run: RunNumber,
    pub workflow_id: String,
    pub status: RunStatus,
    pub version: String,
    pub trigger: String,
    /// The state the run is in, or was in at its end: `start` or a suspension id.
    pub state: String,
    /// Step executions so far.
    pub steps: u64,
    pub started_ms: i64,
    pub updated_ms: i64,
    pub ended_ms: Option<i64>,
    /// Why the run needs a person: code and message.
    pub attention: Option<(String, String)>,
    pub child: Option<ChildOf>,
}

/// A run with its data.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    pub summary: RunSummary,
    pub input: Value,
    /// Of a completed run.
    pub result: Option<Value>,
    /// The error map of a failed run.
    pub error: Option<Value>,
    /// A cancel request is in the inbox and not taken yet.
    pub cancel_requested: bool,
}

/// Which runs to list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Empty: every status.
    pub statuses: Vec<RunStatus>,
    /// Only runs with a smaller number: the next page.
    pub before: Option<RunNumber>,
    /// At most so many; None for all.
    pub count_max: Option<usize>,
}

/// A request in the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelRequest {
    pub run: RunNumber,
    pub reason: Option<String>,
    pub at_ms: i64,
    /// Not gracefully: the run is terminated.
    pub force: bool,
}

/// What became of a cancel request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelAnswer {
    /// In the inbox; the process that drives the run will take it. Asking again changes nothing.
    Requested,
    /// The run had ended already.
    AlreadyEnded(RunStatus),
}

/// What any process may do with a store: look, and leave requests. Blocking, short.
pub trait Observer: Send + Sync {
    /// The slug of the flow that the store belongs to.
    fn slug(&self) -> &str;

    fn find_run(&self, run: RunNumber) -> Result<Option<RunRecord>, StoreError>;

    fn list_runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, StoreError>;

    /// The run's journal, oldest first; empty when there is no such run.
    fn journal(&self, run: RunNumber) -> Result<Vec<journal::Entry>, StoreError>;

    /// A part of the run's journal, newest first, from its end or from a cursor on.
    fn journal_page(
        &self,
        run: RunNumber,
        from: Option<JournalCursor>,
        count_max: usize,
    ) -> Result<JournalPage, StoreError>;

    /// Leaves a command for the owner.
    fn put_command(&self, name: &str, body: Arc<[u8]>, at_ms: i64) -> Result<CommandId, StoreError>;

    /// The answer to a command, once the owner has given it.
    fn command_answer(&self, command: CommandId) -> Result<Option<CommandAnswer>, StoreError>;

    /// Puts a cancel request into the inbox. `unknown-run` when there is no such run.
    fn request_cancel(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError>;

    /// As [`Observer::request_cancel`], by force; also when a cancel request is there already.
    fn request_terminate(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError>;

    /// Leaves a signal. To a wait that is not open: `unknown-wait`; to one that has its signal already:
    /// `wait-answered`. By key and by event it is kept until a wait opens for it.
    fn put_signal(
        &self,
        target: &SignalTarget,
        payload: Arc<[u8]>,
        at_ms: i64,
    ) -> Result<SignalAnswer, StoreError>;

    /// Waits that are open, by run.
    fn open_waits(&self, filter: &WaitFilter) -> Result<Vec<WaitSummary>, StoreError>;

    /// The oldest run that holds the slot which this run waits for; None when it waits for none.
    fn holder_of(&self, run: RunNumber) -> Result<Option<RunNumber>, StoreError>;

    /// Runs that were called by a run and have not ended, oldest first.
    fn open_children(&self, parent: RunNumber) -> Result<Vec<RunNumber>, StoreError>;
}

/// What the owning process can do besides: create and advance runs.
pub trait Store: Observer {
    fn create_run(&self, run: NewRun) -> BoxFuture<'_, Result<Created, StoreError>>;

    /// A number for a run to create, given to nobody else. One that is not used is lost.
    fn reserve_run(&self) -> BoxFuture<'_, Result<RunNumber, StoreError>>;

    /// Creates a run in its slot: begun, queued, or not at all. `unknown-command` when the command is answered already.
    fn admit_run(&self, run: Admitted) -> BoxFuture<'_, Result<Created, StoreError>>;

    /// The run is carried on from now on, from this revision. Should the process die before [`Store::rest`], the next one
    /// finds a death counted, if the run was not committed in between. Durable against the death of the process, not
    /// against a loss of power; costs next to nothing.
    fn begin(&self, _run: RunNumber, _revision: u64) {}

    /// The run is carried on no more.
    fn rest(&self, _run: RunNumber) {}

    fn load_run(&self, run: RunNumber) -> BoxFuture<'_, Result<Option<RunState>, StoreError>>;

    /// Commands without an answer, oldest first.
    fn commands(&self) -> BoxFuture<'_, Result<Vec<Command>, StoreError>>;

    fn answer_command(
        &self,
        command: CommandId,
        answer: CommandAnswer,
    ) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Removes runs that ended before a time, with everything that only they refer to, and answers and deliveries of that
    /// age. At most so many runs. Children stay as long as their parent is open.
    fn prune(&self, before_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Pruned, StoreError>>;

    /// Answers only after the commit is durable. On an error nothing of it was written.
    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, StoreError>>;

    /// Every request in the inbox, oldest first. They leave it when the run ends.
    fn cancel_requests(&self) -> BoxFuture<'_, Result<Vec<CancelRequest>, StoreError>>;

    /// Parked runs to carry on now, those due longest first: their time has come, or a signal for them is there. Runs that
    /// need attention are not among them.
    fn due_runs(&self, now_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Vec<RunNumber>, StoreError>>;

    /// When the next parked run is due. At or before now: at once.
    fn next_wake(&self) -> BoxFuture<'_, Result<Option<i64>, StoreError>>;

    /// The signals that may complete a wait, oldest first: to this wait itself, by its key, by its event.
    fn signals_for(
        &self,
        run: RunNumber,
        wait_id: &str,
        key: Option<&str>,
        event: Option<&EventRoute>,
    ) -> BoxFuture<'_, Result<Vec<Signal>, StoreError>>;
}
