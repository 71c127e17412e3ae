//! Values at places: those that do not stand in a run's row, and collections that have changed, in parts.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use breyta_engine::store::{StoreError, ValueRef};

use super::failure;
use super::plan::{LARGE_VALUES, SLOT_VALUES};

/// What a value was stored as, and the differences behind it, in order.
pub(super) type Parts = (Arc<[u8]>, Vec<Arc<[u8]>>);

/// A part of a value, and where the part before it is.
type Part = (Vec<u8>, Option<ValueRef>);

/// The parts of a value.
pub(super) fn load(connection: &Connection, place: ValueRef) -> Result<Parts, StoreError> {
    let mut grown = Vec::new();
    let mut next = place;
    loop {
        let found = part(connection, next).map_err(failure::sqlite)?;
        let missing =
            || StoreError::corrupt(format!("the value {} of table {} is missing", next.id, next.table));
        let (bytes, before) = found.ok_or_else(missing)?;
        let bytes: Arc<[u8]> = bytes.into();
        let Some(before) = before else {
            grown.reverse();
            return Ok((bytes, grown));
        };
        if goes_round(next, before) {
            return Err(StoreError::corrupt(format!("the value {} stands behind itself", next.id)));
        }
        grown.push(bytes);
        next = before;
    }
}

/// Whether every part is there.
pub(super) fn is_whole(connection: &Connection, place: ValueRef) -> rusqlite::Result<bool> {
    let mut next = place;
    loop {
        let Some((_, before)) = part(connection, next)? else { return Ok(false) };
        match before {
            None => return Ok(true),
            Some(before) if goes_round(next, before) => return Ok(false),
            Some(before) => next = before,
        }
    }
}

/// What a part stands behind is older.
fn goes_round(part: ValueRef, before: ValueRef) -> bool {
    before.table == SLOT_VALUES && before.id >= part.id
}

fn part(connection: &Connection, place: ValueRef) -> rusqlite::Result<Option<Part>> {
    let sql = match place.table {
        LARGE_VALUES => "SELECT bytes, NULL, NULL FROM large_values WHERE id = ?1",
        _ => "SELECT bytes, before_table, before_id FROM slot_values WHERE id = ?1",
    };
    let mut query = connection.prepare_cached(sql)?;
    let read = |row: &rusqlite::Row<'_>| {
        let before: Option<u8> = row.get(1)?;
        let id: Option<i64> = row.get(2)?;
        Ok((row.get(0)?, before.zip(id).map(|(table, id)| ValueRef { table, id })))
    };
    query.query_row([place.id], read).optional()
}
