//! The indexed sequence behind vectors and lists. A uniquely owned one is changed in place.

use std::sync::Arc;

use super::Value;

/// An immutable sequence with constant-time access by index.
#[derive(Clone, Debug, Default)]
pub struct Vector(Arc<Vec<Value>>);

impl Vector {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, index: usize) -> Option<&Value> {
        self.0.get(index)
    }

    pub fn first(&self) -> Option<&Value> {
        self.0.first()
    }

    pub fn last(&self) -> Option<&Value> {
        self.0.last()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.iter()
    }

    pub fn as_slice(&self) -> &[Value] {
        &self.0
    }

    /// Adds at the end.
    pub fn push(&mut self, value: Value) {
        Arc::make_mut(&mut self.0).push(value);
    }

    /// Replaces the element at `index`; `index == len` appends. False when out of bounds.
    pub fn set(&mut self, index: usize, value: Value) -> bool {
        let items = Arc::make_mut(&mut self.0);
        if index == items.len() {
            items.push(value);
            return true;
        }
        match items.get_mut(index) {
            Some(place) => {
                *place = value;
                true
            }
            None => false,
        }
    }

    /// The elements, moved out when nobody else holds them.
    pub fn into_vec(self) -> Vec<Value> {
        Arc::try_unwrap(self.0).unwrap_or_else(|shared| shared.as_ref().clone())
    }
}

impl From<Vec<Value>> for Vector {
    fn from(items: Vec<Value>) -> Self {
        Self(Arc::new(items))
    }
}

impl FromIterator<Value> for Vector {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Self(Arc::new(items.into_iter().collect()))
    }
}

impl<'a> IntoIterator for &'a Vector {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Vector {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}
