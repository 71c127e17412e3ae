//! Outer controls: config keys that every step takes, around those of its family.
//!
//! On packaged calls they stay outside of the wrapped step's input.

use crate::values::{
    ConfigKey, KeyType, ResultField, Shape, Spelling, THIRTY_DAYS_MS, Time, Variant, Variants,
};

/// Controls that every family takes in its config, around its own keys.
pub const CONTROLS: &[ConfigKey] = &[
    ConfigKey::new("title", KeyType::String, "Label of the step in timelines.").or("the step id"),
    ConfigKey::new(
        "timeout",
        KeyType::Duration,
        "What bounds one attempt: seconds, or a text such as `\"500ms\"`.",
    ),
    ConfigKey::new(
        "retry",
        KeyType::Shape(&RETRY),
        "Attempts after a failure: `{:max-attempts n :backoff-ms ms}`.",
    ),
    ConfigKey::new(
        "on-error",
        KeyType::Either(&[KeyType::OneOf(STRATEGIES), KeyType::Shape(&ON_ERROR)]),
        "What happens when the step has failed for good.",
    )
    .or(":fail"),
    ConfigKey::later("persist", KeyType::Shape(&PERSIST), "Stores the result and gives a reference to it."),
    ConfigKey::new("review", CHECKPOINT_VALUE, "A person looks at the result before the flow goes on."),
    ConfigKey::new("confirm", CHECKPOINT_VALUE, "A person agrees before the step runs."),
    ConfigKey::new("breakpoint", CHECKPOINT_VALUE, "Stops before the step while the flow is being written."),
    ConfigKey::new("mock", KeyType::Any, "A fixed result in place of the step, in drafts and tests."),
    ConfigKey::new(
        "expect",
        KeyType::Either(&[KeyType::Keyword, KeyType::Map]),
        "What the result must look like.",
    ),
    ConfigKey::new("metering", KeyType::Shape(&METERING), "Advisory cost of the step."),
];

/// What `:on-error` may be on most families.
pub const STRATEGIES: &[&str] = &["fail", "skip", "continue", "checkpoint"];

/// `:retry`.
pub const RETRY: Shape = Shape::new(
    "a retry map",
    &[
        ConfigKey::new(
            "max-attempts",
            KeyType::Whole(1, i64::MAX),
            "Attempts in total, the first one included.",
        ),
        ConfigKey::new("backoff-ms", KeyType::Whole(0, i64::MAX), "Milliseconds between two attempts."),
        ConfigKey::new("backoff", KeyType::Shape(&BACKOFF), "A delay that grows, in place of `:backoff-ms`."),
    ],
)
.exclusive(&[&["backoff-ms", "backoff"]]);

/// A delay that grows from attempt to attempt.
pub const BACKOFF: Shape = Shape::new(
    "a backoff map",
    &[ConfigKey::new(
        "max",
        KeyType::Within(Time::millis_up_to(THIRTY_DAYS_MS)),
        "The longest delay; numbers are milliseconds.",
    )],
)
.variants(&Variants {
    key: "type",
    required: true,
    default: None,
    others: &[],
    doc: "How the delay grows.",
    cases: &[
        Variant::new("constant", &[BASE, STEP], "The same delay every time."),
        Variant::new(
            "linear",
            &[
                BASE,
                ConfigKey::required(
                    "step",
                    KeyType::Within(Time::millis_up_to(THIRTY_DAYS_MS)),
                    "What is added each time; numbers are milliseconds.",
                ),
            ],
            "`:step` more every time.",
        ),
        Variant::new(
            "exponential",
            &[
                BASE,
                STEP,
                ConfigKey::new("factor", KeyType::Number(1, 1_000), "What the delay is multiplied by.")
                    .or("2"),
            ],
            "`:factor` times as long every time.",
        ),
    ],
});

const BASE: ConfigKey = ConfigKey::new(
    "base",
    KeyType::Within(Time::millis_up_to(THIRTY_DAYS_MS)),
    "The first delay; numbers are milliseconds.",
);

const STEP: ConfigKey = ConfigKey::new(
    "step",
    KeyType::Within(Time::millis_up_to(THIRTY_DAYS_MS)),
    "The first delay; numbers are milliseconds.",
);

/// `:on-error` as a map.
pub const ON_ERROR: Shape = Shape::new(
    "an error map such as {:strategy :continue}",
    &[
        ConfigKey::required("strategy", KeyType::OneOf(STRATEGIES), "What happens."),
        ConfigKey::new(
            "timeout",
            KeyType::Within(Time::up_to(THIRTY_DAYS_MS)),
            "How long a checkpoint waits for a decision.",
        )
        .or("\"24h\""),
        ConfigKey::new("prompt", KeyType::String, "What a checkpoint asks."),
        ConfigKey::later("notify", KeyType::Map, "Who is told about a checkpoint."),
    ],
);

/// `:metering`.
pub const METERING: Shape = Shape::new(
    "a metering map",
    &[
        ConfigKey::new("unit", KeyType::Name, "What is counted: `:request`."),
        ConfigKey::new(
            "unit-cost-micros",
            KeyType::Whole(0, i64::MAX),
            "Cost of one completed execution in millionths of a dollar.",
        ),
        ConfigKey::new("label", KeyType::String, "What people see."),
    ],
);

/// `:review`, `:confirm` and `:breakpoint`: a switch, a question, or a map.
pub const CHECKPOINT_VALUE: KeyType =
    KeyType::Either(&[KeyType::Boolean, KeyType::String, KeyType::Shape(&CHECKPOINT)]);

