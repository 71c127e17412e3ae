//! Collections: order, sharing, equality, hashes.

use super::{Function, Map, Order, Value, Vector};
use crate::print::pr_str;
use crate::thrown::Class;
use crate::{Budget, Keyword, Set, Thrown};

fn numbers(count: i64) -> Vector {
    (0..count).map(Value::Int).collect()
}

fn check(vector: &Vector, expected: &str) {
    assert_eq!(pr_str(&Value::Vector(vector.clone())), expected);
    let moved: Vector = vector.clone().into_iter().collect();
    assert_eq!(pr_str(&Value::Vector(moved)), expected, "moved out");
    assert_eq!(vector.len(), vector.iter().count());
}

#[test]
fn both_ends_of_a_sequence() {
    let mut items = numbers(3);
    items.drop_front();
    check(&items, "[1 2]");
    items.push_front(7.into());
    items.push(8.into());
    check(&items, "[7 1 2 8]");
    assert_eq!(items.pop(), Some(8.into()));
    assert!(items.set(3, 9.into()) && items.set(0, 6.into()) && !items.set(5, 0.into()));
    check(&items, "[6 1 2 9]");
    for _ in 0..10 {
        items.drop_front();
    }
    check(&items, "[]");
    assert_eq!(items.pop(), None);
    items.push_front(1.into());
    check(&items, "[1]");
}

#[test]
fn sharers_do_not_see_each_others_changes() {
    let whole = numbers(4);
    let mut tail = whole.clone().slice(1, 4);
    check(&tail, "[1 2 3]");
    let mut front = tail.clone();
    front.push_front(10.into());
    let mut back = tail.clone();
    back.push(11.into());
    tail.drop_front();
    let mut changed = tail.clone();
    assert!(changed.set(0, 12.into()));
    check(&front, "[10 1 2 3]");
    check(&back, "[1 2 3 11]");
    check(&tail, "[2 3]");
    check(&changed, "[12 3]");
    check(&whole, "[0 1 2 3]");
    check(&whole.clone().slice(1, 3), "[1 2]");
    check(&whole.clone().slice(9, 2), "[]");
}

#[test]
fn maps_find_keywords_by_text_and_keep_order() {
    let mut map = Map::from([(Value::keyword("b"), 1.into()), (Value::from("a"), 2.into())]);
    assert_eq!(map.get_keyword("b"), Some(&1.into()));
    assert_eq!(map.get_keyword("a"), None);
    map.insert(Value::Keyword(Keyword::new("b".to_owned())), 3.into());
    map.insert(Value::keyword("c"), 4.into());
    assert_eq!(pr_str(&map.clone().into()), "{:b 3, \"a\" 2, :c 4}");
    let value = map.remove(&Value::keyword("b"));
    map.insert(Value::keyword("b"), value.unwrap());
    assert_eq!(pr_str(&map.into()), "{\"a\" 2, :c 4, :b 3}");
}

#[test]
fn equality_goes_across_kinds_of_sequences_only() {
    let (list, vector) = (Value::List(numbers(2)), Value::Vector(numbers(2)));
    assert_eq!(list, vector);
    assert_ne!(vector, Value::Set(numbers(2).into_iter().collect::<Set>()));
    let set: Set = [list, vector].into_iter().collect();
    assert_eq!(set.len(), 1, "equal values hash alike");
    assert_eq!(Value::Bytes([1u8].as_slice().into()), Value::Bytes([1u8].as_slice().into()));
    assert_ne!(Value::Char(97), Value::from("a"));
}

/// How deep values nest: no recursion could take as much on the stack of a test.
const DEEP: usize = 100_000;

fn nested(outside: impl Fn(Value) -> Value) -> Value {
    nested_times(DEEP, outside)
}

fn nested_times(depth: usize, outside: impl Fn(Value) -> Value) -> Value {
    (0..depth).fold(Value::Nil, |inside, _| outside(inside))
}

/// Values of every kind that holds others, each in the one before.
fn nestings() -> Vec<Value> {
    let closure = |inside: Value| {
        let captured = Box::from([inside]);
        Value::Function(Function::Closure { name: "f", code: |_, _, _| Ok(Value::Nil), captured }.into())
    };
    vec![
        nested_times(10 * DEEP, |inside| Value::Vector([inside].into())),
        nested(|inside| Value::List([inside].into())),
        nested(|inside| Value::Vector(Vector::entry(1.into(), inside))),
        nested(|inside| Value::Map([(1.into(), inside)].into())),
        nested(|inside| {
            Value::Vector([1.into()].into()).with_meta(Some([(1.into(), inside)].into())).unwrap()
        }),
        nested(|inside| {
            let mut map = Map::sorted(Order::Natural);
            map.assoc(&mut unbounded(), 1.into(), inside).unwrap();
            map.into()
        }),
        nested(|inside| Value::Error(Thrown::new(Class::Runtime, "").with_data(inside).into())),
        nested(closure),
    ]
}

fn unbounded() -> Budget {
    Budget::new(u64::MAX, 100, u64::MAX)
}

#[test]
fn depth_overflows_no_stack() {
    let (once, again) = (nestings(), nestings());
    for (index, (one, other)) in once.iter().zip(&again).enumerate() {
        // Functions and errors are equal to themselves only.
        assert_eq!(one == other, index < 6, "nesting {index}");
    }
    for value in &once[..4] {
        assert!(value.is_data());
        assert!(pr_str(value).len() > DEEP);
    }
    let mut map = Map::new();
    let refused = map.assoc(&mut unbounded(), once[0].clone(), Value::Nil).unwrap_err();
    assert_eq!(refused.code(), "sandbox-depth");
    let refused = map.find(&mut unbounded(), &once[3]).unwrap_err();
    assert_eq!(refused.code(), "sandbox-depth");
    drop((once, again));
}

