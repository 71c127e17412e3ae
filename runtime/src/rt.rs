//! The ABI: everything that generated code touches, and nothing else.
//!
//! Emitted crates name only `breyta_runtime::run` and this module. What stands here changes with a line in CHANGELOG
//! under "Emitted code", because executables are compiled against it.

use num_bigint::BigInt;

/// Making values and taking arguments apart.
pub use breyta_core::construct::{
    Constant, closure, constant, constants, distinct_map, distinct_set, duplicate_key, lent_constant, map,
    native, regex, rest, set, take, vector, wrong_arity, wrong_captures,
};

/// The call of a value.
pub use breyta_core::library::invoke::invoke;

/// What an executable is made of: `pub static FLOW`.
pub use crate::flow::Flow;

/// The live slots of a run, notes for the timeline, workflow time and the budget.
pub use breyta_engine::frame::Frame;

/// What a state function gets ([`Outcome`]) and answers ([`Action`], [`StepCall`]); the tables around it
/// ([`Machine`], [`State`], [`Origin`]); the types of its code.
pub use breyta_engine::machine::{
    Action, FunctionFn, Machine, Origin, Outcome, Program, Slot, State, StateFn, StateIndex, StepCall,
};

/// The check of schemas: `schemas: Some(rt::CHECK_SCHEMA)` for flows that mention `:schema`.
pub use breyta_engine::driver::CHECK_SCHEMA;

/// Values. Literals without allocation: `Value::literal`, `Value::keyword`, `Value::Int`, `Value::Double`.
pub use breyta_core::{Keyword, Map, Set, Symbol, Text, Value, Vector};

/// The bounds of a call. Every call of compiled code pairs `enter` with `leave`.
pub use breyta_core::Budget;

/// Errors as code throws and catches them, with their classes.
pub use breyta_core::{Thrown, thrown::Class};

/// Function values: `Function::Native` for library entries, `Function::Closure` for `fn` forms.
pub use breyta_core::Function;
pub use breyta_core::value::{Closure, Native};

/// The library, by the paths of its table (`sequences::count`).
pub use breyta_core::library::{
    bits, breyta, collections, compare, conversions, direct, errors, format, functions, hashes, identity,
    internal, maps, math, metadata, pauses, predicates, printing, reading, references, regexes, relations,
    sandbox, sequences, sets, sorted, strings, text, transducers, transforms, transients, walk,
};

/// Java interop, by the paths of its rows (`dates::parse_date`).
pub use breyta_core::library::java::{
    arithmetic, boxes, classes, codecs, dates, decimals, methods, parts, shifts, texts,
};

/// A registered step family.
pub use breyta_steps::Family;

/// The families of this runtime, registered by reference so that the linker drops the others.
pub mod families {
    pub use breyta_steps::function::FUNCTION;
    pub use breyta_steps::http::HTTP;
}

/// Rendering of templates: `templates: Some(rt::templates::RENDER)` for flows whose templates hold `{{`.
pub mod templates {
    pub use breyta_steps::templates::{RENDER, RenderFn};
}

/// A big integer literal: `bigint("12345678901234567890")`.
///
/// # Panics
/// When the text is no decimal integer: the compiler writes these texts.
pub fn bigint(digits: &str) -> Value {
    Value::BigInt(integer(digits).into())
}

/// A ratio literal in lowest terms: `ratio("1", "3")`.
///
/// # Panics
/// When a text is no decimal integer or the denominator is zero: the compiler writes these texts.
pub fn ratio(numerator: &str, denominator: &str) -> Value {
    breyta_core::number::ratio_value(breyta_core::number::Ratio::new(
        integer(numerator),
        integer(denominator),
    ))
}

/// A decimal literal as `unscaled * 10^-scale`: `decimal("150", 2)` is `1.50M`.
///
/// # Panics
/// When the text is no decimal integer: the compiler writes these texts.
pub fn decimal(unscaled: &str, scale: i32) -> Value {
    Value::Decimal(breyta_core::number::Decimal { unscaled: integer(unscaled), scale }.into())
}

fn integer(digits: &str) -> BigInt {
    #[expect(clippy::expect_used, reason = "a broken invariant of the compiler, not of any input")]
    digits.parse().expect("number literals of generated code are decimal digits")
}
