//! One run of a million steps: its last thousand against its first.

use std::sync::Arc;
use std::time::Instant;

use breyta_core::Value;

use crate::disk::percentiles;
use crate::world::{AtOnce, engine};
use crate::{Outcome, folder, program, runtime, store};

const STEPS: i64 = 1_000_000;
const ENDS: usize = 1_000;

pub(crate) fn measure() -> Outcome<serde_json::Value> {
    let folder = folder("long")?;
    let program = program::counting();
    let store = store(&folder.path().join("data"))?;
    let world = Arc::new(AtOnce::marking());
    let engine = engine(program, store, world.clone())?;
    let begun = Instant::now();
    runtime()?.block_on(engine.run(Value::Int(STEPS), "manual"))?;
    let seconds = begun.elapsed().as_secs_f64();
    drop(engine);
    let mut gaps = world.take_gaps();
    let first = gaps.iter().take(ENDS).copied().collect();
    let last = gaps.split_off(gaps.len().saturating_sub(ENDS));
    Ok(serde_json::json!({
        "steps": STEPS,
        "seconds": seconds,
        "first": percentiles(first),
        "last": percentiles(last),
        "bytes": bytes(&folder.path().join("data"))?,
    }))
}

/// What a data directory takes on the disk.
pub(crate) fn bytes(directory: &std::path::Path) -> std::io::Result<u64> {
    std::fs::read_dir(directory)?.try_fold(0, |sum, entry| Ok(sum + entry?.metadata()?.len()))
}
