//! A store whose process dies at a chosen commit: for tests that put a crash everywhere. It may let others have their turn
//! before it answers, as a store that is a thread of its own does.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::in_front::InFront;
use crate::store::{Store, StoreError};
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
}

impl InFront for Dying {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.inner
    }

    fn before_reading(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.turns())
    }

    /// A death before it sends nothing.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(Arc<dyn Store>) -> BoxFuture<'static, Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let dead = || StoreError::io("the process died here");
        self.turns().await;
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        match (left, self.death) {
            (0, _) | (1, Death::Before) => Err(dead()),
            (1, Death::After) => change(self.inner.clone()).await.and(Err(dead())),
            (1, Death::Held) => {
                let change = change(self.inner.clone());
                let held: Held = Box::pin(async move { change.await.map(drop) });
                *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
                Err(dead())
            }
            _ => change(self.inner.clone()).await,
        }
    }
}
