//! One step: its attempt, its record, and where the run goes with the outcome.

use breyta_core::Value;

use super::run::{Run, storable_error};
use super::{RunEnd, failure, slots};
use crate::clock::{Watched, watch};
use crate::effect;
use crate::error::{EngineError, StepError};
use crate::journal::{Event, StepExecution};
use crate::machine::{Outcome, StepCall};
use crate::size;
use crate::store::CancelRequest;
use crate::world::StepRequest;

/// Retries are not made here yet: every step has one attempt.
const ATTEMPT: u32 = 1;

/// How an attempt ended, seen from the driver.
enum Attempted {
    Ended(Result<Value, StepError>),
    Cancelled(CancelRequest),
}

impl Run<'_> {
    /// Carries out a step and moves on; answers when the run ends with it.
    pub(super) async fn step(&mut self, call: StepCall) -> Result<Option<RunEnd>, EngineError> {
        if let Some(error) = self.refusal(&call) {
            return self.fail(error).await.map(Some);
        }
        if let Some(request) = self.engine.cancel_request(self.number).await? {
            return self.cancelled(request, None).await.map(Some);
        }
        let count = self.progress.count(call.point);
        self.progress.http_requests += u64::from(effect::sends_http_request(call.family));
        let started_ms = self.commit_time();
        let pure = effect::is_pure(call.family);
        let attempted = self.attempt(&call, count, pure).await;
        let execution = StepExecution {
            point: call.point.to_owned(),
            step: call.step.to_owned(),
            family: call.family.to_owned(),
            count,
            attempt: ATTEMPT,
            started_ms,
            // The clock may have been set back meanwhile.
            ended_ms: self.engine.world.now_ms().max(started_ms),
        };
        match attempted {
            Attempted::Cancelled(request) => self.cancelled(request, Some(execution)).await.map(Some),
            Attempted::Ended(Ok(value)) => self.completed(&call, execution, value, pure).await,
            Attempted::Ended(Err(error)) => self.failed(&call, execution, &error, pure).await,
        }
    }

    /// Why a step is not even tried.
    fn refusal(&self, call: &StepCall) -> Option<Value> {
        let wrong =
            [Some(call.next), call.handler].into_iter().flatten().find(|state| self.state(*state).is_none());
        if let Some(state) = wrong {
            let message = format!("the step leads to state {state}, which does not exist");
            return Some(failure::at_step("bad-program", &message, call.step));
        }
        let limits = &self.engine.limits;
        let used_up = if self.progress.steps >= limits.steps_max {
            ("carried out", limits.steps_max, "steps; the limit steps-per-run")
        } else if effect::sends_http_request(call.family)
            && self.progress.http_requests >= limits.http_requests_max
        {
            ("sent", limits.http_requests_max, "HTTP requests; the limit http-requests-per-run")
        } else {
            return None;
        };
        let (done, count_max, counted) = used_up;
        let message = format!("the run has {done} {count_max} {counted} allows no more");
        Some(failure::at_step("limit-exceeded", &message, call.step))
    }

    /// One attempt. Pure steps are bounded by fuel; all others by the ceiling, and a cancel request ends them.
    async fn attempt(&self, call: &StepCall, count: u64, pure: bool) -> Attempted {
        let engine = self.engine;
        let idempotency_key = format!("{}/{}/{count}", self.workflow_id, call.point);
        let request = StepRequest {
            program: engine.program.as_ref(),
            workflow_id: &self.workflow_id,
            family: call.family,
            step: call.step,
            point: call.point,
            config: &call.config,
            idempotency_key: &idempotency_key,
            attempt: ATTEMPT,
        };
        let work = engine.world.execute(request);
        if pure {
            return Attempted::Ended(work.await);
        }
        let limits = &engine.limits;
        // A look into the inbox that fails must not give up the effect: the commit will show what is wrong.
        let look = || async { engine.cancel_request(self.number).await.ok().flatten() };
        match watch(work, limits.attempt_ms_max, limits.cancel_poll_ms, look).await {
            Watched::Done(result) => Attempted::Ended(result),
            Watched::Stopped(request) => Attempted::Cancelled(request),
            Watched::TimedOut => {
                let message = format!(
                    "the attempt took longer than {} ms, the most that any attempt may take",
                    limits.attempt_ms_max
                );
                Attempted::Ended(Err(StepError::new("timeout", message).retryable()))
            }
        }
    }

    async fn completed(
        &mut self,
        call: &StepCall,
        execution: StepExecution,
        value: Value,
        pure: bool,
    ) -> Result<Option<RunEnd>, EngineError> {
        let limits = &self.engine.limits;
        let size = size::json_bytes(&value);
        if size > limits.result_bytes_max {
            let message = format!(
                "the result has {size} bytes as JSON and {} are allowed; return less, or persist it",
                limits.result_bytes_max
            );
            let error = StepError::new("result-too-large", message);
            return self.failed(call, execution, &error, pure).await;
        }
        let bytes = match slots::encode(&value) {
            Ok(bytes) => bytes,
            Err(detail) => {
                let error =
                    StepError::new("result-not-data", format!("the result cannot be stored: {detail}"));
                return self.failed(call, execution, &error, pure).await;
            }
        };
        let at_ms = execution.ended_ms;
        if size > limits.result_bytes_warned {
            let message = format!("the result has {size} bytes as JSON; persist large results");
            let (code, point) = ("large-result".to_owned(), call.point.to_owned());
            self.record(at_ms, &Event::Warning { code, point, message }, None);
        }
        self.record(at_ms, &Event::StepCompleted { execution }, Some(bytes.clone()));
        self.move_on(call.next, Outcome::Value, value, bytes, pure).await
    }

    async fn failed(
        &mut self,
        call: &StepCall,
        execution: StepExecution,
        error: &StepError,
        pure: bool,
    ) -> Result<Option<RunEnd>, EngineError> {
        let (error, bytes) = storable_error(error.to_value(call.step, execution.attempt));
        let event_at = execution.ended_ms;
        let event = Event::StepFailed { execution, handled: call.handler.is_some() };
        self.record(event_at, &event, Some(bytes.clone()));
        match call.handler {
            Some(handler) => self.move_on(handler, Outcome::Failed, error, bytes, pure).await,
            None => self.fail(error).await.map(Some),
        }
    }

    /// Puts the outcome into its slot and moves the position. Pure steps ride along with the next commit, unless they
    /// have become many.
    async fn move_on(
        &mut self,
        next: usize,
        outcome: Outcome,
        value: Value,
        bytes: std::sync::Arc<[u8]>,
        pure: bool,
    ) -> Result<Option<RunEnd>, EngineError> {
        self.position = next;
        self.progress.outcome = outcome;
        let result = self.state(next).and_then(|state| state.result);
        if let Some(slot) = result {
            self.frame.set(slot, value);
        }
        if pure && self.riding_bytes <= self.engine.limits.riding_bytes_max {
            return Ok(None);
        }
        self.commit_progress(result.map(|slot| (slot, bytes))).await
    }
}
