//! Error maps of failures that are not a step executor's: limits, and programs that are wrong.

use breyta_core::{Keyword, Map, Value};

/// `{:type code :message … :step-id …}` of a run that reached a limit at a step, or whose program is wrong there.
pub(super) fn at_step(code: &'static str, message: &str, step: &str) -> Value {
    let mut map = entries(code, message);
    map.insert_keyword("step-id", Value::Keyword(Keyword::new(step)));
    Value::Map(map)
}

/// `{:type code :message …}`.
pub(super) fn of_run(code: &'static str, message: &str) -> Value {
    Value::Map(entries(code, message))
}

fn entries(code: &'static str, message: &str) -> Map {
    let mut map = Map::new();
    map.insert_keyword("type", Value::literal(code));
    map.insert_keyword("message", message);
    map
}
