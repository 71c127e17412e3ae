//! The command line over a hand-written two-step flow and a scripted world.
#![expect(clippy::unnecessary_wraps, reason = "state functions have the signature of the ABI")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use breyta_core::{Map, Value, json};
use breyta_engine::error::StepError;
use breyta_engine::world::{BoxFuture, StepRequest, World};

use super::{Answer, Format, answer};
use crate::rt;
use crate::world::SystemWorld;

/// `(let [r (flow/step :http :fetch {…}) s (flow/step :function :double {…})] s)`
static FLOW: rt::Flow = rt::Flow {
    slug: "probe",
    version: "abc123",
    compiler: "0.1.0",
    contract: r#"{:slug "probe" :name "Probe" :version "abc123" :concurrency {:type :singleton :on-new-version :drain}
        :requires [{:slot :api :type :http-api :label "API" :base-url "http://127.0.0.1:1" :auth {:type :bearer}}]
        :invocations {:default {:inputs [{:name :n :type :number :required true}]}}
        :points [{:id "fetch" :family :http :line 3}]}"#,
    source: "{:slug :probe}",
    machine: rt::Machine {
        states: &[
            rt::State { name: "start", live: &[0], result: Some(0), handler: None, origin: ORIGIN },
            rt::State { name: "fetch", live: &[0, 1], result: Some(1), handler: None, origin: ORIGIN },
            rt::State { name: "double", live: &[2], result: Some(2), handler: None, origin: ORIGIN },
        ],
        slots: &["input", "r", "s"],
    },
    enter: &[start, fetched, doubled],
    functions: &[("double", double)],
    families: &[&rt::families::HTTP, &rt::families::FUNCTION],
    draft: true,
    children: &[],
    schemas: None,
    templates: None,
};

const ORIGIN: rt::Origin = rt::Origin { file: "flow.edn", line: 1, form: "(flow/step …)" };

fn start(_: &mut rt::Frame, _: rt::Outcome) -> Result<rt::Action, rt::Thrown> {
    let mut config = Map::new();
    config.insert_keyword("connection", Value::keyword("api"));
    config.insert_keyword("path", "/x");
    Ok(rt::Action::Step(call("fetch", "http", config, 1)))
}

fn fetched(frame: &mut rt::Frame, _: rt::Outcome) -> Result<rt::Action, rt::Thrown> {
    let mut config = Map::new();
    config.insert_keyword("ref", Value::keyword("double"));
    config.insert_keyword("input", frame.get(0));
    frame.note("branch", "yes");
    Ok(rt::Action::Step(call("double", "function", config, 2)))
}

fn doubled(frame: &mut rt::Frame, _: rt::Outcome) -> Result<rt::Action, rt::Thrown> {
    Ok(rt::Action::Done(frame.take(2)))
}

fn double(_: &mut rt::Budget, arguments: &mut [Value]) -> Result<Value, rt::Thrown> {
    let mut map = arguments.first().and_then(Value::as_map).cloned().unwrap_or_default();
    let n = map.get_keyword("n").and_then(Value::as_int).unwrap_or_default();
    map.insert_keyword("n", n * 2);
    Ok(Value::Map(map))
}

fn call(point: &'static str, family: &'static str, config: Map, next: usize) -> rt::StepCall {
    rt::StepCall { point, family, step: point, config: Value::Map(config), next, handler: None }
}

/// HTTP answers as told; everything else is real.
struct Scripted {
    real: SystemWorld,
    http: Result<Value, StepError>,
    calls: Arc<AtomicUsize>,
}

impl World for Scripted {
    fn now_ms(&self) -> i64 {
        1_700_000_000_000
    }
    fn random(&self) -> u64 {
        4
    }
    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        if request.family != "http" {
            return self.real.execute(request);
        }
        self.calls.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(self.http.clone()))
    }
}

/// A data directory that goes away, and what its commands answer.
struct Place {
    directory: PathBuf,
    http: Result<Value, StepError>,
    calls: Arc<AtomicUsize>,
}

