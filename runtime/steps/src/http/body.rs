//! Request bodies out of config values, and response bodies into values.

use std::sync::Arc;

use breyta_core::json::Keys;
use breyta_core::{Map, Value, edn, json};

use crate::scrub::percent_encoded;

/// A request body, ready to be sent any number of times.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Empty,
    /// With the content type that goes with it unless the step names another.
    Bytes {
        content_type: Option<&'static str>,
        bytes: Arc<[u8]>,
    },
}

impl Body {
    pub(super) fn json(value: &Value) -> Result<Self, String> {
        let text = json::emit(value).map_err(|error| error.to_string())?;
        Ok(Self::text(Some("application/json"), text))
    }

    pub(super) fn form(map: &Map) -> Result<Self, String> {
        let pairs = pairs(map)
            .map_err(|(key, value)| format!("takes text under {key}, not {}", value.type_name()))?;
        Ok(Self::text(Some("application/x-www-form-urlencoded"), encoded_pairs(&pairs)))
    }

    /// `:body`: text and bytes as they are, maps and sequences as JSON.
    pub(super) fn raw(value: &Value) -> Result<Self, String> {
        match value {
            Value::Bytes(bytes) => Ok(Self::Bytes { content_type: None, bytes: bytes.clone() }),
            Value::Map(_) | Value::Vector(_) | Value::List(_) | Value::Set(_) => Self::json(value),
            other => match scalar_text(other) {
                Some(text) => Ok(Self::text(None, text)),
                None => Err(format!("takes text, bytes, a map or a sequence, not {}", other.type_name())),
            },
        }
    }

    fn text(content_type: Option<&'static str>, text: String) -> Self {
        Self::Bytes { content_type, bytes: text.into_bytes().into() }
    }
}

/// Names with texts, in order; sequences repeat their name, nil leaves it out. The error is the entry that has no text.
pub(super) fn pairs(map: &Map) -> Result<Vec<(String, String)>, (String, Value)> {
    let mut pairs = Vec::with_capacity(map.len());
    for (key, value) in map {
        let name = match key.as_name() {
            Some(name) => name.to_owned(),
            None => scalar_text(key).ok_or_else(|| ("a key".to_owned(), key.clone()))?,
        };
        let single = std::slice::from_ref(value);
        for item in value.as_sequential().map_or(single, breyta_core::Vector::as_slice) {
            if item.is_nil() {
                continue;
            }
            match scalar_text(item) {
                Some(text) => pairs.push((name.clone(), text)),
                None => return Err((format!("\"{name}\""), item.clone())),
            }
        }
    }
    Ok(pairs)
}

/// `a=1&b=2`, both sides percent-encoded.
pub(super) fn encoded_pairs(pairs: &[(String, String)]) -> String {
    pairs
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The text of a scalar as it stands in URLs and headers; keywords without their colon. None for anything else.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::Nil | Value::Map(_) | Value::Vector(_) | Value::List(_) | Value::Set(_) => None,
        Value::Bytes(_) | Value::Regex(_) | Value::Function(_) => None,
        Value::Lazy(_) | Value::Object(_) | Value::Error(_) => None,
        Value::Str(text) => Some(text.as_str().to_owned()),
        Value::Keyword(keyword) => Some(keyword.full().to_owned()),
        // Numbers, dates and identifiers: their JSON text, which quotes some of them.
        other => {
            let text = json::emit(other).ok()?;
            Some(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&text).to_owned())
        }
    }
}

/// What the content type says the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Edn,
    Text,
    Binary,
}

/// The kind of a body by its content type; without one, text when it can be text.
pub(super) fn kind(content_type: Option<&str>, bytes: &[u8]) -> Kind {
    let Some(content_type) = content_type else {
        return if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) {
            Kind::Text
        } else {
            Kind::Binary
        };
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (top, sub) = essence.split_once('/').unwrap_or((&essence, ""));
    match sub {
        "json" => Kind::Json,
        _ if sub.ends_with("+json") => Kind::Json,
        "edn" => Kind::Edn,
        _ if top == "text" || sub.ends_with("+xml") || sub.ends_with("+yaml") => Kind::Text,
        "xml"
        | "javascript"
        | "x-javascript"
        | "yaml"
        | "x-yaml"
        | "x-www-form-urlencoded"
        | "graphql"
        | "toml"
        | "x-ndjson" => Kind::Text,
        _ => Kind::Binary,
    }
}

/// The text of a body: UTF-8 unless the content type says ISO-8859-1 or ASCII.
pub(super) fn text(content_type: Option<&str>, bytes: &[u8]) -> Result<String, String> {
    let charset = content_type
        .unwrap_or_default()
        .split(';')
        .filter_map(|parameter| parameter.trim().split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .map(|(_, charset)| charset.trim().trim_matches('"').to_ascii_lowercase());
    match charset.as_deref() {
        Some("iso-8859-1" | "latin1") => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {
            let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err(format!("is not UTF-8 text (at byte {})", error.valid_up_to())),
            }
        }
        Some(other) => Err(format!("is in the character set {other}, which is not supported")),
    }
}

pub(super) fn parse_json(text: &str) -> Result<Value, String> {
    json::parse(text, Keys::Keywords).map_err(|error| format!("is not JSON: {error}"))
}

pub(super) fn parse_edn(text: &str) -> Result<Value, String> {
    edn::read(text).map_err(|error| format!("is not EDN: {error}"))
}
