//! Keys of what is declared once and used by name: templates of each type, packaged steps, agents with their tools,
//! providers, MCP adapters; and which operations a model may be given.

use crate::fields::{Field, FieldType, Shape};
use crate::values::{ConfigKey, KeyType, Spelling};
use FieldType::{Any, Boolean, Count, Identifier, Map, Name, OneOf, Shapes, String, Text, Texts, Vector};

const fn must(name: &'static str, ty: FieldType, doc: &'static str) -> Field {
    Field { name, ty, required: true, supported: true, doc }
}

const fn may(name: &'static str, ty: FieldType, doc: &'static str) -> Field {
    Field { name, ty, required: false, supported: true, doc }
}

/// How long the description of a packaged step or an agent may be, in characters.
pub const DESCRIPTION_MAX: usize = 4_000;

/// How long the name of a tool may be, in characters.
pub const TOOL_NAME_MAX: usize = 64;

// ---- templates ----------------------------------------------------------------------------------------------------

/// A type of templates.
#[derive(Debug)]
pub struct TemplateType {
    /// Without the colon.
    pub name: &'static str,
    /// Whether this version renders it.
    pub supported: bool,
    pub shape: &'static Shape,
    /// The type that has taken its place.
    pub replaced_by: Option<&'static str>,
}

/// All types of templates.
pub const TEMPLATE_TYPES: &[TemplateType] = &[
    TemplateType { name: "http-request", supported: true, shape: &HTTP_TEMPLATE, replaced_by: None },
    TemplateType { name: "llm-prompt", supported: false, shape: &LLM_TEMPLATE, replaced_by: None },
    TemplateType { name: "db-query", supported: false, shape: &DB_TEMPLATE, replaced_by: None },
    TemplateType { name: "sql", supported: false, shape: &SQL_TEMPLATE, replaced_by: Some("db-query") },
    TemplateType { name: "notification", supported: false, shape: &NOTIFICATION_TEMPLATE, replaced_by: None },
];

/// A template whose type is not known.
pub const TEMPLATE: Shape = Shape {
    what: "a template",
    fields: &[
        must("id", Identifier, "Its name."),
        must("type", Name, "`:http-request`, `:llm-prompt`, `:db-query` or `:notification`."),
    ],
};

pub const HTTP_TEMPLATE: Shape = Shape {
    what: "an `:http-request` template",
    fields: &[
        must("id", Identifier, "Its name."),
        must("type", Name, "`:http-request`."),
        must("request", Map, "The request: `{:path \"/users\" :method :get}`."),
    ],
};

pub const LLM_TEMPLATE: Shape = Shape {
    what: "an `:llm-prompt` template",
    fields: &[
        must("id", Identifier, "Its name."),
        must("type", Name, "`:llm-prompt`."),
        may("system", String, "What the model is told about its task."),
        may("prompt", String, "The message to the model."),
        may("messages", Shapes(&MESSAGE), "Several messages."),
    ],
};

pub const MESSAGE: Shape = Shape {
    what: "a message",
    fields: &[
        must("role", OneOf(&["system", "developer", "user", "assistant", "tool"]), "Who says it."),
        must("content", Any, "A string, or a vector of parts."),
    ],
};

pub const DB_TEMPLATE: Shape = Shape {
    what: "a `:db-query` template",
    fields: &[
        must("id", Identifier, "Its name."),
        must("type", Name, "`:db-query`."),
        must("sql", Text, "The statement."),
    ],
};

pub const SQL_TEMPLATE: Shape = Shape {
    what: "a `:sql` template",
    fields: &[
        must("id", Identifier, "Its name."),
        must("type", Name, "`:sql`."),
        may("query", Text, "The statement."),
        may("sql", Text, "Another word for `:query`."),
    ],
};

pub const NOTIFICATION_TEMPLATE: Shape = Shape {
    what: "a `:notification` template",
    fields: &[
        must("id", Identifier, "Its name."),
        must("type", Name, "`:notification`."),
        must("channels", FieldType::Shape(&CHANNELS), "What is sent where: `{:http {:path \"/hook\"}}`."),
    ],
};

