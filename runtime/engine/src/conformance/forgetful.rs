//! A store with a planted bug: a commit loses the first slot of its checkpoint. Simulations must notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::in_front::InFront;
use crate::store::{Change, Commit, Store};

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
}

impl InFront for Forgetful {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.inner
    }

    fn pass(&self, mut commit: Commit) -> Commit {
        let number = self.commits.fetch_add(1, Ordering::Relaxed);
        if let Change::Progress(checkpoint) = &mut commit.change
            && number % FORGETS_EVERY == FORGETS_EVERY - 1
            && checkpoint.slots.len() > 1
        {
            checkpoint.slots.remove(1);
        }
        commit
    }
}
