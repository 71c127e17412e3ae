//! Classes as values: `class`, `type`, `instance?`.

use super::super::class::{class_name, mismatch};
use super::super::rows;
use super::host;
use crate::host::Host;
use crate::value::Object;
use crate::{Budget, Thrown, Value};

rows! { classes:
    "clojure.core/class" class (Any) -> Any, "The JVM class that a value would have, nil for nil: for messages and comparisons.";
    "clojure.core/type" type_of (Any) -> Any, "The `:type` of a value's metadata, else its class.";
    "clojure.core/class?" is_class (Any) -> Boolean, "Whether the value is a class.";
    "clojure.core/instance?" is_instance (Any, Any) -> Boolean, "Whether the value is of a class.";
    "breyta.internal/class" named (String) -> Any, "A class by its name.";
}

fn class_value(name: &str) -> Value {
    let known = super::class(name).or_else(|| crate::thrown::qualified_class(name));
    known.map_or(Value::Nil, |name| Host::Class(name).into())
}

pub fn named(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Str(name)] => Ok(class_value(name)),
        _ => Err(Thrown::arity("breyta.internal/class", args.len())),
    }
}

pub fn class(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Nil] => Ok(Value::Nil),
        [value] => Ok(Host::Class(class_name(value)).into()),
        _ => Err(Thrown::arity("clojure.core/class", args.len())),
    }
}

pub fn type_of(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    class(budget, args)
}

pub fn is_class(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [value] => Ok(Value::Bool(matches!(host(value), Some(Host::Class(_))))),
        _ => Err(Thrown::arity("clojure.core/class?", args.len())),
    }
}

pub fn is_instance(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [class, value] = args else { return Err(Thrown::arity("clojure.core/instance?", args.len())) };
    let Some(Host::Class(class)) = host(class) else {
        return Err(mismatch("instance?", "a class", class));
    };
    Ok(Value::Bool(is_a(value, class)))
}

fn is_number(value: &Value) -> bool {
    crate::number::is_number(value)
}

/// Whether a value is of a class or of something that the class stands above.
fn is_a(value: &Value, class: &str) -> bool {
    use Value as V;
    if value.is_nil() {
        return false;
    }
    if class_name(value) == class {
        return true;
    }
    if let V::Error(error) = value {
        return class == "java.lang.Object"
            || class.rsplit('.').next().is_some_and(|short| error.class().is_a(short));
    }
    let sequential = matches!(value, V::List(_) | V::Vector(_) | V::Lazy(_));
    let collection = sequential || matches!(value, V::Map(_) | V::Set(_));
    match class {
        "java.lang.Object" => true,
        "java.lang.Number" => is_number(value),
        "java.lang.CharSequence" => matches!(value, V::Str(_)),
        "java.lang.Comparable" => {
            is_number(value)
                || matches!(
                    value,
                    V::Str(_) | V::Char(_) | V::Bool(_) | V::Keyword(_) | V::Symbol(_) | V::Vector(_)
                )
                || matches!(value, V::Instant(_) | V::Uuid(_))
                || host(value).is_some_and(|host| host.compare(host).is_some())
        }
        "clojure.lang.Named" => matches!(value, V::Keyword(_) | V::Symbol(_)),
        "clojure.lang.IFn" => {
            matches!(value, V::Function(_) | V::Keyword(_) | V::Symbol(_))
                || matches!(value, V::Map(_) | V::Set(_) | V::Vector(_))
        }
        "clojure.lang.IPersistentCollection" | "clojure.lang.Seqable" => collection,
        "clojure.lang.IPersistentMap" | "java.util.Map" => matches!(value, V::Map(_)),
        "clojure.lang.IPersistentSet" | "java.util.Set" => matches!(value, V::Set(_)),
        "clojure.lang.IPersistentVector" | "clojure.lang.PersistentVector" => matches!(value, V::Vector(_)),
        "clojure.lang.ISeq" => matches!(value, V::List(_) | V::Lazy(_)),
        "clojure.lang.LazySeq" => matches!(value, V::Lazy(seq) if seq.is_deferred()),
        "clojure.lang.Sequential" | "java.util.List" => sequential,
        "java.util.Collection" => sequential || matches!(value, V::Set(_)),
        "clojure.lang.Atom" => {
            matches!(value, V::Object(object) if matches!(object.as_ref(), Object::Atom(_)))
        }
        "java.time.ZoneId" => matches!(host(value), Some(Host::Zone(_))),
        _ => false,
    }
}
