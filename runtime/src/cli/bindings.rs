//! `bindings template|apply|show`.

use std::path::Path;

use breyta_core::Value;

use super::{Answer, Session};
use crate::bindings::{self, Bindings};
use crate::failure::Failure;

pub(super) fn template(session: &Session<'_>) -> Answer {
    Answer::Text(bindings::template(session.flow.slug, &session.contract))
}

pub(super) fn apply(session: &Session<'_>, file: &Path) -> Result<Answer, Failure> {
    let mut bindings = Bindings::load(&session.directory, &session.contract)?;
    bindings.take_over(file, &session.contract)?;
    bindings.save(&session.directory)?;
    Ok(answer(&bindings))
}

pub(super) fn show(session: &Session<'_>) -> Result<Answer, Failure> {
    Ok(answer(&Bindings::load(&session.directory, &session.contract)?))
}

fn answer(bindings: &Bindings) -> Answer {
    let data = bindings::redacted(bindings);
    let human = human(&data);
    Answer::Data { data, human }
}

fn human(data: &Value) -> String {
    let mut lines = Vec::new();
    let shown = |value: &Value| breyta_core::print::str_text(value);
    for (slot, fields) in data.field("bindings").and_then(Value::as_map).into_iter().flatten() {
        lines.push(shown(slot));
        for (field, value) in fields.as_map().into_iter().flatten() {
            lines.push(format!("  {} {}", shown(field), shown(value)));
        }
    }
    for (key, value) in data.field("activation").and_then(Value::as_map).into_iter().flatten() {
        lines.push(format!("activation {} {}", shown(key), shown(value)));
    }
    for entry in data.field("missing").and_then(Value::as_sequential).into_iter().flatten() {
        let field = |key: &str| entry.field(key).map(shown).unwrap_or_default();
        lines.push(format!("missing: :{} of :{}", field("field"), field("slot")));
    }
    if lines.is_empty() {
        lines.push("the flow requires no bindings".to_owned());
    }
    lines.join("\n")
}
