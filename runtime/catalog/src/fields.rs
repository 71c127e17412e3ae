//! Keys of the flow definition, section by section: what may stand where, and what this version carries out.

use Support::{Later, Now};

/// Whether this version carries out a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It is carried out.
    Now,
    /// The format has it; it is refused by name.
    Later,
}

/// One key of a map in the definition.
#[derive(Debug)]
pub struct Field {
    /// Without the colon.
    pub name: &'static str,
    pub required: bool,
    pub supported: bool,
    pub doc: &'static str,
}

/// The keys of one kind of map.
#[derive(Debug)]
pub struct Shape {
    /// With its article, for messages: `a connection slot`.
    pub what: &'static str,
    pub fields: &'static [Field],
}

impl Shape {
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }
}

const fn required(name: &'static str, doc: &'static str) -> Field {
    Field { name, required: true, supported: true, doc }
}

const fn optional(name: &'static str, support: Support, doc: &'static str) -> Field {
    Field { name, required: false, supported: matches!(support, Now), doc }
}

/// The flow itself.
pub const DEFINITION: Shape = Shape {
    what: "a flow",
    fields: &[
        required("slug", "Identity of the flow: a keyword without namespace."),
        optional("name", Now, "What people call it."),
        optional("description", Now, "What it is for, in Markdown."),
        optional("icon", Later, "Picture in user interfaces."),
        optional("tags", Now, "Labels; they change nothing."),
        required("concurrency", "Which runs exclude each other."),
        optional("deploy-key-required", Later, "Guards deployment with a key."),
        optional("requires", Now, "Connection slots."),
        optional("invocations", Now, "What a run takes as input."),
        optional("interfaces", Now, "How a run is started."),
        optional("schedules", Later, "When runs start by themselves."),
        optional("templates", Now, "Request bodies with holes."),
        optional("functions", Now, "Pure functions in Clojure."),
        optional("steps", Later, "Packaged steps."),
        optional("agents", Later, "Named agents."),
        optional("providers", Later, "Provider families."),
        optional("mcp", Later, "MCP tool adapters."),
        optional("mcp-registries", Later, "Where MCP servers are looked up."),
        optional("discover", Later, "Whether the flow is listed publicly."),
        optional("marketplace", Later, "How the flow is sold."),
        optional("publish-media", Later, "Pictures of the public card."),
        optional("connections", Later, "Display data of connections."),
        optional("triggers", Now, "Legacy entry points."),
        required("flow", "The body, quoted."),
    ],
};

pub const CONCURRENCY: Shape = Shape {
    what: "a concurrency map",
    fields: &[
        required("type", "`:singleton` or `:keyed`."),
        required("on-new-version", "`:supersede`, `:drain` or `:coexist`."),
        optional("key-field", Now, "The input field that tells keyed runs apart."),
    ],
};

pub const CONNECTION: Shape = Shape {
    what: "a connection slot",
    fields: &[
        required("slot", "Its name: a keyword without namespace."),
        required("type", "What it connects to, `:http-api`."),
        optional("kind", Now, "`:connection`, or absent."),
        optional("label", Now, "What people see."),
        optional("base-url", Now, "Where requests go unless the binding says otherwise."),
        optional("auth", Now, "How it authenticates."),
        optional("optional", Now, "Whether the flow also runs without a binding."),
        optional("required", Now, "The inverse of `:optional`."),
        optional("provided-by", Now, "`:installer` or `:author`."),
        optional("oauth", Later, "OAuth settings."),
        optional("backend", Later, "What kind of server it is."),
        optional("config", Later, "Settings of the slot."),
        optional("prefers", Later, "Slots of other flows to reuse."),
        optional("secret-ref", Later, "The name of a stored secret."),
    ],
};

pub const AUTH: Shape = Shape {
    what: "an auth map",
    fields: &[
        required("type", "`:none`, `:bearer` or `:api-key`."),
        optional("header", Now, "The header that carries an API key."),
        optional("query", Now, "The query parameter that carries an API key."),
        optional("location", Now, "`:header` or `:query`."),
        optional("param-name", Now, "The name at that location."),
        optional("secret-ref", Later, "The name of a stored secret."),
        optional("scopes", Later, "What a token may do."),
        optional("region", Later, "Region of the service."),
        optional("service", Later, "Name of the service."),
    ],
};

pub const INVOCATION: Shape = Shape {
    what: "an invocation",
    fields: &[optional("label", Now, "What people see."), optional("inputs", Now, "The input fields.")],
};

