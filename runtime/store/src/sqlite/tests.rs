//! What cannot be brought about from outside: a disk that is full, formats of older executables, damage.

use std::io::ErrorKind;
use std::sync::Arc;

use breyta_core::Value;
use breyta_engine::conformance::sample::{SLUG, Sample, Script};
use breyta_engine::journal::{Encoded, Event};
use breyta_engine::store::{ClosePolicy, Observer, RunFilter, RunNumber, Store, WaitFilter};
use breyta_engine::{Engine, Limits, RunEnd};
use rusqlite::params;

use super::*;

mod growing;
mod plans;

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let directory = tempfile::tempdir().unwrap();
    let (flights, _) = super::flights::Flights::open(directory.path()).unwrap();
    let (connection, epoch) = schema::open_owned(&path(directory.path()), SLUG, &[]).unwrap();
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages + 12).unwrap();
    let lock = directory::own(directory.path()).unwrap();
    let store =
        Arc::new(SqliteStore::serve(lock, flights, connection, epoch, directory.path(), SLUG).unwrap());
    let engine = |store: Arc<SqliteStore>| {
        Engine::new(Arc::new(Sample), store, Arc::new(Script::default()), Limits::default()).unwrap()
    };
    let input = Value::string("x".repeat(20_000));
    let refused = wait(engine(store.clone()).run(input.clone(), "manual")).unwrap_err();
    assert_eq!(refused.code(), "store-full");
    let run = RunNumber(1);
    let before = (store.find_run(run).unwrap(), store.journal(run).unwrap());
    let small = wait(engine(store.clone()).start(Value::Nil, "manual"));
    assert!(small.is_ok(), "what fits is still written: {small:?}");
    drop(store);

    let store = Arc::new(SqliteStore::open(directory.path(), SLUG).unwrap());
    assert_eq!((store.find_run(run).unwrap(), store.journal(run).unwrap()), before);
    let end = wait(engine(store).drive("r1")).unwrap();
    let RunEnd::Completed(result) = end else { panic!("{end:?}") };
    assert_eq!(result.field("input"), Some(&input));
}

#[test]
fn files_that_cannot_be_written_have_their_codes() {
    let check = |kind: ErrorKind, code| {
        let error = failure::io(Path::new("data"), &kind.into());
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains("data: "), "{error}");
    };
    check(ErrorKind::PermissionDenied, "store-read-only");
    check(ErrorKind::ReadOnlyFilesystem, "store-read-only");
    check(ErrorKind::StorageFull, "store-full");
    check(ErrorKind::NotADirectory, "store-io");
}

#[test]
fn a_directory_that_is_none_is_no_empty_store() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(SqliteReader::open(&file).unwrap_err().code(), "store-io");
    assert_eq!(SqliteReader::open(directory.path()).unwrap_err().code(), "store-missing");
}

#[test]
fn the_slots_of_a_row_must_be_stable() {
    let place = breyta_engine::store::ValueRef { table: plan::LARGE_VALUES, id: 300 };
    let slots = || [("a", plan::RowSlot::Here(b"xy")), ("bc", plan::RowSlot::Placed(place))];
    let row = plan::write_row(slots().into_iter());
    assert_eq!(row, b"\x01\x02\x01a\x00\x02xy\x02bc\x02\xac\x02");
    let expected: Vec<_> = slots().into_iter().map(|(name, slot)| (name.to_owned(), slot)).collect();
    assert_eq!(plan::read_row(&row), Ok(expected));
    for length in 0..row.len() {
        assert!(plan::read_row(&row[..length]).is_err(), "cut to {length} bytes");
    }
}

/// A database as the first format had it, with one run that stands at `start`.
fn first_format(directory: &Path) -> Connection {
    let connection = Connection::open(path(directory)).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch(include_str!("../../migrations/001_runs.sql")).unwrap();
    connection.pragma_update(None, "application_id", 0x4252_4559).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
    let meta = "INSERT INTO meta (key, value) VALUES ('slug', ?1), ('epoch', 7)";
    connection.execute(meta, [SLUG]).unwrap();
    let event = Event::RunStarted { version: "v1".to_owned(), trigger: "manual".to_owned() };
    let input = b"\x01\x03\x06";
    let head = Encoded::new(1, &event, None).head;
    let entry = "INSERT INTO journal (id, run, previous, head, payload) VALUES (1, 1, NULL, ?1, ?2)";
    connection.execute(entry, params![head, input]).unwrap();
    let slots = plan::write_row([("input", plan::RowSlot::Here(input))].into_iter());
    let run = "INSERT INTO runs (status, revision, first_entry, last_entry, version, started_by, state, steps, \
               started_ms, updated_ms, progress, slots) \
               VALUES ('running', 1, 1, 1, 'v1', 'manual', 'start', 0, 1, 1, x'0101', ?1)";
    connection.execute(run, [slots]).unwrap();
    connection
}

