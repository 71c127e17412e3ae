//! From opening the store to the first effect of an interrupted run, by how many steps it has behind it.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use breyta_core::Value;
use breyta_engine::driver::Engine;

use crate::world::{AtOnce, engine};
use crate::{Outcome, folder, program, runtime, store};

const PAST: &[usize] = &[10, 1_000, 10_000, 100_000];
const REPEATS: usize = 9;

pub(crate) fn measure() -> Outcome<serde_json::Value> {
    let mut figures = serde_json::Map::new();
    for past in PAST {
        let folder = folder("resume")?;
        let data = folder.path().join("data");
        interrupted(&data, *past)?;
        let mut times = Vec::new();
        for _ in 0..REPEATS {
            times.push(resume(&data)?);
        }
        figures.insert(format!("past_{past}"), crate::disk::percentiles(times));
    }
    Ok(serde_json::Value::Object(figures))
}

/// A run that was interrupted in its next step after so many.
fn interrupted(data: &Path, past: usize) -> Outcome<()> {
    let program = program::counting();
    let store = store(data)?;
    let world = Arc::new(AtOnce::stopping_after(past));
    let engine = Arc::new(engine(program, store, world.clone())?);
    runtime()?.block_on(async {
        engine.start(Value::Int(i64::MAX), "manual").await?;
        drive_until_stuck(engine, &world).await;
        Ok(())
    })
}

fn resume(data: &Path) -> Outcome<std::time::Duration> {
    let begun = Instant::now();
    let program = program::counting();
    let store = store(data)?;
    let world = Arc::new(AtOnce::stopping_after(0));
    let engine = Arc::new(engine(program, store, world.clone())?);
    Ok(runtime()?.block_on(async {
        drive_until_stuck(engine, &world).await;
        begun.elapsed()
    }))
}

/// Drives the run until its last effect is in flight, and drops it there.
async fn drive_until_stuck(engine: Arc<Engine>, world: &AtOnce) {
    let driving = tokio::spawn(async move { engine.drive("r1").await.map(drop) });
    world.stuck().await;
    driving.abort();
    // Cancelled, as it was told to be.
    let _ = driving.await;
}
