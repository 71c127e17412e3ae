//! Concurrency slots: who begins, who waits, who is asked to end, and what a repeated delivery answers.

use breyta_core::Value;

use super::{Make, StoreHarness, checkpoint, commit, end, load, make_commit, new_run, progress, wait};
use crate::journal::Event;
use crate::store::{
    Admission, Admitted, CancelRequest, Change, CommandAnswer, Created, Decision, NewRun, Policy, RunNumber,
    RunStatus, Store, StoreError,
};

fn admission(slot: &str, policy: Policy) -> Admission {
    Admission { slot: slot.to_owned(), policy, delivery: None }
}

fn admit(store: &dyn Store, version: &str, admission: Admission) -> Created {
    let run = NewRun { version: version.to_owned(), ..new_run(&Value::Nil, 1) };
    wait(store.admit_run(Admitted { number: None, run, history: Vec::new(), admission, command: None }))
        .expect("the store answers")
}

fn due(store: &dyn Store) -> Vec<RunNumber> {
    wait(store.due_runs(1_000, 100)).expect("the store answers")
}

fn status(store: &dyn Store, run: RunNumber) -> RunStatus {
    load(store, run).status
}

fn completes(store: &dyn Store, run: RunNumber, revision: u64) {
    commit(store, end(run, revision, &Event::RunCompleted, Some(&Value::Nil))).expect("it ends");
}

pub(super) fn queues_are_first_in_first_out(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let slot = || admission("", Policy::Drain);
    let runs: Vec<_> = (0..3).map(|_| admit(store.as_ref(), "v1", slot())).collect();
    let decisions: Vec<_> = runs.iter().map(|created| created.decision).collect();
    assert_eq!(decisions, [Decision::Started, Decision::Queued, Decision::Queued]);
    let other = admit(store.as_ref(), "v1", admission("other", Policy::Drain));
    assert_eq!(other.decision, Decision::Started, "another slot");
    let statuses: Vec<_> = runs.iter().map(|created| status(store.as_ref(), created.run)).collect();
    assert_eq!(statuses, [RunStatus::Running, RunStatus::Queued, RunStatus::Queued]);
    assert_eq!(due(store.as_ref()), []);
    assert_eq!(store.holder_of(runs[2].run), Ok(Some(runs[0].run)));
    assert_eq!(store.holder_of(runs[0].run), Ok(None), "it waits for none");
    drop(store);
    harness.crash();
    let store = harness.store();
    completes(store.as_ref(), runs[0].run, 1);
    assert_eq!(due(store.as_ref()), [runs[1].run], "the next one's turn");
    drop(store);
    harness.crash();
    let store = harness.store();
    assert_eq!(due(store.as_ref()), [runs[1].run], "also after a crash");
    let moves = progress(runs[1].run, 1, Vec::new(), checkpoint("s", 1, Vec::new()));
    commit(store.as_ref(), moves).expect("it goes on");
    assert_eq!(status(store.as_ref(), runs[1].run), RunStatus::Running);
    assert_eq!(due(store.as_ref()), []);
    completes(store.as_ref(), runs[1].run, 2);
    completes(store.as_ref(), runs[2].run, 1);
    assert_eq!(admit(store.as_ref(), "v1", slot()).decision, Decision::Started, "the slot is free again");
}

pub(super) fn reserved_numbers_are_used_once(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let reserve = || wait(store.reserve_run()).expect("the store answers");
    let (first, second) = (reserve(), reserve());
    let run = new_run(&Value::Nil, 1);
    let admission = admission("", Policy::Supersede);
    let admitted = Admitted { number: Some(second), run, history: Vec::new(), admission, command: None };
    assert_eq!(wait(store.admit_run(admitted)).expect("it starts").run, second);
    let other = wait(store.create_run(new_run(&Value::Nil, 1))).expect("it starts").run;
    assert!(other != first && other != second, "{other} is somebody else's");
}

pub(super) fn newer_runs_supersede(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let first = admit(store.as_ref(), "v1", admission("k", Policy::Supersede));
    let second = admit(store.as_ref(), "v1", admission("k", Policy::Supersede));
    assert_eq!((first.decision, second.decision), (Decision::Started, Decision::Superseded));
    assert_eq!(status(store.as_ref(), second.run), RunStatus::Running, "at once");
    let reason = Some(format!("superseded by {}", second.run));
    let expected = [CancelRequest { run: first.run, reason, at_ms: 1, force: false }];
    assert_eq!(wait(store.cancel_requests()).expect("the inbox reads"), expected);
}

pub(super) fn versions_may_coexist(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let slot = || admission("k", Policy::Coexist);
    let decisions = ["v1", "v2", "v2", "v1"].map(|version| admit(store.as_ref(), version, slot()).decision);
    assert_eq!(decisions, [Decision::Started, Decision::Coexisted, Decision::Queued, Decision::Queued]);
    let first = RunNumber(1);
    completes(store.as_ref(), first, 1);
    assert_eq!(due(store.as_ref()), [], "another one still holds the slot");
}

