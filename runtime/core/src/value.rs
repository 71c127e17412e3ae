//! The value type of the flow language.
//!
//! Copying a value never copies what it holds. Collections are behind newtypes whose representation may change;
//! nothing outside `value/` looks inside. Maps and sets iterate in insertion order (never in hash order), or sorted.
//! Equality is Clojure's `=`: sequential collections are equal by elements, `1` and `1N` are equal, `1` and `1.0` are not.

use std::sync::Arc;

use num_bigint::BigInt;

use crate::number::{Decimal, Ratio};
use crate::regex::Pattern;
use crate::{Keyword, Symbol, Text, Thrown};

mod annotated;
mod difference;
mod equality;
mod flat;
mod function;
mod hashing;
mod identity;
mod key;
mod lazy;
mod linked;
mod map;
pub mod murmur;
mod object;
pub mod order;
mod release;
mod set;
mod sorted;
mod tree;
mod vector;

pub(crate) use annotated::Annotated;
pub use difference::{Mismatch, difference, with_difference};
pub use equality::equal;
pub use function::{Closure, DynamicCode, Function, Native};
pub use hashing::TableState;
pub use identity::identical;
pub use lazy::{Chunk, LazySeq, Opened, SeqKind, Source, Spring, Step, realize};
pub use map::{Entries, Map};
pub use object::{Atom, Delay, Mutable, Object, OpenEduction};
pub use order::Order;
pub(crate) use release::release;
pub use set::{Members, Set};
pub use vector::{Elements, Iter, Vector};

/// How deep values that come from text or bytes may nest. What walks values by recursion relies on it.
pub const DEPTH_MAX: usize = 512;

/// Any value of a flow. `Send + Sync`, cheap to clone.
#[derive(Clone, Debug, Default)]
pub enum Value {
    #[default]
    Nil,
    Bool(bool),
    /// A 64-bit integer; arithmetic on it is checked.
    Int(i64),
    BigInt(Arc<BigInt>),
    /// Never integral: the tower reduces `4/2` to an integer.
    Ratio(Arc<Ratio>),
    /// A decimal with scale (`1.50M`).
    Decimal(Arc<Decimal>),
    Double(f64),
    /// One UTF-16 code unit, as on the JVM.
    Char(u16),
    Str(Text),
    Keyword(Keyword),
    Symbol(Symbol),
    /// A list or any realised sequence: prints with parentheses, equal to a vector of the same elements.
    List(Vector),
    Vector(Vector),
    Map(Map),
    Set(Set),
    /// Milliseconds since 1970-01-01T00:00Z (`#inst`).
    Instant(i64),
    /// 128 bits, most significant first (`#uuid`).
    Uuid(u128),
    Bytes(Arc<[u8]>),
    /// A pattern. Not data: it may not live across a suspension.
    Regex(Pattern),
    /// A function. Not data: it may not live across a suspension.
    Function(Arc<Function>),
    /// A sequence whose elements are made when asked for. Not data: [`realize`] makes a list of it.
    Lazy(LazySeq),
    /// Something with an identity. Not data.
    Object(Arc<Object>),
    /// What `ex-info` makes and `catch` binds. Not data: it may not live across a suspension.
    Error(Arc<Thrown>),
}

impl Value {
    /// A string literal of the program; no allocation.
    pub const fn literal(text: &'static str) -> Self {
        Self::Str(Text::literal(text))
    }

    /// A keyword literal of the program, without the colon; no allocation.
    pub const fn keyword(full: &'static str) -> Self {
        Self::Keyword(Keyword::literal(full))
    }

    pub fn string(text: impl Into<Text>) -> Self {
        Self::Str(text.into())
    }

    /// A pattern that is known to be one.
    pub fn regex(source: impl Into<Text>) -> Self {
        Self::Regex(Pattern::literal(source))
    }

    /// Everything but `nil` and `false`.
    pub fn is_truthy(&self) -> bool {
        !matches!(self, Self::Nil | Self::Bool(false))
    }

    pub fn is_nil(&self) -> bool {
        matches!(self, Self::Nil)
    }

    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(map) = self { Some(map) } else { None }
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self { Some(text) } else { None }
    }

    pub fn as_keyword(&self) -> Option<&Keyword> {
        if let Self::Keyword(keyword) = self { Some(keyword) } else { None }
    }

    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(bool) = self { Some(*bool) } else { None }
    }

    /// Elements of a vector or list.
    pub fn as_sequential(&self) -> Option<&Vector> {
        if let Self::Vector(items) | Self::List(items) = self { Some(items) } else { None }
    }

    /// The text of a string, keyword (without colon) or symbol: what names in configs may be written as.
    pub fn as_name(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Keyword(keyword) => Some(keyword.full()),
            Self::Symbol(symbol) => Some(symbol.full()),
            _ => None,
        }
    }

    /// `(get self key)` for a keyword key; nil when this is no map or has no such key.
    pub fn field(&self, key: &str) -> Option<&Value> {
        self.as_map().and_then(|map| map.get_keyword(key))
    }

    /// What `class` would show, in our words: used in messages.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::BigInt(_) => "a big integer",
            Self::Ratio(_) => "a ratio",
            Self::Decimal(_) => "a decimal",
            Self::Double(_) => "a double",
            Self::Char(_) => "a character",
            Self::Str(_) => "a string",
            Self::Keyword(_) => "a keyword",
            Self::Symbol(_) => "a symbol",
            Self::List(_) => "a list",
            Self::Vector(_) => "a vector",
            Self::Map(_) => "a map",
            Self::Set(_) => "a set",
            Self::Instant(_) => "an instant",
            Self::Uuid(_) => "a uuid",
            Self::Bytes(_) => "a byte array",
            Self::Regex(_) => "a regex",
            Self::Function(_) => "a function",
            Self::Lazy(_) => "a lazy sequence",
            Self::Object(object) => object.type_name(),
            Self::Error(_) => "an exception",
        }
    }

    /// Whether this value and everything in it can be stored: no function, no regex, nothing still to be made.
    pub fn is_data(&self) -> bool {
        // Keeps its own stack, so that depth does not matter.
        let mut open = vec![self];
        while let Some(value) = open.pop() {
            match value {
                Self::Regex(_) | Self::Function(_) | Self::Lazy(_) | Self::Object(_) | Self::Error(_) => {
                    return false;
                }
                Self::List(items) | Self::Vector(items) => open.extend(items.iter()),
                Self::Map(map) => open.extend(map.iter().flat_map(|(key, value)| [key, value])),
                Self::Set(set) => open.extend(set.iter()),
                _ => {}
            }
        }
        true
    }
}

impl From<crate::host::Host> for Value {
    fn from(host: crate::host::Host) -> Self {
        Self::Object(Arc::new(Object::Host(host)))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::string(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::string(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Self::Map(value)
    }
}

impl From<Vector> for Value {
    fn from(value: Vector) -> Self {
        Self::Vector(value)
    }
}

impl From<Set> for Value {
    fn from(value: Set) -> Self {
        Self::Set(value)
    }
}

#[cfg(test)]
mod tests;
