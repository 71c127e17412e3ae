//! Durable steps a second with 1, 16 and 256 runs at once, and runs of ten steps.

use std::sync::Arc;
use std::time::Instant;

use breyta_core::Value;
use breyta_engine::driver::{Engine, RunEnd};

use crate::disk::{Floor, percentiles};
use crate::world::{AtOnce, engine};
use crate::{Outcome, folder, program, runtime, store};

/// Runs at once, and steps of each.
const LOADS: &[(usize, i64)] = &[(1, 4_000), (16, 3_000), (256, 1_000)];

/// Ten-step runs, so many at once.
const SHORT: (usize, i64) = (50, 10);
const SHORT_RUNS: usize = 5_000;

pub(crate) fn measure() -> Outcome<serde_json::Value> {
    let mut figures = serde_json::Map::new();
    for (runs, steps) in LOADS {
        let seconds = many(*runs, *steps, *runs)?;
        let rate = (*runs as f64) * (*steps as f64) / seconds;
        figures
            .insert(format!("runs_{runs}"), serde_json::json!({ "steps_per_s": rate, "seconds": seconds }));
    }
    let (at_once, steps) = SHORT;
    let seconds = many(at_once, steps, SHORT_RUNS)?;
    let rate = SHORT_RUNS as f64 / seconds;
    figures.insert("ten_steps".to_owned(), serde_json::json!({ "runs_per_s": rate, "seconds": seconds }));
    Ok(serde_json::Value::Object(figures))
}

/// Turns of a run and of the floor.
const TURNS: usize = 40;
const TURN: usize = 100;

/// The time from effect to effect of one run, and what the disk asks for in turns with it: both see the same disk.
pub(crate) fn sequential() -> Outcome<serde_json::Value> {
    let folder = folder("sequential")?;
    let world = Arc::new(AtOnce::marking());
    let engine = engine(program::counting(), store(&folder.path().join("data"))?, world.clone())?;
    let (mut in_place, mut append) = (Floor::in_place(folder.path())?, Floor::append(folder.path())?);
    let mut gaps = Vec::new();
    for _ in 0..TURNS {
        runtime()?.block_on(engine.run(Value::Int(TURN as i64), "manual"))?;
        gaps.extend(world.take_gaps());
        in_place.write(TURN)?;
        append.write(TURN)?;
    }
    Ok(serde_json::json!({
        "step": percentiles(gaps),
        "in_place": in_place.percentiles(),
        "append": append.percentiles(),
    }))
}

/// Starts and completes `runs` runs of `steps` steps, `at_once` at a time; the answer is seconds.
fn many(at_once: usize, steps: i64, runs: usize) -> Outcome<f64> {
    let folder = folder("throughput")?;
    let program = program::counting();
    let store = store(&folder.path().join("data"))?;
    let engine = Arc::new(engine(program, store, Arc::new(AtOnce::default()))?);
    runtime()?.block_on(async {
        let begun = Instant::now();
        let tasks: Vec<_> = (0..at_once)
            .map(|lane| {
                let engine = engine.clone();
                let share = runs / at_once + usize::from(lane < runs % at_once);
                tokio::spawn(async move { lane_of_runs(&engine, share, steps).await })
            })
            .collect();
        for task in tasks {
            task.await??;
        }
        Ok::<_, Box<dyn std::error::Error>>(begun.elapsed().as_secs_f64())
    })
}

async fn lane_of_runs(engine: &Engine, runs: usize, steps: i64) -> Result<(), String> {
    for _ in 0..runs {
        let end = engine.run(Value::Int(steps), "manual").await.map_err(|error| error.to_string())?.1;
        if !matches!(end, RunEnd::Completed(_)) {
            return Err(format!("a run ended with {end:?}"));
        }
    }
    Ok(())
}
