//! Sets: in insertion order, or sorted. The same in small as [`Map`](super::Map).

use std::sync::Arc;

use indexmap::IndexSet;

use super::annotated::Annotated;
use super::hashing::TableState;
use super::key::{check_key, checked_key};
use super::linked::Linked;
use super::order::Order;
use super::release::release;
use super::sorted::Sorted;
use super::{Map, Value, tree};
use crate::{Budget, Thrown};

/// From this length a shared set becomes a tree when it is changed.
const TREE_LEN_MIN: usize = 32;

/// What a member takes, in elements.
const MEMBER_SIZE: usize = 2;

/// What a change of a tree copies at most, in elements: the nodes of two paths.
const TREE_COPIED: usize = 96;

type Flat = IndexSet<Value, TableState>;

/// An immutable set. A uniquely owned one is changed in place.
#[derive(Clone, Debug, Default)]
pub struct Set(Repr);

#[derive(Clone, Debug, Default)]
pub(super) enum Repr {
    #[default]
    Empty,
    Flat(Arc<Flat>),
    /// A large one that was changed while others held it.
    Linked(Arc<Linked<Value>>),
    Sorted(Arc<Sorted<Value>>),
    Annotated(Arc<Annotated<Set>>),
}

/// The members of a set in insertion order that may be changed.
enum Owned<'a> {
    Flat(&'a mut Flat),
    Linked(&'a mut Linked<Value>),
}

impl Set {
    pub const fn new() -> Self {
        Self(Repr::Empty)
    }

    /// An empty set in the order of its members.
    pub fn sorted(order: Order) -> Self {
        Self(Repr::Sorted(Arc::new(Sorted::new(order))))
    }

    /// An empty set of the same kind: order and metadata stay.
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

    fn as_sorted(&self) -> Option<&Sorted<Value>> {
        match &self.0 {
            Repr::Sorted(sorted) => Some(sorted),
            Repr::Annotated(annotated) => annotated.of.as_sorted(),
            _ => None,
        }
    }

    fn as_sorted_mut(&mut self) -> Option<&mut Sorted<Value>> {
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
            _ => self,
        };
        match meta {
            Some(meta) => Self(Repr::Annotated(Arc::new(Annotated { meta, of }))),
            None => of,
        }
    }

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

    /// The member equal to `value`, as stored.
    pub fn get(&self, value: &Value) -> Option<&Value> {
        match &self.0 {
            Repr::Empty => None,
            Repr::Flat(flat) => flat.get(value),
            Repr::Linked(linked) => linked.get(value),
            Repr::Sorted(sorted) => sorted.peek(value),
            Repr::Annotated(annotated) => annotated.of.get(value),
        }
    }

    pub fn get_index(&self, index: usize) -> Option<&Value> {
        match &self.0 {
            Repr::Empty => None,
            Repr::Flat(flat) => flat.get_index(index),
            Repr::Linked(linked) => linked.at(index),
            Repr::Sorted(sorted) => sorted.entries.get(index),
            Repr::Annotated(annotated) => annotated.of.get_index(index),
        }
    }

    pub fn contains(&self, value: &Value) -> bool {
        self.get(value).is_some()
    }

    /// The member that code looks up.
    pub fn find(&self, budget: &mut Budget, value: &Value) -> Result<Option<&Value>, Thrown> {
        match self.as_sorted() {
            Some(sorted) => sorted.find(budget, value),
            None => {
                let value = check_key(budget, value)?;
                Ok(self.get(&value))
            }
        }
    }

    /// Adds a member.
    pub fn conj(&mut self, budget: &mut Budget, value: Value) -> Result<(), Thrown> {
        let Some(sorted) = self.as_sorted() else {
            let value = checked_key(budget, value)?;
            if !self.contains(&value) {
                budget.charge(self.copied_by_change() + MEMBER_SIZE)?;
                self.insert(value);
            }
            return Ok(());
        };
        if let Err(at) = sorted.search(budget, &value)? {
            budget.charge(TREE_COPIED)?;
            if let Some(sorted) = self.as_sorted_mut() {
                sorted.entries.insert(at, value);
            }
        }
        Ok(())
    }

    /// Takes a member out.
    pub fn disj(&mut self, budget: &mut Budget, value: &Value) -> Result<(), Thrown> {
        let Some(sorted) = self.as_sorted() else {
            let value = check_key(budget, value)?;
            if self.contains(&value) {
                // A flat table moves what stands behind the member.
                budget.spend(if self.is_flat() { self.len() as u64 / 16 } else { 1 })?;
                budget.charge(self.copied_by_change())?;
                self.remove(&value);
            }
            return Ok(());
        };
        if let Ok(at) = sorted.search(budget, value)? {
            budget.charge(TREE_COPIED)?;
            if let Some(sorted) = self.as_sorted_mut() {
                sorted.entries.remove(at);
            }
        }
        Ok(())
    }

    /// The place in a sorted set from which on members do not come before `value`, or, `beyond` it, come behind it.
    /// None when this set is not sorted.
    pub fn bound(&self, budget: &mut Budget, value: &Value, beyond: bool) -> Result<Option<usize>, Thrown> {
        self.as_sorted().map(|sorted| sorted.bound(budget, value, beyond)).transpose()
    }

    /// Whether nobody else holds the members: changes are made in place then.
    pub fn is_unique(&self) -> bool {
        match &self.0 {
            Repr::Empty => true,
            Repr::Flat(flat) => Arc::strong_count(flat) == 1,
            Repr::Linked(linked) => Arc::strong_count(linked) == 1 && linked.is_unique(),
            Repr::Sorted(sorted) => Arc::strong_count(sorted) == 1 && sorted.entries.is_unique(),
            Repr::Annotated(annotated) => Arc::strong_count(annotated) == 1 && annotated.of.is_unique(),
        }
    }

    /// Whether both are the same place in memory.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Empty, Repr::Empty) => true,
            (Repr::Flat(flat), Repr::Flat(other)) => Arc::ptr_eq(flat, other),
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
            _ => MEMBER_SIZE * self.len(),
        }
    }

    /// Adds a member. A sorted set is no longer sorted afterwards: code of flows goes through [`Set::conj`].
    pub fn insert(&mut self, value: Value) {
        if self.contains(&value) {
            return;
        }
        match self.owned() {
            Owned::Flat(flat) => {
                flat.insert(value);
            }
            Owned::Linked(linked) => {
                linked.push(value);
            }
        }
    }

    pub fn remove(&mut self, value: &Value) -> bool {
        if !self.contains(value) {
            return false;
        }
        match self.owned() {
            Owned::Flat(flat) => flat.shift_remove(value),
            Owned::Linked(linked) => linked.place(value).and_then(|place| linked.remove(place)).is_some(),
        }
    }

    pub fn iter(&self) -> Members<'_> {
        match &self.0 {
            Repr::Empty => Members::Empty,
            Repr::Flat(flat) => Members::Flat(flat.iter()),
            Repr::Linked(linked) => Members::Linked(linked.iter()),
            Repr::Sorted(sorted) => Members::Sorted(sorted.entries.iter()),
            Repr::Annotated(annotated) => annotated.of.iter(),
        }
    }

    /// Whether [`Set::get`] looks at every member.
    pub(super) fn is_slow(&self) -> bool {
        self.as_sorted().is_some_and(|sorted| matches!(sorted.order, Order::By(_)))
    }

    /// The members to change, nobody else's any more.
    fn owned(&mut self) -> Owned<'_> {
        self.become_owned();
        match &mut self.0 {
            Repr::Annotated(annotated) => Arc::make_mut(annotated).of.owned(),
            Repr::Flat(flat) => Owned::Flat(Arc::make_mut(flat)),
            Repr::Linked(linked) => Owned::Linked(Arc::make_mut(linked)),
            Repr::Empty | Repr::Sorted(_) => unreachable!("these become flat when they are changed"),
        }
    }

    fn become_owned(&mut self) {
        match &self.0 {
            Repr::Annotated(_) | Repr::Linked(_) => {}
            Repr::Flat(flat) => {
                if flat.len() >= TREE_LEN_MIN && Arc::strong_count(flat) > 1 {
                    self.0 = Repr::Linked(Arc::new(flat.iter().cloned().collect()));
                }
            }
            Repr::Empty => self.0 = Repr::Flat(Arc::default()),
            Repr::Sorted(sorted) => {
                self.0 = Repr::Flat(Arc::new(sorted.entries.iter().cloned().collect()));
            }
        }
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        let unique = match &self.0 {
            Repr::Empty => false,
            Repr::Flat(flat) => Arc::strong_count(flat) == 1,
            Repr::Linked(linked) => Arc::strong_count(linked) == 1,
            Repr::Sorted(sorted) => Arc::strong_count(sorted) == 1,
            Repr::Annotated(annotated) => Arc::strong_count(annotated) == 1,
        };
        if unique {
            release(std::mem::take(&mut self.0));
        }
    }
}

