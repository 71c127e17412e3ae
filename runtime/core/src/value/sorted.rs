//! What sorted maps and sets hold: entries in the order of their keys. Comparing may fail and costs budget.

use super::Value;
use super::order::Order;
use super::tree::Tree;
use crate::{Budget, Thrown};

/// What a collection holds: members are their own keys.
pub(super) trait Keyed: Clone {
    fn key(&self) -> &Value;
}

impl Keyed for Value {
    fn key(&self) -> &Value {
        self
    }
}

impl Keyed for (Value, Value) {
    fn key(&self) -> &Value {
        &self.0
    }
}

#[derive(Clone, Debug)]
pub(super) struct Sorted<E> {
    pub(super) order: Order,
    pub(super) entries: Tree<E>,
}

impl<E: Keyed> Sorted<E> {
    pub(super) fn new(order: Order) -> Self {
        Self { order, entries: Tree::default() }
    }

    /// The place of a key, or where it would stand.
    pub(super) fn search(&self, budget: &mut Budget, key: &Value) -> Result<Result<usize, usize>, Thrown> {
        // The new key is the left one, as in Clojure: comparators see it.
        self.entries.search(|entry| Ok(self.order.compare(budget, key, entry.key())?.reverse()))
    }

    /// The entry under a key when nobody pays for comparing and nothing may fail: what the order cannot compare is not
    /// there. Where the order is a function, every entry is looked at.
    pub(super) fn peek(&self, key: &Value) -> Option<&E> {
        match self.order {
            Order::Natural => {
                let mut unbounded = Budget::new(u64::MAX, 0, u64::MAX);
                self.search(&mut unbounded, key).ok()?.ok().and_then(|at| self.entries.get(at))
            }
            Order::By(_) => self.entries.iter().find(|entry| entry.key() == key),
        }
    }

    pub(super) fn find(&self, budget: &mut Budget, key: &Value) -> Result<Option<&E>, Thrown> {
        Ok(self.search(budget, key)?.ok().and_then(|at| self.entries.get(at)))
    }

    /// The first place whose key does not come before `key`, or, `beyond` it, comes behind it.
    pub(super) fn bound(&self, budget: &mut Budget, key: &Value, beyond: bool) -> Result<usize, Thrown> {
        Ok(match self.search(budget, key)? {
            Ok(at) if beyond => at + 1,
            Ok(at) | Err(at) => at,
        })
    }
}
