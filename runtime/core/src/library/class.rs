//! JVM class names of values, for the messages that Clojure code knows and tests compare.

use crate::thrown::{Class, qualified_class};
use crate::{Thrown, Value};

/// `java.lang.Long` of `1`. Lists and realised sequences are one kind with us.
pub(super) fn class_name(value: &Value) -> &'static str {
    match value {
        Value::Nil => "nil",
        Value::Bool(_) => "java.lang.Boolean",
        Value::Int(_) => "java.lang.Long",
        Value::BigInt(_) => "clojure.lang.BigInt",
        Value::Ratio(_) => "clojure.lang.Ratio",
        Value::Decimal(_) => "java.math.BigDecimal",
        Value::Double(_) => "java.lang.Double",
        Value::Char(_) => "java.lang.Character",
        Value::Str(_) => "java.lang.String",
        Value::Keyword(_) => "clojure.lang.Keyword",
        Value::Symbol(_) => "clojure.lang.Symbol",
        Value::List(_) => "clojure.lang.PersistentList",
        Value::Vector(items) if items.is_entry() => "clojure.lang.MapEntry",
        Value::Vector(_) => "clojure.lang.PersistentVector",
        Value::Map(map) if map.is_sorted() => "clojure.lang.PersistentTreeMap",
        Value::Set(set) if set.is_sorted() => "clojure.lang.PersistentTreeSet",
        Value::Map(map) if map.len() > 8 => "clojure.lang.PersistentHashMap",
        Value::Map(_) => "clojure.lang.PersistentArrayMap",
        Value::Set(_) => "clojure.lang.PersistentHashSet",
        Value::Instant(_) => "java.util.Date",
        Value::Uuid(_) => "java.util.UUID",
        Value::Bytes(_) => "[B",
        Value::Regex(_) => "java.util.regex.Pattern",
        Value::Function(_) => "clojure.lang.IFn",
        Value::Lazy(seq) => seq.kind().class_name(),
        Value::Object(object) => object.class_name(),
        Value::Error(error) => qualified_class(error.class().java_name()).unwrap_or("java.lang.Throwable"),
    }
}

/// The class name without its package.
pub(super) fn short_class_name(value: &Value) -> &'static str {
    let name = class_name(value);
    name.rsplit('.').next().unwrap_or(name)
}

/// `(first 5)`
pub(super) fn not_seqable(value: &Value) -> Thrown {
    illegal_argument(format!("Don't know how to create ISeq from: {}", class_name(value)))
}

/// `(count 5)`, `(nth #{1} 0)`
pub(super) fn not_supported(what: &str, value: &Value) -> Thrown {
    let class = if value.is_nil() { "nil" } else { short_class_name(value) };
    Thrown::new(Class::UnsupportedOperation, format!("{what} not supported on this type: {class}"))
}

pub(super) fn illegal_argument(message: impl Into<String>) -> Thrown {
    Thrown::new(Class::IllegalArgument, message)
}

pub(super) fn null_pointer(what: &str, wanted: &str) -> Thrown {
    Thrown::new(Class::NullPointer, format!("{what} takes {wanted}, not nil"))
}

/// A nil or an argument of another kind where `wanted` is needed.
pub(super) fn mismatch(what: &str, wanted: &str, got: &Value) -> Thrown {
    if got.is_nil() { null_pointer(what, wanted) } else { Thrown::class_cast(what, wanted, got) }
}

pub(super) fn out_of_bounds(index: i64, what: &str, len: usize) -> Thrown {
    Thrown::unspoken(
        Class::IndexOutOfBounds,
        format!("index {index} is out of bounds for {what} of length {len}"),
    )
}
