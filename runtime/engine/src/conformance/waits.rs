//! Parked runs: found when they are due, woken by the signals that are for them, and by no others.

use breyta_core::{Map, Value};

use super::{Make, checkpoint, commit, create, encode, end, load, make_commit, note, progress, slot, wait};
use crate::journal::Event;
use crate::store::{
    Change, Checkpoint, ChildOf, ClosePolicy, Commit, EventRoute, OpenWait, Parked, RunNumber, RunStatus,
    SentSignal, Signal, SignalAnswer, SignalTarget, Store, StoreError, WaitFilter, WaitName,
};

fn open_wait(id: &str, key: Option<&str>) -> OpenWait {
    OpenWait {
        wait_id: id.to_owned(),
        key: key.map(str::to_owned),
        event: None,
        kind: "wait".to_owned(),
        details: encode(&Value::string(format!("details of {id}"))),
        opened_ms: 40,
    }
}

fn parked_at(wake_at_ms: Option<i64>, wait: Option<OpenWait>) -> Checkpoint {
    let parked = Some(Parked { wake_at_ms, wait });
    Checkpoint { parked, ..checkpoint("waiting", 1, vec![slot("v", &Value::Int(7))]) }
}

/// Creates a run that is parked: its revision is 2.
fn park(store: &dyn Store, wake_at_ms: Option<i64>, wait: Option<OpenWait>) -> RunNumber {
    let run = create(store, &Value::Nil, 1).run;
    commit(store, progress(run, 1, Vec::new(), parked_at(wake_at_ms, wait))).expect("it parks");
    run
}

fn due(store: &dyn Store, now_ms: i64) -> Vec<RunNumber> {
    wait(store.due_runs(now_ms, 100)).expect("the store answers")
}

fn next_wake(store: &dyn Store) -> Option<i64> {
    wait(store.next_wake()).expect("the store answers")
}

fn signals(store: &dyn Store, run: RunNumber, wait_of: &OpenWait) -> Vec<Signal> {
    let OpenWait { wait_id, key, event, .. } = wait_of;
    wait(store.signals_for(run, wait_id, key.as_deref(), event.as_ref())).expect("the store answers")
}

fn put(store: &dyn Store, target: &SignalTarget, payload: &Value) -> Result<SignalAnswer, StoreError> {
    store.put_signal(target, encode(payload), 60)
}

fn to_wait(run: RunNumber, wait_id: &str) -> SignalTarget {
    SignalTarget::Wait { run, wait_id: wait_id.to_owned() }
}

fn to_key(key: &str) -> SignalTarget {
    SignalTarget::Key(key.to_owned())
}

fn delivered_to(answer: &SignalAnswer) -> Vec<RunNumber> {
    match answer {
        SignalAnswer::Delivered { waits, .. } => waits.iter().map(|wait| wait.run).collect(),
        SignalAnswer::Buffered { .. } => Vec::new(),
    }
}

pub(super) fn timers_are_due_in_order(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let runs: Vec<_> = [500, 300, 400].map(|at_ms| park(store.as_ref(), Some(at_ms), None)).into();
    create(store.as_ref(), &Value::Nil, 1);
    let parked = load(store.as_ref(), runs[0]);
    assert_eq!(parked.status, RunStatus::Waiting);
    assert_eq!(parked.parked, Some(Parked { wake_at_ms: Some(500), wait: None }));
    drop(store);
    for _ in 0..2 {
        let store = harness.store();
        assert_eq!(next_wake(store.as_ref()), Some(300));
        assert_eq!(due(store.as_ref(), 299), []);
        assert_eq!(due(store.as_ref(), 400), [runs[1], runs[2]], "those due longest first");
        assert_eq!(wait(store.due_runs(1_000, 2)), Ok(vec![runs[1], runs[2]]), "no more than asked for");
        drop(store);
        harness.crash();
    }
    let store = harness.store();
    commit(store.as_ref(), progress(runs[1], 2, Vec::new(), checkpoint("s", 2, Vec::new())))
        .expect("it goes on");
    assert_eq!(load(store.as_ref(), runs[1]).status, RunStatus::Running);
    assert_eq!(load(store.as_ref(), runs[1]).parked, None);
    commit(store.as_ref(), end(runs[2], 2, &Event::RunCompleted, Some(&Value::Nil))).expect("it ends");
    assert_eq!((due(store.as_ref(), 1_000), next_wake(store.as_ref())), (vec![runs[0]], Some(500)));
}

