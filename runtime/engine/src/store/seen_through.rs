//! Stores whose observing side is another store's. Not a store of its own: what the owner does differs, what everybody
//! sees is the same.

use std::sync::Arc;

use super::{
    CancelAnswer, CommandAnswer, CommandId, JournalCursor, JournalPage, Observer, RunFilter, RunNumber,
    RunRecord, RunSummary, SignalAnswer, SignalTarget, StoreError, WaitFilter, WaitSummary,
};
use crate::journal;

/// A store that others see through another one: through its reader, or because it only stands in front of it.
pub trait SeenThrough: Send + Sync {
    type Other: Observer + ?Sized;

    fn other(&self) -> &Self::Other;
}

impl<S: SeenThrough> Observer for S {
    fn slug(&self) -> &str {
        self.other().slug()
    }

    fn find_run(&self, run: RunNumber) -> Result<Option<RunRecord>, StoreError> {
        self.other().find_run(run)
    }

    fn list_runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, StoreError> {
        self.other().list_runs(filter)
    }

    fn journal(&self, run: RunNumber) -> Result<Vec<journal::Entry>, StoreError> {
        self.other().journal(run)
    }

    fn journal_page(
        &self,
        run: RunNumber,
        from: Option<JournalCursor>,
        count_max: usize,
    ) -> Result<JournalPage, StoreError> {
        self.other().journal_page(run, from, count_max)
    }

    fn put_command(&self, name: &str, body: Arc<[u8]>, at_ms: i64) -> Result<CommandId, StoreError> {
        self.other().put_command(name, body, at_ms)
    }

    fn command_answer(&self, command: CommandId) -> Result<Option<CommandAnswer>, StoreError> {
        self.other().command_answer(command)
    }

    fn request_cancel(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError> {
        self.other().request_cancel(run, reason, at_ms)
    }

    fn request_terminate(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError> {
        self.other().request_terminate(run, reason, at_ms)
    }

    fn put_signal(
        &self,
        target: &SignalTarget,
        payload: Arc<[u8]>,
        at_ms: i64,
    ) -> Result<SignalAnswer, StoreError> {
        self.other().put_signal(target, payload, at_ms)
    }

    fn open_waits(&self, filter: &WaitFilter) -> Result<Vec<WaitSummary>, StoreError> {
        self.other().open_waits(filter)
    }

    fn holder_of(&self, run: RunNumber) -> Result<Option<RunNumber>, StoreError> {
        self.other().holder_of(run)
    }

    fn open_children(&self, parent: RunNumber) -> Result<Vec<RunNumber>, StoreError> {
        self.other().open_children(parent)
    }
}
