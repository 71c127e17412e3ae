//! Deaths of the process over a run: counted as long as nothing is committed in between, and too many of them park the
//! run.

use std::sync::Arc;

use breyta_core::Value;

use super::sample::{Sample, Script};
use super::{Make, StoreHarness, checkpoint, commit, create, load, progress, wait};
use crate::driver::{Engine, RunEnd};
use crate::error::EngineError;
use crate::limits::Limits;
use crate::store::{RunFilter, RunNumber, RunStatus};

/// The process dies while it carries a run on.
fn die(harness: &mut dyn StoreHarness, run: RunNumber) {
    let store = harness.store();
    store.begin(run, load(store.as_ref(), run).revision);
    drop(store);
    harness.crash();
}

fn deaths(harness: &dyn StoreHarness, run: RunNumber) -> u64 {
    load(harness.store().as_ref(), run).deaths
}

pub(super) fn deaths_over_a_run_are_counted(make: Make<'_>) {
    let mut harness = make();
    let [run, other] = [1, 2].map(|at_ms| create(harness.store().as_ref(), &Value::Nil, at_ms).run);
    assert_eq!(deaths(harness.as_ref(), run), 0);
    for count in 1..4 {
        die(harness.as_mut(), run);
        assert_eq!(deaths(harness.as_ref(), run), count);
    }
    assert_eq!(deaths(harness.as_ref(), other), 0, "nobody died over this one");
    let store = harness.store();
    store.begin(run, 1);
    store.begin(other, 1);
    store.rest(run);
    drop(store);
    harness.crash();
    assert_eq!(deaths(harness.as_ref(), run), 3, "it rested");
    assert_eq!(deaths(harness.as_ref(), other), 1);
    let store = harness.store();
    store.begin(run, 1);
    commit(store.as_ref(), progress(run, 1, Vec::new(), checkpoint("next", 1, Vec::new()))).expect("stored");
    assert_eq!(load(store.as_ref(), run).deaths, 0, "it moved");
    drop(store);
    harness.crash();
    assert_eq!(deaths(harness.as_ref(), run), 0, "it had moved before the death");
    die(harness.as_mut(), run);
    assert_eq!(deaths(harness.as_ref(), run), 1);
}

pub(super) fn crash_loops_wait_for_a_person(make: Make<'_>) {
    let mut harness = make();
    let script = Arc::new(Script::default());
    let engine = |harness: &dyn StoreHarness| {
        let limits = Limits { deaths_max: 3, ..Limits::default() };
        Engine::new(Arc::new(Sample), harness.store(), script.clone(), limits).expect("it is well formed")
    };
    let [first, second] = [1, 2].map(|input| {
        let started = wait(engine(harness.as_ref()).start(Value::Int(input), "manual"));
        started.expect("it starts").run
    });
    for run in [first, second].repeat(3) {
        die(harness.as_mut(), run);
    }
    let engine = engine(harness.as_ref());
    for run in [first, second, first] {
        let refused = wait(engine.advance(&run.to_string()));
        let Err(EngineError::NeedsAttention { code, message, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(code, "crash-loop");
        assert!(message.contains("died 3 times"), "{message}");
    }
    assert_eq!(script.executed(), Vec::<String>::new(), "what kills is not tried again");
    let runs = harness.store().list_runs(&RunFilter::default()).expect("the list reads");
    assert!(runs.iter().all(|run| run.status == RunStatus::Running && run.attention.is_some()), "{runs:?}");
    let words = |run| {
        let journal = harness.store().journal(run).expect("the journal reads");
        journal.into_iter().map(|entry| entry.event.word()).collect::<Vec<_>>()
    };
    assert_eq!(words(first), ["run-started", "run-needs-attention"], "said once");
    wait(engine.cancel(&second.to_string(), Some("no"))).expect("it can be cancelled");
    wait(engine.reopen(&first.to_string())).expect("it can be tried again");
    let state = load(harness.store().as_ref(), first);
    assert_eq!((state.deaths, state.attention), (0, None));
    let end = wait(engine.drive(&first.to_string())).expect("it goes on");
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
}
