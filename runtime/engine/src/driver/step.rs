//! One step: its attempts, what its controls do around them, its record, and where the run goes with the outcome.
//!
//! In this order: `:mock`, `:breakpoint`, `:confirm`, attempts with `:timeout` and `:retry`, `:on-error`, `:expect`,
//! `:review`, the record. Where the run rests in between, the step is stored as it stands and carried on from there.

use std::sync::Arc;

use breyta_core::{Map, Value};

use super::execution::Execution;
use super::run::{Run, Turn, storable_error};
use super::{children, expectation, failure, slots};
use crate::clock::{Watched, watch};
use crate::controls::OnError;
use crate::effect;
use crate::error::{EngineError, StepError};
use crate::journal::Event;
use crate::machine::{Outcome, StepCall};
use crate::progress::Phase;
use crate::size;
use crate::store::{CancelRequest, Parked};
use crate::world::StepRequest;

/// The code of a step that may have acted before the process died.
pub(super) const IN_DOUBT: &str = "effect-in-doubt";

/// How an attempt ended, seen from the driver.
enum Attempted {
    Ended(Result<Value, StepError>),
    Cancelled(CancelRequest),
}

/// What a step gave, on its way into the slot of the state behind it.
struct Came {
    outcome: Outcome,
    value: Value,
    bytes: Arc<[u8]>,
    /// When the step ended.
    at_ms: i64,
}

/// How a step went on.
pub(super) enum Stage {
    /// To its next phase.
    Next,
    /// It gave a value.
    Value(Value),
    /// It failed with an error map, and no attempt is left.
    Error(Value),
    /// It failed for good, and a person put a value in place.
    Instead { error: Value, value: Value },
    /// The run rests, ended, or went on.
    Turned(Turn),
}

