//! A store with a planted bug: a commit loses the first slot of its checkpoint. Simulations must notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::store::{
    Admitted, CancelRequest, Change, Command, CommandAnswer, CommandId, Commit, Committed, Created,
    EventRoute, NewRun, Pruned, RunNumber, RunState, SeenThrough, Signal, Store, StoreError,
};
use crate::world::BoxFuture;

/// Forgets a slot write in every so many commits.
pub struct Forgetful {
    inner: Arc<dyn Store>,
    commits: AtomicU64,
}

/// One commit in so many is wrong.
const FORGETS_EVERY: u64 = 5;

impl Forgetful {
    pub fn over(inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Self { inner, commits: AtomicU64::new(0) })
    }

    fn forget(&self, commit: &mut Commit) {
        let number = self.commits.fetch_add(1, Ordering::Relaxed);
        if let Change::Progress(checkpoint) = &mut commit.change
            && number % FORGETS_EVERY == FORGETS_EVERY - 1
            && checkpoint.slots.len() > 1
        {
            checkpoint.slots.remove(1);
        }
    }
}

impl SeenThrough for Forgetful {
    type Other = dyn Store;

    fn other(&self) -> &Self::Other {
        self.inner.as_ref()
    }
}

impl Store for Forgetful {
    fn create_run(&self, run: NewRun) -> BoxFuture<'_, Result<Created, StoreError>> {
        self.inner.create_run(run)
    }

    fn reserve_run(&self) -> BoxFuture<'_, Result<RunNumber, StoreError>> {
        self.inner.reserve_run()
    }

    fn admit_run(&self, run: Admitted) -> BoxFuture<'_, Result<Created, StoreError>> {
        self.inner.admit_run(run)
    }

    fn commands(&self) -> BoxFuture<'_, Result<Vec<Command>, StoreError>> {
        self.inner.commands()
    }

    fn answer_command(
        &self,
        command: CommandId,
        answer: CommandAnswer,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        self.inner.answer_command(command, answer)
    }

    fn prune(&self, before_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Pruned, StoreError>> {
        self.inner.prune(before_ms, count_max)
    }

    fn load_run(&self, run: RunNumber) -> BoxFuture<'_, Result<Option<RunState>, StoreError>> {
        self.inner.load_run(run)
    }

    fn commit(&self, mut commit: Commit) -> BoxFuture<'_, Result<Committed, StoreError>> {
        self.forget(&mut commit);
        self.inner.commit(commit)
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
        Box::pin(async move { self.inner.signals_for(run, &wait_id, key.as_deref(), event.as_ref()).await })
    }
}
