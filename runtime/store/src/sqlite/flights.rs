//! Which runs the owner carries on right now, in a file beside the database: what the process did when it died.
//!
//! The file is written without being synced. The death of a process loses nothing of it, and a power loss is no fault of a
//! run. An owner that ends by itself leaves it empty.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};

use breyta_engine::store::{RunNumber, StoreError};

use super::failure;

/// The name of the file inside a data directory.
const FILE: &str = "in-flight";

/// Run and revision, eight bytes each, lowest first. A run of 0 is none.
const RECORD_BYTES: usize = 16;

/// The file, and who has which of its records.
#[derive(Debug)]
pub(super) struct Flights(Mutex<Records>);

#[derive(Debug)]
struct Records {
    file: File,
    taken: BTreeMap<RunNumber, u64>,
    free: Vec<u64>,
}

impl Flights {
    /// Opens the file of a directory. The answer has what the last owner was about when it died: runs and their revisions.
    pub(super) fn open(directory: &Path) -> Result<(Self, Vec<(i64, i64)>), StoreError> {
        let path = directory.join(FILE);
        let failed = |error| failure::io(&path, &error);
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        let records = Records { file, taken: BTreeMap::new(), free: Vec::new() };
        Ok((Self(Mutex::new(records)), read(&bytes)))
    }

    /// Forgets everything: it is counted, or nothing is in flight any more.
    pub(super) fn clear(&self) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        records.taken.clear();
        records.free.clear();
        // What cannot be forgotten is at most counted again.
        let _ = records.file.set_len(0);
    }

    pub(super) fn begin(&self, run: RunNumber, revision: u64) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = records.taken.len() as u64;
        let place = records.free.pop().unwrap_or(next);
        records.taken.insert(run, place);
        records.write(place, run.0, revision);
    }

    /// Whether no two runs are carried on at once.
    pub(super) fn at_most_one(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).taken.len() <= 1
    }

    pub(super) fn end(&self, run: RunNumber) {
        let mut records = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = records.taken.remove(&run) {
            records.free.push(place);
            records.write(place, 0, 0);
        }
    }
}

impl Records {
    /// A record that cannot be written (the disk is full) is one death that is not counted.
    fn write(&mut self, place: u64, run: u64, revision: u64) {
        let mut record = [0; RECORD_BYTES];
        let (first, last) = record.split_at_mut(RECORD_BYTES / 2);
        first.copy_from_slice(&run.to_le_bytes());
        last.copy_from_slice(&revision.to_le_bytes());
        let at = SeekFrom::Start(place * RECORD_BYTES as u64);
        let _ = self.file.seek(at).and_then(|_| self.file.write_all(&record));
    }
}

/// The runs of a file. What is cut off or empty is none.
fn read(bytes: &[u8]) -> Vec<(i64, i64)> {
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, i64::from_le_bytes);
    let records = bytes.chunks_exact(RECORD_BYTES).map(|record| {
        let (run, revision) = record.split_at(RECORD_BYTES / 2);
        (number(run), number(revision))
    });
    records.filter(|(run, _)| *run > 0).collect()
}

/// Counts a death for each of the runs that has not moved since; forgets those that have.
pub(super) fn count(connection: &Connection, flights: &[(i64, i64)]) -> rusqlite::Result<()> {
    let moved = "DELETE FROM deaths WHERE NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = deaths.run \
                 AND runs.revision = deaths.revision AND runs.ended_ms IS NULL)";
    connection.prepare_cached(moved)?.execute([])?;
    let sql = "INSERT INTO deaths (run, revision, count) SELECT id, revision, 1 FROM runs \
               WHERE id = ?1 AND revision = ?2 AND ended_ms IS NULL ON CONFLICT (run) DO UPDATE SET count = count + 1";
    for (run, revision) in flights {
        connection.prepare_cached(sql)?.execute(params![run, revision])?;
    }
    Ok(())
}

/// How often the process died over a run since its last commit.
pub(super) fn deaths(connection: &Connection, run: i64, revision: i64) -> rusqlite::Result<u64> {
    let mut query = connection.prepare_cached("SELECT count FROM deaths WHERE run = ?1 AND revision = ?2")?;
    let count = query.query_row(params![run, revision], |row| row.get::<_, i64>(0)).optional()?;
    Ok(count.map_or(0, |count| count as u64))
}
