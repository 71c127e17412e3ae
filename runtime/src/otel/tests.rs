//! Spans of journal entries: their ids, what is in them, and what never is.

use std::sync::Arc;

use breyta_core::Map;
use breyta_engine::journal::{Encoded, StepExecution};
use breyta_engine::memory::MemoryStore;
use breyta_engine::store::{Checkpoint, NewRun, Store};
use opentelemetry::trace::Status;

use super::*;

/// A store with one run, and the traces of a process that carries it on.
fn traces(store: &Arc<MemoryStore>) -> Traces {
    let service = Service { slug: "shop", version: "v1" };
    let traces = Traces { service, store: Arc::default(), runs: Arc::default() };
    let observer: Arc<dyn Observer> = store.clone();
    traces.look_into(Arc::downgrade(&observer));
    traces
}

fn store(at_ms: i64) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new("shop"));
    let event = Event::RunStarted { version: "v1".to_owned(), trigger: "manual".to_owned() };
    let mut input = Vec::new();
    breyta_core::codec::encode(&Value::string("hunter2"), &mut input).unwrap();
    let run = NewRun {
        version: "v1".to_owned(),
        trigger: "manual".to_owned(),
        at_ms,
        started: Encoded::new(at_ms, &event, Some(input.into())),
        checkpoint: Checkpoint {
            state: "start".to_owned(),
            progress: Vec::new(),
            steps: 0,
            slots: Vec::new(),
            parked: None,
        },
        child: None,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(store.create_run(run)).unwrap();
    store
}

fn execution(attempt: u32) -> StepExecution {
    StepExecution {
        point: "in/ask".to_owned(),
        step: "ask".to_owned(),
        family: "http".to_owned(),
        count: 2,
        attempt,
        started_ms: 400,
        ended_ms: 500,
    }
}

fn error() -> Value {
    let mut error = Map::new();
    error.insert_keyword("type", "http-status");
    error.insert_keyword("message", "hunter2");
    Value::Map(error)
}

const RUN: &str = "flow-shop-local-r1";

fn span(traces: &Traces, event: Event, value: Value) -> SpanData {
    traces.span(RUN, &Entry { at_ms: 1_000, event, value: Some(value) }).unwrap()
}

#[test]
fn another_process_adds_to_the_same_trace() {
    let store = store(7);
    let attempt = span(&traces(&store), Event::StepCompleted { execution: execution(1) }, Value::Nil);
    let run = span(&traces(&store), Event::RunCompleted, Value::Nil);
    assert_eq!(attempt.span_context.trace_id(), run.span_context.trace_id());
    assert_eq!(attempt.parent_span_id, run.span_context.span_id());
    assert_eq!(run.parent_span_id, opentelemetry::trace::SpanId::INVALID);
    let again = span(&traces(&store), Event::StepCompleted { execution: execution(1) }, Value::Nil);
    assert_eq!(again, attempt);
    let next = span(&traces(&store), Event::StepCompleted { execution: execution(2) }, Value::Nil);
    assert_ne!(next.span_context.span_id(), attempt.span_context.span_id());
}

#[test]
fn the_same_number_in_another_store_is_another_trace() {
    let run = |at_ms| span(&traces(&store(at_ms)), Event::RunCompleted, Value::Nil).span_context;
    assert_ne!(run(7).trace_id(), run(8).trace_id());
}

#[test]
fn spans_hold_names_and_codes_and_no_values() {
    let store = store(7);
    let failed = Event::StepRetried { execution: execution(1), next_ms: 900 };
    let attempt = span(&traces(&store), failed, error());
    assert_eq!(attempt.status, Status::error("http-status"));
    let ended = span(&traces(&store), Event::RunFailed, error());
    assert_eq!((ended.name.as_ref(), ended.status.clone()), ("shop", Status::error("http-status")));
    let completed = span(&traces(&store), Event::RunCompleted, Value::string("hunter2"));
    assert_eq!(completed.status, Status::Unset);
    for span in [attempt, ended, completed] {
        let text = format!("{span:?}");
        assert!(text.contains(RUN) && !text.contains("hunter2"), "{text}");
    }
}

#[test]
fn a_run_that_nobody_knows_has_no_trace() {
    let traces = traces(&store(7));
    let entry = Entry { at_ms: 1, event: Event::RunCompleted, value: None };
    assert!(traces.span("flow-shop-local-r2", &entry).is_none());
}
