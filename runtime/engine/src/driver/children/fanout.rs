//! `:fanout`: a bounded batch of children, and what becomes of their results.

use breyta_core::value::realize;
use breyta_core::{Keyword, Map, Value, Vector};

use super::looking::{Child, Found, Looked};
use super::{ANOTHER_FAILED, CALL_FLOW, end_error};
use crate::driver::RunEnd;
use crate::driver::execution::Execution;
use crate::driver::run::Run;
use crate::driver::step::Stage;
use crate::error::EngineError;
use crate::progress::Phase;
use crate::store::RunNumber;

impl Run<'_> {
    /// `:fanout`: all children, so many at once, and what they gave in order.
    pub(in crate::driver) async fn fan_out(
        &mut self,
        execution: &mut Execution,
    ) -> Result<Stage, EngineError> {
        let children = match items(execution) {
            Ok(children) => children,
            Err(message) => return Ok(Stage::Error(execution.error("invalid-config", message))),
        };
        let most = match execution.call.config.field("max-concurrency").filter(|most| !most.is_nil()) {
            None => 5,
            Some(Value::Int(most @ 1..=5)) => *most as usize,
            Some(_) => {
                let message = ":max-concurrency is a whole number from 1 to 5";
                return Ok(Stage::Error(execution.error("invalid-config", message)));
            }
        };
        if execution.phase != Phase::Children
            && let Err(error) = self.admit(execution, &children, true)
        {
            return Ok(Stage::Error(error));
        }
        let Looked { found, signals, moved } = match self.look_after(execution, &children, most).await? {
            Ok(looked) => looked,
            Err(stage) => return Ok(stage),
        };
        let on_error = execution.call.config.field("on-error");
        let strategy = on_error.and_then(|it| it.as_name().or_else(|| it.field("strategy")?.as_name()));
        let failed = failed(&found);
        if let (Some((run, end)), None | Some("fail")) = (&failed, strategy) {
            self.close_children(ANOTHER_FAILED)?;
            return Ok(Stage::Error(self.child_failed(execution, *run, end)));
        }
        if found.iter().any(|found| !matches!(found, Found::Ended { .. })) {
            return self.rest_for_children(execution, signals, moved).await;
        }
        let (result, succeeded) = self.collected(&found);
        match (strategy, failed) {
            (Some("continue"), Some((run, end))) if succeeded == 0 => {
                Ok(Stage::Error(self.child_failed(execution, run, &end)))
            }
            _ => Ok(self.transformed(execution, result)),
        }
    }

    /// What `:transform` makes of the result: the compiler put a function's name in its place.
    fn transformed(&self, execution: &Execution, result: Value) -> Stage {
        let transform = execution.call.config.field("transform").filter(|transform| !transform.is_nil());
        let Some(transform) = transform else { return Stage::Value(result) };
        let mut budget = self.engine.limits.budget();
        let name = transform.as_name().unwrap_or_default();
        let Some(answer) = self.program.call(name, &mut budget, &mut [result]) else {
            let message = ":transform is a function that is written in the flow, such as '(fn [result] (:results result))";
            return Stage::Error(execution.error("invalid-config", message));
        };
        let answer = answer.and_then(|value| realize(&mut budget, value));
        let printed = budget.take_printed();
        if !printed.is_empty() {
            self.engine.world.said(&self.workflow_id, &printed);
        }
        match answer {
            Ok(value) => Stage::Value(value),
            Err(thrown) => {
                let mut error = thrown.to_error_map();
                error.insert_keyword("step-id", Value::Keyword(Keyword::new(execution.call.step.as_ref())));
                Stage::Error(Value::Map(error))
            }
        }
    }

    /// `{:results … :succeeded n :failed n :total n}`.
    fn collected(&self, found: &[Found]) -> (Value, i64) {
        let mut succeeded = 0;
        let mut results = Vector::new();
        for (index, found) in (0_i64..).zip(found) {
            let Found::Ended { run, end, attempts } = found else { continue };
            let mut item = Map::new();
            item.insert_keyword("index", index);
            let word = if matches!(end, RunEnd::Completed(_)) { "completed" } else { "failed" };
            item.insert_keyword("status", Value::keyword(word));
            item.insert_keyword("workflow-id", self.engine.workflow_id_of_child(*run).as_str());
            if *attempts > 1 {
                item.insert_keyword("attempts", i64::from(*attempts));
            }
            match end {
                RunEnd::Completed(value) => {
                    succeeded += 1;
                    item.insert_keyword("result", value.clone());
                }
                end => item.insert_keyword("error", end_error(end)),
            }
            results.push(Value::Map(item));
        }
        let total = found.len() as i64;
        let mut map = Map::new();
        map.insert_keyword("results", Value::Vector(results));
        map.insert_keyword("succeeded", succeeded);
        map.insert_keyword("failed", total - succeeded);
        map.insert_keyword("total", total);
        (Value::Map(map), succeeded)
    }
}

/// The child whose failure is the fan-out's. Those that were ended because of it are not: a crash may come between.
fn failed(found: &[Found]) -> Option<(RunNumber, RunEnd)> {
    let failures = || {
        found.iter().filter_map(|found| match found {
            Found::Ended { run, end, .. } if !matches!(end, RunEnd::Completed(_)) => Some((*run, end)),
            _ => None,
        })
    };
    let follows =
        |end: &RunEnd| matches!(end, RunEnd::Cancelled { reason: Some(reason) } if reason == ANOTHER_FAILED);
    let first = failures().find(|(_, end)| !follows(end)).or_else(|| failures().next());
    first.map(|(run, end)| (run, end.clone()))
}

/// The items of a fan-out.
fn items(execution: &Execution) -> Result<Vec<Child>, String> {
    let items = execution.call.config.field("items").and_then(Value::as_sequential);
    let items = items.ok_or(":items is a vector of items")?;
    if items.len() > 25 {
        return Err(format!(":items has {} items and at most 25 are allowed", items.len()));
    }
    let mut children = Vec::new();
    for (index, item) in items.iter().enumerate() {
        if item.field("type").and_then(Value::as_name) != Some(CALL_FLOW) {
            return Err(format!("item {index}: only items of `:type :call-flow` can be carried out yet"));
        }
        let flow = item.field("flow-slug").and_then(Value::as_name);
        let flow = flow.ok_or_else(|| format!("item {index} has no :flow-slug"))?.to_owned();
        let call = format!("{}/{index}", execution.name());
        let child = Child::new(call, flow, "retry-policy", item, item);
        children.push(child.map_err(|message| format!("item {index}: {message}"))?);
    }
    Ok(children)
}
