//! A database that is not there yet: made whole beside its place, and moved there. Who looks sees all of it or nothing,
//! and one sync of the file stands in for those of every page on the way.
//!
//! That it stands in its place is durable with the first commit: SQLite syncs the directory, once it has made its log and
//! before anything is written to that. Until then nothing was acknowledged that could be lost.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use breyta_engine::store::StoreError;

use super::{failure, schema};

/// Makes the database of a flow for its first owner. The answer is the owner's epoch.
pub(super) fn create(file: &Path, slug: &str) -> Result<i64, StoreError> {
    let fresh = file.with_extension("sqlite.new");
    let created = make(&fresh, slug).and_then(|epoch| {
        put_in_place(&fresh, file)?;
        Ok(epoch)
    });
    if created.is_err() {
        // What is left over would only take room; the next owner removes it too.
        let _ = fs::remove_file(&fresh);
    }
    created
}

fn make(fresh: &Path, slug: &str) -> Result<i64, StoreError> {
    remove(fresh)?;
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(fresh, flags).map_err(failure::sqlite)?;
    let unsafe_until_synced = [("journal_mode", "MEMORY"), ("synchronous", "OFF")];
    for (name, value) in unsafe_until_synced {
        connection.pragma_update(None, name, value).map_err(failure::sqlite)?;
    }
    let epoch = schema::take_over(&mut connection, 0, slug, &[])?;
    // The mark of a database with a log stands in the file; what opens it later need not write it.
    connection.pragma_update(None, "journal_mode", "WAL").map_err(failure::sqlite)?;
    connection.close().map_err(|(_, error)| failure::sqlite(error))?;
    Ok(epoch)
}

fn put_in_place(fresh: &Path, file: &Path) -> Result<(), StoreError> {
    // A log that lost its database must not become this one's.
    remove(&file.with_extension("sqlite-wal"))?;
    let moved = || -> std::io::Result<()> {
        File::options().write(true).open(fresh)?.sync_all()?;
        fs::rename(fresh, file)
    };
    moved().map_err(|error| failure::io(file, &error))
}

/// Removes what may be left over.
fn remove(file: &Path) -> Result<(), StoreError> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failure::io(file, &error)),
        _ => Ok(()),
    }
}
