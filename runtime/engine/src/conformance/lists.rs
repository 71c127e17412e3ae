//! What people see of runs.

use breyta_core::Value;

use super::{Make, checkpoint, commit, create, end, progress, text};
use crate::journal::Event;
use crate::store::{RunFilter, RunNumber, RunStatus, Store};

fn numbers(store: &dyn Store, filter: &RunFilter) -> Vec<u64> {
    let runs = store.list_runs(filter).expect("the list reads");
    runs.into_iter().map(|run| run.run.0).collect()
}

/// Five runs: completed, failed, running, cancelled, running.
fn five(store: &dyn Store) {
    let ends = [
        Some((Event::RunCompleted, Some(Value::Int(42)))),
        Some((Event::RunFailed, Some(text(1, 20)))),
        None,
        Some((Event::RunCancelled { reason: Some("enough".to_owned()) }, None)),
        None,
    ];
    for (index, ended) in ends.into_iter().enumerate() {
        let run = create(store, &Value::Int(index as i64), 100 + index as i64).run;
        commit(store, progress(run, 1, Vec::new(), checkpoint("fetch", 3, Vec::new()))).expect("stored");
        if let Some((event, value)) = ended {
            commit(store, end(run, 2, &event, value.as_ref())).expect("stored");
        }
    }
}

pub(super) fn lists_are_newest_first(make: Make<'_>) {
    let mut harness = make();
    assert_eq!(numbers(harness.store().as_ref(), &RunFilter::default()), Vec::<u64>::new());
    five(harness.store().as_ref());
    harness.crash();
    let runs = harness.store().list_runs(&RunFilter::default()).expect("the list reads");
    let lines: Vec<_> = runs.iter().map(|run| (run.run.0, run.status.word(), run.ended_ms)).collect();
    let expected = [
        (5, "running", None),
        (4, "cancelled", Some(1_002)),
        (3, "running", None),
        (2, "failed", Some(1_002)),
        (1, "completed", Some(1_002)),
    ];
    assert_eq!(lines, expected);
    for run in &runs {
        assert_eq!((run.state.as_str(), run.steps, run.version.as_str()), ("fetch", 3, "v1"));
        assert_eq!((run.started_ms, run.trigger.as_str()), (99 + run.run.0 as i64, "manual"));
        assert_eq!(run.updated_ms, run.ended_ms.unwrap_or(1_001));
        assert_eq!(run.workflow_id, crate::store::workflow_id(super::sample::SLUG, run.run));
    }
}

pub(super) fn lists_filter_and_page(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    five(store.as_ref());
    let check = |statuses: &[RunStatus], before: Option<u64>, count_max, expected: &[u64]| {
        let filter = RunFilter { statuses: statuses.to_vec(), before: before.map(RunNumber), count_max };
        assert_eq!(numbers(store.as_ref(), &filter), expected, "{filter:?}");
    };
    check(&[RunStatus::Running], None, None, &[5, 3]);
    check(&[RunStatus::Running, RunStatus::Waiting], None, None, &[5, 3]);
    check(&[RunStatus::Running, RunStatus::Failed], None, None, &[5, 3, 2]);
    check(&[RunStatus::TimedOut], None, None, &[]);
    check(&[], Some(4), None, &[3, 2, 1]);
    check(&[], Some(4), Some(2), &[3, 2]);
    check(&[RunStatus::Running], Some(5), Some(9), &[3]);
    check(&[], None, Some(0), &[]);
}

pub(super) fn records_have_input_and_end(make: Make<'_>) {
    let mut harness = make();
    five(harness.store().as_ref());
    harness.crash();
    let store = harness.store();
    let record =
        |number| store.find_run(RunNumber(number)).expect("the run reads").expect("the run is there");
    let completed = record(1);
    assert_eq!(
        (completed.input, completed.result, completed.error),
        (Value::Int(0), Some(Value::Int(42)), None)
    );
    let failed = record(2);
    assert_eq!((failed.input, failed.result, failed.error), (Value::Int(1), None, Some(text(1, 20))));
    for (number, status) in [(3, RunStatus::Running), (4, RunStatus::Cancelled)] {
        let record = record(number);
        assert_eq!((record.summary.status, record.result, record.error), (status, None, None));
        assert!(!record.cancel_requested);
    }
    let journal = store.journal(RunNumber(4)).expect("the journal reads");
    let last = journal.into_iter().next_back().map(|entry| entry.event);
    assert_eq!(last, Some(Event::RunCancelled { reason: Some("enough".to_owned()) }));
}
