//! The indexed sequence behind vectors, lists and map entries. A uniquely owned one is changed in place.
//!
//! The elements may start behind a gap, so that taking the first element off (`rest`) and putting one in front
//! (`cons`) do not move the others. A large shared one becomes a tree when it is changed, so that its other owners
//! cost a path and not a copy of all.

use std::sync::{Arc, OnceLock};

use super::annotated::Annotated;
use super::identity::is_unchanged;
use super::release::release;
use super::tree::{self, Tree};
use super::{Map, Value};

/// From this length a shared sequence becomes a tree when it is changed.
const TREE_LEN_MIN: usize = 64;

/// What a change of a tree copies at most, in elements: the nodes of a path.
const TREE_COPIED: usize = 64;

/// An immutable sequence with access by index in constant, for large shared ones logarithmic, time.
#[derive(Clone, Debug, Default)]
pub struct Vector(Repr);

#[derive(Clone, Debug, Default)]
pub(super) enum Repr {
    #[default]
    Empty,
    Flat {
        /// Made as a list, which a sequence computed from another collection is not.
        list: bool,
        /// A sequence over a vector: functions that work in chunks see as many elements at once as the vector has in one.
        chunked: bool,
        /// The first places are a gap of nils or of elements that another owner still sees.
        start: u32,
        items: Arc<Vec<Value>>,
    },
    Tree {
        list: bool,
        tree: Arc<Large>,
    },
    /// The key and value of a map entry.
    Entry(Arc<[Value; 2]>),
    Annotated(Arc<Annotated<Vector>>),
}

#[derive(Debug, Default)]
pub(super) struct Large {
    tree: Tree<Value>,
    /// The elements side by side, once somebody has asked for them so.
    flat: OnceLock<Box<[Value]>>,
}

impl Clone for Large {
    fn clone(&self) -> Self {
        Self { tree: self.tree.clone(), flat: OnceLock::new() }
    }
}

/// The elements of a sequence that may be changed.
enum Owned<'a> {
    Flat(&'a mut Vec<Value>, &'a mut u32),
    Tree(&'a mut Tree<Value>),
}

impl Vector {
    pub const fn new() -> Self {
        Self(Repr::Empty)
    }

    /// A map entry: a vector of two that `key` and `val` take apart.
    pub fn entry(key: Value, value: Value) -> Self {
        Self(Repr::Entry(Arc::new([key, value])))
    }

    /// Whether this is a map entry.
    pub fn is_entry(&self) -> bool {
        matches!(self.0, Repr::Entry(_))
    }

    /// A list, as `list` makes it: `list?` is true of it, not of other sequences.
    #[must_use]
    pub fn into_list(mut self) -> Self {
        self.set_list(true);
        self
    }

    /// The elements without what distinguishes a list, and without metadata.
    #[must_use]
    pub fn plain(self) -> Self {
        let mut plain = self.with_meta(None);
        plain.set_list(false);
        plain
    }

    /// The elements as a sequence over this vector.
    #[must_use]
    pub fn into_chunked(self) -> Self {
        let mut plain = self.plain();
        if let Repr::Flat { chunked, .. } = &mut plain.0 {
            *chunked = true;
        }
        plain
    }

    /// Of a sequence over a vector: how many of its elements come before this, in a place that counts in chunks.
    pub fn chunk_offset(&self) -> Option<usize> {
        match &self.0 {
            Repr::Flat { chunked: true, start, .. } => Some(*start as usize),
            _ => None,
        }
    }

    #[inline]
    fn set_list(&mut self, is: bool) {
        match &mut self.0 {
            Repr::Flat { list, chunked, .. } => {
                *list = is;
                *chunked = false;
            }
            Repr::Tree { list, .. } => *list = is,
            Repr::Annotated(annotated) => Arc::make_mut(annotated).of.set_list(is),
            Repr::Entry(pair) if is => {
                self.0 = Repr::Flat { list: true, chunked: false, start: 0, items: Arc::new(pair.to_vec()) };
            }
            Repr::Empty | Repr::Entry(_) => {}
        }
    }

    /// Whether this was made as a list; the empty sequence always is one.
    #[inline]
    pub fn is_list(&self) -> bool {
        match &self.0 {
            Repr::Flat { list, .. } | Repr::Tree { list, .. } => *list || self.is_empty(),
            Repr::Annotated(annotated) => annotated.of.is_list(),
            Repr::Empty => true,
            Repr::Entry(_) => false,
        }
    }

