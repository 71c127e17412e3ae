//! A service over the model store: what it picks up, in which order, and what it answers.

use std::sync::{Arc, Mutex};

use breyta_core::{Map, Value, codec};

use super::{FORK, Happened, Options, REOPEN, START, Service, StartCommand, fork_body, run_body};
use crate::conformance::sample::{SLUG, Sample, Script};
use crate::conformance::wait;
use crate::driver::{Engine, Start};
use crate::error::StepError;
use crate::limits::Limits;
use crate::memory::MemoryStore;
use crate::store::{Admission, CommandAnswer, CommandId, Observer, Policy, RunFilter, RunNumber, RunStatus};

/// An engine over a model store, and a script for its steps.
struct Place {
    store: Arc<MemoryStore>,
    script: Arc<Script>,
    told: Arc<Mutex<Vec<Happened>>>,
}

impl Place {
    fn new() -> Self {
        Self { store: Arc::new(MemoryStore::new(SLUG)), script: Arc::default(), told: Arc::default() }
    }

    fn engine(&self) -> Arc<Engine> {
        let limits = Limits::default();
        Arc::new(Engine::new(Arc::new(Sample), self.store.clone(), self.script.clone(), limits).unwrap())
    }

    /// Serves until nothing can go on.
    fn settle(&self) {
        let told = self.told.clone();
        let listener = Arc::new(move |happened: &Happened| told.lock().unwrap().push(happened.clone()));
        let mut service =
            Service::new(self.engine(), Options { runs_max: 8, ..Options::default() }, listener);
        wait(service.settle()).unwrap();
    }

    fn admit(&self, policy: Policy) -> RunNumber {
        let start = Start {
            input: input(),
            context: Map::new(),
            trigger: "manual".to_owned(),
            admission: slot(policy),
            mocks: false,
            command: None,
        };
        wait(self.engine().admit(start)).unwrap().run
    }

    fn command(&self, name: &str, body: &Value) -> CommandId {
        let mut bytes = Vec::new();
        codec::encode(body, &mut bytes).unwrap();
        self.store.put_command(name, bytes.into(), 1).unwrap()
    }

    fn statuses(&self) -> Vec<RunStatus> {
        let runs = self.store.list_runs(&RunFilter::default()).unwrap();
        runs.into_iter().rev().map(|run| run.status).collect()
    }

    fn answer(&self, command: CommandId) -> CommandAnswer {
        self.store.command_answer(command).unwrap().unwrap()
    }
}

fn slot(policy: Policy) -> Admission {
    Admission { slot: String::new(), policy, delivery: None }
}

fn input() -> Map {
    let mut input = Map::new();
    input.insert_keyword("n", 1);
    input
}

#[test]
fn interrupted_runs_are_carried_on() {
    let place = Place::new();
    for number in 0..100 {
        wait(place.engine().start(Value::Int(number), "manual")).unwrap();
    }
    place.settle();
    assert_eq!(place.statuses(), [RunStatus::Completed; 100]);
    let ended = place.told.lock().unwrap().iter().filter(|it| matches!(it, Happened::Ended { .. })).count();
    assert_eq!(ended, 100, "each is told");
}

#[test]
fn a_queue_is_worked_off_in_order() {
    let place = Place::new();
    for _ in 0..4 {
        place.admit(Policy::Drain);
    }
    let queued = RunStatus::Queued;
    assert_eq!(place.statuses(), [RunStatus::Running, queued, queued, queued]);
    place.settle();
    assert_eq!(place.statuses(), [RunStatus::Completed; 4]);
    let keys = place.script.executed();
    let runs: Vec<&str> = keys.iter().filter_map(|key| key.split('/').next()).collect();
    assert!(runs.is_sorted(), "one after the other: {runs:?}");
}

#[test]
fn superseded_runs_end_first() {
    let place = Place::new();
    place.admit(Policy::Supersede);
    place.admit(Policy::Supersede);
    place.settle();
    assert_eq!(place.statuses(), [RunStatus::Cancelled, RunStatus::Completed]);
    let first = place.store.journal(RunNumber(1)).unwrap();
    assert_eq!(first.last().map(|entry| entry.event.word()), Some("run-cancelled"));
}

