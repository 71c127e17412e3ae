//! The flow whose runs are parked: it waits for an approval, then one step, then the end.

use std::sync::Arc;

use breyta_core::{Budget, Map, Thrown, Value};
use breyta_engine::frame::Frame;
use breyta_engine::machine::{
    Action, Machine, Origin, Outcome, Program, State, StateFn, StateIndex, StepCall,
};

use crate::program::SLUG;

const ORDER: usize = 0;
const ANSWER: usize = 1;

const ORIGIN: Origin = Origin { file: "by-hand", line: 1, form: "" };

static MACHINE: Machine = Machine {
    states: &[
        State { name: "start", live: &[ORDER], result: Some(ORDER), handler: None, origin: ORIGIN },
        State {
            name: "approve",
            live: &[ORDER, ANSWER],
            result: Some(ANSWER),
            handler: None,
            origin: ORIGIN,
        },
        State { name: "ship", live: &[ORDER], result: None, handler: None, origin: ORIGIN },
    ],
    slots: &["order", "answer"],
};

static ENTER: [StateFn; 3] = [
    |frame, _| {
        let mut config = Map::new();
        config.insert_keyword("key", key(frame.get(ORDER).as_str().unwrap_or_default()).as_str());
        config.insert_keyword("title", "Approve the order?");
        config.insert_keyword("timeout", "30d");
        Ok(call("approve", "wait", config, 1))
    },
    |frame, _| {
        let mut config = Map::new();
        config.insert_keyword("order", frame.get(ORDER));
        Ok(call("ship", "http", config, 2))
    },
    |frame, _| Ok(Action::Done(frame.take(ORDER))),
];

/// Under which key the run of an order waits.
pub(crate) fn key(order: &str) -> String {
    format!("approve {order}")
}

fn call(point: &'static str, family: &'static str, config: Map, next: StateIndex) -> Action {
    let config = Value::Map(config);
    Action::Step(StepCall { point, family, step: point, config, next, handler: None })
}

struct Approving;

impl Program for Approving {
    fn slug(&self) -> &'static str {
        SLUG
    }

    fn version(&self) -> &'static str {
        "0000000000000001"
    }

    fn machine(&self) -> &Machine {
        &MACHINE
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
        let code = ENTER.get(state).expect("the engine enters only states that exist");
        code(frame, outcome)
    }

    fn call(&self, _: &str, _: &mut Budget, _: &mut [Value]) -> Option<Result<Value, Thrown>> {
        None
    }
}

pub(crate) fn approving() -> Arc<dyn Program> {
    Arc::new(Approving)
}
