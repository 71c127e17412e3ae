//! Child flows: `flow/call-flow` and `:fanout`. A child is a run of its own in the same store; the parent rests until it
//! has ended, and is woken by the commit that ends it.
//!
//! Which children there are is not kept here: starting one twice answers the first, so that a parent that is carried on
//! looks at all of its children in order and starts those that may be next.

use std::sync::Arc;

use breyta_core::{Map, Value};

use looking::{Child, Found, Looked};

use super::RunEnd;
use super::execution::Execution;
use super::people::Answer;
use super::run::{Run, Turn, storable_error};
use super::slots;
use super::step::Stage;
use crate::error::EngineError;
use crate::progress::Phase;
use crate::store::{ChildOf, ClosePolicy, OpenWait, RunNumber, SentSignal, SignalId, SignalTarget};

mod fanout;
mod looking;

/// The family name under which the machine calls a flow.
pub(super) const CALL_FLOW: &str = "call-flow";

/// Counts beside those of the points.
const CHILDREN: &str = "(child flows)";
const FANOUTS: &str = "(fanouts)";
const ITEMS: &str = "(fanout items)";
pub(super) const DEPTH: &str = "(depth)";

/// Why a fan-out ends the children that are left.
const ANOTHER_FAILED: &str = "another item of the fan-out failed";

/// The signal that a child's end sends to the run that called it.
pub(super) fn ended(child: &ChildOf) -> SentSignal {
    // `<suspension id>#<count>`, of a fan-out with the index of the item behind it; and which attempt, when not the first.
    let wait_id = match child.call.rsplit_once('#') {
        Some((point, count)) => format!("{point}#{}", count.split('/').next().unwrap_or_default()),
        None => child.call.clone(),
    };
    let target = SignalTarget::Wait { run: child.parent, wait_id };
    SentSignal { target, payload: slots::encode(&Value::Nil).unwrap_or_else(|_| Arc::from([])) }
}

