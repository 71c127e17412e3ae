//! Differences of collections that were made of one another, and of those that were not.

use super::*;
use crate::edn::read;
use crate::print::pr_str;
use crate::{Keyword, codec};

fn value(text: &str) -> Value {
    read(text).unwrap()
}

/// As it comes back from a store.
fn stored(value: &Value) -> Value {
    codec::decode(&encoded(value)).unwrap()
}

fn encoded(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    codec::encode(value, &mut bytes).unwrap();
    bytes
}

#[test]
fn what_differs_is_named_and_nothing_else() {
    let before = value("{:page 1 :items [1 2] :seen #{:a} :deep {:log [1] :same [1]} :gone? false}");
    let Value::Map(mut after) = before.clone() else { panic!() };
    let mut change = |key: &'static str, to: Value| after.insert(Value::keyword(key), to);
    change("page", value("2"));
    change("items", value("[1 2 3 4]"));
    change("seen", value("#{:a}"));
    change("fresh", value("[9]"));
    let Some(Value::Map(mut deep)) = before.field("deep").cloned() else { panic!() };
    deep.insert(Value::keyword("log"), value("[1 2]"));
    change("deep", Value::Map(deep));
    let after = Value::Map(after);
    let differs = difference(&before, &after).unwrap();
    assert_eq!(
        pr_str(&differs),
        "{:page [2], :items ([3 4]), :seen ([]), :deep ({:log ([2])}), :fresh [[9]]}"
    );
    let made = with_difference(stored(&before), stored(&differs)).unwrap();
    assert_eq!(encoded(&made), encoded(&after));
}

#[test]
fn what_is_gone_or_moved_is_stored_whole() {
    let pairs = [
        ("[1 2]", "[1]"),
        ("[1 2]", "[1 3 4]"),
        ("#{1 2}", "#{2 1 3}"),
        ("{:a 1 :b 2}", "{:a 1}"),
        ("{:a 1 :b 2}", "{:b 2 :a 1}"),
        ("{:a 1}", "{:b 1 :c 1}"),
        ("[1]", "{:a 1}"),
        ("[1]", "(1 2)"),
    ];
    for (before, after) in pairs {
        assert!(difference(&value(before), &value(after)).is_none(), "{before} {after}");
    }
    let sorted = |of: &[i64]| {
        let mut map = Map::sorted(crate::value::Order::Natural);
        for key in of {
            map.insert(Value::Int(*key), Value::Nil);
        }
        Value::Map(map)
    };
    assert!(difference(&sorted(&[2]), &sorted(&[1, 2])).is_none(), "in the order of its keys");
}

#[test]
fn differences_of_something_else_are_refused() {
    let pairs = [
        ("[1]", "{:a [1]}"),
        ("{:a 1}", "[1]"),
        ("{:a 1}", "{:b ([1])}"),
        ("{:a 1}", "{:a [1 2]}"),
        ("{:a 1}", "{:a 1}"),
        ("{:a 1}", "{:a ([1])}"),
        ("1", "[1]"),
    ];
    for (before, differs) in pairs {
        assert_eq!(with_difference(value(before), value(differs)), Err(Mismatch), "{before} {differs}");
    }
}

/// A state that a loop changes in many ways: whatever has a difference is made of it again, byte by byte, and what only
/// grew or had entries replaced has one.
#[test]
fn states_of_loops_are_made_again() {
    let mut state = value("{:count 0 :items [] :index {} :seen #{} :last nil}");
    let mut random = 1_u64;
    let mut kept: Vec<(Value, bool)> = Vec::new();
    let mut found = 0;
    for step in 0..1_500_i64 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (kind, at) = ((random >> 33) % 40, (random >> 40) as i64 % 50);
        let Value::Map(mut map) = state else { panic!() };
        let place = |map: &mut Map, key: &str| {
            std::mem::take(map.entry(Value::Keyword(Keyword::new(key)), Value::Nil))
        };
        let mut only_grows = true;
        let (key, new) = match kind {
            0 => {
                map.remove(&Value::keyword("last"));
                only_grows = false;
                ("last", Value::Nil)
            }
            1 => {
                only_grows = false;
                ("items", Value::Vector(Vector::new()))
            }
            2..10 => ("count", Value::Int(step)),
            10..20 => {
                let Value::Map(mut index) = place(&mut map, "index") else { panic!() };
                index.insert(Value::Int(at), Value::string(format!("value {step}")));
                ("index", Value::Map(index))
            }
            20..25 => {
                let Value::Set(mut seen) = place(&mut map, "seen") else { panic!() };
                seen.insert(Value::Int(step));
                ("seen", Value::Set(seen))
            }
            _ => {
                let Value::Vector(mut items) = place(&mut map, "items") else { panic!() };
                items.push(Value::string(format!("item {step}")));
                ("items", Value::Vector(items))
            }
        };
        map.insert(Value::keyword(key), new);
        state = Value::Map(map);
        for (before, grew) in &mut kept {
            *grew &= only_grows;
            match difference(before, &state) {
                Some(differs) => {
                    found += 1;
                    let made = with_difference(stored(before), stored(&differs)).unwrap();
                    assert_eq!(encoded(&made), encoded(&state), "step {step}");
                }
                None => assert!(!*grew, "step {step} only grew"),
            }
        }
        if step % 60 == 0 {
            kept.clear();
        } else if step % 20 == 0 {
            kept.push((state.clone(), true));
        }
    }
    assert!(found > 500, "{found}");
}
