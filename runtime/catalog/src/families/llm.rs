//! The `:llm` family: one call of a language model, or a loop of calls with tools.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
};
use crate::families::breyta::{MUTATIONS, OPERATIONS};
use crate::families::http::STEP_AUTH;

/// Families that a model may be given as they are.
pub const RAW_TOOLS: &[&str] = &["files", "table", "search"];

/// Names of built-in providers.
pub const BUILT_IN_PROVIDERS: &[&str] = &[
    "openai",
    "deepseek",
    "chat-completions-compatible",
    "openai-compatible",
    "openrouter",
    "anthropic",
    "bedrock",
    "google",
];

/// Where a model is, and how it generates.
pub const GENERATION: &[ConfigKey] = &[
    ConfigKey::new(
        "connection",
        KeyType::ConnectionRef(&["http-api", "llm-provider"]),
        "The slot of `:requires` with the model's credentials.",
    ),
    ConfigKey::new(
        "provider",
        KeyType::ProviderRef("llm"),
        "A built-in provider, or one of `:providers {:llm …}`.",
    ),
    ConfigKey::new("model", KeyType::String, "The model, when not the provider's default."),
    ConfigKey::new("template", KeyType::TemplateRef(&["llm-prompt"]), "A template of type `:llm-prompt`."),
    ConfigKey::new("data", KeyType::Map, "What the template's `{{…}}` refer to."),
    ConfigKey::new("temperature", KeyType::Number(0, 2), "How far answers vary."),
    ConfigKey::new("top-p", KeyType::Number(0, 1), "The share of likely words that is considered."),
    ConfigKey::new(
        "stop",
        KeyType::Either(&[KeyType::String, KeyType::VectorOf(&KeyType::String)]),
        "Texts that end the answer.",
    ),
    ConfigKey::new("max-tokens", KeyType::Whole(1, i64::MAX), "The longest answer, in tokens."),
    ConfigKey::new("seed", KeyType::Integer, "Makes answers repeatable where the provider can."),
    ConfigKey::new("presence-penalty", KeyType::Number(-2, 2), "Favours words that were not used yet."),
    ConfigKey::new("frequency-penalty", KeyType::Number(-2, 2), "Favours words that were used rarely."),
    ConfigKey::new(
        "reasoning-effort",
        KeyType::Name,
        "How long the model thinks: `:low`, `:medium`, `:high` …",
    ),
    ConfigKey::new(
        "output",
        KeyType::Either(&[KeyType::OneOf(FORMATS), KeyType::Shape(&OUTPUT)]),
        "What the answer must be: `{:format :json :schema …}`.",
    ),
    ConfigKey::new(
        "response-format",
        KeyType::Either(&[KeyType::Name, KeyType::Map]),
        "The provider's own form of it.",
    ),
    ConfigKey::replaced("json-schema", "`:output {:format :json :schema …}`", KeyType::Map),
    ConfigKey::new("prompt-cache-key", KeyType::String, "Names what the provider may keep between calls."),
    ConfigKey::new("previous-response-id", KeyType::String, "The answer that this call goes on from."),
    ConfigKey::new("cache-system?", KeyType::Boolean, "Whether the provider keeps the system prompt."),
    ConfigKey::new("provider-opts", KeyType::Map, "Sent to the provider as it is."),
    ConfigKey::new("base-url", KeyType::String, "The endpoint of a compatible provider."),
    ConfigKey::new("deployment", KeyType::String, "The deployment, on Azure."),
    ConfigKey::new("api-version", KeyType::String, "The version of the API, on Azure."),
    ConfigKey::new("openai", KeyType::Shape(&OPENAI), "Options of OpenAI: `{:responses {…}}`."),
    ConfigKey::new("auth", KeyType::Shape(&STEP_AUTH), "Auth of this step alone, without a connection."),
    ConfigKey::new(
        "tools",
        KeyType::Either(&[KeyType::Shape(&TOOLS), KeyType::VectorOf(&KeyType::Shape(&DEFINITION))]),
        "What the model may call.",
    ),
    ConfigKey::new(
        "available-steps",
        KeyType::VectorOf(&KeyType::OneOf(RAW_TOOLS)),
        "Families that the model may call as they are.",
    )
    .or("[]")
    .elsewhere(),
    ConfigKey::new("max-iterations", KeyType::Whole(1, 100), "How many turns the model has.").or("20"),
    ConfigKey::new("max-tool-calls", KeyType::Whole(1, 1_000), "How many calls are carried out in all.")
        .or("100"),
    ConfigKey::new(
        "max-repeated-tool-calls",
        KeyType::Whole(1, 100),
        "How often one tool may be called with the same arguments.",
    ),
];

const FORMATS: &[&str] = &["text", "json", "markdown"];

