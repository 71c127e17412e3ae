//! Attempts of child flows: each is a run of its own, made when its time has come, and a parent rests until then.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use breyta_core::{Map, Value};

use super::line::Line;
use super::reopening::Clock;
use super::{Make, wait};
use crate::driver::{Advance, Engine, RunEnd};
use crate::error::StepError;
use crate::limits::Limits;
use crate::store::{RunFilter, RunNumber, RunStatus, Store};

/// A parent that calls a child with these options.
fn calling(child: Line, options: Map) -> Line {
    let mut config = Map::new();
    config.insert_keyword("flow", "child");
    config.insert_keyword("options", options);
    Line::one("call", "call-flow", config).calling(child.named("child"))
}

fn engine(line: Line, store: Arc<dyn Store>, clock: &Arc<Clock>) -> Engine {
    let limits = Limits { cancel_poll_ms: 0, ..Limits::default() };
    Engine::new(Arc::new(line), store, clock.clone(), limits).expect("the line is well formed").verifying()
}

fn statuses(store: &dyn Store) -> Vec<RunStatus> {
    let runs = store.list_runs(&RunFilter::default()).expect("the list reads");
    runs.into_iter().rev().map(|run| run.status).collect()
}

/// A parent whose child is tried again a second after each failure.
fn line() -> Line {
    let mut retry = Map::new();
    retry.insert_keyword("max-attempts", 3);
    retry.insert_keyword("backoff-ms", 1_000);
    let mut options = Map::new();
    options.insert_keyword("retry", retry);
    calling(Line::one("ask", "http", Map::new()), options)
}

pub(super) fn no_attempt_is_made_after_the_end(make: Make<'_>) {
    let harness = make();
    let clock = Arc::new(Clock::default());
    clock.script.reply("ask", Err(StepError::new("http-status", "the answer was 500")));
    let engine = engine(line(), harness.store(), &clock);
    let started = wait(engine.start(Value::Nil, "manual")).expect("it starts");
    let id = started.workflow_id;
    wait(engine.advance(&id)).expect("it is carried on");
    assert!(matches!(wait(engine.advance("r2")), Ok(Advance::Ended { end: RunEnd::Failed(_), .. })));
    wait(engine.advance(&id)).expect("it rests until the next attempt");
    engine.store().request_cancel(started.run, None, 1).expect("it is open");
    clock.now_ms.store(1_000, Ordering::Relaxed);
    assert!(matches!(wait(engine.advance(&id)), Ok(Advance::Ended { end: RunEnd::Cancelled { .. }, .. })));
    assert_eq!(statuses(engine.store().as_ref()), [RunStatus::Cancelled, RunStatus::Failed]);
}

pub(super) fn children_are_tried_again_when_their_time_comes(make: Make<'_>) {
    let mut harness = make();
    let clock = Arc::new(Clock::default());
    clock.script.reply("ask", Err(StepError::new("http-status", "the answer was 500")));
    let first = engine(line(), harness.store(), &clock);
    let id = wait(first.start(Value::Nil, "manual")).expect("it starts").workflow_id;
    let wake = |engine: &Engine, id: &str| match wait(engine.advance(id)).expect("it is carried on") {
        Advance::Parked { wake_at_ms, .. } => wake_at_ms,
        Advance::Ended { end, .. } => panic!("{end:?}"),
    };
    wake(&first, &id);
    assert!(matches!(wait(first.advance("r2")), Ok(Advance::Ended { end: RunEnd::Failed(_), .. })));
    assert_eq!(wake(&first, &id), Some(1_000), "it rests until the next attempt");
    assert_eq!(wake(&first, &id), Some(1_000), "which looking again does not change");
    drop(first);
    harness.crash();
    let second = engine(line(), harness.store(), &clock);
    assert_eq!(statuses(second.store().as_ref()).len(), 2, "nothing is begun before its time");
    clock.now_ms.store(1_000, Ordering::Relaxed);
    let far = wake(&second, &id);
    assert!(far.is_none_or(|wake_ms| wake_ms > 1_000_000), "the attempt runs: {far:?}");
    clock.script.reply("ask", Ok(Value::Int(5)));
    assert!(matches!(wait(second.advance("r3")), Ok(Advance::Ended { end: RunEnd::Completed(_), .. })));
    assert!(matches!(wait(second.advance(&id)), Ok(Advance::Ended { end: RunEnd::Completed(_), .. })));
    let expected = [RunStatus::Completed, RunStatus::Failed, RunStatus::Completed];
    assert_eq!(statuses(second.store().as_ref()), expected);
}

/// A child whose time is over is asked to end. Its parent has nothing to do until it has: it must not be due all the time.
pub(super) fn parents_rest_while_late_children_end(make: Make<'_>) {
    let harness = make();
    let clock = Arc::new(Clock::default());
    let mut nap = Map::new();
    nap.insert_keyword("seconds", 500);
    let mut options = Map::new();
    options.insert_keyword("timeout", 60);
    let engine = engine(calling(Line::one("nap", "sleep", nap), options), harness.store(), &clock);
    let id = wait(engine.start(Value::Nil, "manual")).expect("it starts").workflow_id;
    let run = RunNumber(1);
    let due = |now_ms| wait(engine.store().due_runs(now_ms, 10)).expect("the store answers").contains(&run);
    wait(engine.advance(&id)).expect("it is carried on");
    wait(engine.advance("r2")).expect("the child comes to rest");
    assert!(!due(59_999) && due(60_000));
    clock.now_ms.store(60_000, Ordering::Relaxed);
    wait(engine.advance(&id)).expect("it is carried on");
    assert!(!due(60_001), "the child has not ended yet");
    assert!(matches!(wait(engine.advance("r2")), Ok(Advance::Ended { end: RunEnd::Cancelled { .. }, .. })));
    assert!(due(60_001));
    assert!(matches!(wait(engine.advance(&id)), Ok(Advance::Ended { end: RunEnd::Failed(_), .. })));
}
