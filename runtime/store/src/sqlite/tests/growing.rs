//! Vectors that grow from step to step: what is written for a step, what is left, and parts that are missing.

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

/// Puts what each step gives behind its input, so many times; then it ends, or fails.
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
        let Value::Vector(mut all) = frame.take(ALL) else { panic!("it begins with a vector") };
        if state > 0 {
            all.push(frame.take(PAGE));
        }
        let len = all.len();
        frame.set(ALL, Value::Vector(all));
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

/// Runs one over a directory.
fn run(directory: &Path, program: Growing, input: Value, bytes: usize) -> (RunEnd, Vec<Written>) {
    let store = Arc::new(SqliteStore::open(directory, SLUG).unwrap());
    let reader = Mutex::new(Connection::open(path(directory)).unwrap());
    let world = Arc::new(Pages { reader, written: Mutex::default(), bytes });
    let limits = Limits { http_requests_max: 10_000, ..Limits::default() };
    let engine = Engine::new(Arc::new(program), store, world.clone(), limits).unwrap();
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
