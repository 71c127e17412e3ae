//! Setting limits by text.

use super::{LIMITS, LimitError, Limits};

#[track_caller]
fn check(text: &str, expected: Result<(&str, u64), LimitError>) {
    let mut limits = Limits::default();
    match (limits.apply(text), expected) {
        (Ok(()), Ok((name, value))) => assert_eq!(limits.get(name), Some(value), "{text}"),
        (got, expected) => assert_eq!(got.err(), expected.err(), "{text}"),
    }
}

#[test]
fn apply_sets_by_name() {
    check("fuel=12", Ok(("fuel", 12)));
    check("steps-per-run=1_000_000", Ok(("steps-per-run", 1_000_000)));
    check("fuel", Err(LimitError::Malformed("fuel".to_owned())));
    check("fuel=0", Err(LimitError::Malformed("fuel=0".to_owned())));
    check("fuel=-1", Err(LimitError::Malformed("fuel=-1".to_owned())));
    check("speed=1", Err(LimitError::Unknown("speed".to_owned())));
    check("nesting-depth=9", Err(LimitError::Fixed("nesting-depth".to_owned())));
}

#[test]
fn the_table_and_the_struct_agree() {
    let limits = Limits::default();
    for limit in LIMITS {
        assert_eq!(limits.get(limit.name), Some(limit.default), "{}", limit.name);
    }
}
