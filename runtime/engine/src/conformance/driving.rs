//! The driver over the store: a crash anywhere changes neither the result nor the journal, and repeats no completed
//! effect.

use std::sync::Arc;

use breyta_core::Value;

use super::dying::{Death, Dying};
use super::sample::{Sample, Script};
use super::{Make, StoreHarness, wait};
use crate::driver::{Engine, RunEnd};
use crate::error::{EngineError, StepError};
use crate::journal::{Entry, Event};
use crate::limits::Limits;
use crate::store::{RunFilter, RunNumber, Store, StoreError};

fn engine(store: Arc<dyn Store>, script: &Arc<Script>) -> Engine {
    Engine::new(Arc::new(Sample), store, script.clone(), Limits::default())
        .expect("the sample is well formed")
}

/// A journal without its times.
type Timeless = Vec<(Event, Option<Value>)>;

/// An entry without its times.
fn timeless(entry: Entry) -> (Event, Option<Value>) {
    let mut event = entry.event;
    if let Event::StepCompleted { execution } | Event::StepFailed { execution, .. } = &mut event {
        execution.started_ms = 0;
        execution.ended_ms = 0;
    }
    (event, entry.value)
}

fn timeless_journal(harness: &dyn StoreHarness, run: RunNumber) -> Timeless {
    harness.store().journal(run).expect("the journal reads").into_iter().map(timeless).collect()
}

/// Drives without a crash; the answer is the end, the journal, and the number of commits.
fn undisturbed(make: Make<'_>, script: &Arc<Script>) -> (RunEnd, Timeless, u64) {
    let harness = make();
    let dying = Arc::new(Dying::at(harness.store(), u64::MAX, Death::Before));
    let (started, end) = wait(engine(dying.clone(), script).run(Value::Int(3), "manual")).expect("it runs");
    let commits = u64::MAX - dying.left();
    (end, timeless_journal(harness.as_ref(), started.run), commits)
}

pub(super) fn crashes_at_every_commit_change_nothing(make: Make<'_>) {
    for send_fails in [false, true] {
        let script = || {
            let script = Arc::new(Script::default());
            if send_fails {
                script.reply("send", Err(StepError::new("http-status", "the answer was 500")));
            }
            script
        };
        let (end, journal, commits) = undisturbed(make, &script());
        assert_eq!(commits, if send_fails { 5 } else { 4 }, "the start, an effect each, and the end");
        for dies_at in 1..=commits {
            for death in [Death::Before, Death::After] {
                let crashed = crash_once(make, &script(), dies_at, death);
                let Some((crashed_end, crashed_journal)) = crashed else {
                    assert_eq!((dies_at, death), (1, Death::Before), "only an uncommitted start may be lost");
                    continue;
                };
                assert_eq!(crashed_end, end, "crash {death:?} commit {dies_at}");
                assert_eq!(crashed_journal, journal, "crash {death:?} commit {dies_at}");
            }
        }
    }
}

/// Drives until the death, then resumes. None when no run was there to resume.
fn crash_once(
    make: Make<'_>,
    script: &Arc<Script>,
    dies_at: u64,
    death: Death,
) -> Option<(RunEnd, Timeless)> {
    let mut harness = make();
    {
        let dying = Arc::new(Dying::at(harness.store(), dies_at, death));
        let died = wait(engine(dying, script).run(Value::Int(3), "manual"));
        assert!(matches!(died, Err(EngineError::Store(StoreError::Io { .. }))), "{died:?}");
    }
    harness.crash();
    let run = harness.store().list_runs(&RunFilter::default()).expect("the list reads").first()?.run;
    let completed: Vec<String> =
        executed_keys(&harness.store().journal(run).expect("the journal reads"), run);
    let before = script.executed().len();
    let end = wait(engine(harness.store(), script).drive(&run.to_string())).expect("it resumes");
    let again = script.executed().split_off(before);
    let repeated: Vec<&String> = again.iter().filter(|key| completed.contains(key)).collect();
    assert!(repeated.is_empty(), "crash {death:?} commit {dies_at} repeats {repeated:?}");
    Some((end, timeless_journal(harness.as_ref(), run)))
}

/// The idempotency keys of what a journal says was executed.
fn executed_keys(journal: &[Entry], run: RunNumber) -> Vec<String> {
    let id = crate::store::workflow_id(super::sample::SLUG, run);
    let executions = journal.iter().filter_map(|entry| entry.event.execution());
    executions.map(|execution| format!("{id}/{}/{}", execution.point, execution.count)).collect()
}

pub(super) fn many_runs_are_driven_at_once(make: Make<'_>) {
    const RUNS: i64 = 40;
    let harness = make();
    let script = Arc::new(Script::default());
    let engine = Arc::new(engine(harness.store(), &script));
    wait(async {
        let spawn = |input| {
            let engine = engine.clone();
            tokio::spawn(async move { engine.run(Value::Int(input), "manual").await })
        };
        let driven: Vec<_> = (0..RUNS).map(spawn).collect();
        for (input, task) in driven.into_iter().enumerate() {
            let (_, end) = task.await.expect("no task panics").expect("every run is driven");
            let RunEnd::Completed(result) = end else { panic!("run of input {input} ended with {end:?}") };
            assert_eq!(result.field("input"), Some(&Value::Int(input as i64)));
        }
    });
    let steps = usize::try_from(RUNS).expect("small") * 3;
    assert_eq!(script.executed().len(), steps, "each step of each run once");
}
