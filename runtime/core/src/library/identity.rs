//! Points in time and 128-bit ids: `inst-ms`, `parse-uuid`.

use super::class::{mismatch, null_pointer};
use super::rows;
use crate::host::Host;
use crate::value::Object;
use crate::{Budget, Thrown, Value};

rows! { identity:
    "clojure.core/inst-ms" inst_ms (Any) -> Integer, "The milliseconds since 1970 of a point in time.";
    "clojure.core/parse-uuid" parse_uuid (String) -> Any, "The uuid that a string writes, or nil.";
}

pub fn inst_ms(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/inst-ms", args.len())) };
    match instant_millis(value) {
        Some(millis) => Ok(Value::Int(millis)),
        // A protocol without an implementation, nil too.
        None => Err(super::class::illegal_argument(format!(
            "inst-ms takes a point in time, not {}",
            value.type_name()
        ))),
    }
}

/// Of an `#inst` or a `java.time.Instant`.
pub(super) fn instant_millis(value: &Value) -> Option<i64> {
    match value {
        Value::Instant(millis) => Some(*millis),
        Value::Object(object) => match object.as_ref() {
            Object::Host(Host::Instant(instant)) => instant.millis().ok(),
            _ => None,
        },
        _ => None,
    }
}

pub fn parse_uuid(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/parse-uuid", args.len())) };
    match value {
        Value::Str(text) => {
            budget.spend(1 + text.len() as u64 / 16)?;
            Ok(uuid_of(text).map(Value::Uuid).unwrap_or_default())
        }
        Value::Nil => Err(null_pointer("parse-uuid", "a string")),
        other => Err(mismatch("parse-uuid", "a string", other)),
    }
}

/// `UUID.fromString`: five groups of hexadecimal digits, each cut to the bits that it stands for. None when the text is
/// anything else.
pub(super) fn uuid_of(text: &str) -> Option<u128> {
    const BITS: [u32; 5] = [32, 16, 16, 16, 48];
    if text.len() > 36 {
        return None;
    }
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != BITS.len() {
        return None;
    }
    groups.into_iter().zip(BITS).try_fold(0u128, |uuid, (group, bits)| {
        if group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        // More than 64 bits are no number for the JVM.
        let digits = u64::from_str_radix(group, 16).ok().filter(|digits| i64::try_from(*digits).is_ok())?;
        Some(uuid << bits | u128::from(digits) & ((1 << bits) - 1))
    })
}
