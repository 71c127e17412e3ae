//! The flow whose runs are parked: it waits for an approval, then one step, then the end.

use std::sync::Arc;

use breyta_core::{Map, Value};
use breyta_engine::machine::{Action, Machine, Origin, Program, State, StateFn, StateIndex, StepCall};

use crate::program::ByHand;

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

pub(crate) fn approving() -> Arc<dyn Program> {
    Arc::new(ByHand { machine: &MACHINE, enter: &ENTER })
}
