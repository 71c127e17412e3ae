//! What a step family is to the runtime, and what its executor gets to work with.
//!
//! Emitted code registers the families it uses by reference (`&rt::families::HTTP`), so that the linker drops every
//! other one; there is no central table of executors. Retries, `:on-error` and persistence are the engine's.

use breyta_catalog::limits::Limits;
use breyta_core::Value;
use breyta_engine::error::StepError;
use breyta_engine::world::{BoxFuture, StepRequest};

use crate::connection::Connections;
use crate::templates::Templates;

/// Carries out one attempt of one step.
pub type ExecuteFn = for<'a> fn(StepContext<'a>) -> BoxFuture<'a, Result<Value, StepError>>;

/// One step family: its unqualified name and its executor.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// As in `(flow/step :http …)`, without the colon.
    pub name: &'static str,
    pub execute: ExecuteFn,
}

/// Everything one attempt may use.
#[derive(Clone, Copy)]
pub struct StepContext<'a> {
    pub request: StepRequest<'a>,
    pub connections: &'a dyn Connections,
    pub templates: &'a Templates,
    pub limits: &'a Limits,
    /// Takes the lines that code prints.
    pub say: &'a (dyn Fn(&str) + Send + Sync),
}

impl StepContext<'_> {
    /// An `invalid-config` error about this step; `problem` follows the step's name.
    pub(crate) fn invalid(&self, problem: &str) -> StepError {
        StepError::new("invalid-config", format!("step :{}: {problem}", self.request.step))
    }

    /// Refuses keys that nobody would look at. `handled` are the executor's own; `:type` repeats the family.
    pub(crate) fn check_keys(
        &self,
        config: &breyta_core::Map,
        family: &breyta_catalog::families::Family,
        handled: &[&str],
    ) -> Result<(), StepError> {
        for key in config.keys() {
            let Some(name) = key.as_keyword().map(breyta_core::Keyword::full) else {
                return Err(self.invalid(&format!("config keys are keywords, not {}", key.type_name())));
            };
            let control =
                breyta_catalog::families::CONTROLS.iter().any(|key| key.name == name && key.supported);
            if control || name == "type" || handled.contains(&name) {
                continue;
            }
            if family.key(name).is_some() {
                let message = format!(
                    "step :{}: :{name} is not supported on :{} steps yet",
                    self.request.step, family.name
                );
                return Err(StepError::new("not-supported-yet", message));
            }
            return Err(self.invalid(&format!(":{} steps have no config key :{name}", family.name)));
        }
        match config.get_keyword("type").filter(|kind| !kind.is_nil()) {
            Some(kind)
                if kind.as_name() != Some(family.name)
                    && !family.aliases.iter().any(|alias| kind.as_name() == Some(alias)) =>
            {
                Err(self
                    .invalid(&format!(":type repeats the family of the call and must be :{}", family.name)))
            }
            _ => Ok(()),
        }
    }
}
