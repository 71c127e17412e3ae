//! A compiled flow as emitted code states it, and what the engine sees of it.

use std::fmt;

use breyta_core::{Budget, Thrown, Value};
use breyta_engine::frame::Frame;
use breyta_engine::machine::{Action, FunctionFn, Machine, Outcome, Program, StateFn, StateIndex};
use breyta_steps::Family;
use breyta_steps::templates::RenderFn;

/// Everything an executable is made of: `pub static FLOW: rt::Flow` of the emitted crate.
#[derive(Clone, Copy)]
pub struct Flow {
    pub slug: &'static str,
    /// Hash of the definition and the ABI, in hex.
    pub version: &'static str,
    /// Version of breytac that emitted it.
    pub compiler: &'static str,
    /// The EDN text of `assets/contract.edn`: inputs, requirements, concurrency, templates, resume manifest.
    pub contract: &'static str,
    /// The text of `flow.edn`.
    pub source: &'static str,
    pub machine: Machine,
    /// The code of the states, by index.
    pub enter: &'static [StateFn],
    /// Entries of `:functions` and inline `:code`, by id.
    pub functions: &'static [(&'static str, FunctionFn)],
    /// The step families the flow uses.
    pub families: &'static [&'static Family],
    /// `Some(rt::templates::RENDER)` when a template of the flow holds `{{`; None leaves Handlebars out.
    pub templates: Option<RenderFn>,
}

impl fmt::Debug for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flow")
            .field("slug", &self.slug)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Program for Flow {
    fn slug(&self) -> &str {
        self.slug
    }

    fn version(&self) -> &str {
        self.version
    }

    fn machine(&self) -> &Machine {
        &self.machine
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, outcome: Outcome) -> Result<Action, Thrown> {
        match self.enter.get(state) {
            Some(code) => code(frame, outcome),
            None => Err(Thrown::new(
                breyta_core::thrown::Class::IllegalState,
                format!("the executable has no code for state {state}; it was built wrongly"),
            )),
        }
    }

    fn call(
        &self,
        function: &str,
        budget: &mut Budget,
        arguments: &mut [Value],
    ) -> Option<Result<Value, Thrown>> {
        let (_, code) = self.functions.iter().find(|(name, _)| *name == function)?;
        Some(code(budget, arguments))
    }
}
