//! SQLite is a store, refuses what is not its own, and lets other processes look and ask.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use breyta_core::Value;
use breyta_engine::conformance::{self, StoreHarness, sample};
use breyta_engine::error::StepError;
use breyta_engine::store::{CancelAnswer, CommandAnswer, Observer, RunFilter, RunNumber, Store, StoreError};
use breyta_engine::world::{BoxFuture, StepRequest, World};
use breyta_engine::{Engine, Limits, RunEnd};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{SqliteReader, SqliteStore};

struct Harness {
    directory: TempDir,
    store: Arc<SqliteStore>,
}

fn harness() -> Harness {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    Harness { directory, store: Arc::new(store) }
}

fn open(directory: &Path) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(directory, sample::SLUG)
}

impl StoreHarness for Harness {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// What the dead process had handed to the kernel is there; its locks and its shared memory are not.
    fn crash(&mut self) {
        let next = tempfile::tempdir().unwrap();
        for file in ["store.sqlite", "store.sqlite-wal", "in-flight"] {
            let from = self.directory.path().join(file);
            if from.exists() {
                fs::copy(from, next.path().join(file)).unwrap();
            }
        }
        self.store = Arc::new(open(next.path()).unwrap());
        self.directory = next;
    }
}

#[test]
fn conformance() {
    conformance::all(&|| Box::new(harness()));
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn engine(store: Arc<dyn Store>, world: Arc<dyn World>) -> Engine {
    let limits = Limits { cancel_poll_ms: 2, ..Limits::default() };
    Engine::new(Arc::new(sample::Sample), store, world, limits).unwrap()
}

fn run(store: Arc<dyn Store>, input: Value) -> RunEnd {
    wait(engine(store, Arc::new(sample::Script::default())).run(input, "manual")).unwrap().1
}

/// Opening the directory is refused with this code, by the owner and (where it says so) by readers.
#[track_caller]
fn check_refused(directory: &Path, owner: &str, reader: Option<&str>) -> String {
    let refused = open(directory).err().map(|error| (error.code(), error.to_string()));
    assert_eq!(refused.as_ref().map(|(code, _)| *code), Some(owner), "{refused:?}");
    let read = SqliteReader::open(directory).err().map(|error| error.code());
    assert_eq!(read, reader);
    refused.map(|(_, message)| message).unwrap_or_default()
}

#[test]
fn a_directory_has_one_owner() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("deep").join("sample");
    let first = open(&path).unwrap();
    let message = check_refused(&path, "store-locked", None);
    assert!(message.contains(&format!("process {} ", std::process::id())), "{message}");
    drop(first);
    open(&path).unwrap();
}

#[test]
fn a_directory_belongs_to_one_flow() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let refused = SqliteStore::open(directory.path(), "other").err().map(|error| error.code());
    assert_eq!(refused, Some("store-other-flow"));
    assert_eq!(SqliteReader::open(directory.path()).unwrap().slug(), sample::SLUG);
    drop(open(directory.path()).unwrap());
}

#[test]
fn newer_formats_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(open(directory.path()).unwrap());
    let connection = Connection::open(directory.path().join("store.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    check_refused(directory.path(), "store-newer-format", Some("store-newer-format"));
}

#[test]
fn other_files_are_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("store.sqlite");
    fs::write(&file, "this is no database, and long enough to be taken for one by its length alone").unwrap();
    check_refused(directory.path(), "store-corrupt", Some("store-corrupt"));
    assert!(fs::read_to_string(&file).unwrap().starts_with("this is no database"));
    fs::remove_file(&file).unwrap();
    let other = Connection::open(&file).unwrap();
    other.execute_batch("CREATE TABLE things (id INTEGER PRIMARY KEY); PRAGMA user_version = 1").unwrap();
    check_refused(directory.path(), "store-corrupt", Some("store-corrupt"));
    other.pragma_update(None, "user_version", 0).unwrap();
    check_refused(directory.path(), "store-corrupt", Some("store-corrupt"));
    let tables: i64 = other.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn readers_say_when_there_is_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let missing = |path: &Path| SqliteReader::open(path).err().map(|error| error.code());
    assert_eq!(missing(directory.path()), Some("store-missing"));
    assert_eq!(missing(&directory.path().join("nowhere")), Some("store-missing"));
    assert!(!directory.path().join("store.sqlite").exists(), "looking creates nothing");
    fs::write(directory.path().join("store.sqlite"), "").unwrap();
    assert_eq!(missing(directory.path()), Some("store-missing"));
}

#[test]
fn a_path_that_is_no_directory_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "").unwrap();
    let refused = open(&file.join("below")).err().map(|error| error.code());
    assert_eq!(refused, Some("store-io"));
}

