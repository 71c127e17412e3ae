//! Parked runs and signals: the rows of `parked` and `signals`, for the writer and for everybody who looks or leaves a
//! signal. What wakes a run is decided when a row is written, so that finding due runs is a look at one index.

use rusqlite::{Connection, OptionalExtension, Row, params};

use breyta_engine::store::{
    EventRoute, OpenWait, Parked, RunNumber, SentSignal, Signal, SignalAnswer, SignalId, SignalTarget,
    StoreError, WaitFilter, WaitName, WaitSummary, workflow_id,
};

use super::failure;

/// The run that waits under a key, unless it is this one.
pub(super) fn holder(connection: &Connection, key: &str, run: i64) -> rusqlite::Result<Option<RunNumber>> {
    let sql = "SELECT run FROM parked WHERE wait_key = ?1 AND run <> ?2";
    let mut query = connection.prepare_cached(sql)?;
    let found: Option<i64> = query.query_row(params![key, run], |row| row.get(0)).optional()?;
    Ok(found.map(|run| RunNumber(run as u64)))
}

/// Parks a run that is not parked. A signal that is there already makes it due at once.
pub(super) fn park(connection: &Connection, run: i64, parked: &Parked) -> rusqlite::Result<()> {
    let wait = parked.wait.as_ref();
    let answered = match wait {
        Some(wait) => !signals(connection, run, &Address::of(wait))?.is_empty(),
        None => false,
    };
    let due_ms = if answered { Some(0) } else { parked.wake_at_ms };
    let sql = "INSERT INTO parked (run, due_ms, wake_at_ms, opened_ms, wait_id, wait_key, event, event_path, kind, details) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let event = wait.and_then(|wait| wait.event.as_ref());
    connection.prepare_cached(sql)?.execute(params![
        run,
        due_ms,
        parked.wake_at_ms,
        wait.map(|wait| wait.opened_ms),
        wait.map(|wait| wait.wait_id.as_str()),
        wait.and_then(|wait| wait.key.as_deref()),
        event.map(|event| event.name.as_str()),
        event.map(EventRoute::path_bytes),
        wait.map(|wait| wait.kind.as_str()),
        wait.map(|wait| &*wait.details),
    ])?;
    Ok(())
}

/// Ends the parking of a run. Signals to its wait go with it, unless `next` keeps the wait open.
pub(super) fn unpark(connection: &Connection, run: i64, next: Option<&Parked>) -> rusqlite::Result<()> {
    let next = next.and_then(|parked| parked.wait.as_ref()).map(|wait| wait.wait_id.as_str());
    let sql = "DELETE FROM signals WHERE run = ?1 \
               AND wait_id IN (SELECT wait_id FROM parked WHERE run = ?1 AND wait_id IS NOT ?2)";
    connection.prepare_cached(sql)?.execute(params![run, next])?;
    connection.prepare_cached("DELETE FROM parked WHERE run = ?1")?.execute([run])?;
    Ok(())
}

/// Removes what an ended run leaves.
pub(super) fn close(connection: &Connection, run: i64, parked: bool) -> rusqlite::Result<()> {
    if parked {
        connection.prepare_cached("DELETE FROM parked WHERE run = ?1")?.execute([run])?;
    }
    connection.prepare_cached("DELETE FROM signals WHERE run = ?1")?.execute([run])?;
    Ok(())
}

/// Whether all of these signals are still there.
pub(super) fn are_there(connection: &Connection, ids: &[SignalId]) -> rusqlite::Result<bool> {
    for id in ids {
        let mut query = connection.prepare_cached("SELECT 1 FROM signals WHERE id = ?1")?;
        if !query.exists([id.0 as i64])? {
            return Ok(false);
        }
    }
    Ok(true)
}

pub(super) fn consume(connection: &Connection, ids: &[SignalId]) -> rusqlite::Result<()> {
    for id in ids {
        connection.prepare_cached("DELETE FROM signals WHERE id = ?1")?.execute([id.0 as i64])?;
    }
    Ok(())
}

