//! A small flow written by hand as generated code would look, and a scripted world for it.
//!
//! fetch (http) → shape (function, pure) → join → send (http, with a handler) → result; the handler reports (http).

#![expect(clippy::unnecessary_wraps, reason = "states have the signature of the ABI")]

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use breyta_core::{Budget, Map, Thrown, Value};

use crate::error::StepError;
use crate::frame::Frame;
use crate::machine::{Action, Machine, Origin, Outcome, Program, State, StateFn, StateIndex, StepCall};
use crate::world::{BoxFuture, StepRequest, World};

pub const SLUG: &str = "sample";

const INPUT: usize = 0;
const FETCHED: usize = 1;
const SHAPED: usize = 2;
const SENT: usize = 3;
const FAILURE: usize = 4;

const ORIGIN: Origin = Origin { file: "flow.edn", line: 1, form: "(let …" };

static MACHINE: Machine = Machine {
    states: &[
        State { name: "start", live: &[INPUT], result: Some(INPUT), handler: None, origin: ORIGIN },
        State {
            name: "fetch",
            live: &[INPUT, FETCHED],
            result: Some(FETCHED),
            handler: None,
            origin: ORIGIN,
        },
        State { name: "shape", live: &[INPUT, SHAPED], result: Some(SHAPED), handler: None, origin: ORIGIN },
        State { name: "join", live: &[INPUT, SHAPED], result: None, handler: None, origin: ORIGIN },
        State {
            name: "send",
            live: &[INPUT, SHAPED, SENT],
            result: Some(SENT),
            handler: None,
            origin: ORIGIN,
        },
        State {
            name: "send/failed",
            live: &[INPUT, FAILURE],
            result: Some(FAILURE),
            handler: None,
            origin: ORIGIN,
        },
        State { name: "report", live: &[INPUT, FAILURE], result: None, handler: None, origin: ORIGIN },
    ],
    slots: &["input", "fetched", "shaped", "sent", "failure"],
};

const ENTER: &[StateFn] = &[start, fetch, shape, join, send, send_failed, report];

fn config(key: &'static str, value: Value) -> Value {
    let mut map = Map::new();
    map.insert_keyword(key, value);
    Value::Map(map)
}

fn call(point: &'static str, family: &'static str, config: Value, next: StateIndex) -> StepCall {
    StepCall { point, family, step: point, config, next, handler: None }
}

fn start(frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
    frame.note("started", if outcome == Outcome::Start { "yes" } else { "no" });
    let config = config("n", frame.get(INPUT));
    Ok(Action::Step(call("fetch", "http", config, 1)))
}

fn fetch(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    let config = config("rows", frame.take(FETCHED));
    Ok(Action::Step(call("shape", "function", config, 2)))
}

fn shape(_: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    Ok(Action::Goto(3))
}

fn join(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    frame.note("joined", "yes");
    let config = config("body", frame.get(SHAPED));
    Ok(Action::Step(StepCall { handler: Some(5), ..call("send", "http", config, 4) }))
}

fn send(frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
    let mut result = Map::new();
    result.insert_keyword("input", frame.take(INPUT));
    result.insert_keyword("shaped", frame.take(SHAPED));
    result.insert_keyword("sent", frame.take(SENT));
    result.insert_keyword("by-value", outcome == Outcome::Value);
    Ok(Action::Done(Value::Map(result)))
}

fn send_failed(frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
    frame.note("failed", if outcome == Outcome::Failed { "yes" } else { "no" });
    let config = config("failure", frame.get(FAILURE));
    Ok(Action::Step(call("report", "http", config, 6)))
}

fn report(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    Ok(Action::Done(frame.take(FAILURE)))
}

/// The flow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sample;

impl Program for Sample {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn version(&self) -> &'static str {
        "v1"
    }

    fn machine(&self) -> &Machine {
        &MACHINE
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
        ENTER[state](frame, outcome)
    }

    fn call(&self, _: &str, _: &mut Budget, _: &mut [Value]) -> Option<Result<Value, Thrown>> {
        None
    }
}

/// A world in which every step answers at once with its point and its config, and remembers that it was asked.
#[derive(Debug, Default)]
pub struct Script {
    clock: AtomicI64,
    replies: Mutex<BTreeMap<&'static str, Result<Value, StepError>>>,
    executed: Mutex<Vec<String>>,
}

impl Script {
    /// Lets a point answer this instead.
    pub fn reply(&self, point: &'static str, reply: Result<Value, StepError>) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).insert(point, reply);
    }

    /// The idempotency keys of all attempts so far, in order.
    pub fn executed(&self) -> Vec<String> {
        self.executed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl World for Script {
    /// Every look at the clock is a millisecond later.
    fn now_ms(&self) -> i64 {
        self.clock.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn random(&self) -> u64 {
        4
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let key = request.idempotency_key.to_owned();
        self.executed.lock().unwrap_or_else(PoisonError::into_inner).push(key);
        let scripted =
            self.replies.lock().unwrap_or_else(PoisonError::into_inner).get(request.point).cloned();
        let reply = scripted.unwrap_or_else(|| Ok(config("did", request.config.clone())));
        Box::pin(ready(reply))
    }
}
