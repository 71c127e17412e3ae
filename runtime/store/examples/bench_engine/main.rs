//! Measures the engine over SQLite: durable steps of many runs at once, resuming behind long histories, a very long run,
//! and parked runs. Prints JSON; `cargo xtask bench engine` makes a table of it.
//!
//! `bench_engine [sequential|throughput|resume|long|parked]…`: all of them without a word. The folder is `$BREYTA_BENCH_DIR`, else
//! below `target`: temporary folders are often in memory.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use breyta_engine::store::{Store, StoreError};
use breyta_store::SqliteStore;

mod approving;
mod disk;
mod long;
mod parked;
mod program;
mod resume;
mod throughput;
mod world;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.as_slice() {
        [word, folder] if word == parked::OPEN => return parked::open(Path::new(folder)),
        [word, folder] if word == parked::COMPLETE => return parked::complete(Path::new(folder)),
        _ => {}
    }
    let all = ["sequential", "throughput", "resume", "long", "parked"];
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| word == name);
    let mut figures = serde_json::Map::new();
    for name in all.into_iter().filter(|name| wanted(name)) {
        let measured = match name {
            "sequential" => throughput::sequential()?,
            "throughput" => throughput::measure()?,
            "resume" => resume::measure()?,
            "long" => long::measure()?,
            _ => parked::measure()?,
        };
        figures.insert(name.to_owned(), measured);
    }
    writeln!(std::io::stdout(), "{}", serde_json::Value::Object(figures))?;
    Ok(())
}

/// A fresh folder on the disk that is measured.
fn folder(name: &str) -> std::io::Result<tempfile::TempDir> {
    let base = std::env::var_os("BREYTA_BENCH_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    tempfile::Builder::new().prefix(name).tempdir_in(base)
}

/// The store of a data directory.
fn store(data: &Path) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open(data, program::SLUG)?))
}

/// A runtime as executables have it: one thread.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_time().build()
}
