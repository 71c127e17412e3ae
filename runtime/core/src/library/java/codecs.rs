//! `UUID` and `Base64`.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine as _};
use md5::{Digest as _, Md5};

use super::super::class::{illegal_argument, mismatch};
use super::super::identity::uuid_of;
use super::super::rows;
use super::{host, integer, no_method, string};
use crate::host::{Base64, Host};
use crate::{Budget, Thrown, Value};

rows! { codecs:
    "java.util.UUID/fromString" from_string (String) -> Any, "The uuid that a string writes.";
    "java.util.UUID/nameUUIDFromBytes" from_name (Any) -> Any, "The uuid of a name: the MD5 of its bytes, version 3.";
    "java.util.UUID/new" from_halves (Integer, Integer) -> Any, "A uuid of its two halves.";
    "breyta.method/getMostSignificantBits" high_bits (Any) -> Integer, "The first half of a uuid.";
    "breyta.method/getLeastSignificantBits" low_bits (Any) -> Integer, "The second half of a uuid.";
    "breyta.method/version" version (Any) -> Integer, "The version of a uuid.";
    "java.util.Base64/getEncoder" encoder () -> Any, "An encoder of Base64.";
    "java.util.Base64/getUrlEncoder" url_encoder () -> Any, "An encoder of the Base64 that may stand in URLs.";
    "java.util.Base64/getMimeEncoder" mime_encoder () -> Any, "An encoder of Base64 in lines of 76.";
    "java.util.Base64/getDecoder" decoder () -> Any, "A decoder of Base64.";
    "java.util.Base64/getUrlDecoder" url_decoder () -> Any, "A decoder of the Base64 that may stand in URLs.";
    "java.util.Base64/getMimeDecoder" mime_decoder () -> Any, "A decoder of Base64 that skips line ends.";
    "breyta.method/withoutPadding" without_padding (Any) -> Any, "An encoder of Base64 without `=` at the end.";
    "breyta.method/encodeToString" encode_to_string (Any, Any) -> String, "Bytes as Base64 text.";
    "breyta.method/encode" encode (Any, Any) -> Any, "Bytes as the bytes of Base64 text.";
    "breyta.method/decode" decode (Any, Any) -> Any, "The bytes of Base64 text.";
}

pub fn from_string(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [text] = args else { return Err(Thrown::arity("UUID/fromString", args.len())) };
    let text = string("UUID/fromString", text)?;
    uuid_of(text).map(Value::Uuid).ok_or_else(|| {
        if text.len() > 36 {
            illegal_argument("UUID string too large")
        } else {
            illegal_argument(format!("Invalid UUID string: {text}"))
        }
    })
}

/// The uuid of version 3 whose name is the bytes.
pub(in super::super) fn named_uuid(name: &[u8]) -> u128 {
    let digest: [u8; 16] = Md5::digest(name).into();
    let bits = u128::from_be_bytes(digest);
    bits & !(0xf << 76) & !(0x3 << 62) | 0x3 << 76 | 0x2 << 62
}

pub fn from_name(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    match args {
        [Value::Bytes(bytes)] => {
            budget.spend(1 + bytes.len() as u64 / 8)?;
            Ok(Value::Uuid(named_uuid(bytes)))
        }
        [other] => Err(mismatch("UUID/nameUUIDFromBytes", "bytes", other)),
        _ => Err(Thrown::arity("UUID/nameUUIDFromBytes", args.len())),
    }
}

pub fn from_halves(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [high, low] = args else { return Err(Thrown::arity("UUID.", args.len())) };
    let half = |value| integer("UUID.", value).map(|half| u128::from(half as u64));
    Ok(Value::Uuid(half(high)? << 64 | half(low)?))
}

fn uuid(name: &str, args: &[Value]) -> Result<u128, Thrown> {
    match args {
        [Value::Uuid(bits)] => Ok(*bits),
        [other] => Err(no_method(name, other)),
        _ => Err(Thrown::arity(name, args.len())),
    }
}

pub fn high_bits(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int((uuid("getMostSignificantBits", args)? >> 64) as i64))
}

pub fn low_bits(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int(uuid("getLeastSignificantBits", args)? as i64))
}

pub fn version(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    Ok(Value::Int((uuid("version", args)? >> 76 & 0xf) as i64))
}

