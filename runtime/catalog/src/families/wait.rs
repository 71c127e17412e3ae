//! The `:wait` family: parks the run until somebody or something answers.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, RetrySafety, Shape, ToolUse, Uses, Variant, Variants,
};
use crate::values::{Spelling, THIRTY_DAYS_MS, Time};

/// Inputs by their names, or as maps like those of a setup form.
const FIELDS: KeyType = KeyType::VectorOf(&KeyType::Either(&[KeyType::Name, KeyType::Map]));

const NOTIFY: Shape = Shape::new(
    "a map such as {:channels {:http {…}}}",
    &[
        ConfigKey::new("channels", KeyType::Shape(&super::notify::CHANNELS), "How people are told."),
        ConfigKey::new(
            "template",
            KeyType::TemplateRef(&["notification"]),
            "A template of type `:notification`.",
        ),
        ConfigKey::new("data", KeyType::Map, "What the template's `{{…}}` refer to."),
        ConfigKey::new("fields", FIELDS, "Inputs of the form that completes the wait."),
        ConfigKey::new("ui", KeyType::Map, "How the wait looks in user interfaces."),
    ],
);

const WEBHOOK: Shape = Shape::new(
    "a webhook map such as {:auth {:type :bearer :secret-ref :token}}",
    &[
        ConfigKey::new("path", KeyType::String, "The end of the address that is called."),
        ConfigKey::new("auth", KeyType::Shape(&CALLER_AUTH), "How the caller proves who it is."),
    ],
);

const SECRET: ConfigKey =
    ConfigKey::required("secret-ref", KeyType::SecretRef, "The secret slot of `:requires`.");

/// How the caller of a wait's webhook proves who it is.
const CALLER_AUTH: Shape = Shape::new(
    "an auth map such as {:type :bearer :secret-ref :token}",
    &[
        ConfigKey::inline("token"),
        ConfigKey::inline("secret"),
        ConfigKey::inline("password"),
        ConfigKey::inline("key"),
    ],
)
.variants(&Variants {
    key: "type",
    required: true,
    default: None,
    others: &[],
    doc: "The scheme.",
    cases: &[
        Variant::new(
            "api-key",
            &[
                SECRET,
                ConfigKey::new("header", KeyType::String, "The header with the key.").or("\"X-API-Key\""),
                ConfigKey::new("location", KeyType::OneOf(&["header", "query"]), "Where the key is.")
                    .or(":header"),
                ConfigKey::renamed("in", "location", KeyType::OneOf(&["header", "query"])),
                ConfigKey::new("param", KeyType::String, "The query parameter with the key.").or("\"token\""),
                ConfigKey::renamed("query-param", "param", KeyType::String),
            ],
            "A key in a header or a query parameter.",
        ),
        Variant::new("bearer", &[SECRET], "`Authorization: Bearer <secret>`."),
        Variant::new(
            "basic",
            &[
                SECRET,
                ConfigKey::required("username", KeyType::String, "The user; the secret is the password."),
            ],
            "`Authorization: Basic …`.",
        ),
        Variant::new(
            "hmac-sha256",
            &[
                SECRET,
                ConfigKey::new("header", KeyType::String, "The header with the signature.")
                    .or("\"X-Signature\""),
            ],
            "A signature over the raw body.",
        ),
        Variant::new(
            "signature",
            &[
                ConfigKey::required("algo", KeyType::OneOf(&["hmac-sha256", "ecdsa-p256"]), "The algorithm."),
                ConfigKey::required("signature-header", KeyType::String, "The header with the signature."),
                ConfigKey::new("signature-format", KeyType::OneOf(&["base64", "hex"]), "How it is written.")
                    .or(":base64"),
                ConfigKey::new("signature-prefix", KeyType::String, "What stands in front of it."),
                ConfigKey::new(
                    "signed-message",
                    KeyType::OneOf(&["payload", "timestamp-payload"]),
                    "What is signed.",
                )
                .or(":payload"),
                ConfigKey::new("timestamp-header", KeyType::String, "The header with the time."),
                ConfigKey::new("timestamp-max-skew-ms", KeyType::Whole(1, i64::MAX), "How old it may be.")
                    .or("300000"),
                ConfigKey::new("secret-ref", KeyType::SecretRef, "The secret slot of `:requires`."),
                ConfigKey::new("public-key-ref", KeyType::SecretRef, "The slot with the public key."),
            ],
            "A signature of the sender's own scheme.",
        )
        .any_of(&[&["secret-ref", "public-key-ref"]])
        .exclusive(&[&["secret-ref", "public-key-ref"]]),
        Variant::new(
            "ip-allowlist",
            &[ConfigKey::required("allow", KeyType::VectorOf(&KeyType::String), "The addresses.")],
            "The caller's address.",
        ),
    ],
});

