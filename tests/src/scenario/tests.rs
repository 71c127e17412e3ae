//! The runner notices what is not as the script says.

use std::sync::Arc;

use breyta_core::edn;

use super::{Scenario, is_part, play};
use crate::{programs, stores};

/// Plays a script of [`programs::five_steps`] and expects failures that contain these parts, in order.
#[track_caller]
fn check(script: &str, expected: &[&str]) {
    let scenario = Scenario::from_value(&edn::read(script).unwrap()).unwrap();
    let program = programs::five_steps();
    let store = stores::memory(program.slug());
    let played = play(&program, &scenario, &|| Arc::clone(&store), super::Way::default());
    assert_eq!(played.failures.len(), expected.len(), "{:#?}", played.failures);
    for (failure, part) in played.failures.iter().zip(expected) {
        assert!(failure.contains(part), "no `{part}` in {failure}");
    }
}

const STEPS: &str =
    "[:step :two {:reply 2}] [:step :three {:reply 3}] [:step :four {:reply 4}] [:step :five {:reply 5}]";

#[test]
fn scripts_are_held_against_the_run() {
    check(&format!("[[:start 0] [:step :one {{:reply 1}}] {STEPS} [:result 15]]"), &[]);
    check(
        &format!("[[:start 0] [:step :one {{:reply 1}}] {STEPS} [:result 14]]"),
        &["expected the result 14, it is 15"],
    );
    check(
        &format!("[[:start 0] [:step :one {{:expect {{:sum 9}} :reply 1}}] {STEPS} [:result 15]]"),
        &["step :one: expected {:sum 9} in the config"],
    );
    check(
        "[[:start 0] [:step :one {:reply 1}] [:failure {:type \"unscripted\"}]]",
        &["the script does not expect step :two now"],
    );
    check(
        &format!(
            "[[:start 0] [:step :one {{:fail {{:type \"timeout\" :message \"late\"}}}}] {STEPS} [:failure {{:type \"timeout\" :step-id :one}}]]"
        ),
        &["4 scripted events were never asked for"],
    );
    check(
        "[[:start 0] [:step :one {:fail {:type \"timeout\" :message \"late\"}}] [:failure {:type \"connect\"}]]",
        &["expected a failure with"],
    );
}

#[test]
fn malformed_scripts_are_refused() {
    for script in
        ["{}", "[[:result 1]]", "[[:start 1]]", "[[:start 1] [:step :a {}] [:result 1]]", "[[:begin 1]]"]
    {
        assert!(Scenario::from_value(&edn::read(script).unwrap()).is_err(), "{script}");
    }
}

#[test]
fn parts_of_maps() {
    let check = |part: &str, whole: &str, expected: bool| {
        let (part, whole) = (edn::read(part).unwrap(), edn::read(whole).unwrap());
        assert_eq!(is_part(&part, &whole), expected, "{part:?} in {whole:?}");
    };
    check("{}", "{:a 1}", true);
    check("{:a {:b 1}}", "{:a {:b 1 :c 2} :d 3}", true);
    check("{:a {:b 2}}", "{:a {:b 1}}", false);
    check("{:a 1}", "{}", false);
    check("[1]", "[1 2]", false);
}
