//! A database that is not there yet: made whole beside its place, and moved there. Who looks sees all of it or nothing,
//! and one sync of the file and one of the directory stand in for those of every page on the way.

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
        put_in_place(&fresh, file).map_err(|error| failure::io(file, &error))?;
        Ok(epoch)
    });
    if created.is_err() {
        // What is left over would only take room; the next owner removes it too.
        let _ = fs::remove_file(&fresh);
    }
    created
}

fn make(fresh: &Path, slug: &str) -> Result<i64, StoreError> {
    match fs::remove_file(fresh) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failure::io(fresh, &error)),
        _ => {}
    }
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

fn put_in_place(fresh: &Path, file: &Path) -> std::io::Result<()> {
    File::options().write(true).open(fresh)?.sync_all()?;
    fs::rename(fresh, file)?;
    // Not every system lets directories be opened; there nothing can be done.
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Ok(directory) = File::open(directory.unwrap_or_else(|| Path::new("."))) {
        directory.sync_all()?;
    }
    Ok(())
}
