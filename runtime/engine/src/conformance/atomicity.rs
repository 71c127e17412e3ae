//! A commit happens whole or not at all, and only to a run that is where the committer thinks.

use breyta_core::Value;

use super::{
    Make, checkpoint, commit, create, encode, end, labels, load, make_commit, note, progress, slot, values,
};
use crate::journal::{Encoded, Event};
use crate::store::{Change, RunNumber, RunStatus, StoreError};

pub(super) fn a_stale_commit_leaves_nothing(make: Make<'_>) {
    let mut harness = make();
    let run = create(harness.store().as_ref(), &Value::Int(1), 1).run;
    let moved = |revision, value| {
        let next = checkpoint("next", 1, vec![slot("local", &Value::Int(value))]);
        progress(run, revision, vec![note(2, &format!("n{value}"))], next)
    };
    commit(harness.store().as_ref(), moved(1, 10)).expect("the first commit succeeds");
    for revision in [0, 1, 3] {
        let refused = commit(harness.store().as_ref(), moved(revision, 20));
        assert_eq!(refused, Err(StoreError::Conflict { run }), "revision {revision} while it is 2");
    }
    for _ in 0..2 {
        let store = harness.store();
        let state = load(store.as_ref(), run);
        assert_eq!((state.revision, values(&state)), (2, vec![("local".to_owned(), Value::Int(10))]));
        assert_eq!(labels(store.as_ref(), run), ["n10"]);
        drop(store);
        harness.crash();
    }
}

pub(super) fn an_ended_run_takes_no_commits(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = create(store.as_ref(), &Value::Int(1), 1).run;
    commit(store.as_ref(), end(run, 1, &Event::RunCompleted, Some(&Value::Int(2))))
        .expect("the end is stored");
    let state = load(store.as_ref(), run);
    assert_eq!((state.status, state.revision), (RunStatus::Completed, 2));
    assert_eq!(state.slots, [], "an ended run has no slots");
    let next = checkpoint("next", 1, Vec::new());
    let refused = commit(store.as_ref(), progress(run, 2, vec![note(3, "late")], next));
    assert_eq!(refused, Err(StoreError::Conflict { run }));
    let refused = commit(store.as_ref(), end(run, 2, &Event::RunFailed, Some(&Value::Int(3))));
    assert_eq!(refused, Err(StoreError::Conflict { run }));
    assert_eq!(labels(store.as_ref(), run), Vec::<String>::new());
}

pub(super) fn a_commit_to_no_run_is_refused(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = RunNumber(9);
    let refused =
        commit(store.as_ref(), progress(run, 1, vec![note(3, "x")], checkpoint("next", 1, Vec::new())));
    assert_eq!(refused, Err(StoreError::RunNotFound { run }));
    assert_eq!(super::wait(store.load_run(run)), Ok(None));
    assert_eq!(store.find_run(run), Ok(None));
    assert_eq!(store.journal(run), Ok(Vec::new()));
}

pub(super) fn attention_comes_and_goes(make: Make<'_>) {
    let mut harness = make();
    let run = create(harness.store().as_ref(), &Value::Int(1), 1).run;
    let (code, message) = ("unknown-position".to_owned(), "there is no such state".to_owned());
    let event = Event::RunNeedsAttention { code: code.clone(), message: message.clone() };
    let change = Change::Attention { code: code.clone(), message: message.clone() };
    let entries = vec![Encoded::new(2, &event, None)];
    commit(harness.store().as_ref(), make_commit(run, 1, entries, change)).expect("it is parked");
    harness.crash();
    let store = harness.store();
    let state = load(store.as_ref(), run);
    assert_eq!((state.attention, state.revision), (Some((code, message)), 2));
    assert_eq!((state.state.as_str(), state.status), ("start", RunStatus::Running), "it stays where it was");
    assert_eq!(state.slots.first().map(|slot| slot.bytes.clone()), Some(encode(&Value::Int(1))));
    let listed = store.list_runs(&crate::store::RunFilter::default()).expect("the list reads");
    assert!(listed.iter().all(|run| run.attention.is_some()));
    commit(store.as_ref(), progress(run, 2, Vec::new(), checkpoint("next", 1, Vec::new())))
        .expect("it goes on");
    assert_eq!(load(store.as_ref(), run).attention, None, "progress clears it");
}
