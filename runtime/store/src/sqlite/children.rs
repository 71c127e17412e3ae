//! Child runs: which run called them, and where.

use rusqlite::{Connection, OptionalExtension, Row, params};

use breyta_engine::store::{ChildOf, RunNumber, StoreError};

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
    let sql = "INSERT INTO children (run, parent, call, flow) VALUES (?1, ?2, ?3, ?4)";
    let values = params![run, child.parent.0 as i64, child.call, child.flow];
    connection.prepare_cached(sql)?.execute(values).map(drop)
}

/// From the columns `parent, call, flow` of a left join, the first of them at `column`.
pub(super) fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ChildOf>> {
    let Some(parent) = row.get::<_, Option<i64>>(column)? else { return Ok(None) };
    let (call, flow) = (row.get(column + 1)?, row.get(column + 2)?);
    Ok(Some(ChildOf { parent: RunNumber(parent as u64), call, flow }))
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
