//! Values and journal rows: what a run's row refers to by number.

use rusqlite::{OptionalExtension, params};

use breyta_engine::store::ValueRef;

use super::Writer;
use crate::sqlite::plan::{
    LARGE_VALUES, Planned, PlannedCheckpoint, PlannedEntry, RowSlot, SLOT_VALUES, write_row,
};

impl Writer {
    /// Removes values that the run's row does not refer to any more.
    pub(super) fn drop_slot_values(&self, before: &[i64], after: &[i64]) -> rusqlite::Result<()> {
        for id in before.iter().filter(|id| !after.contains(id)) {
            self.connection.prepare_cached("DELETE FROM slot_values WHERE id = ?1")?.execute([id])?;
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
                Planned::Stored(place) => Some(*place),
                Planned::Apart(_) => {
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
            if let (Planned::Apart(bytes), Some(place)) = (planned, place) {
                let sql = "INSERT INTO slot_values (id, run, bytes) VALUES (?1, ?2, ?3)";
                self.connection.prepare_cached(sql)?.execute(params![place.id, run, &**bytes])?;
            }
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
            None | Some(Planned::Stored(_)) => (None, None),
            Some(Planned::Here(bytes) | Planned::Apart(bytes)) => (Some(bytes), None),
            Some(Planned::Large(bytes, hash)) => (None, Some(self.large_value(bytes, hash)?)),
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
