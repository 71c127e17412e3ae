//! Inputs: coercion per type, defaults, what is refused.

use breyta_core::{Map, edn, print};

use super::check;
use crate::contract::Contract;

const CONTRACT: &str = r#"{:slug "f" :invocations {:default {:inputs [
  {:name :n :type :number :required true}
  {:name :size :type :select :options ["s" {:value "m" :label "Medium"} :l]}
  {:name :on :type :checkbox}
  {:name :day :type :date}
  {:name :at :type :time}
  {:name :when :type :datetime}
  {:name :data :type :json}
  {:name :mail :type :email}
  {:name :text :default "none"}]}
  :other {:inputs []}}}"#;

fn input(text: &str) -> Map {
    edn::read(text).unwrap().as_map().unwrap().clone()
}

/// Checks one input map (EDN) and compares the outcome: the map the flow gets, or code and message.
fn check_input(given: &str, expected: &str) {
    let contract = Contract::read(CONTRACT).unwrap();
    let shown = match check(&contract, "f", None, input(given), &Map::new()) {
        Ok(input) => print::pr_str(&input.into()),
        Err(failure) => format!("{}: {}", failure.code, failure.message),
    };
    assert_eq!(shown, expected, "{given}");
}

#[test]
fn values_become_what_the_type_says() {
    check_input("{:n 1}", "{:n 1, :text \"none\"}");
    check_input("{:n \"42\" :extra [1]}", "{:n 42, :extra [1], :text \"none\"}");
    check_input("{:n \"1.5e1\" :text 7}", "{:n 15.0, :text \"7\"}");
    check_input("{:n 1 :size \"l\" :on \"off\" :text \"\"}", "{:n 1, :size \"l\", :on false, :text \"\"}");
    check_input(
        "{:n 1 :data \"[1,{\\\"a\\\":null}]\" :text nil}",
        "{:n 1, :data [1 {:a nil}], :text \"none\"}",
    );
    check_input(
        "{:n -3 :day \"2024-02-29\" :at \"23:59\" :when \"2026-01-31T14:30:00+02:00\" :mail \"a@b\" :text \"x\"}",
        "{:n -3, :day \"2024-02-29\", :at \"23:59\", :when \"2026-01-31T14:30:00+02:00\", :mail \"a@b\", :text \"x\"}",
    );
}

#[test]
fn wrong_values_are_named() {
    check_input("{}", "run_inputs_missing: missing required run inputs: n; give them with --input '{…}'");
    check_input(
        "{:n nil :size \"xl\"}",
        "run_inputs_missing: missing required run inputs: n; give them with --input '{…}'",
    );
    check_input("{:n \"x\"}", "invalid-input: the input \"n\" must be a number, not \"x\"");
    check_input("{:n \"inf\"}", "invalid-input: the input \"n\" must be a number, not \"inf\"");
    check_input(
        "{:n 1 :size \"xl\" :on \"maybe\"}",
        "invalid-input: the input \"size\" must be one of s, m, l, not \"xl\"; \"on\" must be true or false, not \"maybe\"",
    );
    for (field, value, wanted) in [
        ("day", "2023-02-29", "a date like 2026-01-31"),
        ("day", "2023-13-01", "a date like 2026-01-31"),
        ("at", "24:00", "a time like 14:30 or 14:30:59"),
        ("when", "2026-01-31", "a date and time like 2026-01-31T14:30:00Z"),
        ("mail", "nobody", "an e-mail address"),
    ] {
        check_input(
            &format!("{{:n 1 :{field} \"{value}\"}}"),
            &format!("invalid-input: the input \"{field}\" must be {wanted}, not \"{value}\""),
        );
    }
    check_input("{:n 1 :text {:a 1}}", "invalid-input: the input \"text\" must be text, not a map");
}

#[test]
fn setup_values_lie_below_the_input() {
    let contract = Contract::read(CONTRACT).unwrap();
    let activation = input("{:n 5 :region \"EU\"}");
    let merged = check(&contract, "f", None, input("{:region \"US\"}"), &activation).unwrap();
    assert_eq!(
        print::pr_str(&merged.into()),
        "{:n 5, :region \"US\", :text \"none\", :activation {:n 5, :region \"EU\"}}"
    );
}

#[test]
fn invocations_are_looked_up() {
    let contract = Contract::read(CONTRACT).unwrap();
    assert!(check(&contract, "f", Some("other"), Map::new(), &Map::new()).is_ok());
    let failure = check(&contract, "f", Some("nope"), Map::new(), &Map::new()).unwrap_err();
    assert_eq!(failure.message, "the flow has no invocation \"nope\"; it has default, other");
}
