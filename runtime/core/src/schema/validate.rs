//! Values against schemas: what is wrong, and where in the value.

use super::{Bounds, Kind, Multi, Schema, Shape};
use crate::number::{is_number, less, less_or_equal};
use crate::print::pr_str;
use crate::{Value, Vector};

/// How many violations are listed; a value with more is as wrong with these.
pub const VIOLATIONS_MAX: usize = 32;

/// One place of a value that does not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// Keys and indexes from the top of the value.
    pub path: Vec<Value>,
    /// One line: what is needed there and what is there.
    pub message: String,
}

impl Violation {
    /// The path as it is written for people: `[:items 0 :id]`; empty at the top.
    pub fn at(&self) -> String {
        if self.path.is_empty() {
            return String::new();
        }
        let parts: Vec<String> = self.path.iter().map(pr_str).collect();
        format!("[{}]", parts.join(" "))
    }
}

impl Schema {
    /// Whether a value fits; if not, why, at most [`VIOLATIONS_MAX`] reasons in the order of the value.
    pub fn validate(&self, value: &Value) -> Result<(), Vec<Violation>> {
        let mut check = Check { path: Vec::new(), found: Vec::new() };
        check.schema(self, value);
        if check.found.is_empty() { Ok(()) } else { Err(check.found) }
    }

    /// Whether a value fits.
    pub fn accepts(&self, value: &Value) -> bool {
        self.validate(value).is_ok()
    }
}

struct Check {
    path: Vec<Value>,
    found: Vec<Violation>,
}

impl Check {
    fn report(&mut self, message: String) {
        if self.found.len() < VIOLATIONS_MAX {
            self.found.push(Violation { path: self.path.clone(), message });
        }
    }

    fn below(&mut self, step: Value, schema: &Schema, value: &Value) {
        self.path.push(step);
        self.schema(schema, value);
        self.path.pop();
    }

    fn wrong(&mut self, schema: &Schema, value: &Value) {
        self.report(format!("must be {}, not {}", schema.describe(), shown(value)));
    }

