//! The command line of the task.

use super::{Plan, SECONDS, TARGETS, parse};

fn check(arguments: &[&str], expected: Option<(u64, &[&str])>) {
    let seeded = arguments.contains(&"--seeded");
    let expected = expected.map(|(seconds, targets)| Plan { seconds, seeded, targets: targets.to_vec() });
    assert_eq!(parse(arguments).ok(), expected, "{arguments:?}");
}

#[test]
fn arguments() {
    check(&[], Some((SECONDS, &TARGETS)));
    check(&["--seconds", "5"], Some((5, &TARGETS)));
    check(&["reader", "--seconds", "5"], Some((5, &["reader"])));
    check(&["--seeded", "checker"], Some((SECONDS, &["checker"])));
    check(&["--seconds"], None);
    check(&["--seconds", "x"], None);
    check(&["nothing"], None);
}
