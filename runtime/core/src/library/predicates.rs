//! Questions about the kind of a value.

use super::rows;
use crate::value::SeqKind;
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
    "clojure.core/map-entry?" is_map_entry Value::Vector(items) if items.is_entry(), "Whether the value is the entry of a map.";
    "clojure.core/list?" is_list Value::List(items) if items.is_list(), "Whether the value is a list.";
    "clojure.core/seq?" is_seq Value::List(_) | Value::Lazy(_), "Whether the value is a list or a sequence.";
    "clojure.core/set?" is_set Value::Set(_), "Whether the value is a set.";
    "clojure.core/coll?" is_coll
        Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_) | Value::Lazy(_),
        "Whether the value is a collection.";
    "clojure.core/sequential?" is_sequential Value::List(_) | Value::Vector(_) | Value::Lazy(_),
        "Whether the value is a vector, list or sequence.";
    "clojure.core/associative?" is_associative Value::Vector(_) | Value::Map(_), "Whether `assoc` takes the value.";
    "clojure.core/counted?" is_counted value if has_count(value),
        "Whether the elements are counted already.";
    "clojure.core/indexed?" is_indexed Value::Vector(_), "Whether `nth` takes no longer for later elements.";
    "clojure.core/seqable?" is_seqable
        Value::Nil | Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_) | Value::Lazy(_) | Value::Str(_)
            | Value::Bytes(_),
        "Whether `seq` takes the value.";
    "clojure.core/bytes?" is_bytes Value::Bytes(_), "Whether the value is a byte array.";
    "clojure.core/uuid?" is_uuid Value::Uuid(_), "Whether the value is a uuid.";
    "clojure.core/inst?" is_inst value if super::identity::instant_millis(value).is_some(), "Whether the value is an instant.";
    "clojure.core/uri?" is_uri Value::Nil if false, "Whether the value is a URI: none is.";
    "clojure.core/record?" is_record Value::Nil if false, "Whether the value is a record: none is.";
    "clojure.core/chunked-seq?" is_chunked_seq Value::List(items) if !items.is_list(),
        "Whether the elements of a sequence were made several at a time.";
    "clojure.core/ident?" is_ident Value::Keyword(_) | Value::Symbol(_), "Whether the value is a keyword or symbol.";
    "clojure.core/simple-ident?" is_simple_ident value @ (Value::Keyword(_) | Value::Symbol(_)) if !is_qualified(value),
        "Whether the value is a keyword or symbol without a namespace.";
    "clojure.core/qualified-ident?" is_qualified_ident value if is_qualified(value),
        "Whether the value is a keyword or symbol with a namespace.";
    "clojure.core/simple-keyword?" is_simple_keyword Value::Keyword(keyword) if keyword.namespace().is_none(),
        "Whether the value is a keyword without a namespace.";
    "clojure.core/qualified-keyword?" is_qualified_keyword Value::Keyword(keyword) if keyword.namespace().is_some(),
        "Whether the value is a keyword with a namespace.";
    "clojure.core/simple-symbol?" is_simple_symbol Value::Symbol(symbol) if symbol.namespace().is_none(),
        "Whether the value is a symbol without a namespace.";
    "clojure.core/qualified-symbol?" is_qualified_symbol Value::Symbol(symbol) if symbol.namespace().is_some(),
        "Whether the value is a symbol with a namespace.";
    "clojure.core/special-symbol?" is_special_symbol
        Value::Symbol(symbol) if SPECIAL_FORMS.contains(&symbol.full()),
        "Whether a symbol names a special form.";
    "clojure.core/ratio?" is_ratio Value::Ratio(_), "Whether the value is a ratio.";
    "clojure.core/decimal?" is_decimal Value::Decimal(_), "Whether the value is a decimal.";
    "clojure.core/rational?" is_rational
        Value::Int(_) | Value::BigInt(_) | Value::Ratio(_) | Value::Decimal(_),
        "Whether the value is an exact number.";
    "clojure.core/pos-int?" is_pos_int Value::Int(int) if *int > 0, "Whether the value is a 64-bit integer above zero.";
    "clojure.core/neg-int?" is_neg_int Value::Int(int) if *int < 0, "Whether the value is a 64-bit integer below zero.";
    "clojure.core/nat-int?" is_nat_int Value::Int(int) if *int >= 0, "Whether the value is a 64-bit integer, zero or above.";
    "clojure.core/any?" is_any _, "True.";
    "clojure.core/ifn?" is_ifn
        Value::Function(_) | Value::Keyword(_) | Value::Symbol(_) | Value::Map(_) | Value::Set(_) | Value::Vector(_),
        "Whether the value can be called.";
    "clojure.core/fn?" is_fn Value::Function(_), "Whether the value is a function.";
    "clojure.core/some?" is_some value if !value.is_nil(), "Whether the value is not nil.";
    "clojure.core/not" not value if !value.is_truthy(), "True for nil and false, false for everything else.";
    "clojure.core/boolean" boolean value if value.is_truthy(), "False for nil and false, true for everything else.";
}

/// Whether the elements are there, or numbers whose count follows from the first and the last.
fn has_count(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_) => true,
        Value::Lazy(seq) => seq.kind() == SeqKind::Range,
        _ => false,
    }
}

/// What a symbol means before anything else, as Clojure's compiler has it.
const SPECIAL_FORMS: [&str; 24] = [
    "&",
    ".",
    "case*",
    "catch",
    "clojure.core/import*",
    "def",
    "deftype*",
    "do",
    "finally",
    "fn*",
    "if",
    "let*",
    "letfn*",
    "loop*",
    "monitor-enter",
    "monitor-exit",
    "new",
    "quote",
    "recur",
    "reify*",
    "set!",
    "throw",
    "try",
    "var",
];

/// Whether the value is a keyword or symbol with a namespace.
fn is_qualified(value: &Value) -> bool {
    match value {
        Value::Keyword(keyword) => keyword.namespace().is_some(),
        Value::Symbol(symbol) => symbol.namespace().is_some(),
        _ => false,
    }
}
