//! What cannot be brought about from outside: a disk that is full, and the queries that must not read whole tables.

use std::io::ErrorKind;
use std::sync::Arc;

use breyta_core::Value;
use breyta_engine::conformance::sample::{SLUG, Sample, Script};
use breyta_engine::store::{Observer, RunFilter, RunNumber};
use breyta_engine::{Engine, Limits, RunEnd};

use super::*;

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let directory = tempfile::tempdir().unwrap();
    let (connection, epoch) = schema::open_owned(&path(directory.path()), SLUG).unwrap();
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages + 12).unwrap();
    let lock = directory::own(directory.path()).unwrap();
    let store = Arc::new(SqliteStore::serve(lock, connection, epoch, directory.path()).unwrap());
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
fn open_runs_are_found_by_their_index() {
    let directory = tempfile::tempdir().unwrap();
    let (connection, _) = schema::open_owned(&path(directory.path()), SLUG).unwrap();
    let sql = "EXPLAIN QUERY PLAN SELECT id FROM runs WHERE id < 9 AND status IN ('running') AND ended_ms IS NULL \
               ORDER BY id DESC";
    let plan: String = connection.query_row(sql, [], |row| row.get(3)).unwrap();
    assert!(plan.contains("runs_open"), "{plan}");
    let store = SqliteStore::open(directory.path(), SLUG).unwrap();
    assert_eq!(store.list_runs(&RunFilter::default()), Ok(Vec::new()));
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
