//! Runs that could not be carried on: when to try again, and when not to.

use std::collections::BTreeMap;

use crate::error::EngineError;
use crate::store::{RunNumber, StoreError};

/// The first pause; each further one is twice as long.
const FIRST_MS: u64 = 100;
const LAST_MS: u64 = 60_000;

/// A run that was refused so often, for a reason of its own, waits for a person.
const REFUSALS_MAX: u32 = 10;

/// What went wrong with which run.
#[derive(Debug, Default)]
pub(super) struct Failures(BTreeMap<RunNumber, Failed>);

#[derive(Debug)]
struct Failed {
    times: u32,
    /// None: this process cannot carry it on.
    again_at_ms: Option<i64>,
}

impl Failures {
    /// Notes a failure; the answer is the pause before the next try.
    pub(super) fn note(&mut self, run: RunNumber, error: &EngineError, now_ms: i64) -> Option<u64> {
        let failed = self.0.entry(run).or_insert(Failed { times: 0, again_at_ms: None });
        let pause_ms = FIRST_MS.checked_shl(failed.times).unwrap_or(LAST_MS).min(LAST_MS);
        failed.times = (failed.times + 1).min(16);
        let pause_ms = helps_to_wait(error).then_some(pause_ms);
        failed.again_at_ms = pause_ms.map(|pause_ms| now_ms.saturating_add(pause_ms as i64));
        pause_ms
    }

    /// Whether a failure that is the run's own has come too often. What the whole store suffers from passes.
    pub(super) fn is_hopeless(&self, run: RunNumber, error: &EngineError) -> bool {
        let own = matches!(error, EngineError::Store(StoreError::Conflict { .. }));
        own && self.0.get(&run).is_some_and(|failed| failed.times >= REFUSALS_MAX)
    }

    pub(super) fn forget(&mut self, run: RunNumber) {
        self.0.remove(&run);
    }

    /// Whether a run is not to be tried now.
    pub(super) fn holds(&self, run: RunNumber) -> bool {
        self.0.contains_key(&run)
    }

    pub(super) fn waiting(&self) -> usize {
        self.0.len()
    }

    /// The runs that are to be tried again now. They stay noted until they succeed.
    pub(super) fn take_due(&mut self, now_ms: i64) -> Vec<RunNumber> {
        let due =
            self.0.iter_mut().filter(|(_, failed)| failed.again_at_ms.is_some_and(|at_ms| at_ms <= now_ms));
        let taken = due.map(|(run, failed)| {
            // Not again before this try has failed too.
            failed.again_at_ms = Some(i64::MAX);
            *run
        });
        taken.collect()
    }
}

/// Whether the service cannot go on at all.
pub(super) fn is_fatal(error: &EngineError) -> bool {
    matches!(error, EngineError::Store(StoreError::EpochLost))
}

/// Whether the same may succeed later: the disk was full, somebody else changed the run. Versions, damage and runs that
/// need a person do not get better by waiting.
fn helps_to_wait(error: &EngineError) -> bool {
    match error {
        EngineError::Store(error) => error.is_transient() || matches!(error, StoreError::Conflict { .. }),
        EngineError::AlreadyDriven { .. } => true,
        _ => false,
    }
}
