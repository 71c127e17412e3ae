//! The `:breyta` family: operates the platform itself, by an allowlist.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, RetrySafety, Shape, ToolUse, Uses, Variant, Variants,
};

/// All operations.
pub const OPERATIONS: &[&str] = &[
    "flows/list",
    "flows/show",
    "flows/pull",
    "runs/list",
    "runs/show",
    "resources/list",
    "resources/read",
    "docs/find",
    "docs/show",
    "flows/push-draft",
    "flows/run",
    "feedback/send",
];

/// Values of `:mutations`.
pub const MUTATIONS: &[&str] = &["none", "draft-only", "run-only", "write"];

/// Values of `:mutations` that allow an operation; empty when it changes nothing.
pub fn allowing(operation: &str) -> &'static [&'static str] {
    match operation {
        "flows/push-draft" | "feedback/send" => &["draft-only", "write"],
        "flows/run" => &["run-only", "write"],
        _ => &[],
    }
}

const FLOW: ConfigKey = ConfigKey::required("flow-slug", KeyType::Name, "The flow.");

const OF_FLOW: ConfigKey = ConfigKey::new("flow-slug", KeyType::Name, "The flow.");

const LIMIT: ConfigKey = ConfigKey::new("limit", KeyType::Whole(1, 100), "How many at most.");

const CURSOR: ConfigKey = ConfigKey::new("cursor", KeyType::String, "Where the page before ended.");

const VERSION: ConfigKey = ConfigKey::new("version", KeyType::Integer, "The version.");

const SOURCE: ConfigKey =
    ConfigKey::new("source", KeyType::OneOf(&["active", "draft", "latest"]), "Which version is meant.");

const INSTALLATION: ConfigKey = ConfigKey::new("installation-id", KeyType::String, "The installation.");

/// Keys that the runtime owns and takes out of the arguments.
const OWNED: &[ConfigKey] = &[
    ConfigKey::ignored("workspace-id", RUNTIME),
    ConfigKey::ignored("actor", RUNTIME),
    ConfigKey::ignored("auth", RUNTIME),
    ConfigKey::ignored("token", RUNTIME),
    ConfigKey::ignored("api-url", RUNTIME),
    ConfigKey::ignored("allow", RUNTIME),
    ConfigKey::ignored("mutations", RUNTIME),
    ConfigKey::ignored("require-approval", RUNTIME),
];

const RUNTIME: &str = "the runtime owns it and takes it out of the arguments";

const LIST: Shape = Shape::new(
    "the arguments of :flows/list",
    &[
        ConfigKey::new("archived", KeyType::Boolean, "Only archived flows."),
        ConfigKey::new("include-archived", KeyType::Boolean, "Archived flows too."),
        LIMIT,
        CURSOR,
    ],
)
.shared(&[OWNED]);

const SHOW: Shape = Shape::new(
    "the arguments of :flows/show",
    &[
        FLOW,
        SOURCE,
        VERSION,
        ConfigKey::new("include-flow-literal", KeyType::Boolean, "With the source."),
        ConfigKey::new("include-templates", KeyType::Boolean, "With the templates."),
        ConfigKey::new("include-functions", KeyType::Boolean, "With the functions."),
    ],
)
.shared(&[OWNED]);

const PUSH: Shape = Shape::new(
    "the arguments of :flows/push-draft",
    &[
        ConfigKey::required("flow-literal", KeyType::String, "A whole flow definition."),
        ConfigKey::new("deploy-key", KeyType::String, "The key that guards the flow."),
    ],
)
.shared(&[OWNED]);

const RUN: Shape = Shape::new(
    "the arguments of :flows/run",
    &[
        FLOW,
        ConfigKey::new("input", KeyType::Map, "The input of the run."),
        INSTALLATION,
        ConfigKey::new("target", KeyType::OneOf(&["draft", "live"]), "The draft, or what is released."),
        SOURCE,
        VERSION,
    ],
)
.shared(&[OWNED]);

const RUNS: Shape = Shape::new(
    "the arguments of :runs/list",
    &[
        OF_FLOW,
        INSTALLATION,
        VERSION,
        ConfigKey::new("status", KeyType::Name, "Runs in this state."),
        LIMIT,
        CURSOR,
    ],
)
.shared(&[OWNED]);

const RUN_SHOWN: Shape = Shape::new(
    "the arguments of :runs/show",
    &[
        ConfigKey::required("workflow-id", KeyType::String, "The run."),
        ConfigKey::new("include-steps", KeyType::Boolean, "With its steps."),
        ConfigKey::new("include-result", KeyType::Boolean, "With its result."),
    ],
)
.shared(&[OWNED]);

const RESOURCES: Shape = Shape::new(
    "the arguments of :resources/list",
    &[
        ConfigKey::new("type", KeyType::String, "Resources of this type."),
        ConfigKey::new("prefix", KeyType::String, "Resources whose URI begins so."),
        ConfigKey::new("tags", KeyType::VectorOf(&KeyType::String), "Resources with these labels."),
        ConfigKey::new("query", KeyType::String, "Resources that match."),
        ConfigKey::new("limit", KeyType::Whole(1, i64::MAX), "How many at most."),
        CURSOR,
        ConfigKey::new("storage-backend", KeyType::String, "Resources of this storage."),
        ConfigKey::new("storage-root", KeyType::String, "Resources below this root."),
        ConfigKey::new("path-prefix", KeyType::String, "Resources below this path."),
    ],
)
.shared(&[OWNED]);

