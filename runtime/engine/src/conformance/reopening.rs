//! Runs that ended without completing and go on: what they had too little time for, they get anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use breyta_core::{Map, Value};

use super::line::{Line, Link};
use super::sample::Script;
use super::{Make, encode, wait};
use crate::driver::{Advance, Engine, RunEnd};
use crate::error::StepError;
use crate::limits::Limits;
use crate::machine::Program;
use crate::store::{SignalTarget, Store};
use crate::world::{BoxFuture, StepRequest, World};

/// A world whose clock is set by hand.
#[derive(Default)]
pub(super) struct Clock {
    pub(super) now_ms: AtomicI64,
    pub(super) script: Script,
}

impl World for Clock {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn random(&self) -> u64 {
        1
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        self.script.execute(request)
    }
}

fn engine(program: Line, store: Arc<dyn Store>, clock: &Arc<Clock>) -> Engine {
    let program: Arc<dyn Program> = Arc::new(program);
    Engine::new(program, store, clock.clone(), Limits::default()).expect("the line is well formed")
}

fn waits_for_a_minute(confirms: bool) -> Line {
    let mut config = Map::new();
    if !confirms {
        config.insert_keyword("key", "approval");
        config.insert_keyword("timeout", 60);
        return Line::one("approve", "wait", config);
    }
    let mut question = Map::new();
    question.insert_keyword("timeout", 60);
    config.insert_keyword("confirm", question);
    Line::one("send", "http", config)
}

/// Fails by its time, is tried again, and takes an answer that comes within the same time again.
pub(super) fn reopened_waits_wait_anew(make: Make<'_>) {
    for (confirms, wait_id) in [(false, "approve#1"), (true, "send#1:confirm")] {
        let mut harness = make();
        let clock = Arc::new(Clock::default());
        let first = engine(waits_for_a_minute(confirms), harness.store(), &clock);
        let started = wait(first.start(Value::Nil, "manual")).expect("it starts");
        let id = started.workflow_id;
        let advance = |engine: &Engine| wait(engine.advance(&id)).expect("it is carried on");
        assert_eq!(advance(&first), Advance::Parked { wake_at_ms: Some(60_000), children: Vec::new() });
        clock.now_ms.store(60_000, Ordering::Relaxed);
        let Advance::Ended { end: RunEnd::Failed(error), .. } = advance(&first) else {
            panic!("its time was over")
        };
        assert_eq!(error.field("type").and_then(Value::as_str), Some("wait-timeout"));
        clock.now_ms.store(70_000, Ordering::Relaxed);
        wait(first.reopen(&id)).expect("it is reopened");
        drop(first);
        harness.crash();
        let second = engine(waits_for_a_minute(confirms), harness.store(), &clock);
        assert_eq!(advance(&second), Advance::Parked { wake_at_ms: Some(130_000), children: Vec::new() });
        clock.now_ms.store(129_999, Ordering::Relaxed);
        let mut answer = Map::new();
        answer.insert_keyword("action", "approve");
        let target = SignalTarget::Wait { run: started.run, wait_id: wait_id.to_owned() };
        let payload = encode(&Value::Map(answer));
        second.store().put_signal(&target, payload, 129_999).expect("the wait is open");
        let Advance::Ended { end: RunEnd::Completed(_), .. } = advance(&second) else {
            panic!("it was answered in time")
        };
    }
}

/// A timer is no time that people had: it runs on.
pub(super) fn reopened_sleeps_sleep_on(make: Make<'_>) {
    let harness = make();
    let clock = Arc::new(Clock::default());
    let mut config = Map::new();
    config.insert_keyword("seconds", 100);
    let engine = engine(Line::one("rest", "sleep", config), harness.store(), &clock);
    let id = wait(engine.start(Value::Nil, "manual")).expect("it starts").workflow_id;
    let parked = Advance::Parked { wake_at_ms: Some(100_000), children: Vec::new() };
    assert_eq!(wait(engine.advance(&id)), Ok(parked));
    clock.now_ms.store(40_000, Ordering::Relaxed);
    wait(engine.cancel(&id, None)).expect("it is cancelled");
    wait(engine.reopen(&id)).expect("it is reopened");
    let parked = Advance::Parked { wake_at_ms: Some(100_000), children: Vec::new() };
    assert_eq!(wait(engine.advance(&id)), Ok(parked), "until the same time");
    clock.now_ms.store(100_000, Ordering::Relaxed);
    assert!(matches!(wait(engine.advance(&id)), Ok(Advance::Ended { end: RunEnd::Completed(_), .. })));
}

/// A parent that failed of its child means the child when it is tried again: what the child completed is not repeated.
pub(super) fn reopened_parents_reopen_their_children(make: Make<'_>) {
    let harness = make();
    let clock = Arc::new(Clock::default());
    let link = |point| Link { point, family: "http", config: Map::new() };
    let child = Line::new(vec![link("ask"), link("tell")]).named("child");
    let mut config = Map::new();
    config.insert_keyword("flow", "child");
    let parent = Line::one("call", "call-flow", config).calling(child);
    clock.script.reply("tell", Err(StepError::new("http-status", "the answer was 500")));
    let engine = engine(parent, harness.store(), &clock);
    let (started, end) = wait(engine.run(Value::Nil, "manual")).expect("it runs");
    let RunEnd::Failed(error) = end else { panic!("its child fails: {end:?}") };
    assert_eq!(error.field("type").and_then(Value::as_str), Some("child-failed"));
    clock.script.reply("tell", Ok(Value::Int(5)));
    wait(engine.reopen(&started.workflow_id)).expect("it is reopened");
    let end = wait(engine.drive(&started.workflow_id)).expect("it goes on");
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
    let keys = clock.script.executed();
    let asked: Vec<&str> = keys.iter().filter_map(|key| key.split('/').nth(1)).collect();
    assert_eq!(asked, ["ask", "tell", "tell"]);
}
