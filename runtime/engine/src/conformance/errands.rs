//! A flow for simulations, written by hand as generated code would look: a loop that asks outside, computes, branches, is
//! caught when it fails, sleeps and waits, with values that grow.

#![expect(clippy::unnecessary_wraps, reason = "states have the signature of the ABI")]

use breyta_core::{Budget, Map, Thrown, Value, Vector};

use super::sample;
use crate::frame::Frame;
use crate::machine::{Action, Machine, Origin, Outcome, Program, State, StateFn, StateIndex, StepCall};

const INPUT: usize = 0;
const LEFT: usize = 1;
const LOG: usize = 2;
const ANSWER: usize = 3;

const ORIGIN: Origin = Origin { file: "errands.edn", line: 1, form: "(loop …" };

const fn state(name: &'static str) -> State {
    let live = &[INPUT, LEFT, LOG, ANSWER];
    State { name, live, result: Some(ANSWER), handler: None, origin: ORIGIN }
}

static MACHINE: Machine = Machine {
    states: &[
        State { name: "start", live: &[INPUT], result: Some(INPUT), handler: None, origin: ORIGIN },
        state("ask"),
        state("ask/failed"),
        state("compute"),
        state("rest"),
        state("approve"),
    ],
    slots: &["input", "left", "log", "answer"],
};

const ENTER: &[StateFn] = &[start, asked, failed, computed, rested, approved];

fn call(point: &'static str, family: &'static str, config: Map, next: StateIndex) -> Action {
    let config = Value::Map(config);
    Action::Step(StepCall { point, family, step: point, config, next, handler: None })
}

/// The number that the input holds under a key.
fn number(frame: &Frame, key: &str) -> i64 {
    frame.get(INPUT).field(key).and_then(Value::as_int).unwrap_or(0)
}

fn left(frame: &Frame) -> i64 {
    frame.get(LEFT).as_int().unwrap_or(0)
}

fn start(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    let rounds = number(frame, "rounds");
    frame.set(LEFT, Value::Int(rounds));
    frame.set(LOG, Value::Vector(Vector::new()));
    Ok(ask(frame))
}

/// The next round, or the end.
fn ask(frame: &mut Frame) -> Action {
    let left = left(frame);
    if left <= 0 {
        return Action::Done(frame.take(LOG));
    }
    frame.note("round", if left % 2 == 0 { "even" } else { "odd" });
    let mut config = Map::new();
    config.insert_keyword("left", left);
    config.insert_keyword("log", frame.get(LOG));
    match call("ask", "http", config, 1) {
        Action::Step(step) => Action::Step(StepCall { handler: Some(2), ..step }),
        other => other,
    }
}

/// Notes an answer.
fn log(frame: &mut Frame, word: &'static str) {
    let mut log: Vec<Value> =
        frame.get(LOG).as_sequential().map(|log| log.iter().cloned().collect()).unwrap_or_default();
    let answer = frame.take(ANSWER);
    log.push(Value::Vector(vec![Value::literal(word), answer].into()));
    frame.set(LOG, Value::Vector(log.into()));
}

fn asked(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    log(frame, "asked");
    let mut config = Map::new();
    config.insert_keyword("log", frame.get(LOG));
    Ok(call("compute", "function", config, 3))
}

fn failed(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    log(frame, "failed");
    frame.set(LEFT, Value::Int(left(frame) - 1));
    Ok(ask(frame))
}

fn computed(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    log(frame, "computed");
    let left = left(frame);
    if left % 3 == 0 {
        let mut config = Map::new();
        config.insert_keyword("millis", 50 * left);
        return Ok(call("rest", "sleep", config, 4));
    }
    Ok(after_rest(frame))
}

fn rested(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    // How long it was is not the same under every clock.
    frame.take(ANSWER);
    Ok(after_rest(frame))
}

fn after_rest(frame: &mut Frame) -> Action {
    let left = left(frame);
    if left % 4 == 1 {
        let mut config = Map::new();
        config.insert_keyword("key", wait_key(number(frame, "errand"), left).as_str());
        return call("approve", "wait", config, 5);
    }
    frame.set(LEFT, Value::Int(left - 1));
    ask(frame)
}

fn approved(frame: &mut Frame, _: Outcome) -> Result<Action, Thrown> {
    log(frame, "approved");
    frame.set(LEFT, Value::Int(left(frame) - 1));
    Ok(ask(frame))
}

/// Under which key an errand waits in a round.
pub fn wait_key(errand: i64, left: i64) -> String {
    format!("errand:{errand}:{left}")
}

/// The flow.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errands;

impl Program for Errands {
    fn slug(&self) -> &'static str {
        sample::SLUG
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
