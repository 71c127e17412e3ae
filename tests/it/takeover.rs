//! Two processes on one data directory: the second is refused while the first lives and hands its commands over; it takes
//! over at once when the first was killed; and one that was replaced without knowing it writes nothing any more.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use breyta_engine::store::{Observer, RunFilter, RunNumber, RunStatus, WaitFilter};
use breyta_store::SqliteReader;
use breyta_tests::executable::Executable;
use breyta_tests::server::{Reply, Request, Server};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

/// Until something is there.
fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what} never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn until_served(flow: &Executable) {
    until("an owner that serves", || {
        let lock = std::fs::read_to_string(flow.data().join("lock")).ok()?;
        lock.contains("serving").then_some(())
    });
}

fn until_it_waits(flow: &Executable, run: RunNumber) {
    until("the wait", || {
        let reader = SqliteReader::open(&flow.data()).ok()?;
        let filter = WaitFilter { run: Some(run), ..WaitFilter::default() };
        let open = reader.open_waits(&filter).ok()?;
        open.iter().any(|open| open.wait.wait_id == "signed#1").then_some(())
    });
}

fn until_ended(flow: &Executable, run: RunNumber) -> RunStatus {
    until("the end", || {
        let reader = SqliteReader::open(&flow.data()).ok()?;
        let status = reader.find_run(run).ok()??.summary.status;
        status.is_end().then_some(status)
    })
}

fn applied(flow: &Executable, server: &Server) {
    let bindings = flow.bindings("api", &server.url());
    flow.run(&["bindings", "apply", bindings.to_str().unwrap()]).expect_status(0);
}

#[test]
fn compiled_second_process() {
    let server = Server::start(|_: &Request| Reply::json(&json!({ "number": 1 })));
    let flow = Executable::build_with(
        "tests/fixtures/torture/flow.edn",
        &["tests/fixtures/torture/children/part.edn"],
    );
    applied(&flow, &server);
    let first = flow.start(&["serve"]);
    until_served(&flow);

    let refused = flow.run(&["serve"]).expect_status(1);
    assert!(refused.stdout.contains("store-locked") && refused.stdout.contains("process "), "{refused:#?}");
    let start = |errand: i64| {
        let input = format!(r#"{{"errand":{errand},"rounds":2}}"#);
        flow.run(&["run", "--no-wait", "--input", &input]).expect_status(0).json()
    };
    let started = start(1);
    assert_eq!(started["data"]["concurrencyDecision"], "started", "{started:#}");
    until_it_waits(&flow, RunNumber(1));
    flow.run(&["waits", "approve", "r1/signed#1"]).expect_status(0);
    assert_eq!(until_ended(&flow, RunNumber(1)), RunStatus::Completed);

    // Another one rests when its process is killed; what comes meanwhile is kept, and the next process begins at once.
    start(2);
    let second = until("the second run", || {
        let reader = SqliteReader::open(&flow.data()).ok()?;
        let runs = reader.list_runs(&RunFilter::default()).ok()?;
        runs.iter().filter(|run| run.child.is_none()).map(|run| run.run).max().filter(|run| run.0 > 1)
    });
    until_it_waits(&flow, second);
    first.kill();
    flow.run(&["waits", "approve", &format!("{second}/signed#1")]).expect_status(0);
    let asked = server.count();
    let _second = flow.start(&["serve"]);
    assert_eq!(until_ended(&flow, second), RunStatus::Completed);
    let again: Vec<String> = server
        .requests_from(asked)
        .iter()
        .map(Request::line)
        .filter(|line| line.contains("/open/"))
        .collect();
    assert_eq!(again, Vec::<String>::new(), "what was done is not done again");
}

/// The lock is lost while the owner hangs in an effect, as on a network file system. Another process takes over and ends
/// the run; when the first one goes on, its commit is refused, and it stops.
#[cfg(unix)]
#[test]
fn compiled_stale_writer() {
    let server = Server::start(|request: &Request| {
        let reply = Reply::json(&json!({ "path": request.path }));
        if request.path == "/second" { reply.delay(Duration::from_millis(300)) } else { reply }
    });
    let flow = Executable::build("tests/fixtures/two-calls/flow.edn");
    applied(&flow, &server);
    let mut stale = flow.command(&["run"]);
    let stale = stale.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let signal = |name: &str| {
        let sent = Command::new("kill").args([name, &stale.id().to_string()]).status().unwrap();
        assert!(sent.success(), "kill {name}");
    };
    server.wait_for(2, PATIENCE);
    signal("-STOP");
    std::fs::remove_file(flow.data().join("lock")).unwrap();
    let _owner = flow.start(&["serve"]);
    assert_eq!(until_ended(&flow, RunNumber(1)), RunStatus::Completed);
    let reader = SqliteReader::open(&flow.data()).unwrap();
    let journal = reader.journal(RunNumber(1)).unwrap();
    signal("-CONT");
    let ended = stale.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("store-epoch-lost"), "{said}");
    assert_eq!(reader.journal(RunNumber(1)).unwrap(), journal, "the old owner wrote nothing");
    assert_eq!(server.lines(), ["GET /first", "GET /second", "GET /second"]);
}
