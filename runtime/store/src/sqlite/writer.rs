//! The thread that owns the writing connection. It takes all requests that are waiting, puts their changes into one
//! transaction, and answers after the log is on the disk.
//!
//! What a commit refers to by number (journal rows, slot values) is numbered here, so that a run's row is written once,
//! guarded by its revision, before anything else of the commit: a commit that does not apply leaves nothing behind.

use std::sync::mpsc;

use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::oneshot;

use breyta_engine::store::{
    CancelRequest, Committed, Created, RunNumber, RunState, RunStatus, Signal, StoreError, ValueRef,
    workflow_id,
};

use super::plan::{
    LARGE_VALUES, Planned, PlannedChange, PlannedCheckpoint, PlannedCommit, PlannedEntry, PlannedRun,
    RowSlot, SLOT_VALUES, write_row,
};
use super::{children, failure, reader, schema, waits};

/// The most requests of one transaction.
const GROUP_MAX: usize = 1024;

type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Request {
    Create(Box<PlannedRun>, Answer<Created>),
    Commit(Box<PlannedCommit>, Answer<Committed>),
    Load(RunNumber, Answer<Option<RunState>>),
    CancelRequests(Answer<Vec<CancelRequest>>),
    DueRuns(i64, usize, Answer<Vec<RunNumber>>),
    NextWake(Answer<Option<i64>>),
    SignalsFor(RunNumber, waits::Address, Answer<Vec<Signal>>),
}

/// A request that changes something, with whom to tell.
enum Write {
    Create(Box<PlannedRun>, Answer<Created>),
    Commit(Box<PlannedCommit>, Answer<Committed>),
}

/// What became of a write; sent when its transaction has committed.
enum Written {
    Created(Created),
    Committed(Committed),
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
    next_entry: i64,
    next_slot_value: i64,
    next_large_value: i64,
}

impl Writer {
    pub(super) fn new(connection: Connection, epoch: i64, slug: &str) -> Result<Self, StoreError> {
        let next = |table: &str| {
            let query = format!("SELECT coalesce(max(id), 0) + 1 FROM {table}");
            connection.query_row(&query, [], |row| row.get::<_, i64>(0)).map_err(failure::sqlite)
        };
        let (next_entry, next_slot_value, next_large_value) =
            (next("journal")?, next("slot_values")?, next("large_values")?);
        Ok(Self { connection, epoch, slug: slug.to_owned(), next_entry, next_slot_value, next_large_value })
    }

    /// Serves until nobody can ask any more.
    pub(super) fn serve(mut self, requests: &mpsc::Receiver<Request>) {
        while let Ok(first) = requests.recv() {
            let mut writes = Vec::new();
            let mut reads = Vec::new();
            let mut next = Some(first);
            while let Some(request) = next {
                match request {
                    Request::Create(run, answer) => writes.push(Write::Create(run, answer)),
                    Request::Commit(commit, answer) => writes.push(Write::Commit(commit, answer)),
                    Request::Load(..)
                    | Request::CancelRequests(_)
                    | Request::DueRuns(..)
                    | Request::NextWake(_)
                    | Request::SignalsFor(..) => reads.push(request),
                }
                next = if writes.len() < GROUP_MAX { requests.try_recv().ok() } else { None };
            }
            self.write(writes);
            for read in reads {
                self.read(read);
            }
        }
    }

    /// Writes a group. When the group fails as a whole, each of its members gets a transaction of its own, so that one
    /// that cannot be written does not take others with it.
    fn write(&mut self, writes: Vec<Write>) {
        if writes.is_empty() {
            return;
        }
        let refused = |error: StoreError| writes.iter().map(|_| Written::Refused(error.clone())).collect();
        let written = match self.transaction(&writes) {
            Ok(written) => written,
            Err(Failure::Of(_)) if writes.len() > 1 => {
                for write in writes {
                    self.write(vec![write]);
                }
                return;
            }
            Err(Failure::Of(error) | Failure::Any(error)) => refused(error),
        };
        for (write, written) in writes.into_iter().zip(written) {
            answer(write, written);
        }
    }