pub const INPUT: Shape = Shape {
    what: "an input",
    fields: &[
        optional("name", Now, "The key under which the value arrives."),
        optional("key", Now, "Another word for `:name`."),
        optional("id", Now, "Another word for `:name`."),
        optional("type", Now, "`:text` when absent."),
        optional("label", Now, "What people see."),
        optional("description", Now, "What it is for."),
        optional("placeholder", Now, "What an empty field shows."),
        optional("required", Now, "Whether a run needs it."),
        optional("default", Now, "The value when none is given."),
        optional("options", Now, "The values of a select."),
        optional("options-source", Later, "Where the values of a select come from."),
        optional("multiple", Later, "Whether several files may be given."),
        optional("resource-types", Later, "Which resources may be given."),
        optional("accept", Later, "Which content types may be given."),
        optional("slot", Later, "The storage slot of a resource."),
        optional("storage-backend", Later, "The storage of a resource."),
        optional("storage-root", Later, "The root of a resource."),
        optional("path-prefix", Later, "The folder of a resource."),
    ],
};

pub const OPTION: Shape = Shape {
    what: "an option",
    fields: &[required("value", "What arrives in the flow."), optional("label", Now, "What people see.")],
};

pub const INTERFACES: Shape = Shape {
    what: "the interfaces map",
    fields: &[
        optional("manual", Now, "Started by a person or a program."),
        optional("http", Later, "Started by an HTTP request."),
        optional("webhook", Later, "Started by an event."),
        optional("mcp", Later, "Started as an MCP tool."),
    ],
};

pub const MANUAL: Shape = Shape {
    what: "a manual interface",
    fields: &[
        optional("id", Now, "Its name."),
        optional("label", Now, "The text of the run button."),
        optional("description", Now, "What it is for."),
        optional("invocation", Now, "The invocation whose inputs it takes."),
        optional("enabled", Now, "Whether it may be used; true when absent."),
        optional("auth", Later, "Who may use it."),
    ],
};

pub const TEMPLATE: Shape = Shape {
    what: "a template",
    fields: &[
        required("id", "Its name."),
        required("type", "`:http-request`."),
        optional("request", Now, "The request of an `:http-request` template."),
        optional("system", Later, "The system text of an `:llm-prompt` template."),
        optional("prompt", Later, "The text of an `:llm-prompt` template."),
        optional("messages", Later, "The messages of an `:llm-prompt` template."),
        optional("sql", Later, "The statement of a `:db-query` template."),
        optional("query", Later, "The statement of a `:sql` template."),
        optional("channels", Later, "The channels of a `:notification` template."),
    ],
};

pub const FUNCTION: Shape = Shape {
    what: "a function",
    fields: &[
        required("id", "Its name."),
        optional("language", Now, "`:clojure`."),
        required("code", "The `(fn …)` form, quoted or in a string."),
    ],
};

/// A function under its name in the older map form of `:functions`.
pub const FUNCTION_IN_MAP: Shape = Shape {
    what: "a function",
    fields: &[
        optional("language", Now, "`:clojure`."),
        required("code", "The `(fn …)` form, quoted or in a string."),
    ],
};

pub const TRIGGER: Shape = Shape {
    what: "a trigger",
    fields: &[
        required("type", "`:manual`."),
        optional("id", Now, "Its name."),
        optional("label", Now, "The text of the run button."),
        optional("enabled", Now, "Whether it may be used; true when absent."),
        optional("config", Now, "Empty for a manual trigger."),
    ],
};

/// Types of connection slots, without the colon, with whether this version carries them out.
pub const CONNECTION_TYPES: &[(&str, bool)] = &[
    ("http-api", true),
    ("llm-provider", false),
    ("database", false),
    ("blob-storage", false),
    ("kv-store", false),
    ("secret", false),
    ("ssh", false),
];

/// Types of templates, likewise.
pub const TEMPLATE_TYPES: &[(&str, bool)] = &[
    ("http-request", true),
    ("llm-prompt", false),
    ("db-query", false),
    ("sql", false),
    ("notification", false),
];

/// Types of legacy triggers, likewise.
pub const TRIGGER_TYPES: &[(&str, bool)] =
    &[("manual", true), ("schedule", false), ("event", false), ("webhook", false)];

/// Kinds of entries of `:requires`, likewise.
pub const REQUIREMENT_KINDS: &[(&str, bool)] = &[("connection", true), ("form", false), ("worker", false)];
