//! Keys of what is declared once and used by name: templates of each type, packaged steps, agents with their tools,
//! providers, MCP adapters; and which operations a model may be given.

use crate::fields::{Field, FieldType, Shape};
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

pub const AGENT: Shape = Shape {
    what: "an agent",
    fields: &[
        must("id", Any, "Its name: a keyword with a namespace, `:review/security`."),
        must("description", Text, "What it does, for people and models."),
        must("objective", Text, "What it is to achieve."),
        may("instructions", String, "Added to the system prompt."),
        may("title", String, "A short name for display."),
        may("input-schema", Any, "What a call takes."),
        may("output-schema", Any, "What it should give; only a warning."),
        may("inputs", Map, "Inputs that every call has."),
        may("template", Any, "A template of type `:llm-prompt`."),
        may("data", Map, "What the template reads."),
        may("connection", Any, "The connection slot of the model."),
        may("provider", Name, "The provider of the model."),
        may("model", Text, "The model."),
        may("available-steps", Any, "Families that the model may use as they are."),
        may("tools", Any, "What the model may call."),
        may("max-iterations", Any, "How many turns it may take."),
        may("max-tool-calls", Any, "How many tool calls it may make in all."),
        may("max-repeated-tool-calls", Any, "How often it may make one call unchanged."),
        may("memory", FieldType::Shape(&MEMORY), "What it keeps between runs."),
        may("output", FieldType::Shape(&OUTPUT), "The form of its answer."),
        may("output-persist", Map, "Where the installer gets its product."),
        may("cost", FieldType::Shape(&COST), "What it may cost."),
        may("evaluate", FieldType::Shape(&EVALUATE), "How its answer is judged."),
        may("trace", Any, "Whether its turns are recorded."),
        may("approval", FieldType::Shape(&APPROVAL), "Which calls people must agree to."),
        may("tool", FieldType::Shape(&TOOL), "How it is published to other agents."),
        may("temperature", Any, "Sampling."),
        may("top-p", Any, "Sampling."),
        may("stop", Any, "Texts that end an answer."),
        may("max-tokens", Count, "Tokens of one turn."),
        may("seed", Any, "Sampling."),
        may("presence-penalty", Any, "Sampling."),
        may("frequency-penalty", Any, "Sampling."),
        may("reasoning-effort", Name, "How much the model thinks."),
        may("prompt-cache-key", String, "Caching of the provider."),
        may("previous-response-id", String, "Continues an answer of the provider."),
        may("cache-system?", Boolean, "Whether the system prompt is cached."),
        may("provider-opts", Map, "Further options of the provider."),
        may("openai", Map, "Options of OpenAI."),
        may("base-url", FieldType::Url, "Where the model is."),
        may("deployment", String, "Deployment on Azure."),
        may("api-version", String, "API version on Azure."),
        may("response-format", Any, "Older word for `:output`."),
        may("auth", Map, "Auth when there is no connection."),
    ],
};

/// Budgets of an agent: key, default (0: off), largest value.
pub const BUDGETS: &[(&str, u64, u64)] =
    &[("max-iterations", 20, 100), ("max-tool-calls", 100, 1_000), ("max-repeated-tool-calls", 0, 100)];

pub const MEMORY: Shape = Shape {
    what: "a memory map",
    fields: &[
        must("table", Name, "The table that holds it."),
        may("key", String, "Which rows belong together."),
        may("limit", Count, "How many rows are read."),
        may("write", OneOf(&["auto", "none"]), "Whether a run adds a row."),
    ],
};

pub const OUTPUT: Shape = Shape {
    what: "an output map",
    fields: &[
        may("format", OneOf(&["json", "text"]), "The form of the answer."),
        may("schema", Any, "What the answer must look like."),
    ],
};

pub const COST: Shape = Shape {
    what: "a cost map",
    fields: &[
        may("max-micros", Count, "Millionths of a dollar."),
        may("on-exceed", OneOf(&["stop", "fail"]), "What happens then."),
    ],
};

pub const EVALUATE: Shape = Shape {
    what: "an evaluate map",
    fields: &[
        must("objective", Text, "What a good answer is."),
        may("model", Text, "The model that judges."),
        may("min-score", Any, "From 0 to 1: what is good enough."),
        may("max-rounds", Count, "How often it may try again."),
    ],
};

pub const TRACE: Shape = Shape {
    what: "a trace map",
    fields: &[may("persist", OneOf(&["table", "blob"]), "Where turns are recorded.")],
};

pub const APPROVAL: Shape = Shape {
    what: "an approval map",
    fields: &[must("mode", OneOf(&["none", "all-mutations", "all-tools"]), "Which calls need agreement.")],
};

// ---- the tools map ------------------------------------------------------------------------------------------------

pub const TOOLS: Shape = Shape {
    what: "a tools map",
    fields: &[
        may("mode", OneOf(&["execute"]), "`:execute`: calls are carried out."),
        may("steps", Any, "Packaged steps."),
        may("agents", Any, "Agents."),
        may("mcp", Any, "MCP adapters, or single tools of them."),
        may("breyta", FieldType::Shape(&CONTROL_PLANE), "Operations on the workspace."),
        may("allowed", Any, "Tools by name: `[\"files\" \"table\"]`."),
        may("available-steps", Any, "Families that the model may use as they are."),
        may("definitions", Shapes(&TOOL_DEFINITION), "Tools that are only declared."),
    ],
};

/// A tool that a model is told of and that nothing carries out.
pub const TOOL_DEFINITION: Shape = Shape {
    what: "a tool definition",
    fields: &[
        must("name", Text, "The name that models see."),
        may("description", String, "What models are told."),
        may("params", Map, "A JSON schema of its arguments."),
    ],
};

pub const CONTROL_PLANE: Shape = Shape {
    what: "a `:breyta` tool map",
    fields: &[
        must("allow", Vector, "The operations that may be called."),
        may("mutations", OneOf(&["none", "draft-only", "run-only", "write"]), "What may be changed."),
        may("require-approval", Vector, "Operations that people must agree to."),
    ],
};

/// Operations of the control plane, each with the values of `:mutations` under which it may be called; none for those
/// that only read.
pub const CONTROL_PLANE_OPERATIONS: &[(&str, &[&str])] = &[
    ("flows/list", &[]),
    ("flows/show", &[]),
    ("flows/pull", &[]),
    ("runs/list", &[]),
    ("runs/show", &[]),
    ("resources/list", &[]),
    ("resources/read", &[]),
    ("docs/find", &[]),
    ("docs/show", &[]),
    ("flows/push-draft", &["draft-only", "write"]),
    ("flows/run", &["run-only", "write"]),
    ("feedback/send", &["draft-only", "write"]),
];

/// Families that a model may be given as they are.
pub const RAW_TOOLS: &[&str] = &["files", "table", "search"];

/// Families that an entry of `:steps` may wrap.
pub const WRAPPABLE: &[&str] = &[
    "http", "db", "kv", "function", "code", "notify", "ssh", "sleep", "wait", "files", "table", "search", "llm",
    "agent",
];

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

