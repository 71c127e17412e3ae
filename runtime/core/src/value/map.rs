//! Maps: in insertion order (`assoc` to an existing key keeps its place, `dissoc` then `assoc` appends), or sorted.
//!
//! Methods that take a [`Budget`] are for code of flows: they charge what they copy, refuse keys that nest too deeply,
//! and fail where the order of a sorted map cannot compare. The others are for maps that we build ourselves.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::Equivalent;

use super::Value;
use super::annotated::Annotated;
use super::flat::{self, Flat};
use super::hashing::KEYWORD_HASH_TAG;
use super::key::{check_key, checked_key};
use super::linked::Linked;
use super::order::Order;
use super::release::release;
use super::sorted::Sorted;
use super::tree;
use crate::{Budget, Keyword, Thrown};

/// From this length a shared map becomes a tree when it is changed.
const TREE_LEN_MIN: usize = 32;

/// What an entry takes, in elements.
const ENTRY_SIZE: usize = 3;

/// What a change of a tree copies at most, in elements: the nodes of two paths.
const TREE_COPIED: usize = 128;

/// An immutable map. A uniquely owned one is changed in place.
#[derive(Clone, Debug, Default)]
pub struct Map(Repr);

#[derive(Clone, Debug, Default)]
pub(super) enum Repr {
    #[default]
    Empty,
    Flat(Flat),
    /// A large one that was changed while others held it.
    Linked(Arc<Linked<(Value, Value)>>),
    Sorted(Arc<Sorted<(Value, Value)>>),
    Annotated(Arc<Annotated<Map>>),
}

