//! What was committed is there after a crash, exactly.

use breyta_core::Value;

use super::{Make, checkpoint, commit, create, encode, labels, load, note, progress, slot, text, values};
use crate::store::{RunNumber, RunStatus, workflow_id};

pub(super) fn a_started_run_is_there(make: Make<'_>) {
    let mut harness = make();
    let input = text(1, 40);
    let created = create(harness.store().as_ref(), &input, 7);
    assert_eq!(created.run, RunNumber(1), "numbers begin with 1");
    assert_eq!(created.workflow_id, workflow_id(super::sample::SLUG, created.run));
    assert_eq!(created.committed.revision, 1, "the start is the first revision");
    harness.crash();
    let state = load(harness.store().as_ref(), created.run);
    assert_eq!((state.status, state.revision, state.state.as_str()), (RunStatus::Running, 1, "start"));
    assert_eq!((state.version.as_str(), state.progress.as_slice()), ("v1", [1, 0].as_slice()));
    assert_eq!(values(&state), [("input".to_owned(), input)]);
    assert_eq!(state.attention, None);
}

pub(super) fn every_commit_survives_a_crash(make: Make<'_>) {
    let mut harness = make();
    let run = create(harness.store().as_ref(), &Value::Nil, 1).run;
    for step in 1..=6 {
        let store = harness.store();
        let value = text(step as usize, 50);
        let next = checkpoint(&format!("state-{step}"), step, vec![slot("local", &value)]);
        let committed = commit(store.as_ref(), progress(run, step, vec![note(5, &format!("n{step}"))], next));
        assert_eq!(committed.expect("the commit succeeds").revision, step + 1);
        drop(store);
        harness.crash();
        let store = harness.store();
        let state = load(store.as_ref(), run);
        assert_eq!((state.revision, state.state), (step + 1, format!("state-{step}")));
        assert_eq!(state.progress, [1, step as u8]);
        assert_eq!(state.slots.first().map(|slot| slot.bytes.clone()), Some(encode(&value)));
        let expected: Vec<String> = (1..=step).map(|step| format!("n{step}")).collect();
        assert_eq!(labels(store.as_ref(), run), expected);
    }
}

pub(super) fn numbers_are_never_given_twice(make: Make<'_>) {
    let mut harness = make();
    for number in 1..=3 {
        assert_eq!(create(harness.store().as_ref(), &Value::Nil, 1).run, RunNumber(number));
        harness.crash();
    }
}
