//! Parents that end before their children: what becomes of these is decided by the commit that ends the parent.

use std::sync::Arc;

use breyta_core::{Map, Value};

use super::line::{Line, Link};
use super::reopening::Clock;
use super::{Make, StoreHarness, commit, create, create_child, end, load, wait};
use crate::driver::{Advance, Engine, RunEnd};
use crate::journal::Event;
use crate::limits::Limits;
use crate::store::{CancelRequest, ChildOf, ClosePolicy, RunFilter, RunNumber, RunStatus, Store};

pub(super) fn ends_reach_the_children_as_each_is_to(make: Make<'_>) {
    let ends = [Event::RunCompleted, Event::RunFailed, Event::RunCancelled { reason: None }];
    for event in ends {
        let mut harness = make();
        let store = harness.store();
        let parent = create(store.as_ref(), &Value::Nil, 1).run;
        let child = |call: &str, parent, on_close| {
            let of = ChildOf { parent, call: call.to_owned(), flow: "other".to_owned(), on_close };
            create_child(store.as_ref(), of).run
        };
        let abandoned = child("a#1", parent, ClosePolicy::Abandon);
        let asked = child("b#1", parent, ClosePolicy::RequestCancel);
        let ended = child("c#1", parent, ClosePolicy::Terminate);
        let forced = child("d#1", parent, ClosePolicy::Terminate);
        let knows = child("e#1", parent, ClosePolicy::RequestCancel);
        let below = child("f#1", asked, ClosePolicy::RequestCancel);
        commit(store.as_ref(), end(ended, 1, &Event::RunCompleted, Some(&Value::Nil))).expect("it ends");
        store.request_terminate(knows, Some("by hand"), 5).expect("it is open");
        assert_eq!(load(store.as_ref(), abandoned).child.map(|of| of.on_close), Some(ClosePolicy::Abandon));
        let value = (!matches!(event, Event::RunCancelled { .. })).then_some(&Value::Nil);
        // What a store remembers of the parent must be what it stores of it.
        let store = if matches!(event, Event::RunFailed) { again(&mut harness, store) } else { store };
        let committed = commit(store.as_ref(), end(parent, 1, &event, value)).expect("the parent ends");
        assert_eq!(committed.open_children, [abandoned, asked, forced, knows]);
        let store = again(&mut harness, store);
        let over =
            |run, force| CancelRequest { run, reason: Some("it is over".to_owned()), at_ms: 1_001, force };
        let by_hand = CancelRequest { run: knows, reason: Some("by hand".to_owned()), at_ms: 5, force: true };
        let mut found = wait(store.cancel_requests()).expect("the inbox reads");
        found.sort_by_key(|request| request.run);
        assert_eq!(found, [over(asked, false), over(forced, true), by_hand], "{event:?}: and not {below}");
        commit(store.as_ref(), end(asked, 1, &Event::RunCancelled { reason: None }, None)).expect("it ends");
        let found = wait(store.cancel_requests()).expect("the inbox reads");
        assert!(found.iter().any(|request| request.run == below), "ends reach children of children");
    }
}

/// The store after the death of its owner.
fn again(harness: &mut Box<dyn StoreHarness>, store: Arc<dyn Store>) -> Arc<dyn Store> {
    drop(store);
    harness.crash();
    harness.store()
}

/// A parent that calls a flow which waits for ever, cancelled while it waits: how the child stands when the parent was
/// carried on to its end.
fn child_after_the_end(make: Make<'_>, policy: &'static str) -> RunStatus {
    let harness = make();
    let mut config = Map::new();
    config.insert_keyword("key", "nobody");
    let links = vec![Link { point: "wait", family: "wait", config }];
    let mut options = Map::new();
    options.insert_keyword("parent-close-policy", Value::keyword(policy));
    let mut config = Map::new();
    config.insert_keyword("flow", "child");
    config.insert_keyword("options", options);
    let parent = Line::one("call", "call-flow", config).calling(Line::new(links).named("child"));
    let engine =
        Engine::new(Arc::new(parent), harness.store(), Arc::new(Clock::default()), Limits::default());
    let engine = engine.expect("the line is well formed");
    let started = wait(engine.start(Value::Nil, "manual")).expect("it starts");
    let (id, store) = (started.workflow_id, engine.store());
    assert!(matches!(wait(engine.advance(&id)), Ok(Advance::Parked { .. })));
    wait(engine.advance("r2")).expect("the child comes to rest");
    store.request_cancel(started.run, Some("enough"), 1).expect("it is open");
    assert!(matches!(wait(engine.drive(&id)), Ok(RunEnd::Cancelled { .. })), "whoever drives it is done");
    load(store.as_ref(), RunNumber(2)).status
}

pub(super) fn abandoned_children_are_left_where_they_rest(make: Make<'_>) {
    assert_eq!(child_after_the_end(make, "abandon"), RunStatus::Waiting);
    assert_eq!(child_after_the_end(make, "request-cancel"), RunStatus::Cancelled);
    assert_eq!(child_after_the_end(make, "terminate"), RunStatus::Terminated);
}

/// Nothing drives the child when its parent is ended from outside: the request waits for whoever comes.
pub(super) fn children_that_nothing_drives_are_ended_later(make: Make<'_>) {
    let mut harness = make();
    let mut config = Map::new();
    config.insert_keyword("flow", "child");
    let line = || {
        let mut waits = Map::new();
        waits.insert_keyword("key", "nobody");
        let links = vec![Link { point: "wait", family: "wait", config: waits }];
        Line::one("call", "call-flow", config.clone()).calling(Line::new(links).named("child"))
    };
    let engine = |store: Arc<dyn Store>| {
        Engine::new(Arc::new(line()), store, Arc::new(Clock::default()), Limits::default())
            .expect("the line is well formed")
    };
    let first = engine(harness.store());
    let id = wait(first.start(Value::Nil, "manual")).expect("it starts").workflow_id;
    wait(first.advance(&id)).expect("the parent comes to rest");
    wait(first.terminate(&id, Some("now"))).expect("it is ended");
    drop(first);
    harness.crash();
    let second = engine(harness.store());
    wait(second.end_requested()).expect("what is asked for is done");
    let open = RunFilter { statuses: vec![RunStatus::Running, RunStatus::Waiting], ..RunFilter::default() };
    assert_eq!(second.store().list_runs(&open), Ok(Vec::new()));
    assert_eq!(
        load(second.store().as_ref(), RunNumber(2)).status,
        RunStatus::Cancelled,
        "as it is to, not as the parent"
    );
}
