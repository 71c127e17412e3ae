//! The evaluated config of an `:http` step, checked key by key. Keys nobody knows are refused, never ignored.

use std::time::Duration;

use breyta_catalog::families;
use breyta_core::{Map, Value};
use breyta_engine::error::StepError;

use super::body::{self, Body};
use crate::duration;
use crate::family::StepContext;

/// How the response body becomes a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseAs {
    /// By the response's content type.
    Auto,
    Json,
    Text,
    Edn,
    /// Only for persisted results, which this runtime does not have yet: fails with `binary-inline`.
    Bytes,
}

/// A checked config.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) method: reqwest::Method,
    pub(super) connection: Option<String>,
    pub(super) url: Option<String>,
    pub(super) path: Option<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Body,
    pub(super) accept: Option<String>,
    /// Replaces the type that the body's kind brings along.
    pub(super) content_type: Option<String>,
    pub(super) response_as: ResponseAs,
    /// Lower case; None keeps every response header.
    pub(super) include_headers: Option<Vec<String>>,
    pub(super) timeout: Duration,
    pub(super) throw_on_status: bool,
    pub(super) response_bytes_max: u64,
    /// The header that carries the idempotency key.
    pub(super) idempotency_header: Option<String>,
}

/// The keys of this family that the executor reads; `:template` and `:data` are merged in before.
const HANDLED: &[&str] = &[
    "connection",
    "url",
    "path",
    "method",
    "headers",
    "query",
    "json",
    "form",
    "body",
    "content-type",
    "accept",
    "response-as",
    "include-headers",
    "client-opts",
    "idempotency-key",
];

impl Config {
    pub(super) fn read(config: &Map, context: &StepContext<'_>) -> Result<Self, StepError> {
        context.check_keys(config, &families::HTTP, HANDLED)?;
        let fields = Fields { step: context.request.step, config };
        let options = Fields { step: fields.step, config: &fields.map("client-opts")?.unwrap_or_default() }
            .client_options()?;
        Ok(Self {
            method: fields.method()?,
            connection: fields.name("connection")?,
            url: fields.name("url")?,
            path: fields.name("path")?,
            query: fields.query()?,
            headers: fields.headers()?,
            body: fields.body()?,
            accept: fields.name("accept")?.map(|accept| mime(&accept)),
            content_type: fields.name("content-type")?.map(|kind| mime(&kind)),
            response_as: fields.response_as()?,
            include_headers: fields.include_headers()?,
            timeout: fields
                .timeout()?
                .unwrap_or(Duration::from_millis(families::HTTP.timeout_ms))
                .min(Duration::from_millis(context.limits.attempt_timeout_ms)),
            throw_on_status: options.0,
            response_bytes_max: options.1.unwrap_or(context.limits.http_response_bytes),
            idempotency_header: fields.idempotency_header()?,
        })
    }
}

/// The shortcuts of `:accept` and `:content-type`; anything else is a MIME type as it stands.
fn mime(name: &str) -> String {
    match name {
        "json" => "application/json",
        "xml" => "application/xml",
        "text" => "text/plain",
        "html" => "text/html",
        "csv" => "text/csv",
        "edn" => "application/edn",
        "form" => "application/x-www-form-urlencoded",
        "bytes" => "application/octet-stream",
        other => other,
    }
    .to_owned()
}

struct Fields<'a> {
    step: &'a str,
    config: &'a Map,
}