pub const CHANNELS: Shape =
    Shape { what: "the channels map", fields: &[must("http", Map, "The request that is sent.")] };

/// Keys of the `:http` channel besides those of a request.
pub const CHANNEL_KEYS: &[&str] = &["connection", "template", "data"];

// ---- packaged steps and agents ------------------------------------------------------------------------------------

pub const PACKAGED_STEP: Shape = Shape {
    what: "a packaged step",
    fields: &[
        must("id", Any, "Its name: a keyword with a namespace, `:github/open-pr`."),
        must("type", Any, "The family that it wraps."),
        must("description", Text, "What it does, for people and models."),
        must("input-schema", Any, "What it takes: `[:map [:owner :string]]`."),
        may("output-schema", Any, "What it gives."),
        may("title", String, "A short name for display."),
        may("defaults", Any, "Config of the wrapped family that every call has."),
        may("prepare", Any, "The function that makes the config out of the input."),
        may("project-result", Any, "The function that makes the output out of the result."),
        may("tool", FieldType::Shape(&TOOL), "How it is published to models."),
    ],
};

pub const TOOL: Shape = Shape {
    what: "a tool map",
    fields: &[
        may("name", Text, "The name that models see."),
        may("description", Text, "What models are told; `:description` when absent."),
        may("mutation?", Boolean, "Whether a call changes something, for approvals."),
    ],
};

/// What an entry of `:agents` has besides the keys of an `:agent` step, and which of those it must have. The types of the
/// step's keys are in the table of its family.
pub const AGENT: Shape = Shape {
    what: "an agent",
    fields: &[
        must("id", Any, "Its name: a keyword with a namespace, `:review/security`."),
        must("description", Text, "What it does, for people and models."),
        must("objective", Text, "What it is to achieve."),
        may("title", String, "A short name for display."),
        may("input-schema", Any, "What a call takes."),
        may("output-schema", Any, "What it should give; only a warning."),
        may("tool", FieldType::Shape(&TOOL), "How it is published to other agents."),
        may("instructions", Any, "Added to the system prompt."),
        may("inputs", Any, "Inputs that every call has."),
        may("template", Any, "A template of type `:llm-prompt`."),
        may("data", Any, "What the template reads."),
        may("connection", Any, "The connection slot of the model."),
        may("provider", Any, "The provider of the model."),
        may("model", Any, "The model."),
        may("available-steps", Any, "Families that the model may use as they are."),
        may("tools", Any, "What the model may call."),
        may("max-iterations", Any, "How many turns it may take."),
        may("max-tool-calls", Any, "How many tool calls it may make in all."),
        may("max-repeated-tool-calls", Any, "How often it may make one call unchanged."),
        may("memory", Any, "What it keeps between runs."),
        may("output", Any, "The form of its answer."),
        may("output-persist", Any, "Where the installer gets its product."),
        may("cost", Any, "What it may cost."),
        may("evaluate", Any, "How its answer is judged."),
        may("trace", Any, "Whether its turns are recorded."),
        may("approval", Any, "Which calls people must agree to."),
        may("temperature", Any, "Sampling."),
        may("top-p", Any, "Sampling."),
        may("stop", Any, "Texts that end an answer."),
        may("max-tokens", Any, "Tokens of one turn."),
        may("seed", Any, "Sampling."),
        may("presence-penalty", Any, "Sampling."),
        may("frequency-penalty", Any, "Sampling."),
        may("reasoning-effort", Any, "How much the model thinks."),
        may("response-format", Any, "The provider's own form of `:output`."),
        may("json-schema", Any, "An older form of `:output`."),
        may("prompt-cache-key", Any, "Caching of the provider."),
        may("previous-response-id", Any, "Continues an answer of the provider."),
        may("cache-system?", Any, "Whether the system prompt is cached."),
        may("provider-opts", Any, "Further options of the provider."),
        may("openai", Any, "Options of OpenAI."),
        may("base-url", Any, "Where the model is."),
        may("deployment", Any, "Deployment on Azure."),
        may("api-version", Any, "API version on Azure."),
        may("auth", Any, "Auth when there is no connection."),
        may("timeout", Any, "What bounds one run of it."),
    ],
};

