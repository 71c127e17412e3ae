//! Child runs: which run called them, and where.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};

use breyta_engine::store::{ChildOf, ClosePolicy, RunNumber, StoreError};

use super::failure;

/// The run that a call created, with its revision.
pub(super) fn of_call(connection: &Connection, child: &ChildOf) -> rusqlite::Result<Option<(i64, i64)>> {
    let sql = "SELECT runs.id, runs.revision FROM children JOIN runs ON runs.id = children.run \
               WHERE children.parent = ?1 AND children.call = ?2";
    let mut query = connection.prepare_cached(sql)?;
    query
        .query_row(params![child.parent.0 as i64, child.call], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

pub(super) fn insert(connection: &Connection, run: i64, child: &ChildOf) -> rusqlite::Result<()> {
    let sql = "INSERT INTO children (run, parent, call, flow, on_close) VALUES (?1, ?2, ?3, ?4, ?5)";
    let values = params![run, child.parent.0 as i64, child.call, child.flow, child.on_close.word()];
    connection.prepare_cached(sql)?.execute(values).map(drop)
}

/// Asks the open children of a run that ends to end too, as each is to. Requests that are there already stay.
pub(super) fn close(
    connection: &Connection,
    parent: i64,
    reason: Option<&str>,
    at_ms: i64,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO inbox (run, kind, reason, at_ms) \
               SELECT runs.id, CASE children.on_close WHEN 'terminate' THEN 'terminate' ELSE 'cancel' END, ?2, ?3 \
               FROM children JOIN runs ON runs.id = children.run \
               WHERE children.parent = ?1 AND runs.ended_ms IS NULL AND children.on_close <> 'abandon' ORDER BY runs.id";
    connection.prepare_cached(sql)?.execute(params![parent, reason, at_ms]).map(drop)
}

/// From the columns `parent, call, flow, on_close` of a left join, the first of them at `column`.
pub(super) fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ChildOf>> {
    let Some(parent) = row.get::<_, Option<i64>>(column)? else { return Ok(None) };
    let (call, flow, word) = (row.get(column + 1)?, row.get(column + 2)?, row.get::<_, String>(column + 3)?);
    let unknown = || {
        let detail = format!("a child has the unknown policy `{word}`");
        rusqlite::Error::FromSqlConversionFailure(column + 3, Type::Text, detail.into())
    };
    let on_close = ClosePolicy::from_word(&word).ok_or_else(unknown)?;
    Ok(Some(ChildOf { parent: RunNumber(parent as u64), call, flow, on_close }))
}

pub(super) fn open(connection: &Connection, parent: RunNumber) -> Result<Vec<RunNumber>, StoreError> {
    let read = || {
        let sql = "SELECT runs.id FROM children JOIN runs ON runs.id = children.run \
                   WHERE children.parent = ?1 AND runs.ended_ms IS NULL ORDER BY runs.id";
        let mut query = connection.prepare_cached(sql)?;
        let runs = query.query_map([parent.0 as i64], |row| Ok(RunNumber(row.get::<_, i64>(0)? as u64)))?;
        runs.collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(failure::sqlite)
}