/// The entries of a map in insertion order that may be changed.
enum Owned<'a> {
    Flat(&'a mut Flat),
    Linked(&'a mut Linked<(Value, Value)>),
}

impl Map {
    pub const fn new() -> Self {
        Self(Repr::Empty)
    }

    /// A map of entries whose keys are known to be different.
    pub fn of_distinct(entries: impl ExactSizeIterator<Item = (Value, Value)>) -> Self {
        if entries.len() == 0 { Self::new() } else { Self(Repr::Flat(Flat::of_distinct(entries))) }
    }

    /// An empty map in the order of its keys.
    pub fn sorted(order: Order) -> Self {
        Self(Repr::Sorted(Arc::new(Sorted::new(order))))
    }

    /// An empty map of the same kind: order and metadata stay.
    #[must_use]
    pub fn emptied(&self) -> Self {
        match &self.0 {
            Repr::Sorted(sorted) => Self::sorted(sorted.order.clone()),
            Repr::Annotated(annotated) => annotated.of.emptied().with_meta(Some(annotated.meta.clone())),
            _ => Self::new(),
        }
    }

    pub fn is_sorted(&self) -> bool {
        self.as_sorted().is_some()
    }

    fn as_sorted(&self) -> Option<&Sorted<(Value, Value)>> {
        match &self.0 {
            Repr::Sorted(sorted) => Some(sorted),
            Repr::Annotated(annotated) => annotated.of.as_sorted(),
            _ => None,
        }
    }

    fn as_sorted_mut(&mut self) -> Option<&mut Sorted<(Value, Value)>> {
        match &mut self.0 {
            Repr::Sorted(sorted) => Some(Arc::make_mut(sorted)),
            Repr::Annotated(annotated) if annotated.of.is_sorted() => {
                Arc::make_mut(annotated).of.as_sorted_mut()
            }
            _ => None,
        }
    }

    pub(super) fn meta(&self) -> Option<&Map> {
        if let Repr::Annotated(annotated) = &self.0 { Some(&annotated.meta) } else { None }
    }

    #[must_use]
    pub fn with_meta(self, meta: Option<Map>) -> Self {
        let of = match &self.0 {
            Repr::Annotated(annotated) => annotated.of.clone(),
            _ if meta.is_none() => return self,
            _ => self,
        };
        match meta {
            Some(meta) => Self(Repr::Annotated(Arc::new(Annotated { meta, of }))),
            None => of,
        }
    }

    #[inline]
    pub fn len(&self) -> usize {
        match &self.0 {
            Repr::Empty => 0,
            Repr::Flat(flat) => flat.len(),
            Repr::Linked(linked) => linked.len(),
            Repr::Sorted(sorted) => sorted.entries.len(),
            Repr::Annotated(annotated) => annotated.of.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        match &self.0 {
            Repr::Flat(flat) => flat.get(key),
            _ => self.get_entry(key).map(|(_, value)| value),
        }
    }

    /// The value under the keyword `:full`.
    #[inline]
    pub fn get_keyword(&self, full: &str) -> Option<&Value> {
        match &self.0 {
            Repr::Empty => None,
            Repr::Flat(flat) => flat.get(&KeywordText(full)),
            Repr::Linked(linked) => linked.get(&KeywordText(full)).map(|(_, value)| value),
            Repr::Sorted(_) => self.get(&Value::Keyword(Keyword::new(full))),
            Repr::Annotated(annotated) => annotated.of.get_keyword(full),
        }
    }

    pub fn contains_key(&self, key: &Value) -> bool {
        self.get(key).is_some()
    }

    /// The entry under `key` with the key as stored.
    pub fn get_entry(&self, key: &Value) -> Option<(&Value, &Value)> {
        match &self.0 {
            Repr::Empty => None,
            Repr::Flat(flat) => flat.get_entry(key),
            Repr::Linked(linked) => linked.get(key).map(borrowed),
            Repr::Sorted(sorted) => sorted.peek(key).map(borrowed),
            Repr::Annotated(annotated) => annotated.of.get_entry(key),
        }
    }

    pub fn get_index(&self, index: usize) -> Option<(&Value, &Value)> {
        match &self.0 {
            Repr::Empty => None,
            Repr::Flat(flat) => flat.get_index(index),
            Repr::Linked(linked) => linked.at(index).map(borrowed),
            Repr::Sorted(sorted) => sorted.entries.get(index).map(borrowed),
            Repr::Annotated(annotated) => annotated.of.get_index(index),
        }
    }

    /// The entry under a key that code looks up.
    pub fn find(&self, budget: &mut Budget, key: &Value) -> Result<Option<(&Value, &Value)>, Thrown> {
        match self.as_sorted() {
            Some(sorted) => Ok(sorted.find(budget, key)?.map(borrowed)),
            None => {
                let key = check_key(budget, key)?;
                Ok(self.get_entry(&key))
            }
        }
    }

    /// Puts a value under a key.
    pub fn assoc(&mut self, budget: &mut Budget, key: Value, value: Value) -> Result<(), Thrown> {
        budget.charge(self.copied_by_change() + ENTRY_SIZE)?;
        let Some(sorted) = self.as_sorted() else {
            let key = checked_key(budget, key)?;
            self.insert(key, value);
            return Ok(());
        };
        let place = sorted.search(budget, &key)?;
        let Some(sorted) = self.as_sorted_mut() else { return Ok(()) };
        match place {
            Ok(at) => {
                if let Some((_, old)) = sorted.entries.get_mut(at) {
                    *old = value;
                }
            }
            Err(at) => sorted.entries.insert(at, (key, value)),
        }
        Ok(())
    }

    /// Takes the entry under a key out.
    pub fn dissoc(&mut self, budget: &mut Budget, key: &Value) -> Result<Option<Value>, Thrown> {
        let Some(sorted) = self.as_sorted() else {
            let key = check_key(budget, key)?;
            if !self.contains_key(&key) {
                return Ok(None);
            }
            // A flat table moves what stands behind the entry.
            budget.spend(if self.is_flat() { self.len() as u64 / 16 } else { 1 })?;
            budget.charge(self.copied_by_change())?;
            return Ok(self.remove(&key));
        };
        let Ok(at) = sorted.search(budget, key)? else { return Ok(None) };
        budget.charge(TREE_COPIED)?;
        Ok(self.as_sorted_mut().and_then(|sorted| sorted.entries.remove(at)).map(|(_, value)| value))
    }

    /// The place in a sorted map from which on keys do not come before `key`, or, `beyond` it, come behind it. None
    /// when this map is not sorted.
    pub fn bound(&self, budget: &mut Budget, key: &Value, beyond: bool) -> Result<Option<usize>, Thrown> {
        self.as_sorted().map(|sorted| sorted.bound(budget, key, beyond)).transpose()
    }

    /// Whether nobody else holds the entries: changes are made in place then.
    #[inline]
    pub fn is_unique(&self) -> bool {
        match &self.0 {
            Repr::Empty => true,
            Repr::Flat(flat) => flat.is_unique(),
            Repr::Linked(linked) => Arc::strong_count(linked) == 1 && linked.is_unique(),
            Repr::Sorted(sorted) => Arc::strong_count(sorted) == 1 && sorted.entries.is_unique(),
            Repr::Annotated(annotated) => Arc::strong_count(annotated) == 1 && annotated.of.is_unique(),
        }
    }

    /// Whether both are the same place in memory.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Empty, Repr::Empty) => true,
            (Repr::Flat(flat), Repr::Flat(other)) => flat.is_same(other),
            (Repr::Linked(linked), Repr::Linked(other)) => Arc::ptr_eq(linked, other),
            (Repr::Sorted(sorted), Repr::Sorted(other)) => Arc::ptr_eq(sorted, other),
            (Repr::Annotated(annotated), Repr::Annotated(other)) => Arc::ptr_eq(annotated, other),
            _ => false,
        }
    }

    fn is_flat(&self) -> bool {
        match &self.0 {
            Repr::Annotated(annotated) => annotated.of.is_flat(),
            repr => matches!(repr, Repr::Flat(_)),
        }
    }

    /// How many elements a change copies.
    fn copied_by_change(&self) -> usize {
        match &self.0 {
            Repr::Linked(_) | Repr::Sorted(_) => TREE_COPIED,
            Repr::Annotated(annotated) => annotated.of.copied_by_change(),
            _ if self.is_unique() => 0,
            _ => ENTRY_SIZE * self.len(),
        }
    }

    /// The place of the value under a key of an unsorted map that code builds, filled with `absent` when there is none.
    pub fn place(&mut self, budget: &mut Budget, key: Value, absent: Value) -> Result<&mut Value, Thrown> {
        budget.charge(self.copied_by_change() + ENTRY_SIZE)?;
        let key = checked_key(budget, key)?;
        Ok(self.entry(key, absent))
    }

    /// The place of the value under `key`, filled with `absent` when there is none.
    pub fn entry(&mut self, key: Value, absent: Value) -> &mut Value {
        match self.owned() {
            Owned::Flat(flat) => flat.entry(key, absent),
            Owned::Linked(linked) => {
                let place = linked.place(&key).unwrap_or_else(|| linked.push((key, absent)));
                linked.value_at(place)
            }
        }
    }

    /// The index of an entry that is going to be changed, where looking for it once saves looking again: in a map
    /// whose entries stand side by side and that is not a tree after the change.
    #[inline]
    pub fn index_to_change(&self, key: &Value) -> Option<usize> {
        match &self.0 {
            Repr::Flat(flat) if flat.len() < TREE_LEN_MIN || flat.is_unique() => flat.index_of(key),
            _ => None,
        }
    }

    /// The value at an index from [`Map::index_to_change`]: moved out, leaving nil, when nobody else holds the map.
    #[inline]
    pub fn take_at(&mut self, index: usize) -> Value {
        if let Repr::Flat(flat) = &mut self.0 { flat.take_at(index) } else { Value::Nil }
    }

    /// Replaces the value at such an index.
    #[inline]
    pub fn put_at(&mut self, index: usize, value: Value) {
        if let Repr::Flat(flat) = &mut self.0
            && let Some(place) = flat.value_at_mut(index)
        {
            *place = value;
        }
    }

    /// The value at such an index, nobody else's any more.
    ///
    /// # Panics
    /// When the index is not from [`Map::index_to_change`] of this map as it is.
    #[inline]
    pub fn value_at_mut(&mut self, index: usize) -> &mut Value {
        let Repr::Flat(flat) = &mut self.0 else { unreachable!("only flat maps have such indexes") };
        #[expect(clippy::expect_used, reason = "an index that the map gave itself")]
        flat.value_at_mut(index).expect("the index of an entry")
    }

    /// Puts a value under a key. A sorted map is no longer sorted afterwards: code of flows goes through
    /// [`Map::assoc`].
    pub fn insert(&mut self, key: Value, value: Value) {
        match self.owned() {
            Owned::Flat(flat) => flat.insert(key, value),
            Owned::Linked(linked) => match linked.place(&key) {
                Some(place) => *linked.value_at(place) = value,
                None => {
                    linked.push((key, value));
                }
            },
        }
    }

    pub fn insert_keyword(&mut self, key: &'static str, value: impl Into<Value>) {
        self.insert(Value::Keyword(Keyword::literal(key)), value.into());
    }

    /// Takes the value under `key` out, leaving nil in its place: lets an owner update in place. None when absent.
    pub fn take(&mut self, key: &Value) -> Option<Value> {
        if !self.contains_key(key) {
            return None;
        }
        match self.owned() {
            Owned::Flat(flat) => flat.get_mut(key).map(std::mem::take),
            Owned::Linked(linked) => {
                let place = linked.place(key)?;
                Some(std::mem::take(linked.value_at(place)))
            }
        }
    }

    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        if !self.contains_key(key) {
            return None;
        }
        match self.owned() {
            Owned::Flat(flat) => flat.remove(key),
            Owned::Linked(linked) => {
                let place = linked.place(key)?;
                linked.remove(place).map(|(_, value)| value)
            }
        }
    }

    pub fn iter(&self) -> Entries<'_> {
        match &self.0 {
            Repr::Empty => Entries::Empty,
            Repr::Flat(flat) => Entries::Flat(flat.iter()),
            Repr::Linked(linked) => Entries::Linked(linked.iter()),
            Repr::Sorted(sorted) => Entries::Sorted(sorted.entries.iter()),
            Repr::Annotated(annotated) => annotated.of.iter(),
        }
    }

    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.iter().map(|(key, _)| key)
    }

    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    /// Whether [`Map::get`] looks at every entry.
    pub(super) fn is_slow(&self) -> bool {
        self.as_sorted().is_some_and(|sorted| matches!(sorted.order, Order::By(_)))
    }

    /// The entries to change, nobody else's any more.
    fn owned(&mut self) -> Owned<'_> {
        self.become_owned();
        match &mut self.0 {
            Repr::Annotated(annotated) => Arc::make_mut(annotated).of.owned(),
            Repr::Flat(flat) => Owned::Flat(flat),
            Repr::Linked(linked) => Owned::Linked(Arc::make_mut(linked)),
            Repr::Empty | Repr::Sorted(_) => unreachable!("these become flat when they are changed"),
        }
    }

    fn become_owned(&mut self) {
        match &self.0 {
            Repr::Annotated(_) | Repr::Linked(_) => {}
            Repr::Flat(flat) => {
                if flat.len() >= TREE_LEN_MIN && !flat.is_unique() {
                    let entries = flat.iter().map(|(key, value)| (key.clone(), value.clone()));
                    self.0 = Repr::Linked(Arc::new(entries.collect()));
                }
            }
            Repr::Empty => self.0 = Repr::Flat(Flat::default()),
            Repr::Sorted(sorted) => self.0 = Repr::Flat(sorted.entries.iter().cloned().collect()),
        }
    }
}

