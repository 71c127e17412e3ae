//! Values with an identity of their own, and values of the host that are no data: atoms, reduced values.
//!
//! They live within one call: none of them can be stored or leave a function.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Value;

/// One such value. Compared by identity.
#[derive(Debug)]
pub enum Object {
    /// `(atom x)`.
    Atom(Mutable),
    /// `(reduced x)`: ends a reduction.
    Reduced(Value),
}

impl Object {
    /// What it is, in our words: used in messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Atom(_) => "an atom",
            Self::Reduced(_) => "a reduced value",
        }
    }

    /// The JVM class that Clojure's messages name.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Atom(_) => "clojure.lang.Atom",
            Self::Reduced(_) => "clojure.lang.Reduced",
        }
    }
}

/// A place whose value changes.
#[derive(Debug, Default)]
pub struct Mutable(Mutex<Value>);

impl Mutable {
    pub fn new(value: Value) -> Self {
        Self(Mutex::new(value))
    }

    /// The value now.
    pub fn get(&self) -> Value {
        self.lock().clone()
    }

    /// Puts a value in; answers the one before.
    pub fn replace(&self, value: Value) -> Value {
        std::mem::replace(&mut *self.lock(), value)
    }

    fn lock(&self) -> MutexGuard<'_, Value> {
        // Nothing that runs under the lock can panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
