//! Collections that grow from step to step: what is written for a step, what is left, and parts that are missing.

use std::sync::Mutex;

use breyta_core::{Budget, Thrown, Vector};
use breyta_engine::error::StepError;
use breyta_engine::frame::Frame;
use breyta_engine::machine::{Action, Machine, Origin, Outcome, Program, State, StateIndex, StepCall};
use breyta_engine::world::{CommitMoment, StepRequest, World};

use super::*;

const ORIGIN: Origin = Origin { file: "growing.edn", line: 1, form: "(loop …" };
const ALL: usize = 0;
const PAGE: usize = 1;

static MACHINE: Machine = Machine {
    states: &[
        State { name: "start", live: &[ALL], result: Some(ALL), handler: None, origin: ORIGIN },
        State { name: "page", live: &[ALL, PAGE], result: Some(PAGE), handler: None, origin: ORIGIN },
    ],
    slots: &["all", "page"],
};

/// Puts what each step gives behind its input, so many times; then it ends, or fails. The input is a vector, or a map of
/// `:pages`, a vector, to which `:last` comes.
struct Growing {
    steps: usize,
    fails: bool,
}

impl Program for Growing {
    fn slug(&self) -> &str {
        SLUG
    }

    fn version(&self) -> &'static str {
        "v1"
    }

    fn machine(&self) -> &Machine {
        &MACHINE
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        let mut whole = frame.take(ALL);
        let page = if state > 0 { Some(frame.take(PAGE)) } else { None };
        let len = match &mut whole {
            Value::Vector(all) => {
                if let Some(page) = page {
                    all.push(page);
                }
                all.len()
            }
            Value::Map(map) => {
                let mut pages = std::mem::take(map.entry(Value::keyword("pages"), Value::Nil));
                let Value::Vector(all) = &mut pages else { panic!("the pages are a vector") };
                if let Some(page) = &page {
                    all.push(page.clone());
                }
                let len = all.len();
                map.insert(Value::keyword("pages"), pages);
                map.insert(Value::keyword("last"), page.unwrap_or_default());
                len
            }
            _ => panic!("it begins with a vector or a map"),
        };
        frame.set(ALL, whole);
        if len < self.steps {
            let (point, config) = ("page", Value::Nil);
            return Ok(Action::Step(StepCall {
                point,
                family: "http",
                step: point,
                config,
                next: 1,
                handler: None,
            }));
        }
        if self.fails {
            Err(Thrown::info("it has enough", breyta_core::Map::new()))
        } else {
            Ok(Action::Done(Value::Int(len as i64)))
        }
    }

    fn call(&self, _: &str, _: &mut Budget, _: &mut [Value]) -> Option<Result<Value, Thrown>> {
        None
    }
}

/// What the store has after a commit: the newest row of `slot_values`, their bytes, and the bytes of the run's row.
type Written = (i64, i64, i64);

/// A state with so many pages in it.
fn state_of(pages: usize) -> Value {
    let pages: Vector = (0..pages).map(|at| Value::string(format!("{at:01000}"))).collect();
    let mut state = breyta_core::Map::new();
    state.insert_keyword("pages", Value::Vector(pages));
    Value::Map(state)
}

struct Pages {
    reader: Mutex<Connection>,
    written: Mutex<Vec<Written>>,
    bytes: usize,
}

impl World for Pages {
    fn now_ms(&self) -> i64 {
        1
    }

    fn random(&self) -> u64 {
        1
    }

    fn execute<'a>(&'a self, _: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        Box::pin(std::future::ready(Ok(Value::string("p".repeat(self.bytes)))))
    }

    fn at_commit(&self, _: u64, moment: CommitMoment) {
        if moment == CommitMoment::After {
            let sql = "SELECT coalesce(max(slot_values.id), 0), coalesce(sum(length(slot_values.bytes)), 0), \
                       (SELECT length(slots) FROM runs ORDER BY id DESC LIMIT 1) FROM slot_values";
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
            let written = self.reader.lock().unwrap().query_row(sql, [], read).unwrap();
            self.written.lock().unwrap().push(written);
        }
    }
}

fn engine(directory: &Path, program: Growing, bytes: usize) -> (Engine, Arc<Pages>) {
    let store = Arc::new(SqliteStore::open(directory, SLUG).unwrap());
    let reader = Mutex::new(Connection::open(path(directory)).unwrap());
    let world = Arc::new(Pages { reader, written: Mutex::default(), bytes });
    let limits = Limits { http_requests_max: 10_000, ..Limits::default() };
    (Engine::new(Arc::new(program), store, world.clone(), limits).unwrap(), world)
}

/// Runs one over a directory.
fn run(directory: &Path, program: Growing, input: Value, bytes: usize) -> (RunEnd, Vec<Written>) {
    let (engine, world) = engine(directory, program, bytes);
    let (_, end) = wait(engine.run(input, "manual")).unwrap();
    let written = world.written.lock().unwrap().clone();
    (end, written)
}

fn count(directory: &Path, table: &str) -> i64 {
    let connection = Connection::open(path(directory)).unwrap();
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn a_step_writes_what_is_new_however_much_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let (steps, bytes) = (1_000, 1_000);
    let program = Growing { steps, fails: false };
    let (end, written) = run(directory.path(), program, Value::Vector(Vector::new()), bytes);
    assert_eq!(end, RunEnd::Completed(Value::Int(1_000)));
    let steps: Vec<Written> = written
        .windows(2)
        .map(|pair| (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1, pair[1].2))
        .take(steps - 1)
        .collect();
    for (number, (rows, bytes, row)) in steps.iter().enumerate().skip(10) {
        assert!(*rows <= 1 && *bytes < 3_000 && *row < 3_000, "step {number}: {rows}, {bytes}, {row}");
    }
    let last = |from: usize| {
        let some = &steps[from..from + 100];
        let sum: i64 = some.iter().map(|(_, bytes, row)| bytes + row).sum();
        (sum, some.iter().map(|(rows, ..)| rows).sum::<i64>())
    };
    // The row has the number of the newest part, which takes a byte more in the end.
    assert!(last(800).0 - last(100).0 < 500, "{:?} and {:?}", last(100), last(800));
    assert_eq!(last(800).1, last(100).1);
    assert_eq!(count(directory.path(), "slot_values"), 0, "nothing is left of it");
}

