//! The owner of the writing connection. It puts the changes of all requests that it gets together into one transaction, and
//! answers after the log is on the disk. On which thread it works is not its business.
//!
//! What a commit refers to by number (journal rows, slot values) is numbered here, so that a run's row is written once,
//! guarded by its revision, before anything else of the commit: a commit that does not apply leaves nothing behind.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use breyta_engine::store::{
    CancelRequest, Command, CommandAnswer, CommandId, Committed, Created, Pruned, RunNumber, RunState,
    Signal, StoreError,
};

use super::heads::Heads;
use super::plan::{PlannedAdmission, PlannedCommit, PlannedRun};
use super::{commands, failure, reader, retention, schema, waits};

mod rows;
mod values;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Request {
    Write(Write),
    Reserve(Answer<RunNumber>),
    Commands(Answer<Vec<Command>>),
    Load(RunNumber, Answer<Option<RunState>>),
    CancelRequests(Answer<Vec<CancelRequest>>),
    DueRuns(i64, usize, Answer<Vec<RunNumber>>),
    NextWake(Answer<Option<i64>>),
    SignalsFor(RunNumber, waits::Address, Answer<Vec<Signal>>),
}

/// A request that changes something, with whom to tell.
#[derive(Debug)]
pub(super) enum Write {
    Create(Box<PlannedRun>, Answer<Created>),
    Admit(Box<PlannedAdmission>, Answer<Created>),
    Commit(Box<PlannedCommit>, Answer<Committed>),
    AnswerCommand(CommandId, CommandAnswer, Answer<()>),
    /// Ended before, and at most so many.
    Prune(i64, usize, Answer<Pruned>),
}

impl Write {
    /// Whether it is much more than one commit of one run.
    pub(super) fn takes_long(&self) -> bool {
        matches!(self, Self::Prune(..))
    }
}

/// What became of a write; sent when its transaction has committed.
pub(super) enum Written {
    Created(Created),
    Committed(Committed),
    Answered,
    Pruned(Pruned),
    /// Nothing was written, for a reason of its own.
    Refused(StoreError),
}

/// Why a transaction did not happen.
enum Failure {
    /// Because of something in it: others may succeed.
    Of(StoreError),
    /// None would succeed now.
    Any(StoreError),
}

/// The owner of the connection.
pub(super) struct Writer {
    connection: Connection,
    epoch: i64,
    slug: String,
    heads: Heads,
    next_run: i64,
    next_entry: i64,
    next_slot_value: i64,
    next_large_value: i64,
    /// What the last writes took: their statements, and their commit.
    pub(super) work: Duration,
    pub(super) disk: Duration,
}

impl Writer {
    pub(super) fn new(connection: Connection, epoch: i64, slug: &str) -> Result<Self, StoreError> {
        // Numbers of runs that were pruned are not given again.
        let sql = "SELECT coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'runs'), 0) + 1, \
                   coalesce((SELECT max(id) FROM journal), 0) + 1, \
                   coalesce((SELECT max(id) FROM slot_values), 0) + 1, \
                   coalesce((SELECT max(id) FROM large_values), 0) + 1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
        let next = connection.query_row(sql, [], read).map_err(failure::sqlite)?;
        let (next_run, next_entry, next_slot_value, next_large_value) = next;
        let heads = Heads::default();
        Ok(Self {
            connection,
            epoch,
            slug: slug.to_owned(),
            heads,
            next_run,
            next_entry,
            next_slot_value,
            next_large_value,
            work: Duration::ZERO,
            disk: Duration::ZERO,
        })
    }

    /// Writes a group. When the group fails as a whole, each of its members gets a transaction of its own, so that one
    /// that cannot be written does not take others with it.
    pub(super) fn write(&mut self, writes: &[Write]) -> Vec<Written> {
        (self.work, self.disk) = (Duration::ZERO, Duration::ZERO);
        self.write_all(writes)
    }

    fn write_all(&mut self, writes: &[Write]) -> Vec<Written> {
        match self.transaction(writes) {
            Ok(written) => written,
            Err(Failure::Of(_)) if writes.len() > 1 => {
                writes.iter().flat_map(|write| self.write_all(std::slice::from_ref(write))).collect()
            }
            Err(Failure::Of(error) | Failure::Any(error)) => {
                writes.iter().map(|_| Written::Refused(error.clone())).collect()
            }
        }
    }