fn borrowed((key, value): &(Value, Value)) -> (&Value, &Value) {
    (key, value)
}

impl Drop for Map {
    fn drop(&mut self) {
        let unique = match &self.0 {
            Repr::Empty => false,
            Repr::Flat(flat) => flat.is_unique(),
            Repr::Linked(linked) => Arc::strong_count(linked) == 1,
            Repr::Sorted(sorted) => Arc::strong_count(sorted) == 1,
            Repr::Annotated(annotated) => Arc::strong_count(annotated) == 1,
        };
        if unique {
            release(std::mem::take(&mut self.0));
        }
    }
}

/// The text of a keyword, found in a map without making the keyword: hashes and compares as the keyword does.
struct KeywordText<'a>(&'a str);

impl Hash for KeywordText<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (KEYWORD_HASH_TAG, self.0).hash(state);
    }
}

impl Equivalent<Value> for KeywordText<'_> {
    #[inline]
    fn equivalent(&self, key: &Value) -> bool {
        matches!(key, Value::Keyword(keyword) if keyword.text().says(self.0))
    }
}

impl FromIterator<(Value, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(entries: I) -> Self {
        let flat: Flat = entries.into_iter().collect();
        if flat.is_empty() { Self::new() } else { Self(Repr::Flat(flat)) }
    }
}