pub(super) fn deliveries_start_one_run(make: Make<'_>) {
    let mut harness = make();
    let deliver = |harness: &dyn StoreHarness, delivery: &str| {
        let admission = Admission { delivery: Some(delivery.to_owned()), ..admission("k", Policy::Drain) };
        admit(harness.store().as_ref(), "v1", admission)
    };
    let first = deliver(harness.as_ref(), "event-1");
    harness.crash();
    let again = deliver(harness.as_ref(), "event-1");
    assert_eq!((again.run, again.decision), (first.run, Decision::Deduped));
    completes(harness.store().as_ref(), first.run, 1);
    assert_eq!(deliver(harness.as_ref(), "event-1").decision, Decision::Deduped, "also when it has ended");
    assert_eq!(deliver(harness.as_ref(), "event-2").decision, Decision::Started);
}

pub(super) fn commands_are_answered_once(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let body = super::encode(&Value::Int(5));
    let start = store.put_command("start", body.clone(), 7).expect("it is kept");
    let other = store.put_command("retry", body.clone(), 8).expect("it is kept");
    drop(store);
    harness.crash();
    let store = harness.store();
    let open = wait(store.commands()).expect("the inbox reads");
    let shown: Vec<_> = open.iter().map(|it| (it.id, it.name.as_str(), it.body.clone(), it.at_ms)).collect();
    assert_eq!(shown, [(start, "start", body.clone(), 7), (other, "retry", body, 8)], "oldest first");
    assert_eq!(store.command_answer(start), Ok(None));
    let admit = || {
        let run = new_run(&Value::Nil, 9);
        let admission = admission("", Policy::Drain);
        wait(store.admit_run(Admitted {
            number: None,
            run,
            history: Vec::new(),
            admission,
            command: Some(start),
        }))
    };
    let created = admit().expect("it starts");
    assert_eq!(
        admit().expect_err("a command is carried out once"),
        StoreError::CommandNotFound { command: start },
        "once only"
    );
    let word = "started".to_owned();
    let answer = CommandAnswer { run: Some(created.run), word, message: None };
    assert_eq!(store.command_answer(start), Ok(Some(answer)));
    let refused =
        || CommandAnswer { run: None, word: "unknown-run".to_owned(), message: Some("no".to_owned()) };
    wait(store.answer_command(other, refused())).expect("it is answered");
    assert_eq!(store.command_answer(other), Ok(Some(refused())));
    let again = wait(store.answer_command(other, refused()));
    assert_eq!(again, Err(StoreError::CommandNotFound { command: other }));
    assert_eq!(wait(store.commands()).expect("the inbox reads"), []);
}

pub(super) fn failed_runs_can_be_reopened(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let slot = || admission("k", Policy::Drain);
    let run = admit(store.as_ref(), "v1", slot()).run;
    let live = || vec![super::slot("v", &Value::Int(7)), super::slot("w", &super::text(3, 9_000))];
    commit(store.as_ref(), progress(run, 1, Vec::new(), checkpoint("next", 1, live()))).expect("stored");
    commit(store.as_ref(), end(run, 2, &Event::RunFailed, Some(&Value::Int(1)))).expect("it fails");
    let reopen = |revision| {
        let change = Change::Reopen { progress: vec![1, 77] };
        make_commit(run, revision, vec![super::note(9, "again")], change)
    };
    let holder = admit(store.as_ref(), "v1", slot()).run;
    let taken = commit(store.as_ref(), reopen(3));
    assert_eq!(taken, Err(StoreError::SlotTaken { run, holder }));
    assert_eq!(super::labels(store.as_ref(), run), Vec::<String>::new(), "nothing was written");
    completes(store.as_ref(), holder, 1);
    assert_eq!(commit(store.as_ref(), reopen(2)), Err(StoreError::Conflict { run }));
    commit(store.as_ref(), reopen(3)).expect("it is open again");
    drop(store);
    harness.crash();
    let store = harness.store();
    let state = load(store.as_ref(), run);
    assert_eq!((state.status, state.revision, state.state.as_str()), (RunStatus::Running, 4, "next"));
    assert_eq!(state.progress, [1, 77], "with what the engine says");
    let expected = [("v".to_owned(), Value::Int(7)), ("w".to_owned(), super::text(3, 9_000))];
    assert_eq!(super::values(&state), expected, "it stands where it stood");
    assert_eq!(admit(store.as_ref(), "v1", slot()).decision, Decision::Queued, "it holds its slot");
    completes(store.as_ref(), run, 4);
    assert_eq!(
        commit(store.as_ref(), reopen(5)),
        Err(StoreError::Conflict { run }),
        "a completed run is done"
    );
}
