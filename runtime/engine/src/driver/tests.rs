//! What the driver does with every kind of action and failure, over the model store.

#![expect(clippy::unnecessary_wraps, reason = "states have the signature of the ABI")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use breyta_core::{Budget, Function, Map, Thrown, Value, Vector};

use super::{Engine, RunEnd};
use crate::conformance::sample::{Sample, Script};
use crate::conformance::wait;
use crate::error::{EngineError, StepError};
use crate::frame::Frame;
use crate::journal::Event;
use crate::limits::Limits;
use crate::machine::{Action, Machine, Origin, Outcome, Program, State, StateFn, StateIndex, StepCall};
use crate::memory::MemoryStore;
use crate::store::{Observer, RunFilter, RunNumber, RunStatus, Store, StoreError};
use crate::world::{BoxFuture, CommitMoment, StepRequest, World};

const ORIGIN: Origin = Origin { file: "flow.edn", line: 1, form: "(do …" };

/// Two states; the second is named as given.
macro_rules! machine {
    ($second:literal) => {
        Machine {
            states: &[
                State { name: "start", live: &[0], result: Some(0), handler: None, origin: ORIGIN },
                State { name: $second, live: &[0, 1], result: Some(1), handler: None, origin: ORIGIN },
            ],
            slots: &["input", "value"],
        }
    };
}

static MACHINE: Machine = machine!("work");
static RENAMED: Machine = machine!("labour");
static DOUBLED: Machine = machine!("start");

/// A program of two states.
struct Two {
    machine: &'static Machine,
    version: &'static str,
    enter: [StateFn; 2],
}

impl Program for Two {
    fn slug(&self) -> &'static str {
        "two"
    }

    fn version(&self) -> &str {
        self.version
    }

    fn machine(&self) -> &Machine {
        self.machine
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
        self.enter[state](frame, outcome)
    }

    fn call(&self, _: &str, _: &mut Budget, _: &mut [Value]) -> Option<Result<Value, Thrown>> {
        None
    }
}

fn two(enter: [StateFn; 2]) -> Arc<Two> {
    Arc::new(Two { machine: &MACHINE, version: "v1", enter })
}

fn step(family: &'static str, next: StateIndex) -> StepCall {
    StepCall { point: "work", family, step: "work", config: Value::Nil, next, handler: None }
}

fn work(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    Ok(Action::Step(step("http", 1)))
}

fn answer(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    Ok(Action::Done(frame.take(1)))
}

/// A world whose steps take a time, or reply as scripted; counts the commits.
#[derive(Default)]
struct Slow {
    script: Script,
    takes_ms: u64,
    /// The clock goes back all the time.
    backwards: bool,
    commits: AtomicU64,
    /// Cancels run 1 of this store while the step is in flight.
    cancels: Option<Arc<MemoryStore>>,
}

impl World for Slow {
    fn now_ms(&self) -> i64 {
        let now_ms = self.script.now_ms();
        if self.backwards { i64::from(u32::MAX) - now_ms } else { now_ms }
    }

    fn random(&self) -> u64 {
        1
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let reply = self.script.execute(request);
        if let Some(store) = &self.cancels {
            store.request_cancel(RunNumber(1), Some("enough"), 5).unwrap();
        }
        Box::pin(async move {
            if self.takes_ms > 0 {
                tokio::time::sleep(Duration::from_millis(self.takes_ms)).await;
            }
            reply.await
        })
    }

    fn at_commit(&self, number: u64, moment: CommitMoment) {
        let before = self.commits.load(Ordering::Relaxed);
        match moment {
            CommitMoment::Before => assert_eq!(number, before + 1),
            CommitMoment::After => self.commits.store(number, Ordering::Relaxed),
        }
    }
}

fn limits() -> Limits {
    Limits { cancel_poll_ms: 1, ..Limits::default() }
}

fn engine(program: Arc<dyn Program>, store: &Arc<MemoryStore>, world: Slow, limits: Limits) -> Engine {
    Engine::new(program, store.clone(), Arc::new(world), limits).unwrap()
}

