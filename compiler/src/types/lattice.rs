//! What a value may be: a small lattice with records, and the question whether a type can fit at all.

use std::fmt;

use breyta_core::Value;
use breyta_core::library::Ty;

/// A set of values. [`Type::Any`] when nothing is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    Any,
    /// No value at all: what is never given back, because something else happens instead.
    Never,
    Nil,
    Boolean,
    Integer,
    Double,
    /// A number of unknown kind.
    Number,
    Char,
    String,
    /// A keyword; which one, where it is a literal.
    Keyword(Option<String>),
    Symbol,
    Regex,
    Function,
    Vector(Box<Type>),
    List(Box<Type>),
    Set(Box<Type>),
    Map(Record),
    /// A map with any keys, and values of one type.
    MapOf(Box<Type>),
    Instant,
    Uuid,
    /// One of several, flat, without [`Type::Any`], at least two.
    Union(Vec<Type>),
}

/// A map whose keyword keys are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// In the order written.
    pub fields: Vec<(String, Type)>,
    /// Whether there may be further keys.
    pub open: bool,
}

impl Record {
    pub fn get(&self, key: &str) -> Option<&Type> {
        self.fields.iter().find(|(name, _)| name == key).map(|(_, of)| of)
    }

    /// A map of which nothing is known.
    pub fn unknown() -> Self {
        Self { fields: Vec::new(), open: true }
    }
}

impl Type {
    /// Either of two.
    pub fn union(a: Type, b: Type) -> Type {
        let mut members = Vec::new();
        for side in [a, b] {
            match side {
                Type::Any => return Type::Any,
                Type::Never => {}
                Type::Union(inner) => {
                    for one in inner {
                        add(&mut members, one);
                    }
                }
                one => add(&mut members, one),
            }
        }
        match members.len() {
            0 => Type::Never,
            1 => members.pop().unwrap_or(Type::Any),
            // A long union says nothing useful any more.
            2..=8 => Type::Union(members),
            _ => Type::Any,
        }
    }

    /// The type of a literal.
    pub fn of(value: &Value) -> Type {
        match value {
            Value::Nil => Type::Nil,
            Value::Bool(_) => Type::Boolean,
            Value::Int(_) | Value::BigInt(_) => Type::Integer,
            Value::Ratio(_) | Value::Decimal(_) => Type::Number,
            Value::Double(_) => Type::Double,
            Value::Char(_) => Type::Char,
            Value::Str(_) => Type::String,
            Value::Keyword(keyword) => Type::Keyword(Some(keyword.full().to_owned())),
            Value::Symbol(_) => Type::Symbol,
            Value::List(items) => {
                Type::List(Box::new(items.iter().map(Type::of).reduce(Type::union).unwrap_or(Type::Any)))
            }
            Value::Vector(items) => {
                Type::Vector(Box::new(items.iter().map(Type::of).reduce(Type::union).unwrap_or(Type::Any)))
            }
            Value::Set(items) => {
                Type::Set(Box::new(items.iter().map(Type::of).reduce(Type::union).unwrap_or(Type::Any)))
            }
            Value::Map(map) => {
                let mut record = Record { fields: Vec::new(), open: false };
                for (key, value) in map {
                    match key.as_keyword() {
                        Some(keyword) => record.fields.push((keyword.full().to_owned(), Type::of(value))),
                        None => record.open = true,
                    }
                }
                Type::Map(record)
            }
            Value::Instant(_) => Type::Instant,
            Value::Uuid(_) => Type::Uuid,
            Value::Bytes(_) => Type::Any,
            Value::Regex(_) => Type::Regex,
            Value::Function(_) => Type::Function,
            Value::Lazy(_) => Type::List(Box::new(Type::Any)),
            Value::Object(_) | Value::Error(_) => Type::Any,
        }
    }

    /// Whether some value of this type fits `wanted`. False is a definite mismatch.
    pub fn may_be(&self, wanted: Ty) -> bool {
        match self {
            Type::Any | Type::Never => return true,
            Type::Union(members) => return members.iter().any(|member| member.may_be(wanted)),
            _ => {}
        }
        match wanted {
            Ty::Any => true,
            Ty::Nilable(inner) => *self == Type::Nil || self.may_be(*inner),
            Ty::Nil => *self == Type::Nil,
            Ty::Boolean => *self == Type::Boolean,
            Ty::Integer => matches!(self, Type::Integer | Type::Number),
            Ty::Number => matches!(self, Type::Integer | Type::Number | Type::Double),
            Ty::Char => *self == Type::Char,
            Ty::String => *self == Type::String,
            Ty::Keyword => matches!(self, Type::Keyword(_)),
            Ty::Symbol => *self == Type::Symbol,
            Ty::Regex => *self == Type::Regex,
            Ty::Callable => matches!(
                self,
                Type::Function
                    | Type::Keyword(_)
                    | Type::Symbol
                    | Type::Map(_)
                    | Type::MapOf(_)
                    | Type::Set(_)
                    | Type::Vector(_)
            ),
            // Nil stands for an empty collection nearly everywhere; where it does not, staying quiet is right.
            Ty::Vector => matches!(self, Type::Vector(_) | Type::Nil),
            Ty::List => matches!(self, Type::List(_) | Type::Nil),
            Ty::Map => matches!(self, Type::Map(_) | Type::MapOf(_) | Type::Nil),
            Ty::Set => matches!(self, Type::Set(_) | Type::Nil),
            Ty::Sequential => matches!(self, Type::Vector(_) | Type::List(_) | Type::Nil),
            Ty::Associative => {
                matches!(self, Type::Vector(_) | Type::Map(_) | Type::MapOf(_) | Type::Nil)
            }
            Ty::Collection => {
                matches!(
                    self,
                    Type::Vector(_)
                        | Type::List(_)
                        | Type::Map(_)
                        | Type::MapOf(_)
                        | Type::Set(_)
                        | Type::Nil
                )
            }
            Ty::Seqable => matches!(
                self,
                Type::Vector(_)
                    | Type::List(_)
                    | Type::Map(_)
                    | Type::MapOf(_)
                    | Type::Set(_)
                    | Type::Nil
                    | Type::String
            ),
        }
    }

