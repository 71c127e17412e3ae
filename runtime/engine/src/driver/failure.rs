//! Error maps of failures that are not a step executor's: thrown errors and limits.

use breyta_core::{Keyword, Map, Thrown, Value};

/// `{:type code :message … :data …}` of an error that left the flow body.
///
/// A step failure that was caught and thrown again keeps its error map.
pub(super) fn thrown(thrown: &Thrown) -> Value {
    if thrown.class() == breyta_core::thrown::Class::Step && thrown.data().field("type").is_some() {
        return thrown.data().clone();
    }
    let mut map = entries(thrown.code(), thrown.message());
    if !thrown.data().is_nil() && thrown.data().is_data() {
        map.insert_keyword("data", thrown.data().clone());
    }
    if let Some(cause) = thrown.cause() {
        map.insert_keyword("cause", Value::Map(entries(cause.code(), cause.message())));
    }
    Value::Map(map)
}

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
