//! `tests/scenarios/long-journey` for real: its executable is killed while it waits for a person, in the middle of its
//! fan-out, and in its sleep. The result is the one of the script, and no completed effect is asked for again.
//!
//! The script itself is played by the scenarios, under the virtual clock and with a death at every commit.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use breyta_engine::store::{Observer, RunFilter, RunNumber, RunStatus, WaitFilter};
use breyta_store::SqliteReader;
use breyta_tests::effects;
use breyta_tests::executable::{Executable, Running};
use breyta_tests::server::{Reply, Request, Server};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

/// The journey's outside world. Only the third look finds the job ready. Until the gate is open only the first part gets
/// an answer, so that the fan-out can be killed in its middle.
fn outside(gate: &Arc<AtomicBool>) -> Server {
    let looks = AtomicU64::new(0);
    let gate = gate.clone();
    Server::start(move |request: &Request| match request.path.as_str() {
        "/open" => Reply::json(&json!({ "id": "opened" })),
        "/close" => Reply::json(&json!({ "id": "closed" })),
        "/job" => {
            let tries = looks.fetch_add(1, Ordering::Relaxed) + 1;
            let state = if tries < 3 { "begun" } else { "ready" };
            Reply::json(&json!({ "state": state, "tries": tries }))
        }
        path => {
            let part: u64 = path.trim_start_matches("/part/").parse().unwrap();
            let begun = Instant::now();
            while part > 0 && !gate.load(Ordering::Relaxed) && begun.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(5));
            }
            Reply::json(&json!({ "value": part * part }))
        }
    })
}

struct Journey {
    flow: Executable,
    server: Server,
    /// Keys of requests before the last kill, and of those the ones that a journal knew as done then.
    asked: usize,
    done: BTreeSet<String>,
}

impl Journey {
    fn reader(&self) -> SqliteReader {
        SqliteReader::open(&self.flow.data()).unwrap()
    }

    /// Until the store shows something.
    fn until<T>(&self, what: &str, look: impl Fn(&SqliteReader) -> Option<T>) -> T {
        let begun = Instant::now();
        let reader = self.reader();
        loop {
            if let Some(found) = look(&reader) {
                return found;
            }
            let runs = reader.list_runs(&RunFilter::default()).unwrap();
            assert!(begun.elapsed() < PATIENCE, "{what} never came: {runs:#?}\n{:#?}", self.server.lines());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn until_it_waits(&self, wait_id: &str) {
        self.until(wait_id, |reader| {
            let waits = reader.open_waits(&WaitFilter::default()).unwrap();
            waits.iter().any(|open| open.wait.wait_id == wait_id).then_some(())
        });
    }

    fn status(reader: &SqliteReader) -> RunStatus {
        reader.find_run(RunNumber(1)).unwrap().unwrap().summary.status
    }

    /// Kills a process, and checks what it had asked for against what was done before it began.
    fn kill(&mut self, running: Running) {
        running.kill();
        self.check_no_repeats();
        self.asked = self.server.requests().len();
        self.done = effects::all_ended_keys(&self.reader());
    }

    fn check_no_repeats(&self) {
        for request in &self.server.requests()[self.asked..] {
            let key = request.header("idempotency-key").unwrap();
            assert!(!self.done.contains(key), "{} was done already, and asked for again", request.line());
        }
    }
}

#[test]
fn compiled_across_three_kills() {
    let flow = Executable::build_with(
        "tests/scenarios/long-journey/flow.edn",
        &["tests/scenarios/long-journey/children/part.edn"],
    );
    let gate = Arc::new(AtomicBool::new(false));
    let mut journey = Journey { flow, server: outside(&gate), asked: 0, done: BTreeSet::new() };
    let bindings = journey.flow.bindings("api", &journey.server.url());
    journey.flow.run(&["bindings", "apply", bindings.to_str().unwrap()]).expect_status(0);
    let input = r#"{"order":"o-1","pause":"1500ms","interval":20}"#;
    journey.flow.run(&["run", "--input", input, "--no-wait"]).expect_status(0);

    let running = journey.flow.start(&["serve"]);
    journey.until_it_waits("first-approval#1");
    journey.kill(running);
    // Nobody serves: the answer is kept.
    journey.flow.run(&["waits", "approve", "r1/first-approval#1"]).expect_status(0);

    let running = journey.flow.start(&["serve"]);
    journey.until("a finished part", |reader| {
        let filter = RunFilter { statuses: vec![RunStatus::Completed], ..RunFilter::default() };
        (!reader.list_runs(&filter).unwrap().is_empty()).then_some(())
    });
    journey.kill(running);
    let open = journey.reader().open_children(RunNumber(1)).unwrap();
    assert!(!open.is_empty(), "the fan-out was to be killed in its middle");
    gate.store(true, Ordering::Relaxed);

    let running = journey.flow.start(&["serve"]);
    journey.until("the long sleep", |reader| {
        let run = reader.find_run(RunNumber(1)).unwrap().unwrap().summary;
        (run.state == "rest" && run.status == RunStatus::Waiting).then_some(())
    });
    journey.kill(running);

    let _running = journey.flow.start(&["serve"]);
    journey.until_it_waits("second-approval#1");
    journey.flow.run(&["waits", "approve", "--key", "second:o-1"]).expect_status(0);
    journey.until("the end", |reader| Journey::status(reader).is_end().then_some(()));
    journey.check_no_repeats();
    check_the_end(&journey);
}

fn check_the_end(journey: &Journey) {
    let shown = journey.flow.run(&["runs", "show", "r1"]).expect_status(0).json();
    let expected = json!({
        "opened": "opened", "approvals": ["approve", "approve"], "job": 3,
        "parts": [0, 1, 4, 9, 16, 25, 36, 49, 64, 81], "slept-long-enough": true, "closed": "closed"
    });
    assert_eq!(shown["data"]["run"]["result"], expected, "{shown:#}");
    let lines = journey.server.lines();
    let times = |line: &str| lines.iter().filter(|asked| *asked == line).count();
    assert_eq!((times("POST /open"), times("GET /job"), times("POST /close")), (1, 3, 1), "{lines:#?}");
    // Those in flight at the kill were asked for once more, with the same key.
    let mut keys: Vec<(String, String)> = journey
        .server
        .requests()
        .iter()
        .filter(|request| request.path.starts_with("/part/"))
        .map(|request| (request.path.clone(), request.header("idempotency-key").unwrap().to_owned()))
        .collect();
    assert!((10..=15).contains(&keys.len()), "five at once were in flight at most: {keys:#?}");
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 10, "a key each: {keys:#?}");
}