/// A human checkpoint around a step.
pub const CHECKPOINT: Shape = Shape::new(
    "a checkpoint map",
    &[
        ConfigKey::new(
            "when",
            KeyType::OneOf(&["before", "after"]),
            "On which side of the step people are asked.",
        ),
        ConfigKey::new("prompt", KeyType::String, "What people are asked."),
        ConfigKey::new("title", KeyType::String, "What stands above the question."),
        ConfigKey::new("timeout", KeyType::Within(Time::up_to(THIRTY_DAYS_MS)), "How long people have.")
            .or("\"24h\""),
        ConfigKey::new(
            "on-timeout",
            KeyType::Either(&[
                KeyType::OneOf(&["fail", "continue", "approve", "reject"]),
                KeyType::Shape(&ON_TIMEOUT),
            ]),
            "What happens when nobody answers.",
        )
        .or(":fail"),
        ConfigKey::later("notify", KeyType::Map, "Who is told: `{:channels {:http {…}}}`."),
        ConfigKey::later("http", KeyType::Map, "A channel of its own for the question."),
        ConfigKey::new("roles", KeyType::VectorOf(&KeyType::Name), "Who may answer."),
        ConfigKey::new("editable?", KeyType::Boolean, "Whether the result may be changed.").or("false"),
    ],
);

const ON_TIMEOUT: Shape = Shape::new(
    "a map such as {:continue :reject}",
    &[ConfigKey::required("continue", KeyType::OneOf(&["approve", "reject"]), "The answer that is taken.")],
);

/// `:persist`.
pub const PERSIST: Shape =
    Shape::new("a persist map such as {:type :blob}", &[SEARCH_INDEX_KEY]).variants(&Variants {
        key: "type",
        required: true,
        default: None,
        others: &[],
        doc: "Where the result is stored.",
        cases: &[
            Variant::new("blob", BLOB, "A file."),
            Variant::new(
                "kv",
                &[
                    ConfigKey::required("key", KeyType::Text(Spelling::KvKey), "The key."),
                    ConfigKey::new("ttl", KeyType::Whole(1, 31_536_000), "Seconds until it is forgotten."),
                ],
                "An entry of the key-value store.",
            ),
            Variant::new("table", TABLE, "Rows of a table."),
        ],
    });

const SEARCH_INDEX_KEY: ConfigKey =
    ConfigKey::new("search-index", KeyType::Shape(&SEARCH_INDEX), "How searches find the stored result.");

const BLOB: &[ConfigKey] = &[
    ConfigKey::new("filename", KeyType::Text(Spelling::FileName), "The file's name; may hold `{{…}}`."),
    ConfigKey::new(
        "path",
        KeyType::Text(Spelling::RelativePath),
        "A folder below the base; may hold `{{…}}`.",
    ),
    ConfigKey::new(
        "slot",
        KeyType::ConnectionRef(&["blob-storage"]),
        "A storage slot of `:requires` in place of the base that the runtime manages.",
    ),
    ConfigKey::new("tier", KeyType::OneOf(&["retained", "ephemeral"]), "How long it is kept.")
        .or(":retained"),
    ConfigKey::new("content-type", KeyType::String, "The MIME type that is stored."),
    ConfigKey::new(
        "signed-url",
        KeyType::Either(&[KeyType::Boolean, KeyType::Shape(&SIGNED_URL)]),
        "Whether the reference has a URL that anybody may read.",
    ),
];

const SIGNED_URL: Shape = Shape::new(
    "a map such as {:ttl-seconds 3600}",
    &[ConfigKey::required("ttl-seconds", KeyType::Whole(1, i64::MAX), "How long the URL works.")],
);

const SEARCH_INDEX: Shape = Shape::new(
    "a search index map",
    &[
        ConfigKey::new("text", KeyType::String, "What is searched, in place of the content."),
        ConfigKey::new("tags", KeyType::VectorOf(&KeyType::Name), "Labels to filter by."),
        ConfigKey::new("source-label", KeyType::String, "Where it comes from, for people."),
        ConfigKey::new("include-raw-content", KeyType::Boolean, "Whether the content itself is indexed."),
    ],
);

const TABLE: &[ConfigKey] = &[
    ConfigKey::new("table", KeyType::Name, "The table's name."),
    ConfigKey::new("write-mode", KeyType::OneOf(&["append", "upsert"]), "How rows are written.")
        .or(":append"),
    ConfigKey::new("key-fields", KeyType::VectorOf(&KeyType::Name), "Fields that tell rows apart."),
    ConfigKey::new(
        "index-fields",
        KeyType::VectorOf(&KeyType::Name),
        "Fields with an index, made with the table.",
    ),
    ConfigKey::new("partition-key", KeyType::String, "The partition that is written."),
    ConfigKey::new("partition-keys", KeyType::VectorOf(&KeyType::String), "The partitions that are written."),
    ConfigKey::new("schema-mode", KeyType::OneOf(&["flexible", "strict"]), "Whether new columns appear.")
        .or(":flexible"),
    ConfigKey::new("rows-path", KeyType::Vector, "Where the rows are in the result.")
        .or("the result, or its :rows"),
];

/// What a persisted step gives in place of its result.
pub const PERSISTED: &[ResultField] = &[
    ResultField::new("uri", KeyType::String, "The resource."),
    ResultField::optional("ref", KeyType::String, "The same as `:uri`."),
    ResultField::optional("resource-uri", KeyType::String, "The same as `:uri`."),
    ResultField::optional("content-type", KeyType::String, "MIME type of a blob."),
    ResultField::optional("size-bytes", KeyType::Integer, "Size of a blob."),
];
