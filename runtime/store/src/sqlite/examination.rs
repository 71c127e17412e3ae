//! `doctor` and `export`: is the store whole, and a copy of it. For people and backups; nothing here is on any hot path.

use std::path::Path;

use rusqlite::Connection;

use breyta_engine::journal::Entry;
use breyta_engine::store::{RunStatus, StoreError};

use super::reader::SqliteReader;
use super::{failure, places, plan};

/// What an examination found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examination {
    /// The format of the store.
    pub format: u32,
    /// Runs by status and version: the census of what would have to go on under another version.
    pub runs: Vec<(String, String, u64)>,
    pub entries: u64,
    pub open_waits: u64,
    pub signals: u64,
    pub bytes: u64,
    /// What is damaged, in words. Empty: the store is whole.
    pub problems: Vec<String>,
}

/// More problems than this are not listed.
const PROBLEMS_MAX: usize = 100;

impl SqliteReader {
    /// Reads the whole store and checks it.
    pub fn examine(&self) -> Result<Examination, StoreError> {
        examine(&*self.connection()?).map_err(failure::sqlite)
    }

    /// Writes a consistent copy of the store, while its owner goes on working. The file must not exist.
    pub fn export_to(&self, file: &Path) -> Result<(), StoreError> {
        if file.exists() {
            let detail = format!("{}: there is a file of this name already", file.display());
            return Err(StoreError::ReadOnly { detail });
        }
        let name = file.to_str().ok_or_else(|| StoreError::io("the file name is not UTF-8"))?;
        self.connection()?.execute("VACUUM INTO ?1", [name]).map(drop).map_err(failure::sqlite)
    }
}

fn examine(connection: &Connection) -> rusqlite::Result<Examination> {
    let count =
        |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map(|count| count as u64);
    let mut found = Examination {
        format: connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
        runs: census(connection)?,
        entries: count("SELECT count(*) FROM journal")?,
        open_waits: count("SELECT count(*) FROM parked WHERE wait_id IS NOT NULL")?,
        signals: count("SELECT count(*) FROM signals")?,
        bytes: count("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")?,
        problems: Vec::new(),
    };
    let mut integrity = connection.prepare("PRAGMA integrity_check(100)")?;
    for line in integrity.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            found.problems.push(line);
        }
    }
    check_runs(connection, &mut found.problems)?;
    check_journal(connection, &mut found.problems)?;
    let parked = "SELECT count(*) FROM runs WHERE status IN ('waiting', 'queued') AND id NOT IN (SELECT run FROM parked)";
    if count(parked)? > 0 {
        found.problems.push("a waiting run does not say what it waits for".to_owned());
    }
    found.problems.truncate(PROBLEMS_MAX);
    Ok(found)
}

fn census(connection: &Connection) -> rusqlite::Result<Vec<(String, String, u64)>> {
    let sql = "SELECT status, version, count(*) FROM runs GROUP BY status, version ORDER BY status, version";
    let mut query = connection.prepare(sql)?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)? as u64)))?;
    rows.collect()
}

/// Slots must read, and what they refer to must be there.
fn check_runs(connection: &Connection, problems: &mut Vec<String>) -> rusqlite::Result<()> {
    let mut query = connection.prepare("SELECT id, status, slots FROM runs")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let (id, status, slots): (i64, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if RunStatus::from_word(&status).is_none() {
            problems.push(format!("run r{id} has the unknown status `{status}`"));
        }
        match plan::read_row(&slots) {
            Err(damaged) => problems.push(format!("run r{id}: {damaged}")),
            Ok(slots) => {
                for (name, slot) in slots {
                    let Some(place) = slot.place() else { continue };
                    if !places::is_whole(connection, place)? {
                        problems.push(format!("run r{id}: the value of `{name}` is missing"));
                    }
                }
            }
        }
    }
    Ok(())
}

/// Entries must decode, and the chain of every run must be whole.
fn check_journal(connection: &Connection, problems: &mut Vec<String>) -> rusqlite::Result<()> {
    let broken = "SELECT runs.id FROM runs LEFT JOIN journal ON journal.id = runs.last_entry \
                  WHERE journal.id IS NULL OR journal.run <> runs.id \
                  UNION SELECT journal.run FROM journal LEFT JOIN journal AS before ON before.id = journal.previous \
                  WHERE journal.previous IS NOT NULL AND (before.id IS NULL OR before.run <> journal.run) LIMIT 100";
    let mut query = connection.prepare(broken)?;
    for run in query.query_map([], |row| row.get::<_, i64>(0))? {
        problems.push(format!("the journal of run r{} is not whole", run?));
    }
    let mut query = connection.prepare("SELECT id, run, head FROM journal")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        if problems.len() > PROBLEMS_MAX {
            break;
        }
        let (id, run, head): (i64, i64, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if let Err(damaged) = Entry::decode(&head, None) {
            problems.push(format!("entry {id} of run r{run}: {damaged}"));
        }
    }
    Ok(())
}