impl Run<'_> {
    /// `flow/call-flow`: the child's result, or its failure.
    pub(super) async fn call_flow(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
        let config = &execution.call.config;
        let options = config.field("options").cloned().unwrap_or_default();
        let flow = config.field("flow").and_then(Value::as_name).unwrap_or_default().to_owned();
        let child = match Child::new(execution.name(), flow, "retry", &options, config) {
            Ok(child) => child,
            Err(message) => return Ok(Stage::Error(execution.error("invalid-config", message))),
        };
        if execution.phase != Phase::Children
            && let Err(error) = self.admit(execution, std::slice::from_ref(&child), false)
        {
            return Ok(Stage::Error(error));
        }
        let Looked { mut found, signals, moved } = match self.look_after(execution, &[child], 1).await? {
            Ok(looked) => looked,
            Err(stage) => return Ok(stage),
        };
        match found.pop() {
            Some(Found::Ended { end: RunEnd::Completed(value), .. }) => Ok(Stage::Value(value)),
            Some(Found::Ended { run, end, attempts }) => {
                execution.attempt = attempts;
                Ok(Stage::Error(self.child_failed(execution, run, &end)))
            }
            _ => self.rest_for_children(execution, signals, moved).await,
        }
    }

    /// Whether so many more children may be called; the error says which limit is used up.
    fn admit(&mut self, execution: &Execution, children: &[Child], is_fanout: bool) -> Result<(), Value> {
        let limits = &self.engine.limits;
        let limit = |what: String, name: &str| {
            let message = format!("{what}; the limit {name} allows no more");
            Err(execution.error("limit-exceeded", message))
        };
        if self.progress.tallied(DEPTH) >= limits.call_depth_max {
            let most = limits.call_depth_max;
            return limit(format!("the run is {most} calls of flows deep"), "call-flow-depth");
        }
        for child in children {
            if self.engine.program_named(&child.flow).is_none() {
                let message = format!(
                    "the flow `{}` is not linked into this executable: build it `--with` its file",
                    child.flow
                );
                return Err(execution.error("unknown-flow", message));
            }
        }
        let (name, most, word) = if is_fanout {
            (ITEMS, limits.fanout_items_max, "fanout-items-per-run")
        } else {
            (CHILDREN, limits.children_max, "child-flows-per-run")
        };
        let called = self.progress.tallied(name);
        if called + children.len() as u64 > most {
            let what = if is_fanout {
                let all = called + children.len() as u64;
                format!("the fan-outs of the run come to {all} items, more than {most}")
            } else {
                format!("the run has called {most} flows")
            };
            return limit(what, word);
        }
        if is_fanout {
            if self.progress.tallied(FANOUTS) >= limits.fanouts_max {
                let most = limits.fanouts_max;
                return limit(format!("the run has carried out {most} fan-outs"), "fanouts-per-run");
            }
            self.progress.tally(FANOUTS);
        }
        for _ in children {
            self.progress.tally(name);
        }
        Ok(())
    }

    /// `signals` are those of ends that were seen.
    async fn rest_for_children(
        &mut self,
        execution: &mut Execution,
        signals: Vec<SignalId>,
        moved: bool,
    ) -> Result<Stage, EngineError> {
        let began = execution.phase == Phase::Children;
        execution.phase = Phase::Children;
        let wait_id = execution.wait_id();
        if began && !moved && signals.is_empty() && !self.progress.is_reopened() {
            return Ok(Stage::Turned(Turn::Parked));
        }
        self.consumed.extend(signals);
        let wait = OpenWait {
            wait_id,
            key: None,
            event: None,
            kind: "child".to_owned(),
            details: slots::encode(&Value::Nil).unwrap_or_else(|_| Arc::from([])),
            opened_ms: self.commit_time(),
        };
        let wake_at_ms = execution.deadline_ms;
        let answer = if began {
            // Said once.
            let parked = crate::store::Parked { wake_at_ms, wait: Some(wait) };
            match self.commit_resting(execution, Some(parked)).await? {
                Some(end) => Answer::Turned(Turn::Ended(end)),
                None => Answer::Open,
            }
        } else {
            self.rest(execution, wake_at_ms, Some(wait)).await?
        };
        Ok(Stage::Turned(match answer {
            Answer::Turned(turn) => turn,
            _ => Turn::Parked,
        }))
    }

    /// Asks the children that have not ended to end, as each is to when its parent does. The step is over, the run may go
    /// on: what its end does to its children is not enough.
    fn close_children(&self, reason: &str) -> Result<(), EngineError> {
        let (store, now_ms) = (&self.engine.store, self.commit_time());
        for child in store.open_children(self.number)? {
            let of = store.find_run(child)?.and_then(|record| record.summary.child);
            match of.map(|of| of.on_close) {
                None | Some(ClosePolicy::Abandon) => {}
                Some(ClosePolicy::RequestCancel) => {
                    store.request_cancel(child, Some(reason), now_ms)?;
                }
                Some(ClosePolicy::Terminate) => {
                    store.request_terminate(child, Some(reason), now_ms)?;
                }
            }
        }
        Ok(())
    }

    fn child_failed(&self, execution: &Execution, run: RunNumber, end: &RunEnd) -> Value {
        let workflow_id = self.engine.workflow_id_of_child(run);
        let error = end_error(end);
        let why = error.field("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut data = Map::new();
        data.insert_keyword("workflow-id", workflow_id.as_str());
        data.insert_keyword("error", error);
        let failed = execution.error("child-failed", format!("the child {workflow_id} failed: {why}"));
        let mut failed = failed.as_map().cloned().unwrap_or_default();
        failed.insert_keyword("data", Value::Map(data));
        storable_error(Value::Map(failed)).0
    }
}

/// The error map of a child that did not complete.
fn end_error(end: &RunEnd) -> Value {
    let of = |code: &'static str, message: &str| {
        let mut map = Map::new();
        map.insert_keyword("type", Value::literal(code));
        map.insert_keyword("message", message);
        Value::Map(map)
    };
    match end {
        RunEnd::Failed(error) => error.clone(),
        RunEnd::Cancelled { reason } => of("run-cancelled", reason.as_deref().unwrap_or("it was cancelled")),
        RunEnd::Completed(_) | RunEnd::Other(_) => of("run-ended", "it was ended by force"),
    }
}
