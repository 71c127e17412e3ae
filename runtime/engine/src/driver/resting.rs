//! Carrying runs on: until they rest or end, and until they end.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use super::{Driven, Engine, RunEnd, run};
use crate::clock;
use crate::error::EngineError;
use crate::store::{RunFilter, RunNumber, RunState, RunStatus};
use crate::world::BoxFuture;

/// How far a run went.
#[derive(Clone, Debug, PartialEq)]
pub enum Advance {
    Ended {
        end: RunEnd,
        /// Runs that it called and that have not ended.
        children: Vec<RunNumber>,
    },
    /// The run rests until this time, or until a signal comes, or a child ends.
    Parked {
        wake_at_ms: Option<i64>,
        /// Runs that it called and that have not ended: somebody must carry them on too.
        children: Vec<RunNumber>,
    },
}

/// What loading a run finds out each time: it is over when the cause is.
const LOOKED_AT_AGAIN: [&str; 2] = ["unknown-position", "unreadable-state"];

/// How many due runs are looked at together.
const READY_MAX: usize = 1_000;

/// Children that are carried on beside their parent.
type Carried<'e> = BTreeMap<RunNumber, BoxFuture<'e, Result<(), EngineError>>>;

/// Whether those who carry runs on are to leave them where they rest next.
type Leave = Arc<AtomicBool>;

impl Engine {
    /// Carries a run on until it ends. `id` is a workflow id or its short form `rN`. Of an ended run the recorded end is
    /// answered. While it rests this waits, and carries on the runs that it called. On an error the run stays as it was
    /// last committed.
    ///
    /// Needs a tokio runtime with time enabled.
    pub async fn drive(&self, id: &str) -> Result<RunEnd, EngineError> {
        let number = self.number(id)?;
        let never = Leave::default();
        loop {
            if let Some(end) = self.drive_or_leave(number, id, &never).await? {
                return Ok(end);
            }
        }
    }

    /// As [`Engine::drive`]; None: it was left where it rests. Children that are open when the run ends are carried on
    /// too: to their end when they were asked to end, else until they rest.
    async fn drive_or_leave(
        &self,
        number: RunNumber,
        id: &str,
        leave: &Leave,
    ) -> Result<Option<RunEnd>, EngineError> {
        let _driven = Driven::enter(self, number)?;
        // Of their own: the run may end while it is to be carried on itself.
        let left = Leave::default();
        let mut children = Carried::new();
        loop {
            let advanced = self.advance_once(number, id).await?;
            let is_left = self.may_leave(number, leave)?;
            let (end, open) = match advanced {
                Advance::Ended { end, children } => (Some(end), children),
                Advance::Parked { children, .. } => (None, children),
            };
            for child in open {
                children.entry(child).or_insert_with(|| self.drive_boxed(child, &left));
            }
            if end.is_none() && !is_left {
                self.until_due(number, &mut children, leave).await?;
                continue;
            }
            left.store(true, Ordering::Relaxed);
            while let Some(child) = next_end(&mut children).await {
                children.remove(&child);
            }
            return Ok(end);
        }
    }

    /// Carries a run on until it ends or rests; one that rests and is not due rests on.
    pub async fn advance(&self, id: &str) -> Result<Advance, EngineError> {
        let number = self.number(id)?;
        let _driven = Driven::enter(self, number)?;
        self.advance_once(number, id).await
    }

    /// Runs that can be carried on now: those that nothing holds, those whose time has come or that have a signal, and
    /// those that are to be cancelled.
    pub async fn ready(&self) -> Result<Vec<RunNumber>, EngineError> {
        let running = RunFilter { statuses: vec![RunStatus::Running], ..RunFilter::default() };
        let mut ready: BTreeSet<RunNumber> = self
            .store
            .list_runs(&running)?
            .into_iter()
            .filter(|run| run.attention.is_none())
            .map(|run| run.run)
            .collect();
        ready.extend(self.store.due_runs(self.world.now_ms(), READY_MAX).await?);
        ready.extend(self.store.cancel_requests().await?.into_iter().map(|request| request.run));
        Ok(ready.into_iter().collect())
    }

    async fn advance_once(&self, number: RunNumber, id: &str) -> Result<Advance, EngineError> {
        let state = self.load(number, id).await?;
        if state.status.is_end() {
            let end = self.recorded_end(number, state.status)?;
            return Ok(Advance::Ended { end, children: self.store.open_children(number)? });
        }
        // Whose version it is not has nothing to say about it.
        if state.version == self.program_of(&state).version() {
            let said = state.attention.clone().filter(|(code, _)| !LOOKED_AT_AGAIN.contains(&code.as_str()));
            if let Some((code, message)) = said {
                let workflow_id = self.workflow_id_of_child(number);
                return Err(EngineError::NeedsAttention { workflow_id, code, message });
            }
            if state.deaths >= self.limits.deaths_max {
                return Err(self.died_too_often(&state).await);
            }
        }
        let _flight = Flight::begin(self, number, state.revision);
        let mut state = state;
        loop {
            if let Some((end, children)) = run::Run::load(self, state).await?.carry_on().await? {
                return Ok(Advance::Ended { end, children });
            }
            state = self.load(number, id).await?;
            if let Some(parked) = state.parked {
                let children = self.store.open_children(number)?;
                return Ok(Advance::Parked { wake_at_ms: parked.wake_at_ms, children });
            }
        }
    }

