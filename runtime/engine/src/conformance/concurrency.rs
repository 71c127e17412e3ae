//! Commits of many runs at once: each answered for itself.

use breyta_core::Value;

use super::{Make, checkpoint, create, labels, load, note, progress, slot, values, wait};
use crate::store::{Commit, Committed, RunNumber, Store, StoreError};

/// Makes all commits at once.
fn together(store: &dyn Store, commits: Vec<Commit>) -> Vec<Result<Committed, StoreError>> {
    let pending: Vec<_> = commits.into_iter().map(|commit| store.commit(commit)).collect();
    wait(async {
        let mut answers = Vec::new();
        for commit in pending {
            answers.push(commit.await);
        }
        answers
    })
}

fn step(run: RunNumber, round: u64) -> Commit {
    let value = Value::Int((run.0 * 1_000 + round) as i64);
    progress(
        run,
        round,
        vec![note(1, &format!("{run}-{round}"))],
        checkpoint("s", round, vec![slot("v", &value)]),
    )
}

pub(super) fn concurrent_commits_stay_apart(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let runs: Vec<RunNumber> = (0..50).map(|_| create(store.as_ref(), &Value::Nil, 1).run).collect();
    for round in 1..=4 {
        let answers = together(store.as_ref(), runs.iter().map(|run| step(*run, round)).collect());
        assert!(
            answers.iter().all(|answer| answer.as_ref().is_ok_and(|ok| ok.revision == round + 1)),
            "{answers:?}"
        );
    }
    drop(store);
    harness.crash();
    let store = harness.store();
    for run in runs {
        let expected = Value::Int((run.0 * 1_000 + 4) as i64);
        assert_eq!(values(&load(store.as_ref(), run)), [("v".to_owned(), expected)]);
        let expected: Vec<String> = (1..=4).map(|round| format!("{run}-{round}")).collect();
        assert_eq!(labels(store.as_ref(), run), expected);
    }
}

pub(super) fn a_bad_commit_harms_no_other(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let runs: Vec<RunNumber> = (0..9).map(|_| create(store.as_ref(), &Value::Nil, 1).run).collect();
    let bad = |run: &RunNumber| run.0.is_multiple_of(3);
    let commits = runs.iter().map(|run| step(*run, if bad(run) { 5 } else { 1 })).collect();
    for (run, answer) in runs.iter().zip(together(store.as_ref(), commits)) {
        let revision = load(store.as_ref(), *run).revision;
        if bad(run) {
            assert_eq!((answer, revision), (Err(StoreError::Conflict { run: *run }), 1));
        } else {
            assert_eq!((answer.map(|ok| ok.revision), revision), (Ok(2), 2));
        }
    }
}
