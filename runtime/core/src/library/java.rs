//! Java interop: the classes that functions may use, their fields, and their members as rows.
//!
//! A static member is a row `java.time.LocalDate/parse`, a constructor `java.lang.String/new`, and a method a row
//! `breyta.method/plusDays` for all the classes that have it: which class a value has is known when it is called. The
//! receiver is the first argument. There is no reflection, no clock and no randomness: what is no row does not exist.

use num_traits::ToPrimitive;

use super::class::{class_name, mismatch};
use crate::host::Host;
use crate::thrown::Class;
use crate::value::Object;
use crate::{Thrown, Value};

/// `Math` and `clojure.math`.
pub mod arithmetic;
/// `Long`, `Integer`, `Double`, `Boolean`.
pub mod boxes;
/// Classes as values: `class`, `instance?`.
pub mod classes;
/// `UUID` and `Base64`.
pub mod codecs;
/// Constructors and static members of `java.time`.
pub mod dates;
/// `BigDecimal` and `BigInteger`.
pub mod decimals;
/// Methods that several kinds of values share: `.toString`, `.plus`, `.compareTo`.
pub mod methods;
/// What is read from dates, times and amounts.
pub mod parts;
/// Dates and times to others: arithmetic, zones, formats.
pub mod shifts;
/// `String` and `Character`.
pub mod texts;

/// The classes with members, and those that are only named, with their packages.
pub const CLASSES: &[&str] = &[
    "java.lang.Boolean",
    "java.lang.Character",
    "java.lang.Double",
    "java.lang.Integer",
    "java.lang.Long",
    "java.lang.Math",
    "java.lang.Number",
    "java.lang.Object",
    "java.lang.String",
    "java.math.BigDecimal",
    "java.math.BigInteger",
    "java.time.DayOfWeek",
    "java.time.Duration",
    "java.time.Instant",
    "java.time.LocalDate",
    "java.time.LocalDateTime",
    "java.time.LocalTime",
    "java.time.Month",
    "java.time.OffsetDateTime",
    "java.time.Period",
    "java.time.Year",
    "java.time.YearMonth",
    "java.time.ZoneId",
    "java.time.ZoneOffset",
    "java.time.ZonedDateTime",
    "java.time.format.DateTimeFormatter",
    "java.time.temporal.ChronoUnit",
    "java.time.temporal.TemporalAdjusters",
    "java.util.Base64",
    "java.util.Date",
    "java.util.UUID",
    "java.util.regex.Pattern",
    "clojure.lang.Atom",
    "clojure.lang.BigInt",
    "clojure.lang.IFn",
    "clojure.lang.IPersistentCollection",
    "clojure.lang.IPersistentMap",
    "clojure.lang.IPersistentSet",
    "clojure.lang.IPersistentVector",
    "clojure.lang.ISeq",
    "clojure.lang.Keyword",
    "clojure.lang.LazySeq",
    "clojure.lang.MapEntry",
    "clojure.lang.Named",
    "clojure.lang.PersistentVector",
    "clojure.lang.Ratio",
    "clojure.lang.Seqable",
    "clojure.lang.Sequential",
    "clojure.lang.Symbol",
    "java.lang.CharSequence",
    "java.lang.Comparable",
    "java.util.Collection",
    "java.util.List",
    "java.util.Map",
    "java.util.Set",
];

/// The class that a name means, with or without its package.
pub fn class(name: &str) -> Option<&'static str> {
    CLASSES
        .iter()
        .copied()
        .find(|class| *class == name || (!name.contains('.') && class.rsplit('.').next() == Some(name)))
}

