//! The `:http` family: one request through a bound connection.

use super::{ConfigKey, EffectClass, Family, KeyType, ResultField};

/// Methods that `:method` may name.
pub const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// How `:response-as` may ask for the body to be read.
pub const RESPONSE_AS: &[&str] = &["auto", "json", "text", "jsonl", "sse", "bytes", "edn", "xml", "yaml"];

/// Values of `:response-as` that this version refuses by name.
const RESPONSE_AS_LATER: &[&str] = &["jsonl", "sse", "bytes", "xml", "yaml"];

/// Keys that a template of type `:http-request` may give in its `:request`.
pub const TEMPLATE_KEYS: &[&str] =
    &["url", "path", "method", "headers", "query", "json", "form", "body", "multipart"];

pub static HTTP: Family = Family {
    name: "http",
    aliases: &[],
    effect: EffectClass::Effect,
    supported: true,
    keys: &[
        ConfigKey::supported(
            "connection",
            KeyType::ConnectionRef,
            "The slot of `:requires` whose base URL and auth are used.",
        ),
        ConfigKey::supported("url", KeyType::String, "A whole URL in place of a connection."),
        ConfigKey::supported("path", KeyType::String, "Appended to the base URL of the connection."),
        ConfigKey::supported("method", KeyType::OneOf(METHODS), "The HTTP method; `:get` when absent."),
        ConfigKey::supported("headers", KeyType::Map, "Request headers; the spelling of names is kept."),
        ConfigKey::supported("query", KeyType::Map, "Query parameters."),
        ConfigKey::supported("json", KeyType::Any, "The body, sent as JSON."),
        ConfigKey::supported("form", KeyType::Map, "The body, sent as a form."),
        ConfigKey::later("multipart", KeyType::Vector, "The body, sent in parts."),
        ConfigKey::supported("body", KeyType::Any, "The body as it is."),
        ConfigKey::later("body-from-ref", KeyType::Any, "The body, read from a stored resource."),
        ConfigKey::supported("content-type", KeyType::Name, "The type of the body."),
        ConfigKey::supported("accept", KeyType::Name, "The type of response asked for."),
        ConfigKey {
            name: "response-as",
            ty: KeyType::OneOf(RESPONSE_AS),
            required: false,
            supported: true,
            later_values: RESPONSE_AS_LATER,
            doc: "How the response body is read; `:auto` when absent.",
        },
        ConfigKey::supported("include-headers", KeyType::Vector, "The response headers to give back."),
        ConfigKey::later("parser-fn", KeyType::Code, "Reads the response body."),
        ConfigKey::supported(
            "template",
            KeyType::TemplateRef,
            "A template of type `:http-request`; keys of the step win.",
        ),
        ConfigKey::supported("data", KeyType::Map, "What the template's `{{…}}` refer to."),
        ConfigKey::later("auth", KeyType::Auth, "Auth of this step alone."),
        ConfigKey::supported(
            "client-opts",
            KeyType::Map,
            "`{:throw-on-status false}` gives failed responses back; `{:max-response-bytes n}` bounds the body.",
        ),
        ConfigKey::supported(
            "idempotency-key",
            KeyType::Any,
            "`true`, or the name of a header: sends the key of this execution, the same on every attempt.",
        ),
        ConfigKey::later("auto-search-index?", KeyType::Boolean, "Whether a page that was read is indexed."),
    ],
    any_of: &[&["connection", "url"]],
    // Several bodies are no error: json wins over form, form over body.
    exclusive: &[],
    result: &[
        ResultField { name: "status", ty: KeyType::Integer, doc: "The HTTP status." },
        ResultField { name: "headers", ty: KeyType::Map, doc: "Response headers by lower-case name." },
        ResultField {
            name: "body",
            ty: KeyType::Any,
            doc: "The parsed body; JSON objects have keyword keys.",
        },
        ResultField { name: "success", ty: KeyType::Boolean, doc: "Whether the status is below 400." },
        ResultField {
            name: "url",
            ty: KeyType::String,
            doc: "Where the response came from, without the query.",
        },
    ],
    timeout_ms: 30_000,
    doc: "One HTTP request through a bound connection.",
};