#[test]
fn a_state_that_grows_is_stored_whole_now_and_then() {
    let directory = tempfile::tempdir().unwrap();
    let steps = 1_000;
    let (end, written) = run(directory.path(), Growing { steps, fails: true }, state_of(0), 1_000);
    assert!(matches!(end, RunEnd::Failed(_)), "{end:?}");
    let mut written = written.windows(2).take(2 * (steps - 1)).skip(20);
    let grew = |pair: &[Written]| (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1, pair[1].2);
    // Whole, it takes the place of what was there before: never much more.
    assert!(written.clone().map(grew).all(|(rows, bytes, row)| rows <= 1 && bytes < 3_000 && row < 5_000));
    let all = written.clone().map(grew).filter(|(rows, ..)| *rows == 1).count();
    let kept = count(directory.path(), "slot_values");
    assert!(all > 450 && kept < 300, "{kept} of {all} parts: the others went when it was stored whole");
    let stored = written.next_back().unwrap()[1].1;
    let store = SqliteStore::open(directory.path(), SLUG).unwrap();
    let state = wait(store.load_run(RunNumber(1))).unwrap().unwrap();
    let all = state.slots.first().unwrap().value().unwrap();
    let pages = all.field("pages").and_then(Value::as_sequential).map(Vector::len);
    assert_eq!(pages, Some(steps - 1), "the last checkpoint");
    assert_eq!(store.reader.examine().unwrap().problems, Vec::<String>::new());
    assert!(stored < 3 * 1_000 * steps as i64, "{stored}");
}

#[test]
fn a_state_goes_on_growing_after_its_process_died() {
    let directory = tempfile::tempdir().unwrap();
    let (end, _) = run(directory.path(), Growing { steps: 40, fails: true }, state_of(30), 300);
    assert!(matches!(end, RunEnd::Failed(_)), "{end:?}");
    let before = count(directory.path(), "slot_values");
    let (engine, _) = engine(directory.path(), Growing { steps: 60, fails: true }, 300);
    wait(engine.reopen("r1")).unwrap();
    assert!(matches!(wait(engine.drive("r1")), Ok(RunEnd::Failed(_))));
    let state = wait(engine.store().load_run(RunNumber(1))).unwrap().unwrap();
    let slot = state.slots.first().unwrap();
    let pages = slot.value().unwrap().field("pages").and_then(Value::as_sequential).map(Vector::len);
    assert_eq!(pages, Some(59));
    assert!(slot.bytes.len() < 40_000 && slot.grown.len() > 5, "its parts stand behind those before");
    assert_eq!(count(directory.path(), "slot_values"), slot.grown.len() as i64 + 1, "{before} before");
}

#[test]
fn what_has_grown_is_pruned_whole() {
    let directory = tempfile::tempdir().unwrap();
    let input: Vector = (0..100).map(|at| Value::string(format!("{at:01000}"))).collect();
    for bytes in [300, 70_000] {
        let program = Growing { steps: 110, fails: true };
        let (end, _) = run(directory.path(), program, Value::Vector(input.clone()), bytes);
        assert!(matches!(end, RunEnd::Failed(_)), "{end:?}");
    }
    assert_eq!(count(directory.path(), "large_values"), 2, "the input once, and the large page");
    let parts = count(directory.path(), "slot_values");
    assert!(parts > 10, "{parts}");
    let store = SqliteStore::open(directory.path(), SLUG).unwrap();
    let state = wait(store.load_run(RunNumber(2))).unwrap().unwrap();
    let all = state.slots.first().unwrap().value().unwrap();
    assert_eq!(all.as_sequential().map(Vector::len), Some(109), "the last checkpoint");
    assert_eq!(store.reader.examine().unwrap().problems, Vec::<String>::new());
    let pruned = wait(store.prune(i64::MAX, 1)).unwrap();
    assert_eq!(pruned.runs, 1);
    let state = wait(store.load_run(RunNumber(2))).unwrap().unwrap();
    assert_eq!(
        state.slots.first().unwrap().value().unwrap(),
        all,
        "the other run holds what both began with"
    );
    wait(store.prune(i64::MAX, 10)).unwrap();
    drop(store);
    for table in ["runs", "journal", "slot_values", "large_values"] {
        assert_eq!(count(directory.path(), table), 0, "{table}");
    }
}

#[test]
fn a_missing_part_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    let program = Growing { steps: 40, fails: true };
    let (_, written) = run(directory.path(), program, Value::Vector(Vector::new()), 1_000);
    let last = written.last().unwrap().0;
    let connection = Connection::open(path(directory.path())).unwrap();
    connection.execute("DELETE FROM slot_values WHERE id = ?1", [last - 5]).unwrap();
    drop(connection);
    let store = SqliteStore::open(directory.path(), SLUG).unwrap();
    let problems = store.reader.examine().unwrap().problems;
    assert_eq!(problems, ["run r1: the value of `all` is missing"]);
    assert_eq!(wait(store.load_run(RunNumber(1))).unwrap_err().code(), "store-corrupt");
}
