//! Sequences without an end and sequences that nest without one: each ends in a bound of its own, and nothing that was
//! made of them overflows the stack when it is let go of.

use super::{function, invoke};
use crate::value::{LazySeq, realize};
use crate::{Budget, Thrown, Value, Vector};

/// Nested calls as the limits have them; less fuel and memory, to be quick.
fn budget() -> Budget {
    Budget::new(100_000, 400, 3_000_000)
}

fn call(budget: &mut Budget, name: &str, args: &[Value]) -> Result<Value, Thrown> {
    invoke(budget, &function(name), &mut args.to_vec())
}

/// The call with one endless argument at its end.
fn with_endless(name: &str, args: &[Value], endless: &str) -> Result<Value, Thrown> {
    let mut budget = budget();
    let endless = match endless {
        "range" => call(&mut budget, "range", &[]),
        "iterate" => call(&mut budget, "iterate", &[function("inc"), 0.into()]),
        "repeat" => call(&mut budget, "repeat", &[1.into()]),
        "repeatedly" => call(&mut budget, "repeatedly", &[function("vector")]),
        "cycle" => call(&mut budget, "cycle", &[Value::Vector(Vector::from([1.into(), 2.into()]))]),
        other => panic!("no endless {other}"),
    }?;
    let mut args = args.to_vec();
    args.push(endless);
    let value = invoke(&mut budget, &function(name), &mut args)?;
    realize(&mut budget, value)
}

#[test]
fn who_wants_all_of_an_endless_sequence_ends_in_a_bound() {
    for endless in ["range", "iterate", "repeat", "repeatedly", "cycle"] {
        for name in
            ["vec", "set", "count", "last", "pr-str", "str/join", "reverse", "sort", "dorun", "frequencies"]
        {
            let code = with_endless(name, &[], endless).unwrap_err().code();
            assert!(["sandbox-fuel", "sandbox-memory"].contains(&code), "({name} ({endless})): {code}");
        }
        for (name, argument) in [
            ("mapv", function("identity")),
            ("filterv", function("nil?")),
            ("filter", function("nil?")),
            ("remove", function("some?")),
            ("every?", function("some?")),
            ("into", Value::Vector(Vector::new())),
            ("=", call(&mut budget(), "range", &[]).unwrap()),
            ("drop-while", function("some?")),
            ("partition-by", function("nil?")),
            ("drop", 1_000_000_000.into()),
            ("apply", function("str")),
            ("run!", function("identity")),
            ("group-by", function("identity")),
        ] {
            if name == "=" && endless != "range" {
                continue;
            }
            let code = with_endless(name, &[argument], endless).unwrap_err().code();
            assert!(["sandbox-fuel", "sandbox-memory"].contains(&code), "({name} … ({endless})): {code}");
        }
    }
}

#[test]
fn who_wants_a_few_gets_them() {
    let few = |name: &str, args: &[Value]| crate::print::pr_str(&with_endless(name, args, "range").unwrap());
    assert_eq!(few("take", &[3.into()]), "(0 1 2)");
    assert_eq!(few("first", &[]), "0");
    assert_eq!(few("second", &[]), "1");
    assert_eq!(few("some", &[function("pos?")]), "true");
    assert_eq!(few("every?", &[function("zero?")]), "false");
    assert_eq!(few("take-while", &[function("zero?")]), "(0)");
    assert_eq!(few("empty?", &[]), "false");
}

#[test]
fn an_element_far_out_is_found_or_ends_in_a_bound() {
    let mut small = budget();
    let naturals = call(&mut small, "iterate", &[function("inc"), 0.into()]).unwrap();
    let found = invoke(&mut small, &function("nth"), &mut [naturals, 10_000.into()]);
    assert_eq!(found.unwrap(), 10_000.into());
    let naturals = call(&mut small, "iterate", &[function("inc"), 0.into()]).unwrap();
    let far = invoke(&mut small, &function("nth"), &mut [naturals, 10_000_000.into()]);
    assert_eq!(far.unwrap_err().code(), "sandbox-fuel");
}

#[test]
fn large_counts_cost_nothing_until_they_are_wanted() {
    let mut budget = budget();
    let huge = call(&mut budget, "repeat", &[i64::MAX.into(), "x".into()]).unwrap();
    assert_eq!(call(&mut budget, "first", std::slice::from_ref(&huge)).unwrap(), "x".into());
    let joined = call(&mut budget, "apply", &[function("str"), huge]).unwrap_err();
    assert!(["sandbox-fuel", "sandbox-memory"].contains(&joined.code()));
}

/// A sequence around a sequence around …: making an element goes through all of them.
fn nested(budget: &mut Budget, name: &str, depth: usize) -> Value {
    let mut seq = call(budget, "range", &[]).unwrap();
    for _ in 0..depth {
        seq = match name {
            "concat" => call(budget, "concat", &[seq, Value::Nil]).unwrap(),
            "lazy" => {
                let held = seq;
                Value::Lazy(LazySeq::new(move |_| Ok(held.clone())))
            }
            _ => call(budget, name, &[function("inc"), seq]).unwrap(),
        };
    }
    seq
}

#[test]
fn sequences_that_nest_too_deeply_are_an_error() {
    for name in ["map", "filter", "concat", "take-while"] {
        let mut budget = Budget::new(2_000_000, 400, 200_000_000);
        let deep = nested(&mut budget, name, 20_000);
        let thrown = call(&mut budget, "first", std::slice::from_ref(&deep)).unwrap_err();
        assert_eq!(thrown.code(), "sandbox-depth", "{name}");
        // The budget is usable again afterwards, and so is the stack.
        drop(deep);
        let flat = nested(&mut budget, name, 50);
        assert!(call(&mut budget, "first", &[flat]).is_ok(), "{name}");
    }
}

/// As on the JVM, a body that answers another lazy sequence does not nest.
#[test]
fn bodies_that_answer_sequences_do_not_nest() {
    let mut budget = budget();
    let deep = nested(&mut budget, "lazy", 20_000);
    assert_eq!(call(&mut budget, "first", &[deep]).unwrap(), 0.into());
}

#[test]
fn many_joined_sequences_end_well() {
    let mut budget = Budget::new(20_000_000, 400, 200_000_000);
    let numbers = call(&mut budget, "range", &[100_000.into()]).unwrap();
    let lists = call(&mut budget, "map", &[function("list"), numbers]).unwrap();
    let joined = call(&mut budget, "reduce", &[function("concat"), lists]).unwrap();
    assert_eq!(call(&mut budget, "first", &[joined]).unwrap_err().code(), "sandbox-depth");
}