impl FromIterator<Value> for Set {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        let flat: Flat = values.into_iter().collect();
        if flat.is_empty() { Self::new() } else { Self(Repr::Flat(Arc::new(flat))) }
    }
}

/// The members of a [`Set`] in its order.
#[derive(Debug)]
pub enum Members<'a> {
    Empty,
    Flat(indexmap::set::Iter<'a, Value>),
    Linked(tree::Iter<'a, (u64, Value)>),
    Sorted(tree::Iter<'a, Value>),
}

impl<'a> Iterator for Members<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<&'a Value> {
        match self {
            Self::Empty => None,
            Self::Flat(members) => members.next(),
            Self::Linked(members) => members.next().map(|(_, member)| member),
            Self::Sorted(members) => members.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Empty => (0, Some(0)),
            Self::Flat(members) => members.size_hint(),
            Self::Linked(members) => members.size_hint(),
            Self::Sorted(members) => members.size_hint(),
        }
    }
}

impl ExactSizeIterator for Members<'_> {}

impl<'a> IntoIterator for &'a Set {
    type Item = &'a Value;
    type IntoIter = Members<'a>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Moves the members out of a uniquely owned set, copies a shared one.
impl IntoIterator for Set {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;
    fn into_iter(mut self) -> Self::IntoIter {
        match std::mem::take(&mut self.0) {
            Repr::Flat(flat) => match Arc::try_unwrap(flat) {
                Ok(flat) => flat.into_iter().collect(),
                Err(flat) => flat.iter().cloned().collect::<Vec<_>>(),
            },
            other => Self(other).iter().cloned().collect(),
        }
        .into_iter()
    }
}
