//! The floors: what the disk asks for one small durable write, in place and at the end of a file.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// A file to which 4 KB are written and synced with `fdatasync`.
pub(crate) struct Floor {
    file: File,
    in_place: bool,
    times: Vec<Duration>,
}

impl Floor {
    /// Always the same 4 KB, as a write-ahead log that has its size writes.
    pub(crate) fn in_place(folder: &Path) -> std::io::Result<Self> {
        Ok(Self { file: File::create(folder.join("page"))?, in_place: true, times: Vec::new() })
    }

    /// At the end: the disk writes the file's length too.
    pub(crate) fn append(folder: &Path) -> std::io::Result<Self> {
        Ok(Self { file: File::create(folder.join("log"))?, in_place: false, times: Vec::new() })
    }

    pub(crate) fn write(&mut self, times: usize) -> std::io::Result<()> {
        for _ in 0..times {
            let begun = Instant::now();
            if self.in_place {
                self.file.seek(SeekFrom::Start(0))?;
            }
            self.file.write_all(&[0x55; 4096])?;
            self.file.sync_data()?;
            self.times.push(begun.elapsed());
        }
        Ok(())
    }

    pub(crate) fn percentiles(self) -> serde_json::Value {
        percentiles(self.times)
    }
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