#[test]
fn older_formats_are_brought_forward() {
    let directory = tempfile::tempdir().unwrap();
    drop(first_format(directory.path()));
    let store = SqliteStore::open(directory.path(), SLUG).unwrap();
    let state = wait(store.load_run(RunNumber(1))).unwrap().unwrap();
    assert_eq!((state.state.as_str(), state.slots.len(), state.parked), ("start", 1, None));
    assert_eq!(store.find_run(RunNumber(1)).unwrap().unwrap().input, Value::Int(3));
    assert_eq!(store.open_waits(&WaitFilter::default()), Ok(Vec::new()));
}

#[test]
fn children_of_older_formats_are_asked_to_end() {
    let directory = tempfile::tempdir().unwrap();
    let connection = first_format(directory.path());
    let later = [
        include_str!("../../migrations/002_waits.sql"),
        include_str!("../../migrations/003_admission.sql"),
        include_str!("../../migrations/004_deaths.sql"),
    ];
    for migration in later {
        connection.execute_batch(migration).unwrap();
    }
    connection.pragma_update(None, "user_version", 4).unwrap();
    let child = "INSERT INTO children (run, parent, call, flow) VALUES (1, 77, 'call#1', 'other')";
    connection.execute(child, []).unwrap();
    drop(connection);
    let store = SqliteStore::open(directory.path(), SLUG).unwrap();
    let child = wait(store.load_run(RunNumber(1))).unwrap().unwrap().child;
    assert_eq!(child.map(|child| child.on_close), Some(ClosePolicy::RequestCancel));
}

#[test]
fn looking_brings_no_format_forward() {
    let directory = tempfile::tempdir().unwrap();
    drop(first_format(directory.path()));
    assert_eq!(SqliteReader::open(directory.path()).unwrap_err().code(), "store-older-format");
    drop(SqliteStore::open(directory.path(), SLUG).unwrap());
    assert_eq!(SqliteReader::open(directory.path()).unwrap().slug(), SLUG);
}

#[test]
fn a_process_killed_while_it_migrates_leaves_the_old_format() {
    let directory = tempfile::tempdir().unwrap();
    let mut dying = first_format(directory.path());
    let transaction = dying.transaction().unwrap();
    transaction.execute_batch(include_str!("../../migrations/002_waits.sql")).unwrap();
    transaction.pragma_update(None, "user_version", 2).unwrap();
    // What the disk holds when the process dies here.
    let left = tempfile::tempdir().unwrap();
    for file in ["store.sqlite", "store.sqlite-wal"] {
        let from = directory.path().join(file);
        if from.exists() {
            std::fs::copy(from, left.path().join(file)).unwrap();
        }
    }
    drop(transaction);
    let old = Connection::open(path(left.path())).unwrap();
    assert_eq!(old.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)), Ok(1));
    drop(old);
    let store = SqliteStore::open(left.path(), SLUG).unwrap();
    assert_eq!(wait(store.load_run(RunNumber(1))).unwrap().map(|state| state.revision), Some(1));
}

#[test]
fn values_that_are_not_live_leave_the_store() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path(), SLUG).unwrap());
    let engine = Engine::new(Arc::new(Sample), store.clone(), Arc::new(Script::default()), Limits::default());
    let input = Value::string("x".repeat(20_000));
    let end = wait(engine.unwrap().run(input, "manual")).unwrap().1;
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
    let reader = Connection::open(path(directory.path())).unwrap();
    let count = |table: &str| {
        reader.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0))
    };
    assert_eq!(count("slot_values"), Ok(0));
}

#[test]
fn a_log_without_its_database_is_not_the_next_one_s() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("store.sqlite-wal");
    let store = Arc::new(SqliteStore::open(directory.path(), SLUG).unwrap());
    let engine = Engine::new(Arc::new(Sample), store.clone(), Arc::new(Script::default()), Limits::default());
    wait(engine.unwrap().start(Value::Nil, "manual")).unwrap();
    let left = std::fs::read(&log).unwrap();
    drop(store);
    std::fs::remove_file(path(directory.path())).unwrap();
    std::fs::write(&log, left).unwrap();
    let store = SqliteStore::open(directory.path(), SLUG).unwrap();
    assert_eq!(store.list_runs(&RunFilter::default()), Ok(Vec::new()));
    assert!(wait(store.load_run(RunNumber(1))).unwrap().is_none());
}