    /// All of them or none.
    fn transaction(&mut self, writes: &[Write]) -> Result<Vec<Written>, Failure> {
        self.execute("BEGIN IMMEDIATE").map_err(Failure::Any)?;
        let written = self.apply_all(writes).and_then(|written| {
            self.execute("COMMIT").map_err(Failure::Of)?;
            Ok(written)
        });
        // Some failures end the transaction by themselves.
        if written.is_err() && !self.connection.is_autocommit() {
            self.execute("ROLLBACK").map_err(Failure::Any)?;
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
            Write::Create(run, _) => self.create(run),
            Write::Commit(commit, _) => self.commit(commit),
        };
        let written: rusqlite::Result<Vec<Written>> = writes.iter().map(apply).collect();
        written.map_err(|error| Failure::Of(failure::sqlite(error)))
    }

    fn create(&mut self, run: &PlannedRun) -> rusqlite::Result<Written> {
        let slug = run.child.as_ref().map_or(self.slug.as_str(), |child| child.flow.as_str()).to_owned();
        if let Some(child) = &run.child
            && let Some((id, revision)) = children::of_call(&self.connection, child)?
        {
            let placed = vec![None; run.checkpoint.slots.len()];
            return Ok(created(&slug, id, Committed { revision: revision as u64, placed }));
        }
        if let Some(refusal) = self.refused_key(0, &run.checkpoint)? {
            return Ok(refusal);
        }
        let (slots, placed) = self.place_slots(&run.checkpoint)?;
        let entry = self.next_entry;
        let sql = "INSERT INTO runs (status, revision, first_entry, last_entry, version, started_by, state, steps, \
                   started_ms, updated_ms, progress, slots) VALUES (?1, 1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)";
        self.connection.prepare_cached(sql)?.execute(params![
            status_of(&run.checkpoint).word(),
            entry,
            run.version,
            run.trigger,
            run.checkpoint.state,
            run.checkpoint.steps as i64,
            run.at_ms,
            run.checkpoint.progress,
            slots,
        ])?;
        let id = self.connection.last_insert_rowid();
        self.insert_slot_values(id, &run.checkpoint, &placed)?;
        self.insert_entry(id, None, &run.started)?;
        if let Some(child) = &run.child {
            children::insert(&self.connection, id, child)?;
        }
        if let Some(parked) = &run.checkpoint.parked {
            waits::park(&self.connection, id, parked)?;
        }
        Ok(created(&slug, id, Committed { revision: 1, placed }))
    }

    /// The refusal of a checkpoint that waits under a key which another run waits under.
    fn refused_key(&self, run: i64, checkpoint: &PlannedCheckpoint) -> rusqlite::Result<Option<Written>> {
        let wait = checkpoint.parked.as_ref().and_then(|parked| parked.wait.as_ref());
        let Some(key) = wait.and_then(|wait| wait.key.as_ref()) else { return Ok(None) };
        let holder = waits::holder(&self.connection, key, run)?;
        let error = holder.map(|holder| StoreError::DuplicateWaitKey { key: key.clone(), holder });
        Ok(error.map(Written::Refused))
    }

    fn commit(&mut self, commit: &PlannedCommit) -> rusqlite::Result<Written> {
        let id = commit.run.0 as i64;
        let Some((previous, was_parked)) = self.position(id, commit.revision)? else {
            return self.refusal(commit.run);
        };
        if !waits::are_there(&self.connection, &commit.consumed)? {
            return Ok(Written::Refused(StoreError::Conflict { run: commit.run }));
        }
        if let PlannedChange::Progress(checkpoint) = &commit.change
            && let Some(refusal) = self.refused_key(id, checkpoint)?
        {
            return Ok(refusal);
        }
        // The chain ends where it did when the commit has no entries.
        let last = match commit.entries.len() as i64 {
            0 => previous,
            count => self.next_entry + count - 1,
        };
        waits::consume(&self.connection, &commit.consumed)?;
        let mut placed = Vec::new();
        match &commit.change {
            PlannedChange::Progress(checkpoint) => {
                placed = self.progress(id, last, commit.at_ms, checkpoint, was_parked)?;
            }
            PlannedChange::End(status, steps) => self.end(id, last, commit.at_ms, *status, *steps)?,
            PlannedChange::Attention { code, message } => {
                let sql = "UPDATE runs SET revision = revision + 1, last_entry = ?2, updated_ms = ?3, \
                           attention_code = ?4, attention_message = ?5 WHERE id = ?1";
                let values = params![id, last, commit.at_ms, code, message];
                self.connection.prepare_cached(sql)?.execute(values)?;
            }
        }
        let mut previous = Some(previous);
        for entry in &commit.entries {
            previous = Some(self.insert_entry(id, previous, entry)?);
        }
        waits::send(&self.connection, &commit.sent, commit.at_ms)?;
        Ok(Written::Committed(Committed { revision: commit.revision + 1, placed }))
    }

