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

/// Asks the open children of a run that ends to end too, as each is to. Requests that are there already stay. Answers all
/// that are open.
pub(super) fn close(
    connection: &Connection,
    parent: i64,
    reason: Option<&str>,
    at_ms: i64,
) -> rusqlite::Result<Vec<RunNumber>> {
    let sql = "SELECT runs.id, children.on_close FROM children JOIN runs ON runs.id = children.run \
               WHERE children.parent = ?1 AND runs.ended_ms IS NULL";
    let mut query = connection.prepare_cached(sql)?;
    let open = query.query_map([parent], |row| Ok((row.get::<_, i64>(0)?, policy(row, 1)?)))?;
    let mut open = open.collect::<rusqlite::Result<Vec<_>>>()?;
    // Not by the statement, which would ready itself to sort whenever a run ends.
    open.sort_unstable_by_key(|(child, _)| *child);
    for (child, policy) in &open {
        let kind = match policy {
            ClosePolicy::Abandon => continue,
            ClosePolicy::RequestCancel => "cancel",
            ClosePolicy::Terminate => "terminate",
        };
        let sql = "INSERT OR IGNORE INTO inbox (run, kind, reason, at_ms) VALUES (?1, ?2, ?3, ?4)";
        connection.prepare_cached(sql)?.execute(params![child, kind, reason, at_ms])?;
    }
    Ok(open.into_iter().map(|(child, _)| RunNumber(child as u64)).collect())
}

/// From the columns `parent, call, flow, on_close` of a left join, the first of them at `column`.
pub(super) fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ChildOf>> {
    let Some(parent) = row.get::<_, Option<i64>>(column)? else { return Ok(None) };
    let (call, flow) = (row.get(column + 1)?, row.get(column + 2)?);
    let on_close = policy(row, column + 3)?;
    Ok(Some(ChildOf { parent: RunNumber(parent as u64), call, flow, on_close }))
}

fn policy(row: &Row<'_>, column: usize) -> rusqlite::Result<ClosePolicy> {
    let word: String = row.get(column)?;
    let unknown = || {
        let detail = format!("a child has the unknown policy `{word}`");
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, detail.into())
    };
    ClosePolicy::from_word(&word).ok_or_else(unknown)
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