/// Keeps what a commit sends; to a run that has ended it is lost.
pub(super) fn send(connection: &Connection, sent: &[SentSignal], at_ms: i64) -> rusqlite::Result<()> {
    for SentSignal { target, payload } in sent {
        if let SignalTarget::Wait { run, .. } = target {
            let sql = "SELECT 1 FROM runs WHERE id = ?1 AND ended_ms IS NULL";
            if !connection.prepare_cached(sql)?.exists([run.0 as i64])? {
                continue;
            }
        }
        keep(connection, target, payload, at_ms)?;
    }
    Ok(())
}

/// Leaves a signal from outside. The caller has a transaction open.
pub(super) fn put(
    connection: &Connection,
    target: &SignalTarget,
    payload: &[u8],
    at_ms: i64,
) -> rusqlite::Result<Result<SignalAnswer, StoreError>> {
    if let SignalTarget::Wait { run, wait_id } = target
        && let Some(error) = refusal(connection, *run, wait_id)?
    {
        return Ok(Err(error));
    }
    let (id, waits) = keep(connection, target, payload, at_ms)?;
    Ok(Ok(if waits.is_empty() {
        SignalAnswer::Buffered { id }
    } else {
        SignalAnswer::Delivered { id, waits }
    }))
}

/// Why a wait takes no signal.
fn refusal(connection: &Connection, run: RunNumber, wait_id: &str) -> rusqlite::Result<Option<StoreError>> {
    let sql = "SELECT wait_id, wait_key, event, event_path FROM parked WHERE run = ?1";
    let mut query = connection.prepare_cached(sql)?;
    let found = query.query_row([run.0 as i64], |row| Address::read(row, 0)).optional()?.flatten();
    let wait_id = wait_id.to_owned();
    Ok(match found {
        Some(address) if address.wait_id == wait_id => {
            let answered = !signals(connection, run.0 as i64, &address)?.is_empty();
            answered.then_some(StoreError::WaitAnswered { run, wait_id })
        }
        _ if connection.prepare_cached("SELECT 1 FROM runs WHERE id = ?1")?.exists([run.0 as i64])? => {
            Some(StoreError::WaitNotFound { run, wait_id })
        }
        _ => Some(StoreError::RunNotFound { run }),
    })
}

/// Writes a signal and makes the waits for it due.
fn keep(
    connection: &Connection,
    target: &SignalTarget,
    payload: &[u8],
    at_ms: i64,
) -> rusqlite::Result<(SignalId, Vec<WaitName>)> {
    let (run, wait_id, key, event) = match target {
        SignalTarget::Wait { run, wait_id } => (Some(run.0 as i64), Some(wait_id), None, None),
        SignalTarget::Key(key) => (None, None, Some(key), None),
        SignalTarget::Event(name) => (None, None, None, Some(name)),
    };
    let sql =
        "INSERT INTO signals (run, wait_id, wait_key, event, at_ms, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![run, wait_id, key, event, at_ms, payload])?;
    let id = SignalId(connection.last_insert_rowid() as u64);
    let mut waits = Vec::new();
    match target {
        SignalTarget::Wait { run, wait_id } => {
            let sql = "UPDATE parked SET due_ms = 0 WHERE run = ?1 AND wait_id = ?2 RETURNING run, wait_id";
            wake(connection, sql, params![run.0 as i64, wait_id], &mut waits)?;
        }
        SignalTarget::Key(key) => {
            let sql = "UPDATE parked SET due_ms = 0 WHERE wait_key = ?1 RETURNING run, wait_id";
            wake(connection, sql, params![key], &mut waits)?;
        }
        SignalTarget::Event(name) => {
            for route in routes(connection, name)? {
                let sql = "UPDATE parked SET due_ms = 0 WHERE event = ?1 AND event_path = ?2 AND wait_key = ?3 \
                           RETURNING run, wait_id";
                let values = params![name, route.path_bytes(), route.key_in(payload)];
                wake(connection, sql, values, &mut waits)?;
            }
            waits.sort_by_key(|wait| wait.run);
        }
    }
    Ok((id, waits))
}

