//! The flow that is measured: a loop of as many steps as the input says, each with a small config and a small result.

use std::sync::Arc;

use breyta_core::{Budget, Map, Thrown, Value};
use breyta_engine::frame::Frame;
use breyta_engine::machine::{
    Action, Machine, Origin, Outcome, Program, State, StateFn, StateIndex, StepCall,
};

pub(crate) const SLUG: &str = "counting";

const LEFT: usize = 0;
const TICK: usize = 1;

const ORIGIN: Origin = Origin { file: "by-hand", line: 1, form: "" };

static MACHINE: Machine = Machine {
    states: &[
        State { name: "start", live: &[LEFT], result: Some(LEFT), handler: None, origin: ORIGIN },
        State { name: "tick", live: &[LEFT, TICK], result: Some(TICK), handler: None, origin: ORIGIN },
    ],
    slots: &["left", "tick"],
};

static ENTER: [StateFn; 2] = [
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
    let mut config = Map::new();
    config.insert_keyword("left", left);
    let config = Value::Map(config);
    Action::Step(StepCall { point: "tick", family: "http", step: "tick", config, next: 1, handler: None })
}

/// A flow whose states are written by hand.
pub(crate) struct ByHand {
    pub(crate) machine: &'static Machine,
    pub(crate) enter: &'static [StateFn],
}

impl Program for ByHand {
    fn slug(&self) -> &'static str {
        SLUG
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

pub(crate) fn counting() -> Arc<dyn Program> {
    Arc::new(ByHand { machine: &MACHINE, enter: &ENTER })
}
