//! A hundred thousand parked waits: what they cost at rest, and how long until a process that starts has their timers.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use breyta_core::{Value, codec};
use breyta_engine::journal::{Encoded, Event};
use breyta_engine::store::{Checkpoint, LiveSlot, NewRun, OpenWait, Parked, SlotContent, Store};

use crate::long::bytes;
use crate::{Outcome, folder, runtime, store};

const RUNS: usize = 100_000;
/// So many are created at once, as concurrent starts would.
const AT_ONCE: usize = 1_000;

/// The word with which this program opens a store in a process of its own: `parked-open FOLDER`.
pub(crate) const OPEN: &str = "parked-open";

pub(crate) fn measure() -> Outcome<serde_json::Value> {
    let folder = folder("parked")?;
    let data = folder.path().join("data");
    let begun = Instant::now();
    park(&data)?;
    let seconds = begun.elapsed().as_secs_f64();
    let size = bytes(&data)?;
    let output = Command::new(std::env::current_exe()?).arg(OPEN).arg(&data).output()?;
    let opened: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    Ok(serde_json::json!({
        "runs": RUNS,
        "park_seconds": seconds,
        "bytes_each": size as f64 / RUNS as f64,
        "open": opened,
    }))
}

/// Runs that wait for an approval, with an input and a live slot as small flows have them.
fn park(data: &Path) -> Outcome<()> {
    let store = store(data)?;
    runtime()?.block_on(async {
        for first in (0..RUNS).step_by(AT_ONCE) {
            let created: Vec<_> =
                (first..first + AT_ONCE).map(|number| store.create_run(new_run(number))).collect();
            for run in created {
                run.await?;
            }
        }
        Ok(())
    })
}

fn encode(value: &Value) -> Arc<[u8]> {
    let mut bytes = Vec::new();
    match codec::encode(value, &mut bytes) {
        Ok(()) => bytes.into(),
        Err(_) => Arc::from([]),
    }
}

fn new_run(number: usize) -> NewRun {
    let input = encode(&Value::string(format!("order {number} of a customer with a name")));
    let version = "0000000000000001".to_owned();
    let event = Event::RunStarted { version: version.clone(), trigger: "manual".to_owned() };
    let wait = OpenWait {
        wait_id: "approve#1".to_owned(),
        key: Some(format!("order:{number}")),
        event: None,
        kind: "approval".to_owned(),
        details: encode(&Value::string("Approve the order?")),
        opened_ms: 1,
    };
    let parked = Parked { wake_at_ms: Some(86_400_000 + number as i64), wait: Some(wait) };
    let slots = vec![LiveSlot { name: "left".to_owned(), content: SlotContent::Bytes(input.clone()) }];
    NewRun {
        version,
        trigger: "manual".to_owned(),
        at_ms: 1,
        started: Encoded::new(1, &event, Some(input)),
        checkpoint: Checkpoint {
            state: "approve".to_owned(),
            progress: vec![0; 32],
            steps: 3,
            slots,
            parked: Some(parked),
        },
        child: None,
    }
}

/// Opens a store of parked runs and arms what wakes them.
pub(crate) fn open(data: &Path) -> Outcome<()> {
    let begun = Instant::now();
    let store: Arc<dyn Store> = store(data)?;
    let (due, next) = runtime()?.block_on(async {
        Ok::<_, Box<dyn std::error::Error>>((store.due_runs(2, 100).await?, store.next_wake().await?))
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let rss_kb: u64 = rss.and_then(|text| text.split_whitespace().next()?.parse().ok()).unwrap_or(0);
    let answer =
        serde_json::json!({ "armed_seconds": seconds, "rss_kb": rss_kb, "due": due.len(), "next": next });
    std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{answer}\n"))?;
    Ok(())
}