fn wake(
    connection: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
    waits: &mut Vec<WaitName>,
) -> rusqlite::Result<()> {
    let mut update = connection.prepare_cached(sql)?;
    let name =
        |row: &Row<'_>| Ok(WaitName { run: RunNumber(row.get::<_, i64>(0)? as u64), wait_id: row.get(1)? });
    for wait in update.query_map(values, name)? {
        waits.push(wait?);
    }
    Ok(())
}

/// The different routes of the open waits for an event.
fn routes(connection: &Connection, name: &str) -> rusqlite::Result<Vec<EventRoute>> {
    let sql = "SELECT DISTINCT event_path FROM parked WHERE event = ?1";
    let mut query = connection.prepare_cached(sql)?;
    let found = query.query_map([name], |row| route(name.to_owned(), &row.get::<_, Vec<u8>>(0)?))?;
    found.collect()
}

fn route(name: String, path: &[u8]) -> rusqlite::Result<EventRoute> {
    EventRoute::from_parts(name, path).map_err(|damaged| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, damaged.to_string().into())
    })
}

/// What signals find a wait by.
#[derive(Debug)]
pub(super) struct Address {
    wait_id: String,
    key: Option<String>,
    event: Option<EventRoute>,
}

impl Address {
    pub(super) fn new(wait_id: &str, key: Option<&str>, event: Option<&EventRoute>) -> Self {
        Self { wait_id: wait_id.to_owned(), key: key.map(str::to_owned), event: event.cloned() }
    }

    fn of(wait: &OpenWait) -> Self {
        Self::new(&wait.wait_id, wait.key.as_deref(), wait.event.as_ref())
    }

    /// From the columns `wait_id, wait_key, event, event_path`, the first of them at `column`. None for a mere timer.
    fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Self>> {
        let Some(wait_id) = row.get(column)? else { return Ok(None) };
        let event: Option<String> = row.get(column + 2)?;
        let event = match event {
            Some(name) => Some(route(name, &row.get::<_, Vec<u8>>(column + 3)?)?),
            None => None,
        };
        Ok(Some(Self { wait_id, key: row.get(column + 1)?, event }))
    }
}

/// The signals that may complete a wait, oldest first.
pub(super) fn signals(connection: &Connection, run: i64, wait: &Address) -> rusqlite::Result<Vec<Signal>> {
    let mut found = Vec::new();
    let sql = "SELECT id, run, wait_id, wait_key, event, at_ms, payload FROM signals WHERE run = ?1 AND wait_id = ?2";
    collect(connection, sql, params![run, wait.wait_id], &mut found)?;
    if let Some(key) = &wait.key {
        let sql = "SELECT id, run, wait_id, wait_key, event, at_ms, payload FROM signals WHERE wait_key = ?1";
        collect(connection, sql, params![key], &mut found)?;
        if let Some(event) = &wait.event {
            let before = found.len();
            let sql =
                "SELECT id, run, wait_id, wait_key, event, at_ms, payload FROM signals WHERE event = ?1";
            collect(connection, sql, params![event.name], &mut found)?;
            let events = found.split_off(before);
            found.extend(
                events.into_iter().filter(|signal| event.key_in(&signal.payload).as_ref() == Some(key)),
            );
        }
    }
    found.sort_by_key(|signal| signal.id);
    Ok(found)
}

fn collect(
    connection: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
    found: &mut Vec<Signal>,
) -> rusqlite::Result<()> {
    let mut query = connection.prepare_cached(sql)?;
    let signal = |row: &Row<'_>| {
        Ok(Signal {
            id: SignalId(row.get::<_, i64>(0)? as u64),
            run: row.get::<_, Option<i64>>(1)?.map(|run| RunNumber(run as u64)),
            wait_id: row.get(2)?,
            key: row.get(3)?,
            name: row.get(4)?,
            at_ms: row.get(5)?,
            payload: row.get::<_, Vec<u8>>(6)?.into(),
        })
    };
    for signal in query.query_map(values, signal)? {
        found.push(signal?);
    }
    Ok(())
}