    /// All of them or none.
    fn transaction(&mut self, writes: &[Write]) -> Result<Vec<Written>, Failure> {
        self.execute("BEGIN IMMEDIATE").map_err(Failure::Any)?;
        let begun = Instant::now();
        let written = self.apply_all(writes).and_then(|written| {
            self.work += begun.elapsed();
            let begun = Instant::now();
            self.execute("COMMIT").map_err(Failure::Of)?;
            self.disk += begun.elapsed();
            Ok(written)
        });
        if written.is_err() {
            self.heads.forget_all();
            // Some failures end the transaction by themselves.
            if !self.connection.is_autocommit() {
                self.execute("ROLLBACK").map_err(Failure::Any)?;
            }
        }
        written
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        let run = || self.connection.prepare_cached(sql)?.execute([]);
        run().map(drop).map_err(failure::sqlite)
    }

    fn apply_all(&mut self, writes: &[Write]) -> Result<Vec<Written>, Failure> {
        let epoch = schema::epoch(&self.connection).map_err(|error| Failure::Any(failure::sqlite(error)))?;
        if epoch != self.epoch {
            return Err(Failure::Any(StoreError::EpochLost));
        }
        let apply = |write: &Write| match write {
            Write::Create(run, _) => self.create(None, run, &[]),
            Write::Admit(run, _) => self.admit(run),
            Write::Commit(commit, _) => self.commit(commit),
            Write::AnswerCommand(command, answer, _) => {
                let open = commands::answer(&self.connection, *command, answer)?;
                let gone = StoreError::CommandNotFound { command: *command };
                Ok(if open { Written::Answered } else { Written::Refused(gone) })
            }
            Write::Prune(before_ms, count_max, _) => {
                retention::prune(&self.connection, *before_ms, *count_max).map(Written::Pruned)
            }
        };
        let written: rusqlite::Result<Vec<Written>> = writes.iter().map(apply).collect();
        written.map_err(|error| Failure::Of(failure::sqlite(error)))
    }

    pub(super) fn read(&mut self, request: Request) {
        // Nobody waits any more when the send fails.
        match request {
            Request::Load(run, answer) => drop(answer.send(reader::load_run(&self.connection, run))),
            Request::CancelRequests(answer) => drop(answer.send(reader::cancel_requests(&self.connection))),
            Request::DueRuns(now_ms, count_max, answer) => {
                drop(answer.send(waits::due(&self.connection, now_ms, count_max)));
            }
            Request::NextWake(answer) => drop(answer.send(waits::next_due(&self.connection))),
            Request::SignalsFor(run, wait, answer) => {
                let found = waits::signals(&self.connection, run.0 as i64, &wait).map_err(failure::sqlite);
                drop(answer.send(found));
            }
            Request::Reserve(answer) => {
                self.next_run += 1;
                drop(answer.send(Ok(RunNumber(self.next_run as u64 - 1))));
            }
            Request::Commands(answer) => drop(answer.send(commands::open(&self.connection))),
            Request::Write(_) => {}
        }
    }
}

/// Nobody waits any more when a send fails; what was committed stays committed.
pub(super) fn answer(write: Write, written: Written) {
    match (write, written) {
        (Write::Create(_, answer) | Write::Admit(_, answer), written) => drop(answer.send(match written {
            Written::Created(created) => Ok(created),
            other => Err(other.refusal()),
        })),
        (Write::Commit(_, answer), written) => drop(answer.send(match written {
            Written::Committed(committed) => Ok(committed),
            other => Err(other.refusal()),
        })),
        (Write::AnswerCommand(.., answer), written) => drop(answer.send(match written {
            Written::Answered => Ok(()),
            other => Err(other.refusal()),
        })),
        (Write::Prune(.., answer), written) => drop(answer.send(match written {
            Written::Pruned(pruned) => Ok(pruned),
            other => Err(other.refusal()),
        })),
    }
}

impl Written {
    /// Why it was refused. Everything else answers another kind of write, which never happens.
    fn refusal(self) -> StoreError {
        match self {
            Self::Refused(error) => error,
            Self::Created(_) | Self::Committed(_) | Self::Answered | Self::Pruned(_) => {
                StoreError::io("the writer answered something else")
            }
        }
    }
}