    async fn died_too_often(&self, state: &RunState) -> EngineError {
        let message = format!(
            "the process died {} times while it carried the run on, and nothing was committed in between; it stands at \
             `{}`: look for what ends the process there, then `runs retry` or `runs cancel`",
            state.deaths, state.state
        );
        run::park(self, state, "crash-loop", message).await
    }

    /// Parks a run that cannot be carried on, until a person has looked at it.
    pub(crate) async fn park(&self, run: RunNumber, code: &'static str, message: String) -> EngineError {
        match self.load(run, &run.to_string()).await {
            Ok(state) if state.status.is_end() => {
                EngineError::AlreadyEnded { workflow_id: self.workflow_id(run), status: state.status }
            }
            Ok(state) => run::park(self, &state, code, message).await,
            Err(error) => error,
        }
    }

    fn drive_boxed(&self, run: RunNumber, leave: &Leave) -> BoxFuture<'_, Result<(), EngineError>> {
        let leave = Leave::clone(leave);
        Box::pin(async move { self.drive_or_leave(run, &run.to_string(), &leave).await.map(drop) })
    }

    /// Until a resting run is due: its time came, a signal, a request to cancel it, or a child ended. Or until it is to be
    /// left.
    async fn until_due<'e>(
        &'e self,
        number: RunNumber,
        children: &mut Carried<'e>,
        leave: &Leave,
    ) -> Result<(), EngineError> {
        loop {
            let Some(state) = self.store.load_run(number).await? else { return Ok(()) };
            if self.may_leave(number, leave)? || self.is_due(&state).await? {
                return Ok(());
            }
            let wake_at_ms = state.parked.as_ref().and_then(|parked| parked.wake_at_ms);
            let left = wake_at_ms.map(|wake_ms| wake_ms.saturating_sub(self.world.now_ms()));
            let left = left.and_then(|left| u64::try_from(left).ok()).unwrap_or(u64::MAX);
            let mut pause = pin!(clock::pause(left.min(self.limits.cancel_poll_ms)));
            let ended = poll_fn(|context| match poll_children(children, context) {
                Poll::Ready(child) => Poll::Ready(Some(child)),
                Poll::Pending => pause.as_mut().poll(context).map(|()| None),
            });
            if let Some(child) = ended.await {
                children.remove(&child);
                return Ok(());
            }
        }
    }

    /// One that is asked to end is carried on until it has.
    fn may_leave(&self, number: RunNumber, leave: &Leave) -> Result<bool, EngineError> {
        if !leave.load(Ordering::Relaxed) {
            return Ok(false);
        }
        Ok(!self.store.find_run(number)?.is_some_and(|record| record.cancel_requested))
    }

    async fn is_due(&self, state: &RunState) -> Result<bool, EngineError> {
        let Some(parked) = state.parked.as_ref().filter(|_| !state.status.is_end()) else { return Ok(true) };
        if parked.wake_at_ms.is_some_and(|wake_ms| self.world.now_ms() >= wake_ms)
            || self.cancel_request(state.run).await?.is_some()
        {
            return Ok(true);
        }
        let Some(wait) = &parked.wait else { return Ok(false) };
        let signals = self
            .store
            .signals_for(state.run, &wait.wait_id, wait.key.as_deref(), wait.event.as_ref())
            .await?;
        Ok(!signals.is_empty())
    }
}

/// A run while it is carried on, as the store knows it.
struct Flight<'a> {
    engine: &'a Engine,
    run: RunNumber,
}

impl<'a> Flight<'a> {
    fn begin(engine: &'a Engine, run: RunNumber, revision: u64) -> Self {
        engine.store.begin(run, revision);
        Self { engine, run }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.engine.store.rest(self.run);
    }
}

/// The next child that ends; None when there is none. What it ended with is in the store.
async fn next_end(children: &mut Carried<'_>) -> Option<RunNumber> {
    if children.is_empty() {
        return None;
    }
    Some(poll_fn(|context| poll_children(children, context)).await)
}

fn poll_children(children: &mut Carried<'_>, context: &mut Context<'_>) -> Poll<RunNumber> {
    for (run, drive) in children.iter_mut() {
        if drive.as_mut().poll(context).is_ready() {
            return Poll::Ready(*run);
        }
    }
    Poll::Pending
}
