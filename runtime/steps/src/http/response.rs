//! From a response to the step's result map, or to the error that the step fails with.

use breyta_core::{Map, Value};
use breyta_engine::error::StepError;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap};
use reqwest::{Response, Url};

use super::body::{self, Kind};
use super::config::{Config, ResponseAs};
use super::request::{failure, shown};
use crate::scrub::Scrubber;

/// How much of an error's body is read, and how much of it the error shows.
const ERROR_BODY_BYTES_MAX: u64 = 64 * 1024;
const PREVIEW_CHARS: usize = 2_000;

/// Reads the body and makes the result: `{:success :status :headers :body :url}`.
///
/// What errors show of a body is cut only after the secrets are out of it: half a secret would not be found.
pub(super) async fn read(
    url: Url,
    mut response: Response,
    config: &Config,
    scrubber: &Scrubber,
) -> Result<Value, StepError> {
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    if status >= 400 && config.throw_on_status {
        let body = collect(&mut response, &url, ERROR_BODY_BYTES_MAX).await?.bytes;
        return Err(status_error(
            status,
            &url,
            header_map(&headers, config),
            &scrubber.text(&String::from_utf8_lossy(&body)),
            config,
        ));
    }
    let collected = collect(&mut response, &url, config.response_bytes_max).await?;
    if collected.truncated {
        let bytes_max = config.response_bytes_max;
        let message = format!(
            "the answer of {} is larger than {bytes_max} bytes; raise :client-opts {{:max-response-bytes n}} or ask for less",
            shown(&url)
        );
        return Err(StepError::new("too-large", message).with_url(shown(&url)));
    }
    let body = value(&headers, &collected.bytes, config, scrubber).map_err(|(kind, reason)| {
        let mut error =
            StepError::new(kind, format!("the answer of {} {reason}", shown(&url))).with_url(shown(&url));
        error.status = Some(status);
        error
    })?;
    let mut result = Map::new();
    result.insert_keyword("success", status < 400);
    result.insert_keyword("status", i64::from(status));
    result.insert_keyword("headers", header_map(&headers, config));
    result.insert_keyword("body", body);
    result.insert_keyword("url", shown(&url));
    Ok(Value::Map(result))
}

struct Collected {
    bytes: Vec<u8>,
    truncated: bool,
}

/// The body up to a bound; what lies beyond is not read.
async fn collect(response: &mut Response, url: &Url, bytes_max: u64) -> Result<Collected, StepError> {
    let bytes_max = usize::try_from(bytes_max).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, url))? {
        let room = bytes_max - bytes.len();
        if chunk.len() > room {
            bytes.extend(chunk.iter().take(room));
            return Ok(Collected { bytes, truncated: true });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Collected { bytes, truncated: false })
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

/// The body as a value; the error is a kind and what to say about the answer.
fn value(
    headers: &HeaderMap,
    bytes: &[u8],
    config: &Config,
    scrubber: &Scrubber,
) -> Result<Value, (&'static str, String)> {
    if bytes.is_empty() && config.response_as != ResponseAs::Text {
        return Ok(Value::Nil);
    }
    if let Some(coding) = headers.get(CONTENT_ENCODING).filter(|coding| *coding != "identity") {
        let coding = String::from_utf8_lossy(coding.as_bytes());
        return Err(("parse", format!("is compressed ({coding}), which the request did not ask for")));
    }
    let content_type = content_type(headers);
    let kind = match config.response_as {
        ResponseAs::Auto => body::kind(content_type, bytes),
        ResponseAs::Json => Kind::Json,
        ResponseAs::Edn => Kind::Edn,
        ResponseAs::Text => Kind::Text,
        ResponseAs::Bytes => Kind::Binary,
    };
    if kind == Kind::Binary {
        let what = content_type.unwrap_or("of an unknown type");
        let reason = format!(
            "is binary ({what}, {} bytes) and binary bodies are never inlined; if it is text after all, ask for :response-as :text",
            bytes.len()
        );
        return Err(("binary-inline", reason));
    }
    let text = body::text(content_type, bytes).map_err(|reason| ("parse", reason))?;
    let parsed = match kind {
        Kind::Json => body::parse_json(&text),
        Kind::Edn => body::parse_edn(&text),
        Kind::Text | Kind::Binary => return Ok(Value::from(text)),
    };
    parsed.map_err(|reason| {
        ("parse", format!("{reason}; it starts with \"{}\"", start(&scrubber.text(&text), 80)))
    })
}

fn status_error(status: u16, url: &Url, headers: Map, body: &str, config: &Config) -> StepError {
    let name = reqwest::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let mut data = Map::new();
    data.insert_keyword("headers", headers);
    data.insert_keyword("body", start(body, PREVIEW_CHARS));
    let message = format!("{} {} answered {status} {name}", config.method, shown(url));
    let mut error =
        StepError::new("http-status", message.trim_end()).with_url(shown(url)).with_data(Value::Map(data));
    error.status = Some(status);
    error.retryable = matches!(status, 408 | 425 | 429) || status >= 500;
    error
}

fn start(text: &str, chars: usize) -> String {
    let start: String = text.chars().take(chars).collect();
    if start.len() < text.len() { start + "…" } else { start }
}

/// Lower-case names as strings; repeated headers joined by commas.
fn header_map(headers: &HeaderMap, config: &Config) -> Map {
    let wanted = |name: &str| {
        config.include_headers.as_ref().is_none_or(|names| names.iter().any(|wanted| wanted == name))
    };
    headers
        .keys()
        .filter(|name| wanted(name.as_str()))
        .map(|name| {
            let values: Vec<_> =
                headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            (Value::string(name.as_str()), Value::from(values.join(", ")))
        })
        .collect()
}