#[test]
fn a_new_owner_ends_the_old_ones_writing() {
    let harness = harness();
    let engine = engine(harness.store(), Arc::new(sample::Script::default()));
    wait(engine.start(Value::Int(1), "manual")).unwrap();
    let other = Connection::open(harness.directory.path().join("store.sqlite")).unwrap();
    other.execute("UPDATE meta SET value = value + 1 WHERE key = 'epoch'", []).unwrap();
    assert_eq!(wait(engine.drive("r1")).unwrap_err().code(), "store-epoch-lost");
    let journal = harness.store.journal(RunNumber(1)).unwrap();
    assert_eq!(journal.len(), 1, "nothing was written after the start");
}

/// The lock is lost while its owner lives, as on a network file system, and another process opens the store.
#[test]
fn nothing_of_a_replaced_owner_is_written() {
    let harness = harness();
    let stale = engine(harness.store(), Arc::new(sample::Script::default()));
    wait(stale.start(Value::Int(1), "manual")).unwrap();
    fs::remove_file(harness.directory.path().join("lock")).unwrap();
    let new: Arc<dyn Store> = Arc::new(open(harness.directory.path()).unwrap());
    let command = new.put_command("start", Arc::from([]), 1).unwrap();
    let before = new.journal(RunNumber(1)).unwrap();

    let lost = Some("store-epoch-lost");
    let code = |error: Option<StoreError>| error.map(|error| error.code());
    assert_eq!(wait(stale.drive("r1")).unwrap_err().code(), "store-epoch-lost");
    let started = wait(stale.start(Value::Int(2), "manual"));
    assert_eq!(started.unwrap_err().code(), "store-epoch-lost");
    let answer = CommandAnswer { run: None, word: "withdrawn".to_owned(), message: None };
    assert_eq!(code(wait(harness.store.answer_command(command, answer)).err()), lost);
    assert_eq!(code(wait(harness.store.prune(i64::MAX, 10)).err()), lost);

    assert_eq!(new.journal(RunNumber(1)).unwrap(), before);
    assert_eq!(new.list_runs(&RunFilter::default()).unwrap().len(), 1);
    assert_eq!(new.command_answer(command), Ok(None));
    let end = wait(engine(new, Arc::new(sample::Script::default())).drive("r1")).unwrap();
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
}

#[test]
fn large_values_are_stored_once() {
    let harness = harness();
    let large = Value::string("x".repeat(100_000));
    for _ in 0..3 {
        let end = run(harness.store(), large.clone());
        assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
    }
    let connection = Connection::open(harness.directory.path().join("store.sqlite")).unwrap();
    let sum = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    // The input, three results built around it, and the flow's result.
    assert_eq!(sum("SELECT count(*) FROM large_values"), 5);
    assert_eq!(sum("SELECT count(*) FROM slot_values"), 0);
    assert!(sum("SELECT coalesce(max(length(payload)), 0) FROM journal") < 1_000);
}

/// A world whose first step never ends. Says when it has begun.
struct Stuck(Arc<tokio::sync::Notify>);

impl World for Stuck {
    fn now_ms(&self) -> i64 {
        5
    }

    fn random(&self) -> u64 {
        5
    }

    fn execute<'a>(&'a self, _: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        self.0.notify_one();
        Box::pin(std::future::pending())
    }
}

#[test]
fn other_processes_look_and_cancel() {
    let harness = harness();
    let begun = Arc::new(tokio::sync::Notify::new());
    let engine = Arc::new(engine(harness.store(), Arc::new(Stuck(begun.clone()))));
    let reader = SqliteReader::open(harness.directory.path()).unwrap();
    assert_eq!(reader.list_runs(&RunFilter::default()), Ok(Vec::new()));
    let end = wait(async {
        let started = engine.start(Value::Int(1), "manual").await.unwrap();
        let driving = tokio::spawn({
            let (engine, id) = (engine.clone(), started.workflow_id.clone());
            async move { engine.drive(&id).await }
        });
        begun.notified().await;
        let record = reader.find_run(started.run).unwrap().unwrap();
        assert_eq!((record.input, record.summary.workflow_id), (Value::Int(1), started.workflow_id));
        assert_eq!(reader.request_cancel(started.run, Some("enough"), 9), Ok(CancelAnswer::Requested));
        driving.await.unwrap().unwrap()
    });
    assert_eq!(end, RunEnd::Cancelled { reason: Some("enough".to_owned()) });
    let words: Vec<_> =
        reader.journal(RunNumber(1)).unwrap().iter().map(|entry| entry.event.word()).collect();
    assert_eq!(words, ["run-started", "note", "step-cancelled", "run-cancelled"]);
}

#[cfg(unix)]
#[test]
fn a_new_directory_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    drop(open(&path).unwrap());
    assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o700);
}
