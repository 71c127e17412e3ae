//! The stores that suites run against.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use breyta_engine::memory::MemoryStore;
use breyta_engine::store::{Store, StoreError};
use breyta_store::SqliteStore;

/// The model: lives as long as somebody holds it.
pub fn memory(slug: &str) -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(slug))
}

/// SQLite in a folder. One at a time: the store before it must be gone.
///
/// A program that another test starts at this moment holds a copy of every file of this process until it is replaced
/// by its own image, and with it the lock of a store that was just closed; so this tries for a while.
pub fn sqlite(folder: &Path, slug: &str) -> Arc<dyn Store> {
    let begun = Instant::now();
    loop {
        match SqliteStore::open(folder, slug) {
            Ok(store) => return Arc::new(store),
            Err(StoreError::Locked { .. }) if begun.elapsed() < Duration::from_secs(5) => {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(error) => panic!("{}: {error}", folder.display()),
        }
    }
}