const ENCODER: Base64 = Base64 { decoder: false, url_safe: false, padded: true, mime: false };

fn coder(args: &[Value], coder: Base64) -> Result<Value, Thrown> {
    if args.is_empty() { Ok(Host::Base64(coder).into()) } else { Err(Thrown::arity("Base64", args.len())) }
}

pub fn encoder(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    coder(args, ENCODER)
}

pub fn url_encoder(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    coder(args, Base64 { url_safe: true, ..ENCODER })
}

pub fn mime_encoder(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    coder(args, Base64 { mime: true, ..ENCODER })
}

pub fn decoder(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    coder(args, Base64 { decoder: true, ..ENCODER })
}

pub fn url_decoder(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    coder(args, Base64 { decoder: true, url_safe: true, ..ENCODER })
}

pub fn mime_decoder(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    coder(args, Base64 { decoder: true, mime: true, ..ENCODER })
}

/// The coder that the receiver is, and what follows it.
fn receiver<'v>(name: &str, decodes: bool, args: &'v [Value]) -> Result<(Base64, &'v [Value]), Thrown> {
    let Some((receiver, rest)) = args.split_first() else { return Err(Thrown::arity(name, 0)) };
    match host(receiver) {
        Some(Host::Base64(coder)) if coder.decoder == decodes => Ok((*coder, rest)),
        _ => Err(no_method(name, receiver)),
    }
}

pub fn without_padding(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (coder, _) = receiver("withoutPadding", false, args)?;
    Ok(Host::Base64(Base64 { padded: false, ..coder }).into())
}

fn engine(coder: Base64) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_encode_padding(coder.padded)
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(if coder.url_safe { &alphabet::URL_SAFE } else { &alphabet::STANDARD }, config)
}

/// Bytes as text of an alphabet.
pub(in super::super) fn encoded(budget: &mut Budget, coder: Base64, bytes: &[u8]) -> Result<String, Thrown> {
    budget.spend(1 + bytes.len() as u64 / 8)?;
    budget.charge_bytes(bytes.len() as u64 * 3 / 2)?;
    let text = engine(coder).encode(bytes);
    if !coder.mime {
        return Ok(text);
    }
    let lines: Vec<&str> =
        (0..text.len()).step_by(76).filter_map(|at| text.get(at..(at + 76).min(text.len()))).collect();
    Ok(lines.join("\r\n"))
}

/// The bytes of a text in an alphabet.
pub(in super::super) fn decoded(budget: &mut Budget, coder: Base64, text: &[u8]) -> Result<Vec<u8>, Thrown> {
    budget.spend(1 + text.len() as u64 / 8)?;
    budget.charge_bytes(text.len() as u64 * 2)?;
    let skipped: Vec<u8>;
    let text = if coder.mime {
        let kept = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        skipped = text.iter().copied().filter(kept).collect();
        &skipped
    } else {
        text
    };
    engine(coder).decode(text).map_err(|error| match error {
        DecodeError::InvalidByte(_, byte) => illegal_argument(format!("Illegal base64 character {byte:x}")),
        other => illegal_argument(format!("not Base64: {other}")),
    })
}

pub fn encode_to_string(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (coder, rest) = receiver("encodeToString", false, args)?;
    match rest {
        [Value::Bytes(bytes)] => encoded(budget, coder, bytes).map(Value::string),
        [other] => Err(mismatch("encodeToString", "bytes, as `.getBytes` gives them", other)),
        _ => Err(Thrown::arity("encodeToString", args.len())),
    }
}

pub fn encode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (coder, rest) = receiver("encode", false, args)?;
    match rest {
        [Value::Bytes(bytes)] => Ok(Value::Bytes(encoded(budget, coder, bytes)?.into_bytes().into())),
        [other] => Err(mismatch("encode", "bytes, as `.getBytes` gives them", other)),
        _ => Err(Thrown::arity("encode", args.len())),
    }
}

pub fn decode(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (coder, rest) = receiver("decode", true, args)?;
    let bytes = match rest {
        [Value::Bytes(bytes)] => decoded(budget, coder, bytes)?,
        [Value::Str(text)] => decoded(budget, coder, text.as_bytes())?,
        [other] => return Err(mismatch("decode", "a string or bytes", other)),
        _ => return Err(Thrown::arity("decode", args.len())),
    };
    Ok(Value::Bytes(bytes.into()))
}