const READ: Shape = Shape::new(
    "the arguments of :resources/read",
    &[
        ConfigKey::required("uri", KeyType::String, "The resource."),
        ConfigKey::new("format", KeyType::OneOf(&["json", "text", "raw"]), "How it is given."),
    ],
)
.shared(&[OWNED]);

const FIND: Shape = Shape::new(
    "the arguments of :docs/find",
    &[
        ConfigKey::new("query", KeyType::String, "What is looked for."),
        ConfigKey::new("limit", KeyType::Whole(1, i64::MAX), "How many at most."),
        ConfigKey::new("source", KeyType::OneOf(&["all", "public", "cli"]), "Where it is looked for."),
        ConfigKey::new("with-snippets", KeyType::Boolean, "With the places that match."),
    ],
)
.shared(&[OWNED]);

const PAGE: Shape = Shape::new(
    "the arguments of :docs/show",
    &[
        ConfigKey::required("slug", KeyType::String, "The page."),
        ConfigKey::new("format", KeyType::OneOf(&["json", "markdown"]), "How it is given."),
    ],
)
.shared(&[OWNED]);

const FEEDBACK: Shape = Shape::new(
    "the arguments of :feedback/send",
    &[
        ConfigKey::required("title", KeyType::String, "Its title."),
        ConfigKey::required("description", KeyType::String, "What it says."),
        ConfigKey::new("type", KeyType::OneOf(&["issue", "feature_request", "general"]), "What it is."),
        ConfigKey::new("source", KeyType::OneOf(&["agent", "human", "system"]), "Who says it."),
        ConfigKey::new("tags", KeyType::VectorOf(&KeyType::String), "Labels."),
        ConfigKey::new("metadata", KeyType::Map, "Anything beside it."),
        ConfigKey::new("context", KeyType::Map, "Where it comes from."),
        ConfigKey::new("command", KeyType::String, "The command it is about."),
        OF_FLOW,
        ConfigKey::new("workflow-id", KeyType::String, "The run it is about."),
        ConfigKey::new("run-id", KeyType::String, "The run it is about."),
    ],
)
.shared(&[OWNED]);

/// The key `:args` with a shape: of an operation that can do without.
macro_rules! optional {
    ($shape:ident) => {
        &[ConfigKey::new("args", KeyType::Shape(&$shape), "The arguments of the operation.")]
    };
}

/// Likewise, of an operation that cannot.
macro_rules! needed {
    ($shape:ident) => {
        &[ConfigKey::required("args", KeyType::Shape(&$shape), "The arguments of the operation.")]
    };
}

pub static BREYTA: Family = Family {
    name: "breyta",
    aliases: &[],
    effect: EffectClass::SingleAttempt,
    retry: RetrySafety::Unsafe,
    uses: Uses { packaged: false, tool: ToolUse::ByKey("breyta"), isolated: true },
    runs: false,
    config: Shape::new(
        "the config of a :breyta step",
        &[
            ConfigKey::required(
                "allow",
                KeyType::VectorOf(&KeyType::OneOf(OPERATIONS)),
                "The operations that may be used; all others are refused.",
            ),
            ConfigKey::new("mutations", KeyType::OneOf(MUTATIONS), "Which kinds of changes are allowed.")
                .or(":none"),
            ConfigKey::new(
                "require-approval",
                KeyType::VectorOf(&KeyType::OneOf(OPERATIONS)),
                "Operations that a person must agree to.",
            ),
        ],
    )
    .variants(&Variants {
        key: "op",
        required: true,
        default: None,
        others: &[],
        doc: "The operation.",
        cases: &[
            Variant::new("flows/list", optional!(LIST), "Lists flows."),
            Variant::new("flows/show", needed!(SHOW), "Shows a flow."),
            Variant::new("flows/pull", needed!(SHOW), "Gives the source of a flow."),
            Variant::new("runs/list", optional!(RUNS), "Lists runs."),
            Variant::new("runs/show", needed!(RUN_SHOWN), "Shows a run."),
            Variant::new("resources/list", optional!(RESOURCES), "Lists resources."),
            Variant::new("resources/read", needed!(READ), "Reads a resource."),
            Variant::new("docs/find", optional!(FIND), "Finds pages of the documentation."),
            Variant::new("docs/show", needed!(PAGE), "Shows a page of the documentation."),
            Variant::new("flows/push-draft", needed!(PUSH), "Writes the draft of a flow.").mutates(),
            Variant::new("flows/run", needed!(RUN), "Starts a run.").mutates(),
            Variant::new("feedback/send", needed!(FEEDBACK), "Sends feedback.").mutates(),
        ],
    }),
    result: Outcome::Any,
    timeout_ms: 60_000,
    doc: "Operates the platform itself: flows, runs, resources and documentation, by an allowlist.",
    example: "(flow/step :breyta :last-failures
  {:op :runs/list :allow [:runs/list]
   :args {:flow-slug :nightly-close :status :failed :limit 5}})",
};