pub(super) fn a_signal_wakes_its_wait(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let open = open_wait("ask#1", Some("order:7"));
    let run = park(store.as_ref(), Some(900), Some(open.clone()));
    let other = park(store.as_ref(), Some(800), Some(open_wait("ask#1", None)));
    let answer = put(store.as_ref(), &to_wait(run, "ask#1"), &Value::Int(5)).expect("the wait is open");
    let SignalAnswer::Delivered { id, waits } = answer else { panic!("a wait is open for it: {answer:?}") };
    assert_eq!(waits, [WaitName { run, wait_id: "ask#1".to_owned() }]);
    let again = put(store.as_ref(), &to_wait(run, "ask#1"), &Value::Int(6));
    assert_eq!(again, Err(StoreError::WaitAnswered { run, wait_id: "ask#1".to_owned() }));
    drop(store);
    harness.crash();
    let store = harness.store();
    assert_eq!(due(store.as_ref(), 60), [run], "and not the other");
    assert!(next_wake(store.as_ref()).is_some_and(|at_ms| at_ms <= 60));
    let found = signals(store.as_ref(), run, &open);
    let payloads: Vec<_> =
        found.iter().map(|signal| (signal.id, signal.payload.clone(), signal.at_ms)).collect();
    assert_eq!(payloads, [(id, encode(&Value::Int(5)), 60)]);
    assert_eq!(signals(store.as_ref(), other, &open_wait("ask#1", None)), []);
    let taken = Commit { consumed: vec![id], ..progress(run, 2, Vec::new(), checkpoint("s", 2, Vec::new())) };
    commit(store.as_ref(), taken).expect("it takes the signal");
    assert_eq!(signals(store.as_ref(), run, &open), []);
    assert_eq!((due(store.as_ref(), 60), next_wake(store.as_ref())), (Vec::new(), Some(800)));
    let closed = put(store.as_ref(), &to_wait(run, "ask#1"), &Value::Nil);
    assert_eq!(closed, Err(StoreError::WaitNotFound { run, wait_id: "ask#1".to_owned() }));
}

pub(super) fn signals_to_nobody_are_refused(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = park(store.as_ref(), None, Some(open_wait("ask#2", None)));
    let wait_id = "ask#1".to_owned();
    let refused = put(store.as_ref(), &to_wait(run, "ask#1"), &Value::Nil);
    assert_eq!(refused, Err(StoreError::WaitNotFound { run, wait_id }));
    let nobody = RunNumber(77);
    let refused = put(store.as_ref(), &to_wait(nobody, "ask#1"), &Value::Nil);
    assert_eq!(refused, Err(StoreError::RunNotFound { run: nobody }));
    assert_eq!((due(store.as_ref(), i64::MAX), next_wake(store.as_ref())), (Vec::new(), None));
}

pub(super) fn early_signals_wait_for_their_key(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    for value in [1, 2] {
        let answer = put(store.as_ref(), &to_key("order:7"), &Value::Int(value)).expect("it is kept");
        assert!(matches!(answer, SignalAnswer::Buffered { .. }), "{answer:?}");
    }
    drop(store);
    harness.crash();
    let store = harness.store();
    let other = park(store.as_ref(), None, Some(open_wait("ask#1", Some("order:8"))));
    let open = open_wait("ask#1", Some("order:7"));
    let run = park(store.as_ref(), Some(900), Some(open.clone()));
    assert_eq!(due(store.as_ref(), 60), [run], "due as soon as it parks");
    assert_eq!(signals(store.as_ref(), other, &open_wait("ask#1", Some("order:8"))), []);
    let found = signals(store.as_ref(), run, &open);
    let payloads: Vec<_> = found.iter().map(|signal| signal.payload.clone()).collect();
    assert_eq!(payloads, [encode(&Value::Int(1)), encode(&Value::Int(2))], "oldest first");
    let next = parked_at(None, Some(open_wait("ask#2", Some("order:7"))));
    let consumed = found.first().map(|signal| signal.id).into_iter().collect();
    commit(store.as_ref(), Commit { consumed, ..progress(run, 2, Vec::new(), next) })
        .expect("it parks again");
    assert_eq!(due(store.as_ref(), 60), [run], "the second signal is for its next wait");
    assert_eq!(signals(store.as_ref(), run, &open_wait("ask#2", Some("order:7"))).len(), 1);
}

