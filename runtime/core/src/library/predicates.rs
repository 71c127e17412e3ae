//! Questions about the kind of a value. A list and a realised sequence are one kind with us, so `list?` is true of both.

use super::rows;
use crate::{Budget, Thrown, Value};

/// Declares one function per predicate.
macro_rules! predicates {
    ($($name:literal $code:ident $pattern:pat $(if $guard:expr)?, $doc:literal;)*) => {
        rows! { predicates: $($name $code (Any) -> Boolean, $doc;)* }
        $(
            pub fn $code(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
                let [value] = args else { return Err(Thrown::arity($name, args.len())) };
                Ok(Value::Bool(matches!(value, $pattern $(if $guard)?)))
            }
        )*
    };
}

predicates! {
    "clojure.core/nil?" is_nil Value::Nil, "Whether the value is nil.";
    "clojure.core/true?" is_true Value::Bool(true), "Whether the value is true.";
    "clojure.core/false?" is_false Value::Bool(false), "Whether the value is false.";
    "clojure.core/boolean?" is_boolean Value::Bool(_), "Whether the value is true or false.";
    "clojure.core/string?" is_string Value::Str(_), "Whether the value is a string.";
    "clojure.core/char?" is_char Value::Char(_), "Whether the value is a character.";
    "clojure.core/keyword?" is_keyword Value::Keyword(_), "Whether the value is a keyword.";
    "clojure.core/symbol?" is_symbol Value::Symbol(_), "Whether the value is a symbol.";
    "clojure.core/number?" is_number
        Value::Int(_) | Value::BigInt(_) | Value::Ratio(_) | Value::Decimal(_) | Value::Double(_),
        "Whether the value is a number.";
    "clojure.core/integer?" is_integer Value::Int(_) | Value::BigInt(_), "Whether the value is an integer of any size.";
    "clojure.core/int?" is_int Value::Int(_), "Whether the value is a 64-bit integer.";
    "clojure.core/float?" is_float Value::Double(_), "Whether the value is a double.";
    "clojure.core/double?" is_double Value::Double(_), "Whether the value is a double.";
    "clojure.core/map?" is_map Value::Map(_), "Whether the value is a map.";
    "clojure.core/vector?" is_vector Value::Vector(_), "Whether the value is a vector.";
    "clojure.core/list?" is_list Value::List(_), "Whether the value is a list.";
    "clojure.core/seq?" is_seq Value::List(_), "Whether the value is a list or a sequence.";
    "clojure.core/set?" is_set Value::Set(_), "Whether the value is a set.";
    "clojure.core/coll?" is_coll Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_),
        "Whether the value is a collection.";
    "clojure.core/sequential?" is_sequential Value::List(_) | Value::Vector(_),
        "Whether the value is a vector, list or sequence.";
    "clojure.core/fn?" is_fn Value::Function(_), "Whether the value is a function.";
    "clojure.core/some?" is_some value if !value.is_nil(), "Whether the value is not nil.";
    "clojure.core/not" not value if !value.is_truthy(), "True for nil and false, false for everything else.";
    "clojure.core/boolean" boolean value if value.is_truthy(), "False for nil and false, true for everything else.";
}
