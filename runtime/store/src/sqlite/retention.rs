//! Pruning: runs that ended long ago, with everything that only they refer to.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};

use breyta_engine::store::Pruned;

use super::plan::{LARGE_VALUES, read_row};

/// A child stays as long as its parent is open: the parent may ask for it again.
pub(super) const OLD_RUNS: &str = "SELECT runs.id FROM runs LEFT JOIN children ON children.run = runs.id \
                                   LEFT JOIN runs AS parents ON parents.id = children.parent \
                                   WHERE runs.ended_ms < ?1 AND (parents.id IS NULL OR parents.ended_ms IS NOT NULL) \
                                   ORDER BY runs.ended_ms LIMIT ?2";

pub(super) const OLD_DELIVERIES: &str = "DELETE FROM deliveries WHERE at_ms < ?1";

pub(super) const OLD_COMMANDS: &str = "DELETE FROM commands WHERE answer IS NOT NULL AND at_ms < ?1";

/// Removes at most so many runs that ended before a time. The caller has a transaction open.
pub(super) fn prune(connection: &Connection, before_ms: i64, count_max: usize) -> rusqlite::Result<Pruned> {
    let mut pruned = Pruned::default();
    let mut large = BTreeSet::new();
    for run in old_runs(connection, before_ms, count_max)? {
        pruned.runs += 1;
        pruned.entries += remove_run(connection, run, &mut large)?;
    }
    remove_unused(connection, large)?;
    for sql in [OLD_DELIVERIES, OLD_COMMANDS] {
        connection.prepare_cached(sql)?.execute([before_ms])?;
    }
    Ok(pruned)
}

fn old_runs(connection: &Connection, before_ms: i64, count_max: usize) -> rusqlite::Result<Vec<i64>> {
    let mut query = connection.prepare_cached(OLD_RUNS)?;
    let count = i64::try_from(count_max).unwrap_or(i64::MAX);
    query.query_map(params![before_ms, count], |row| row.get(0))?.collect()
}

/// Removes a run; the answer is how many entries its journal had. `large` gets what it may have been the last to use.
fn remove_run(connection: &Connection, run: i64, large: &mut BTreeSet<i64>) -> rusqlite::Result<u64> {
    let (mut next, slots): (Option<i64>, Vec<u8>) = connection
        .prepare_cached("DELETE FROM runs WHERE id = ?1 RETURNING last_entry, slots")?
        .query_row([run], |row| Ok((row.get(0)?, row.get(1)?)))?;
    large.extend(large_refs(&slots).unwrap_or_default());
    let roots = "SELECT before_id FROM slot_values WHERE run = ?1 AND before_table = ?2";
    let mut roots = connection.prepare_cached(roots)?;
    for root in roots.query_map(params![run, LARGE_VALUES], |row| row.get::<_, i64>(0))? {
        large.insert(root?);
    }
    let mut entries = 0;
    while let Some(id) = next {
        let mut delete =
            connection.prepare_cached("DELETE FROM journal WHERE id = ?1 RETURNING previous, large_value")?;
        let removed = delete.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        next = None;
        for row in removed {
            let (previous, value): (Option<i64>, Option<i64>) = row?;
            large.extend(value);
            // The chain goes back; a damaged one ends here.
            next = previous.filter(|previous| *previous < id);
            entries += 1;
        }
    }
    for table in ["slot_values", "signals", "parked", "places", "inbox", "children", "deaths"] {
        connection.prepare_cached(&format!("DELETE FROM {table} WHERE run = ?1"))?.execute([run])?;
    }
    Ok(entries)
}

/// Removes those of the values that nothing refers to any more.
fn remove_unused(connection: &Connection, mut large: BTreeSet<i64>) -> rusqlite::Result<()> {
    if large.is_empty() {
        return Ok(());
    }
    let mut query = connection.prepare("SELECT slots FROM runs")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        // A row that cannot be read may refer to any of them.
        let Some(used) = large_refs(&row.get::<_, Vec<u8>>(0)?) else { return Ok(()) };
        for id in used {
            large.remove(&id);
        }
    }
    let mut roots = connection.prepare("SELECT before_id FROM slot_values WHERE before_table = ?1")?;
    for root in roots.query_map([LARGE_VALUES], |row| row.get::<_, i64>(0))? {
        large.remove(&root?);
    }
    for id in large {
        if !connection.prepare_cached("SELECT 1 FROM journal WHERE large_value = ?1")?.exists([id])? {
            connection.prepare_cached("DELETE FROM large_values WHERE id = ?1")?.execute([id])?;
        }
    }
    Ok(())
}

/// The rows of `large_values` among a row's slots; None when it cannot be read.
fn large_refs(slots: &[u8]) -> Option<Vec<i64>> {
    let slots = read_row(slots).ok()?;
    let places = slots.iter().filter_map(|(_, slot)| slot.place());
    Some(places.filter(|place| place.table == LARGE_VALUES).map(|place| place.id).collect())
}
