//! The ABI between generated code and the engine.
//!
//! A flow body is compiled to one plain function per state: from the live slots and the outcome of what was awaited to
//! the next action. The functions do no I/O, never await and never panic. Everything else (retries, limits,
//! persistence, time) is the engine's.
//!
//! The value of an outcome is not passed to the function: the driver puts it into the slot that the state names as its
//! result ([`State::result`]) before entering, so that it is stored once. The first state's result is the run's input.

use std::sync::Arc;

use breyta_core::{Budget, Thrown, Value};

use crate::driver::CHECK_SCHEMA;
use crate::frame::Frame;

/// Index of a slot in [`Machine::slots`].
pub type Slot = usize;

/// Index of a state in [`Machine::states`]. Never stored: positions are stored by [`State::name`].
pub type StateIndex = usize;

/// The code of a state.
pub type StateFn = fn(&mut Frame, Outcome) -> Result<Action, Thrown>;

/// A function of `:functions`, or inline `:code`.
pub type FunctionFn = fn(&mut Budget, &mut [Value]) -> Result<Value, Thrown>;

/// Why a state is entered. The value that came with it is in the state's result slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The run begins.
    Start,
    /// The awaited effect completed.
    Value,
    /// The awaited effect failed and this state is its handler; the result slot holds the error map.
    Failed,
    /// An awaited signal arrived.
    Signal,
    /// An awaited signal did not arrive in time.
    Timeout,
}

/// What the machine wants next.
#[derive(Debug)]
pub enum Action {
    /// Carry out one step and enter `next` with its result.
    Step(StepCall),
    /// Enter another state at once: no effect, no commit.
    Goto(StateIndex),
    /// The flow is finished with this result.
    Done(Value),
}

/// One step to carry out.
#[derive(Debug)]
pub struct StepCall {
    /// The suspension id: the author's step id under its lexical path. Stable across versions of the flow.
    pub point: &'static str,
    /// The unqualified family name, `http`.
    pub family: &'static str,
    /// The author's step id, for people.
    pub step: &'static str,
    /// The evaluated config map.
    pub config: Value,
    /// The state to enter with the result.
    pub next: StateIndex,
    /// The state to enter with [`Outcome::Failed`]; without one a failure fails the run.
    pub handler: Option<StateIndex>,
}

/// Where a state comes from, for people.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    pub file: &'static str,
    /// From 1.
    pub line: u32,
    /// The start of the form, one line.
    pub form: &'static str,
}

/// One state of a machine: its stable name and what is live when it is entered.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// `start`, or the suspension id of what was awaited.
    pub name: &'static str,
    /// The slots that must be there on entry, the result slot included, ascending.
    pub live: &'static [Slot],
    /// Where the driver puts the outcome's value. None when the flow does not use it.
    pub result: Option<Slot>,
    /// The state to enter with [`Outcome::Failed`] when the code of this one throws; its result is the error map.
    pub handler: Option<StateIndex>,
    pub origin: Origin,
}

/// The shape of a machine: what the engine needs without entering a state. State 0 is where runs start.
#[derive(Clone, Copy, Debug)]
pub struct Machine {
    pub states: &'static [State],
    /// Names of the slots, by index: the locals of the flow body they hold.
    pub slots: &'static [&'static str],
}

/// Whether a value fits a schema; the error says how it does not. `breyta_engine::driver::CHECK_SCHEMA`, which
/// executables link only when their flow has a schema to check.
pub type SchemaCheck = fn(schema: &Value, value: &Value) -> Result<(), String>;

/// A compiled flow as the engine drives it. Emitted executables implement it over static tables, the test
/// interpreter over MIR.
pub trait Program: Send + Sync {
    fn slug(&self) -> &str;

    /// The flow version: hash of the definition and the ABI, in hex.
    fn version(&self) -> &str;

    fn machine(&self) -> &Machine;

    /// Whether it is a draft: breakpoints stop, and results that are not as expected fail.
    fn is_draft(&self) -> bool {
        false
    }

    /// How a `:schema` of `:expect` is checked; None when nothing in the flow has one.
    fn schema_check(&self) -> Option<SchemaCheck> {
        Some(CHECK_SCHEMA)
    }

    /// The input of a run that another flow called, with defaults, as its invocation declares it. The error says what is
    /// wrong with it.
    fn called_with(&self, input: Value) -> Result<Value, String> {
        Ok(input)
    }

    /// The flows that are linked to it and that it may call.
    fn children(&self) -> Vec<Arc<dyn Program>> {
        Vec::new()
    }

    /// Runs the code of a state.
    fn enter(&self, state: StateIndex, frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown>;

    /// Calls an entry of `:functions` with its arguments; None when there is no such entry.
    fn call(
        &self,
        function: &str,
        budget: &mut Budget,
        arguments: &mut [Value],
    ) -> Option<Result<Value, Thrown>>;
}
