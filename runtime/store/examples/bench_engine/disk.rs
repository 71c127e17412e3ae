//! The floor: what the disk asks for one small durable write.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Outcome;

const WRITES: usize = 500;

/// 4 KB in place and `fdatasync`, as a write-ahead log that has its size does.
pub(crate) fn floor(folder: &Path) -> Outcome<serde_json::Value> {
    let mut page = File::create(folder.join("page"))?;
    let mut times = Vec::new();
    for _ in 0..WRITES {
        let begun = Instant::now();
        page.seek(SeekFrom::Start(0))?;
        page.write_all(&[0x55; 4096])?;
        page.sync_data()?;
        times.push(begun.elapsed());
    }
    std::fs::remove_dir_all(folder)?;
    Ok(percentiles(times))
}

/// Median and 99th percentile in microseconds.
pub(crate) fn percentiles(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort();
    let at = |share: f64| {
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6)
    };
    serde_json::json!({ "p50_us": at(0.5), "p99_us": at(0.99), "count": times.len() })
}
