//! Child flows: `flow/call-flow` and `:fanout`. A child is a run of its own in the same store; the parent rests until it
//! has ended, and is woken by the commit that ends it.
//!
//! Which children there are is not kept here: starting one twice answers the first, so that a parent that is carried on
//! looks at all of its children in order and starts those that may be next.

use std::sync::Arc;

use breyta_core::print::pr_str;
use breyta_core::{Map, Value, Vector, duration};

use super::RunEnd;
use super::execution::Execution;
use super::people::Answer;
use super::run::{Run, Turn, storable_error};
use super::slots;
use super::step::Stage;
use crate::error::EngineError;
use crate::progress::Phase;
use crate::store::{
    ChildOf, ClosePolicy, OpenWait, RunNumber, RunStatus, SentSignal, SignalId, SignalTarget,
};

/// The family name under which the machine calls a flow.
pub(super) const CALL_FLOW: &str = "call-flow";

/// Counts beside those of the points.
const CHILDREN: &str = "(child flows)";
const FANOUTS: &str = "(fanouts)";
const ITEMS: &str = "(fanout items)";
pub(super) const DEPTH: &str = "(depth)";

/// Why a fan-out ends the children that are left.
const ANOTHER_FAILED: &str = "another item of the fan-out failed";

/// One child to start.
struct Child {
    /// Unique in the run.
    call: String,
    flow: String,
    input: Value,
    timeout_ms: Option<u64>,
    on_close: ClosePolicy,
}

/// A child as it was found.
enum Found {
    NotStarted,
    Running,
    Ended(RunNumber, RunEnd),
}

/// What was seen in one look at all children, and the signals that were there before it.
struct Looked {
    found: Vec<Found>,
    signals: Vec<SignalId>,
}

