//! Collections: order, sharing, equality, hashes.

use super::{Map, Value, Vector};
use crate::print::pr_str;
use crate::{Keyword, Set};

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
