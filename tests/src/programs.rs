//! Programs written by hand against the machine ABI, for suites and benchmarks that are about the engine alone.

use std::sync::Arc;

use breyta_core::{Budget, Map, Thrown, Value};
use breyta_engine::frame::Frame;
use breyta_engine::machine::{
    Action, Machine, Origin, Outcome, Program, State, StateFn, StateIndex, StepCall,
};

const ORIGIN: Origin = Origin { file: "by-hand", line: 1, form: "" };

/// A program over static tables.
struct ByHand {
    slug: &'static str,
    machine: &'static Machine,
    enter: &'static [StateFn],
}

impl Program for ByHand {
    fn slug(&self) -> &str {
        self.slug
    }

    fn version(&self) -> &'static str {
        "0000000000000001"
    }

    fn machine(&self) -> &Machine {
        self.machine
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
        let code = self.enter.get(state).expect("the engine enters only states that exist");
        code(frame, outcome)
    }

    fn call(&self, _: &str, _: &mut Budget, _: &mut [Value]) -> Option<Result<Value, Thrown>> {
        None
    }
}

fn config(field: &'static str, value: Value) -> Value {
    let mut map = Map::new();
    map.insert_keyword(field, value);
    Value::Map(map)
}

/// Five HTTP steps in a row; each sends the sum so far, and its result (an integer) is added. The result of the run is
/// the sum.
pub fn five_steps() -> Arc<dyn Program> {
    Arc::new(ByHand { slug: "five-steps", machine: &FIVE, enter: &FIVE_CODE })
}

const SUM: usize = 0;
const ANSWER: usize = 1;

const fn awaiting(name: &'static str) -> State {
    State { name, live: &[SUM, ANSWER], result: Some(ANSWER), handler: None, origin: ORIGIN }
}

static FIVE: Machine = Machine {
    states: &[
        State { name: "start", live: &[ANSWER], result: Some(ANSWER), handler: None, origin: ORIGIN },
        awaiting("one"),
        awaiting("two"),
        awaiting("three"),
        awaiting("four"),
        awaiting("five"),
    ],
    slots: &["sum", "answer"],
};

static FIVE_CODE: [StateFn; 6] = [
    |frame, _| Ok(ask(frame, "one", 1)),
    |frame, _| Ok(ask(frame, "two", 2)),
    |frame, _| Ok(ask(frame, "three", 3)),
    |frame, _| Ok(ask(frame, "four", 4)),
    |frame, _| Ok(ask(frame, "five", 5)),
    |frame, _| Ok(Action::Done(Value::Int(add(frame)))),
];

fn add(frame: &mut Frame) -> i64 {
    let answer = frame.take(ANSWER);
    let sum = frame.get(SUM).as_int().unwrap_or(0) + answer.as_int().unwrap_or(0);
    frame.set(SUM, Value::Int(sum));
    sum
}

fn ask(frame: &mut Frame, point: &'static str, next: StateIndex) -> Action {
    let sum = add(frame);
    let config = config("sum", Value::Int(sum));
    Action::Step(StepCall { point, family: "http", step: point, config, next, handler: None })
}

/// A loop: as many steps as the input says, each with a small config and a small result.
pub fn counting() -> Arc<dyn Program> {
    Arc::new(ByHand { slug: "counting", machine: &COUNTING, enter: &COUNTING_CODE })
}

const LEFT: usize = 0;
const TICK: usize = 1;

static COUNTING: Machine = Machine {
    states: &[
        State { name: "start", live: &[LEFT], result: Some(LEFT), handler: None, origin: ORIGIN },
        State { name: "tick", live: &[LEFT, TICK], result: Some(TICK), handler: None, origin: ORIGIN },
    ],
    slots: &["left", "tick"],
};

static COUNTING_CODE: [StateFn; 2] = [
    |frame, _| Ok(tick(frame)),
    |frame, _| {
        let left = frame.get(LEFT).as_int().unwrap_or(0) - 1;
        frame.set(LEFT, Value::Int(left));
        Ok(tick(frame))
    },
];

fn tick(frame: &mut Frame) -> Action {
    let left = frame.get(LEFT);
    if left.as_int().unwrap_or(0) <= 0 {
        return Action::Done(left);
    }
    let config = config("left", left);
    Action::Step(StepCall { point: "tick", family: "http", step: "tick", config, next: 1, handler: None })
}