/// Runs once; the answer is the end and the words of the journal.
fn run_with(program: Arc<dyn Program>, world: Slow, limits: Limits) -> (RunEnd, Vec<&'static str>) {
    let store = Arc::new(MemoryStore::new(program.slug()));
    let (started, end) = wait(engine(program, &store, world, limits).run(Value::Int(3), "manual")).unwrap();
    let record = store.find_run(started.run).unwrap().unwrap();
    let status = match &end {
        RunEnd::Completed(result) => {
            assert_eq!(record.result.as_ref(), Some(result));
            RunStatus::Completed
        }
        RunEnd::Failed(error) => {
            assert_eq!(record.error.as_ref(), Some(error));
            RunStatus::Failed
        }
        RunEnd::Cancelled { .. } => RunStatus::Cancelled,
        RunEnd::Other(status) => *status,
    };
    assert_eq!(record.summary.status, status);
    let journal = store.journal(started.run).unwrap();
    (end, journal.iter().map(|entry| entry.event.word()).collect())
}

/// The run fails with an error map of this type.
#[track_caller]
fn check_failure(
    program: Arc<dyn Program>,
    world: Slow,
    limits: Limits,
    kind: &str,
    words: &[&str],
) -> Value {
    let (end, journal) = run_with(program, world, limits);
    let RunEnd::Failed(error) = end else { panic!("the run ended with {end:?}") };
    assert_eq!(error.field("type").and_then(Value::as_str), Some(kind), "{error:?}");
    assert!(error.field("message").and_then(Value::as_str).is_some_and(|message| !message.is_empty()));
    assert_eq!(journal, words);
    error
}

fn replying(reply: Result<Value, StepError>) -> Slow {
    let world = Slow::default();
    world.script.reply("work", reply);
    world
}

#[test]
fn a_run_completes() {
    let (end, journal) = run_with(Arc::new(Sample), Slow::default(), limits());
    let RunEnd::Completed(result) = end else { panic!("{end:?}") };
    assert_eq!(result.field("by-value"), Some(&Value::Bool(true)));
    let words = [
        "run-started",
        "note",
        "step-completed",
        "step-completed",
        "note",
        "step-completed",
        "run-completed",
    ];
    assert_eq!(journal, words);
}

#[test]
fn pure_steps_make_no_commits() {
    let store = Arc::new(MemoryStore::new("sample"));
    let world = Arc::new(Slow::default());
    let engine = Engine::new(Arc::new(Sample), store, world.clone(), limits()).unwrap();
    wait(engine.run(Value::Int(3), "manual")).unwrap();
    assert_eq!(world.commits.load(Ordering::Relaxed), 4, "start, fetch, send, end");
}

#[test]
fn many_pure_steps_are_committed_in_between() {
    let store = Arc::new(MemoryStore::new("sample"));
    let world = Arc::new(Slow::default());
    let limits = Limits { riding_bytes_max: 0, ..limits() };
    let engine = Engine::new(Arc::new(Sample), store, world.clone(), limits).unwrap();
    wait(engine.run(Value::Int(3), "manual")).unwrap();
    assert_eq!(world.commits.load(Ordering::Relaxed), 5);
}

#[test]
fn a_failed_step_fails_the_run() {
    let world = replying(Err(StepError::new("connect", "nobody listens").with_url("http://x/")));
    let words = ["run-started", "step-failed", "run-failed"];
    let error = check_failure(two([work, answer]), world, limits(), "connect", &words);
    assert_eq!(error.field("step-id").and_then(Value::as_name), Some("work"));
    assert_eq!(error.field("attempt"), Some(&Value::Int(1)));
}

#[test]
fn a_handler_gets_the_error_map() {
    fn handled(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Step(StepCall { handler: Some(1), ..step("http", 0) }))
    }
    fn handler(frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
        assert_eq!(outcome, Outcome::Failed);
        answer(frame, outcome)
    }
    let (end, journal) =
        run_with(two([handled, handler]), replying(Err(StepError::new("connect", "no"))), limits());
    let RunEnd::Completed(error) = end else { panic!("{end:?}") };
    assert_eq!(error.field("type").and_then(Value::as_str), Some("connect"));
    assert_eq!(journal, ["run-started", "step-failed", "run-completed"]);
}