#[test]
fn commands_start_runs() {
    let place = Place::new();
    let start = StartCommand {
        input: input(),
        context: Map::new(),
        trigger: "manual".to_owned(),
        admission: slot(Policy::Drain),
        mocks: false,
    };
    let commands = [0; 3].map(|_| place.command(START, &start.to_value()));
    place.settle();
    let answers = commands.map(|command| place.answer(command));
    let shown = answers.map(|answer| (answer.run, answer.word));
    let expected = |run, word: &str| (Some(RunNumber(run)), word.to_owned());
    assert_eq!(shown, [expected(1, "started"), expected(2, "queued"), expected(3, "queued")]);
    assert_eq!(place.statuses(), [RunStatus::Completed; 3]);
    let record = place.store.find_run(RunNumber(2)).unwrap().unwrap();
    let context = record.input.field("flow/ctx").and_then(|context| context.field("workflow-id"));
    assert_eq!(context.and_then(Value::as_str), Some("flow-sample-local-r2"));
}

#[test]
fn failed_runs_begin_again_where_they_failed() {
    let place = Place::new();
    place.script.reply("report", Err(StepError::new("http-status", "500")));
    place.script.reply("send", Err(StepError::new("http-status", "500")));
    place.admit(Policy::Drain);
    place.settle();
    assert_eq!(place.statuses(), [RunStatus::Failed]);
    let before = place.script.executed();
    place.script.reply("report", Ok(Value::Int(1)));
    let retry = place.command(REOPEN, &run_body(RunNumber(1)));
    place.settle();
    assert_eq!(place.answer(retry).word, "reopened");
    assert_eq!(place.statuses(), [RunStatus::Completed]);
    let again = place.script.executed().split_off(before.len());
    assert_eq!(again, ["flow-sample-local-r1/report/1"], "what completed is not done again");
    let late = place.command(REOPEN, &run_body(RunNumber(1)));
    let fork = place.command(FORK, &fork_body(RunNumber(1), None, &slot(Policy::Drain)));
    let strange = place.command("dance", &Value::Nil);
    place.settle();
    assert_eq!(place.answer(late).word, "already_completed");
    assert_eq!(
        (place.answer(fork).run, place.answer(strange).word.as_str()),
        (Some(RunNumber(2)), "store-corrupt")
    );
    let inputs = [1, 2].map(|run| place.store.find_run(RunNumber(run)).unwrap().unwrap().input);
    assert_eq!(inputs[0].field("n"), inputs[1].field("n"));
}

#[test]
fn cancelled_runs_are_not_carried_on() {
    let place = Place::new();
    place.admit(Policy::Coexist);
    place.admit(Policy::Coexist);
    place.store.request_terminate(RunNumber(1), Some("now"), 1).unwrap();
    place.settle();
    assert_eq!(place.statuses(), [RunStatus::Terminated, RunStatus::Completed]);
}

#[test]
fn however_many_runs_are_old_they_go_soon() {
    let place = Place::new();
    let engine = place.engine();
    for _ in 0..350 {
        wait(engine.run(Value::Map(input()), "manual")).unwrap();
    }
    let told = place.told.clone();
    let listener = Arc::new(move |happened: &Happened| told.lock().unwrap().push(happened.clone()));
    let options = Options { retention_ms: Some(1), look_ms: 1, ..Options::default() };
    let store = place.store.clone();
    let gone = async move {
        while !store.list_runs(&RunFilter::default()).unwrap().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    wait(Service::new(engine, options, listener).serve(gone)).unwrap();
    let told = place.told.lock().unwrap().clone();
    let runs =
        |happened: &Happened| if let Happened::Pruned { runs } = happened { Some(*runs) } else { None };
    assert_eq!(told.iter().filter_map(runs).collect::<Vec<_>>(), [100, 100, 100, 50]);
}
