//! Steps that must not be repeated blindly: a death in the middle of one leaves a decision to people, and one anywhere else
//! changes nothing.

use std::sync::Arc;

use breyta_core::{Map, Value};

use super::dying::{Death, Dying};
use super::line::{Line, Link};
use super::sample::Script;
use super::{Make, StoreHarness, encode, wait};
use crate::driver::{Advance, Engine, RunEnd};
use crate::error::EngineError;
use crate::limits::Limits;
use crate::store::{RunNumber, SignalTarget, Store};

fn line() -> Line {
    let link = |point, family| Link { point, family, config: Map::new() };
    Line::new(vec![link("ask", "http"), link("tell", "notify"), link("note", "http")])
}

fn engine(store: Arc<dyn Store>, script: &Arc<Script>) -> Engine {
    let engine = Engine::new(Arc::new(line()), store, script.clone(), Limits::default());
    engine.expect("the line is well formed").verifying()
}

/// The commit that stores what telling gave; the marks before it are the start, asking, and that telling begins.
const TOLD: u64 = 4;

fn told(script: &Script) -> usize {
    script.executed().iter().filter(|key| key.contains("/tell/")).count()
}

/// Dies at a commit; the engine of the next process, over the harness, which must outlive it.
fn dies_at(
    make: Make<'_>,
    commit: u64,
    death: Death,
    script: &Arc<Script>,
) -> (Box<dyn StoreHarness>, Engine) {
    let mut harness = make();
    let dying = Arc::new(Dying::at(harness.store(), commit, death));
    let first = engine(dying, script);
    let died = wait(first.run(Value::Nil, "manual"));
    assert!(matches!(died, Err(EngineError::Store(_))), "{died:?}");
    drop(first);
    harness.crash();
    let next = engine(harness.store(), script);
    (harness, next)
}

fn decide(engine: &Engine, action: &str, value: Option<i64>) -> Advance {
    let mut answer = Map::new();
    answer.insert_keyword("action", action);
    if let Some(value) = value {
        answer.insert_keyword("value", value);
    }
    let target = SignalTarget::Wait { run: RunNumber(1), wait_id: "tell#1:checkpoint".to_owned() };
    engine.store().put_signal(&target, encode(&Value::Map(answer)), 1).expect("a decision is waited for");
    wait(engine.advance("r1")).expect("it is carried on")
}

/// The run of which nobody knows whether it has told.
fn in_doubt(make: Make<'_>, script: &Arc<Script>) -> (Box<dyn StoreHarness>, Engine) {
    let (harness, engine) = dies_at(make, TOLD, Death::Before, script);
    assert_eq!(told(script), 1, "it had told when it died");
    let parked = wait(engine.advance("r1")).expect("it is carried on");
    assert!(matches!(parked, Advance::Parked { .. }), "{parked:?}");
    assert_eq!(told(script), 1, "it is not told again");
    (harness, engine)
}

pub(super) fn deaths_in_the_middle_leave_a_decision(make: Make<'_>) {
    let script = Arc::new(Script::default());
    let (_harness, engine) = in_doubt(make, &script);
    assert!(matches!(decide(&engine, "approve", None), Advance::Parked { .. }), "that is no decision");
    let Advance::Ended { end: RunEnd::Completed(given), .. } = decide(&engine, "retry", None) else {
        panic!("it goes on")
    };
    assert_eq!(given.as_sequential().map_or(0, breyta_core::Vector::len), 3);
    let keys: Vec<String> = script.executed().into_iter().filter(|key| key.contains("/tell/")).collect();
    assert_eq!(keys, ["flow-sample-local-r1/tell/1", "flow-sample-local-r1/tell/1"], "under the same key");

    let script = Arc::new(Script::default());
    let (_harness, engine) = in_doubt(make, &script);
    let skipped = decide(&engine, "skip", Some(5));
    let Advance::Ended { end: RunEnd::Completed(Value::Vector(given)), .. } = skipped else {
        panic!("{skipped:?}")
    };
    assert_eq!((given.get(1), told(&script)), (Some(&Value::Int(5)), 1));

    let script = Arc::new(Script::default());
    let (_harness, engine) = in_doubt(make, &script);
    let aborted = decide(&engine, "abort", None);
    let Advance::Ended { end: RunEnd::Failed(error), .. } = aborted else { panic!("{aborted:?}") };
    assert_eq!(error.field("type").and_then(Value::as_str), Some("effect-in-doubt"));
    wait(engine.reopen("r1")).expect("it is reopened");
    let asked = wait(engine.advance("r1")).expect("it is carried on");
    assert!(matches!(asked, Advance::Parked { .. }), "the decision is asked for again: {asked:?}");
    assert_eq!(told(&script), 1);
}

pub(super) fn deaths_elsewhere_leave_no_doubt(make: Make<'_>) {
    for (commit, death) in [
        (TOLD - 2, Death::Before),
        (TOLD - 2, Death::After),
        (TOLD - 1, Death::Before),
        (TOLD, Death::After),
        (TOLD + 1, Death::Before),
    ] {
        let script = Arc::new(Script::default());
        let (_harness, engine) = dies_at(make, commit, death, &script);
        let end = wait(engine.advance("r1")).expect("it is carried on");
        let place = format!("{death:?} commit {commit}");
        assert!(matches!(end, Advance::Ended { end: RunEnd::Completed(_), .. }), "{place}: {end:?}");
        assert_eq!(told(&script), 1, "{place}");
    }
}
