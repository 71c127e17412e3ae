//! The rows of `commands`: what other processes ask of the owner, and its answers.

use rusqlite::{Connection, OptionalExtension, Row, params};

use breyta_engine::store::{Command, CommandAnswer, CommandId, RunNumber, StoreError};

use super::failure;

pub(super) fn put(
    connection: &Connection,
    name: &str,
    body: &[u8],
    at_ms: i64,
) -> Result<CommandId, StoreError> {
    let insert = || {
        let sql = "INSERT INTO commands (name, at_ms, body) VALUES (?1, ?2, ?3)";
        connection.prepare_cached(sql)?.execute(params![name, at_ms, body])?;
        Ok(CommandId(connection.last_insert_rowid() as u64))
    };
    insert().map_err(failure::sqlite)
}

/// None: not answered yet.
pub(super) fn find_answer(
    connection: &Connection,
    command: CommandId,
) -> Result<Option<CommandAnswer>, StoreError> {
    let sql = "SELECT answer, answer_run, answer_message FROM commands WHERE id = ?1";
    let read = |row: &Row<'_>| {
        let word: Option<String> = row.get(0)?;
        let run = row.get::<_, Option<i64>>(1)?.map(|run| RunNumber(run as u64));
        let message = row.get(2)?;
        Ok(word.map(|word| CommandAnswer { run, word, message }))
    };
    let found = connection
        .prepare_cached(sql)
        .and_then(|mut query| query.query_row([command.0 as i64], read).optional())
        .map_err(failure::sqlite)?;
    found.ok_or(StoreError::CommandNotFound { command })
}

pub(super) fn open(connection: &Connection) -> Result<Vec<Command>, StoreError> {
    let read = || {
        let sql = "SELECT id, name, at_ms, body FROM commands WHERE answer IS NULL ORDER BY id";
        let mut query = connection.prepare_cached(sql)?;
        let command = |row: &Row<'_>| {
            let body: Vec<u8> = row.get(3)?;
            let id = CommandId(row.get::<_, i64>(0)? as u64);
            Ok(Command { id, name: row.get(1)?, at_ms: row.get(2)?, body: body.into() })
        };
        query.query_map([], command)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(failure::sqlite)
}

pub(super) fn is_open(connection: &Connection, command: CommandId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM commands WHERE id = ?1 AND answer IS NULL";
    connection.prepare_cached(sql)?.exists([command.0 as i64])
}

/// False when it is not open.
pub(super) fn answer(
    connection: &Connection,
    command: CommandId,
    answer: &CommandAnswer,
) -> rusqlite::Result<bool> {
    let sql = "UPDATE commands SET answer = ?2, answer_run = ?3, answer_message = ?4 WHERE id = ?1 AND answer IS NULL";
    let run = answer.run.map(|run| run.0 as i64);
    let values = params![command.0 as i64, answer.word, run, answer.message];
    Ok(connection.prepare_cached(sql)?.execute(values)? > 0)
}
