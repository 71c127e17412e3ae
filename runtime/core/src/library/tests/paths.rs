//! Changing what stands at a written path answers what the row of the library answers, error or not.

use super::{budget, run};
use crate::library::direct::paths;
use crate::library::{maps, math};
use crate::print::pr_str;
use crate::{Budget, Thrown, Value, edn};

const COLLS: [&str; 12] = [
    "nil",
    "{}",
    "{:a 1}",
    "{:a {:b 1} :c 2}",
    "{:a [1 2]}",
    "[[1] 2]",
    "{:a (1 2)}",
    "{:a \"text\"}",
    "{[1 :a] 5 1 6}",
    "{1N 3}",
    "#{:a}",
    "\"text\"",
];

const PATHS: [&str; 9] =
    ["[:a]", "[:a :b]", "[:a 0]", "[0 0]", "[1]", "[[1 :a]]", "[:a 2]", "[:a 7]", "[nil]"];

fn read(text: &str) -> Value {
    edn::read(text).expect("the tables hold EDN")
}

fn told(answer: Result<Value, Thrown>) -> String {
    match answer {
        Ok(value) => pr_str(&value),
        Err(thrown) => format!("{}: {}", thrown.code(), thrown.message()),
    }
}

fn inc(budget: &mut Budget, old: Value) -> Result<Value, Thrown> {
    math::inc(budget, &mut [old])
}

#[test]
fn a_written_path_is_changed_as_the_row_does() {
    let mut colls: Vec<Value> = COLLS.iter().map(|text| read(text)).collect();
    colls.extend(["(sorted-map :a 1)", "(with-meta {:a 1} {:m 2})"].map(|call| run(call).expect("a map")));
    for coll in &colls {
        for path in PATHS {
            let keys = read(path);
            let parts = keys.as_sequential().expect("a vector").clone();
            let by_row = maps::update_in(
                &mut budget(),
                &mut [coll.clone(), keys.clone(), super::function("clojure.core/inc")],
            );
            let shared = paths::update(&mut budget(), coll.clone(), parts.as_slice(), inc);
            let own = paths::update(&mut budget(), read(&pr_str(coll)), parts.as_slice(), inc);
            let expected = told(by_row);
            assert_eq!(told(shared), expected, "{} {path}", pr_str(coll));
            if !matches!(coll, Value::Map(map) if map.is_sorted()) {
                assert_eq!(told(own), expected, "its own {} {path}", pr_str(coll));
            }
        }
    }
}

#[test]
fn others_keep_what_they_hold() {
    let coll = read("{:a {:b [1 2]}}");
    let path = [Value::keyword("a"), Value::keyword("b"), Value::Int(1)];
    let changed = paths::update(&mut budget(), coll.clone(), &path, inc);
    assert_eq!(told(changed), "{:a {:b [1 3]}}");
    assert_eq!(pr_str(&coll), "{:a {:b [1 2]}}");
}