/// What a field reads as.
#[derive(Clone, Copy, Debug)]
pub enum FieldValue {
    /// Known when the flow is compiled.
    Literal(fn() -> Value),
    /// What the row answers for the name of the field.
    Named(&'static str),
}

/// A static field.
#[derive(Debug)]
pub struct Field {
    pub class: &'static str,
    pub name: &'static str,
    pub value: FieldValue,
}

macro_rules! fields {
    ($($class:literal { $($names:literal)* = $value:expr })*) => {
        &[$($(Field { class: $class, name: $names, value: $value },)*)*]
    };
}

use FieldValue::{Literal, Named};

/// All static fields.
pub const FIELDS: &[Field] = fields! {
    "java.lang.Math" { "PI" = Literal(|| Value::Double(std::f64::consts::PI)) }
    "java.lang.Math" { "E" = Literal(|| Value::Double(std::f64::consts::E)) }
    "java.lang.Long" { "MAX_VALUE" = Literal(|| Value::Int(i64::MAX)) }
    "java.lang.Long" { "MIN_VALUE" = Literal(|| Value::Int(i64::MIN)) }
    "java.lang.Integer" { "MAX_VALUE" = Literal(|| Value::Int(i64::from(i32::MAX))) }
    "java.lang.Integer" { "MIN_VALUE" = Literal(|| Value::Int(i64::from(i32::MIN))) }
    "java.lang.Double" { "MAX_VALUE" = Literal(|| Value::Double(f64::MAX)) }
    "java.lang.Double" { "MIN_VALUE" = Literal(|| Value::Double(f64::from_bits(1))) }
    "java.lang.Double" { "NaN" = Literal(|| Value::Double(f64::NAN)) }
    "java.lang.Double" { "POSITIVE_INFINITY" = Literal(|| Value::Double(f64::INFINITY)) }
    "java.lang.Double" { "NEGATIVE_INFINITY" = Literal(|| Value::Double(f64::NEG_INFINITY)) }
    "java.lang.Boolean" { "TRUE" = Literal(|| Value::Bool(true)) }
    "java.lang.Boolean" { "FALSE" = Literal(|| Value::Bool(false)) }
    "java.math.BigDecimal" { "ZERO" = Literal(|| decimals::small(0)) }
    "java.math.BigDecimal" { "ONE" = Literal(|| decimals::small(1)) }
    "java.math.BigDecimal" { "TEN" = Literal(|| decimals::small(10)) }
    "java.math.BigDecimal" { "ROUND_UP" = Literal(|| Value::Int(0)) }
    "java.math.BigDecimal" { "ROUND_DOWN" = Literal(|| Value::Int(1)) }
    "java.math.BigDecimal" { "ROUND_CEILING" = Literal(|| Value::Int(2)) }
    "java.math.BigDecimal" { "ROUND_FLOOR" = Literal(|| Value::Int(3)) }
    "java.math.BigDecimal" { "ROUND_HALF_UP" = Literal(|| Value::Int(4)) }
    "java.math.BigDecimal" { "ROUND_HALF_DOWN" = Literal(|| Value::Int(5)) }
    "java.math.BigDecimal" { "ROUND_HALF_EVEN" = Literal(|| Value::Int(6)) }
    "java.math.BigDecimal" { "ROUND_UNNECESSARY" = Literal(|| Value::Int(7)) }
    "java.math.BigInteger" { "ZERO" = Literal(|| Value::BigInt(num_bigint::BigInt::from(0).into())) }
    "java.math.BigInteger" { "ONE" = Literal(|| Value::BigInt(num_bigint::BigInt::from(1).into())) }
    "java.math.BigInteger" { "TWO" = Literal(|| Value::BigInt(num_bigint::BigInt::from(2).into())) }
    "java.math.BigInteger" { "TEN" = Literal(|| Value::BigInt(num_bigint::BigInt::from(10).into())) }
    "java.time.DayOfWeek" {
        "MONDAY" "TUESDAY" "WEDNESDAY" "THURSDAY" "FRIDAY" "SATURDAY" "SUNDAY"
        = Named("java.time.DayOfWeek/valueOf")
    }
    "java.time.Month" {
        "JANUARY" "FEBRUARY" "MARCH" "APRIL" "MAY" "JUNE" "JULY" "AUGUST" "SEPTEMBER" "OCTOBER" "NOVEMBER"
        "DECEMBER"
        = Named("java.time.Month/valueOf")
    }
    "java.time.temporal.ChronoUnit" {
        "NANOS" "MICROS" "MILLIS" "SECONDS" "MINUTES" "HOURS" "HALF_DAYS" "DAYS" "WEEKS" "MONTHS" "YEARS"
        "DECADES" "CENTURIES" "MILLENNIA"
        = Named("java.time.temporal.ChronoUnit/valueOf")
    }
    "java.time.format.DateTimeFormatter" {
        "ISO_LOCAL_DATE" "ISO_LOCAL_TIME" "ISO_LOCAL_DATE_TIME" "ISO_DATE" "ISO_TIME" "ISO_DATE_TIME"
        "ISO_OFFSET_DATE" "ISO_OFFSET_TIME" "ISO_OFFSET_DATE_TIME" "ISO_ZONED_DATE_TIME" "ISO_INSTANT"
        "BASIC_ISO_DATE" "ISO_ORDINAL_DATE" "RFC_1123_DATE_TIME"
        = Named("breyta.internal/formatter")
    }
    "java.time.ZoneOffset" { "UTC" "MIN" "MAX" = Named("breyta.internal/time-constant") }
    "java.time.Instant" { "EPOCH" = Named("breyta.internal/time-constant") }
    "java.time.LocalDate" { "EPOCH" = Named("breyta.internal/date-constant") }
    "java.time.LocalTime" { "MIDNIGHT" "NOON" = Named("breyta.internal/time-constant") }
    "java.time.Duration" { "ZERO" = Named("breyta.internal/duration-constant") }
    "java.time.Period" { "ZERO" = Named("breyta.internal/date-constant") }
};

/// A field of a class, by the class with its package.
pub fn field(class: &str, name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.class == class && field.name == name)
}

/// The host value that an argument is.
fn host(value: &Value) -> Option<&Host> {
    match value {
        Value::Object(object) => match object.as_ref() {
            Object::Host(host) => Some(host),
            _ => None,
        },
        _ => None,
    }
}

/// As [`host`]; an `#inst` is taken as an `Instant`.
fn temporal(value: &Value) -> Option<Host> {
    match value {
        Value::Instant(millis) => Some(Host::Instant(crate::host::local::Instant::from_millis(*millis))),
        other => host(other).cloned(),
    }
}

/// A member that the class of the receiver does not have.
fn no_method(name: &str, receiver: &Value) -> Thrown {
    if receiver.is_nil() {
        return Thrown::new(Class::NullPointer, format!("`.{name}` is called on nil"));
    }
    Thrown::new(
        Class::IllegalArgument,
        format!("No matching method {name} found for class {}", class_name(receiver)),
    )
}

fn integer(what: &str, value: &Value) -> Result<i64, Thrown> {
    match value {
        Value::Int(int) => Ok(*int),
        Value::BigInt(int) => int.to_i64().ok_or_else(crate::host::overflow),
        other => Err(mismatch(what, "an integer", other)),
    }
}

fn string<'v>(what: &str, value: &'v Value) -> Result<&'v str, Thrown> {
    value.as_str().ok_or_else(|| mismatch(what, "a string", value))
}
