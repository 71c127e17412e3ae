//! Why a step failed, and the error map that the flow, the journal and people see (spec: steps §2).

use breyta_core::{Map, Thrown, Value};

/// The failure of one step attempt. Secrets are already removed from every text.
#[derive(Clone, Debug, PartialEq)]
pub struct StepError {
    /// The machine class, a stable kebab-case word: `http-status`, `connect`, `timeout`, `missing-binding`.
    pub kind: &'static str,
    pub message: String,
    /// HTTP status, where there is one.
    pub status: Option<u16>,
    /// Without query string.
    pub url: Option<String>,
    /// Whether trying again may help.
    pub retryable: bool,
    /// Anything further: response headers and body preview, ex-data.
    pub data: Value,
}

impl StepError {
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), status: None, url: None, retryable: false, data: Value::Nil }
    }

    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// The error map of the spec, as a flow sees it.
    pub fn to_value(&self, step: &str, attempt: u32) -> Value {
        let mut map = Map::new();
        map.insert_keyword("type", self.kind);
        map.insert_keyword("message", self.message.as_str());
        if let Some(status) = self.status {
            map.insert_keyword("status", i64::from(status));
        }
        if let Some(url) = &self.url {
            map.insert_keyword("url", url.as_str());
        }
        map.insert_keyword("step-id", Value::Keyword(breyta_core::Keyword::new(step)));
        map.insert_keyword("attempt", i64::from(attempt));
        map.insert_keyword("retryable?", self.retryable);
        if !self.data.is_nil() {
            map.insert_keyword("data", self.data.clone());
        }
        Value::Map(map)
    }
}

impl From<Thrown> for StepError {
    /// A function that threw: the class code, the message and the ex-data pass through.
    fn from(thrown: Thrown) -> Self {
        Self::new(thrown.code(), thrown.message()).with_data(thrown.data().clone())
    }
}
