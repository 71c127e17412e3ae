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
