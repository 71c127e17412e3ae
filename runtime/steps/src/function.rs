//! The `:function` family: calls an entry of `:functions`.
//!
//! Functions are pure, so an attempt needs nothing but the program and a budget. A map input gets the context keys
//! `:step/ctx` and `:flow/ctx`; a result that still carries them unchanged loses them again, so that `(fn [input]
//! input)` answers its input. Inline `:code` reaches this family as a `:ref` that the compiler made.

use breyta_catalog::families;
use breyta_catalog::limits::Limits;
use breyta_core::value::realize;
use breyta_core::{Budget, Keyword, Map, Value};
use breyta_engine::error::StepError;
use breyta_engine::world::BoxFuture;

use crate::family::{Family, StepContext};

#[cfg(test)]
mod tests;

/// The family as emitted code registers it.
pub static FUNCTION: Family = Family { name: "function", execute };

const STEP_CONTEXT: Value = Value::Keyword(Keyword::literal("step/ctx"));
const FLOW_CONTEXT: Value = Value::Keyword(Keyword::literal("flow/ctx"));

fn execute(context: StepContext<'_>) -> BoxFuture<'_, Result<Value, StepError>> {
    // Pure code does not wait: the answer is there before the future is.
    let answer = call(&context);
    Box::pin(std::future::ready(answer))
}

fn call(context: &StepContext<'_>) -> Result<Value, StepError> {
    let request = &context.request;
    let Some(config) = request.config.as_map() else {
        return Err(context.invalid(&format!("the config is a map, not {}", request.config.type_name())));
    };
    context.check_keys(config, &families::FUNCTION, &["ref", "input"])?;
    let Some(function) = config.get_keyword("ref").and_then(Value::as_name) else {
        return Err(context.invalid(":ref must be the id of an entry of :functions"));
    };
    let input = match config.get_keyword("input") {
        None | Some(Value::Nil) => Map::new().into(),
        Some(input) => input.clone(),
    };
    let injected = Injected::new(context, &input);
    let mut arguments = [injected.input(input)];
    let mut budget = budget(context.limits);
    let answer = request
        .program
        .call(function, &mut budget, &mut arguments)
        .ok_or_else(|| context.invalid(&format!("there is no function :{function} in this flow")))?;
    let answer = answer.and_then(|result| realize(&mut budget, result));
    for line in budget.take_printed().lines() {
        (context.say)(&format!("  {}: {line}", request.step));
    }
    let result = injected.strip(answer?);
    if result.is_data() {
        Ok(result)
    } else {
        Err(StepError::new(
            "not-storable",
            format!(
                "the function :{function} returned a function or a regex inside its result; a step result must be data"
            ),
        ))
    }
}

/// The full budget of one call of compiled code.
pub fn budget(limits: &Limits) -> Budget {
    Budget::new(limits.fuel, u32::try_from(limits.call_depth).unwrap_or(u32::MAX), limits.memory_bytes)
}

/// The context keys of one call, with what the input itself held under them.
struct Injected([(Value, Value, Option<Value>); 2]);

impl Injected {
    fn new(context: &StepContext<'_>, input: &Value) -> Self {
        let request = &context.request;
        let mut step = Map::new();
        step.insert_keyword("step-id", Value::Keyword(Keyword::new(request.step)));
        step.insert_keyword("step-type", Value::keyword("function"));
        let mut flow = Map::new();
        flow.insert_keyword("workflow-id", request.workflow_id);
        flow.insert_keyword("flow-slug", request.program.slug());
        flow.insert_keyword("version", request.program.version());
        let before = |key: &Value| input.as_map().and_then(|map| map.get(key)).cloned();
        Self([
            (STEP_CONTEXT, Value::Map(step), before(&STEP_CONTEXT)),
            (FLOW_CONTEXT, Value::Map(flow), before(&FLOW_CONTEXT)),
        ])
    }

    fn input(&self, input: Value) -> Value {
        let Value::Map(mut map) = input else { return input };
        for (key, value, _) in &self.0 {
            map.insert(key.clone(), value.clone());
        }
        Value::Map(map)
    }

    fn strip(self, result: Value) -> Value {
        let Value::Map(mut map) = result else { return result };
        for (key, value, before) in self.0 {
            if map.get(&key) == Some(&value) {
                match before {
                    Some(before) => map.insert(key, before),
                    None => {
                        map.remove(&key);
                    }
                }
            }
        }
        Value::Map(map)
    }
}
