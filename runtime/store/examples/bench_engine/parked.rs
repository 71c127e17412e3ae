//! A hundred thousand runs that wait for an approval: what they cost at rest, how long until a process that starts has their
//! timers, and how long until all have ended when everybody has answered.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use breyta_core::{Map, Value, codec};
use breyta_engine::service::{Options, Service};
use breyta_engine::store::{Observer, RunFilter, RunStatus, SignalTarget, Store};
use breyta_store::SqliteReader;

use crate::approving::{approving, key};
use crate::long::bytes;
use crate::world::{AtOnce, engine};
use crate::{Outcome, folder, runtime, store};

const RUNS: usize = 100_000;
/// So many are started at once, as concurrent starts would be.
const AT_ONCE: usize = 250;

/// The words with which this program works on a store in a process of its own: `parked-open FOLDER`.
pub(crate) const OPEN: &str = "parked-open";
pub(crate) const COMPLETE: &str = "parked-complete";

pub(crate) fn measure() -> Outcome<serde_json::Value> {
    let folder = folder("parked")?;
    let data = folder.path().join("data");
    let begun = Instant::now();
    park(&data)?;
    let seconds = begun.elapsed().as_secs_f64();
    let size = bytes(&data)?;
    let opened = alone(OPEN, &data)?;
    let begun = Instant::now();
    answer_all(&data)?;
    let answer_seconds = begun.elapsed().as_secs_f64();
    let completed = alone(COMPLETE, &data)?;
    Ok(serde_json::json!({
        "runs": RUNS,
        "park_seconds": seconds,
        "bytes_each": size as f64 / RUNS as f64,
        "open": opened,
        "answer_seconds": answer_seconds,
        "complete": completed,
    }))
}

/// This program with a word, in a process of its own.
fn alone(word: &str, data: &Path) -> Outcome<serde_json::Value> {
    let output = Command::new(std::env::current_exe()?).arg(word).arg(data).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Starts runs that wait for an approval each.
fn park(data: &Path) -> Outcome<()> {
    let engine = Arc::new(engine(approving(), store(data)?, Arc::new(AtOnce::default()))?);
    runtime()?.block_on(async {
        let lanes: Vec<_> = (0..AT_ONCE)
            .map(|lane| {
                let engine = engine.clone();
                tokio::spawn(async move {
                    for number in (lane..RUNS).step_by(AT_ONCE) {
                        let input = Value::string(format!("order {number} of a customer with a name"));
                        let run = engine.start(input, "manual").await.map_err(|error| error.to_string())?.run;
                        engine.advance(&run.to_string()).await.map_err(|error| error.to_string())?;
                    }
                    Ok::<_, String>(())
                })
            })
            .collect();
        for lane in lanes {
            lane.await??;
        }
        Ok(())
    })
}

/// Everybody answers, from another process's connection: each answer is durable.
fn answer_all(data: &Path) -> Outcome<()> {
    let reader = SqliteReader::open(data)?;
    let mut answer = Map::new();
    answer.insert_keyword("action", "approve");
    let mut payload = Vec::new();
    codec::encode(&Value::Map(answer), &mut payload).map_err(|error| error.to_string())?;
    let payload: Arc<[u8]> = payload.into();
    for number in 0..RUNS {
        let order = format!("order {number} of a customer with a name");
        reader.put_signal(&SignalTarget::Key(key(&order)), payload.clone(), 2)?;
    }
    Ok(())
}

/// Carries on what was answered, as `serve` does, until everything has ended.
pub(crate) fn complete(data: &Path) -> Outcome<()> {
    let begun = Instant::now();
    let engine = Arc::new(engine(approving(), store(data)?, Arc::new(AtOnce::default()))?);
    let service = Service::new(engine.clone(), Options::default(), Arc::new(|_| {}));
    runtime()?.block_on(service.serve(until_ended(engine.store().clone())))?;
    let answer = serde_json::json!({ "seconds": begun.elapsed().as_secs_f64(), "rss_kb": rss_kb() });
    std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{answer}\n"))?;
    Ok(())
}

/// Until no run is open. Looks seldom: it shares the thread with the work.
async fn until_ended(store: Arc<dyn Store>) {
    let statuses = vec![RunStatus::Running, RunStatus::Waiting];
    let open = RunFilter { statuses, count_max: Some(1), ..RunFilter::default() };
    while store.list_runs(&open).is_ok_and(|open| !open.is_empty()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn rss_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    rss.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Opens a store of parked runs and arms what wakes them.
pub(crate) fn open(data: &Path) -> Outcome<()> {
    let begun = Instant::now();
    let store: Arc<dyn Store> = store(data)?;
    let (due, next) = runtime()?.block_on(async {
        Ok::<_, Box<dyn std::error::Error>>((store.due_runs(2, 100).await?, store.next_wake().await?))
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let answer =
        serde_json::json!({ "armed_seconds": seconds, "rss_kb": rss_kb(), "due": due.len(), "next": next });
    std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{answer}\n"))?;
    Ok(())
}
