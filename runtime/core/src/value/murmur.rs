//! What `hash` answers: the numbers of Clojure on the JVM, with Murmur3 over strings, integers and collections.
//!
//! Not the hash of our own tables, which is in `equality`.

use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

use super::{DEPTH_MAX, Value, realize};
use crate::number::Decimal;
use crate::{Budget, Thrown};

/// `(hash value)`. What Clojure hashes by identity (functions, patterns, atoms) has one hash for each kind.
///
/// # Errors
/// `sandbox-depth` when the value nests too deeply.
pub fn hash(budget: &mut Budget, value: &Value) -> Result<i32, Thrown> {
    nested(budget, value, 0)
}

fn nested(budget: &mut Budget, value: &Value, depth: usize) -> Result<i32, Thrown> {
    budget.spend(1)?;
    if depth > DEPTH_MAX {
        return Err(Thrown::limit("sandbox-depth", "`hash` of a value that nests too deeply"));
    }
    Ok(match value {
        Value::Nil => 0,
        Value::Bool(bool) => {
            if *bool {
                1231
            } else {
                1237
            }
        }
        Value::Int(int) => long(*int),
        Value::BigInt(int) => int.to_i64().map_or_else(|| big_integer(int), long),
        Value::Ratio(ratio) => big_integer(ratio.numer()) ^ big_integer(ratio.denom()),
        Value::Decimal(decimal) => big_decimal(decimal),
        Value::Double(double) if *double == 0.0 => 0,
        Value::Double(double) => halves(double_bits(*double)),
        Value::Char(unit) => i32::from(*unit),
        Value::Str(text) => {
            budget.spend(text.len() as u64 / 8)?;
            int(java_string(text))
        }
        Value::Keyword(keyword) => {
            name(keyword.namespace(), keyword.name()).wrapping_add(0x9e37_79b9_u32.cast_signed())
        }
        Value::Symbol(symbol) => name(symbol.namespace(), symbol.name()),
        Value::List(items) | Value::Vector(items) => {
            let mut hash = 1i32;
            for item in items {
                hash = hash.wrapping_mul(31).wrapping_add(nested(budget, item, depth + 1)?);
            }
            mix_collection(hash, items.len())
        }
        Value::Lazy(_) => {
            let made = realize(budget, value.clone())?;
            nested(budget, &made, depth)?
        }
        Value::Map(map) => {
            let mut sum = 0i32;
            for (key, value) in map {
                let pair = 31i32.wrapping_add(nested(budget, key, depth + 1)?);
                let pair = pair.wrapping_mul(31).wrapping_add(nested(budget, value, depth + 1)?);
                sum = sum.wrapping_add(mix_collection(pair, 2));
            }
            mix_collection(sum, map.len())
        }
        Value::Set(members) => {
            let mut sum = 0i32;
            for member in members {
                sum = sum.wrapping_add(nested(budget, member, depth + 1)?);
            }
            mix_collection(sum, members.len())
        }
        Value::Instant(millis) => halves(*millis as u64),
        Value::Uuid(uuid) => halves((uuid >> 64) as u64 ^ *uuid as u64),
        Value::Bytes(_) | Value::Regex(_) | Value::Function(_) | Value::Object(_) | Value::Error(_) => {
            int(java_string(value.type_name()))
        }
    })
}

/// `Object.hashCode` of 64 bits: both halves.
fn halves(bits: u64) -> i32 {
    ((bits >> 32) as u32 ^ bits as u32).cast_signed()
}

/// All NaNs are one on the JVM.
fn double_bits(double: f64) -> u64 {
    if double.is_nan() { 0x7ff8_0000_0000_0000 } else { double.to_bits() }
}

/// `String.hashCode`.
fn java_string(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

/// `BigInteger.hashCode`.
fn big_integer(number: &BigInt) -> i32 {
    let words = number.magnitude().to_u32_digits();
    let magnitude =
        words.iter().rev().fold(0i32, |hash, word| hash.wrapping_mul(31).wrapping_add(word.cast_signed()));
    if number.sign() == Sign::Minus { magnitude.wrapping_neg() } else { magnitude }
}

/// `BigDecimal.hashCode` without trailing zeros, so that equal decimals hash alike.
fn big_decimal(decimal: &Decimal) -> i32 {
    let (unscaled, scale) = decimal.stripped();
    big_integer(&unscaled).wrapping_mul(31).wrapping_add(scale as i32)
}

/// `Util.hashCombine` of name and namespace, as symbols hash.
fn name(namespace: Option<&str>, name: &str) -> i32 {
    let seed = characters(name).cast_unsigned();
    let other = namespace.map_or(0, java_string).cast_unsigned();
    // Java shifts the signed seed.
    let right = (seed.cast_signed() >> 2).cast_unsigned();
    (seed ^ other.wrapping_add(0x9e37_79b9).wrapping_add(seed << 6).wrapping_add(right)).cast_signed()
}

fn mix_k(k: u32) -> u32 {
    k.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593)
}

fn mix_h(h: u32, k: u32) -> u32 {
    (h ^ k).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

fn finish(h: u32, len: u32) -> i32 {
    let mut h = h ^ len;
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    (h ^ (h >> 16)).cast_signed()
}

fn int(number: i32) -> i32 {
    if number == 0 { 0 } else { finish(mix_h(0, mix_k(number.cast_unsigned())), 4) }
}

fn long(number: i64) -> i32 {
    if number == 0 {
        return 0;
    }
    let bits = number.cast_unsigned();
    let low = mix_h(0, mix_k(bits as u32));
    finish(mix_h(low, mix_k((bits >> 32) as u32)), 8)
}

/// Murmur3 over UTF-16 units, two at a time.
fn characters(text: &str) -> i32 {
    let units: Vec<u16> = text.encode_utf16().collect();
    let mut h = 0;
    let mut pairs = units.chunks_exact(2);
    for pair in &mut pairs {
        if let [low, high] = pair {
            h = mix_h(h, mix_k(u32::from(*low) | u32::from(*high) << 16));
        }
    }
    if let [last] = pairs.remainder() {
        h ^= mix_k(u32::from(*last));
    }
    finish(h, 2 * units.len() as u32)
}

/// `(mix-collection-hash hash count)`
pub fn mix_collection(hash: i32, count: usize) -> i32 {
    finish(mix_h(0, mix_k(hash.cast_unsigned())), count as u32)
}
