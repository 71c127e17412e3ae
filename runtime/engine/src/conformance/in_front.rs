//! Stores that stand in front of another one and meddle with some of what its owner asks. Everything else goes through.

use std::future::{Future, ready};
use std::sync::Arc;

use crate::store::{
    Admitted, CancelRequest, Command, CommandAnswer, CommandId, Commit, Committed, Created, EventRoute,
    NewRun, Pruned, RunNumber, RunState, SeenThrough, Signal, Store, StoreError,
};
use crate::world::BoxFuture;

/// A store in front of another one. Who is in flight it keeps to itself: its death is played, and the other one lives.
pub trait InFront: Send + Sync {
    fn behind(&self) -> &Arc<dyn Store>;

    /// Waited for before a run or its signals are read.
    fn before_reading(&self) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    /// A change, which is made only when it is waited for.
    fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(Arc<dyn Store>) -> BoxFuture<'static, Result<T, StoreError>> + Send,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        change(self.behind().clone())
    }

    /// A commit on its way.
    fn pass(&self, commit: Commit) -> Commit {
        commit
    }
}

impl<S: InFront> SeenThrough for S {
    type Other = dyn Store;

    fn other(&self) -> &Self::Other {
        self.behind().as_ref()
    }
}

impl<S: InFront> Store for S {
    fn create_run(&self, run: NewRun) -> BoxFuture<'_, Result<Created, StoreError>> {
        Box::pin(self.change(move |behind| Box::pin(async move { behind.create_run(run).await })))
    }

    fn reserve_run(&self) -> BoxFuture<'_, Result<RunNumber, StoreError>> {
        self.behind().reserve_run()
    }

    fn admit_run(&self, run: Admitted) -> BoxFuture<'_, Result<Created, StoreError>> {
        Box::pin(self.change(move |behind| Box::pin(async move { behind.admit_run(run).await })))
    }

    fn commands(&self) -> BoxFuture<'_, Result<Vec<Command>, StoreError>> {
        self.behind().commands()
    }

    fn answer_command(
        &self,
        command: CommandId,
        answer: CommandAnswer,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(
            self.change(move |behind| Box::pin(async move { behind.answer_command(command, answer).await })),
        )
    }

    fn prune(&self, before_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Pruned, StoreError>> {
        Box::pin(self.change(move |behind| Box::pin(async move { behind.prune(before_ms, count_max).await })))
    }

    fn load_run(&self, run: RunNumber) -> BoxFuture<'_, Result<Option<RunState>, StoreError>> {
        Box::pin(async move {
            self.before_reading().await;
            self.behind().load_run(run).await
        })
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, StoreError>> {
        let commit = self.pass(commit);
        Box::pin(self.change(move |behind| Box::pin(async move { behind.commit(commit).await })))
    }

    fn cancel_requests(&self) -> BoxFuture<'_, Result<Vec<CancelRequest>, StoreError>> {
        self.behind().cancel_requests()
    }

    fn due_runs(&self, now_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Vec<RunNumber>, StoreError>> {
        self.behind().due_runs(now_ms, count_max)
    }

    fn next_wake(&self) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        self.behind().next_wake()
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
            self.before_reading().await;
            self.behind().signals_for(run, &wait_id, key.as_deref(), event.as_ref()).await
        })
    }
}