// ---- providers and MCP --------------------------------------------------------------------------------------------

pub const PROVIDERS: Shape = Shape {
    what: "the providers map",
    fields: &[
        may("llm", Vector, "Providers of language models."),
        may("files", Vector, "Providers of file trees."),
    ],
};

pub const LLM_PROVIDER: Shape = Shape {
    what: "an LLM provider",
    fields: &[
        must("id", Identifier, "The name that `:provider` gives."),
        must("family", Any, "Which API it speaks."),
        may("defaults", Map, "Config that every step with it has."),
        may("call-step", Any, "The packaged step that answers, for `:family :custom`."),
        may("display-name", String, "What people see."),
        may("capabilities", Any, "What it can do, instead of what its family can."),
    ],
};

/// Of the defaults of an LLM provider: the endpoint.
pub const BASE_URL: ConfigKey = ConfigKey::new("base-url", KeyType::Text(Spelling::Url), "Where the API is.");

/// Of the defaults of an LLM provider.
pub const HEADERS: ConfigKey = ConfigKey::new("headers", KeyType::Map, "Headers of every request.");

/// Families of LLM providers, with whether the loop of an agent runs on them.
pub const LLM_FAMILIES: &[(&str, bool)] = &[
    ("openai", true),
    ("deepseek", true),
    ("chat-completions-compatible", false),
    ("openrouter", true),
    ("anthropic", true),
    ("bedrock", true),
    ("google", true),
    ("custom", false),
];

/// The older name of an LLM family, and the new one.
pub const OLD_LLM_FAMILY: (&str, &str) = ("openai-compatible", "chat-completions-compatible");

/// What an LLM provider may be able to do.
pub const CAPABILITIES: &[&str] = &["tool-calling", "structured-output", "agentic-tool-loop"];

pub const FILES_PROVIDER: Shape = Shape {
    what: "a files provider",
    fields: &[
        must("id", Identifier, "The name that `:provider` gives."),
        may("display-name", String, "What people see."),
        must("operations", FieldType::Shape(&FILES_OPERATIONS), "The packaged steps that do the work."),
    ],
};

pub const FILES_OPERATIONS: Shape = Shape {
    what: "the operations of a files provider",
    fields: &[
        must("load-source-entries", Any, "Loads the entries of a source."),
        must("publish-changes", Any, "Publishes a changeset."),
        must("open-change-request", Any, "Opens a pull or merge request."),
    ],
};

pub const MCP_ADAPTER: Shape = Shape {
    what: "an MCP adapter",
    fields: &[
        must("id", Any, "Its name: a keyword with a namespace, `:linear/issues`."),
        must("connection", Any, "The connection slot of the server."),
        may("path", String, "The path of the endpoint."),
        may("transport", OneOf(&["streamable-http"]), "`:streamable-http`."),
        may("allow-tools", Texts, "The tools of the server that may be published."),
        may("deny-tools", Texts, "Tools of the server that may not."),
        may("tool-prefix", Text, "Stands in front of the names that models see."),
        may("timeout-ms", Count, "What bounds a call, in milliseconds."),
        may("max-result-bytes", Count, "What bounds a result, in bytes."),
        may("tools", Shapes(&MCP_TOOL), "Tools of the server as far as they are known."),
    ],
};

pub const MCP_TOOL: Shape = Shape {
    what: "a tool of an MCP adapter",
    fields: &[
        must("name", Text, "Its name on the server."),
        may("description", String, "What models are told."),
        may("input-schema", Map, "A JSON schema of its arguments."),
    ],
};
