//! Ways into the library for compiled code alone: arguments by reference or closures that can be inlined, for the
//! arities and kinds that occur most.
//!
//! Every function here answers exactly what its row of the library answers (conformance holds compiled code against the
//! interpreter, which uses the rows); what is not the common case is handed to the row. Nothing of it is a name of its
//! own: everything that calls library functions as values uses the rows. No fuel is charged for constant work; loops and
//! calls are what costs.

use super::Entry;

pub mod closures;
pub mod integers;
pub mod numbers;
pub mod parts;
pub mod paths;
pub mod predicates;
pub mod texts;

/// A way in.
#[derive(Debug)]
pub struct Direct {
    /// The row that it stands for.
    pub name: &'static str,
    /// For calls with so many arguments.
    pub arity: usize,
    /// Below `breyta_core::library::direct`, `numbers::add`.
    pub path: &'static str,
    pub shape: Shape,
}

/// What a way in gives, and how the compiler may spell it without values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Any value.
    Value,
    /// A part of the first argument, lent when it stands there (`Cow`).
    Part,
    /// A boolean, of any arguments.
    Predicate,
    /// Of integers an integer, by the function of the same name in [`integers`].
    Arithmetic,
    /// A boolean; of integers, a comparison that the compiler spells itself.
    Comparison,
}

macro_rules! direct {
    ($namespace:literal: $($shape:ident $name:literal $arity:literal $module:ident::$code:ident;)*) => {
        &[$(Direct {
            name: concat!($namespace, "/", $name),
            arity: $arity,
            path: concat!(stringify!($module), "::", stringify!($code)),
            shape: Shape::$shape,
        }),*]
    };
}

/// Functions of (budget, references to the arguments).
const BY_REFERENCE: &[Direct] = direct! { "clojure.core":
    Arithmetic "+" 2 numbers::add;
    Arithmetic "-" 2 numbers::subtract;
    Arithmetic "*" 2 numbers::multiply;
    Arithmetic "inc" 1 numbers::inc;
    Arithmetic "dec" 1 numbers::dec;
    Value "quot" 2 numbers::quot;
    Value "rem" 2 numbers::rem;
    Value "mod" 2 numbers::modulo;
    Comparison "<" 2 numbers::less;
    Comparison ">" 2 numbers::greater;
    Comparison "<=" 2 numbers::less_or_equal;
    Comparison ">=" 2 numbers::greater_or_equal;
    Comparison "==" 2 numbers::equivalent;
    Comparison "zero?" 1 numbers::is_zero;
    Comparison "pos?" 1 numbers::is_positive;
    Comparison "neg?" 1 numbers::is_negative;
    Comparison "even?" 1 numbers::is_even;
    Comparison "odd?" 1 numbers::is_odd;
    Comparison "=" 2 predicates::equal;
    Comparison "not=" 2 predicates::not_equal;
    Predicate "not" 1 predicates::not;
    Predicate "nil?" 1 predicates::is_nil;
    Predicate "some?" 1 predicates::is_some;
    Predicate "string?" 1 predicates::is_string;
    Predicate "keyword?" 1 predicates::is_keyword;
    Predicate "map?" 1 predicates::is_map;
    Predicate "vector?" 1 predicates::is_vector;
    Part "get" 2 parts::get;
    Part "get" 3 parts::get_or;
    Part "nth" 2 parts::nth;
    Part "nth" 3 parts::nth_or;
    Part "first" 1 parts::first;
    Value "count" 1 parts::count;
    Value "re-find" 2 texts::re_find;
    Value "re-matches" 2 texts::re_matches;
};

/// The same of strings.
const STRINGS_BY_REFERENCE: &[Direct] = direct! { "clojure.string":
    Value "upper-case" 1 texts::upper_case;
    Value "lower-case" 1 texts::lower_case;
    Value "trim" 1 texts::trim;
    Value "replace" 3 texts::replace;
    Value "split" 2 texts::split;
    Value "join" 2 texts::join;
    Predicate "blank?" 1 texts::is_blank;
    Predicate "starts-with?" 2 texts::starts_with;
    Predicate "ends-with?" 2 texts::ends_with;
    Predicate "includes?" 2 texts::includes;
};

/// A way in with a `fn` form as first argument: functions of (budget, closure, the other arguments by value). The closure
/// is called with values, and last with an element, which may be lent (`Cow`).
#[derive(Debug)]
pub struct WithClosure {
    pub direct: Direct,
    /// How many values the closure is called with.
    pub parameters: usize,
    /// Whether there is one that takes a body of the closure over integers too: `<path>_integers`.
    pub integers: bool,
}

macro_rules! with_closure {
    ($($name:literal $arity:literal $parameters:literal $code:ident $integers:literal;)*) => {
        &[$(WithClosure {
            direct: Direct {
                name: concat!("clojure.core/", $name),
                arity: $arity,
                path: concat!("closures::", stringify!($code)),
                shape: Shape::Value,
            },
            parameters: $parameters,
            integers: $integers,
        }),*]
    };
}

const WITH_CLOSURE: &[WithClosure] = with_closure! {
    "reduce" 3 2 reduce true;
    "mapv" 2 1 mapv false;
    "filterv" 2 1 filterv false;
    "some" 2 1 some false;
    "every?" 2 1 every false;
};

/// The way in by reference of a row, for a number of arguments.
pub fn by_reference(entry: &Entry, arity: usize) -> Option<&'static Direct> {
    BY_REFERENCE.iter().chain(STRINGS_BY_REFERENCE).find(|direct| direct.stands_for(entry, arity))
}

/// The way in with a closure as first argument, for a number of arguments with that one.
pub fn with_closure(entry: &Entry, arity: usize) -> Option<&'static WithClosure> {
    WITH_CLOSURE.iter().find(|with| with.direct.stands_for(entry, arity))
}

impl Direct {
    fn stands_for(&self, entry: &Entry, arity: usize) -> bool {
        self.name == entry.name && self.arity == arity
    }
}
