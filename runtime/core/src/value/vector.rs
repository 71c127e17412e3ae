//! The indexed sequence behind vectors and lists. A uniquely owned one is changed in place.
//!
//! The elements may start behind a gap, so that taking the first element off (`rest`) and putting one in front
//! (`cons`) do not move the others.

use std::sync::Arc;

use super::Value;

/// An immutable sequence with constant-time access by index.
#[derive(Clone, Debug, Default)]
pub struct Vector {
    /// The first `start` places are a gap of nils or of elements that another owner still sees.
    items: Arc<Vec<Value>>,
    start: usize,
}

impl Vector {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.items.len() - self.start
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, index: usize) -> Option<&Value> {
        self.as_slice().get(index)
    }

    pub fn first(&self) -> Option<&Value> {
        self.as_slice().first()
    }

    pub fn last(&self) -> Option<&Value> {
        self.as_slice().last()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.as_slice().iter()
    }

    pub fn as_slice(&self) -> &[Value] {
        self.items.get(self.start..).unwrap_or_default()
    }

    /// Whether nobody else holds the elements: changes are made in place then.
    pub fn is_unique(&self) -> bool {
        Arc::strong_count(&self.items) == 1
    }

    /// Adds at the end.
    pub fn push(&mut self, value: Value) {
        self.owned().push(value);
    }

    /// Takes the last element off.
    pub fn pop(&mut self) -> Option<Value> {
        if self.is_empty() { None } else { self.owned().pop() }
    }

    /// Adds in front, in amortised constant time when uniquely owned.
    pub fn push_front(&mut self, value: Value) {
        if self.start == 0 {
            let gap = self.len().max(4);
            let mut items = Vec::with_capacity(gap + self.len());
            items.resize(gap, Value::Nil);
            items.extend(std::mem::take(self));
            *self = Self { items: Arc::new(items), start: gap };
        }
        let start = self.start - 1;
        if let Some(place) = self.owned_with_gap().get_mut(start) {
            *place = value;
        }
        self.start = start;
    }

    /// Drops the first element, in constant time.
    pub fn drop_front(&mut self) {
        if self.is_empty() {
            return;
        }
        let start = self.start;
        self.start += 1;
        // An owner frees the element now; others keep it.
        if let Some(place) = Arc::get_mut(&mut self.items).and_then(|items| items.get_mut(start)) {
            *place = Value::Nil;
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
        let index = self.start + index;
        self.owned_with_gap().get_mut(index)
    }

    /// The elements from `from` up to, not including, `to`. Bounds outside are cut to the length.
    #[must_use]
    pub fn slice(mut self, from: usize, to: usize) -> Self {
        let to = to.min(self.len());
        let from = from.min(to);
        if to == self.len() {
            self.start += from;
            return self;
        }
        self.as_slice().get(from..to).unwrap_or_default().iter().cloned().collect()
    }

    /// The elements, moved out when nobody else holds them.
    pub fn into_vec(self) -> Vec<Value> {
        match Arc::try_unwrap(self.items) {
            Ok(mut items) => {
                items.drain(..self.start.min(items.len()));
                items
            }
            Err(shared) => shared.get(self.start..).unwrap_or_default().to_vec(),
        }
    }

    /// The elements to change, without a gap.
    fn owned(&mut self) -> &mut Vec<Value> {
        if self.start > 0 && !self.is_unique() {
            *self = Self { items: Arc::new(self.as_slice().to_vec()), start: 0 };
        }
        Arc::make_mut(&mut self.items)
    }

    /// The elements and the gap before them, to change.
    fn owned_with_gap(&mut self) -> &mut Vec<Value> {
        Arc::make_mut(&mut self.items)
    }
}

impl From<Vec<Value>> for Vector {
    fn from(items: Vec<Value>) -> Self {
        Self { items: Arc::new(items), start: 0 }
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

impl<'a> IntoIterator for &'a Vector {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Moves the elements out of a uniquely owned sequence, copies them one by one out of a shared one.
impl IntoIterator for Vector {
    type Item = Value;
    type IntoIter = Elements;
    fn into_iter(self) -> Elements {
        let start = self.start;
        match Arc::try_unwrap(self.items) {
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
}

/// The elements of a [`Vector`], by value.
#[derive(Debug)]
pub struct Elements(Source);

#[derive(Debug)]
enum Source {
    Owned(std::vec::IntoIter<Value>),
    Shared { items: Arc<Vec<Value>>, next: usize },
}

impl Iterator for Elements {
    type Item = Value;
    fn next(&mut self) -> Option<Value> {
        match &mut self.0 {
            Source::Owned(items) => items.next(),
            Source::Shared { items, next } => {
                let item = items.get(*next).cloned();
                *next += 1;
                item
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = match &self.0 {
            Source::Owned(items) => items.len(),
            Source::Shared { items, next } => items.len().saturating_sub(*next),
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Elements {}
