//! The live slots of the model store. Values that are not small have places, as in stores that keep them apart, so that
//! whoever uses this store lives with places and with vectors that grow.

use super::Content;
use crate::store::{LiveSlot, SlotContent, StoreError, StoredSlot, ValueRef};

/// Values and tails of more bytes than this have a place of their own.
const ROW_BYTES_MAX: usize = 48;

impl Content {
    /// The slots of a checkpoint, as they are stored behind those before.
    pub(super) fn put_slots(
        &mut self,
        before: &[StoredSlot],
        live: Vec<LiveSlot>,
    ) -> Result<Vec<StoredSlot>, StoreError> {
        live.into_iter().map(|slot| self.put_slot(before, slot)).collect()
    }

    fn put_slot(&mut self, before: &[StoredSlot], slot: LiveSlot) -> Result<StoredSlot, StoreError> {
        let LiveSlot { name, content } = slot;
        let at = |place: ValueRef| {
            let found = before.iter().find(|slot| slot.name == name && slot.placed == Some(place));
            let never =
                || StoreError::corrupt(format!("slot {name} refers to a value that was never placed"));
            found.cloned().ok_or_else(never)
        };
        match content {
            SlotContent::Bytes(bytes) => {
                let placed = (bytes.len() > ROW_BYTES_MAX).then(|| self.place());
                Ok(StoredSlot { name, bytes, grown: Vec::new(), placed, tail: None })
            }
            SlotContent::Placed(place) => Ok(StoredSlot { tail: None, ..at(place)? }),
            SlotContent::Grown { from, tail } => {
                let mut slot = at(from)?;
                if tail.len() > ROW_BYTES_MAX {
                    slot.grown.push(tail);
                    (slot.placed, slot.tail) = (Some(self.place()), None);
                } else {
                    slot.tail = Some(tail);
                }
                Ok(slot)
            }
        }
    }

    fn place(&mut self) -> ValueRef {
        self.last_place += 1;
        ValueRef { table: 1, id: self.last_place }
    }
}

/// Where the values of slots are.
pub(super) fn places(slots: &[StoredSlot]) -> Vec<Option<ValueRef>> {
    slots.iter().map(|slot| slot.placed).collect()
}