    /// Moves a run on. Only a run that parks, or was parked, costs more than its own row.
    fn progress(
        &mut self,
        id: i64,
        last: i64,
        at_ms: i64,
        checkpoint: &PlannedCheckpoint,
        was_parked: bool,
    ) -> rusqlite::Result<Vec<Option<ValueRef>>> {
        let (slots, placed) = self.place_slots(checkpoint)?;
        let sql = "UPDATE runs SET revision = revision + 1, last_entry = ?2, state = ?3, steps = ?4, \
                   updated_ms = ?5, attention_code = NULL, attention_message = NULL, progress = ?6, \
                   slots = ?7 WHERE id = ?1";
        let steps = checkpoint.steps as i64;
        let values = params![id, last, checkpoint.state, steps, at_ms, checkpoint.progress, slots];
        self.connection.prepare_cached(sql)?.execute(values)?;
        self.insert_slot_values(id, checkpoint, &placed)?;
        if was_parked {
            waits::unpark(&self.connection, id, checkpoint.parked.as_ref())?;
        }
        if let Some(parked) = &checkpoint.parked {
            waits::park(&self.connection, id, parked)?;
        }
        if was_parked != checkpoint.parked.is_some() {
            let sql = "UPDATE runs SET status = ?2 WHERE id = ?1";
            self.connection.prepare_cached(sql)?.execute(params![id, status_of(checkpoint).word()])?;
        }
        Ok(placed)
    }

    /// The end of the run's chain and whether it is parked, if the run is open and at the revision.
    fn position(&self, id: i64, revision: u64) -> rusqlite::Result<Option<(i64, bool)>> {
        let sql = "SELECT last_entry, status = 'waiting' FROM runs WHERE id = ?1 AND revision = ?2 AND ended_ms IS NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.query_row(params![id, revision as i64], |row| Ok((row.get(0)?, row.get(1)?))).optional()
    }

    fn refusal(&self, run: RunNumber) -> rusqlite::Result<Written> {
        let sql = "SELECT count(*) FROM runs WHERE id = ?1";
        let found: i64 = self.connection.query_row(sql, [run.0 as i64], |row| row.get(0))?;
        let error = if found == 0 { StoreError::RunNotFound { run } } else { StoreError::Conflict { run } };
        Ok(Written::Refused(error))
    }

    fn end(
        &self,
        id: i64,
        last: i64,
        at_ms: i64,
        status: RunStatus,
        steps: Option<u64>,
    ) -> rusqlite::Result<()> {
        let (empty, steps) = (write_row(std::iter::empty()), steps.map(|steps| steps as i64));
        let sql = "UPDATE runs SET revision = revision + 1, status = ?2, last_entry = ?3, updated_ms = ?4, \
                   ended_ms = ?4, attention_code = NULL, attention_message = NULL, slots = ?5, \
                   steps = coalesce(?6, steps) WHERE id = ?1";
        self.connection.prepare_cached(sql)?.execute(params![
            id,
            status.word(),
            last,
            at_ms,
            empty,
            steps
        ])?;
        self.connection.prepare_cached("DELETE FROM inbox WHERE run = ?1")?.execute([id])?;
        waits::close(&self.connection, id)
    }

