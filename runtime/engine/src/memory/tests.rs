//! The model store is a store, and crashes as it says.

use std::sync::Arc;

use super::MemoryStore;
use crate::conformance::{self, StoreHarness, sample};
use crate::store::Store;

struct Harness(Arc<MemoryStore>);

impl StoreHarness for Harness {
    fn store(&self) -> Arc<dyn Store> {
        self.0.clone()
    }

    fn crash(&mut self) {
        self.0 = Arc::new(MemoryStore::restore(self.0.snapshot()));
    }
}

#[test]
fn conformance() {
    conformance::all(&|| Box::new(Harness(Arc::new(MemoryStore::new(sample::SLUG)))));
}

fn harness() -> Box<dyn StoreHarness> {
    Box::new(Harness(Arc::new(MemoryStore::new(sample::SLUG))))
}

#[test]
fn simulated_lives_end_as_undisturbed_ones() {
    let lived = conformance::simulation::live_all(0..40, &harness, None);
    assert_eq!(lived, Ok(()));
}

#[test]
fn a_forgotten_slot_is_noticed() {
    let lived =
        conformance::simulation::live_all(0..20, &harness, Some(conformance::forgetful::Forgetful::over));
    assert!(lived.is_err(), "the planted bug went unnoticed");
}
