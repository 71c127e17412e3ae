//! What the writer knows about runs without asking the database: the revision, the end of the journal's chain, and what
//! else in the database is of them. Nobody else writes these (the epoch says so), so what is remembered is true.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use breyta_engine::store::ValueRef;

use super::plan::{self, SLOT_VALUES};

/// Runs that are remembered; when there are more, all are forgotten.
const HEADS_MAX: usize = 16_384;

/// Where an open run stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) revision: u64,
    pub(super) last_entry: i64,
    pub(super) parked: bool,
    /// Whether it has a place in a slot.
    pub(super) placed: bool,
    /// Whether it called others.
    pub(super) calls: bool,
    /// Rows of `slot_values` that the run's row refers to.
    pub(super) apart: Vec<i64>,
}

/// The heads of runs that were written lately.
#[derive(Debug, Default)]
pub(super) struct Heads(HashMap<i64, Head>);

impl Heads {
    /// The head of an open run; None when there is no such run, or it has ended.
    pub(super) fn find(&mut self, connection: &Connection, run: i64) -> rusqlite::Result<Option<Head>> {
        if let Some(head) = self.0.remove(&run) {
            return Ok(Some(head));
        }
        let sql = "SELECT revision, last_entry, status IN ('waiting', 'queued'), \
                   EXISTS (SELECT 1 FROM places WHERE places.run = runs.id), \
                   EXISTS (SELECT 1 FROM children WHERE children.parent = runs.id), \
                   slots FROM runs WHERE id = ?1 AND ended_ms IS NULL";
        let mut query = connection.prepare_cached(sql)?;
        let read = |row: &rusqlite::Row<'_>| {
            let slots: Vec<u8> = row.get(5)?;
            Ok(Head {
                revision: row.get::<_, i64>(0)? as u64,
                last_entry: row.get(1)?,
                parked: row.get(2)?,
                placed: row.get(3)?,
                calls: row.get(4)?,
                apart: apart(&slots),
            })
        };
        query.query_row(params![run], read).optional()
    }

    /// Remembers where a run stands after a write; it must be forgotten again when its transaction fails.
    pub(super) fn remember(&mut self, run: i64, head: Head) {
        if self.0.len() >= HEADS_MAX {
            self.0.clear();
        }
        self.0.insert(run, head);
    }

    /// It calls another.
    pub(super) fn called(&mut self, run: i64) {
        if let Some(head) = self.0.get_mut(&run) {
            head.calls = true;
        }
    }

    /// The row was changed without telling.
    pub(super) fn forget(&mut self, run: i64) {
        self.0.remove(&run);
    }

    /// A transaction failed: what was remembered in it may be wrong.
    pub(super) fn forget_all(&mut self) {
        self.0.clear();
    }
}

/// The rows of `slot_values` among a row's slots. A row that cannot be read has none: nothing of it is deleted then.
fn apart(slots: &[u8]) -> Vec<i64> {
    let slots = plan::read_row(slots).unwrap_or_default();
    let places: Vec<_> = slots.iter().map(|(_, slot)| slot.place()).collect();
    placed_apart(&places)
}

/// The rows of `slot_values` among the places of a checkpoint.
pub(super) fn placed_apart(placed: &[Option<ValueRef>]) -> Vec<i64> {
    let refs = placed.iter().flatten().filter(|place| place.table == SLOT_VALUES);
    refs.map(|place| place.id).collect()
}