    fn schema(&mut self, schema: &Schema, value: &Value) {
        if self.found.len() >= VIOLATIONS_MAX {
            return;
        }
        match (&schema.kind, value) {
            (Kind::Any, _)
            | (Kind::Nil | Kind::Maybe(_), Value::Nil)
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Keyword, Value::Keyword(_))
            | (Kind::Symbol, Value::Symbol(_))
            | (Kind::Uuid, Value::Uuid(_))
            | (Kind::Instant, Value::Instant(_)) => {}
            (Kind::Some, value) if !value.is_nil() => {}
            (Kind::Integer(bounds), Value::Int(_) | Value::BigInt(_))
            | (Kind::Double(bounds), Value::Double(_)) => self.bounds(bounds, value),
            (Kind::Number(bounds), value) if is_number(value) => self.bounds(bounds, value),
            (Kind::String(lengths), Value::Str(text)) => {
                let length = text.encode_utf16().count();
                self.length(lengths.complaint(length, "characters"));
            }
            (Kind::Pattern(pattern), Value::Str(text)) => match pattern.is_in(text) {
                Ok(true) => {}
                Ok(false) => self.wrong(schema, value),
                Err(_) => self.report(format!("takes too long to match against #\"{}\"", pattern.text())),
            },
            (Kind::Equal(wanted), value) if wanted == value => {}
            (Kind::Enum(values), value) if values.contains(value) => {}
            (Kind::Maybe(inner), value) => self.schema(inner, value),
            (Kind::Or(members), value) => self.any_of(schema, members, value),
            (Kind::And(members), value) => {
                for member in members {
                    self.schema(member, value);
                }
            }
            (Kind::Not(inner), value) if !inner.accepts(value) => {}
            (Kind::Vector(of, lengths), Value::Vector(items))
            | (Kind::Sequential(of, lengths), Value::Vector(items) | Value::List(items)) => {
                self.length(lengths.complaint(items.len(), "elements"));
                self.items(items, of);
            }
            (Kind::Set(of, lengths), Value::Set(members)) => {
                self.length(lengths.complaint(members.len(), "members"));
                for member in members {
                    self.below(member.clone(), of, member);
                }
            }
            (Kind::Tuple(schemas), Value::Vector(items)) if items.len() == schemas.len() => {
                for (index, (schema, item)) in schemas.iter().zip(items.iter()).enumerate() {
                    self.below(index_value(index), schema, item);
                }
            }
            (Kind::MapOf(key_schema, value_schema, lengths), Value::Map(map)) => {
                self.length(lengths.complaint(map.len(), "entries"));
                for (key, value) in map {
                    self.below(key.clone(), key_schema, key);
                    self.below(key.clone(), value_schema, value);
                }
            }
            (Kind::Map(shape), Value::Map(_)) => self.map(shape, value),
            (Kind::Multi(multi), Value::Map(_)) => self.multi(multi, value),
            _ => self.wrong(schema, value),
        }
    }

    fn length(&mut self, complaint: Option<String>) {
        if let Some(message) = complaint {
            self.report(message);
        }
    }

    fn items(&mut self, items: &Vector, of: &Schema) {
        if matches!(of.kind, Kind::Any) {
            return;
        }
        for (index, item) in items.iter().enumerate() {
            self.below(index_value(index), of, item);
        }
    }

    fn bounds(&mut self, bounds: &Bounds, value: &Value) {
        if let Some(min) = &bounds.min {
            let fits = if min.exclusive { less(&min.value, value) } else { less_or_equal(&min.value, value) };
            if !fits.is_ok_and(|it| it) {
                let words = if min.exclusive { "greater than" } else { "at least" };
                self.report(format!("must be {words} {}, is {}", pr_str(&min.value), pr_str(value)));
            }
        }
        if let Some(max) = &bounds.max {
            let fits = if max.exclusive { less(value, &max.value) } else { less_or_equal(value, &max.value) };
            if !fits.is_ok_and(|it| it) {
                let words = if max.exclusive { "less than" } else { "at most" };
                self.report(format!("must be {words} {}, is {}", pr_str(&max.value), pr_str(value)));
            }
        }
    }

    /// The reasons of the nearest alternative, when only one has the right kind of value; else one line for all.
    fn any_of(&mut self, whole: &Schema, members: &[Schema], value: &Value) {
        let mut nearest: Option<Vec<Violation>> = None;
        let mut candidates = 0;
        for member in members {
            match member.validate(value) {
                Ok(()) => return,
                Err(found) => {
                    if found.iter().any(|violation| !violation.path.is_empty()) {
                        candidates += 1;
                        nearest = Some(found);
                    }
                }
            }
        }
        match nearest {
            Some(found) if candidates == 1 => {
                for violation in found {
                    let depth = self.path.len();
                    self.path.extend(violation.path);
                    self.report(violation.message);
                    self.path.truncate(depth);
                }
            }
            _ => self.wrong(whole, value),
        }
    }

    fn map(&mut self, shape: &Shape, value: &Value) {
        let Value::Map(map) = value else { return };
        for entry in &shape.entries {
            match map.get(&entry.key) {
                Some(value) => self.below(entry.key.clone(), &entry.schema, value),
                None if entry.optional => {}
                None => {
                    self.path.push(entry.key.clone());
                    self.report(format!("the key {} is missing", pr_str(&entry.key)));
                    self.path.pop();
                }
            }
        }
        if shape.is_closed() {
            for key in map.keys().filter(|key| shape.entry(key).is_none()) {
                self.path.push(key.clone());
                self.report(format!("the key {} is not expected", pr_str(key)));
                self.path.pop();
            }
        }
    }

    fn multi(&mut self, multi: &Multi, value: &Value) {
        let Value::Map(map) = value else { return };
        let chosen = map.get(&multi.dispatch).unwrap_or(&Value::Nil);
        let case = multi.cases.iter().find(|(it, _)| it == chosen).map(|(_, schema)| schema);
        match case.or(multi.otherwise.as_deref()) {
            Some(schema) => self.schema(schema, value),
            None => {
                let all: Vec<String> = multi.cases.iter().map(|(it, _)| pr_str(it)).collect();
                let message = format!("must be one of {}, not {}", all.join(" "), shown(chosen));
                self.path.push(multi.dispatch.clone());
                self.report(message);
                self.path.pop();
            }
        }
    }
}

fn index_value(index: usize) -> Value {
    Value::Int(i64::try_from(index).unwrap_or(i64::MAX))
}

/// A value for a message: short ones as they are, others by kind.
fn shown(value: &Value) -> String {
    match value {
        Value::Nil | Value::Bool(_) | Value::Int(_) | Value::Double(_) | Value::Keyword(_) => pr_str(value),
        other => other.type_name().to_owned(),
    }
}
