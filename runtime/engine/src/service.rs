//! Many runs in one process: finds what can go on, carries it on, ends what is to be ended, and does what other processes
//! ask. A run that rests stands in the store alone; the service holds nothing for it.

use std::collections::{BTreeSet, VecDeque};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::task::JoinSet;

use crate::clock::{self, Pace};
use crate::driver::{Advance, Engine, RunEnd};
use crate::error::EngineError;
use crate::store::{RunFilter, RunNumber, RunStatus};

mod commands;
mod failures;

pub use commands::{FORK, REOPEN, START, StartCommand, fork_body, run_body};
use failures::Failures;

/// How a service works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Runs that are in memory at the same time.
    pub runs_max: usize,
    /// How often it looks for what other processes left.
    pub look_ms: u64,
    /// Ended runs are removed when they are as old as this; None: never.
    pub retention_ms: Option<i64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { runs_max: 4_096, look_ms: 50, retention_ms: None }
    }
}

/// What a service tells its owner.
#[derive(Clone, Debug, PartialEq)]
pub enum Happened {
    /// A run was picked up.
    CarriedOn { workflow_id: String },
    /// A run came to its end.
    Ended { workflow_id: String, end: RunEnd },
    /// A run could not be carried on. It is tried again later when `again_ms` says so.
    Failed { workflow_id: String, error: EngineError, again_ms: Option<u64> },
    /// A command of another process was carried out or refused.
    Commanded { name: String, word: String },
    /// Old runs were removed.
    Pruned { runs: u64 },
}

/// Told everything that happens.
pub type Listener = Arc<dyn Fn(&Happened) + Send + Sync>;

/// How often old runs are looked for, how many go in one transaction, for which others wait, and when the next go if those
/// were not all.
const PRUNE_EVERY_MS: u64 = 60_000;
const PRUNED_MAX: usize = 100;
const PRUNE_AGAIN_MS: u64 = 20;

/// Carries on the runs of an engine.
pub struct Service {
    engine: Arc<Engine>,
    options: Options,
    listener: Listener,
    /// What was interrupted, or is to be tried again.
    backlog: VecDeque<RunNumber>,
    carried: BTreeSet<RunNumber>,
    tasks: JoinSet<(RunNumber, Result<Advance, EngineError>)>,
    failures: Failures,
    looked: Pace,
    pruned: Pace,
    prune_after_ms: u64,
}

impl Service {
    pub fn new(engine: Arc<Engine>, options: Options, listener: Listener) -> Self {
        Self {
            engine,
            options,
            listener,
            backlog: VecDeque::new(),
            carried: BTreeSet::new(),
            tasks: JoinSet::new(),
            failures: Failures::default(),
            looked: Pace::NEVER,
            pruned: Pace::NEVER,
            prune_after_ms: PRUNE_EVERY_MS,
        }
    }

    /// Serves until `until` is ready, or the store is lost to another owner. Steps in flight are dropped then; they begin
    /// again with the same keys when somebody carries their runs on.
    pub async fn serve(mut self, until: impl Future<Output = ()>) -> Result<(), EngineError> {
        let mut until = pin!(until);
        self.find_interrupted()?;
        loop {
            self.round().await?;
            let mut pause = pin!(clock::pause(self.pause_ms().await?));
            let tasks = &mut self.tasks;
            let rested = poll_fn(|context| {
                if until.as_mut().poll(context).is_ready() {
                    return Poll::Ready(None);
                }
                if let Poll::Ready(Some(rested)) = tasks.poll_join_next(context) {
                    return Poll::Ready(Some(Some(rested)));
                }
                pause.as_mut().poll(context).map(|()| Some(None))
            });
            match rested.await {
                None => return Ok(()),
                Some(None) => {}
                Some(Some(rested)) => self.rested(rested).await?,
            }
            while let Some(rested) = self.tasks.try_join_next() {
                self.rested(rested).await?;
            }
        }
    }

    /// Carries on everything that can go on now, until nothing can: what rests, rests on. For commands that do not serve,
    /// and for tests that move the clock.
    pub async fn settle(&mut self) -> Result<(), EngineError> {
        self.find_interrupted()?;
        loop {
            self.looked = Pace::NEVER;
            self.round().await?;
            let Some(rested) = self.tasks.join_next().await else { return Ok(()) };
            self.rested(rested).await?;
        }
    }

    /// Runs that nothing drives and that are not parked: their process died.
    fn find_interrupted(&mut self) -> Result<(), EngineError> {
        let statuses = vec![RunStatus::Running];
        let mut runs = self.engine.store().list_runs(&RunFilter { statuses, ..RunFilter::default() })?;
        runs.retain(|run| run.attention.is_none() && !self.carried.contains(&run.run));
        self.backlog = runs.into_iter().rev().map(|run| run.run).collect();
        Ok(())
    }

