//! Entries of a map side by side in insertion order: found by comparing keys while they are few, by hash when many.
//!
//! Most maps of flows are records with a handful of keyword keys. Comparing those is faster than hashing one, and such a
//! map is one piece of memory. It has no room to grow: another entry is another piece, as on the JVM.

use std::hash::Hash;
use std::iter::once;
use std::mem::take;
use std::sync::Arc;

use indexmap::{Equivalent, IndexMap};

use super::Value;
use super::hashing::TableState;

/// Up to so many entries are found by comparing.
const FEW_MAX: usize = 8;

type Table = IndexMap<Value, Value, TableState>;

/// Shared until it is changed.
#[derive(Clone, Debug)]
pub(super) enum Flat {
    Few(Arc<[(Value, Value)]>),
    Many(Arc<Table>),
}

impl Default for Flat {
    fn default() -> Self {
        Self::Few(Arc::default())
    }
}

impl Flat {
    /// Entries whose keys are known to be different.
    pub(super) fn of_distinct(entries: impl ExactSizeIterator<Item = (Value, Value)>) -> Self {
        if entries.len() > FEW_MAX {
            Self::Many(Arc::new(entries.collect()))
        } else {
            Self::Few(entries.collect())
        }
    }

    /// Whether nobody else holds the entries.
    #[inline]
    pub(super) fn is_unique(&self) -> bool {
        match self {
            Self::Few(entries) => Arc::strong_count(entries) == 1,
            Self::Many(table) => Arc::strong_count(table) == 1,
        }
    }