impl Run<'_> {
    /// Carries out a step and moves on.
    pub(super) async fn step(&mut self, call: StepCall) -> Result<Turn, EngineError> {
        if let Some(error) = self.refusal(&call) {
            return self.fail(error).await.map(Turn::Ended);
        }
        if let Some(request) = self.engine.cancel_request(self.number).await? {
            return self.cancelled(request, None).await.map(Turn::Ended);
        }
        if self.is_over_time() {
            return self.time_out(call.step, None).await.map(Turn::Ended);
        }
        let count = self.progress.count(call.point);
        let (execution, taken) = Execution::begin(call, count, self.commit_time());
        match taken {
            Ok(()) => self.carry_out(execution).await,
            Err(message) => {
                let error = execution.error("invalid-config", message);
                self.failed(execution, error).await
            }
        }
    }

    /// Carries on a step that was resting.
    pub(super) async fn resume(&mut self, mut execution: Execution) -> Result<Turn, EngineError> {
        if let Some(request) = self.engine.cancel_request(self.number).await? {
            let until = execution.until(self.commit_time());
            return self.cancelled(request, Some(until)).await.map(Turn::Ended);
        }
        if self.is_over_time() {
            let until = execution.until(self.commit_time());
            return self.time_out(&execution.call.step, Some(until)).await.map(Turn::Ended);
        }
        if execution.phase == Phase::Started {
            self.put_in_doubt(&mut execution);
        }
        self.carry_out(execution).await
    }

    /// The process died in the middle of an attempt that must not be repeated blindly: a person decides.
    fn put_in_doubt(&mut self, execution: &mut Execution) {
        let message = "the process ended while the step was carried out, and nobody knows whether it has acted; decide: \
                       `retry` carries it out again, `skip` goes on with the `value` of the answer, `abort` fails it";
        execution.phase = Phase::Checkpoint;
        execution.deadline_ms = None;
        execution.held = Some(execution.error(IN_DOUBT, message));
        self.stored.replace_extra(slots::HELD);
    }

    /// From phase to phase until the step is done or the run rests.
    async fn carry_out(&mut self, mut execution: Execution) -> Result<Turn, EngineError> {
        loop {
            let stage = match execution.phase {
                Phase::Begin => self.begin(&mut execution),
                Phase::Breakpoint | Phase::Confirm | Phase::Review => self.ask(&mut execution).await?,
                Phase::Checkpoint => self.decide(&mut execution).await?,
                Phase::Attempt | Phase::Started | Phase::Sleep | Phase::Wait | Phase::Children => {
                    self.act(&mut execution).await?
                }
            };
            match stage {
                Stage::Next => {}
                Stage::Turned(turn) => return Ok(turn),
                Stage::Instead { error, value } => {
                    return self.failed_with(execution, error, Some(value)).await;
                }
                Stage::Value(value) => match self.accept(&mut execution, value) {
                    Ok(Some(value)) => return self.completed(execution, value).await,
                    // A question about the result comes first.
                    Ok(None) => {}
                    Err(error) => return self.failed(execution, error).await,
                },
                Stage::Error(error) => {
                    let asks = execution.controls.as_ref().map(|controls| &controls.on_error);
                    if matches!(asks, Some(OnError::Checkpoint(_))) && execution.phase != Phase::Checkpoint {
                        execution.phase = Phase::Checkpoint;
                        execution.deadline_ms = None;
                        execution.held = Some(storable_error(error).0);
                        self.stored.replace_extra(slots::HELD);
                        continue;
                    }
                    return self.failed(execution, error).await;
                }
            }
        }
    }

    /// The mock, or the first question.
    fn begin(&mut self, execution: &mut Execution) -> Stage {
        let mock = execution.controls.as_ref().and_then(|controls| controls.mock.clone());
        if let Some(mock) = mock.filter(|_| self.progress.is_mocked()) {
            let (code, point) = ("mocked".to_owned(), execution.call.point.to_string());
            let message = "the result is the one of `:mock`; the step was not carried out".to_owned();
            self.record(execution.started_ms, &Event::Warning { code, point, message }, None);
            return match mock.field("error").and_then(Value::as_str) {
                Some(message) => Stage::Error(execution.error("step-failed", message)),
                None => Stage::Value(mock),
            };
        }
        execution.phase = self.next_question(execution).unwrap_or(Phase::Attempt);
        Stage::Next
    }

    /// Why a step is not even tried.
    fn refusal(&self, call: &StepCall) -> Option<Value> {
        let wrong =
            [Some(call.next), call.handler].into_iter().flatten().find(|state| self.state(*state).is_none());
        if let Some(state) = wrong {
            let message = format!("the step leads to state {state}, which does not exist");
            return Some(failure::at_step("bad-program", &message, call.step));
        }
        let steps_max = self.engine.limits.steps_max;
        if self.progress.steps >= steps_max {
            let message =
                format!("the run has carried out {steps_max} steps; the limit steps-per-run allows no more");
            return Some(failure::at_step("limit-exceeded", &message, call.step));
        }
        self.no_request_left(call.family, call.step)
    }

    /// Why no further HTTP request may be sent, if so.
    fn no_request_left(&self, family: &str, step: &str) -> Option<Value> {
        let most = self.engine.limits.http_requests_max;
        let used_up = effect::sends_http_request(family) && self.progress.http_requests >= most;
        let message = || {
            format!("the run has sent {most} HTTP requests; the limit http-requests-per-run allows no more")
        };
        used_up.then(|| failure::at_step("limit-exceeded", &message(), step))
    }

    /// What the step itself does: the engine's own families here, all others in the world.
    async fn act(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
        match execution.call.family.as_ref() {
            "sleep" => self.sleep(execution).await,
            "wait" => self.wait(execution).await,
            children::CALL_FLOW => self.call_flow(execution).await,
            "fanout" => self.fan_out(execution).await,
            _ if execution.deadline_ms.is_some_and(|next_ms| self.commit_time() < next_ms) => {
                // Between two attempts.
                if !self.progress.is_reopened() {
                    return Ok(Stage::Turned(Turn::Parked));
                }
                let deadline_ms = execution.deadline_ms;
                self.record_rest(execution, deadline_ms);
                let parked = Parked { wake_at_ms: deadline_ms, wait: None };
                let end = self.commit_resting(execution, Some(parked)).await?;
                Ok(Stage::Turned(end.map_or(Turn::Parked, Turn::Ended)))
            }
            _ => {
                execution.deadline_ms = None;
                self.attempt(execution).await
            }
        }
    }

    async fn attempt(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
        if let Some(error) = self.no_request_left(&execution.call.family, &execution.call.step) {
            return self.fail(error).await.map(|end| Stage::Turned(Turn::Ended(end)));
        }
        if effect::is_single_attempt(&execution.call.family) {
            // Whoever finds this knows that the step may have acted.
            execution.phase = Phase::Started;
            if let Some(end) = self.commit_resting(execution, None).await? {
                return Ok(Stage::Turned(Turn::Ended(end)));
            }
            execution.phase = Phase::Attempt;
        }
        self.progress.http_requests += u64::from(effect::sends_http_request(&execution.call.family));
        match self.attempted(execution).await {
            Attempted::Ended(Ok(value)) => Ok(Stage::Value(value)),
            Attempted::Ended(Err(error)) => self.attempt_failed(execution, &error).await,
            Attempted::Cancelled(request) => {
                let until = execution.until(self.engine.world.now_ms());
                let end = self.cancelled(request, Some(until)).await?;
                Ok(Stage::Turned(Turn::Ended(end)))
            }
        }
    }

    /// One attempt. Pure steps are bounded by fuel; all others by their timeout and the ceiling, and a cancel request ends
    /// them.
    async fn attempted(&self, execution: &Execution) -> Attempted {
        let engine = self.engine;
        let call = &execution.call;
        let idempotency_key = format!("{}/{}/{}", self.workflow_id, call.point, execution.count);
        let request = StepRequest {
            program: self.program,
            workflow_id: &self.workflow_id,
            family: &call.family,
            step: &call.step,
            point: &call.point,
            config: &call.config,
            idempotency_key: &idempotency_key,
            attempt: execution.attempt,
        };
        let work = engine.world.execute(request);
        if effect::is_pure(&call.family) {
            return Attempted::Ended(work.await);
        }
        let limits = &engine.limits;
        let own =
            call.config.field("timeout").and_then(|timeout| breyta_core::duration::of_value(timeout, 1_000));
        let ceiling_ms = own.filter(|ms| *ms > 0).unwrap_or(u64::MAX).min(limits.attempt_ms_max);
        // A look into the inbox that fails must not give up the effect: the commit will show what is wrong.
        let look = || async { engine.cancel_request(self.number).await.ok().flatten() };
        match watch(work, ceiling_ms, limits.cancel_poll_ms, look).await {
            Watched::Done(result) => Attempted::Ended(result),
            Watched::Stopped(request) => Attempted::Cancelled(request),
            Watched::TimedOut => {
                let whose = if own.is_some_and(|ms| ms <= limits.attempt_ms_max) {
                    "its `:timeout`"
                } else {
                    "the most that any attempt may take"
                };
                let message = format!("the attempt took longer than {ceiling_ms} ms, {whose}");
                Attempted::Ended(Err(StepError::new("timeout", message).retryable()))
            }
        }
    }

    /// Another attempt later, or the failure for good. The count of attempts and the delay are committed first.
    async fn attempt_failed(
        &mut self,
        execution: &mut Execution,
        error: &StepError,
    ) -> Result<Stage, EngineError> {
        let retry = execution.controls.as_ref().map(|controls| controls.retry);
        let value = error.to_value(&execution.call.step, execution.attempt);
        let Some(retry) = retry.filter(|retry| error.retryable && execution.attempt < retry.attempts_max)
        else {
            return Ok(Stage::Error(value));
        };
        let delay_ms =
            error.retry_after_ms().unwrap_or_else(|| retry.backoff.delay_ms(execution.attempt.into()));
        let now_ms = self.commit_time();
        let next_ms = now_ms.saturating_add(i64::try_from(delay_ms).unwrap_or(i64::MAX));
        let (_, bytes) = storable_error(value);
        let event = Event::StepRetried { execution: execution.until(now_ms), next_ms };
        self.record(now_ms, &event, Some(bytes));
        execution.attempt += 1;
        let parked = (delay_ms > 0).then_some(Parked { wake_at_ms: Some(next_ms), wait: None });
        execution.deadline_ms = parked.as_ref().map(|_| next_ms);
        let rests = parked.is_some();
        match self.commit_resting(execution, parked).await? {
            Some(end) => Ok(Stage::Turned(Turn::Ended(end))),
            None if rests => Ok(Stage::Turned(Turn::Parked)),
            None => Ok(Stage::Next),
        }
    }

    /// What a value must be before the flow sees it. None: a person looks at it first.
    fn accept(&mut self, execution: &mut Execution, value: Value) -> Result<Option<Value>, Value> {
        let limits = &self.engine.limits;
        let size = size::json_bytes(&value);
        if size > limits.result_bytes_max {
            let message = format!(
                "the result has {size} bytes as JSON and {} are allowed (result-bytes-max); return less",
                limits.result_bytes_max
            );
            return Err(execution.error("result-too-large", message));
        }
        if execution.phase == Phase::Review {
            return Ok(Some(value));
        }
        if size > limits.result_bytes_warned {
            self.warn(
                execution,
                "large-result",
                format!("the result has {size} bytes as JSON; persist large results"),
            );
        }
        let Some(controls) = execution.controls.as_deref() else { return Ok(Some(value)) };
        let schemas = self.program.schema_check();
        let checked = controls.expect.as_ref().map(|expect| expectation::check(expect, &value, schemas));
        if let Some(Err(message)) = checked {
            if self.program.is_draft() {
                return Err(execution.error("expectation-failed", message));
            }
            self.warn(execution, "expectation-failed", message);
        }
        if controls.review.as_ref().is_none_or(|review| review.before) {
            return Ok(Some(value));
        }
        execution.phase = Phase::Review;
        execution.deadline_ms = None;
        execution.held = Some(value);
        Ok(None)
    }

    pub(super) fn warn(&mut self, execution: &Execution, code: &str, message: String) {
        let at_ms = self.engine.world.now_ms().max(execution.started_ms);
        let event =
            Event::Warning { code: code.to_owned(), point: execution.call.point.to_string(), message };
        self.record(at_ms, &event, None);
    }

    async fn completed(&mut self, execution: Execution, value: Value) -> Result<Turn, EngineError> {
        let bytes = match slots::encode(&value) {
            Ok(bytes) => bytes,
            Err(detail) => {
                let error =
                    execution.error("result-not-data", format!("the result cannot be stored: {detail}"));
                return self.failed(execution, error).await;
            }
        };
        let done = execution.until(self.engine.world.now_ms());
        let at_ms = done.ended_ms;
        self.record(at_ms, &Event::StepCompleted { execution: done }, Some(bytes.clone()));
        self.meter(&execution, at_ms);
        let came = Came { outcome: Outcome::Value, value, bytes, at_ms };
        self.move_on(&execution, execution.call.next, came).await
    }

    fn meter(&mut self, execution: &Execution, at_ms: i64) {
        let metering = execution.controls.as_ref().and_then(|controls| controls.metering.as_ref());
        let Some(metering) = metering else { return };
        let text = |key: &str| metering.field(key).and_then(Value::as_name).unwrap_or_default().to_owned();
        let event = Event::StepMetered {
            point: execution.call.point.to_string(),
            count: execution.count,
            unit: text("unit"),
            micros: metering.field("unit-cost-micros").and_then(Value::as_int).unwrap_or_default(),
            label: text("label"),
        };
        self.record(at_ms, &event, None);
    }

    /// A failure for good: what `:on-error` makes of it, else the handler around the step, else the end of the run.
    pub(super) async fn failed(&mut self, execution: Execution, error: Value) -> Result<Turn, EngineError> {
        let instead = match execution.controls.as_ref().map(|controls| &controls.on_error) {
            Some(OnError::Skip) => Some(Value::Nil),
            Some(OnError::Continue) => Some(envelope(&storable_error(error.clone()).0)),
            Some(OnError::Fail | OnError::Checkpoint(_)) | None => None,
        };
        self.failed_with(execution, error, instead).await
    }

    /// A failure for good, with what the step gives in its place.
    pub(super) async fn failed_with(
        &mut self,
        execution: Execution,
        error: Value,
        instead: Option<Value>,
    ) -> Result<Turn, EngineError> {
        let (error, bytes) = storable_error(error);
        let done = execution.until(self.engine.world.now_ms());
        let at_ms = done.ended_ms;
        let handler = execution.call.handler;
        let handled = handler.is_some() || instead.is_some();
        self.record(at_ms, &Event::StepFailed { execution: done, handled }, Some(bytes.clone()));
        match (instead, handler) {
            (Some(value), _) => {
                let (value, bytes) = storable_error(value);
                let came = Came { outcome: Outcome::Value, value, bytes, at_ms };
                self.move_on(&execution, execution.call.next, came).await
            }
            (None, Some(handler)) => {
                let came = Came { outcome: Outcome::Failed, value: error, bytes, at_ms };
                self.move_on(&execution, handler, came).await
            }
            (None, None) => self.fail(error).await.map(Turn::Ended),
        }
    }

    /// Puts the outcome into its slot and moves the position. Pure steps ride along with the next commit, unless they
    /// have become many or something of them was committed before. Workflow time is when a step ended that does not ride:
    /// the journal alone says what it was.
    async fn move_on(&mut self, execution: &Execution, next: usize, came: Came) -> Result<Turn, EngineError> {
        self.position = next;
        self.progress.outcome = came.outcome;
        let result = self.state(next).and_then(|state| state.result);
        if let Some(slot) = result {
            self.frame.set(slot, came.value);
        }
        let rides = effect::is_pure(&execution.call.family) && execution.controls.is_none();
        if rides && self.riding_bytes <= self.engine.limits.riding_bytes_max {
            return Ok(Turn::On);
        }
        let woken_ms = if rides { self.frame.now_ms() } else { came.at_ms };
        let end = self.commit_progress(result.map(|slot| (slot, came.bytes)), woken_ms).await?;
        Ok(end.map_or(Turn::On, Turn::Ended))
    }
}

/// What `:on-error :continue` gives.
pub(super) fn envelope(error: &Value) -> Value {
    let mut map = Map::new();
    map.insert_keyword("success", false);
    map.insert_keyword("error", error.clone());
    Value::Map(map)
}