pub(super) fn events_find_waits_by_their_payload(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let route = |path: &[&str]| EventRoute {
        name: "order.paid".to_owned(),
        path: path.iter().map(ToString::to_string).collect(),
    };
    let listening =
        |key: &str, path: &[&str]| OpenWait { event: Some(route(path)), ..open_wait("paid#1", Some(key)) };
    let event = |id: Value| {
        let mut order = Map::new();
        order.insert(Value::string("id"), id);
        let mut payload = Map::new();
        payload.insert_keyword("order", order);
        Value::Map(payload)
    };
    let target = SignalTarget::Event("order.paid".to_owned());
    let early = put(store.as_ref(), &target, &event(Value::Int(9))).expect("it is kept");
    assert_eq!(delivered_to(&early), []);
    let seven = park(store.as_ref(), None, Some(listening("7", &["order", "id"])));
    let eight = park(store.as_ref(), None, Some(listening("8", &["order", "id"])));
    let flat = park(store.as_ref(), None, Some(listening("flat", &["id"])));
    assert_eq!(due(store.as_ref(), 60), []);
    let answer = put(store.as_ref(), &target, &event(Value::string("8"))).expect("it is delivered");
    assert_eq!(delivered_to(&answer), [eight]);
    let elsewhere = put(store.as_ref(), &SignalTarget::Event("order.sent".to_owned()), &event(Value::Int(7)));
    assert_eq!(delivered_to(&elsewhere.expect("it is kept")), []);
    assert_eq!(due(store.as_ref(), 60), [eight]);
    assert_eq!(signals(store.as_ref(), eight, &listening("8", &["order", "id"])).len(), 1);
    assert_eq!(signals(store.as_ref(), seven, &listening("7", &["order", "id"])), []);
    assert_eq!(signals(store.as_ref(), flat, &listening("flat", &["id"])), []);
    let nine = park(store.as_ref(), None, Some(listening("9", &["order", "id"])));
    assert_eq!(due(store.as_ref(), 60), [eight, nine], "an early event wakes it");
}

pub(super) fn keys_of_open_waits_differ(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let holder = park(store.as_ref(), None, Some(open_wait("ask#1", Some("k"))));
    let run = create(store.as_ref(), &Value::Nil, 1).run;
    let parks = || parked_at(None, Some(open_wait("ask#1", Some("k"))));
    let refused = commit(store.as_ref(), progress(run, 1, vec![note(9, "parks")], parks()));
    assert_eq!(refused, Err(StoreError::DuplicateWaitKey { key: "k".to_owned(), holder }));
    let state = load(store.as_ref(), run);
    assert_eq!((state.revision, state.status), (1, RunStatus::Running), "nothing was written");
    assert_eq!(super::labels(store.as_ref(), run), Vec::<String>::new());
    commit(store.as_ref(), progress(holder, 2, Vec::new(), parks())).expect("its own key may stay");
    commit(store.as_ref(), end(holder, 3, &Event::RunFailed, Some(&Value::Nil))).expect("it ends");
    commit(store.as_ref(), progress(run, 1, Vec::new(), parks())).expect("the key is free again");
}

pub(super) fn consumed_signals_must_be_there(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = park(store.as_ref(), None, Some(open_wait("ask#1", Some("k"))));
    put(store.as_ref(), &to_key("k"), &Value::Int(1)).expect("it is kept");
    let open = open_wait("ask#1", Some("k"));
    let id = signals(store.as_ref(), run, &open).first().map(|signal| signal.id).expect("it is there");
    let take = |revision| {
        let next = checkpoint("s", 2, Vec::new());
        Commit { consumed: vec![id], ..progress(run, revision, vec![note(9, "took")], next) }
    };
    commit(store.as_ref(), take(2)).expect("it is taken");
    assert_eq!(commit(store.as_ref(), take(3)), Err(StoreError::Conflict { run }), "once only");
    assert_eq!(super::labels(store.as_ref(), run), ["took"]);
}

pub(super) fn the_end_closes_waits(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let run = park(store.as_ref(), Some(500), Some(open_wait("ask#1", Some("k"))));
    put(store.as_ref(), &to_wait(run, "ask#1"), &Value::Nil).expect("it is kept");
    commit(store.as_ref(), end(run, 2, &Event::RunCancelled { reason: None }, None)).expect("it ends");
    drop(store);
    harness.crash();
    let store = harness.store();
    assert_eq!(store.open_waits(&WaitFilter::default()), Ok(Vec::new()));
    assert_eq!((due(store.as_ref(), i64::MAX), next_wake(store.as_ref())), (Vec::new(), None));
    assert_eq!(signals(store.as_ref(), run, &open_wait("ask#1", Some("k"))), []);
    assert_eq!(load(store.as_ref(), run).parked, None);
}