    /// An empty sequence with the same metadata.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self::new().with_meta(self.meta().cloned())
    }

    pub fn meta(&self) -> Option<&Map> {
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
            Repr::Flat { start, items, .. } => items.len() - *start as usize,
            Repr::Tree { tree, .. } => tree.tree.len(),
            Repr::Entry(_) => 2,
            Repr::Annotated(annotated) => annotated.of.len(),
        }
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn get(&self, index: usize) -> Option<&Value> {
        match &self.0 {
            Repr::Tree { tree, .. } => tree.tree.get(index),
            Repr::Annotated(annotated) => annotated.of.get(index),
            _ => self.as_slice().get(index),
        }
    }

    #[inline]
    pub fn first(&self) -> Option<&Value> {
        self.get(0)
    }

    #[inline]
    pub fn last(&self) -> Option<&Value> {
        self.get(self.len().checked_sub(1)?)
    }

    #[inline]
    pub fn iter(&self) -> Iter<'_> {
        match &self.0 {
            Repr::Tree { tree, .. } => Iter::Tree(tree.tree.iter()),
            Repr::Annotated(annotated) => annotated.of.iter(),
            _ => Iter::Slice(self.as_slice().iter()),
        }
    }

    /// The elements side by side. Large shared sequences that were changed are copied for this, once: see
    /// [`Vector::is_flat`].
    #[inline]
    pub fn as_slice(&self) -> &[Value] {
        match &self.0 {
            Repr::Flat { start, items, .. } => items.get(*start as usize..).unwrap_or_default(),
            Repr::Entry(pair) => pair.as_slice(),
            Repr::Empty => &[],
            Repr::Tree { tree, .. } => tree.flat.get_or_init(|| tree.tree.iter().cloned().collect()),
            Repr::Annotated(annotated) => annotated.of.as_slice(),
        }
    }

    /// Whether [`Vector::as_slice`] costs nothing.
    pub fn is_flat(&self) -> bool {
        match &self.0 {
            Repr::Tree { tree, .. } => tree.flat.get().is_some(),
            Repr::Annotated(annotated) => annotated.of.is_flat(),
            _ => true,
        }
    }

    /// Whether nobody else holds the elements: changes are made in place then.
    #[inline]
    pub fn is_unique(&self) -> bool {
        match &self.0 {
            Repr::Empty => true,
            Repr::Flat { items, .. } => Arc::strong_count(items) == 1,
            Repr::Tree { tree, .. } => Arc::strong_count(tree) == 1,
            Repr::Entry(pair) => Arc::strong_count(pair) == 1,
            Repr::Annotated(annotated) => Arc::strong_count(annotated) == 1 && annotated.of.is_unique(),
        }
    }

    /// Whether both are the same place in memory.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Empty, Repr::Empty) => true,
            (Repr::Flat { items, start, .. }, Repr::Flat { items: others, start: other, .. }) => {
                Arc::ptr_eq(items, others) && start == other
            }
            (Repr::Tree { tree, .. }, Repr::Tree { tree: other, .. }) => Arc::ptr_eq(tree, other),
            (Repr::Entry(pair), Repr::Entry(other)) => Arc::ptr_eq(pair, other),
            (Repr::Annotated(annotated), Repr::Annotated(other)) => Arc::ptr_eq(annotated, other),
            _ => false,
        }
    }

    /// Whether this begins with the very elements of another, as it does when it was made of it by appending. False may
    /// be wrong: equal elements that were made twice are not looked into.
    pub fn begins_with(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Annotated(annotated), _) => annotated.of.begins_with(other),
            (_, Repr::Annotated(annotated)) => self.begins_with(&annotated.of),
            (Repr::Tree { tree, .. }, Repr::Tree { tree: other, .. }) => {
                tree.tree.begins_with(&other.tree, is_unchanged)
            }
            _ if self.is_same(other) => true,
            _ => {
                other.len() <= self.len() && self.iter().zip(other).all(|(own, item)| is_unchanged(own, item))
            }
        }
    }

    /// The elements from an index on. Those before it are not looked at.
    #[must_use]
    pub fn behind(&self, from: usize) -> Self {
        (from..self.len()).filter_map(|at| self.get(at).cloned()).collect()
    }

    /// How many elements a change copies: what to charge before it, besides what is added.
    pub fn copied_by_change(&self) -> usize {
        match &self.0 {
            Repr::Tree { .. } => TREE_COPIED,
            Repr::Annotated(annotated) => annotated.of.copied_by_change(),
            _ if self.is_unique() => 0,
            _ => self.len(),
        }
    }

    /// Adds at the end.
    pub fn push(&mut self, value: Value) {
        match self.owned() {
            Owned::Flat(items, _) => items.push(value),
            Owned::Tree(tree) => tree.push(value),
        }
    }

    /// Takes the last element off.
    pub fn pop(&mut self) -> Option<Value> {
        let last = self.len().checked_sub(1)?;
        match self.owned() {
            Owned::Flat(items, _) => items.pop(),
            Owned::Tree(tree) => tree.remove(last),
        }
    }

    /// Adds in front, in amortised constant time when uniquely owned.
    pub fn push_front(&mut self, value: Value) {
        if self.is_empty() {
            self.push(value);
            self.set_list(true);
            return;
        }
        if let Repr::Flat { chunked, .. } = &mut self.0 {
            *chunked = false;
        }
        match self.owned() {
            Owned::Tree(tree) => tree.insert(0, value),
            Owned::Flat(items, start) => {
                if *start == 0 {
                    let gap = u32::try_from(items.len()).unwrap_or(u32::MAX).max(4);
                    let mut moved = Vec::with_capacity(gap as usize + items.len());
                    moved.resize(gap as usize, Value::Nil);
                    moved.append(items);
                    *items = moved;
                    *start = gap;
                }
                *start -= 1;
                if let Some(place) = items.get_mut(*start as usize) {
                    *place = value;
                }
            }
        }
    }

    /// Drops the first element, in constant time.
    pub fn drop_front(&mut self) {
        if self.is_empty() {
            return;
        }
        match &mut self.0 {
            Repr::Flat { start, items, .. } if *start < u32::MAX => {
                // An owner frees the element now; others keep it.
                let place = Arc::get_mut(items).and_then(|items| items.get_mut(*start as usize));
                let freed = place.map(std::mem::take);
                *start += 1;
                drop(freed);
            }
            Repr::Annotated(annotated) => Arc::make_mut(annotated).of.drop_front(),
            _ => match self.owned() {
                Owned::Tree(tree) => drop(tree.remove(0)),
                Owned::Flat(items, start) => {
                    items.remove(*start as usize);
                }
            },
        }
    }

    /// Replaces the element at `index`; `index == len` appends. False when out of bounds.
    pub fn set(&mut self, index: usize, value: Value) -> bool {
        if index > self.len() {
            return false;
        }
        if index == self.len() {
            self.push(value);
        } else if let Some(place) = self.get_mut(index) {
            *place = value;
        }
        true
    }

    /// The place of an element, for changing it.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut Value> {
        if index >= self.len() {
            return None;
        }
        match self.owned() {
            Owned::Flat(items, start) => items.get_mut(*start as usize + index),
            Owned::Tree(tree) => tree.get_mut(index),
        }
    }

    /// The elements from `from` up to, not including, `to`, without metadata. Bounds outside are cut to the length.
    #[must_use]
    pub fn slice(self, from: usize, to: usize) -> Self {
        let over_vector = self.chunk_offset().is_some();
        let mut plain = self.plain();
        let to = to.min(plain.len());
        let from = from.min(to);
        if to == plain.len()
            && let Repr::Flat { start, .. } = &mut plain.0
            && let Some(moved) = u32::try_from(from).ok().and_then(|from| start.checked_add(from))
        {
            *start = moved;
            return if over_vector { plain.into_chunked() } else { plain };
        }
        plain.iter().skip(from).take(to - from).cloned().collect()
    }

    /// The elements, moved out when nobody else holds them.
    pub fn into_vec(mut self) -> Vec<Value> {
        match std::mem::take(&mut self.0) {
            Repr::Empty => Vec::new(),
            Repr::Flat { start, items, .. } => match Arc::try_unwrap(items) {
                Ok(mut items) => {
                    items.drain(..(start as usize).min(items.len()));
                    items
                }
                Err(shared) => shared.get(start as usize..).unwrap_or_default().to_vec(),
            },
            Repr::Entry(pair) => Arc::unwrap_or_clone(pair).into(),
            Repr::Tree { tree, .. } => tree.tree.iter().cloned().collect(),
            Repr::Annotated(annotated) => annotated.of.clone().into_vec(),
        }
    }

    /// The elements to change, nobody else's any more.
    fn owned(&mut self) -> Owned<'_> {
        self.become_owned();
        match &mut self.0 {
            Repr::Annotated(annotated) => Arc::make_mut(annotated).of.owned(),
            Repr::Flat { start, items, .. } => Owned::Flat(Arc::make_mut(items), start),
            Repr::Tree { tree, .. } => {
                let large = Arc::make_mut(tree);
                large.flat = OnceLock::new();
                Owned::Tree(&mut large.tree)
            }
            Repr::Empty | Repr::Entry(_) => unreachable!("these become flat when they are changed"),
        }
    }

    /// Makes this flat and unique, or a tree, or leaves it to the metadata's content.
    fn become_owned(&mut self) {
        let items: Vec<Value> = match &self.0 {
            Repr::Annotated(_) | Repr::Tree { .. } => return,
            Repr::Flat { items, .. } if Arc::strong_count(items) == 1 => return,
            Repr::Flat { list, .. } if self.len() >= TREE_LEN_MIN => {
                let large = Large { tree: self.as_slice().iter().cloned().collect(), flat: OnceLock::new() };
                self.0 = Repr::Tree { list: *list, tree: Arc::new(large) };
                return;
            }
            Repr::Flat { .. } | Repr::Entry(_) => self.as_slice().to_vec(),
            Repr::Empty => Vec::new(),
        };
        let list = matches!(self.0, Repr::Flat { list: true, .. });
        self.0 = Repr::Flat { list, chunked: false, start: 0, items: Arc::new(items) };
    }
}