/// `:output`.
pub const OUTPUT: Shape = Shape::new(
    "an output map such as {:format :json}",
    &[
        ConfigKey::new("format", KeyType::OneOf(FORMATS), "What the answer is.").or(":text"),
        ConfigKey::new("schema", KeyType::Schema, "What the parsed answer must look like."),
        ConfigKey::new("name", KeyType::String, "What the provider calls the schema."),
        ConfigKey::new("strict", KeyType::Boolean, "Whether the provider must keep to the schema."),
    ],
);

const OPENAI: Shape = Shape::new(
    "a map of OpenAI options",
    &[ConfigKey::new("responses", KeyType::Map, "Options of the Responses API.")],
);

/// `:tools`.
pub const TOOLS: Shape = Shape::new(
    "a map of tools",
    &[
        ConfigKey::new(
            "mode",
            KeyType::OneOf(&["execute", "declare"]),
            "Whether calls are carried out, or given back in the result.",
        ),
        ConfigKey::new("steps", KeyType::VectorOf(&KeyType::PackagedStepRef), "Packaged steps, by id.")
            .elsewhere(),
        ConfigKey::new("agents", KeyType::VectorOf(&KeyType::AgentRef), "Agents, by id.").elsewhere(),
        ConfigKey::new("mcp", KeyType::VectorOf(&KeyType::McpRef), "MCP adapters, or single tools of them.")
            .elsewhere(),
        ConfigKey::new("breyta", KeyType::Shape(&BREYTA_TOOLS), "Operations of the platform.").elsewhere(),
        ConfigKey::new(
            "allowed",
            KeyType::VectorOf(&KeyType::Name),
            "Names of tools, as strings: `[\"files\" \"table\"]`.",
        )
        .elsewhere(),
        ConfigKey::new(
            "definitions",
            KeyType::VectorOf(&KeyType::Shape(&DEFINITION)),
            "Tools that are declared and not carried out.",
        ),
    ],
);

const BREYTA_TOOLS: Shape = Shape::new(
    "a map such as {:allow [:runs/show]}",
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
);

const DEFINITION: Shape = Shape::new(
    "a tool definition",
    &[
        ConfigKey::required("name", KeyType::Name, "What the model calls."),
        ConfigKey::new("description", KeyType::String, "What the tool does."),
        ConfigKey::new("params", KeyType::Map, "JSON schema of the arguments."),
    ],
)
.open();

const MESSAGE: Shape = Shape::new(
    "a message such as {:role :user :content \"…\"}",
    &[
        ConfigKey::required(
            "role",
            KeyType::OneOf(&["system", "developer", "user", "assistant", "tool"]),
            "Who says it.",
        ),
        ConfigKey::new("content", KeyType::Any, "Text, or a vector of parts."),
    ],
)
.open();

/// The result of a model.
pub const ENVELOPE: &[ResultField] = &[
    ResultField::new("success", KeyType::Boolean, "Whether the model answered."),
    ResultField::new("content", KeyType::Any, "The answer: text, or data when `:output` is JSON."),
    ResultField::optional(
        "usage",
        KeyType::Map,
        "Tokens: `:prompt-tokens`, `:completion-tokens`, `:total-tokens`.",
    ),
    ResultField::optional("model", KeyType::String, "The model that answered."),
    ResultField::optional("tool-calls", KeyType::Vector, "What the model called, or wants to have called."),
];

pub static LLM: Family = Family {
    name: "llm",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Keyed,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: true },
    runs: false,
    config: Shape::new(
        "the config of an :llm step",
        &[
            ConfigKey::new(
                "messages",
                KeyType::VectorOf(&KeyType::Shape(&MESSAGE)),
                "The conversation so far.",
            ),
            ConfigKey::new(
                "prompt",
                KeyType::Either(&[KeyType::String, KeyType::Map]),
                "What the user says.",
            ),
            ConfigKey::new("system", KeyType::String, "What the model is told beforehand."),
            ConfigKey::new("input", KeyType::Map, "The same in one map: `{:system … :prompt …}`."),
        ],
    )
    .shared(&[GENERATION])
    .any_of(&[&["messages", "prompt", "input", "template"]])
    .exclusive(&[&["messages", "prompt", "input"], &["output", "response-format", "json-schema"]]),
    result: Outcome::AtLeast(ENVELOPE),
    timeout_ms: 120_000,
    doc: "One call of a language model, or a loop of calls with tools.",
    example: "(let [answer (flow/step :llm :classify
               {:connection :ai :model \"gpt-5-mini\"
                :system \"You sort tickets into billing, bugs or other.\"
                :prompt (str \"Ticket: \" (:text (flow/input)))
                :temperature 0 :max-tokens 200
                :output {:format :json :schema [:map [:queue :string]]}})]
  (:content answer))",
};
