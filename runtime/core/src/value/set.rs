//! Sets that iterate in insertion order.

use std::sync::Arc;

use indexmap::IndexSet;

use super::Value;
use super::equality::FixedState;

/// An immutable set. A uniquely owned one is changed in place.
#[derive(Clone, Debug, Default)]
pub struct Set(Arc<IndexSet<Value, FixedState>>);

impl Set {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The member equal to `value`, as stored.
    pub fn get(&self, value: &Value) -> Option<&Value> {
        self.0.get(value)
    }

    pub fn contains(&self, value: &Value) -> bool {
        self.0.contains(value)
    }

    /// Whether nobody else holds the members: changes are made in place then.
    pub fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    pub fn insert(&mut self, value: Value) {
        if !self.0.contains(&value) {
            Arc::make_mut(&mut self.0).insert(value);
        }
    }

    pub fn remove(&mut self, value: &Value) -> bool {
        self.0.contains(value) && Arc::make_mut(&mut self.0).shift_remove(value)
    }

    pub fn iter(&self) -> indexmap::set::Iter<'_, Value> {
        self.0.iter()
    }
}

impl FromIterator<Value> for Set {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self(Arc::new(values.into_iter().collect()))
    }
}

impl<'a> IntoIterator for &'a Set {
    type Item = &'a Value;
    type IntoIter = indexmap::set::Iter<'a, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Moves the members out of a uniquely owned set, copies a shared one.
impl IntoIterator for Set {
    type Item = Value;
    type IntoIter = indexmap::set::IntoIter<Value>;
    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}