    /// Whether this is certainly not data that can be stored.
    pub fn is_never_data(&self) -> bool {
        matches!(self, Type::Function | Type::Regex)
    }

    /// In words, for messages: `an integer`.
    pub fn describe(&self) -> String {
        match self {
            Type::Any => "anything".to_owned(),
            Type::Never => "nothing".to_owned(),
            Type::Nil => "nil".to_owned(),
            Type::Boolean => "a boolean".to_owned(),
            Type::Integer => "an integer".to_owned(),
            Type::Double => "a double".to_owned(),
            Type::Number => "a number".to_owned(),
            Type::Char => "a character".to_owned(),
            Type::String => "a string".to_owned(),
            Type::Keyword(Some(name)) => format!("the keyword `:{name}`"),
            Type::Keyword(None) => "a keyword".to_owned(),
            Type::Symbol => "a symbol".to_owned(),
            Type::Regex => "a regex".to_owned(),
            Type::Function => "a function".to_owned(),
            Type::Vector(_) => "a vector".to_owned(),
            Type::List(_) => "a list".to_owned(),
            Type::Set(_) => "a set".to_owned(),
            Type::Map(_) | Type::MapOf(_) => "a map".to_owned(),
            Type::Instant => "an instant".to_owned(),
            Type::Uuid => "a uuid".to_owned(),
            Type::Union(members) => {
                let mut words: Vec<String> = Vec::new();
                for word in members.iter().map(Type::describe) {
                    if !words.contains(&word) {
                        words.push(word);
                    }
                }
                words.join(" or ")
            }
        }
    }
}

fn add(members: &mut Vec<Type>, one: Type) {
    if !members.contains(&one) {
        members.push(one);
    }
}

impl From<Ty> for Type {
    fn from(ty: Ty) -> Self {
        match ty {
            Ty::Any | Ty::Callable | Ty::Collection | Ty::Seqable | Ty::Associative => Type::Any,
            Ty::Nil => Type::Nil,
            Ty::Boolean => Type::Boolean,
            Ty::Integer => Type::Integer,
            Ty::Number => Type::Number,
            Ty::Char => Type::Char,
            Ty::String => Type::String,
            Ty::Keyword => Type::Keyword(None),
            Ty::Symbol => Type::Symbol,
            Ty::Vector => Type::Vector(Box::new(Type::Any)),
            Ty::List => Type::List(Box::new(Type::Any)),
            Ty::Map => Type::Map(Record::unknown()),
            Ty::Set => Type::Set(Box::new(Type::Any)),
            Ty::Sequential => Type::union(Type::Vector(Box::new(Type::Any)), Type::List(Box::new(Type::Any))),
            Ty::Regex => Type::Regex,
            Ty::Nilable(inner) => Type::union(Type::Nil, Type::from(*inner)),
        }
    }
}

/// The spelling of the resume manifest: the schema language's keywords.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Any | Type::Never | Type::Function | Type::Regex => f.write_str(":any"),
            Type::Nil => f.write_str(":nil"),
            Type::Boolean => f.write_str(":boolean"),
            Type::Integer => f.write_str(":int"),
            Type::Double => f.write_str(":double"),
            Type::Number => f.write_str(":number"),
            Type::Char => f.write_str(":char"),
            Type::String => f.write_str(":string"),
            Type::Keyword(_) => f.write_str(":keyword"),
            Type::Symbol => f.write_str(":symbol"),
            Type::Vector(of) => write!(f, "[:vector {of}]"),
            Type::List(of) => write!(f, "[:sequential {of}]"),
            Type::Set(of) => write!(f, "[:set {of}]"),
            Type::Map(record) if record.fields.is_empty() => f.write_str(":map"),
            Type::Map(record) => {
                f.write_str("[:map")?;
                for (name, of) in &record.fields {
                    write!(f, " [:{name} {of}]")?;
                }
                f.write_str("]")
            }
            Type::MapOf(of) => write!(f, "[:map-of :any {of}]"),
            Type::Instant => f.write_str(":inst"),
            Type::Uuid => f.write_str(":uuid"),
            Type::Union(members) => {
                f.write_str("[:or")?;
                for member in members {
                    write!(f, " {member}")?;
                }
                f.write_str("]")
            }
        }
    }
}