const EVENT: Shape = Shape::new(
    "an event map such as {:name \"order.paid\"}",
    &[
        ConfigKey::required("name", KeyType::Name, "The event."),
        ConfigKey::new(
            "key",
            KeyType::Either(&[KeyType::Shape(&EVENT_KEY), KeyType::Name]),
            "Where the event carries the correlation key: `{:path [:order-id]}`.",
        ),
    ],
);

const EVENT_KEY: Shape = Shape::new(
    "a map such as {:path [:order-id]}",
    &[ConfigKey::required("path", KeyType::Vector, "The path into the event.")],
);

const VALIDATION: Shape = Shape::new(
    "a validation map such as {:required [:comment]}",
    &[ConfigKey::new("required", KeyType::VectorOf(&KeyType::Name), "Fields that an answer must have.")],
)
.open();

pub static WAIT: Family = Family {
    name: "wait",
    aliases: &[],
    effect: EffectClass::Control,
    retry: RetrySafety::Safe,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: false },
    runs: true,
    config: Shape::new(
        "the config of a :wait step",
        &[
            ConfigKey::new(
                "key",
                KeyType::Either(&[KeyType::Text(Spelling::NotBlank), KeyType::Keyword]),
                "What an answer is recognised by.",
            ),
            ConfigKey::new(
                "timeout",
                KeyType::Within(Time::up_to(THIRTY_DAYS_MS)),
                "How long the run waits.",
            )
            .or("\"24h\""),
            ConfigKey::new("on-timeout", KeyType::OneOf(&["fail", "continue"]), "What happens then.")
                .or(":fail"),
            ConfigKey::new("default-value", KeyType::Any, "What the step gives when the timeout continues.")
                .or("nil"),
            ConfigKey::later("notify", KeyType::Shape(&NOTIFY), "Who is told."),
            ConfigKey::later("webhook", KeyType::Shape(&WEBHOOK), "An address that completes the wait."),
            ConfigKey::new("event", KeyType::Shape(&EVENT), "An event that completes the wait."),
            ConfigKey::replaced("event-key-path", "`:event {:name … :key {:path […]}}`", KeyType::Vector),
            ConfigKey::new("roles", KeyType::VectorOf(&KeyType::Name), "Who may answer."),
            ConfigKey::new("validation", KeyType::Shape(&VALIDATION), "What an answer must have."),
            ConfigKey::new("fields", FIELDS, "Inputs of the form that completes the wait."),
        ],
    )
    .any_of(&[&["key", "event", "webhook"]]),
    result: Outcome::Any,
    timeout_ms: 86_400_000,
    doc: "Parks the run until a person, a webhook or an event completes it; gives what they sent.",
    example: "(let [answer (flow/step :wait :sign-off
               {:key (str \"budget:\" (:quarter (flow/input)))
                :timeout \"3d\" :on-timeout :continue
                :default-value {:action \"reject\"}
                :roles [:finance]
                :validation {:required [:comment]}})]
  {:approved (= \"approve\" (:action answer))})",
};