#[test]
fn an_oversized_result_fails_its_step() {
    let words = ["run-started", "step-failed", "run-failed"];
    let large = Value::string("x".repeat(999_999));
    check_failure(two([work, answer]), replying(Ok(large)), limits(), "result-too-large", &words);
    let largest = Value::string("x".repeat(999_998));
    let (end, journal) = run_with(two([work, answer]), replying(Ok(largest.clone())), limits());
    assert_eq!(end, RunEnd::Completed(largest));
    assert_eq!(journal, ["run-started", "warning", "step-completed", "run-completed"]);
}

#[test]
fn a_result_that_is_no_data_fails_its_step() {
    let words = ["run-started", "step-failed", "run-failed"];
    let regex = Value::Vector(Vector::from(vec![Value::regex("a+")]));
    check_failure(two([work, answer]), replying(Ok(regex)), limits(), "result-not-data", &words);
}

#[test]
fn a_thrown_error_fails_the_run() {
    fn throws(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Err(Thrown::info("no such order", Map::from([(Value::keyword("order"), Value::Int(9))])))
    }
    let words = ["run-started", "step-completed", "run-failed"];
    let error = check_failure(two([work, throws]), Slow::default(), limits(), "thrown", &words);
    assert_eq!(error.field("data").and_then(|data| data.field("order")), Some(&Value::Int(9)));
}

#[test]
fn a_rethrown_step_error_stays_what_it_is() {
    fn rethrows(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Err(Thrown::new(breyta_core::thrown::Class::Step, "no").with_data(frame.take(1)))
    }
    fn handled(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Step(StepCall { handler: Some(1), ..step("http", 0) }))
    }
    let world = replying(Err(StepError::new("connect", "no")));
    let words = ["run-started", "step-failed", "run-failed"];
    check_failure(two([handled, rethrows]), world, limits(), "connect", &words);
}

#[test]
fn values_that_are_no_data_cannot_be_stored() {
    fn function() -> Value {
        fn identity(_: &mut Budget, arguments: &mut [Value]) -> Result<Value, Thrown> {
            Ok(arguments.first_mut().map(std::mem::take).unwrap_or_default())
        }
        Value::Function(Arc::new(Function::Native { name: "identity", code: identity }))
    }
    fn keeps(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        frame.set(0, function());
        Ok(Action::Step(step("http", 1)))
    }
    fn returns(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Done(function()))
    }
    fn throws(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Err(Thrown::info("no", Map::from([(Value::keyword("f"), function())])))
    }
    let words = ["run-started", "step-completed", "run-failed"];
    check_failure(two([keeps, answer]), Slow::default(), limits(), "value-not-data", &words);
    check_failure(two([work, returns]), Slow::default(), limits(), "value-not-data", &words);
    check_failure(two([work, throws]), Slow::default(), limits(), "thrown", &words);
    let store = Arc::new(MemoryStore::new("two"));
    let refused =
        wait(engine(two([work, answer]), &store, Slow::default(), limits()).start(function(), "manual"));
    assert_eq!(refused.map_err(|error| error.code().to_owned()), Err("invalid-input".to_owned()));
    assert_eq!(store.list_runs(&RunFilter::default()), Ok(Vec::new()));
}

#[test]
fn loops_end() {
    fn spins(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Goto(0))
    }
    fn repeats(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Step(step("http", 0)))
    }
    fn computes(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Step(step("function", 0)))
    }
    let words = ["run-started", "run-failed"];
    let few = Limits { state_gotos_max: 50, ..limits() };
    check_failure(two([spins, answer]), Slow::default(), few, "limit-exceeded", &words);

    let few = Limits { steps_max: 2, ..limits() };
    let words = ["run-started", "step-completed", "step-completed", "run-failed"];
    check_failure(two([repeats, answer]), Slow::default(), few, "limit-exceeded", &words);

    let few = Limits { http_requests_max: 2, ..limits() };
    check_failure(two([repeats, answer]), Slow::default(), few, "limit-exceeded", &words);
    let few = Limits { http_requests_max: 2, steps_max: 3, ..limits() };
    let words = ["run-started", "step-completed", "step-completed", "step-completed", "run-failed"];
    check_failure(two([computes, answer]), Slow::default(), few, "limit-exceeded", &words);
}

