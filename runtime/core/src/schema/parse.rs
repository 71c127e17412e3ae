//! Schema forms to schemas, out of anything that looks like EDN: values at run time, forms with places when compiling.

use super::{Bounds, Entry, Kind, Lengths, Limit, Multi, Pattern, SCHEMA_DEPTH_MAX, Schema, Shape};
use crate::{Keyword, Text, Value};

/// Something that a schema can be read from.
pub trait Source {
    /// Where it stands, as the caller knows places; `()` where there are none.
    type Place: Clone;

    fn place(&self) -> Self::Place;

    /// What it looks like from outside.
    fn view(&self) -> View<'_, Self>;

    /// It as plain data; None when some of it is code.
    fn data(&self) -> Option<Value>;
}

/// The shapes that matter to schemas.
pub enum View<'a, S: ?Sized> {
    /// Without the colon.
    Keyword(&'a str),
    Symbol(&'a str),
    Vector(Vec<&'a S>),
    Map(Vec<(&'a S, &'a S)>),
    /// The pattern as written.
    Regex(&'a str),
    String(&'a str),
    /// Anything else, in words: `a list`.
    Other(&'static str),
}

/// A form that is no schema, or not quite.
#[derive(Clone, Debug, PartialEq)]
pub struct SchemaError<P> {
    /// The innermost form that is wrong.
    pub place: P,
    /// Indexes into the nested vectors of the schema form.
    pub path: Vec<usize>,
    /// One line.
    pub message: String,
    pub help: Option<String>,
    /// A name that nobody knows, with those that are known, for suggestions.
    pub unknown: Option<(String, &'static [&'static str])>,
}

/// Types that stand alone or in front of properties.
const TYPES: &[&str] = &[
    "any",
    "some",
    "nil",
    "boolean",
    "int",
    "double",
    "number",
    "string",
    "keyword",
    "symbol",
    "uuid",
    "inst",
    "map",
    "vector",
    "sequential",
    "set",
    "tuple",
    "map-of",
    "enum",
    "=",
    "maybe",
    "or",
    "and",
    "not",
    "multi",
    "re",
    ">",
    ">=",
    "<",
    "<=",
];

/// Types of Malli that need code or a registry: refused by name.
const CODE: &[&str] = &[
    "fn",
    "ref",
    "schema",
    "=>",
    "function",
    "->",
    "merge",
    "union",
    "select-keys",
    "cat",
    "catn",
    "alt",
    "altn",
    "*",
    "+",
    "?",
    "repeat",
    "orn",
    "not=",
    "qualified-keyword",
    "simple-keyword",
    "qualified-symbol",
    "simple-symbol",
    "seqable",
    "every",
    "float",
];

/// Predicates of clojure.core that may stand for a type.
const PREDICATES: &[&str] = &[
    "any?",
    "some?",
    "nil?",
    "boolean?",
    "true?",
    "false?",
    "int?",
    "integer?",
    "pos-int?",
    "neg-int?",
    "nat-int?",
    "double?",
    "float?",
    "number?",
    "pos?",
    "neg?",
    "string?",
    "keyword?",
    "symbol?",
    "uuid?",
    "inst?",
    "map?",
    "vector?",
    "sequential?",
    "set?",
    "coll?",
];

/// Properties of maps of entries.
const ENTRY_PROPERTIES: &[&str] = &["optional", "title", "description", "default"];

impl Schema {
    /// Reads a schema; all that is wrong with it when it is none.
    pub fn parse<S: Source>(source: &S) -> Result<Self, Vec<SchemaError<S::Place>>> {
        let mut parser = Parser { errors: Vec::new(), path: Vec::new() };
        let schema = parser.schema(source);
        if parser.errors.is_empty() { Ok(schema) } else { Err(parser.errors) }
    }
}

impl Source for Value {
    type Place = ();

    fn place(&self) {}

    fn view(&self) -> View<'_, Self> {
        match self {
            Value::Keyword(keyword) => View::Keyword(keyword.full()),
            Value::Symbol(symbol) => View::Symbol(symbol.full()),
            Value::Vector(items) => View::Vector(items.iter().collect()),
            Value::Map(map) => View::Map(map.iter().collect()),
            Value::Regex(pattern) => View::Regex(pattern.source()),
            Value::Str(text) => View::String(text),
            other => View::Other(other.type_name()),
        }
    }

    fn data(&self) -> Option<Value> {
        Some(self.clone())
    }
}

struct Parser<P> {
    errors: Vec<SchemaError<P>>,
    path: Vec<usize>,
}

/// The parts of `[:type {properties} children…]`; children with their index in the vector.
struct Parts<'a, S: Source> {
    whole: &'a S,
    name: &'a str,
    properties: Vec<(&'a S, &'a S)>,
    children: Vec<(usize, &'a S)>,
}

impl<P: Clone> Parser<P> {
    fn error(&mut self, place: P, message: impl Into<String>, help: Option<&str>) {
        self.errors.push(SchemaError {
            place,
            path: self.path.clone(),
            message: message.into(),
            help: help.map(str::to_owned),
            unknown: None,
        });
    }

    fn unknown(&mut self, place: P, message: String, name: &str, known: &'static [&'static str]) {
        self.error(place, message, None);
        if let Some(last) = self.errors.last_mut() {
            last.unknown = Some((name.to_owned(), known));
        }
    }

    /// The schema of a form; `:any` where something is wrong, reported.
    fn schema<S: Source<Place = P>>(&mut self, source: &S) -> Schema {
        if self.path.len() > SCHEMA_DEPTH_MAX {
            let message = format!("schemas may nest {SCHEMA_DEPTH_MAX} levels at most");
            self.error(source.place(), message, None);
            return Schema::new(Kind::Any);
        }
        match source.view() {
            View::Keyword(name) => self.bare(source, name),
            View::Symbol(name) => self.predicate(source, name),
            View::Vector(items) => self.compound(source, &items),
            View::Regex(text) => Schema::new(self.pattern(source, text)),
            View::Map(_) => self.no_schema(source, "a map", Some("write `[:map [:key type] …]`")),
            View::String(_) => {
                self.no_schema(source, "a string", Some("write the type as a keyword: `:string`"))
            }
            View::Other(what) => self.no_schema(source, what, None),
        }
    }

    fn no_schema<S: Source<Place = P>>(&mut self, source: &S, what: &str, help: Option<&str>) -> Schema {
        let help =
            help.or(Some("a schema is a type such as `:string`, or a vector such as `[:vector :int]`"));
        self.error(source.place(), format!("{what} is no schema"), help);
        Schema::new(Kind::Any)
    }

    /// A keyword alone.
    fn bare<S: Source<Place = P>>(&mut self, source: &S, name: &str) -> Schema {
        let parts = Parts { whole: source, name, properties: Vec::new(), children: Vec::new() };
        match name {
            "vector" | "sequential" | "set" => Schema::new(collection(name, Schema::new(Kind::Any))),
            "map-of" => {
                let any = || Box::new(Schema::new(Kind::Any));
                Schema::new(Kind::MapOf(any(), any(), Lengths::default()))
            }
            _ => self.typed(source, &parts),
        }
    }

    fn predicate<S: Source<Place = P>>(&mut self, source: &S, name: &str) -> Schema {
        let short = name.strip_prefix("clojure.core/").unwrap_or(name);
        let limit = |value: i64, exclusive| Some(Limit { value: Value::Int(value), exclusive });
        let from = |min| Bounds { min, max: None };
        let to = |max| Bounds { min: None, max };
        let any = || Box::new(Schema::new(Kind::Any));
        Schema::new(match short {
            "any?" => Kind::Any,
            "some?" => Kind::Some,
            "nil?" => Kind::Nil,
            "boolean?" => Kind::Boolean,
            "true?" => Kind::Equal(Value::Bool(true)),
            "false?" => Kind::Equal(Value::Bool(false)),
            "int?" | "integer?" => Kind::Integer(Bounds::default()),
            "pos-int?" => Kind::Integer(from(limit(0, true))),
            "neg-int?" => Kind::Integer(to(limit(0, true))),
            "nat-int?" => Kind::Integer(from(limit(0, false))),
            "double?" | "float?" => Kind::Double(Bounds::default()),
            "number?" => Kind::Number(Bounds::default()),
            "pos?" => Kind::Number(from(limit(0, true))),
            "neg?" => Kind::Number(to(limit(0, true))),
            "string?" => Kind::String(Lengths::default()),
            "keyword?" => Kind::Keyword,
            "symbol?" => Kind::Symbol,
            "uuid?" => Kind::Uuid,
            "inst?" => Kind::Instant,
            "map?" => Kind::Map(Shape::default()),
            "vector?" => collection("vector", Schema::new(Kind::Any)),
            "sequential?" => collection("sequential", Schema::new(Kind::Any)),
            "set?" => collection("set", Schema::new(Kind::Any)),
            "coll?" => Kind::Or(vec![
                Schema::new(collection("sequential", Schema::new(Kind::Any))),
                Schema::new(collection("set", Schema::new(Kind::Any))),
                Schema::new(Kind::MapOf(any(), any(), Lengths::default())),
            ]),
            _ => {
                let message = format!("`{name}` is no predicate that a schema may name");
                self.unknown(source.place(), message, short, PREDICATES);
                Kind::Any
            }
        })
    }

    /// `[:type …]`
    fn compound<S: Source<Place = P>>(&mut self, source: &S, items: &[&S]) -> Schema {
        let Some((head, rest)) = items.split_first() else {
            return self.no_schema(source, "an empty vector", None);
        };
        let name = match head.view() {
            View::Keyword(name) => name,
            View::Symbol(name) if rest.is_empty() => return self.predicate(*head, name),
            _ => {
                self.path.push(0);
                self.error(
                    head.place(),
                    "a schema vector begins with a type",
                    Some("write `[:vector …]`, `[:map …]`, `[:enum …]` and so on"),
                );
                self.path.pop();
                return Schema::new(Kind::Any);
            }
        };
        // A map in second place is properties, save where any value may stand.
        let (properties, skip) = match rest.first().map(|first| first.view()) {
            Some(View::Map(entries)) if name != "=" => (entries, 1),
            Some(View::Other("nil")) if !matches!(name, "=" | "enum") => (Vec::new(), 1),
            _ => (Vec::new(), 0),
        };
        let children = rest.iter().copied().enumerate().skip(skip).map(|(at, it)| (at + 1, it)).collect();
        let mut schema =
            self.typed(*head, &Parts { whole: source, name, properties: properties.clone(), children });
        self.remarks(&mut schema, &properties);
        schema
    }

    /// Title, description and default out of properties.
    fn remarks<S: Source<Place = P>>(&mut self, schema: &mut Schema, properties: &[(&S, &S)]) {
        for (key, value) in properties {
            let View::Keyword(name) = key.view() else {
                self.error(key.place(), "a schema property is a keyword", None);
                continue;
            };
            match name {
                "title" => schema.title = self.text(*value, name),
                "description" => schema.description = self.text(*value, name),
                "default" => match value.data() {
                    Some(data) => schema.default = Some(data),
                    None => self.error(value.place(), "`:default` must be plain data", None),
                },
                _ => {}
            }
        }
    }

    fn text<S: Source<Place = P>>(&mut self, value: &S, name: &str) -> Option<Text> {
        if let View::String(text) = value.view() {
            return Some(Text::from(text));
        }
        self.error(value.place(), format!("`:{name}` must be a string"), None);
        None
    }

    /// The kind that a type name and its parts make.
    fn typed<S: Source<Place = P>>(&mut self, head: &S, parts: &Parts<'_, S>) -> Schema {
        let kind = match parts.name {
            "any" => self.alone(parts, Kind::Any),
            "some" => self.alone(parts, Kind::Some),
            "nil" => self.alone(parts, Kind::Nil),
            "boolean" => self.alone(parts, Kind::Boolean),
            "keyword" => self.alone(parts, Kind::Keyword),
            "symbol" => self.alone(parts, Kind::Symbol),
            "uuid" => self.alone(parts, Kind::Uuid),
            "inst" => self.alone(parts, Kind::Instant),
            "int" => {
                let bounds = self.bounds(parts);
                self.alone(parts, Kind::Integer(bounds))
            }
            "double" => {
                let bounds = self.bounds(parts);
                self.alone(parts, Kind::Double(bounds))
            }
            "number" => {
                let bounds = self.bounds(parts);
                self.alone(parts, Kind::Number(bounds))
            }
            "string" => {
                let lengths = self.lengths(parts);
                self.alone(parts, Kind::String(lengths))
            }
            ">" | ">=" | "<" | "<=" => self.comparison(parts),
            "=" => self.one_value(parts).map_or(Kind::Any, Kind::Equal),
            "enum" => self.choices(parts),
            "maybe" => Kind::Maybe(Box::new(self.only(parts))),
            "not" => Kind::Not(Box::new(self.only(parts))),
            "or" => Kind::Or(self.members(parts)),
            "and" => Kind::And(self.members(parts)),
            "vector" | "sequential" | "set" => self.elements(parts),
            "tuple" => {
                self.allow(parts, &[]);
                Kind::Tuple(self.all(&parts.children))
            }
            "map-of" => self.map_of(parts),
            "map" => self.map(parts),
            "multi" => self.multi(parts),
            "re" => self.regex(parts),
            other => self.no_type(head, other),
        };
        Schema::new(kind)
    }

    fn no_type<S: Source<Place = P>>(&mut self, head: &S, name: &str) -> Kind {
        if CODE.contains(&name) {
            let message = format!("`:{name}` schemas are not supported");
            let help = match name {
                "fn" | "=>" | "->" | "function" => "a schema holds no code: check the value in a function",
                "ref" | "schema" => "there is no schema registry: write the schema where it is used",
                "float" => "write `:double`",
                "not=" => "write `[:not [:= value]]`",
                "qualified-keyword" | "simple-keyword" => "write `:keyword`",
                _ => "write the shape with `:map`, `:vector`, `:tuple`, `:or` and `:and`",
            };
            self.error(head.place(), message, Some(help));
        } else {
            self.unknown(head.place(), format!("there is no schema type `:{name}`"), name, TYPES);
        }
        Kind::Any
    }

    /// A type that takes no children.
    fn alone<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>, kind: Kind) -> Kind {
        if !matches!(kind, Kind::Integer(_) | Kind::Double(_) | Kind::Number(_) | Kind::String(_)) {
            self.allow(parts, &[]);
        }
        if let Some((at, extra)) = parts.children.first() {
            self.path.push(*at);
            self.error(extra.place(), format!("`:{}` takes nothing after it", parts.name), None);
            self.path.pop();
        }
        kind
    }

    /// Refuses properties that mean nothing to the type.
    fn allow<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>, own: &'static [&'static str]) {
        for (key, _) in &parts.properties {
            let View::Keyword(name) = key.view() else { continue };
            let remark = matches!(name, "title" | "description" | "default" | "optional");
            if remark || is_foreign(name) || own.contains(&name) {
                continue;
            }
            let known = if own.is_empty() { &ENTRY_PROPERTIES[1..] } else { own };
            self.unknown(key.place(), format!("`:{}` has no property `:{name}`", parts.name), name, known);
        }
    }

    fn property<'a, S: Source<Place = P>>(parts: &Parts<'a, S>, name: &str) -> Option<&'a S> {
        parts
            .properties
            .iter()
            .find(|(key, _)| matches!(key.view(), View::Keyword(it) if it == name))
            .map(|it| it.1)
    }

    fn bounds<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Bounds {
        self.allow(parts, &["min", "max"]);
        let mut limit = |name| {
            let at = Self::property(parts, name)?;
            match at.data().filter(crate::number::is_number) {
                Some(value) => Some(Limit { value, exclusive: false }),
                None => {
                    self.error(at.place(), format!("`:{name}` of `:{}` must be a number", parts.name), None);
                    None
                }
            }
        };
        let (min, max) = (limit("min"), limit("max"));
        if let (Some(low), Some(high)) = (&min, &max)
            && crate::number::less(&high.value, &low.value).is_ok_and(|it| it)
        {
            self.error(parts.whole.place(), "`:min` is greater than `:max`: nothing fits", None);
        }
        Bounds { min, max }
    }

    fn lengths<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Lengths {
        self.allow(parts, &["min", "max"]);
        let mut length = |name| {
            let at = Self::property(parts, name)?;
            let found = at.data().and_then(|value| value.as_int()).and_then(|int| usize::try_from(int).ok());
            if found.is_none() {
                let message = format!("`:{name}` of `:{}` must be a whole number, 0 or more", parts.name);
                self.error(at.place(), message, None);
            }
            found
        };
        let (min, max) = (length("min"), length("max"));
        if min.zip(max).is_some_and(|(low, high)| low > high) {
            self.error(parts.whole.place(), "`:min` is greater than `:max`: nothing fits", None);
        }
        Lengths { min, max }
    }

    /// `[:> 0]` and the like.
    fn comparison<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Kind {
        let Some(value) = self.one_value(parts) else { return Kind::Any };
        if !crate::number::is_number(&value) {
            let place = parts.children.first().map_or_else(|| parts.whole.place(), |(_, it)| it.place());
            self.error(place, format!("`:{}` compares with a number", parts.name), None);
            return Kind::Any;
        }
        let limit = Some(Limit { value, exclusive: parts.name.len() == 1 });
        Kind::Number(if parts.name.starts_with('>') {
            Bounds { min: limit, max: None }
        } else {
            Bounds { min: None, max: limit }
        })
    }

    fn one_value<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Option<Value> {
        let [(_, only)] = parts.children.as_slice() else {
            self.error(parts.whole.place(), format!("`:{}` takes one value", parts.name), None);
            return None;
        };
        let data = only.data();
        if data.is_none() {
            self.error(only.place(), "this must be plain data", None);
        }
        data
    }

    fn choices<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Kind {
        self.allow(parts, &[]);
        if parts.children.is_empty() {
            let help = Some("write `[:enum \"a\" \"b\"]`");
            self.error(parts.whole.place(), "`:enum` without values: nothing fits", help);
        }
        let mut values: Vec<Value> = Vec::new();
        for (at, child) in &parts.children {
            self.path.push(*at);
            match child.data() {
                Some(value) if values.contains(&value) => {
                    self.error(child.place(), "this value stands twice in the `:enum`", None);
                }
                Some(value) => values.push(value),
                None => self.error(child.place(), "a choice must be plain data", None),
            }
            self.path.pop();
        }
        Kind::Enum(values)
    }

    fn child<S: Source<Place = P>>(&mut self, at: usize, source: &S) -> Schema {
        self.path.push(at);
        let schema = self.schema(source);
        self.path.pop();
        schema
    }

    fn all<S: Source<Place = P>>(&mut self, children: &[(usize, &S)]) -> Vec<Schema> {
        children.iter().map(|(at, child)| self.child(*at, *child)).collect()
    }

    /// The one schema inside.
    fn only<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Schema {
        self.allow(parts, &["min", "max"]);
        match parts.children.as_slice() {
            [(at, only)] => self.child(*at, *only),
            more => {
                let message = format!("`:{}` takes one schema, has {}", parts.name, more.len());
                let help = format!("write `[:{} :string]`", parts.name);
                self.error(parts.whole.place(), message, Some(&help));
                self.all(&parts.children);
                Schema::new(Kind::Any)
            }
        }
    }

    fn members<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Vec<Schema> {
        self.allow(parts, &[]);
        if parts.children.is_empty() {
            let message = format!("`:{}` without schemas", parts.name);
            self.error(parts.whole.place(), message, Some("write the alternatives: `[:or :string :int]`"));
        }
        self.all(&parts.children)
    }

    fn elements<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Kind {
        let lengths = self.lengths(parts);
        let of = Box::new(self.only(parts));
        match parts.name {
            "vector" => Kind::Vector(of, lengths),
            "set" => Kind::Set(of, lengths),
            _ => Kind::Sequential(of, lengths),
        }
    }

    fn map_of<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Kind {
        let lengths = self.lengths(parts);
        let [(first, key), (second, value)] = parts.children.as_slice() else {
            self.error(
                parts.whole.place(),
                format!("`:map-of` takes a schema for keys and one for values, has {}", parts.children.len()),
                Some("write `[:map-of :keyword :string]`"),
            );
            return Kind::Any;
        };
        let key = Box::new(self.child(*first, *key));
        Kind::MapOf(key, Box::new(self.child(*second, *value)), lengths)
    }

    fn regex<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Kind {
        self.allow(parts, &[]);
        match parts.children.as_slice() {
            [(_, only)] => match only.view() {
                View::Regex(text) | View::String(text) => self.pattern(*only, text),
                _ => {
                    self.error(only.place(), "`:re` takes a regex or a string that holds one", None);
                    Kind::Any
                }
            },
            _ => {
                self.error(parts.whole.place(), "`:re` takes one pattern", Some("write `[:re #\"[a-z]+\"]`"));
                Kind::Any
            }
        }
    }

    fn pattern<S: Source<Place = P>>(&mut self, source: &S, text: &str) -> Kind {
        match Pattern::new(text) {
            Ok(pattern) => Kind::Pattern(pattern),
            Err(error) => {
                self.error(source.place(), error.message, None);
                Kind::Any
            }
        }
    }

    fn map<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Kind {
        self.allow(parts, &["closed"]);
        let closed = Self::property(parts, "closed").and_then(|at| {
            let flag = at.data().and_then(|value| value.as_bool());
            if flag.is_none() {
                self.error(at.place(), "`:closed` must be true or false", None);
            }
            flag
        });
        let mut shape = Shape { entries: Vec::new(), closed };
        for (at, child) in &parts.children {
            self.path.push(*at);
            if let Some(entry) = self.entry(*child) {
                if shape.entry(&entry.key).is_some() {
                    let message = format!("the key `{}` stands twice", crate::print::pr_str(&entry.key));
                    self.error(child.place(), message, None);
                } else {
                    shape.entries.push(entry);
                }
            }
            self.path.pop();
        }
        Kind::Map(shape)
    }

    /// `[:key type]` or `[:key {:optional true} type]`.
    fn entry<S: Source<Place = P>>(&mut self, source: &S) -> Option<Entry> {
        let help = Some("write `[:key type]` or `[:key {:optional true} type]`");
        let View::Vector(items) = source.view() else {
            self.error(source.place(), "an entry of `:map` is a vector of a key and a type", help);
            return None;
        };
        let (key, properties, at, of) = match items.as_slice() {
            [key, of] => (key, Vec::new(), 1, of),
            [key, properties, of] => match properties.view() {
                View::Map(entries) => (key, entries, 2, of),
                View::Other("nil") => (key, Vec::new(), 2, of),
                _ => {
                    self.error(properties.place(), "properties of an entry are a map", help);
                    return None;
                }
            },
            [key] => {
                self.error(key.place(), "this entry has no type", help);
                return None;
            }
            _ => {
                self.error(
                    source.place(),
                    format!("an entry has two or three parts, not {}", items.len()),
                    help,
                );
                return None;
            }
        };
        let key = match key.view() {
            View::Keyword(name) => Value::Keyword(Keyword::new(name)),
            View::String(name) => Value::string(name),
            _ => {
                self.error(key.place(), "the key of an entry is a keyword or a string", help);
                return None;
            }
        };
        let optional = self.entry_properties(&properties);
        let mut schema = self.child(at, *of);
        self.remarks(&mut schema, &properties);
        Some(Entry { key, optional, schema })
    }

    fn entry_properties<S: Source<Place = P>>(&mut self, properties: &[(&S, &S)]) -> bool {
        let mut optional = false;
        for (key, value) in properties {
            let View::Keyword(name) = key.view() else { continue };
            if name == "optional" {
                match value.data().and_then(|value| value.as_bool()) {
                    Some(flag) => optional = flag,
                    None => self.error(value.place(), "`:optional` must be true or false", None),
                }
            } else if matches!(name, "min" | "max") {
                let help = format!("put it into the type: `[:string {{:{name} …}}]`");
                self.error(key.place(), format!("an entry has no property `:{name}`"), Some(&help));
            } else if !is_foreign(name) && !ENTRY_PROPERTIES.contains(&name) {
                let message = format!("an entry has no property `:{name}`");
                self.unknown(key.place(), message, name, ENTRY_PROPERTIES);
            }
        }
        optional
    }

    fn multi<S: Source<Place = P>>(&mut self, parts: &Parts<'_, S>) -> Kind {
        self.allow(parts, &["dispatch"]);
        let dispatch = match Self::property(parts, "dispatch").map(|at| (at.view(), at.place())) {
            Some((View::Keyword(name), _)) => Value::Keyword(Keyword::new(name)),
            Some((View::String(name), _)) => Value::string(name),
            Some((_, place)) => {
                self.error(place, "`:dispatch` must be a key: functions are not supported in schemas", None);
                return Kind::Any;
            }
            None => {
                let help = Some("write `[:multi {:dispatch :type} [\"a\" …] [\"b\" …]]`");
                self.error(parts.whole.place(), "`:multi` needs `:dispatch`, the key that chooses", help);
                return Kind::Any;
            }
        };
        let mut multi = Multi { dispatch, cases: Vec::new(), otherwise: None };
        for (at, child) in &parts.children {
            self.path.push(*at);
            self.case(*child, &mut multi);
            self.path.pop();
        }
        if multi.cases.is_empty() && multi.otherwise.is_none() {
            self.error(parts.whole.place(), "`:multi` without cases: nothing fits", None);
        }
        Kind::Multi(multi)
    }

    fn case<S: Source<Place = P>>(&mut self, source: &S, multi: &mut Multi) {
        let help = Some("write `[value schema]`");
        let View::Vector(items) = source.view() else {
            self.error(source.place(), "a case of `:multi` is a vector of a value and a schema", help);
            return;
        };
        let (value, at, of) = match items.as_slice() {
            [value, of] => (value, 1, of),
            [value, properties, of] if matches!(properties.view(), View::Map(_)) => (value, 2, of),
            _ => {
                self.error(source.place(), "a case of `:multi` is a vector of a value and a schema", help);
                return;
            }
        };
        let Some(data) = value.data() else {
            self.error(value.place(), "the value of a case must be plain data", None);
            return;
        };
        let schema = self.child(at, *of);
        if data.as_keyword().is_some_and(|it| it.full() == "malli.core/default") {
            multi.otherwise = Some(Box::new(schema));
        } else if multi.cases.iter().any(|(other, _)| *other == data) {
            let message = format!("the case `{}` stands twice", crate::print::pr_str(&data));
            self.error(value.place(), message, None);
        } else {
            multi.cases.push((data, schema));
        }
    }
}

/// Properties that belong to other tools: `:json-schema/example`, `:gen/min`, `:error/message`.
fn is_foreign(name: &str) -> bool {
    name.contains('/') || matches!(name, "json-schema" | "example" | "examples" | "error")
}

fn collection(name: &str, of: Schema) -> Kind {
    let of = Box::new(of);
    match name {
        "vector" => Kind::Vector(of, Lengths::default()),
        "set" => Kind::Set(of, Lengths::default()),
        _ => Kind::Sequential(of, Lengths::default()),
    }
}
