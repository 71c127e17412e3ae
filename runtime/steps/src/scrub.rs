//! Removes secrets from everything an executor hands out: messages, urls, error data, results.
//!
//! A secret is replaced wherever its text occurs, also percent-encoded (query strings) and with JSON escapes (previews
//! of raw bodies). It finds no secret that a server changed before echoing it.

use std::borrow::Cow;

use breyta_core::{Value, Vector};
use breyta_engine::error::StepError;

/// What stands in the place of a secret.
pub const REMOVED: &str = "[secret]";

/// The spellings of the secrets of one connection.
#[derive(Clone, Default)]
pub struct Scrubber {
    /// Longest first, so that a secret containing another one goes as a whole.
    spellings: Vec<String>,
}

impl Scrubber {
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut spellings = Vec::new();
        for secret in secrets.into_iter().filter(|secret| !secret.is_empty()) {
            spellings.push(secret.to_owned());
            spellings.push(percent_encoded(secret));
            let escaped = secret.replace('\\', "\\\\").replace('"', "\\\"");
            // Some writers of JSON escape slashes too.
            spellings.push(escaped.replace('/', "\\/"));
            spellings.push(escaped);
        }
        spellings.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        spellings.dedup();
        Self { spellings }
    }

    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut clean = Cow::Borrowed(text);
        for spelling in &self.spellings {
            if clean.contains(spelling.as_str()) {
                clean = Cow::Owned(clean.replace(spelling.as_str(), REMOVED));
            }
        }
        clean
    }

    /// The value with secrets removed from every string and keyword, keys included.
    pub fn value(&self, value: Value) -> Value {
        if self.spellings.is_empty() {
            return value;
        }
        match value {
            Value::Str(text) => match self.text(&text) {
                Cow::Borrowed(_) => Value::Str(text),
                Cow::Owned(clean) => Value::from(clean),
            },
            Value::Keyword(keyword) => match self.text(keyword.full()) {
                Cow::Borrowed(_) => Value::Keyword(keyword),
                Cow::Owned(clean) => Value::Keyword(breyta_core::Keyword::new(clean)),
            },
            Value::Vector(items) => Value::Vector(self.sequence(items)),
            Value::List(items) => Value::List(self.sequence(items)),
            Value::Map(map) => Value::Map(
                map.iter().map(|(key, value)| (self.value(key.clone()), self.value(value.clone()))).collect(),
            ),
            Value::Set(set) => Value::Set(set.iter().map(|item| self.value(item.clone())).collect()),
            other => other,
        }
    }

    fn sequence(&self, items: Vector) -> Vector {
        items.into_iter().map(|item| self.value(item)).collect()
    }

    pub fn error(&self, mut error: StepError) -> StepError {
        error.message = self.text(&error.message).into_owned();
        error.url = error.url.map(|url| self.text(&url).into_owned());
        error.data = self.value(error.data);
        error
    }
}

/// As in a query string: everything but the unreserved characters of RFC 3986.
pub(crate) fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    encoded
}
