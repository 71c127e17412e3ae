//! A compiled flow as emitted code states it, and what the engine sees of it.

use std::fmt;

use std::sync::Arc;

use breyta_core::{Budget, Map, Thrown, Value};
use breyta_engine::frame::Frame;
use breyta_engine::machine::{
    Action, FunctionFn, Machine, Outcome, Program, SchemaCheck, StateFn, StateIndex,
};
use breyta_steps::Family;
use breyta_steps::templates::RenderFn;

use crate::contract::Contract;
use crate::inputs;

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
    /// Whether it was built as a draft.
    pub draft: bool,
    /// The flows that are linked to it.
    pub children: &'static [&'static Flow],
    /// `Some(rt::CHECK_SCHEMA)` when the flow may expect results that fit a schema; None leaves schemas and regular
    /// expressions out.
    pub schemas: Option<SchemaCheck>,
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

    fn is_draft(&self) -> bool {
        self.draft
    }

    fn schema_check(&self) -> Option<SchemaCheck> {
        self.schemas
    }

    fn children(&self) -> Vec<Arc<dyn Program>> {
        self.children.iter().map(|child| Arc::new(**child) as Arc<dyn Program>).collect()
    }

    fn called_with(&self, input: Value) -> Result<Value, String> {
        let given = match input {
            Value::Map(map) => map,
            Value::Nil => Map::new(),
            other => {
                return Err(format!(
                    "the input of the flow `{}` is a map, not {}",
                    self.slug,
                    other.type_name()
                ));
            }
        };
        let contract = Contract::read(self.contract)?;
        let input = inputs::check(&contract, self.slug, None, given, &Map::new());
        input.map(Value::Map).map_err(|failure| failure.message)
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
