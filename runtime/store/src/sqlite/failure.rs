//! Errors of SQLite and of the file system as errors of the store.

use std::io::ErrorKind;
use std::path::Path;

use rusqlite::ErrorCode;

use breyta_engine::store::StoreError;

/// An error of SQLite.
pub(super) fn sqlite(error: rusqlite::Error) -> StoreError {
    let detail = error.to_string();
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
