//! The embedded store. One writer owns the writing connection and groups the commits of concurrent runs into transactions;
//! everybody else makes requests to it. Reading for people goes through a connection of its own.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tokio::sync::oneshot;

use breyta_engine::store::{
    Admitted, CancelRequest, Command, CommandAnswer, CommandId, Commit, Committed, Created, EventRoute,
    NewRun, Pruned, RunNumber, RunState, SeenThrough, Signal, Store, StoreError,
};
use breyta_engine::world::BoxFuture;

use access::Access;
use writer::{Request, Write, Writer};

mod access;
mod admission;
mod children;
mod commands;
mod creation;
mod directory;
mod examination;
mod failure;
mod flights;
mod heads;
mod places;
mod plan;
mod reader;
mod retention;
mod schema;
mod waits;
mod writer;

pub use examination::Examination;
pub use reader::SqliteReader;

/// The name of the database inside a data directory.
const FILE: &str = "store.sqlite";

/// The store of the process that owns the data directory.
pub struct SqliteStore {
    access: Access,
    reader: SqliteReader,
    flights: flights::Flights,
    /// Released last, after the writer has ended.
    lock: File,
}

impl SqliteStore {
    /// Opens the data directory of a flow for writing; creates it when it is not there. Refuses with `store-locked` when
    /// another process owns it, `store-other-flow`, `store-newer-format`, `store-read-only`, `store-corrupt`.
    pub fn open(directory: &Path, slug: &str) -> Result<Self, StoreError> {
        let lock = directory::own(directory)?;
        let (flights, died) = flights::Flights::open(directory)?;
        let (connection, epoch) = schema::open_owned(&path(directory), slug, &died)?;
        flights.clear();
        Self::serve(lock, flights, connection, epoch, directory, slug)
    }

    /// Tells other processes that this one takes their commands.
    pub fn announce_serving(&self) -> Result<(), StoreError> {
        directory::announce(&self.lock).map_err(StoreError::io)
    }

    /// Puts a writer on an owned connection.
    fn serve(
        lock: File,
        flights: flights::Flights,
        connection: Connection,
        epoch: i64,
        directory: &Path,
        slug: &str,
    ) -> Result<Self, StoreError> {
        let reader = SqliteReader::of_owner(directory, slug);
        let writer = Writer::new(connection, epoch, slug)?;
        Ok(Self { access: Access::new(writer), reader, flights, lock })
    }

    /// Makes a request to the writer and waits for its answer.
    fn ask<'a, T: Send + 'a>(
        &self,
        request: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Request,
    ) -> BoxFuture<'a, Result<T, StoreError>> {
        let (sender, receiver) = oneshot::channel();
        let asked = self.access.ask(request(sender), self.flights.at_most_one());
        Box::pin(async move {
            asked?;
            receiver.await.unwrap_or_else(|_| Err(StoreError::io("the writer has stopped")))
        })
    }
}

/// Where the database of a data directory is.
fn path(directory: &Path) -> PathBuf {
    directory.join(FILE)
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.access.end();
        // To end by itself is no death.
        self.flights.clear();
    }
}

impl SeenThrough for SqliteStore {
    type Other = SqliteReader;

    fn other(&self) -> &SqliteReader {
        &self.reader
    }
}

impl Store for SqliteStore {
    fn create_run(&self, run: NewRun) -> BoxFuture<'_, Result<Created, StoreError>> {
        let planned = Box::new(plan::PlannedRun::new(run));
        self.ask(|answer| Request::Write(Write::Create(planned, answer)))
    }

    fn reserve_run(&self) -> BoxFuture<'_, Result<RunNumber, StoreError>> {
        self.ask(Request::Reserve)
    }

    fn admit_run(&self, run: Admitted) -> BoxFuture<'_, Result<Created, StoreError>> {
        let planned = Box::new(plan::PlannedAdmission::new(run));
        self.ask(|answer| Request::Write(Write::Admit(planned, answer)))
    }

    fn commands(&self) -> BoxFuture<'_, Result<Vec<Command>, StoreError>> {
        self.ask(Request::Commands)
    }

    fn answer_command(
        &self,
        command: CommandId,
        answer: CommandAnswer,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        self.ask(|sender| Request::Write(Write::AnswerCommand(command, answer, sender)))
    }

    fn prune(&self, before_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Pruned, StoreError>> {
        self.ask(|answer| Request::Write(Write::Prune(before_ms, count_max, answer)))
    }

    fn begin(&self, run: RunNumber, revision: u64) {
        self.flights.begin(run, revision);
    }

    fn rest(&self, run: RunNumber) {
        self.flights.end(run);
    }

    fn load_run(&self, run: RunNumber) -> BoxFuture<'_, Result<Option<RunState>, StoreError>> {
        self.ask(|answer| Request::Load(run, answer))
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, StoreError>> {
        let planned = Box::new(plan::PlannedCommit::new(commit));
        self.ask(|answer| Request::Write(Write::Commit(planned, answer)))
    }

    fn cancel_requests(&self) -> BoxFuture<'_, Result<Vec<CancelRequest>, StoreError>> {
        self.ask(Request::CancelRequests)
    }

    fn due_runs(&self, now_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Vec<RunNumber>, StoreError>> {
        self.ask(|answer| Request::DueRuns(now_ms, count_max, answer))
    }

    fn next_wake(&self) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        self.ask(Request::NextWake)
    }

    fn signals_for(
        &self,
        run: RunNumber,
        wait_id: &str,
        key: Option<&str>,
        event: Option<&EventRoute>,
    ) -> BoxFuture<'_, Result<Vec<Signal>, StoreError>> {
        let wait = waits::Address::new(wait_id, key, event);
        self.ask(|answer| Request::SignalsFor(run, wait, answer))
    }
}

#[cfg(test)]
mod tests;
