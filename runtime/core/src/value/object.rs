//! Values with an identity of their own, and values of the host that are no data: atoms, volatiles, delays, matchers,
//! reduced values.
//!
//! They live within one call: none of them can be stored or leave a function.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use super::release::release;
use super::{Spring, Value};
use crate::host::Host;
use crate::regex::Matcher;
use crate::{Budget, Thrown};

/// One such value. Compared by identity, except for what the host is.
#[derive(Debug)]
pub enum Object {
    /// `(atom x)`.
    Atom(Atom),
    /// `(volatile! x)`.
    Volatile(Mutable),
    /// `(delay x)`.
    Delay(Delay),
    /// `(re-matcher #"a" "b")`.
    Matcher(Matcher),
    /// `(reduced x)`: ends a reduction.
    Reduced(Value),
    /// `(eduction transducer coll)`: a transduction that is run anew by everybody who looks at it.
    Eduction {
        transducer: Value,
        coll: Value,
        /// Begins a run. Named by the constructor alone, so that transducers are linked only into programs that use them.
        open: OpenEduction,
    },
    /// A value of a Java class: a date, a duration, a class. Compared by what it is.
    Host(Host),
}

/// Begins a run of an eduction: its transducer and its collection.
pub type OpenEduction = fn(&mut Budget, &Value, &Value) -> Result<Spring, Thrown>;

impl Object {
    /// What it is, in our words: used in messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Atom(_) => "an atom",
            Self::Volatile(_) => "a volatile",
            Self::Delay(_) => "a delay",
            Self::Matcher(_) => "a matcher",
            Self::Reduced(_) => "a reduced value",
            Self::Eduction { .. } => "an eduction",
            Self::Host(host) => host.type_name(),
        }
    }

    /// The JVM class that Clojure's messages name.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Atom(_) => "clojure.lang.Atom",
            Self::Volatile(_) => "clojure.lang.Volatile",
            Self::Delay(_) => "clojure.lang.Delay",
            Self::Matcher(_) => "java.util.regex.Matcher",
            Self::Reduced(_) => "clojure.lang.Reduced",
            Self::Eduction { .. } => "clojure.core.Eduction",
            Self::Host(host) => host.class_name(),
        }
    }
}

impl Object {
    /// How two values of one class of the host are ordered, as Java's `compareTo` says; None of anything else.
    pub fn compare(&self, other: &Self) -> Option<i64> {
        match (self, other) {
            (Self::Host(a), Self::Host(b)) => a.compare(b),
            _ => None,
        }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        if let Self::Reduced(value) = self {
            release(std::mem::take(value));
        }
    }
}

/// An atom: a value, and what watches over its changes.
#[derive(Debug, Default)]
pub struct Atom {
    pub value: Mutable,
    /// Nil, or a function that must hold for every value.
    pub validator: Mutable,
    /// A map of keys to functions that are told of changes.
    pub watches: Mutable,
    /// Nil or a map.
    pub meta: Mutable,
}

/// A value that is made when it is asked for, once.
#[derive(Debug)]
pub struct Delay {
    /// The function that makes it; nil when it was made.
    pub code: Mutable,
    /// What it made, or threw.
    pub made: OnceLock<Result<Value, Thrown>>,
}

impl Drop for Delay {
    fn drop(&mut self) {
        release(self.made.take());
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

impl Drop for Mutable {
    fn drop(&mut self) {
        let value = std::mem::take(self.0.get_mut().unwrap_or_else(PoisonError::into_inner));
        if !value.is_nil() {
            release(value);
        }
    }
}
