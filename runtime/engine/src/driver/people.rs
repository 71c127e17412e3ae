//! Questions to people around a step: `:breakpoint` and `:confirm` before it, `:review` of its result, and the decision
//! about a failure (`:on-error :checkpoint`). Each is an open wait of the kind `approval`.

use std::sync::Arc;

use breyta_core::{Map, Value, Vector};

use super::execution::Execution;
use super::run::{Run, Turn};
use super::slots;
use super::step::{IN_DOUBT, Stage};
use crate::controls::{Checkpoint, OnError};
use crate::error::EngineError;
use crate::progress::Phase;
use crate::store::{OpenWait, Parked};

/// What an answered or unanswered wait is.
pub(super) enum Answer {
    /// Somebody answered: the payload.
    Given(Value),
    TimedOut,
    /// Still open: the run rests.
    Open,
    /// Still open, and what came was no answer: that is to be committed.
    Refused,
    /// The run ended instead.
    Turned(Turn),
}

impl Run<'_> {
    /// The question that comes next before the step, after the one of the current phase.
    pub(super) fn next_question(&self, execution: &Execution) -> Option<Phase> {
        const ORDER: [Phase; 3] = [Phase::Breakpoint, Phase::Confirm, Phase::Review];
        let asked = ORDER.iter().position(|phase| *phase == execution.phase).map_or(0, |index| index + 1);
        ORDER.into_iter().skip(asked).find(|phase| {
            // A breakpoint is for authors only.
            let counts = *phase != Phase::Breakpoint || self.program.is_draft();
            counts && execution.question(*phase).is_some_and(|question| question.before)
        })
    }

    /// Asks, or looks for the answer.
    pub(super) async fn ask(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
        let Some(question) = execution.question(execution.phase).cloned() else {
            return Ok(Stage::Error(
                execution.error("bad-program", "the step rests at a question that it has not"),
            ));
        };
        let action = match self.answer(execution, &question, &["approve", "reject"]).await? {
            Answer::Given(payload) => payload,
            Answer::TimedOut => match question.on_timeout {
                Some(action) => action_map(action),
                None => {
                    return Ok(Stage::Error(
                        execution.error("wait-timeout", "nobody answered the question in time"),
                    ));
                }
            },
            Answer::Open | Answer::Refused => return Ok(Stage::Turned(Turn::Parked)),
            Answer::Turned(turn) => return Ok(Stage::Turned(turn)),
        };
        if action_of(&action) != Some("approve") {
            let comment = action.field("comment").and_then(Value::as_str).unwrap_or("without a comment");
            return Ok(Stage::Error(
                execution.error("rejected", format!("a person rejected the step: {comment}")),
            ));
        }
        execution.deadline_ms = None;
        if execution.phase == Phase::Review && !question.before {
            let held = execution.held.take().unwrap_or_default();
            let changed = action.field("value").filter(|_| question.is_editable).cloned();
            return Ok(Stage::Value(changed.unwrap_or(held)));
        }
        execution.phase = self.next_question(execution).unwrap_or(Phase::Attempt);
        Ok(Stage::Next)
    }

    /// Asks what becomes of a failure, or looks for the decision.
    pub(super) async fn decide(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
        let on_error = execution.controls.as_ref().map(|controls| controls.on_error.clone());
        let error = execution.held.clone().unwrap_or_default();
        let is_in_doubt = error.field("type").and_then(Value::as_str) == Some(IN_DOUBT);
        let question = match on_error {
            Some(OnError::Checkpoint(question)) => question,
            // Asked whatever the author says about failures: it may be none.
            _ if is_in_doubt => Checkpoint::in_doubt(),
            _ => return Ok(Stage::Error(error)),
        };
        let answer = match self.answer(execution, &question, &["retry", "skip", "abort"]).await? {
            Answer::Given(payload) => payload,
            Answer::TimedOut => action_map("abort"),
            Answer::Open | Answer::Refused => return Ok(Stage::Turned(Turn::Parked)),
            Answer::Turned(turn) => return Ok(Stage::Turned(turn)),
        };
        match action_of(&answer) {
            Some("retry") => {
                execution.phase = Phase::Attempt;
                execution.deadline_ms = None;
                // One more; of a step in doubt, the one that nobody knows the outcome of.
                execution.attempt += u32::from(!is_in_doubt);
                execution.held = None;
                Ok(Stage::Next)
            }
            Some("skip") => {
                let value = answer.field("value").cloned().unwrap_or_default();
                Ok(Stage::Instead { error, value })
            }
            _ => Ok(Stage::Error(error)),
        }
    }

    async fn answer(
        &mut self,
        execution: &mut Execution,
        question: &Checkpoint,
        actions: &[&'static str],
    ) -> Result<Answer, EngineError> {
        let now_ms = self.commit_time();
        let deadline_ms = match execution.deadline_ms {
            Some(deadline_ms) => match self.look(execution, None, None, &[]).await? {
                Answer::Refused => deadline_ms,
                Answer::Given(payload) if !is_one_of(&payload, actions) => {
                    self.forget_last_entry();
                    let message = format!("the answer's `action` is none of {}", actions.join(", "));
                    self.warn(execution, "invalid-answer", message);
                    deadline_ms
                }
                answer => return Ok(answer),
            },
            None => now_ms.saturating_add(i64::try_from(question.timeout_ms).unwrap_or(i64::MAX)),
        };
        execution.deadline_ms = Some(deadline_ms);
        let details = details(execution, question, actions);
        let wait = OpenWait {
            wait_id: execution.wait_id(),
            key: None,
            event: None,
            kind: "approval".to_owned(),
            details: slots::encode(&details).unwrap_or_else(|_| Arc::from([])),
            opened_ms: now_ms,
        };
        self.rest(execution, Some(deadline_ms), Some(wait)).await
    }

    /// Records that the run rests in the middle of a step, and commits it.
    pub(super) async fn rest(
        &mut self,
        execution: &Execution,
        wake_at_ms: Option<i64>,
        wait: Option<OpenWait>,
    ) -> Result<Answer, EngineError> {
        self.record_rest(execution, wake_at_ms);
        let parked = Parked { wake_at_ms, wait };
        Ok(match self.commit_resting(execution, Some(parked)).await? {
            Some(end) => Answer::Turned(Turn::Ended(end)),
            None => Answer::Open,
        })
    }
}

