//! The `:http` family: one request through a bound connection.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
    Variant, Variants,
};
use crate::values::Spelling;

/// Methods that `:method` may name.
pub const METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "head", "options"];

/// How `:response-as` may ask for the body to be read.
pub const RESPONSE_AS: &[&str] = &["auto", "json", "text", "jsonl", "sse", "bytes", "edn", "xml", "yaml"];

/// Values of `:response-as` that this version refuses by name.
const RESPONSE_AS_LATER: &[&str] = &["jsonl", "sse", "bytes", "xml", "yaml"];

/// Keys that a template of type `:http-request` may give in its `:request`.
pub const TEMPLATE_KEYS: &[&str] =
    &["url", "path", "method", "headers", "query", "json", "form", "body", "multipart"];

/// Bodies, the one that counts first.
pub const BODIES: &[&str] = &["json", "form", "multipart", "body", "body-from-ref"];

/// Auth of a step alone: the secret is named, never written.
pub const STEP_AUTH: Shape = Shape::new(
    "an auth map such as {:type :bearer :secret-ref :token}",
    &[
        ConfigKey::inline("token"),
        ConfigKey::inline("key"),
        ConfigKey::inline("api-key"),
        ConfigKey::inline("apikey"),
        ConfigKey::inline("value"),
        ConfigKey::inline("secret"),
        ConfigKey::inline("password"),
    ],
)
.variants(&Variants {
    key: "type",
    required: true,
    default: None,
    others: &[],
    doc: "How the request authenticates.",
    cases: &[
        Variant::new("none", &[], "Not at all."),
        Variant::new("bearer", &[SECRET], "`Authorization: Bearer <secret>`."),
        Variant::new(
            "api-key",
            &[
                SECRET,
                ConfigKey::new("header", KeyType::String, "The header that carries the key.")
                    .or("\"X-API-Key\""),
                ConfigKey::new("query", KeyType::String, "The query parameter that carries the key."),
                ConfigKey::new("location", KeyType::OneOf(&["header", "query"]), "Where the key is sent.")
                    .or(":header"),
                ConfigKey::new(
                    "param-name",
                    KeyType::String,
                    "The query parameter, with `:location :query`.",
                ),
            ],
            "A key in a header or a query parameter.",
        ),
        Variant::new(
            "basic",
            &[SECRET, ConfigKey::new("username", KeyType::String, "The user; the secret is the password.")],
            "`Authorization: Basic …`.",
        ),
        Variant::new(
            "google-service-account",
            &[
                SECRET,
                ConfigKey::new("scopes", KeyType::VectorOf(&KeyType::String), "What the token may do."),
            ],
            "A token made from the JSON of a Google service account.",
        ),
    ],
});

const SECRET: ConfigKey =
    ConfigKey::required("secret-ref", KeyType::SecretRef, "The secret slot of `:requires`.");

const CLIENT_OPTS: Shape = Shape::new(
    "a map of client options",
    &[
        ConfigKey::new(
            "throw-on-status",
            KeyType::Boolean,
            "Whether a status of 400 or above fails the step.",
        )
        .or("true"),
        ConfigKey::new(
            "max-response-bytes",
            KeyType::Whole(1, i64::MAX),
            "The size of the body that is accepted.",
        ),
    ],
);

const PART: Shape = Shape::new(
    "a part such as {:name \"file\" :from-ref ref}",
    &[
        ConfigKey::required("name", KeyType::Name, "The field's name."),
        ConfigKey::new("value", KeyType::Any, "The field's value, as text."),
        ConfigKey::new("content", KeyType::Any, "The content of a file."),
        ConfigKey::new("from-ref", KeyType::Reference, "The content, read from a stored resource."),
        ConfigKey::new("bucket", KeyType::String, "Where the resource is, when that is not the default."),
        ConfigKey::new("filename", KeyType::String, "The file's name."),
        ConfigKey::new("content-type", KeyType::Name, "The part's type."),
    ],
)
.any_of(&[&["value", "content", "from-ref"]])
.exclusive(&[&["value", "content", "from-ref"]]);