    /// Gives each slot its place: the bytes of the row, and the places of the slots that are not in it.
    fn place_slots(
        &mut self,
        checkpoint: &PlannedCheckpoint,
    ) -> rusqlite::Result<(Vec<u8>, Vec<Option<ValueRef>>)> {
        let mut placed = Vec::with_capacity(checkpoint.slots.len());
        for (_, planned) in &checkpoint.slots {
            placed.push(match planned {
                Planned::Here(_) => None,
                Planned::Stored(place) => Some(*place),
                Planned::Apart(_) => {
                    let id = self.next_slot_value;
                    self.next_slot_value += 1;
                    Some(ValueRef { table: SLOT_VALUES, id })
                }
                Planned::Large(bytes, hash) => {
                    Some(ValueRef { table: LARGE_VALUES, id: self.large_value(bytes, hash)? })
                }
            });
        }
        let slots = checkpoint.slots.iter().zip(&placed).map(|((name, planned), place)| {
            let slot = match (planned, place) {
                (Planned::Here(bytes), _) => RowSlot::Here(bytes),
                (_, Some(place)) => RowSlot::Placed(*place),
                (_, None) => RowSlot::Here(&[]),
            };
            (name.as_str(), slot)
        });
        Ok((write_row(slots), placed))
    }

    fn insert_slot_values(
        &self,
        run: i64,
        checkpoint: &PlannedCheckpoint,
        placed: &[Option<ValueRef>],
    ) -> rusqlite::Result<()> {
        for ((_, planned), place) in checkpoint.slots.iter().zip(placed) {
            if let (Planned::Apart(bytes), Some(place)) = (planned, place) {
                let sql = "INSERT INTO slot_values (id, run, bytes) VALUES (?1, ?2, ?3)";
                self.connection.prepare_cached(sql)?.execute(params![place.id, run, &**bytes])?;
            }
        }
        Ok(())
    }

    /// The row of a large value, written when it is new.
    fn large_value(&mut self, bytes: &[u8], hash: &[u8; 32]) -> rusqlite::Result<i64> {
        let sql = "SELECT id FROM large_values WHERE hash = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        if let Some(id) = statement.query_row([hash], |row| row.get(0)).optional()? {
            return Ok(id);
        }
        let id = self.next_large_value;
        self.next_large_value += 1;
        let sql = "INSERT INTO large_values (id, hash, bytes) VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(sql)?.execute(params![id, hash, bytes])?;
        Ok(id)
    }

    fn insert_entry(
        &mut self,
        run: i64,
        previous: Option<i64>,
        entry: &PlannedEntry,
    ) -> rusqlite::Result<i64> {
        let (payload, large): (Option<&[u8]>, Option<i64>) = match &entry.payload {
            None | Some(Planned::Stored(_)) => (None, None),
            Some(Planned::Here(bytes) | Planned::Apart(bytes)) => (Some(bytes), None),
            Some(Planned::Large(bytes, hash)) => (None, Some(self.large_value(bytes, hash)?)),
        };
        let id = self.next_entry;
        self.next_entry += 1;
        let sql = "INSERT INTO journal (id, run, previous, head, payload, large_value) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![id, run, previous, entry.head, payload, large];
        self.connection.prepare_cached(sql)?.execute(values)?;
        Ok(id)
    }

    fn read(&self, request: Request) {
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
            Request::Create(..) | Request::Commit(..) => {}
        }
    }
}

fn status_of(checkpoint: &PlannedCheckpoint) -> RunStatus {
    if checkpoint.parked.is_some() { RunStatus::Waiting } else { RunStatus::Running }
}

fn created(slug: &str, id: i64, committed: Committed) -> Written {
    let run = RunNumber(id as u64);
    Written::Created(Created { run, workflow_id: workflow_id(slug, run), committed })
}

fn answer(write: Write, written: Written) {
    // Nobody waits any more when the send fails; what was committed stays committed.
    match (write, written) {
        (Write::Create(_, answer), Written::Created(created)) => drop(answer.send(Ok(created))),
        (Write::Commit(_, answer), Written::Committed(committed)) => drop(answer.send(Ok(committed))),
        (Write::Create(_, answer), Written::Refused(error)) => drop(answer.send(Err(error))),
        (Write::Commit(_, answer), Written::Refused(error)) => drop(answer.send(Err(error))),
        (Write::Create(..), Written::Committed(_)) | (Write::Commit(..), Written::Created(_)) => {}
    }
}