/// What people and interfaces see of a question.
fn details(execution: &Execution, question: &Checkpoint, actions: &[&'static str]) -> Value {
    let controls = execution.controls.as_deref();
    let own = question.title.clone().or_else(|| controls.and_then(|controls| controls.title.clone()));
    let title = own.unwrap_or_else(|| execution.call.step.to_string());
    let mut map = Map::new();
    map.insert_keyword("question", execution.phase.word());
    map.insert_keyword("step-id", execution.call.step.as_ref());
    map.insert_keyword("title", title.as_str());
    map.insert_keyword("message", question.prompt.clone().unwrap_or_else(|| title.clone()).as_str());
    let actions: Vector = actions.iter().map(|action| Value::literal(action)).collect();
    map.insert_keyword("actions", Value::Vector(actions));
    if !question.roles.is_empty() {
        let roles: Vector = question.roles.iter().map(|role| Value::string(role.as_str())).collect();
        map.insert_keyword("roles", Value::Vector(roles));
    }
    if let Some(held) = &execution.held {
        map.insert_keyword(
            if execution.phase == Phase::Checkpoint { "error" } else { "result" },
            held.clone(),
        );
        map.insert_keyword("editable?", question.is_editable);
    }
    Value::Map(map)
}

fn action_map(action: &'static str) -> Value {
    let mut map = Map::new();
    map.insert_keyword("action", Value::literal(action));
    Value::Map(map)
}

fn is_one_of(payload: &Value, actions: &[&'static str]) -> bool {
    action_of(payload).is_some_and(|action| actions.contains(&action))
}

fn action_of(payload: &Value) -> Option<&str> {
    payload.field("action").and_then(Value::as_name)
}