pub(super) fn open_waits_are_listed(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let waits = [open_wait("a#1", Some("k1")), open_wait("b#2", None), open_wait("c#3", Some("k3"))];
    let runs: Vec<_> = waits.iter().map(|wait| park(store.as_ref(), Some(900), Some(wait.clone()))).collect();
    park(store.as_ref(), Some(50), None);
    let list = |filter: WaitFilter| store.open_waits(&filter).expect("the list reads");
    let all = list(WaitFilter::default());
    let shown: Vec<_> = all.iter().map(|found| (found.run, found.wait.clone(), found.wake_at_ms)).collect();
    let expected: Vec<_> =
        runs.iter().copied().zip(waits).map(|(run, wait)| (run, wait, Some(900))).collect();
    assert_eq!(shown, expected, "timers are no waits");
    assert!(all.iter().all(|found| !found.answered));
    assert_eq!(all[0].workflow_id, crate::store::workflow_id(super::sample::SLUG, runs[0]));
    let runs_of = |filter| list(filter).into_iter().map(|found| found.run).collect::<Vec<_>>();
    let filter = WaitFilter::default;
    assert_eq!(runs_of(WaitFilter { run: Some(runs[1]), ..filter() }), [runs[1]]);
    assert_eq!(runs_of(WaitFilter { key: Some("k3".to_owned()), ..filter() }), [runs[2]]);
    assert_eq!(runs_of(WaitFilter { count_max: Some(1), after: Some(runs[0]), ..filter() }), [runs[1]]);
    put(store.as_ref(), &to_key("k3"), &Value::Nil).expect("it is kept");
    assert!(list(WaitFilter { run: Some(runs[2]), ..filter() })[0].answered);
}

pub(super) fn runs_that_need_attention_are_not_due(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = park(store.as_ref(), Some(10), Some(open_wait("ask#1", None)));
    let change = Change::Attention { code: "unreadable-state".to_owned(), message: "damaged".to_owned() };
    commit(store.as_ref(), make_commit(run, 2, Vec::new(), change)).expect("stored");
    put(store.as_ref(), &to_wait(run, "ask#1"), &Value::Nil).expect("it is kept");
    assert_eq!((due(store.as_ref(), i64::MAX), next_wake(store.as_ref())), (Vec::new(), None));
    let state = load(store.as_ref(), run);
    assert_eq!((state.status, state.parked.is_some()), (RunStatus::Waiting, true), "it stays as it was");
}

pub(super) fn commits_send_signals(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let parent = create(store.as_ref(), &Value::Nil, 1).run;
    let open = open_wait("call#1", None);
    let call = |parent| ChildOf {
        parent,
        call: "call#1".to_owned(),
        flow: "other".to_owned(),
        on_close: ClosePolicy::default(),
    };
    let child = super::create_child(store.as_ref(), call(parent));
    assert_eq!(child.workflow_id, crate::store::workflow_id("other", child.run));
    assert_eq!(super::create_child(store.as_ref(), call(parent)).run, child.run, "a call creates one run");
    assert_eq!(load(store.as_ref(), child.run).child, Some(call(parent)));
    assert_eq!(store.open_children(parent), Ok(vec![child.run]));
    let target = to_wait(parent, "call#1");
    let sent = vec![SentSignal { target, payload: encode(&Value::Int(42)) }];
    let ended = end(child.run, 1, &Event::RunCompleted, Some(&Value::Int(42)));
    commit(store.as_ref(), Commit { sent: sent.clone(), ..ended }).expect("the child ends");
    drop(store);
    harness.crash();
    let store = harness.store();
    assert_eq!(store.open_children(parent), Ok(Vec::new()));
    commit(store.as_ref(), progress(parent, 1, Vec::new(), parked_at(None, Some(open.clone()))))
        .expect("it parks");
    assert_eq!(due(store.as_ref(), 60), [parent], "the child was faster");
    assert_eq!(signals(store.as_ref(), parent, &open).len(), 1);
    commit(store.as_ref(), end(parent, 2, &Event::RunFailed, Some(&Value::Nil))).expect("it ends");
    let late = create(store.as_ref(), &Value::Nil, 1).run;
    let late = Commit { sent, ..progress(late, 1, Vec::new(), checkpoint("s", 1, Vec::new())) };
    commit(store.as_ref(), late).expect("what is sent to an ended run is lost");
    assert_eq!(signals(store.as_ref(), parent, &open), []);
}