impl Fields<'_> {
    fn get(&self, key: &str) -> Option<&Value> {
        self.config.get_keyword(key).filter(|value| !value.is_nil())
    }

    fn wrong(&self, key: &str, wanted: &str, got: &Value) -> StepError {
        let got = match got.as_name() {
            Some(name) => format!("\"{name}\""),
            None => got.type_name().to_owned(),
        };
        StepError::new("invalid-config", format!("step :{}: :{key} {wanted}, not {got}", self.step))
    }

    fn name(&self, key: &str) -> Result<Option<String>, StepError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => match value.as_name() {
                Some(name) => Ok(Some(name.to_owned())),
                None => Err(self.wrong(key, "takes a string or a keyword", value)),
            },
        }
    }

    fn map(&self, key: &str) -> Result<Option<Map>, StepError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Map(map)) => Ok(Some(map.clone())),
            Some(other) => Err(self.wrong(key, "takes a map", other)),
        }
    }

    fn method(&self) -> Result<reqwest::Method, StepError> {
        let Some(name) = self.name("method")? else { return Ok(reqwest::Method::GET) };
        Ok(match name.to_ascii_lowercase().as_str() {
            "get" => reqwest::Method::GET,
            "post" => reqwest::Method::POST,
            "put" => reqwest::Method::PUT,
            "patch" => reqwest::Method::PATCH,
            "delete" => reqwest::Method::DELETE,
            "head" => reqwest::Method::HEAD,
            "options" => reqwest::Method::OPTIONS,
            _ => {
                let wanted = "is one of :get :post :put :patch :delete :head :options";
                return Err(self.wrong("method", wanted, &Value::from(name)));
            }
        })
    }

    /// Names with one text each; a sequence gives a name several times, nil leaves it out.
    fn query(&self) -> Result<Vec<(String, String)>, StepError> {
        let Some(map) = self.map("query")? else { return Ok(Vec::new()) };
        body::pairs(&map).map_err(|(key, value)| {
            let wanted = format!("takes text, numbers, booleans or sequences of these under {key}");
            self.wrong("query", &wanted, &value)
        })
    }

    fn headers(&self) -> Result<Vec<(String, String)>, StepError> {
        let Some(map) = self.map("headers")? else { return Ok(Vec::new()) };
        body::pairs(&map).map_err(|(key, value)| {
            let wanted = format!("takes text, numbers or booleans under {key}");
            self.wrong("headers", &wanted, &value)
        })
    }

    /// json over form over body.
    fn body(&self) -> Result<Body, StepError> {
        let failed = |key: &str, reason: String| {
            StepError::new("invalid-config", format!("step :{}: :{key} {reason}", self.step))
        };
        if let Some(value) = self.get("json") {
            return Body::json(value).map_err(|reason| failed("json", reason));
        }
        if let Some(map) = self.map("form")? {
            return Body::form(&map).map_err(|reason| failed("form", reason));
        }
        match self.get("body") {
            None => Ok(Body::Empty),
            Some(value) => Body::raw(value).map_err(|reason| failed("body", reason)),
        }
    }

    fn response_as(&self) -> Result<ResponseAs, StepError> {
        let Some(name) = self.name("response-as")? else { return Ok(ResponseAs::Auto) };
        Ok(match name.as_str() {
            "auto" => ResponseAs::Auto,
            "json" => ResponseAs::Json,
            "text" => ResponseAs::Text,
            "edn" => ResponseAs::Edn,
            "bytes" => ResponseAs::Bytes,
            "jsonl" | "sse" | "xml" | "yaml" => {
                let message =
                    format!("step :{}: :response-as :{name} is not supported yet; take :text", self.step);
                return Err(StepError::new("not-supported-yet", message));
            }
            _ => {
                let wanted = "is one of :auto :json :text :edn :bytes";
                return Err(self.wrong("response-as", wanted, &Value::from(name)));
            }
        })
    }

    fn include_headers(&self) -> Result<Option<Vec<String>>, StepError> {
        let Some(value) = self.get("include-headers") else { return Ok(None) };
        let names = value.as_sequential().and_then(|items| {
            items.iter().map(|item| item.as_name().map(str::to_ascii_lowercase)).collect::<Option<Vec<_>>>()
        });
        names.map(Some).ok_or_else(|| self.wrong("include-headers", "takes a vector of header names", value))
    }

    fn timeout(&self) -> Result<Option<Duration>, StepError> {
        let Some(value) = self.get("timeout") else { return Ok(None) };
        match duration::parse(value).filter(|timeout| !timeout.is_zero()) {
            Some(timeout) => Ok(Some(timeout)),
            None => {
                Err(self.wrong("timeout", "takes seconds or a duration like \"500ms\" or \"10s\"", value))
            }
        }
    }

    /// Whether a status of 400 or above throws, and the bound of the body.
    fn client_options(&self) -> Result<(bool, Option<u64>), StepError> {
        let mut throw_on_status = true;
        let mut bytes_max = None;
        for (key, value) in self.config {
            match (key.as_name(), value) {
                (_, Value::Nil) => {}
                (Some("throw-on-status"), Value::Bool(throws)) => throw_on_status = *throws,
                (Some("max-response-bytes"), Value::Int(bytes)) if *bytes > 0 => {
                    bytes_max = u64::try_from(*bytes).ok();
                }
                (Some("throw-on-status"), other) => {
                    return Err(self.wrong("client-opts", "takes a boolean as :throw-on-status", other));
                }
                (Some("max-response-bytes"), other) => {
                    return Err(self.wrong(
                        "client-opts",
                        "takes a positive number as :max-response-bytes",
                        other,
                    ));
                }
                _ => {
                    let wanted = "knows :throw-on-status and :max-response-bytes";
                    return Err(self.wrong("client-opts", wanted, key));
                }
            }
        }
        Ok((throw_on_status, bytes_max))
    }

    fn idempotency_header(&self) -> Result<Option<String>, StepError> {
        match self.get("idempotency-key") {
            None | Some(Value::Bool(false)) => Ok(None),
            Some(Value::Bool(true)) => Ok(Some("Idempotency-Key".to_owned())),
            Some(Value::Str(name)) => Ok(Some(name.as_str().to_owned())),
            Some(other) => Err(self.wrong("idempotency-key", "takes true or the name of a header", other)),
        }
    }
}
