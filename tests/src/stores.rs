//! The stores that suites run against.

use std::path::Path;
use std::sync::Arc;

use breyta_engine::memory::MemoryStore;
use breyta_engine::store::Store;
use breyta_store::SqliteStore;

/// The model: lives as long as somebody holds it.
pub fn memory(slug: &str) -> Arc<dyn Store> {
    Arc::new(MemoryStore::new(slug))
}

/// SQLite in a folder. One at a time: the store before it must be gone.
pub fn sqlite(folder: &Path, slug: &str) -> Arc<dyn Store> {
    match SqliteStore::open(folder, slug) {
        Ok(store) => Arc::new(store),
        Err(error) => panic!("{}: {error}", folder.display()),
    }
}
