//! Values and journal rows: what a run's row refers to by number.

use rusqlite::{OptionalExtension, params};

use breyta_engine::store::ValueRef;

use super::Writer;
use crate::sqlite::plan::{
    LARGE_VALUES, Planned, PlannedCheckpoint, PlannedEntry, RowSlot, SLOT_VALUES, write_row,
};

impl Writer {
    /// Removes values that the run's row does not refer to any more, with those that they stand behind. What has grown in
    /// this commit is still referred to, by its new end.
    pub(super) fn drop_slot_values(
        &self,
        before: &[i64],
        after: &[i64],
        checkpoint: Option<&PlannedCheckpoint>,
    ) -> rusqlite::Result<()> {
        let slots = checkpoint.into_iter().flat_map(|checkpoint| &checkpoint.slots);
        let grown: Vec<i64> = slots
            .filter_map(|(_, planned)| match planned {
                Planned::Grown(from, _) if from.table == SLOT_VALUES => Some(from.id),
                _ => None,
            })
            .collect();
        for id in before.iter().filter(|id| !after.contains(id) && !grown.contains(id)) {
            let mut next = Some(*id);
            while let Some(id) = next {
                let sql = "DELETE FROM slot_values WHERE id = ?1 RETURNING before_table, before_id";
                let mut delete = self.connection.prepare_cached(sql)?;
                let removed = delete.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
                next = match removed {
                    Some((Some(SLOT_VALUES), before)) => before,
                    _ => None,
                };
            }
        }
        Ok(())
    }

    /// Gives each slot its place: the bytes of the row, and the places of the slots that are not in it.
    pub(super) fn place_slots(
        &mut self,
        checkpoint: &PlannedCheckpoint,
    ) -> rusqlite::Result<(Vec<u8>, Vec<Option<ValueRef>>)> {
        let mut placed = Vec::with_capacity(checkpoint.slots.len());
        for (_, planned) in &checkpoint.slots {
            placed.push(match planned {
                Planned::Here(_) => None,
                Planned::Stored(place) | Planned::Tail(place, _) => Some(*place),
                Planned::Apart(_) | Planned::Grown(..) => {
                    let id = self.next_slot_value;
                    self.next_slot_value += 1;
                    Some(ValueRef { table: SLOT_VALUES, id })
                }
                Planned::Large(bytes, hash) => {
                    Some(ValueRef { table: LARGE_VALUES, id: self.large_value(bytes, hash)? })
                }
            });
        }
        let slots = checkpoint.slots.iter().zip(&placed).map(|((name, planned), place)| {
            let slot = match (planned, place) {
                (Planned::Here(bytes), _) => RowSlot::Here(bytes),
                (Planned::Tail(place, tail), _) => RowSlot::Tail(*place, tail),
                (_, Some(place)) => RowSlot::Placed(*place),
                (_, None) => RowSlot::Here(&[]),
            };
            (name.as_str(), slot)
        });
        Ok((write_row(slots), placed))
    }

    pub(super) fn insert_slot_values(
        &self,
        run: i64,
        checkpoint: &PlannedCheckpoint,
        placed: &[Option<ValueRef>],
    ) -> rusqlite::Result<()> {
        for ((_, planned), place) in checkpoint.slots.iter().zip(placed) {
            let (bytes, before) = match planned {
                Planned::Apart(bytes) => (bytes, None),
                Planned::Grown(from, bytes) => (bytes, Some(from)),
                _ => continue,
            };
            let sql = "INSERT INTO slot_values (id, run, bytes, before_table, before_id) VALUES (?1, ?2, ?3, ?4, ?5)";
            self.connection.prepare_cached(sql)?.execute(params![
                place.map(|place| place.id),
                run,
                &**bytes,
                before.map(|from| from.table),
                before.map(|from| from.id)
            ])?;
        }
        Ok(())
    }

    /// The row of a large value, written when it is new.
    fn large_value(&mut self, bytes: &[u8], hash: &[u8; 32]) -> rusqlite::Result<i64> {
        let sql = "SELECT id FROM large_values WHERE hash = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        if let Some(id) = statement.query_row([hash], |row| row.get(0)).optional()? {
            return Ok(id);
        }
        let id = self.next_large_value;
        self.next_large_value += 1;
        let sql = "INSERT INTO large_values (id, hash, bytes) VALUES (?1, ?2, ?3)";
        self.connection.prepare_cached(sql)?.execute(params![id, hash, bytes])?;
        Ok(id)
    }

    pub(super) fn insert_entry(
        &mut self,
        run: i64,
        previous: Option<i64>,
        entry: &PlannedEntry,
    ) -> rusqlite::Result<i64> {
        let (payload, large): (Option<&[u8]>, Option<i64>) = match &entry.payload {
            Some(Planned::Here(bytes)) => (Some(bytes), None),
            Some(Planned::Large(bytes, hash)) => (None, Some(self.large_value(bytes, hash)?)),
            // Payloads are never anything else.
            None | Some(_) => (None, None),
        };
        let id = self.next_entry;
        self.next_entry += 1;
        let sql = "INSERT INTO journal (id, run, previous, head, payload, large_value) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let values = params![id, run, previous, entry.head, payload, large];
        self.connection.prepare_cached(sql)?.execute(values)?;
        Ok(id)
    }
}
