//! Measures durable steps against the disk: one run over SQLite with a step that does nothing, next to 4 KB writes with
//! `fdatasync` in the same folder, in turns: appends, which also change the file's length, and writes in place, which
//! is what a write-ahead log does once it has its size. Prints JSON; `cargo xtask bench step` makes a table of it.
//!
//! The folder is `$BREYTA_BENCH_DIR`, else below `target`: temporary folders are often in memory.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use breyta_core::Value;
use breyta_engine::driver::Engine;
use breyta_engine::error::StepError;
use breyta_engine::limits::Limits;
use breyta_engine::world::{BoxFuture, CommitMoment, StepRequest, World};
use breyta_tests::{programs, stores, tree};

const STEPS: usize = 5_000;
/// So many steps, then so many appends, and so on: both see the same disk.
const TURN: usize = 100;

/// Notes when effects begin; what lies between two of them is one durable step.
struct Watching {
    marks: Mutex<Vec<Instant>>,
    disk: Mutex<Disk>,
}

struct Disk {
    log: File,
    page: File,
    appends: Vec<Duration>,
    overwrites: Vec<Duration>,
    /// Indices of marks before which appends were made: those gaps do not count.
    turns: Vec<usize>,
}

impl World for Watching {
    fn now_ms(&self) -> i64 {
        0
    }

    fn random(&self) -> u64 {
        0
    }

    fn execute<'a>(&'a self, _request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let mut marks = self.marks.lock().unwrap_or_else(PoisonError::into_inner);
        if marks.len().is_multiple_of(TURN) {
            let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
            let at = marks.len();
            disk.turns.push(at);
            if let Err(error) = disk.turn() {
                return Box::pin(std::future::ready(Err(StepError::new("connect", error.to_string()))));
            }
        }
        marks.push(Instant::now());
        Box::pin(std::future::ready(Ok(Value::Int(1))))
    }

    fn at_commit(&self, _number: u64, _moment: CommitMoment) {}
}

impl Disk {
    fn turn(&mut self) -> std::io::Result<()> {
        for _ in 0..TURN {
            let begun = Instant::now();
            self.log.write_all(&[0x55; 4096])?;
            self.log.sync_data()?;
            self.appends.push(begun.elapsed());
        }
        for _ in 0..TURN {
            let begun = Instant::now();
            self.page.seek(SeekFrom::Start(0))?;
            self.page.write_all(&[0xaa; 4096])?;
            self.page.sync_data()?;
            self.overwrites.push(begun.elapsed());
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let base = std::env::var_os("BREYTA_BENCH_DIR").map_or_else(tree::target, Into::into);
    let folder = tempfile::tempdir_in(base)?;
    let program = programs::counting();
    let store = stores::sqlite(&folder.path().join("data"), program.slug());
    let disk = Disk {
        log: File::create(folder.path().join("log"))?,
        page: File::create(folder.path().join("page"))?,
        appends: Vec::new(),
        overwrites: Vec::new(),
        turns: Vec::new(),
    };
    let world = Arc::new(Watching { marks: Mutex::default(), disk: Mutex::new(disk) });
    let limits = Limits { steps_max: u64::MAX, http_requests_max: u64::MAX, ..Limits::default() };
    let engine = Engine::new(program, store, world.clone(), limits)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    runtime.block_on(engine.run(Value::Int(STEPS as i64), "manual"))?;
    let marks = world.marks.lock().unwrap_or_else(PoisonError::into_inner);
    let disk = world.disk.lock().unwrap_or_else(PoisonError::into_inner);
    let steps: Vec<Duration> = (1..)
        .zip(marks.windows(2))
        .filter(|(at, _)| !disk.turns.contains(at))
        .filter_map(|(_, pair)| pair.last().zip(pair.first()).map(|(end, begin)| *end - *begin))
        .collect();
    let figures = serde_json::json!({
        "steps": STEPS,
        "append": figures(disk.appends.clone()),
        "overwrite": figures(disk.overwrites.clone()),
        "step": figures(steps),
    });
    writeln!(std::io::stdout(), "{figures}")?;
    Ok(())
}

fn figures(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort();
    let at = |share: f64| {
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
    };
    serde_json::json!({ "p50_us": at(0.5), "p99_us": at(0.99), "count": times.len() })
}