impl<const N: usize> From<[(Value, Value); N]> for Map {
    fn from(entries: [(Value, Value); N]) -> Self {
        entries.into_iter().collect()
    }
}

/// The entries of a [`Map`] in its order.
#[derive(Debug)]
pub enum Entries<'a> {
    Empty,
    Flat(flat::Iter<'a>),
    Linked(tree::Iter<'a, (u64, (Value, Value))>),
    Sorted(tree::Iter<'a, (Value, Value)>),
}

impl<'a> Iterator for Entries<'a> {
    type Item = (&'a Value, &'a Value);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Empty => None,
            Self::Flat(entries) => entries.next(),
            Self::Linked(entries) => entries.next().map(|(_, entry)| borrowed(entry)),
            Self::Sorted(entries) => entries.next().map(borrowed),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Empty => (0, Some(0)),
            Self::Flat(entries) => entries.size_hint(),
            Self::Linked(entries) => entries.size_hint(),
            Self::Sorted(entries) => entries.size_hint(),
        }
    }
}

impl ExactSizeIterator for Entries<'_> {}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Value, &'a Value);
    type IntoIter = Entries<'a>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Moves the entries out of a uniquely owned map, copies a shared one.
impl IntoIterator for Map {
    type Item = (Value, Value);
    type IntoIter = std::vec::IntoIter<(Value, Value)>;
    fn into_iter(mut self) -> Self::IntoIter {
        let cloned = |entries: Entries<'_>| -> Vec<(Value, Value)> {
            entries.map(|(key, value)| (key.clone(), value.clone())).collect()
        };
        match std::mem::take(&mut self.0) {
            Repr::Flat(flat) => flat.into_entries(),
            other => cloned(Self(other).iter()),
        }
        .into_iter()
    }
}
