//! The store of the data directory: as its owner, or looking over the owner's shoulder.

use std::sync::Arc;

use breyta_engine::driver::Engine;
use breyta_engine::error::EngineError;
use breyta_engine::limits::Limits;
use breyta_engine::store::{Observer, StoreError};
use breyta_store::{SqliteReader, SqliteStore};

use super::Session;
use crate::bindings::Bindings;
use crate::failure::Failure;

/// The data directory, which this process owns from now on.
pub(super) fn own(session: &Session<'_>) -> Result<SqliteStore, Failure> {
    Ok(SqliteStore::open(&session.directory, session.flow.slug)?)
}

/// An engine over the data directory, which this process owns from now on.
pub(super) fn engine(session: &Session<'_>, bindings: Bindings) -> Result<Engine, Failure> {
    engine_over(session, Arc::new(own(session)?), bindings)
}

pub(super) fn engine_over(
    session: &Session<'_>,
    store: Arc<SqliteStore>,
    bindings: Bindings,
) -> Result<Engine, Failure> {
    #[cfg(feature = "otel")]
    if let Some(traces) = &session.traces {
        let observer: Arc<dyn Observer> = store.clone();
        traces.look_into(Arc::downgrade(&observer));
    }
    let limits = Limits::from(&session.limits);
    let engine = Engine::new(Arc::new(*session.flow), store, session.world(bindings), limits)?;
    Ok(if session.verify { engine.verifying() } else { engine })
}

/// The store for reading; also while another process owns it. None when there is no store yet.
pub(super) fn observer(session: &Session<'_>) -> Result<Option<SqliteReader>, Failure> {
    let reader = match SqliteReader::open(&session.directory) {
        Ok(reader) => reader,
        Err(StoreError::Missing { .. }) => return Ok(None),
        Err(older @ StoreError::OlderFormat { .. }) => {
            match SqliteStore::open(&session.directory, session.flow.slug) {
                // It is of this format now.
                Ok(_) => SqliteReader::open(&session.directory)?,
                Err(StoreError::Locked { .. }) => return Err(older.into()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(error) => return Err(error.into()),
    };
    if reader.slug() == session.flow.slug {
        Ok(Some(reader))
    } else {
        let (found, expected) = (reader.slug().to_owned(), session.flow.slug.to_owned());
        Err(StoreError::OtherFlow { found, expected }.into())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::new(error.code(), error.to_string())
    }
}
