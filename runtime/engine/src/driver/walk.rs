//! Pure code from a position to what comes next: the one way in which states are entered, while a run is driven and while
//! it is rebuilt from its journal.

use breyta_core::value::realize;
use breyta_core::{Thrown, Value};

use super::failure;
use super::run::storable_error;
use crate::frame::Frame;
use crate::limits::Limits;
use crate::machine::{Action, Outcome, Program, StateIndex, StepCall};

/// What a state asked for, after all gotos.
pub(super) enum Next {
    Step(StepCall),
    Done(Value),
    Failed(Value),
}

/// Runs pure code from the position on. Its budget is for the whole way to the next step.
pub(super) fn walk(
    program: &dyn Program,
    limits: &Limits,
    frame: &mut Frame,
    position: &mut StateIndex,
    mut outcome: Outcome,
) -> Next {
    let states = program.machine().states;
    frame.refill(limits.budget());
    for _ in 0..=limits.state_gotos_max {
        let action = program.enter(*position, frame, outcome);
        match action.and_then(|action| realized(action, frame)) {
            Ok(Action::Step(call)) => return Next::Step(call),
            Ok(Action::Done(result)) => return Next::Done(result),
            Ok(Action::Goto(next)) if next < states.len() => *position = next,
            Ok(Action::Goto(next)) => {
                return Next::Failed(failure::of_run("bad-program", &format!("there is no state {next}")));
            }
            Err(thrown) => {
                let error = Value::Map(thrown.to_error_map());
                let handler = states.get(*position).and_then(|state| state.handler);
                let Some(handler) = handler.filter(|_| !thrown.class().is_bound()) else {
                    return Next::Failed(error);
                };
                *position = handler;
                if let Some(slot) = states.get(handler).and_then(|state| state.result) {
                    frame.set(slot, storable_error(error).0);
                }
                outcome = Outcome::Failed;
                continue;
            }
        }
        outcome = Outcome::Value;
    }
    let message = format!("the flow entered more than {} states without a step", limits.state_gotos_max);
    Next::Failed(failure::of_run("limit-exceeded", &message))
}

/// An action without lazy parts, and the frame too: from here on everything is data.
fn realized(action: Action, frame: &mut Frame) -> Result<Action, Thrown> {
    Ok(match action {
        Action::Step(call) => {
            frame.realize()?;
            Action::Step(StepCall { config: realize(frame.budget(), call.config)?, ..call })
        }
        Action::Done(result) => Action::Done(realize(frame.budget(), result)?),
        Action::Goto(state) => Action::Goto(state),
    })
}