impl Drop for Vector {
    fn drop(&mut self) {
        if !matches!(self.0, Repr::Empty) && self.is_unique() {
            release(std::mem::take(&mut self.0));
        }
    }
}

impl From<Vec<Value>> for Vector {
    fn from(items: Vec<Value>) -> Self {
        if items.is_empty() {
            return Self::new();
        }
        Self(Repr::Flat { list: false, chunked: false, start: 0, items: Arc::new(items) })
    }
}

impl<const N: usize> From<[Value; N]> for Vector {
    fn from(items: [Value; N]) -> Self {
        Vec::from(items).into()
    }
}

impl FromIterator<Value> for Vector {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        items.into_iter().collect::<Vec<_>>().into()
    }
}

/// The elements of a [`Vector`] in order.
#[derive(Debug)]
pub enum Iter<'a> {
    Slice(std::slice::Iter<'a, Value>),
    Tree(tree::Iter<'a, Value>),
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Value;

    #[inline]
    fn next(&mut self) -> Option<&'a Value> {
        match self {
            Self::Slice(items) => items.next(),
            Self::Tree(items) => items.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::Slice(items) => items.size_hint(),
            Self::Tree(items) => items.size_hint(),
        }
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Vector {
    type Item = &'a Value;
    type IntoIter = Iter<'a>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Moves the elements out of a uniquely owned sequence, copies them one by one out of a shared one.
impl IntoIterator for Vector {
    type Item = Value;
    type IntoIter = Elements;
    fn into_iter(mut self) -> Elements {
        match std::mem::take(&mut self.0) {
            Repr::Flat { start, items, .. } => {
                let start = start as usize;
                match Arc::try_unwrap(items) {
                    Ok(items) => {
                        let mut items = items.into_iter();
                        if start > 0 {
                            items.nth(start - 1);
                        }
                        Elements(Source::Owned(items))
                    }
                    Err(items) => Elements(Source::Shared { items, next: start }),
                }
            }
            Repr::Tree { tree, .. } => Elements(Source::Tree { tree, next: 0 }),
            Repr::Annotated(annotated) => annotated.of.clone().into_iter(),
            other => Elements(Source::Owned(Self(other).into_vec().into_iter())),
        }
    }
}

/// The elements of a [`Vector`], by value.
#[derive(Debug)]
pub struct Elements(Source);

#[derive(Debug)]
enum Source {
    Owned(std::vec::IntoIter<Value>),
    Shared { items: Arc<Vec<Value>>, next: usize },
    Tree { tree: Arc<Large>, next: usize },
}

impl Iterator for Elements {
    type Item = Value;
    #[inline]
    fn next(&mut self) -> Option<Value> {
        match &mut self.0 {
            Source::Owned(items) => items.next(),
            Source::Shared { items, next } => {
                let item = items.get(*next).cloned();
                *next += 1;
                item
            }
            Source::Tree { tree, next } => {
                let item = tree.tree.get(*next).cloned();
                *next += 1;
                item
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.0 {
            Source::Owned(items) => items.len(),
            Source::Shared { items, next } => items.len().saturating_sub(*next),
            Source::Tree { tree, next } => tree.tree.len().saturating_sub(*next),
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Elements {}
