//! Envelopes on stdout, errors for people on stderr.

use breyta_core::{Map, Value, json};

use super::arguments::Format;
use super::{Answer, say, write_result};
use crate::failure::Failure;

/// False when the answer could not be written, or not as it is.
pub(super) fn answer(answer: &Answer, format: Format) -> bool {
    match (answer, format) {
        (Answer::Text(text), _) | (Answer::Data { human: text, .. }, Format::Human) => {
            let end = if text.ends_with('\n') { "" } else { "\n" };
            write_result(&format!("{text}{end}"))
        }
        (Answer::Data { data, .. }, Format::Json) => {
            let mut envelope = Map::new();
            envelope.insert_keyword("ok", true);
            envelope.insert_keyword("data", data.clone());
            let line = line(&Value::Map(envelope));
            write_result(&line.text) && line.whole
        }
    }
}

pub(super) fn failure(failure: &Failure, format: Format) {
    match format {
        Format::Human => say(&format!("error[{}]: {}", failure.code, failure.message)),
        Format::Json => {
            let mut envelope = Map::new();
            envelope.insert_keyword("ok", false);
            envelope.insert_keyword("error", failure.to_value());
            if !failure.data.is_nil() {
                envelope.insert_keyword("data", Value::clone(&failure.data));
            }
            write_result(&line(&Value::Map(envelope)).text);
        }
    }
}

/// One line of JSON.
struct Line {
    text: String,
    /// False when it says an error in the place of what JSON cannot say.
    whole: bool,
}

/// What JSON cannot say is an error in its place, never a lost answer.
fn line(envelope: &Value) -> Line {
    match json::emit(envelope) {
        Ok(text) => Line { text: text + "\n", whole: true },
        Err(error) => {
            let reason = format!("the result cannot be written as JSON: {error}");
            let failure = Failure::new("result-not-json", reason).to_value();
            let text = json::emit(&failure).unwrap_or_default();
            Line { text: format!("{{\"ok\":false,\"error\":{text}}}\n"), whole: false }
        }
    }
}
