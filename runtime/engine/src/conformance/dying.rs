//! A store whose process dies at a chosen commit: for tests that put a crash everywhere. It may let others have their turn
//! before it answers, as a store that is a thread of its own does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::store::{
    Admitted, CancelRequest, Command, CommandAnswer, CommandId, Commit, Committed, Created, EventRoute,
    NewRun, Pruned, RunNumber, RunState, SeenThrough, Signal, Store, StoreError,
};
use crate::world::BoxFuture;

/// Where in a commit the process dies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Death {
    /// Nothing of the commit is there.
    Before,
    /// It is durable, and nobody was told.
    After,
    /// The process hangs in it: another one may take over, and then it goes on.
    Held,
}

/// A commit that a process hangs in.
pub type Held = BoxFuture<'static, Result<(), StoreError>>;

/// A store whose process dies at a commit: it answers an error then and does nothing any more.
pub struct Dying {
    inner: Arc<dyn Store>,
    /// Commits until then.
    left: AtomicU64,
    death: Death,
    held: Mutex<Option<Held>>,
    /// From what follows how often others have their turn; None: never.
    turns: Option<AtomicU64>,
}

impl Dying {
    /// Dies at the commit of this number, from 1.
    pub fn at(inner: Arc<dyn Store>, commit: u64, death: Death) -> Self {
        Self { inner, left: AtomicU64::new(commit), death, held: Mutex::default(), turns: None }
    }

    /// Others have their turn before it answers, as often as follows from a seed.
    #[must_use]
    pub fn taking_turns(mut self, seed: u64) -> Self {
        self.turns = Some(AtomicU64::new(seed));
        self
    }

    async fn turns(&self) {
        let Some(turns) = &self.turns else { return };
        let number = turns.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        for _ in 0..(number >> 32) % 6 {
            tokio::task::yield_now().await;
        }
    }

    /// Commits until the death.
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// The commit in which the process hangs.
    pub fn take_held(&self) -> Option<Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The commit is made only when it is waited for, so that a death before it sends nothing.
    async fn at_commit<T: Send + 'static>(
        &self,
        commit: impl FnOnce(Arc<dyn Store>) -> BoxFuture<'static, Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let dead = || StoreError::io("the process died here");
        self.turns().await;
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        match (left, self.death) {
            (0, _) | (1, Death::Before) => Err(dead()),
            (1, Death::After) => commit(self.inner.clone()).await.and(Err(dead())),
            (1, Death::Held) => {
                let commit = commit(self.inner.clone());
                let held: Held = Box::pin(async move { commit.await.map(drop) });
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
                Err(dead())
            }
            _ => commit(self.inner.clone()).await,
        }
    }
}

impl SeenThrough for Dying {
    type Other = dyn Store;

    fn other(&self) -> &Self::Other {
        self.inner.as_ref()
    }
}

impl Store for Dying {
    fn create_run(&self, run: NewRun) -> BoxFuture<'_, Result<Created, StoreError>> {
        Box::pin(self.at_commit(move |inner| Box::pin(async move { inner.create_run(run).await })))
    }

    fn reserve_run(&self) -> BoxFuture<'_, Result<RunNumber, StoreError>> {
        self.inner.reserve_run()
    }

    fn admit_run(&self, run: Admitted) -> BoxFuture<'_, Result<Created, StoreError>> {
        Box::pin(self.at_commit(move |inner| Box::pin(async move { inner.admit_run(run).await })))
    }

    fn commands(&self) -> BoxFuture<'_, Result<Vec<Command>, StoreError>> {
        self.inner.commands()
    }

    fn answer_command(
        &self,
        command: CommandId,
        answer: CommandAnswer,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(
            self.at_commit(move |inner| Box::pin(async move { inner.answer_command(command, answer).await })),
        )
    }

    fn prune(&self, before_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Pruned, StoreError>> {
        Box::pin(
            self.at_commit(move |inner| Box::pin(async move { inner.prune(before_ms, count_max).await })),
        )
    }

    fn load_run(&self, run: RunNumber) -> BoxFuture<'_, Result<Option<RunState>, StoreError>> {
        Box::pin(async move {
            self.turns().await;
            self.inner.load_run(run).await
        })
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, StoreError>> {
        Box::pin(self.at_commit(move |inner| Box::pin(async move { inner.commit(commit).await })))
    }

    fn cancel_requests(&self) -> BoxFuture<'_, Result<Vec<CancelRequest>, StoreError>> {
        self.inner.cancel_requests()
    }

    fn due_runs(&self, now_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Vec<RunNumber>, StoreError>> {
        self.inner.due_runs(now_ms, count_max)
    }

    fn next_wake(&self) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        self.inner.next_wake()
    }

    fn signals_for(
        &self,
        run: RunNumber,
        wait_id: &str,
        key: Option<&str>,
        event: Option<&EventRoute>,
    ) -> BoxFuture<'_, Result<Vec<Signal>, StoreError>> {
        // The trait's lifetime is that of the store alone.
        let (wait_id, key, event) = (wait_id.to_owned(), key.map(str::to_owned), event.cloned());
        Box::pin(async move {
            self.turns().await;
            self.inner.signals_for(run, &wait_id, key.as_deref(), event.as_ref()).await
        })
    }
}