#[test]
fn requests_are_counted_across_a_crash() {
    fn repeats(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Step(step("http", 0)))
    }
    let store = Arc::new(MemoryStore::new("two"));
    let few = |http_requests_max| Limits { http_requests_max, ..limits() };
    let cancels = Slow { takes_ms: 10_000, ..Slow::default() };
    let first = engine(two([repeats, answer]), &store, cancels, few(3));
    let started = wait(first.start(Value::Nil, "manual")).unwrap();
    // The process dies while the first request is in flight.
    wait(async { tokio::time::timeout(Duration::from_millis(5), first.drive("r1")).await }).unwrap_err();
    let second = engine(two([repeats, answer]), &store, Slow::default(), few(2));
    let RunEnd::Failed(error) = wait(second.drive("r1")).unwrap() else { panic!("it must fail") };
    assert_eq!(error.field("type"), Some(&Value::literal("limit-exceeded")));
    let steps = store.find_run(started.run).unwrap().unwrap().summary.steps;
    assert_eq!(steps, 2, "what was not committed is not counted");
}

#[test]
fn time_never_runs_backwards_in_a_journal() {
    let store = Arc::new(MemoryStore::new("two"));
    let world = Slow { backwards: true, ..Slow::default() };
    let (started, _) =
        wait(engine(two([work, answer]), &store, world, limits()).run(Value::Nil, "manual")).unwrap();
    let journal = store.journal(started.run).unwrap();
    assert!(journal.is_sorted_by_key(|entry| entry.at_ms), "{journal:?}");
    for execution in journal.iter().filter_map(|entry| entry.event.execution()) {
        assert!(execution.started_ms <= execution.ended_ms, "{execution:?}");
    }
}

#[test]
fn a_step_that_leads_nowhere_is_not_tried() {
    fn nowhere(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Step(step("http", 9)))
    }
    check_failure(
        two([nowhere, answer]),
        Slow::default(),
        limits(),
        "bad-program",
        &["run-started", "run-failed"],
    );
}

#[test]
fn an_attempt_has_a_ceiling() {
    let world = Slow { takes_ms: 10_000, ..Slow::default() };
    let limits = Limits { attempt_ms_max: 10, ..limits() };
    let words = ["run-started", "step-failed", "run-failed"];
    check_failure(two([work, answer]), world, limits, "timeout", &words);
}

#[test]
fn a_step_in_flight_is_cancelled() {
    let store = Arc::new(MemoryStore::new("two"));
    let world = Slow { takes_ms: 10_000, cancels: Some(store.clone()), ..Slow::default() };
    let (started, end) =
        wait(engine(two([work, answer]), &store, world, limits()).run(Value::Nil, "manual")).unwrap();
    assert_eq!(end, RunEnd::Cancelled { reason: Some("enough".to_owned()) });
    let journal = store.journal(started.run).unwrap();
    let words: Vec<_> = journal.iter().map(|entry| entry.event.word()).collect();
    assert_eq!(words, ["run-started", "step-cancelled", "run-cancelled"]);
    assert_eq!(wait(store.cancel_requests()), Ok(Vec::new()), "the request is taken");
}

#[test]
fn a_run_is_cancelled_between_steps_and_while_it_rests() {
    let store = Arc::new(MemoryStore::new("two"));
    let engine = engine(two([work, answer]), &store, Slow::default(), limits());
    let (first, second) = wait(async {
        (engine.start(Value::Nil, "manual").await.unwrap(), engine.start(Value::Nil, "manual").await.unwrap())
    });
    store.request_cancel(first.run, None, 5).unwrap();
    let cancelled = RunEnd::Cancelled { reason: None };
    assert_eq!(wait(engine.drive(&first.workflow_id)), Ok(cancelled.clone()));
    assert_eq!(wait(engine.drive("r1")), Ok(cancelled), "the recorded end is answered");
    let reason = Some("not needed".to_owned());
    assert_eq!(wait(engine.cancel("r2", reason.as_deref())), Ok(RunEnd::Cancelled { reason }));
    let refused = wait(engine.cancel(&second.workflow_id, None)).unwrap_err();
    assert_eq!(refused.code(), "already_completed");
}

