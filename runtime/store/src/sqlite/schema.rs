//! Opening the database: what file it is, its format, its flow, and the epoch of its owner.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use breyta_engine::store::StoreError;

use super::{creation, failure, flights};

/// Each brings the format one further; the number of those applied is the database's `user_version`.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/001_runs.sql"),
    include_str!("../../migrations/002_waits.sql"),
    include_str!("../../migrations/003_admission.sql"),
    include_str!("../../migrations/004_deaths.sql"),
    include_str!("../../migrations/005_close_policies.sql"),
    include_str!("../../migrations/006_grown_values.sql"),
    include_str!("../../migrations/007_differences.sql"),
];

/// `BREY`: marks the file as ours.
const APPLICATION_ID: i64 = 0x4252_4559;

/// How long a statement waits for another process that is leaving a request.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Opens (or creates) the database for its owner and raises the epoch. `died` are the runs that the last owner carried on
/// when it died.
pub(super) fn open_owned(
    file: &Path,
    slug: &str,
    died: &[(i64, i64)],
) -> Result<(Connection, i64), StoreError> {
    let exists = file.try_exists().map_err(|error| failure::io(file, &error))?;
    let created = if exists { None } else { Some(creation::create(file, slug)?) };
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags).map_err(failure::sqlite)?;
    // First of all: another process may be reading what a killed one left in the log, which takes a moment.
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failure::sqlite)?;
    let version = format(&connection)?;
    if version == 0 {
        refuse_foreign(&connection)?;
    }
    configure(&connection).map_err(failure::sqlite)?;
    let epoch = match created {
        Some(epoch) => epoch,
        None => take_over(&mut connection, version, slug, died)?,
    };
    Ok((connection, epoch))
}

/// Opens an existing database for reading and for its inbox. The answer has the flow's slug.
pub(super) fn open_shared(file: &Path) -> Result<(Connection, String), StoreError> {
    let missing = || {
        let directory = file.parent().unwrap_or(file).display().to_string();
        StoreError::Missing { directory }
    };
    if !file.try_exists().map_err(|error| failure::io(file, &error))? {
        return Err(missing());
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(failure::sqlite)?;
    connection.busy_timeout(BUSY_TIMEOUT).map_err(failure::sqlite)?;
    let found = format(&connection)?;
    if found == 0 {
        refuse_foreign(&connection)?;
        // Created a moment ago, or the creator died: nothing was ever committed.
        return Err(missing());
    }
    let supported = MIGRATIONS.len() as u32;
    if found < supported {
        return Err(StoreError::OlderFormat { found, supported });
    }
    keep_statements(&connection).map_err(failure::sqlite)?;
    let slug = meta(&connection, "slug").map_err(failure::sqlite)?;
    let slug = slug.ok_or_else(|| StoreError::corrupt("the slug of its flow is missing"))?;
    Ok((connection, slug))
}

/// The format of the file; 0 for a new one.
fn format(connection: &Connection) -> Result<u32, StoreError> {
    let found: u32 = pragma(connection, "user_version")?;
    let supported = MIGRATIONS.len() as u32;
    if found > supported && pragma::<i64>(connection, "application_id")? == APPLICATION_ID {
        return Err(StoreError::NewerFormat { found, supported });
    }
    if found > 0 && pragma::<i64>(connection, "application_id")? != APPLICATION_ID {
        return Err(StoreError::corrupt("the file is a database of something else"));
    }
    Ok(found)
}

/// A database without our marks must be empty.
fn refuse_foreign(connection: &Connection) -> Result<(), StoreError> {
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failure::sqlite)?;
    if tables > 0 {
        return Err(StoreError::corrupt("the file is a database of something else"));
    }
    Ok(())
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A commit answers only after its log is on the disk.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -8192)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    keep_statements(connection)
}

/// Statements are compiled once: also those whose plan might be another one with other parameters, which SQLite compiles
/// again for each.
fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(128);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// Migrates, checks whose store it is, and raises the epoch: one transaction.
pub(super) fn take_over(
    connection: &mut Connection,
    version: u32,
    slug: &str,
    died: &[(i64, i64)],
) -> Result<i64, StoreError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure::sqlite)?;
    for migration in MIGRATIONS.iter().skip(version as usize) {
        transaction.execute_batch(migration).map_err(failure::sqlite)?;
    }
    match meta::<String>(&transaction, "slug").map_err(failure::sqlite)? {
        Some(found) if found != slug => {
            return Err(StoreError::OtherFlow { found, expected: slug.to_owned() });
        }
        Some(_) => {}
        None => set_meta(&transaction, "slug", slug).map_err(failure::sqlite)?,
    }
    let epoch = meta::<i64>(&transaction, "epoch").map_err(failure::sqlite)?.unwrap_or(0) + 1;
    set_meta(&transaction, "epoch", epoch).map_err(failure::sqlite)?;
    flights::count(&transaction, died).map_err(failure::sqlite)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(failure::sqlite)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32).map_err(failure::sqlite)?;
    transaction.commit().map_err(failure::sqlite)?;
    Ok(epoch)
}

/// The epoch that the last owner wrote.
pub(super) fn epoch(connection: &Connection) -> rusqlite::Result<i64> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = 'epoch'")?;
    statement.query_row([], |row| row.get(0))
}

fn meta<T: rusqlite::types::FromSql>(connection: &Connection, key: &str) -> rusqlite::Result<Option<T>> {
    connection.query_row("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0)).optional()
}

fn set_meta(connection: &Connection, key: &str, value: impl rusqlite::ToSql) -> rusqlite::Result<()> {
    connection
        .execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)", rusqlite::params![key, value])
        .map(drop)
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> Result<T, StoreError> {
    connection.pragma_query_value(None, name, |row| row.get(0)).map_err(failure::sqlite)
}
