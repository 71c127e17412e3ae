//! What large shared maps and sets hold: entries in insertion order that are found by hash, in persistent trees.
//!
//! Slower than a flat table, but changing a shared one copies two paths and not the whole.

use std::cmp::Ordering;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hash};

use indexmap::Equivalent;

use super::Value;
use super::hashing::TableState;
use super::sorted::Keyed;
use super::tree::{Iter, Tree};

#[derive(Clone, Debug)]
pub(super) struct Linked<E> {
    /// Numbers that grow in order of insertion, with the entries.
    entries: Tree<(u64, E)>,
    /// Hashes of keys with the numbers of their entries, sorted.
    index: Tree<(u64, u64)>,
    next: u64,
}

/// The place of an entry in both trees.
#[derive(Clone, Copy)]
pub(super) struct Place {
    entry: usize,
    index: usize,
}

impl<E: Keyed> FromIterator<E> for Linked<E> {
    /// Keys that are all different.
    fn from_iter<I: IntoIterator<Item = E>>(entries: I) -> Self {
        let entries: Tree<(u64, E)> = (0..).zip(entries).collect();
        let mut index: Vec<(u64, u64)> =
            entries.iter().map(|(number, entry)| (hash(entry.key()), *number)).collect();
        index.sort_unstable();
        Self { next: entries.len() as u64, index: index.into_iter().collect(), entries }
    }
}

impl<E: Keyed> Linked<E> {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn is_unique(&self) -> bool {
        self.entries.is_unique()
    }

    pub(super) fn place<Q: Hash + Equivalent<Value> + ?Sized>(&self, key: &Q) -> Option<Place> {
        let wanted = hash(key);
        let mut index = position(&self.index, |(hash, _)| hash.cmp(&wanted).then(Ordering::Greater))
            .unwrap_or_else(|at| at);
        loop {
            let (_, number) = self.index.get(index).filter(|(hash, _)| *hash == wanted)?;
            let entry = position(&self.entries, |(other, _)| other.cmp(number)).ok()?;
            if self.entries.get(entry).is_some_and(|(_, entry)| key.equivalent(entry.key())) {
                return Some(Place { entry, index });
            }
            index += 1;
        }
    }

    pub(super) fn get<Q: Hash + Equivalent<Value> + ?Sized>(&self, key: &Q) -> Option<&E> {
        self.at(self.place(key)?.entry)
    }

    pub(super) fn at(&self, index: usize) -> Option<&E> {
        self.entries.get(index).map(|(_, entry)| entry)
    }

    /// Appends an entry whose key is not there.
    pub(super) fn push(&mut self, entry: E) -> Place {
        let new = (hash(entry.key()), self.next);
        let index = position(&self.index, |other| other.cmp(&new)).unwrap_or_else(|at| at);
        self.index.insert(index, new);
        self.entries.push((self.next, entry));
        self.next += 1;
        Place { entry: self.entries.len() - 1, index }
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<E> {
        self.index.remove(place.index);
        self.entries.remove(place.entry).map(|(_, entry)| entry)
    }

    pub(super) fn iter(&self) -> Iter<'_, (u64, E)> {
        self.entries.iter()
    }
}

impl Linked<(Value, Value)> {
    /// The value at a place that was just found.
    ///
    /// # Panics
    /// When the place is of another collection.
    pub(super) fn value_at(&mut self, place: Place) -> &mut Value {
        #[expect(clippy::expect_used, reason = "places are used at once, before anything changes")]
        &mut self.entries.get_mut(place.entry).expect("the place of an entry").1.1
    }
}

fn hash<Q: Hash + ?Sized>(key: &Q) -> u64 {
    TableState.hash_one(key)
}

fn position<T>(tree: &Tree<T>, mut order: impl FnMut(&T) -> Ordering) -> Result<usize, usize> {
    let Ok(found) = tree.search(|item| Ok::<_, Infallible>(order(item)));
    found
}
