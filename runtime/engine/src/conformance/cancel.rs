//! The inbox: requests wait there until the run ends.

use breyta_core::Value;

use super::{Make, checkpoint, commit, create, end, progress, wait};
use crate::journal::Event;
use crate::store::{CancelAnswer, CancelRequest, RunNumber, RunStatus, Store, StoreError};

fn requests(store: &dyn Store) -> Vec<CancelRequest> {
    wait(store.cancel_requests()).expect("the inbox reads")
}

pub(super) fn cancel_requests_wait_for_the_end(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let first = create(store.as_ref(), &Value::Nil, 1).run;
    let second = create(store.as_ref(), &Value::Nil, 1).run;
    assert_eq!(requests(store.as_ref()), []);
    assert_eq!(store.request_cancel(second, Some("enough"), 50), Ok(CancelAnswer::Requested));
    assert_eq!(store.request_cancel(first, None, 60), Ok(CancelAnswer::Requested));
    assert_eq!(store.request_cancel(second, Some("again"), 70), Ok(CancelAnswer::Requested));
    let expected = [
        CancelRequest { run: second, reason: Some("enough".to_owned()), at_ms: 50, force: false },
        CancelRequest { run: first, reason: None, at_ms: 60, force: false },
    ];
    assert_eq!(requests(store.as_ref()), expected, "oldest first, asking again changes nothing");
    let record = store.find_run(second).expect("the run reads").expect("the run is there");
    assert!(record.cancel_requested);
    commit(store.as_ref(), progress(second, 1, Vec::new(), checkpoint("s", 1, Vec::new()))).expect("stored");
    assert_eq!(requests(store.as_ref()), expected, "progress takes nothing");
    commit(store.as_ref(), end(second, 2, &Event::RunCancelled { reason: None }, None)).expect("stored");
    assert_eq!(requests(store.as_ref()), expected[1..], "the end takes the run's request");
}

pub(super) fn force_counts_more(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = create(store.as_ref(), &Value::Nil, 1).run;
    assert_eq!(store.request_cancel(run, Some("please"), 50), Ok(CancelAnswer::Requested));
    assert_eq!(store.request_terminate(run, Some("now"), 60), Ok(CancelAnswer::Requested));
    let expected = [CancelRequest { run, reason: Some("now".to_owned()), at_ms: 60, force: true }];
    assert_eq!(requests(store.as_ref()), expected);
    commit(store.as_ref(), end(run, 1, &Event::RunCancelled { reason: None }, None)).expect("stored");
    assert_eq!(requests(store.as_ref()), []);
    assert_eq!(store.request_terminate(run, None, 70), Ok(CancelAnswer::AlreadyEnded(RunStatus::Cancelled)));
}

pub(super) fn cancel_requests_survive_a_crash(make: Make<'_>) {
    let mut harness = make();
    let run = create(harness.store().as_ref(), &Value::Nil, 1).run;
    assert_eq!(harness.store().request_cancel(run, None, 50), Ok(CancelAnswer::Requested));
    harness.crash();
    assert_eq!(
        requests(harness.store().as_ref()),
        [CancelRequest { run, reason: None, at_ms: 50, force: false }]
    );
}

pub(super) fn ended_runs_are_not_cancelled(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = create(store.as_ref(), &Value::Nil, 1).run;
    commit(store.as_ref(), end(run, 1, &Event::RunCompleted, Some(&Value::Nil))).expect("stored");
    let answer = store.request_cancel(run, None, 50);
    assert_eq!(answer, Ok(CancelAnswer::AlreadyEnded(RunStatus::Completed)));
    let nobody = RunNumber(77);
    assert_eq!(store.request_cancel(nobody, None, 50), Err(StoreError::RunNotFound { run: nobody }));
    assert_eq!(requests(store.as_ref()), []);
}