    /// Whether both are the same place in memory.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Few(entries), Self::Few(others)) => Arc::ptr_eq(entries, others),
            (Self::Many(table), Self::Many(other)) => Arc::ptr_eq(table, other),
            _ => false,
        }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(entries) => entries.len(),
            Self::Many(table) => table.len(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub(super) fn get<K: Hash + Equivalent<Value> + ?Sized>(&self, key: &K) -> Option<&Value> {
        match self {
            Self::Few(entries) => entries.iter().find(|(own, _)| key.equivalent(own)).map(|(_, value)| value),
            Self::Many(table) => table.get(key),
        }
    }

    pub(super) fn get_entry(&self, key: &Value) -> Option<(&Value, &Value)> {
        match self {
            Self::Few(entries) => entries.iter().find(|(own, _)| own == key).map(|(key, value)| (key, value)),
            Self::Many(table) => table.get_key_value(key),
        }
    }

    #[inline]
    pub(super) fn get_index(&self, index: usize) -> Option<(&Value, &Value)> {
        match self {
            Self::Few(entries) => entries.get(index).map(|(key, value)| (key, value)),
            Self::Many(table) => table.get_index(index),
        }
    }

    #[inline]
    pub(super) fn index_of(&self, key: &Value) -> Option<usize> {
        match self {
            Self::Few(entries) => entries.iter().position(|(own, _)| own == key),
            Self::Many(table) => table.get_index_of(key),
        }
    }

    /// The value at an index, moved out and nil left when nobody else holds the entries.
    #[inline]
    pub(super) fn take_at(&mut self, index: usize) -> Value {
        let place = match self {
            Self::Few(entries) => {
                Arc::get_mut(entries).and_then(|it| it.get_mut(index)).map(|(_, value)| value)
            }
            Self::Many(table) => {
                Arc::get_mut(table).and_then(|it| it.get_index_mut(index)).map(|(_, value)| value)
            }
        };
        match place {
            Some(place) => take(place),
            None => self.get_index(index).map(|(_, value)| value.clone()).unwrap_or_default(),
        }
    }

    /// The place of the value at an index, nobody else's any more.
    #[inline]
    pub(super) fn value_at_mut(&mut self, index: usize) -> Option<&mut Value> {
        match self {
            Self::Few(entries) => Arc::make_mut(entries).get_mut(index).map(|(_, value)| value),
            Self::Many(table) => Arc::make_mut(table).get_index_mut(index).map(|(_, value)| value),
        }
    }

    pub(super) fn get_mut(&mut self, key: &Value) -> Option<&mut Value> {
        let at = self.index_of(key)?;
        self.value_at_mut(at)
    }

    /// The place of the value under `key`, filled with `absent` when there is none.
    pub(super) fn entry(&mut self, key: Value, absent: Value) -> &mut Value {
        let at = self.index_of(&key).unwrap_or_else(|| {
            self.push(key, absent);
            self.len() - 1
        });
        #[expect(clippy::expect_used, reason = "found, or pushed right now")]
        self.value_at_mut(at).expect("the place is that of an entry")
    }

    pub(super) fn insert(&mut self, key: Value, value: Value) {
        match self.get_mut(&key) {
            Some(place) => *place = value,
            None => self.push(key, value),
        }
    }

    /// Adds an entry under a key that is not there yet. Becomes a table when there are too many to compare.
    fn push(&mut self, key: Value, value: Value) {
        let entry = once((key, value));
        match self {
            Self::Many(table) => Arc::make_mut(table).extend(entry),
            Self::Few(few) if few.len() == FEW_MAX => {
                let table = Arc::new(owned(few).into_iter().chain(entry).collect());
                *self = Self::Many(table);
            }
            Self::Few(few) => {
                *few = match Arc::get_mut(few) {
                    Some(own) => own.iter_mut().map(take).chain(entry).collect(),
                    None => few.iter().cloned().chain(entry).collect(),
                };
            }
        }
    }

    /// Takes an entry out; those behind it move up.
    pub(super) fn remove(&mut self, key: &Value) -> Option<Value> {
        match self {
            Self::Few(few) => {
                let at = few.iter().position(|(own, _)| own == key)?;
                let mut entries = owned(few);
                let (_, value) = entries.remove(at);
                *few = entries.into();
                Some(value)
            }
            Self::Many(table) => Arc::make_mut(table).shift_remove(key),
        }
    }

    pub(super) fn iter(&self) -> Iter<'_> {
        match self {
            Self::Few(entries) => Iter::Few(entries.iter()),
            Self::Many(table) => Iter::Many(table.iter()),
        }
    }

    /// Moves the entries out of what nobody else holds, copies them out of what is shared.
    pub(super) fn into_entries(self) -> Vec<(Value, Value)> {
        match self {
            Self::Few(mut few) => owned(&mut few),
            Self::Many(table) => Arc::unwrap_or_clone(table).into_iter().collect(),
        }
    }
}

fn owned(few: &mut Arc<[(Value, Value)]>) -> Vec<(Value, Value)> {
    match Arc::get_mut(few) {
        Some(own) => own.iter_mut().map(take).collect(),
        None => few.to_vec(),
    }
}

impl FromIterator<(Value, Value)> for Flat {
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(entries: I) -> Self {
        let mut entries = entries.into_iter();
        let mut few: Vec<(Value, Value)> = Vec::with_capacity(entries.size_hint().0.min(FEW_MAX));
        while let Some((key, value)) = entries.next() {
            if let Some((_, place)) = few.iter_mut().find(|(own, _)| *own == key) {
                *place = value;
            } else if few.len() < FEW_MAX {
                few.push((key, value));
            } else {
                let all = few.into_iter().chain(once((key, value))).chain(entries);
                return Self::Many(Arc::new(all.collect()));
            }
        }
        Self::Few(few.into())
    }
}

/// The entries in order.
#[derive(Clone, Debug)]
pub enum Iter<'a> {
    Few(std::slice::Iter<'a, (Value, Value)>),
    Many(indexmap::map::Iter<'a, Value, Value>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = (&'a Value, &'a Value);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Few(entries) => entries.next().map(|(key, value)| (key, value)),
            Self::Many(table) => table.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Few(entries) => entries.size_hint(),
            Self::Many(table) => table.size_hint(),
        }
    }
}

impl ExactSizeIterator for Iter<'_> {}
