//! Concurrency slots: who holds one, who waits for it. The rows of `places` and `deliveries`.

use rusqlite::{Connection, OptionalExtension, params};

use breyta_engine::store::{Admission, Decision, RunNumber, superseded_by};

// That a place is not ended is said beside what its phase is: the index holds no others, and SQLite does not conclude it. The
// places of runs that ended long ago are many.

pub(super) const HOLDERS: &str = "SELECT runs.id, runs.version FROM places JOIN runs ON runs.id = places.run \
                       WHERE places.slot = ?1 AND places.phase = 'active' AND places.phase <> 'ended' ORDER BY places.run";

pub(super) const HOLDER: &str =
    "SELECT run FROM places WHERE slot = ?1 AND phase = 'active' AND phase <> 'ended' ORDER BY run LIMIT 1";

pub(super) const SUPERSEDE_QUEUED: &str = "INSERT OR IGNORE INTO inbox (run, kind, reason, at_ms) SELECT run, 'cancel', ?2, ?3 \
                                FROM places WHERE slot = ?1 AND phase = 'queued' AND phase <> 'ended'";

pub(super) const LET_NEXT_IN: &str = "UPDATE places SET phase = 'active' WHERE run = \
                           (SELECT run FROM places WHERE slot = ?1 AND phase = 'queued' AND phase <> 'ended' \
                           ORDER BY run LIMIT 1) RETURNING run";

/// The run of a delivery, with its revision.
pub(super) fn delivered(connection: &Connection, delivery: &str) -> rusqlite::Result<Option<(i64, i64)>> {
    let sql = "SELECT runs.id, runs.revision FROM deliveries JOIN runs ON runs.id = deliveries.run WHERE delivery = ?1";
    connection.prepare_cached(sql)?.query_row([delivery], |row| Ok((row.get(0)?, row.get(1)?))).optional()
}

/// The decision for a run of a version, and the runs that hold the slot.
pub(super) fn decide(
    connection: &Connection,
    admission: &Admission,
    version: &str,
) -> rusqlite::Result<(Decision, Vec<i64>)> {
    let mut query = connection.prepare_cached(HOLDERS)?;
    let holders = query.query_map([&admission.slot], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let holders = holders.collect::<rusqlite::Result<Vec<(i64, String)>>>()?;
    let decision =
        Decision::of(admission.policy, version, holders.iter().map(|(_, version)| version.as_str()));
    Ok((decision, holders.into_iter().map(|(run, _)| run).collect()))
}

/// Gives a new run its place. `holders` are asked to end when it supersedes them, and so is who waits.
pub(super) fn take(
    connection: &Connection,
    run: i64,
    admission: &Admission,
    decision: Decision,
    holders: &[i64],
    at_ms: i64,
) -> rusqlite::Result<()> {
    if let Some(delivery) = &admission.delivery {
        let sql = "INSERT OR REPLACE INTO deliveries (delivery, run, at_ms) VALUES (?1, ?2, ?3)";
        connection.prepare_cached(sql)?.execute(params![delivery, run, at_ms])?;
    }
    if decision == Decision::Superseded {
        let reason = superseded_by(RunNumber(run as u64));
        let sql = "INSERT OR IGNORE INTO inbox (run, kind, reason, at_ms) VALUES (?1, 'cancel', ?2, ?3)";
        for holder in holders {
            connection.prepare_cached(sql)?.execute(params![holder, reason, at_ms])?;
        }
        connection.prepare_cached(SUPERSEDE_QUEUED)?.execute(params![admission.slot, reason, at_ms])?;
    }
    let queued = decision == Decision::Queued;
    let sql = "INSERT INTO places (run, slot, phase) VALUES (?1, ?2, ?3)";
    let phase = if queued { "queued" } else { "active" };
    connection.prepare_cached(sql)?.execute(params![run, admission.slot, phase])?;
    if queued {
        let sql = "UPDATE runs SET status = 'queued' WHERE id = ?1";
        connection.prepare_cached(sql)?.execute([run])?;
        connection.prepare_cached("INSERT INTO parked (run) VALUES (?1)")?.execute([run])?;
    }
    Ok(())
}

/// A run that ended leaves its slot; the first in the queue takes it and is due.
pub(super) fn leave(connection: &Connection, run: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE places SET phase = 'ended' WHERE run = ?1 AND phase <> 'ended' RETURNING slot";
    let slot: Option<String> =
        connection.prepare_cached(sql)?.query_row([run], |row| row.get(0)).optional()?;
    let Some(slot) = slot else { return Ok(()) };
    if holder(connection, &slot)?.is_some() {
        return Ok(());
    }
    let mut let_in = connection.prepare_cached(LET_NEXT_IN)?;
    let next: Option<i64> = let_in.query_row([slot], |row| row.get(0)).optional()?;
    if let Some(next) = next {
        let sql = "UPDATE parked SET due_ms = 0, wake_at_ms = 0 WHERE run = ?1";
        connection.prepare_cached(sql)?.execute([next])?;
    }
    Ok(())
}

fn holder(connection: &Connection, slot: &str) -> rusqlite::Result<Option<i64>> {
    connection.prepare_cached(HOLDER)?.query_row([slot], |row| row.get(0)).optional()
}

/// The run that holds the slot of an ended run, if one does.
pub(super) fn holder_for(connection: &Connection, run: i64) -> rusqlite::Result<Option<RunNumber>> {
    let sql = "SELECT slot FROM places WHERE run = ?1";
    let slot: Option<String> =
        connection.prepare_cached(sql)?.query_row([run], |row| row.get(0)).optional()?;
    let found = match slot {
        Some(slot) => holder(connection, &slot)?,
        None => None,
    };
    Ok(found.map(|run| RunNumber(run as u64)))
}

/// The run that a queued one waits for.
pub(super) fn holder_before(connection: &Connection, run: i64) -> rusqlite::Result<Option<RunNumber>> {
    let queued = connection
        .prepare_cached("SELECT 1 FROM places WHERE run = ?1 AND phase = 'queued'")?
        .exists([run])?;
    if queued { holder_for(connection, run) } else { Ok(None) }
}

/// A reopened run holds its slot again.
pub(super) fn take_again(connection: &Connection, run: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE places SET phase = 'active' WHERE run = ?1";
    connection.prepare_cached(sql)?.execute([run]).map(drop)
}
