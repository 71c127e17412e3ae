//! Errors of SQLite and of the file system as errors of the store.

use std::io::ErrorKind;
use std::path::Path;

use rusqlite::ErrorCode;

use breyta_engine::store::StoreError;

/// `SQLITE_IOERR_SHMSIZE`: the index of the log could not grow, which is how a full disk shows at opening.
const SHARED_MEMORY_SIZE: i32 = 0x130a;

/// An error of SQLite.
pub(super) fn sqlite(error: rusqlite::Error) -> StoreError {
    let error = match error {
        // Said by this crate, about a row.
        rusqlite::Error::FromSqlConversionFailure(_, _, reason) => {
            return StoreError::corrupt(reason.to_string());
        }
        error => error,
    };
    let detail = error.to_string();
    if error.sqlite_error().is_some_and(|error| error.extended_code == SHARED_MEMORY_SIZE) {
        return StoreError::Full { detail };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { detail },
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            StoreError::ReadOnly { detail }
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::corrupt(detail),
        Some(_) => StoreError::io(detail),
        // What is no failure of SQLite is a row that does not look as this code wrote it.
        None => StoreError::corrupt(detail),
    }
}

/// An error of the file system at a path.
pub(super) fn io(path: &Path, error: &std::io::Error) -> StoreError {
    let detail = format!("{}: {error}", path.display());
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { detail },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { detail },
        _ => StoreError::io(detail),
    }
}
