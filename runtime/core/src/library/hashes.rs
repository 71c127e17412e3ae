//! `hash` and what it is made of.

use super::class::mismatch;
use super::elements::Walk;
use super::rows;
use crate::value::murmur;
use crate::{Budget, Thrown, Value};

rows! { hashes:
    "clojure.core/hash" hash (Any) -> Integer, "The hash of a value, the same as on the JVM; equal values have equal ones.";
    "clojure.core/mix-collection-hash" mix_collection_hash (Integer, Integer) -> Integer,
        "The hash of a collection from that of its elements and their count.";
    "clojure.core/hash-ordered-coll" hash_ordered_coll (Seqable) -> Integer, "The hash of a sequence with these elements.";
    "clojure.core/hash-unordered-coll" hash_unordered_coll (Seqable) -> Integer, "The hash of a set with these elements.";
}

pub fn hash(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [value] = args else { return Err(Thrown::arity("clojure.core/hash", args.len())) };
    Ok(Value::Int(murmur::hash(budget, value)?.into()))
}

pub fn mix_collection_hash(_: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let (hash, count) = match args {
        [Value::Int(hash), Value::Int(count)] => (*hash, *count),
        [other, _] => return Err(mismatch("mix-collection-hash", "integers", other)),
        _ => return Err(Thrown::arity("clojure.core/mix-collection-hash", args.len())),
    };
    Ok(Value::Int(murmur::mix_collection(hash as i32, count as usize).into()))
}

/// The elements' hashes put together, and how many they are.
fn folded(
    budget: &mut Budget,
    what: &str,
    args: &mut [Value],
    start: i32,
    fold: fn(i32, i32) -> i32,
) -> Result<Value, Thrown> {
    let [coll] = args else { return Err(Thrown::arity(what, args.len())) };
    let mut items = Walk::over(std::mem::take(coll));
    let (mut sum, mut count) = (start, 0);
    while let Some(item) = items.next(budget)? {
        sum = fold(sum, murmur::hash(budget, &item)?);
        count += 1;
    }
    Ok(Value::Int(murmur::mix_collection(sum, count).into()))
}

pub fn hash_ordered_coll(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    folded(budget, "clojure.core/hash-ordered-coll", args, 1, |sum, hash| {
        sum.wrapping_mul(31).wrapping_add(hash)
    })
}

pub fn hash_unordered_coll(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    folded(budget, "clojure.core/hash-unordered-coll", args, 0, i32::wrapping_add)
}