/// What describes a request; `:notify` channels have it too.
pub const REQUEST: &[ConfigKey] = &[
    ConfigKey::new(
        "connection",
        KeyType::ConnectionRef(&["http-api"]),
        "The slot of `:requires` whose base URL and auth are used.",
    ),
    ConfigKey::new("url", KeyType::String, "A whole URL in place of a connection."),
    ConfigKey::new("path", KeyType::String, "Appended to the base URL of the connection."),
    ConfigKey::new("method", KeyType::OneOf(METHODS), "The HTTP method; `:get` when absent."),
    ConfigKey::new("headers", KeyType::Map, "Request headers; the spelling of names is kept."),
    ConfigKey::new("query", KeyType::Map, "Query parameters."),
    ConfigKey::new("json", KeyType::Any, "The body, sent as JSON."),
    ConfigKey::new("form", KeyType::Map, "The body, sent as a form."),
    ConfigKey::later("multipart", KeyType::VectorOf(&KeyType::Shape(&PART)), "The body, sent in parts."),
    ConfigKey::new("body", KeyType::Any, "The body as it is."),
    ConfigKey::later("body-from-ref", KeyType::Reference, "The body, read from a stored resource."),
    ConfigKey::new("content-type", KeyType::Name, "The type of the body."),
    ConfigKey::new("accept", KeyType::Name, "The type of response asked for."),
    ConfigKey {
        later_values: RESPONSE_AS_LATER,
        ..ConfigKey::new(
            "response-as",
            KeyType::OneOf(RESPONSE_AS),
            "How the response body is read; `:auto` when absent.",
        )
    },
    ConfigKey::new(
        "template",
        KeyType::TemplateRef(&["http-request"]),
        "A template of type `:http-request`; keys of the step win.",
    ),
    ConfigKey::new("data", KeyType::Map, "What the template's `{{…}}` refer to."),
    ConfigKey::later("auth", KeyType::Shape(&STEP_AUTH), "Auth of this step alone."),
];

pub static HTTP: Family = Family {
    name: "http",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Keyed,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: true },
    runs: true,
    config: Shape::new(
        "the config of an :http step",
        &[
            ConfigKey::new(
                "include-headers",
                KeyType::VectorOf(&KeyType::Name),
                "The response headers to give back.",
            ),
            ConfigKey::later("parser-fn", KeyType::Code, "Reads the response body."),
            ConfigKey::new(
                "client-opts",
                KeyType::Shape(&CLIENT_OPTS),
                "`{:throw-on-status false}` gives failed responses back; `{:max-response-bytes n}` bounds the body.",
            ),
            ConfigKey::new(
                "idempotency-key",
                KeyType::Either(&[KeyType::Boolean, KeyType::Text(Spelling::NotBlank)]),
                "`true`, or the name of a header: sends the key of this execution, the same on every attempt.",
            ),
            ConfigKey::later("auto-search-index?", KeyType::Boolean, "Whether a page that was read is indexed."),
        ],
    )
    .shared(&[REQUEST])
    .any_of(&[&["connection", "url", "template"]])
    .first_wins(&[BODIES]),
    result: Outcome::Map(&[
        ResultField::new("status", KeyType::Integer, "The HTTP status."),
        ResultField::new("headers", KeyType::Map, "Response headers by lower-case name."),
        ResultField::new("body", KeyType::Any, "The parsed body; JSON objects have keyword keys."),
        ResultField::new("success", KeyType::Boolean, "Whether the status is below 400."),
        ResultField::new("url", KeyType::String, "Where the response came from, without the query."),
    ]),
    timeout_ms: 30_000,
    doc: "One HTTP request through a bound connection.",
    example: "(let [orders (flow/step :http :open-orders
               {:connection :api :path \"/orders\" :method :get
                :query {:state \"open\" :limit 50}
                :response-as :json :timeout \"20s\"})]
  {:orders (:body orders) :status (:status orders)})",
};