/// The signal that a child's end sends to the run that called it.
pub(super) fn ended(child: &ChildOf) -> SentSignal {
    // `<suspension id>#<count>`, of a fan-out with the index of the item behind it.
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
        let on_close = match close_policy(&options) {
            Ok(on_close) => on_close,
            Err(message) => return Ok(Stage::Error(execution.error("invalid-config", message))),
        };
        let child = Child {
            call: execution.name(),
            flow: config.field("flow").and_then(Value::as_name).unwrap_or_default().to_owned(),
            input: config.field("input").cloned().unwrap_or_default(),
            timeout_ms: options.field("timeout").and_then(|timeout| duration::of_value(timeout, 1_000)),
            on_close,
        };
        if execution.phase != Phase::Children
            && let Err(error) = self.admit(execution, std::slice::from_ref(&child), false)
        {
            return Ok(Stage::Error(error));
        }
        let Looked { mut found, signals } = match self.look_after(execution, &[child], 1).await? {
            Ok(looked) => looked,
            Err(stage) => return Ok(stage),
        };
        match found.pop() {
            Some(Found::Ended(_, RunEnd::Completed(value))) => Ok(Stage::Value(value)),
            Some(Found::Ended(run, end)) => Ok(Stage::Error(self.child_failed(execution, run, &end))),
            _ => self.rest_for_children(execution, signals).await,
        }
    }

    /// `:fanout`: all children, so many at once, and what they gave in order.
    pub(super) async fn fan_out(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
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
        let Looked { found, signals } = match self.look_after(execution, &children, most).await? {
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
        if found.iter().any(|found| !matches!(found, Found::Ended(..))) {
            return self.rest_for_children(execution, signals).await;
        }
        let (result, succeeded) = self.collected(&found);
        match (strategy, failed) {
            (Some("continue"), Some((run, end))) if succeeded == 0 => {
                Ok(Stage::Error(self.child_failed(execution, run, &end)))
            }
            _ => Ok(Stage::Value(result)),
        }
    }

    /// Whether so many more children may be called; the error says which limit is used up.
    fn admit(&mut self, execution: &Execution, children: &[Child], is_fanout: bool) -> Result<(), Value> {
        let limits = &self.engine.limits;
        let limit = |what: &str, most: u64, name: &str| {
            let message = format!("the run has {what} {most}; the limit {name} allows no more");
            Err(execution.error("limit-exceeded", message))
        };
        if self.progress.tallied(DEPTH) >= limits.call_depth_max {
            return limit("call-flow depth", limits.call_depth_max, "call-flow-depth");
        }
        for child in children {
            if self.engine.program_named(&child.flow).is_none() {
                let message = format!("the flow `{}` is not linked into this executable", child.flow);
                return Err(execution.error("unknown-flow", message));
            }
        }
        let (name, most, word) = if is_fanout {
            (ITEMS, limits.fanout_items_max, "fanout-items-per-run")
        } else {
            (CHILDREN, limits.children_max, "child-flows-per-run")
        };
        if self.progress.tallied(name) + children.len() as u64 > most {
            return limit("child flows", most, word);
        }
        if is_fanout {
            if self.progress.tallied(FANOUTS) >= limits.fanouts_max {
                return limit("fan-outs", limits.fanouts_max, "fanouts-per-run");
            }
            self.progress.tally(FANOUTS);
        }
        for _ in children {
            self.progress.tally(name);
        }
        Ok(())
    }

    /// Looks at the children in order, and starts those that may be next. Cancels those whose time is over.
    async fn look_after(
        &mut self,
        execution: &mut Execution,
        children: &[Child],
        most: usize,
    ) -> Result<Result<Looked, Stage>, EngineError> {
        // Before the first look: a child that ends after it was looked at must wake the run again.
        let signals = self.engine.store.signals_for(self.number, &execution.wait_id(), None, None).await?;
        let signals = signals.into_iter().map(|signal| signal.id).collect();
        let mut found = Vec::new();
        let (mut active, mut wake_ms) = (0, None::<i64>);
        for child in children {
            if active >= most {
                found.push(Found::NotStarted);
                continue;
            }
            let run = match self.start_child(child).await? {
                Ok(run) => run,
                Err(message) => {
                    self.close_children(ANOTHER_FAILED)?;
                    return Ok(Err(Stage::Error(execution.error("invalid-input", message))));
                }
            };
            let mut state = self.engine.store.load_run(run).await?;
            if let Some(ended) = state.as_ref().filter(|_| self.progress.is_reopened())
                && ended.status.is_end()
                && ended.status != RunStatus::Completed
            {
                // Whoever tries the parent again means what it failed of.
                Box::pin(self.engine.reopen(&run.to_string())).await?;
                state = self.engine.store.load_run(run).await?;
            }
            match state {
                Some(state) if state.status.is_end() => {
                    found.push(Found::Ended(run, self.engine.recorded_end(run, state.status)?));
                }
                _ => {
                    active += 1;
                    wake_ms = earliest(wake_ms, self.end_of_time(run, child)?);
                    found.push(Found::Running);
                }
            }
        }
        execution.deadline_ms = wake_ms;
        Ok(Ok(Looked { found, signals }))
    }

    /// When a child's time is over; a child whose time is over is asked to end.
    fn end_of_time(&self, run: RunNumber, child: &Child) -> Result<Option<i64>, EngineError> {
        let (Some(timeout_ms), Some(record)) = (child.timeout_ms, self.engine.store.find_run(run)?) else {
            return Ok(None);
        };
        let end_ms = record.summary.started_ms.saturating_add(i64::try_from(timeout_ms).unwrap_or(i64::MAX));
        let now_ms = self.commit_time();
        if now_ms < end_ms {
            return Ok(Some(end_ms));
        }
        self.engine.store.request_cancel(run, Some("its time is over"), now_ms)?;
        Ok(None)
    }

    async fn start_child(&mut self, child: &Child) -> Result<Result<RunNumber, String>, EngineError> {
        let (call, flow) = (child.call.clone(), child.flow.clone());
        let of = ChildOf { parent: self.number, call, flow, on_close: child.on_close };
        let depth = self.progress.tallied(DEPTH) + 1;
        let at_ms = self.commit_time();
        self.engine.create_child(of, &child.input, depth, at_ms).await
    }

    /// `signals` are those of ends that were seen.
    async fn rest_for_children(
        &mut self,
        execution: &mut Execution,
        signals: Vec<SignalId>,
    ) -> Result<Stage, EngineError> {
        let began = execution.phase == Phase::Children;
        execution.phase = Phase::Children;
        let wait_id = execution.wait_id();
        if began && signals.is_empty() && !self.progress.is_reopened() {
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

    /// `{:results … :succeeded n :failed n :total n}`.
    fn collected(&self, found: &[Found]) -> (Value, i64) {
        let mut succeeded = 0;
        let mut results = Vector::new();
        for (index, found) in (0_i64..).zip(found) {
            let Found::Ended(run, end) = found else { continue };
            let mut item = Map::new();
            item.insert_keyword("index", index);
            let word = if matches!(end, RunEnd::Completed(_)) { "completed" } else { "failed" };
            item.insert_keyword("status", Value::keyword(word));
            item.insert_keyword("workflow-id", self.engine.workflow_id_of_child(*run).as_str());
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
            Found::Ended(run, end) if !matches!(end, RunEnd::Completed(_)) => Some((*run, end)),
            _ => None,
        })
    };
    let follows =
        |end: &RunEnd| matches!(end, RunEnd::Cancelled { reason: Some(reason) } if reason == ANOTHER_FAILED);
    let first = failures().find(|(_, end)| !follows(end)).or_else(|| failures().next());
    first.map(|(run, end)| (run, end.clone()))
}

fn earliest(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    one.into_iter().chain(other).min()
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

/// `:parent-close-policy` of an item, or of the options of a call.
fn close_policy(given: &Value) -> Result<ClosePolicy, String> {
    let Some(policy) = given.field("parent-close-policy").filter(|policy| !policy.is_nil()) else {
        return Ok(ClosePolicy::default());
    };
    policy.as_name().and_then(ClosePolicy::from_word).ok_or_else(|| {
        let words: Vec<String> = ClosePolicy::ALL.iter().map(|known| format!(":{}", known.word())).collect();
        format!(":parent-close-policy is one of {}, not {}", words.join(" "), pr_str(policy))
    })
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
        children.push(Child {
            call: format!("{}/{index}", execution.name()),
            flow: flow.ok_or_else(|| format!("item {index} has no :flow-slug"))?.to_owned(),
            input: item.field("input").cloned().unwrap_or_default(),
            timeout_ms: item.field("timeout").and_then(|timeout| duration::of_value(timeout, 1_000)),
            on_close: close_policy(item).map_err(|message| format!("item {index}: {message}"))?,
        });
    }
    Ok(children)
}
