//! The schema language: what packaged steps, agents and outputs say about the shape of values.
//!
//! Malli's vector syntax, as data. A schema is parsed once, out of a value or out of the compiler's forms
//! ([`Source`]), and then validates values, becomes a type of the checker, or is exported as JSON Schema. It holds no
//! code: function schemas and references to registries are refused by name.

use crate::{Text, Value};

/// Forms and values to schemas.
mod parse;

/// Regular expressions of `:re`.
mod pattern;

/// Values against schemas.
mod validate;

/// Schemas as JSON Schema.
mod json;

pub use parse::{SchemaError, Source, View};
pub use pattern::Pattern;
pub use validate::{VIOLATIONS_MAX, Violation};

/// How deep schemas may nest.
pub const SCHEMA_DEPTH_MAX: usize = 128;

/// What a value must look like.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    pub kind: Kind,
    pub title: Option<Text>,
    pub description: Option<Text>,
    pub default: Option<Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Any,
    /// Anything but nil.
    Some,
    Nil,
    Boolean,
    Integer(Bounds),
    Double(Bounds),
    Number(Bounds),
    String(Lengths),
    Keyword,
    Symbol,
    Uuid,
    Instant,
    /// `[:= value]`
    Equal(Value),
    Enum(Vec<Value>),
    Maybe(Box<Schema>),
    Or(Vec<Schema>),
    And(Vec<Schema>),
    Not(Box<Schema>),
    Vector(Box<Schema>, Lengths),
    /// A vector or a list.
    Sequential(Box<Schema>, Lengths),
    Set(Box<Schema>, Lengths),
    Tuple(Vec<Schema>),
    MapOf(Box<Schema>, Box<Schema>, Lengths),
    Map(Shape),
    Multi(Multi),
    /// A string in which the pattern is found.
    Pattern(Pattern),
}

/// The entries of a map schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    pub entries: Vec<Entry>,
    /// `{:closed …}` where it is written. Unwritten means open, except at a boundary that says otherwise
    /// ([`Schema::closed_at_top`]).
    pub closed: Option<bool>,
}

/// One `[:key type]` of a map schema.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// A keyword or a string.
    pub key: Value,
    pub optional: bool,
    pub schema: Schema,
}

/// `[:multi {:dispatch :type} [:a …] [:b …]]`
#[derive(Clone, Debug, PartialEq)]
pub struct Multi {
    /// The key whose value chooses.
    pub dispatch: Value,
    pub cases: Vec<(Value, Schema)>,
    /// `:malli.core/default`
    pub otherwise: Option<Box<Schema>>,
}

/// Limits of a number, both optional.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bounds {
    pub min: Option<Limit>,
    pub max: Option<Limit>,
}

/// One end of a range of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    pub value: Value,
    /// Whether the value itself is outside.
    pub exclusive: bool,
}

/// Limits of a length: elements of a collection, UTF-16 units of a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lengths {
    pub min: Option<usize>,
    pub max: Option<usize>,
}

impl Schema {
    /// A schema without title, description and default.
    pub fn new(kind: Kind) -> Self {
        Self { kind, title: None, description: None, default: None }
    }

    /// This schema as the boundary of a packaged step uses it: a map schema that has entries and does not say
    /// `{:closed false}` takes no other keys. A bare `[:map]` stays open.
    #[must_use]
    pub fn closed_at_top(mut self) -> Self {
        if let Kind::Map(shape) = &mut self.kind
            && !shape.entries.is_empty()
            && shape.closed.is_none()
        {
            shape.closed = Some(true);
        }
        self
    }

    /// The entries, when this is a map schema.
    pub fn as_map(&self) -> Option<&Shape> {
        if let Kind::Map(shape) = &self.kind { Some(shape) } else { None }
    }

    /// In words, for messages: `an integer`.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Any => "anything".to_owned(),
            Kind::Some => "anything but nil".to_owned(),
            Kind::Nil => "nil".to_owned(),
            Kind::Boolean => "a boolean".to_owned(),
            Kind::Integer(_) => "an integer".to_owned(),
            Kind::Double(_) => "a double".to_owned(),
            Kind::Number(_) => "a number".to_owned(),
            Kind::String(_) => "a string".to_owned(),
            Kind::Keyword => "a keyword".to_owned(),
            Kind::Symbol => "a symbol".to_owned(),
            Kind::Uuid => "a uuid".to_owned(),
            Kind::Instant => "an instant".to_owned(),
            Kind::Equal(value) => crate::print::pr_str(value),
            Kind::Enum(values) => {
                let shown: Vec<String> = values.iter().take(8).map(crate::print::pr_str).collect();
                let more = if values.len() > shown.len() { " …" } else { "" };
                format!("one of {}{more}", shown.join(" "))
            }
            Kind::Maybe(inner) => format!("{} or nil", inner.describe()),
            Kind::Or(members) => members.iter().map(Schema::describe).collect::<Vec<_>>().join(" or "),
            Kind::And(members) => members.iter().map(Schema::describe).collect::<Vec<_>>().join(" and "),
            Kind::Not(inner) => format!("not {}", inner.describe()),
            Kind::Vector(..) => "a vector".to_owned(),
            Kind::Sequential(..) => "a vector or list".to_owned(),
            Kind::Set(..) => "a set".to_owned(),
            Kind::Tuple(items) => format!("a vector of {} elements", items.len()),
            Kind::MapOf(..) | Kind::Map(_) | Kind::Multi(_) => "a map".to_owned(),
            Kind::Pattern(pattern) => format!("a string that matches #\"{}\"", pattern.text()),
        }
    }
}

impl Shape {
    pub fn entry(&self, key: &Value) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == *key)
    }

    /// Whether other keys than those of the entries are refused.
    pub fn is_closed(&self) -> bool {
        self.closed == Some(true)
    }
}

impl Lengths {
    /// What is wrong with a length, in words.
    fn complaint(self, length: usize, of: &str) -> Option<String> {
        if let Some(min) = self.min.filter(|min| length < *min) {
            return Some(format!("must have at least {min} {of}, has {length}"));
        }
        let max = self.max.filter(|max| length > *max)?;
        Some(format!("must have at most {max} {of}, has {length}"))
    }
}

#[cfg(test)]
mod tests;
