//! Functions of texts that only look at their arguments.

use crate::library::{regexes, strings};
use crate::{Budget, Thrown, Value};

macro_rules! ways_in {
    ($($code:ident ($($parameter:ident),*) $path:path, $doc:literal;)*) => {$(
        #[doc = $doc]
        #[inline]
        pub fn $code(budget: &mut Budget, $($parameter: &Value),*) -> Result<Value, Thrown> {
            $path(budget, $($parameter),*)
        }
    )*};
}

ways_in! {
    upper_case(text) strings::in_upper_case, "`(str/upper-case text)`";
    lower_case(text) strings::in_lower_case, "`(str/lower-case text)`";
    trim(text) strings::without_white, "`(str/trim text)`";
    starts_with(text, part) strings::begins, "`(str/starts-with? text part)`";
    ends_with(text, part) strings::ends, "`(str/ends-with? text part)`";
    includes(text, part) strings::holds, "`(str/includes? text part)`";
    replace(text, pattern, replacement) strings::replaced, "`(str/replace text pattern replacement)`";
    re_find(pattern, text) regexes::find_in, "`(re-find pattern text)`";
    re_matches(pattern, text) regexes::match_whole, "`(re-matches pattern text)`";
}

/// `(str/blank? text)`
#[inline]
pub fn is_blank(_: &mut Budget, text: &Value) -> Result<Value, Thrown> {
    strings::blank(text)
}

/// `(str/split text pattern)`
#[inline]
pub fn split(budget: &mut Budget, text: &Value, pattern: &Value) -> Result<Value, Thrown> {
    regexes::split_at(budget, text, pattern, 0)
}

/// `(str/join separator coll)`
#[inline]
pub fn join(budget: &mut Budget, separator: &Value, coll: &Value) -> Result<Value, Thrown> {
    match coll {
        Value::Vector(items) | Value::List(items) => strings::join_elements(budget, separator, items),
        other => strings::join(budget, &mut [separator.clone(), other.clone()]),
    }
}