#[test]
fn a_value_stays_small() {
    assert_eq!(size_of::<Value>(), 32);
    assert_eq!([size_of::<Vector>(), size_of::<Map>(), size_of::<Set>()], [16, 24, 16]);
}

/// Pseudorandom, the same every time.
fn numbers_without_order(count: usize) -> impl Iterator<Item = usize> {
    (0..count).scan(7u64, |state, _| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some((*state >> 33) as usize)
    })
}

#[test]
fn shared_sequences_change_like_plain_ones() {
    let mut plain: Vec<Value> = (0..200).map(Value::Int).collect();
    let mut vector: Vector = plain.clone().into();
    let mut kept = Vec::new();
    for (step, random) in numbers_without_order(3000).enumerate() {
        // Every state is held by somebody, so that every change is one of a shared sequence.
        kept.push((vector.clone(), plain.clone()));
        let (at, new) = (random % plain.len(), Value::Int(step as i64));
        match random % 7 {
            0 | 1 => {
                plain.push(new.clone());
                vector.push(new);
            }
            2 => {
                plain.insert(0, new.clone());
                vector.push_front(new);
            }
            3 => assert_eq!(vector.pop(), plain.pop()),
            4 => {
                plain.remove(0);
                vector.drop_front();
            }
            _ => {
                plain[at] = new.clone();
                assert!(vector.set(at, new));
            }
        }
        assert_eq!(vector.len(), plain.len());
        assert_eq!(vector.get(at), plain.get(at));
    }
    for (vector, plain) in kept.into_iter().step_by(97) {
        assert!(vector.iter().eq(&plain), "iterated");
        assert_eq!(vector.clone().slice(5, 50).into_vec(), plain[5..50], "sliced");
        assert_eq!(vector.as_slice(), plain, "flat");
        assert_eq!(vector.into_vec(), plain, "moved out");
    }
}

/// What was made by appending is recognised, and nothing else is: neither changes in the middle nor what got shorter.
#[test]
fn vectors_begin_with_what_they_were_made_of() {
    let (mut vector, mut plain) = (Vector::new(), Vec::new());
    let mut kept: Vec<(Vector, Vec<Value>, usize)> = Vec::new();
    let mut last_change = 0;
    for (step, random) in numbers_without_order(4_000).enumerate() {
        let new = if random % 3 == 0 { Value::string(format!("n{step}")) } else { Value::Int(step as i64) };
        match random % 150 {
            0 if !plain.is_empty() => {
                let at = (random / 150) % plain.len();
                plain[at] = new.clone();
                assert!(vector.set(at, new));
                last_change = step;
            }
            1 => {
                assert_eq!(vector.pop(), plain.pop());
                last_change = step;
            }
            _ => {
                plain.push(new.clone());
                vector.push(new);
            }
        }
        if step % 7 == 0 {
            for (before, all, at) in kept.iter().rev().step_by(5) {
                let begins = vector.begins_with(before);
                assert_eq!(begins, plain.starts_with(all), "step {step} with that of step {at}");
                assert!(begins || *at < last_change, "only appended since step {at}");
            }
            kept.push((vector.clone(), plain.clone(), step));
        }
        if step % 1_000 == 999 {
            kept.clear();
        }
    }
    let other: Vector = plain.into_iter().collect();
    assert!(vector.begins_with(&other) && other.begins_with(&vector), "a flat one against a tree");
    assert!(!vector.begins_with(&vector.clone().slice(1, usize::MAX)));
}

#[test]
fn shared_maps_change_like_plain_ones() {
    let mut plain: Vec<(i64, i64)> = Vec::new();
    let (mut map, mut set) = (Map::new(), Set::new());
    let mut sorted = Map::sorted(Order::Natural);
    let mut kept = Vec::new();
    let budget = &mut unbounded();
    for (step, random) in numbers_without_order(3000).enumerate() {
        kept.push((map.clone(), set.clone(), sorted.clone(), plain.clone()));
        let (key, new) = ((random % 150) as i64, step as i64);
        let found = plain.iter().position(|(other, _)| *other == key);
        if random % 5 == 0 {
            let removed = found.map(|at| Value::Int(plain.remove(at).1));
            assert_eq!(map.dissoc(budget, &key.into()).unwrap(), removed);
            assert_eq!(sorted.dissoc(budget, &key.into()).unwrap(), removed);
            set.disj(budget, &key.into()).unwrap();
        } else {
            match found {
                Some(at) => plain[at].1 = new,
                None => plain.push((key, new)),
            }
            map.assoc(budget, key.into(), new.into()).unwrap();
            sorted.assoc(budget, key.into(), new.into()).unwrap();
            set.conj(budget, key.into()).unwrap();
        }
    }
    for (map, set, sorted, mut plain) in kept.into_iter().step_by(97) {
        let entries = |plain: &[(i64, i64)]| -> Vec<(Value, Value)> {
            plain.iter().map(|(key, value)| (Value::Int(*key), Value::Int(*value))).collect()
        };
        assert!(set.iter().eq(entries(&plain).iter().map(|(key, _)| key)));
        let fresh: Map = entries(&plain).into_iter().collect();
        assert_eq!(Value::Map(map.clone()), Value::Map(fresh));
        assert_eq!(Value::Map(map.clone()), Value::Map(sorted.clone()));
        assert_eq!(map.into_iter().collect::<Vec<_>>(), entries(&plain));
        plain.sort_unstable();
        assert_eq!(sorted.into_iter().collect::<Vec<_>>(), entries(&plain));
    }
}
