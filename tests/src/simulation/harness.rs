//! Stores whose process can die: memory, and SQLite, whose files are copied as the dead process left them, with the last
//! write torn. And SQLite whose lock is lost while its owner lives: another process takes it over then.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use breyta_engine::memory::MemoryStore;
use breyta_engine::store::Store;
use breyta_store::SqliteStore;

use super::Random;

/// Which store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Memory,
    Sqlite,
}

/// A store and what is left of it.
pub enum Harness {
    Memory(Arc<MemoryStore>),
    Sqlite { slug: String, folder: Arc<tempfile::TempDir>, store: Arc<SqliteStore> },
}

const DATABASE: &str = "store.sqlite";
const LOG: &str = "store.sqlite-wal";

/// The files of a store at some moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    database: Vec<u8>,
    log: Vec<u8>,
}

impl Harness {
    pub fn new(kind: Kind, slug: &str) -> Self {
        match kind {
            Kind::Memory => Self::Memory(Arc::new(MemoryStore::new(slug))),
            Kind::Sqlite => {
                let folder = folder();
                let store = open(folder.path(), slug);
                Self::Sqlite { slug: slug.to_owned(), folder: Arc::new(folder), store }
            }
        }
    }

    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(store) => Arc::clone(store) as Arc<dyn Store>,
            Self::Sqlite { store, .. } => Arc::clone(store) as Arc<dyn Store>,
        }
    }

    /// Where the files are.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            Self::Memory(_) => None,
            Self::Sqlite { folder, .. } => Some(folder.path().to_owned()),
        }
    }

    /// The process dies, and the next one opens what is left. `before` is how the files were before the write in which it
    /// died, when that was never acknowledged: any part of it may be missing.
    pub fn crash(&mut self, before: Option<Files>, random: &mut Random) {
        match self {
            Self::Memory(store) => *store = Arc::new(MemoryStore::restore(store.snapshot())),
            Self::Sqlite { slug, folder, store } => {
                let mut files = Files::read(folder.path());
                match before {
                    Some(before) => files.tear(&before, random),
                    None => files.append_the_beginning_of_a_write(random),
                }
                let next = super::harness::folder();
                files.write(next.path());
                *store = open(next.path(), slug);
                *folder = Arc::new(next);
            }
        }
    }

    /// Another process takes the files over while the owner lives, as when the lock of a network file system is lost. None
    /// where there are no files. The answer keeps the old owner alive.
    pub fn take_over(&mut self) -> Option<Arc<dyn Store>> {
        let Self::Sqlite { slug, folder, store } = self else { return None };
        std::fs::remove_file(folder.path().join("lock")).expect("the lock can be removed");
        let old = Arc::clone(store);
        *store = open(folder.path(), slug);
        Some(old)
    }
}

impl Files {
    pub fn read(folder: &Path) -> Self {
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap_or_default();
        Self { database: read(DATABASE), log: read(LOG) }
    }

    fn write(&self, folder: &Path) {
        let write = |name: &str, bytes: &[u8]| {
            let file = std::fs::File::create(folder.join(name));
            file.and_then(|mut file| file.write_all(bytes)).expect("the files can be written");
        };
        write(DATABASE, &self.database);
        if !self.log.is_empty() {
            write(LOG, &self.log);
        }
    }

    /// Of what was written to the log since then only a beginning is there.
    fn tear(&mut self, before: &Self, random: &mut Random) {
        // What is in the database already was in the log before, on the disk.
        if self.database != before.database {
            return;
        }
        let differs = |index: &usize| self.log.get(*index) != before.log.get(*index);
        let Some(first) = (0..self.log.len()).find(differs) else { return };
        let cut = first + random.below((self.log.len() - first) as u64 + 1) as usize;
        self.log.truncate(cut);
        self.log.extend(before.log.get(cut..).unwrap_or_default());
    }

    /// As if it had begun to write once more.
    fn append_the_beginning_of_a_write(&mut self, random: &mut Random) {
        if !self.log.is_empty() && random.once_in(2) {
            let length = 24 + random.below(8_192) as usize;
            self.log.extend(std::iter::repeat_n(0x5a, length));
        }
    }
}

/// What is written is what counts here, not when the disk has it: memory is faster.
fn folder() -> tempfile::TempDir {
    let base = Path::new("/dev/shm");
    let base = if base.is_dir() { base.to_owned() } else { std::env::temp_dir() };
    tempfile::tempdir_in(base).expect("a folder for the store")
}

fn open(folder: &Path, slug: &str) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(folder, slug).expect("what a dead process leaves opens"))
}
