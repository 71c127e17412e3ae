//! Maps that iterate in insertion order: `assoc` to an existing key keeps its place, `dissoc` then `assoc` appends.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::{Equivalent, IndexMap};

use super::Value;
use super::equality::{FixedState, KEYWORD_HASH_TAG};
use crate::Keyword;

/// An immutable map. A uniquely owned one is changed in place.
#[derive(Clone, Debug, Default)]
pub struct Map(Arc<IndexMap<Value, Value, FixedState>>);

impl Map {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, key: &Value) -> Option<&Value> {
        self.0.get(key)
    }

    /// The value under the keyword `:full`.
    pub fn get_keyword(&self, full: &str) -> Option<&Value> {
        self.0.get(&KeywordText(full))
    }

    pub fn contains_key(&self, key: &Value) -> bool {
        self.0.contains_key(key)
    }

    /// The entry under `key` with the key as stored.
    pub fn get_entry(&self, key: &Value) -> Option<(&Value, &Value)> {
        self.0.get_full(key).map(|(_, key, value)| (key, value))
    }

    pub fn get_index(&self, index: usize) -> Option<(&Value, &Value)> {
        self.0.get_index(index)
    }

    /// Whether nobody else holds the entries: changes are made in place then.
    pub fn is_unique(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }

    /// The place of the value under `key`, filled with `absent` when there is none.
    pub fn entry(&mut self, key: Value, absent: Value) -> &mut Value {
        Arc::make_mut(&mut self.0).entry(key).or_insert(absent)
    }

    pub fn insert(&mut self, key: Value, value: Value) {
        Arc::make_mut(&mut self.0).insert(key, value);
    }

    pub fn insert_keyword(&mut self, key: &'static str, value: impl Into<Value>) {
        self.insert(Value::Keyword(Keyword::literal(key)), value.into());
    }

    /// Takes the value under `key` out, leaving nil in its place: lets an owner update in place. None when absent.
    pub fn take(&mut self, key: &Value) -> Option<Value> {
        if !self.0.contains_key(key) {
            return None;
        }
        Arc::make_mut(&mut self.0).get_mut(key).map(std::mem::take)
    }

    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        if !self.0.contains_key(key) {
            return None;
        }
        Arc::make_mut(&mut self.0).shift_remove(key)
    }

    pub fn iter(&self) -> indexmap::map::Iter<'_, Value, Value> {
        self.0.iter()
    }

    pub fn keys(&self) -> indexmap::map::Keys<'_, Value, Value> {
        self.0.keys()
    }

    pub fn values(&self) -> indexmap::map::Values<'_, Value, Value> {
        self.0.values()
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
    fn equivalent(&self, key: &Value) -> bool {
        matches!(key, Value::Keyword(keyword) if keyword.full() == self.0)
    }
}

impl FromIterator<(Value, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(entries: I) -> Self {
        Self(Arc::new(entries.into_iter().collect()))
    }
}

impl<const N: usize> From<[(Value, Value); N]> for Map {
    fn from(entries: [(Value, Value); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a Value, &'a Value);
    type IntoIter = indexmap::map::Iter<'a, Value, Value>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Moves the entries out of a uniquely owned map, copies a shared one.
impl IntoIterator for Map {
    type Item = (Value, Value);
    type IntoIter = indexmap::map::IntoIter<Value, Value>;
    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.0).into_iter()
    }
}
