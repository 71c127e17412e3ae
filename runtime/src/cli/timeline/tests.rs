//! How much of a long run is shown.

use breyta_core::Value;
use breyta_engine::journal::{Entry, Event, StepExecution};

use super::{OUTPUTS_BYTES_MAX, step};

#[test]
fn outputs_are_shown_until_they_are_too_much() {
    let execution = StepExecution {
        point: "s".to_owned(),
        step: "s".to_owned(),
        family: "http".to_owned(),
        count: 1,
        attempt: 1,
        started_ms: 1,
        ended_ms: 2,
    };
    let output = Value::string("x".repeat(4_000_000 - 2));
    let entry = Entry { at_ms: 2, event: Event::StepCompleted { execution }, value: Some(output) };
    let mut left = OUTPUTS_BYTES_MAX;
    let shown: Vec<_> = (0..4)
        .map(|_| {
            let step = step(&entry, &mut left).unwrap();
            (step.field("output").is_some(), step.field("outputBytes").and_then(Value::as_int))
        })
        .collect();
    assert_eq!(shown, [(true, None), (true, None), (false, Some(4_000_000)), (false, Some(4_000_000))]);
}
