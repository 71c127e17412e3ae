//! The table of library functions: what a name means, how it may be called, which types go in and come out.
//!
//! One row per function. The compiler resolves names and checks calls with it; generated code calls the
//! implementation by its Rust path ([`Entry::path`] under `rt::`), so that the linker drops what a flow does not use.
//! Special forms and macros are not here: they are the compiler's (`resolve`).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::value::Native;

pub mod bits;
pub mod breyta;
pub mod collections;
pub mod compare;
pub mod conversions;
pub mod direct;
pub mod errors;
pub mod format;
pub mod functions;
pub mod hashes;
pub mod identity;
pub mod java;
pub mod maps;
pub mod math;
pub mod metadata;
pub mod planned;
pub mod predicates;
pub mod printing;
pub mod reading;
pub mod references;
pub mod regexes;
pub mod relations;
pub mod sandbox;
pub mod sequences;
pub mod sets;
pub mod sorted;
pub mod strings;
pub mod text;
pub mod transducers;
pub mod transforms;
pub mod transients;
pub mod walk;

/// Calling values.
pub mod internal;

pub mod invoke;
/// What the helpers of time and polls become.
pub mod pauses;

mod class;
pub(crate) mod elements;
mod lookup;

/// A type in a signature. `Any` accepts everything and is never an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ty {
    Any,
    Nil,
    Boolean,
    Integer,
    Number,
    Char,
    String,
    Keyword,
    Symbol,
    /// A function, or anything callable: keyword, map, set, vector.
    Callable,
    Vector,
    List,
    Map,
    Set,
    Sequential,
    Collection,
    /// What `seq` accepts: a collection, a string or nil.
    Seqable,
    /// What an associative operation accepts: map, vector or nil.
    Associative,
    Regex,
    /// `Nilable(&T)`: nil or T.
    Nilable(&'static Ty),
}

impl Ty {
    /// Whether its values hold no others: there is nothing in them that could be changed in place.
    pub fn is_scalar(&self) -> bool {
        match self {
            Self::Nilable(of) => of.is_scalar(),
            Self::Nil
            | Self::Boolean
            | Self::Integer
            | Self::Number
            | Self::Char
            | Self::String
            | Self::Keyword
            | Self::Symbol
            | Self::Regex => true,
            Self::Any
            | Self::Callable
            | Self::Vector
            | Self::List
            | Self::Map
            | Self::Set
            | Self::Sequential
            | Self::Collection
            | Self::Seqable
            | Self::Associative => false,
        }
    }
}

/// One function of the library.
#[derive(Debug)]
pub struct Entry {
    /// Qualified Clojure name, `clojure.core/count`.
    pub name: &'static str,
    /// Where the implementation stands below `breyta_core::library`, `sequences::count`.
    pub path: &'static str,
    /// Types of the fixed parameters, the longest arity.
    pub parameters: &'static [Ty],
    /// How many of the parameters must be given.
    pub required: usize,
    /// Type of each further argument of a variadic function.
    pub rest: Option<Ty>,
    pub returns: Ty,
    /// One sentence, for the generated reference and for messages.
    pub doc: &'static str,
    pub code: Native,
}

impl Entry {
    /// Whether a call with `count` arguments fits.
    pub fn accepts(&self, count: usize) -> bool {
        count >= self.required && (self.rest.is_some() || count <= self.parameters.len())
    }

    /// The namespace part, `clojure.core`.
    pub fn namespace(&self) -> &'static str {
        self.name.split_once('/').map_or(self.name, |(namespace, _)| namespace)
    }

    /// The part after the namespace; `/` itself is `clojure.core//`.
    pub fn short_name(&self) -> &'static str {
        self.name.split_once('/').map_or(self.name, |(_, name)| name)
    }
}

/// Declares the rows of one module: a constant `ENTRIES`.
///
/// ```text
/// rows! { sequences:
///     "clojure.core/count" count (Seqable) -> Integer, "The number of elements.";
///     "clojure.core/get" get (Any, Any; Any) -> Any, "…";          // after `;`: optional parameters
///     "clojure.core/str" str ( => & Any) -> String, "…";          // after `=> &`: the rest
/// }
/// ```
macro_rules! rows {
    ($module:path: $($name:literal $code:ident ($($required:expr),* $(; $($optional:expr),*)? $(=> & $rest:expr)?) -> $returns:expr, $doc:literal;)*) => {
        #[allow(unused_imports, reason = "a module need not use every type")]
        pub(in $crate::library) const ENTRIES: &[$crate::library::Entry] = {
            use $crate::library::Ty::*;
            &[$($crate::library::Entry {
                name: $name,
                path: concat!(stringify!($module), "::", stringify!($code)),
                parameters: &[$($required,)* $($($optional,)*)?],
                required: <[$crate::library::Ty]>::len(&[$($required),*]),
                rest: $crate::library::rest_type!($($rest)?),
                returns: $returns,
                doc: $doc,
                code: $code,
            }),*]
        };
    };
}
macro_rules! rest_type {
    () => {
        None
    };
    ($value:expr) => {
        Some($value)
    };
}
pub(crate) use {rest_type, rows};

/// Every module's rows. Sorted use: go through [`entries`].
const MODULES: &[&[Entry]] = &[
    bits::ENTRIES,
    breyta::ENTRIES,
    collections::ENTRIES,
    compare::ENTRIES,
    conversions::ENTRIES,
    errors::ENTRIES,
    format::ENTRIES,
    functions::ENTRIES,
    hashes::ENTRIES,
    identity::ENTRIES,
    java::arithmetic::ENTRIES,
    java::boxes::ENTRIES,
    java::classes::ENTRIES,
    java::codecs::ENTRIES,
    java::dates::ENTRIES,
    java::decimals::ENTRIES,
    java::methods::ENTRIES,
    java::parts::ENTRIES,
    java::shifts::ENTRIES,
    java::texts::ENTRIES,
    maps::ENTRIES,
    math::ENTRIES,
    metadata::ENTRIES,
    predicates::ENTRIES,
    printing::ENTRIES,
    reading::ENTRIES,
    references::ENTRIES,
    relations::ENTRIES,
    regexes::ENTRIES,
    sandbox::ENTRIES,
    sequences::access::ENTRIES,
    sequences::generators::ENTRIES,
    sequences::groups::ENTRIES,
    sequences::joins::ENTRIES,
    sequences::slices::ENTRIES,
    sets::ENTRIES,
    sorted::ENTRIES,
    strings::ENTRIES,
    text::ENTRIES,
    transducers::runs::ENTRIES,
    transforms::folds::ENTRIES,
    transforms::mapping::ENTRIES,
    transforms::sorting::ENTRIES,
    transients::ENTRIES,
    walk::ENTRIES,
    internal::ENTRIES,
    pauses::ENTRIES,
];

/// All rows, module by module.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    MODULES.iter().flat_map(|rows| rows.iter())
}

/// The row of a qualified name.
pub fn lookup(qualified: &str) -> Option<&'static Entry> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Entry>> =
        LazyLock::new(|| entries().map(|entry| (entry.name, entry)).collect());
    BY_NAME.get(qualified).copied()
}

#[cfg(test)]
mod tests;