const COLUMNS: &str = "parked.wake_at_ms, parked.opened_ms, parked.wait_id, parked.wait_key, parked.event, \
                       parked.event_path, parked.kind, parked.details, parked.run";

fn parked(row: &Row<'_>) -> rusqlite::Result<Parked> {
    let wait = match Address::read(row, 2)? {
        Some(Address { wait_id, key, event }) => Some(OpenWait {
            wait_id,
            key,
            event,
            kind: row.get(6)?,
            details: row.get::<_, Vec<u8>>(7)?.into(),
            opened_ms: row.get(1)?,
        }),
        None => None,
    };
    Ok(Parked { wake_at_ms: row.get(0)?, wait })
}

/// What a waiting run waits for.
pub(super) fn parked_run(connection: &Connection, run: i64) -> rusqlite::Result<Option<Parked>> {
    let sql = format!("SELECT {COLUMNS} FROM parked WHERE run = ?1");
    connection.prepare_cached(&sql)?.query_row([run], parked).optional()
}

pub(super) fn open_waits(
    connection: &Connection,
    slug: &str,
    filter: &WaitFilter,
) -> Result<Vec<WaitSummary>, StoreError> {
    let mut sql = format!(
        "SELECT {COLUMNS}, parked.due_ms IS 0, children.flow FROM parked LEFT JOIN children ON children.run = parked.run \
         WHERE wait_id IS NOT NULL AND parked.run > ?1"
    );
    if filter.run.is_some() {
        sql.push_str(" AND parked.run = ?2");
    } else {
        sql.push_str(" AND ?2 IS NULL");
    }
    if filter.key.is_some() {
        sql.push_str(" AND wait_key = ?3");
    } else {
        sql.push_str(" AND ?3 IS NULL");
    }
    sql.push_str(" ORDER BY parked.run LIMIT ?4");
    let after = filter.after.map_or(-1, |run| run.0 as i64);
    let count = filter.count_max.map_or(-1, |count| i64::try_from(count).unwrap_or(-1));
    let summary = |row: &Row<'_>| {
        let run = RunNumber(row.get::<_, i64>(8)? as u64);
        let flow: Option<String> = row.get(10)?;
        let parked = parked(row)?;
        Ok(parked.wait.map(|wait| WaitSummary {
            run,
            workflow_id: workflow_id(flow.as_deref().unwrap_or(slug), run),
            wait,
            wake_at_ms: parked.wake_at_ms,
            answered: row.get(9).unwrap_or(false),
        }))
    };
    let read = || {
        let mut query = connection.prepare_cached(&sql)?;
        let values = params![after, filter.run.map(|run| run.0 as i64), filter.key, count];
        query.query_map(values, summary)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    Ok(read().map_err(failure::sqlite)?.into_iter().flatten().collect())
}

/// Parked runs whose time has come, those due longest first.
pub(super) fn due(
    connection: &Connection,
    now_ms: i64,
    count_max: usize,
) -> Result<Vec<RunNumber>, StoreError> {
    let read = || {
        let sql = "SELECT parked.run FROM parked JOIN runs ON runs.id = parked.run \
                   WHERE parked.due_ms <= ?1 AND runs.attention_code IS NULL ORDER BY parked.due_ms, parked.run LIMIT ?2";
        let mut query = connection.prepare_cached(sql)?;
        let count = i64::try_from(count_max).unwrap_or(i64::MAX);
        let runs =
            query.query_map(params![now_ms, count], |row| Ok(RunNumber(row.get::<_, i64>(0)? as u64)))?;
        runs.collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(failure::sqlite)
}

/// When the next parked run is due.
pub(super) fn next_due(connection: &Connection) -> Result<Option<i64>, StoreError> {
    let read = || {
        let sql = "SELECT parked.due_ms FROM parked JOIN runs ON runs.id = parked.run \
                   WHERE parked.due_ms IS NOT NULL AND runs.attention_code IS NULL ORDER BY parked.due_ms LIMIT 1";
        connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()
    };
    read().map_err(failure::sqlite)
}
