//! What options give: a JSON object, on the command line, in a file or on stdin. What is in it is checked elsewhere.

use std::io::Read;

use breyta_core::json::{self, Keys};
use breyta_core::{Map, Value, Vector};

use super::Session;
use crate::failure::Failure;

/// An option that takes a JSON object.
pub(super) struct Given {
    /// `--<what>`.
    what: &'static str,
    /// The code of what is wrong with it.
    invalid: &'static str,
    example: &'static str,
}

pub(super) const INPUT: Given = Given { what: "input", invalid: "invalid-input", example: "{\"n\":1}" };

pub(super) const PAYLOAD: Given =
    Given { what: "payload", invalid: "invalid-payload", example: "{\"comment\":\"yes\"}" };

impl Given {
    /// The object of an argument: text, `@FILE` or `@-`.
    pub(super) fn object(&self, session: &Session<'_>, argument: &str) -> Result<Map, Failure> {
        let (text, origin) = self.text(session, argument)?;
        let value = json::parse(&text, Keys::Keywords).map_err(|error| {
            let mut details = Map::new();
            details.insert_keyword("line", i64::from(error.line));
            details.insert_keyword("column", i64::from(error.column));
            Failure::new(self.invalid, format!("{origin} is no JSON: {error}")).with_details(details)
        })?;
        match with_safe_keywords(value) {
            Value::Map(map) => Ok(map),
            other => {
                let (example, found) = (self.example, other.type_name());
                let message = format!("{origin} must be a JSON object like {example}, not {found}");
                Err(Failure::new(self.invalid, message))
            }
        }
    }

    /// The text, and where it comes from.
    fn text(&self, session: &Session<'_>, argument: &str) -> Result<(String, String), Failure> {
        let what = self.what;
        let bytes_max = session.limits.input_bytes_max;
        let (text, origin) = match argument.strip_prefix('@') {
            None => (argument.to_owned(), format!("--{what}")),
            Some(file) => {
                let bytes = if file == "-" {
                    read_bounded(std::io::stdin().lock(), bytes_max)
                } else {
                    std::fs::File::open(file).and_then(|file| read_bounded(file, bytes_max))
                };
                let origin = if file == "-" {
                    format!("the {what} on stdin")
                } else {
                    format!("the {what} file {file}")
                };
                let bytes = bytes.map_err(|error| {
                    Failure::new("input-unreadable", format!("cannot read {origin}: {error}"))
                })?;
                check_size(bytes.len(), bytes_max, &origin)?;
                let text = String::from_utf8(bytes).map_err(|error| {
                    let at = error.utf8_error().valid_up_to();
                    Failure::new(self.invalid, format!("{origin} is not UTF-8 (at byte {at})"))
                })?;
                (text, origin)
            }
        };
        check_size(text.len(), bytes_max, &origin)?;
        Ok((text, origin))
    }
}

/// At most one byte more than is allowed: an endless input must not fill the memory.
fn read_bounded(from: impl Read, bytes_max: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map(|_| bytes)
}

fn check_size(bytes: usize, bytes_max: u64, origin: &str) -> Result<(), Failure> {
    if bytes as u64 <= bytes_max {
        return Ok(());
    }
    let message = format!("{origin} has more than {bytes_max} bytes, the limit input-bytes-max");
    Err(Failure::new("limit-exceeded", message))
}

/// Keys that could be written as keywords are keywords, all others strings.
fn with_safe_keywords(value: Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(
            map.iter()
                .map(|(key, value)| {
                    let key = match key {
                        Value::Keyword(keyword) if !is_safe(keyword.full()) => Value::string(keyword.full()),
                        key => key.clone(),
                    };
                    (key, with_safe_keywords(value.clone()))
                })
                .collect(),
        ),
        Value::Vector(items) => Value::Vector(items.into_iter().map(with_safe_keywords).collect::<Vector>()),
        other => other,
    }
}

fn is_safe(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '?' | '!' | '*' | '/'))
}