    /// One look at everything that may have something to do.
    async fn round(&mut self) -> Result<(), EngineError> {
        if self.looked.is_due(self.options.look_ms) {
            self.carry_out_commands().await?;
            self.end_requested().await?;
        }
        self.prune().await?;
        let now_ms = self.engine.world().now_ms();
        self.backlog.extend(self.failures.take_due(now_ms));
        while self.room() > 0
            && let Some(run) = self.backlog.pop_front()
        {
            self.carry(run);
        }
        let room = self.room();
        if room > 0 {
            // Those in memory may be due still; behind them may stand others.
            let count_max = room + self.carried.len() + self.failures.waiting();
            for run in self.engine.store().due_runs(now_ms, count_max).await? {
                if self.room() > 0 && !self.failures.holds(run) {
                    self.carry(run);
                }
            }
        }
        Ok(())
    }

    fn room(&self) -> usize {
        self.options.runs_max.saturating_sub(self.carried.len())
    }

    fn carry(&mut self, run: RunNumber) {
        if !self.carried.insert(run) {
            return;
        }
        (self.listener)(&Happened::CarriedOn { workflow_id: run.to_string() });
        let engine = self.engine.clone();
        self.tasks.spawn(async move { (run, engine.advance(&run.to_string()).await) });
    }

    /// A run came to rest, ended, or could not go on.
    async fn rested(
        &mut self,
        joined: Result<(RunNumber, Result<Advance, EngineError>), tokio::task::JoinError>,
    ) -> Result<(), EngineError> {
        let (run, outcome) = match joined {
            Ok(rested) => rested,
            // A task that panicked takes the process with it: what it would have broken is unknown.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        self.carried.remove(&run);
        let workflow_id = run.to_string();
        match outcome {
            Ok(Advance::Ended { end, .. }) => {
                self.failures.forget(run);
                (self.listener)(&Happened::Ended { workflow_id, end });
            }
            Ok(Advance::Parked { children, .. }) => {
                self.failures.forget(run);
                // Those that it has just called are driven by nobody yet.
                self.backlog.extend(children);
            }
            Err(error) if failures::is_fatal(&error) => return Err(error),
            Err(error) => {
                let error = if self.failures.is_hopeless(run, &error) {
                    self.engine.park(run, "no-progress", error.to_string()).await
                } else {
                    error
                };
                let again_ms = self.failures.note(run, &error, self.engine.world().now_ms());
                (self.listener)(&Happened::Failed { workflow_id, error, again_ms });
            }
        }
        Ok(())
    }

    /// Ends the runs that are to be cancelled and that nothing drives; those that are driven see the request themselves.
    async fn end_requested(&mut self) -> Result<(), EngineError> {
        for request in self.engine.store().cancel_requests().await? {
            if self.carried.contains(&request.run) {
                continue;
            }
            let (id, reason) = (request.run.to_string(), request.reason.as_deref());
            let ended = if request.force {
                self.engine.terminate(&id, reason).await
            } else {
                self.engine.cancel(&id, reason).await
            };
            match ended {
                Ok(end) => (self.listener)(&Happened::Ended { workflow_id: id, end }),
                // It ended or was picked up meanwhile.
                Err(EngineError::AlreadyEnded { .. } | EngineError::AlreadyDriven { .. }) => {}
                Err(error) if failures::is_fatal(&error) => return Err(error),
                Err(error) => {
                    (self.listener)(&Happened::Failed {
                        workflow_id: id,
                        error,
                        again_ms: Some(self.options.look_ms),
                    });
                }
            }
        }
        Ok(())
    }

    async fn prune(&mut self) -> Result<(), EngineError> {
        let Some(retention_ms) = self.options.retention_ms else { return Ok(()) };
        if !self.pruned.is_due(self.prune_after_ms) {
            return Ok(());
        }
        let before_ms = self.engine.world().now_ms().saturating_sub(retention_ms);
        let pruned = self.engine.store().prune(before_ms, PRUNED_MAX).await?;
        let all = pruned.runs < PRUNED_MAX as u64;
        self.prune_after_ms = if all { PRUNE_EVERY_MS } else { PRUNE_AGAIN_MS };
        if pruned.runs > 0 {
            (self.listener)(&Happened::Pruned { runs: pruned.runs });
        }
        Ok(())
    }

    /// Until the next run is due, but not longer than other processes should wait.
    async fn pause_ms(&self) -> Result<u64, EngineError> {
        let wake_ms = self.engine.store().next_wake().await?;
        let left_ms = wake_ms.map(|wake_ms| wake_ms.saturating_sub(self.engine.world().now_ms()));
        let left_ms = left_ms.map_or(u64::MAX, |left_ms| u64::try_from(left_ms).unwrap_or(0));
        // What is due and in memory, or held back, must not make this turn without rest.
        let least_ms = u64::from(!self.carried.is_empty() || self.failures.waiting() > 0);
        Ok(left_ms.clamp(least_ms, self.options.look_ms.max(1)))
    }
}

#[cfg(test)]
mod tests;
