//! What one run may do so often and no more: each bound has its name in the error, and what was done before it stays done.

use std::sync::Arc;

use breyta_core::{Map, Value, Vector};

use super::line::{Line, Link};
use super::sample::Script;
use super::{Make, wait};
use crate::driver::{Engine, RunEnd};
use crate::limits::Limits;
use crate::store::RunFilter;

/// Three steps of a family in a row, over a child that does nothing.
fn three(family: &'static str, config: &Map) -> Line {
    let link = |point| Link { point, family, config: config.clone() };
    Line::new(vec![link("one"), link("two"), link("three")]).calling(Line::new(Vec::new()).named("child"))
}

fn items(count: usize) -> Map {
    let mut item = Map::new();
    item.insert_keyword("type", Value::keyword("call-flow"));
    item.insert_keyword("flow-slug", "child");
    let mut config = Map::new();
    config.insert_keyword(
        "items",
        Value::Vector(std::iter::repeat_n(Value::Map(item), count).collect::<Vector>()),
    );
    config
}

fn check(make: Make<'_>, line: Line, limits: Limits, children: usize, message: &str) {
    let harness = make();
    let engine = Engine::new(Arc::new(line), harness.store(), Arc::new(Script::default()), limits);
    let engine = engine.expect("the line is well formed").verifying();
    let (_, end) = wait(engine.run(Value::Nil, "manual")).expect("it runs");
    let RunEnd::Failed(error) = end else { panic!("{message}: {end:?}") };
    assert_eq!(error.field("type").and_then(Value::as_str), Some("limit-exceeded"));
    assert_eq!(error.field("message").and_then(Value::as_str), Some(message));
    assert_eq!(error.field("step-id"), Some(&Value::keyword("three")), "{message}");
    let runs = harness.store().list_runs(&RunFilter::default()).expect("the list reads");
    assert_eq!(runs.iter().filter(|run| run.child.is_some()).count(), children, "{message}");
}

pub(super) fn what_a_run_may_do_is_bounded(make: Make<'_>) {
    let mut call = Map::new();
    call.insert_keyword("flow", "child");
    let limits = Limits::default();
    check(
        make,
        three("call-flow", &call),
        Limits { children_max: 2, ..limits.clone() },
        2,
        "the run has called 2 flows; the limit child-flows-per-run allows no more",
    );
    check(
        make,
        three("fanout", &items(1)),
        Limits { fanouts_max: 2, ..limits.clone() },
        2,
        "the run has carried out 2 fan-outs; the limit fanouts-per-run allows no more",
    );
    check(
        make,
        three("fanout", &items(2)),
        Limits { fanout_items_max: 5, ..limits.clone() },
        4,
        "the fan-outs of the run come to 6 items, more than 5; the limit fanout-items-per-run allows no more",
    );
    check(
        make,
        three("http", &Map::new()),
        Limits { http_requests_max: 2, ..limits.clone() },
        0,
        "the run has sent 2 HTTP requests; the limit http-requests-per-run allows no more",
    );
    check(
        make,
        three("http", &Map::new()),
        Limits { steps_max: 2, ..limits },
        0,
        "the run has carried out 2 steps; the limit steps-per-run allows no more",
    );
}
