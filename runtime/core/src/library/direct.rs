//! Ways into the library for compiled code alone: arguments by reference or closures that can be inlined, for the
//! arities and kinds that occur most.
//!
//! Every function here answers exactly what its row of the library answers (a test compares them); what is not the
//! common case is handed to the row. Nothing of it is a name of its own: the interpreter and everything that calls
//! library functions as values uses the rows. No fuel is charged for constant work; loops and calls are what costs.

use super::Entry;

pub mod closures;
pub mod numbers;
pub mod parts;
pub mod predicates;

/// A way in.
#[derive(Debug)]
pub struct Direct {
    /// The row that it stands for.
    pub name: &'static str,
    /// For calls with so many arguments.
    pub arity: usize,
    /// Below `breyta_core::library::direct`, `numbers::add`.
    pub path: &'static str,
}

macro_rules! direct {
    ($($name:literal $arity:literal $module:ident::$code:ident;)*) => {
        &[$(Direct {
            name: concat!("clojure.core/", $name),
            arity: $arity,
            path: concat!(stringify!($module), "::", stringify!($code)),
        }),*]
    };
}

/// Functions of (budget, references to the arguments).
const BY_REFERENCE: &[Direct] = direct! {
    "+" 2 numbers::add;
    "-" 2 numbers::subtract;
    "*" 2 numbers::multiply;
    "inc" 1 numbers::inc;
    "dec" 1 numbers::dec;
    "quot" 2 numbers::quot;
    "rem" 2 numbers::rem;
    "mod" 2 numbers::modulo;
    "<" 2 numbers::less;
    ">" 2 numbers::greater;
    "<=" 2 numbers::less_or_equal;
    ">=" 2 numbers::greater_or_equal;
    "==" 2 numbers::equivalent;
    "zero?" 1 numbers::is_zero;
    "pos?" 1 numbers::is_positive;
    "neg?" 1 numbers::is_negative;
    "even?" 1 numbers::is_even;
    "odd?" 1 numbers::is_odd;
    "=" 2 predicates::equal;
    "not=" 2 predicates::not_equal;
    "not" 1 predicates::not;
    "nil?" 1 predicates::is_nil;
    "some?" 1 predicates::is_some;
    "string?" 1 predicates::is_string;
    "keyword?" 1 predicates::is_keyword;
    "map?" 1 predicates::is_map;
    "vector?" 1 predicates::is_vector;
    "get" 2 parts::get;
    "get" 3 parts::get_or;
    "nth" 2 parts::nth;
    "nth" 3 parts::nth_or;
    "first" 1 parts::first;
    "count" 1 parts::count;
};

/// A way in with a `fn` form as first argument: functions of (budget, closure, the other arguments by value).
#[derive(Debug)]
pub struct WithClosure {
    pub direct: Direct,
    /// How many values the closure is called with.
    pub parameters: usize,
}

macro_rules! with_closure {
    ($($name:literal $arity:literal $parameters:literal $code:ident;)*) => {
        &[$(WithClosure {
            direct: Direct {
                name: concat!("clojure.core/", $name),
                arity: $arity,
                path: concat!("closures::", stringify!($code)),
            },
            parameters: $parameters,
        }),*]
    };
}

const WITH_CLOSURE: &[WithClosure] = with_closure! {
    "reduce" 3 2 reduce;
    "mapv" 2 1 mapv;
    "filterv" 2 1 filterv;
    "some" 2 1 some;
    "every?" 2 1 every;
};

/// The way in by reference of a row, for a number of arguments.
pub fn by_reference(entry: &Entry, arity: usize) -> Option<&'static Direct> {
    BY_REFERENCE.iter().find(|direct| direct.stands_for(entry, arity))
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