impl Place {
    fn new(name: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("breyta-cli-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("given.edn"), "{:bindings {:api {:apikey \"s3cret-key\"}}}").unwrap();
        Self { directory, http: Ok(Value::Nil), calls: Arc::default() }
    }

    /// Carries out a command line; `DIR` stands for the data directory.
    fn command(&self, line: &[&str]) -> String {
        let mut words: Vec<_> = line
            .iter()
            .map(|word| word.replace("DIR", &self.directory.display().to_string()).into())
            .collect();
        words.extend(["--data".into(), self.directory.clone().into_os_string()]);
        let factory = |real| -> Arc<dyn World> {
            Arc::new(Scripted { real, http: self.http.clone(), calls: self.calls.clone() })
        };
        let mut format = Format::Json;
        let shown = match answer(&FLOW, words, &factory, &mut format) {
            Ok(Answer::Data { human, .. }) if format == Format::Human => human,
            Ok(Answer::Data { data, .. }) => json::emit(&data).unwrap(),
            Ok(Answer::Text(text)) => text,
            Err(failure) => format!("{} {} {}", failure.exit, failure.code, failure.message),
        };
        assert!(!shown.contains("s3cret"), "{shown}");
        shown
    }

    #[track_caller]
    fn check(&self, line: &[&str], expected: &str) {
        let shown = self.command(line);
        assert!(shown.contains(expected), "{line:?}\n{shown}\n{expected}");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

const RUN: [&str; 5] = ["run", "--input", r#"{"n":21,"x y":1}"#, "--bindings", "DIR/given.edn"];

#[test]
fn a_run_completes() {
    let place = Place::new("completes");
    place.check(&RUN, r#"{"workflowId":"flow-probe-local-r1","status":"completed","result":{"n":42,"x y":1,"flow/ctx":{"workflow-id":"flow-probe-local-r1""#);
    place.check(&["runs", "list"], r#"{"runs":[{"workflowId":"flow-probe-local-r1","flowSlug":"probe","version":"abc123","status":"completed""#);
    place.check(
        &["runs", "show", "r1"],
        r#""steps":[{"stepId":"fetch","stepType":"http","status":"completed""#,
    );
    place.check(
        &["runs", "show", "r1", "--format", "human"],
        "├─ branch: yes\n├─ double (function) 0 ms → {:n 42",
    );
    place.check(&["runs", "resume"], r#"{"runs":[]}"#);
    place.check(&["runs", "resume", "r1"], r#""status":"completed","result""#);
    place.check(&["runs", "cancel", "r1"], "1 already_completed ");
    // The bindings were taken over by the first run.
    place.check(
        &["run", "--input", r#"{"n":1}"#],
        r#""workflowId":"flow-probe-local-r2","status":"completed""#,
    );
}

#[test]
fn a_run_fails() {
    let mut place = Place::new("fails");
    let mut error =
        StepError::new("http-status", "GET http://h/x answered 502 Bad Gateway").with_url("http://h/x");
    error.status = Some(502);
    place.http = Err(error);
    place.check(&RUN, "1 http-status GET http://h/x answered 502 Bad Gateway");
    place.check(&["runs", "list", "--status", "failed"], r#""workflowId":"flow-probe-local-r1""#);
    place.check(&["runs", "show", "r1"], r#""error":{"code":"http-status","message":"GET http://h/x answered 502 Bad Gateway","details":{"status":502"#);
    place.check(
        &["runs", "show", "r1", "--format", "human"],
        "└─ error[http-status] GET http://h/x answered 502",
    );
}

#[test]
fn a_started_run_holds_its_slot_and_is_resumed() {
    let place = Place::new("resumed");
    let mut line = RUN.to_vec();
    line.push("--no-wait");
    place.check(
        &line,
        r#"{"workflowId":"flow-probe-local-r1","status":"running","concurrencyDecision":"started"}"#,
    );
    place.check(&["runs", "show", "r1", "--format", "human"], "└─ at start; `runs resume` carries it on");
    place.check(
        &["runs", "resume"],
        r#"{"runs":[{"workflowId":"flow-probe-local-r1","status":"completed","result":{"n":42"#,
    );
    assert_eq!(place.calls.load(Ordering::Relaxed), 1);
    place.check(&line, r#""workflowId":"flow-probe-local-r2","status":"running""#);
    place.check(
        &["runs", "cancel", "r2", "--reason", "enough"],
        r#"{"workflowId":"flow-probe-local-r2","status":"cancelled"}"#,
    );
    place.check(&["runs", "resume", "r2"], "1 run-cancelled flow-probe-local-r2 was cancelled: enough");
    place.check(&RUN, r#""workflowId":"flow-probe-local-r3","status":"completed""#);
}

#[test]
fn refused_before_anything_is_written() {
    let place = Place::new("refused");
    let run = |input: &'static str| ["run", "--input", input];
    place.check(&run("{}"), "1 run_inputs_missing missing required run inputs: n;");
    place.check(&run(r#"{"n":}"#), "1 invalid-input --input is no JSON: line 1, column 6");
    place.check(&run("[1]"), "1 invalid-input --input must be a JSON object");
    place.check(&run("@DIR/none.json"), "1 input-unreadable cannot read the input file ");
    #[cfg(unix)]
    place.check(&run("@/dev/zero"), "1 limit-exceeded the input file /dev/zero has more than 1000000 bytes");
    place.check(
        &["run", "--limit", "nesting-depth=9"],
        "2 usage the limit nesting-depth is fixed and cannot be set at run time",
    );
    place.check(&run(r#"{"n":1}"#), "1 profile_bindings_incomplete the bindings lack :apikey of :api;");
    place.check(
        &["run", "--invocation", "other"],
        "1 unknown-invocation the flow has no invocation \"other\"; it has default",
    );
    place.check(&["runs", "show", "r1"], "1 unknown-run ");
    place.check(&["runs", "list"], r#"{"runs":[]}"#);
    assert_eq!(std::fs::read_dir(&place.directory).unwrap().count(), 1, "only the file that was there");
}

#[test]
fn command_lines() {
    let place = Place::new("lines");
    place.check(&[], "2 usage a command is missing");
    place.check(&["rum"], "2 usage there is no command \"rum\"");
    place.check(&["run", "--inptu", "x"], "2 usage there is no option --inptu");
    place.check(&["run", "--input"], "2 usage ");
    place.check(&["describe", "--input", "{}"], "2 usage --input does not belong to this command");
    place.check(&["runs", "list", "--status", "odd"], "2 usage --status is one of running, waiting,");
    place.check(&["run", "--limit", "nope=1"], "2 usage there is no limit nope;");
    place.check(&["runs", "show"], "2 usage the id of a run is missing");
    place.check(&["waits", "dance"], "2 usage waits takes one of: list, complete ID");
    place.check(&["waits", "approve"], "2 usage waits approve takes the id of a wait or of a run, or --key");
    place.check(&["runs", "prune"], "2 usage runs prune takes --older-than AGE");
    place.check(&["runs", "prune", "--older-than", "soon"], "2 usage \"soon\" is no age");
    place.check(&["runs", "show", "r1", "--entries", "0"], "2 usage \"0\" is no number above 0");
    place.check(&["runs", "export"], "2 usage runs export takes the id of a run, or --to FILE");
    place.check(&["serve", "--listen", "x"], "2 not-supported-yet ");
    place.check(&["runs", "retry", "r1", "--from", "x"], "2 usage --from does not belong to this command");
    place.check(&["--version"], "probe abc123 (breytac 0.1.0)");
    place.check(&["run", "--help"], "run [--input JSON|@FILE]");
    place.check(&["help", "runs"], "runs resume [ID]");
    place.check(&["describe"], r#""definition":"{:slug :probe}""#);
    place.check(&["describe", "--format", "human"], "step fetch (http, line 3)");
    place.check(&["bindings", "template"], ":apikey :redacted");
    place.check(&["bindings", "show"], r#""missing":[{"slot":"api","field":"apikey","optional":false}]"#);
    place.check(&["bindings", "apply", "DIR/given.edn"], r#"{"bindings":{"api":{"url":"http://127.0.0.1:1","apikey":"[redacted]"}},"activation":{},"missing":[]}"#);
}

#[test]
fn one_process_owns_a_data_directory() {
    let place = Place::new("owned");
    let mut line = RUN.to_vec();
    line.push("--no-wait");
    place.command(&line);
    let owner = breyta_store::SqliteStore::open(&place.directory, "probe").unwrap();
    place.check(&RUN, "1 store-locked ");
    place.check(&["runs", "list"], r#""workflowId":"flow-probe-local-r1""#);
    place.check(&["runs", "cancel", "r1"], r#""cancelRequested":true"#);
    drop(owner);
    place.check(&["runs", "resume", "r1"], "1 run-cancelled ");
}

#[test]
fn a_queued_run_has_its_turn() {
    let place = Place::new("queued");
    let mut line = RUN.to_vec();
    line.push("--no-wait");
    place.check(&line, r#""status":"running","concurrencyDecision":"started""#);
    place.check(
        &line,
        r#""workflowId":"flow-probe-local-r2","status":"queued","concurrencyDecision":"queued""#,
    );
    place.check(&["runs", "list", "--status", "queued"], r#""workflowId":"flow-probe-local-r2""#);
    place.check(&RUN, r#""workflowId":"flow-probe-local-r3","status":"completed""#);
    place.check(&["runs", "list", "--format", "human"], "r1    completed");
    place.check(&line, r#""workflowId":"flow-probe-local-r4","status":"running""#);
    place.check(&line, r#""status":"queued""#);
    place.check(&["runs", "resume"], r#"{"runs":[{"workflowId":"flow-probe-local-r4","status":"completed""#);
    place.check(&["runs", "list", "--status", "queued"], r#"{"runs":[]}"#);
}

#[test]
fn a_failed_run_is_tried_again() {
    let mut place = Place::new("retried");
    place.http = Err(StepError::new("http-status", "502"));
    place.check(&RUN, "1 http-status 502");
    place.check(&["runs", "retry", "r1"], "1 http-status 502");
    place.http = Ok(Value::Nil);
    place.check(
        &["runs", "retry", "r1", "--no-wait"],
        r#""workflowId":"flow-probe-local-r1","status":"running""#,
    );
    place.check(&["runs", "retry", "r1"], "1 run-still-open run flow-probe-local-r1 is running");
    place.check(&["runs", "resume", "r1"], r#""status":"completed","result":{"n":42"#);
    place.check(&["runs", "retry", "r1"], "1 already_completed ");
    place.check(&["runs", "retry", "r9"], "1 unknown-run ");
    place.check(&["runs", "show", "r1", "--format", "human"], "├─ tried again");
    place.check(
        &["runs", "fork", "r1"],
        r#""workflowId":"flow-probe-local-r2","status":"completed","result":{"n":42"#,
    );
    let forked = place.command(&["runs", "show", "r2"]);
    assert!(
        forked.contains(r#""triggeredBy":"fork""#)
            && forked.contains(r#""workflow-id":"flow-probe-local-r2""#)
    );
    place.check(&["runs", "show", "r1", "--entries", "2"], r#""older":"#);
}

#[test]
fn stores_are_examined_copied_and_pruned() {
    let place = Place::new("examined");
    place.check(&["doctor"], r#"{"store":null}"#);
    place.command(&RUN);
    place.check(
        &["doctor"],
        r#""runs":[{"status":"completed","version":"abc123","count":1,"thisVersion":true}]"#,
    );
    place.check(&["doctor", "--format", "human"], "nothing is damaged");
    place.check(&["runs", "export", "--to", "DIR/copy.sqlite"], r#""file":"#);
    place.check(&["runs", "export", "--to", "DIR/copy.sqlite"], "1 store-read-only ");
    place.check(&["runs", "export", "r1"], r#""timeline":[{"type":"run_started""#);
    place.check(&["runs", "prune", "--older-than", "1d"], r#"{"prunedRuns":0}"#);
    let store = place.directory.join("store.sqlite");
    let damaged = place.directory.join("damaged");
    std::fs::create_dir(&damaged).unwrap();
    std::fs::copy(place.directory.join("copy.sqlite"), damaged.join("store.sqlite")).unwrap();
    let reader = breyta_store::SqliteReader::open(&damaged).unwrap();
    assert_eq!(reader.examine().unwrap().problems, Vec::<String>::new(), "a copy is a store");
    assert!(store.exists());
}

#[test]
fn waits_are_named_and_kept() {
    let place = Place::new("waits");
    place.check(&["waits", "list"], r#"{"waits":[]}"#);
    place.check(&["waits", "approve", "r1"], "1 unknown-wait ");
    place.command(&RUN);
    place.check(&["waits", "approve", "r1"], "1 unknown-wait run r1 has no open wait;");
    place.check(&["waits", "complete", "r1/ask#1"], "1 unknown-wait run r1 has no open wait \"ask#1\"");
    place.check(&["waits", "complete", "r9/ask#1"], "1 unknown-run there is no run \"r9\"");
    place.check(&["waits", "complete", "ask"], "1 unknown-run there is no run \"ask\"");
    place.check(
        &["waits", "complete", "r1", "ask#1"],
        "2 usage waits complete takes one id; \"ask#1\" is one word",
    );
    place.check(
        &["waits", "complete", "--key", "k", "--payload", "@/nowhere/answer.json"],
        "1 input-unreadable cannot read the payload file /nowhere/answer.json",
    );
    place.check(
        &["waits", "complete", "--key", "k", "--payload", "[1]"],
        "1 invalid-payload --payload must be",
    );
    place.check(
        &["waits", "complete", "--key", "k", "--payload", "{nope"],
        "1 invalid-payload --payload is no JSON: ",
    );
    place.check(&["waits", "complete", "--key", "k", "--payload", "{}"], r#"{"buffered":true}"#);
}
