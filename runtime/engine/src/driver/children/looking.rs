//! One child of a call or of a fan-out: what is asked of it, its attempts, and how it stands.
//!
//! Nothing about children is kept with the parent. Each attempt has a call of its own; starting it twice answers the run that
//! is there, so that looking again after a crash comes to the same.

use breyta_catalog::helpers::CHILD_ATTEMPTS_MAX;
use breyta_core::print::pr_str;
use breyta_core::{Value, duration};

use super::{ANOTHER_FAILED, DEPTH};
use crate::controls::Retry;
use crate::driver::RunEnd;
use crate::driver::execution::Execution;
use crate::driver::run::Run;
use crate::driver::step::Stage;
use crate::error::EngineError;
use crate::progress::Progress;
use crate::store::{ChildOf, ClosePolicy, RunNumber, SignalId};

/// Why a child is asked to end.
const TIME_IS_OVER: &str = "its time is over";

/// One child to start.
pub(super) struct Child {
    /// Unique in the run.
    call: String,
    pub(super) flow: String,
    input: Value,
    /// What bounds each attempt.
    timeout_ms: Option<u64>,
    retry: Retry,
    on_close: ClosePolicy,
}

impl Child {
    /// With the options of a call, or the keys of an item.
    pub(super) fn new(
        call: String,
        flow: String,
        retry: &str,
        given: &Value,
        input: &Value,
    ) -> Result<Self, String> {
        let policy = given.field(retry).filter(|policy| !policy.is_nil());
        let policy = policy.map_or(Ok(Retry::NONE), |policy| Retry::read(retry, policy))?;
        if policy.attempts_max > CHILD_ATTEMPTS_MAX {
            return Err(format!(":{retry}: :max-attempts is at most {CHILD_ATTEMPTS_MAX} for a child flow"));
        }
        Ok(Self {
            call,
            flow,
            input: input.field("input").cloned().unwrap_or_default(),
            timeout_ms: given.field("timeout").and_then(|timeout| duration::of_value(timeout, 1_000)),
            retry: policy,
            on_close: close_policy(given)?,
        })
    }

    /// The name of an attempt's call: every attempt is a run of its own.
    fn attempt(&self, attempt: u32) -> String {
        if attempt == 1 { self.call.clone() } else { format!("{}/attempt-{attempt}", self.call) }
    }
}

/// A child as it was found.
pub(super) enum Found {
    NotStarted,
    /// Running, or to be tried again later.
    Open,
    /// The run of its last attempt.
    Ended {
        run: RunNumber,
        end: RunEnd,
        attempts: u32,
    },
}

/// One look at one child.
enum Seen {
    Found(Found),
    /// It is open; when to look again at the latest.
    Open(Option<i64>),
    /// It cannot be started.
    Refused(String),
}

/// What was seen in one look at all children, and the signals that were there before it.
pub(super) struct Looked {
    pub(super) found: Vec<Found>,
    pub(super) signals: Vec<SignalId>,
    /// Whether the time of the next look is another one than before.
    pub(super) moved: bool,
}

impl Run<'_> {
    /// Looks at the children in order, and starts those that may be next. Cancels those whose time is over.
    pub(super) async fn look_after(
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
            match self.look_at(child).await? {
                Seen::Found(ended) => found.push(ended),
                Seen::Open(look_ms) => {
                    active += 1;
                    wake_ms = wake_ms.into_iter().chain(look_ms).min();
                    found.push(Found::Open);
                }
                Seen::Refused(message) => {
                    self.close_children(ANOTHER_FAILED)?;
                    return Ok(Err(Stage::Error(execution.error("invalid-input", message))));
                }
            }
        }
        let looks_at = std::mem::replace(&mut execution.deadline_ms, wake_ms);
        Ok(Ok(Looked { found, signals, moved: looks_at != wake_ms }))
    }

    /// Looks at the attempts of a child, and starts the one that may be next.
    async fn look_at(&mut self, child: &Child) -> Result<Seen, EngineError> {
        for attempt in 1.. {
            let run = match self.start_child(child, attempt).await? {
                Ok(run) => run,
                Err(message) => return Ok(Seen::Refused(message)),
            };
            let Some(record) = self.engine.store.find_run(run)? else { continue };
            let Some(ended_ms) = record.summary.ended_ms else {
                return self.end_of_time(run, child, record.summary.started_ms).map(Seen::Open);
            };
            let end = self.engine.recorded_end(run, record.summary.status)?;
            if attempt < child.retry.attempts_max && is_retried(&end) {
                let delay_ms = child.retry.backoff.delay_ms(attempt.into());
                let next_ms = ended_ms.saturating_add(i64::try_from(delay_ms).unwrap_or(i64::MAX));
                if self.commit_time() < next_ms {
                    return Ok(Seen::Open(Some(next_ms)));
                }
                continue;
            }
            if !self.progress.is_reopened() || matches!(end, RunEnd::Completed(_)) {
                return Ok(Seen::Found(Found::Ended { run, end, attempts: attempt }));
            }
            // Whoever tries the parent again means what it failed of.
            Box::pin(self.engine.reopen(&run.to_string())).await?;
            return self.end_of_time(run, child, record.summary.started_ms).map(Seen::Open);
        }
        Ok(Seen::Open(None))
    }

    /// When a child's time is over; a child whose time is over is asked to end.
    fn end_of_time(
        &self,
        run: RunNumber,
        child: &Child,
        started_ms: i64,
    ) -> Result<Option<i64>, EngineError> {
        let Some(timeout_ms) = child.timeout_ms else { return Ok(None) };
        let end_ms = started_ms.saturating_add(i64::try_from(timeout_ms).unwrap_or(i64::MAX));
        let now_ms = self.commit_time();
        if now_ms < end_ms {
            return Ok(Some(end_ms));
        }
        self.engine.store.request_cancel(run, Some(TIME_IS_OVER), now_ms)?;
        Ok(None)
    }

    async fn start_child(
        &mut self,
        child: &Child,
        attempt: u32,
    ) -> Result<Result<RunNumber, String>, EngineError> {
        let (call, flow) = (child.attempt(attempt), child.flow.clone());
        let of = ChildOf { parent: self.number, call, flow, on_close: child.on_close };
        let at_ms = self.commit_time();
        let mut begun = Progress::start(at_ms);
        for _ in 0..=self.progress.tallied(DEPTH) {
            begun.tally(DEPTH);
        }
        if self.progress.is_mocked() {
            begun.mock();
        }
        self.engine.create_child(of, &child.input, begun, at_ms).await
    }
}

/// Whether another attempt may come to something else: nobody asked this one to end but the clock.
fn is_retried(end: &RunEnd) -> bool {
    match end {
        RunEnd::Failed(_) => true,
        RunEnd::Cancelled { reason } => reason.as_deref() == Some(TIME_IS_OVER),
        RunEnd::Completed(_) | RunEnd::Other(_) => false,
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
