//! `breyta.sandbox`: encodings, digests, ids and points in time. What goes in is a string or bytes; points in time are
//! `#inst` values, which may be stored, or `java.time.Instant`.

use std::fmt::Write as _;

use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use super::class::{illegal_argument, mismatch};
use super::identity::uuid_of;
use super::java::codecs::{decoded, encoded, named_uuid};
use super::rows;
use crate::calendar::MILLIS_PER_DAY;
use crate::host::local::Instant;
use crate::host::pattern::Formatter;
use crate::host::zone::Zone;
use crate::host::{Base64, Host};
use crate::{Budget, Thrown, Value, lexer};

rows! { sandbox:
    "breyta.sandbox/base64-encode" base64_encode (Any) -> String, "A string or bytes as Base64.";
    "breyta.sandbox/base64-decode" base64_decode (Any) -> String, "The string that Base64 stands for.";
    "breyta.sandbox/base64-decode-bytes" base64_decode_bytes (Any) -> Any, "The bytes that Base64 stands for.";
    "breyta.sandbox/hex-encode" hex_encode (Any) -> String, "A string or bytes in hexadecimal.";
    "breyta.sandbox/hex-decode" hex_decode (Any) -> String, "The string that hexadecimal digits stand for.";
    "breyta.sandbox/hex-decode-bytes" hex_decode_bytes (Any) -> Any, "The bytes that hexadecimal digits stand for.";
    "breyta.sandbox/sha256-hex" sha256_hex (Any) -> String, "The SHA-256 of a string or bytes, in hexadecimal.";
    "breyta.sandbox/hmac-sha256-hex" hmac_sha256_hex (Any, Any) -> String, "The HMAC-SHA-256 of a value with a key, in hexadecimal: key first.";
    "breyta.sandbox/uuid-from" uuid_from (String) -> Any, "The uuid that a string writes, else the uuid of it as a name (version 3).";
    "breyta.sandbox/uuid-from-bytes" uuid_from_bytes (Any) -> Any, "The uuid of bytes as a name (version 3).";
    "breyta.sandbox/parse-instant" parse_instant (String) -> Any, "The point in time that an ISO text writes.";
    "breyta.sandbox/format-instant" format_instant (Any) -> String, "A point in time as ISO text in UTC.";
    "breyta.sandbox/format-instant-pattern" format_instant_pattern (Any, String) -> String, "A point in time in UTC as a pattern such as `yyyy-MM-dd` says.";
    "breyta.sandbox/instant->epoch-ms" to_epoch_ms (Any) -> Integer, "The milliseconds since 1970 of a point in time.";
    "breyta.sandbox/epoch-ms->instant" from_epoch_ms (Integer) -> Any, "The point in time of the milliseconds since 1970.";
    "breyta.sandbox/duration-between" duration_between (Any, Any) -> Integer, "The milliseconds from one point in time to another.";
    "breyta.sandbox/truncate-instant" truncate_instant (Any, Keyword) -> Any, "A point in time cut to :seconds, :minutes, :hours or :days.";
    "breyta.sandbox/instant-plus" instant_plus (Any, Integer, Keyword) -> Any, "A point in time later by :millis, :seconds, :minutes, :hours or :days.";
    "breyta.sandbox/instant-minus" instant_minus (Any, Integer, Keyword) -> Any, "A point in time earlier by :millis, :seconds, :minutes, :hours or :days.";
    "breyta.sandbox/url-encode" url_encode (String) -> String, "A string as it stands in the query of a URL.";
    "breyta.sandbox/url-decode" url_decode (String) -> String, "The string that a part of the query of a URL stands for.";
}

const CODER: Base64 = Base64 { decoder: false, url_safe: false, padded: true, mime: false };

/// The bytes of a string or byte array, charged.
fn bytes<'v>(budget: &mut Budget, what: &str, value: &'v Value) -> Result<&'v [u8], Thrown> {
    let bytes = match value {
        Value::Str(text) => text.as_bytes(),
        Value::Bytes(bytes) => bytes,
        other => return Err(mismatch(what, "a string or bytes", other)),
    };
    budget.spend(1 + bytes.len() as u64 / 8)?;
    budget.charge_bytes(bytes.len() as u64 * 2)?;
    Ok(bytes)
}

fn one<'v>(budget: &mut Budget, what: &str, args: &'v [Value]) -> Result<&'v [u8], Thrown> {
    match args {
        [value] => bytes(budget, what, value),
        _ => Err(Thrown::arity(what, args.len())),
    }
}

fn text_of(bytes: Vec<u8>) -> Result<Value, Thrown> {
    String::from_utf8(bytes).map(Value::string).map_err(|_| illegal_argument("the bytes are no UTF-8 text"))
}

fn hex(bytes: &[u8]) -> Value {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Value::string(text)
}

pub fn base64_encode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let bytes = one(budget, "base64-encode", args)?;
    encoded(budget, CODER, bytes).map(Value::string)
}

pub fn base64_decode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let bytes = one(budget, "base64-decode", args)?;
    text_of(decoded(budget, CODER, bytes)?)
}

pub fn base64_decode_bytes(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let bytes = one(budget, "base64-decode-bytes", args)?;
    Ok(Value::Bytes(decoded(budget, CODER, bytes)?.into()))
}

pub fn hex_encode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(hex(one(budget, "hex-encode", args)?))
}

fn unhex(text: &[u8]) -> Result<Vec<u8>, Thrown> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.chunks(2)
        .map(|chunk| {
            pair(chunk).ok_or_else(|| illegal_argument("hexadecimal text has two digits for each byte"))
        })
        .collect()
}

pub fn hex_decode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    text_of(unhex(one(budget, "hex-decode", args)?)?)
}

