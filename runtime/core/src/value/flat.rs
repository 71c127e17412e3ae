//! Entries of a map side by side in insertion order: found by comparing keys while they are few, by hash when many.
//!
//! Most maps of flows are records with a handful of keyword keys. Comparing those is faster than hashing one, and a
//! copy is one allocation without a table.

use std::hash::Hash;

use indexmap::{Equivalent, IndexMap};

use super::Value;
use super::hashing::TableState;

/// Up to so many entries are found by comparing.
const FEW_MAX: usize = 8;

type Table = IndexMap<Value, Value, TableState>;

#[derive(Debug)]
pub(super) enum Flat {
    Few(Vec<(Value, Value)>),
    Many(Table),
}

impl Default for Flat {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

/// With room for one more entry: copies are made to be changed.
impl Clone for Flat {
    fn clone(&self) -> Self {
        match self {
            Self::Few(entries) => {
                let mut copy = Vec::with_capacity(entries.len() + 1);
                copy.extend_from_slice(entries);
                Self::Few(copy)
            }
            Self::Many(table) => Self::Many(table.clone()),
        }
    }
}

impl Flat {
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

    pub(super) fn get_mut(&mut self, key: &Value) -> Option<&mut Value> {
        match self {
            Self::Few(entries) => entries.iter_mut().find(|(own, _)| own == key).map(|(_, value)| value),
            Self::Many(table) => table.get_mut(key),
        }
    }

    pub(super) fn get_index(&self, index: usize) -> Option<(&Value, &Value)> {
        match self {
            Self::Few(entries) => entries.get(index).map(|(key, value)| (key, value)),
            Self::Many(table) => table.get_index(index),
        }
    }

    pub(super) fn index_of(&self, key: &Value) -> Option<usize> {
        match self {
            Self::Few(entries) => entries.iter().position(|(own, _)| own == key),
            Self::Many(table) => table.get_index_of(key),
        }
    }

    pub(super) fn value_at_mut(&mut self, index: usize) -> Option<&mut Value> {
        match self {
            Self::Few(entries) => entries.get_mut(index).map(|(_, value)| value),
            Self::Many(table) => table.get_index_mut(index).map(|(_, value)| value),
        }
    }

    /// The place of the value under `key`, filled with `absent` when there is none.
    pub(super) fn entry(&mut self, key: Value, absent: Value) -> &mut Value {
        self.make_room();
        match self {
            Self::Few(entries) => {
                let at = entries.iter().position(|(own, _)| *own == key).unwrap_or(entries.len());
                if at == entries.len() {
                    entries.push((key, absent));
                }
                // Found, or pushed right now.
                #[expect(clippy::indexing_slicing, reason = "the place is that of an entry")]
                &mut entries[at].1
            }
            Self::Many(table) => table.entry(key).or_insert(absent),
        }
    }

    pub(super) fn insert(&mut self, key: Value, value: Value) {
        match self.get_mut(&key) {
            Some(place) => *place = value,
            None => {
                self.make_room();
                match self {
                    Self::Few(entries) => entries.push((key, value)),
                    Self::Many(table) => {
                        table.insert(key, value);
                    }
                }
            }
        }
    }

    /// Takes an entry out; those behind it move up.
    pub(super) fn remove(&mut self, key: &Value) -> Option<Value> {
        match self {
            Self::Few(entries) => {
                let at = entries.iter().position(|(own, _)| own == key)?;
                Some(entries.remove(at).1)
            }
            Self::Many(table) => table.shift_remove(key),
        }
    }

    pub(super) fn iter(&self) -> Iter<'_> {
        match self {
            Self::Few(entries) => Iter::Few(entries.iter()),
            Self::Many(table) => Iter::Many(table.iter()),
        }
    }

    pub(super) fn into_entries(self) -> Vec<(Value, Value)> {
        match self {
            Self::Few(entries) => entries,
            Self::Many(table) => table.into_iter().collect(),
        }
    }

    /// Before one more entry: becomes a table when there are too many to compare.
    fn make_room(&mut self) {
        if let Self::Few(entries) = self
            && entries.len() == FEW_MAX
        {
            *self = Self::Many(std::mem::take(entries).into_iter().collect());
        }
    }
}

impl FromIterator<(Value, Value)> for Flat {
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let count = entries.size_hint().0;
        if count > FEW_MAX {
            return Self::Many(entries.collect());
        }
        let mut flat = Self::Few(Vec::with_capacity(count));
        for (key, value) in entries {
            flat.insert(key, value);
        }
        flat
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