#[test]
fn ended_runs_answer_their_end() {
    let store = Arc::new(MemoryStore::new("two"));
    let failing = replying(Err(StepError::new("connect", "no")));
    let engine = engine(two([work, answer]), &store, failing, limits());
    let (_, end) = wait(engine.run(Value::Nil, "manual")).unwrap();
    assert!(matches!(end, RunEnd::Failed(_)));
    assert_eq!(wait(engine.drive("flow-two-local-r1")), Ok(end));
    for unknown in ["r2", "r01", "1", "flow-other-local-r1", "flow-two-local-r1x", "r", ""] {
        let error = wait(engine.drive(unknown)).unwrap_err();
        assert_eq!(error, EngineError::UnknownRun { id: unknown.to_owned() });
    }
}

#[test]
fn a_position_that_the_flow_does_not_have_is_parked() {
    let store = Arc::new(MemoryStore::new("two"));
    store.fail_after(2);
    let broken =
        wait(engine(two([work, answer]), &store, Slow::default(), limits()).run(Value::Nil, "manual"));
    assert!(matches!(broken, Err(EngineError::Store(StoreError::Io { .. }))), "the end cannot be committed");

    let store = Arc::new(MemoryStore::restore(store.snapshot()));
    let renamed = Arc::new(Two { machine: &RENAMED, version: "v1", enter: [work, answer] });
    let engine = |program| engine(program, &store, Slow::default(), limits());
    for _ in 0..2 {
        let error = wait(engine(renamed.clone()).drive("r1")).unwrap_err();
        assert_eq!(error.code(), "unknown-position");
    }
    let journal = store.journal(RunNumber(1)).unwrap();
    let parked =
        journal.iter().filter(|entry| matches!(entry.event, Event::RunNeedsAttention { .. })).count();
    assert_eq!(parked, 1, "said once, not at every try");
    let newer = Arc::new(Two { machine: &MACHINE, version: "v2", enter: [work, answer] });
    assert_eq!(wait(engine(newer).drive("r1")).unwrap_err().code(), "version-mismatch");
    let completed = wait(engine(two([work, answer])).drive("r1")).unwrap();
    assert!(matches!(completed, RunEnd::Completed(_)), "the right program carries it on");
}

#[test]
fn a_run_is_driven_once_at_a_time() {
    let store = Arc::new(MemoryStore::new("two"));
    let world = Slow { takes_ms: 30, ..Slow::default() };
    let engine = Arc::new(engine(two([work, answer]), &store, world, limits()));
    wait(async {
        let started = engine.start(Value::Nil, "manual").await.unwrap();
        let driving = tokio::spawn({
            let engine = engine.clone();
            async move { engine.drive("r1").await }
        });
        tokio::task::yield_now().await;
        let refused = engine.drive("r1").await;
        assert_eq!(refused, Err(EngineError::AlreadyDriven { workflow_id: started.workflow_id }));
        driving.await.unwrap().unwrap();
    });
}

#[test]
fn workflow_time_is_the_time_of_the_commit() {
    fn now(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
        Ok(Action::Done(Value::Int(frame.now_ms())))
    }
    let store = Arc::new(MemoryStore::new("two"));
    let world = Arc::new(Script::default());
    let program = two([work, now]);
    store.fail_after(2);
    let engine = Engine::new(program.clone(), store.clone(), world.clone(), limits()).unwrap();
    wait(engine.run(Value::Nil, "manual")).unwrap_err();
    let committed_ms = store.list_runs(&RunFilter::default()).unwrap()[0].updated_ms;
    let store = Arc::new(MemoryStore::restore(store.snapshot()));
    let engine = Engine::new(program, store, world, limits()).unwrap();
    assert_eq!(wait(engine.drive("r1")), Ok(RunEnd::Completed(Value::Int(committed_ms))));
}

#[test]
fn malformed_programs_are_refused() {
    let program = Arc::new(Two { machine: &DOUBLED, version: "v1", enter: [work, answer] });
    let made = Engine::new(program, Arc::new(MemoryStore::new("two")), Arc::new(Script::default()), limits());
    assert_eq!(made.err().map(|error| error.code().to_owned()), Some("bad-program".to_owned()));
}