pub fn hex_decode_bytes(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Bytes(unhex(one(budget, "hex-decode-bytes", args)?)?.into()))
}

pub fn sha256_hex(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(hex(&Sha256::digest(one(budget, "sha256-hex", args)?)))
}

pub fn hmac_sha256_hex(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [key, value] = args else { return Err(Thrown::arity("hmac-sha256-hex", args.len())) };
    let (key, value) = (bytes(budget, "hmac-sha256-hex", key)?, bytes(budget, "hmac-sha256-hex", value)?);
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).map_err(|_| illegal_argument("the key cannot be used"))?;
    mac.update(value);
    Ok(hex(&mac.finalize().into_bytes()))
}

pub fn uuid_from(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if let [Value::Str(text)] = &*args
        && let Some(uuid) = uuid_of(text)
    {
        return Ok(Value::Uuid(uuid));
    }
    Ok(Value::Uuid(named_uuid(one(budget, "uuid-from", args)?)))
}

pub fn uuid_from_bytes(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Uuid(named_uuid(one(budget, "uuid-from-bytes", args)?)))
}

/// The milliseconds of a point in time.
fn millis(what: &str, value: &Value) -> Result<i64, Thrown> {
    super::identity::instant_millis(value).ok_or_else(|| mismatch(what, "a point in time", value))
}

pub fn parse_instant(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match &*args {
        [Value::Str(text)] => lexer::parse_instant(text).map(Value::Instant).ok_or_else(|| {
            illegal_argument(format!("{text:?} is no point in time such as 2024-05-01T12:00:00Z"))
        }),
        [other] => Err(mismatch("parse-instant", "a string", other)),
        _ => Err(Thrown::arity("parse-instant", args.len())),
    }
}

pub fn format_instant(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("format-instant", args.len())) };
    Ok(Value::string(Instant::from_millis(millis("format-instant", value)?).to_string()))
}

pub fn format_instant_pattern(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value, pattern] = args else { return Err(Thrown::arity("format-instant-pattern", args.len())) };
    let Value::Str(pattern) = pattern else {
        return Err(mismatch("format-instant-pattern", "a pattern as string", pattern));
    };
    budget.spend(1 + pattern.len() as u64)?;
    budget.charge(pattern.len())?;
    let mut formatter = Formatter::of_pattern(pattern)?;
    formatter.zone = Some(Zone::UTC);
    let instant = Instant::from_millis(millis("format-instant-pattern", value)?);
    formatter.print(&Host::Instant(instant)).map(Value::string)
}

pub fn to_epoch_ms(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("instant->epoch-ms", args.len())) };
    millis("instant->epoch-ms", value).map(Value::Int)
}

pub fn from_epoch_ms(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match &*args {
        [Value::Int(millis)] => Ok(Value::Instant(*millis)),
        [other] => Err(mismatch("epoch-ms->instant", "an integer", other)),
        _ => Err(Thrown::arity("epoch-ms->instant", args.len())),
    }
}

pub fn duration_between(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [from, to] = args else { return Err(Thrown::arity("duration-between", args.len())) };
    let difference = millis("duration-between", to)?.checked_sub(millis("duration-between", from)?);
    difference.map(Value::Int).ok_or_else(crate::host::overflow)
}

/// The milliseconds of a unit.
fn unit(what: &str, value: &Value) -> Result<i64, Thrown> {
    let name = value.as_name().unwrap_or_default();
    Ok(match name {
        "millis" => 1,
        "seconds" => 1000,
        "minutes" => 60_000,
        "hours" => 3_600_000,
        "days" => MILLIS_PER_DAY,
        _ => {
            let known = ":millis, :seconds, :minutes, :hours or :days";
            return Err(illegal_argument(format!("{what} takes one of {known} as unit")));
        }
    })
}

pub fn truncate_instant(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value, by] = args else { return Err(Thrown::arity("truncate-instant", args.len())) };
    let (millis, unit) = (millis("truncate-instant", value)?, unit("truncate-instant", by)?);
    millis.div_euclid(unit).checked_mul(unit).map(Value::Instant).ok_or_else(crate::host::overflow)
}

fn moved(what: &str, args: &[Value], sign: i64) -> Result<Value, Thrown> {
    let [value, amount, by] = args else { return Err(Thrown::arity(what, args.len())) };
    let Value::Int(amount) = amount else { return Err(mismatch(what, "an integer as amount", amount)) };
    let (millis, unit) = (millis(what, value)?, unit(what, by)?);
    amount
        .checked_mul(sign)
        .and_then(|amount| amount.checked_mul(unit))
        .and_then(|amount| millis.checked_add(amount))
        .map(Value::Instant)
        .ok_or_else(crate::host::overflow)
}

pub fn instant_plus(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    moved("instant-plus", args, 1)
}

pub fn instant_minus(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    moved("instant-minus", args, -1)
}

/// As `java.net.URLEncoder`: a space is a plus.
pub fn url_encode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let bytes = one(budget, "url-encode", args)?;
    budget.charge_bytes(bytes.len() as u64 * 3)?;
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                text.push(char::from(*byte));
            }
            b' ' => text.push('+'),
            // Writing to a String cannot fail.
            other => drop(write!(text, "%{other:02X}")),
        }
    }
    Ok(Value::string(text))
}

pub fn url_decode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let mut rest = one(budget, "url-decode", args)?;
    let mut out = Vec::with_capacity(rest.len());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => out.push(b' '),
            b'%' => {
                let (digits, after) = after
                    .split_at_checked(2)
                    .ok_or_else(|| illegal_argument("a `%` of a URL has two hexadecimal digits behind it"))?;
                out.extend(unhex(digits)?);
                rest = after;
            }
            other => out.push(*other),
        }
    }
    text_of(out)
}
