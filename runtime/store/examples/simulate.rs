//! Lives many seeds of the engine's simulation (`breyta_engine::conformance::simulation`): all over the model store, every
//! tenth over SQLite, whose files are copied at a crash with a torn write behind the log. Then a store with a planted bug
//! must be noticed. `simulate SEEDS [FIRST]`; prints the first seed that does not hold and what did not.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use breyta_engine::conformance::{StoreHarness, forgetful::Forgetful, sample, simulation};
use breyta_engine::memory::MemoryStore;
use breyta_engine::store::Store;
use breyta_store::SqliteStore;

/// One seed in so many is lived over SQLite too.
const SQLITE_EVERY: u64 = 10;

/// The planted bug must be noticed within so many seeds.
const PLANTED_SEEDS: u64 = 20;

struct Model(Arc<MemoryStore>);

impl StoreHarness for Model {
    fn store(&self) -> Arc<dyn Store> {
        self.0.clone()
    }

    fn crash(&mut self) {
        self.0 = Arc::new(MemoryStore::restore(self.0.snapshot()));
    }
}

fn model() -> Box<dyn StoreHarness> {
    Box::new(Model(Arc::new(MemoryStore::new(sample::SLUG))))
}

struct Sqlite {
    folder: tempfile::TempDir,
    store: Arc<SqliteStore>,
    crashes: u64,
}

/// What is written is what counts here, not when the disk has it: memory is faster.
fn folder() -> tempfile::TempDir {
    let base = Path::new("/dev/shm");
    let base = if base.is_dir() { base.to_owned() } else { std::env::temp_dir() };
    tempfile::tempdir_in(base).expect("a folder for the store")
}

fn open(folder: &tempfile::TempDir) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(folder.path(), sample::SLUG).expect("what a crash leaves opens"))
}

fn sqlite() -> Box<dyn StoreHarness> {
    let folder = folder();
    let store = open(&folder);
    Box::new(Sqlite { folder, store, crashes: 0 })
}

impl StoreHarness for Sqlite {
    fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    fn crash(&mut self) {
        self.crashes += 1;
        let next = folder();
        for file in ["store.sqlite", "store.sqlite-wal"] {
            let from: PathBuf = self.folder.path().join(file);
            if from.exists() {
                std::fs::copy(from, next.path().join(file)).expect("the files can be copied");
            }
        }
        // The beginning of a commit that nobody was told of.
        let log = next.path().join("store.sqlite-wal");
        if self.crashes.is_multiple_of(2) && log.exists() {
            let torn = vec![0x5a; 24 + (self.crashes as usize * 977) % 8_192];
            let file = std::fs::OpenOptions::new().append(true).open(log);
            file.and_then(|mut file| file.write_all(&torn)).expect("the log can be written");
        }
        self.store = open(&next);
        self.folder = next;
    }
}

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|word| word.parse().ok()).collect();
    let (seeds, first) = (numbers.first().copied().unwrap_or(200), numbers.get(1).copied().unwrap_or(0));
    let all = first..first + seeds;
    let say = |line: &str| drop(writeln!(std::io::stdout(), "{line}"));
    let lived = simulation::live_all(all.clone(), &model, None)
        .and_then(|()| simulation::live_all(all.filter(|seed| seed % SQLITE_EVERY == 0), &sqlite, None));
    if let Err((seed, what)) = lived {
        say(&format!("seed {seed}: {what}"));
        return ExitCode::FAILURE;
    }
    let planted = simulation::live_all(0..PLANTED_SEEDS, &model, Some(Forgetful::over));
    let Err((noticed, _)) = planted else {
        say("a store that forgets slot writes went unnoticed");
        return ExitCode::FAILURE;
    };
    let over_sqlite = seeds.div_ceil(SQLITE_EVERY);
    say(&format!(
        "{seeds} seeds held, {over_sqlite} of them over SQLite too; the planted bug was noticed at seed {noticed}"
    ));
    ExitCode::SUCCESS
}
