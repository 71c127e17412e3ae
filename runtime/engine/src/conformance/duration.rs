//! Runs that take longer than they may: ended with an error of their own, wherever they are by then.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use breyta_core::{Map, Value};

use super::line::{Line, Link};
use super::reopening::Clock;
use super::{Make, wait};
use crate::driver::{Advance, Engine, RunEnd};
use crate::limits::Limits;
use crate::store::{RunFilter, RunStatus};

pub(super) fn runs_end_when_their_time_is_over(make: Make<'_>) {
    let harness = make();
    let clock = Arc::new(Clock::default());
    let config = |key, value: i64| {
        let mut config = Map::new();
        config.insert_keyword(key, value);
        config
    };
    let link = |point, family, config| Link { point, family, config };
    let child = Line::one("rest", "sleep", config("seconds", 500)).named("child");
    let mut call = Map::new();
    call.insert_keyword("flow", "child");
    let line = Line::new(vec![link("nap", "sleep", config("seconds", 60)), link("call", "call-flow", call)]);
    let limits = Limits { run_ms_max: 100_000, cancel_poll_ms: 0, ..Limits::default() };
    let engine = Engine::new(Arc::new(line.calling(child)), harness.store(), clock.clone(), limits);
    let engine = engine.expect("the line is well formed").verifying();
    let id = wait(engine.start(Value::Nil, "manual")).expect("it starts").workflow_id;
    let advance = |id: &str| wait(engine.advance(id)).expect("it is carried on");
    assert_eq!(advance(&id), Advance::Parked { wake_at_ms: Some(60_000), children: Vec::new() });
    clock.now_ms.store(60_000, Ordering::Relaxed);
    let Advance::Parked { children, .. } = advance(&id) else { panic!("its child runs") };
    let child = children.first().expect("it called one").to_string();
    let parked = advance(&child);
    assert_eq!(
        parked,
        Advance::Parked { wake_at_ms: Some(160_000), children: Vec::new() },
        "a run of its own"
    );
    clock.now_ms.store(100_000, Ordering::Relaxed);
    let Advance::Ended { end: RunEnd::Failed(error), .. } = advance(&id) else { panic!("its time is over") };
    assert_eq!(error.field("type").and_then(Value::as_str), Some("run-timeout"));
    assert_eq!(error.field("step-id"), Some(&Value::keyword("call")));
    assert!(
        matches!(advance(&child), Advance::Ended { end: RunEnd::Cancelled { .. }, .. }),
        "its child ends with it"
    );
    let runs = harness.store().list_runs(&RunFilter::default()).expect("the list reads");
    let statuses: Vec<RunStatus> = runs.into_iter().map(|run| run.status).collect();
    assert_eq!(statuses, [RunStatus::Cancelled, RunStatus::TimedOut]);
}
