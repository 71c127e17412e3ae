//! Keys of `:requires`: connections with their auth and settings, secrets, setup forms, workers.

use super::FieldType::{Any, Boolean, Identifier, Map, Name, Names, OneOf, Shapes, String, Text, Texts, Url};
use super::Support::{Later, Now};
use super::{Shape, may, must, required};

/// Who supplies what an entry of `:requires` needs.
const PROVIDERS: &[&str] = &["installer", "author"];

pub const CONNECTION: Shape = Shape {
    what: "a connection slot",
    fields: &[
        must("slot", Identifier, "Its name: a keyword without namespace."),
        required("type", "What it connects to, `:http-api`."),
        may("kind", Any, Now, "`:connection`, or absent."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("base-url", Url, Now, "Where requests go unless the binding says otherwise."),
        may("auth", Any, Now, "How it authenticates."),
        may("optional", Boolean, Now, "Whether the flow also runs without a binding."),
        may("required", Boolean, Now, "The inverse of `:optional`."),
        may("provided-by", OneOf(PROVIDERS), Now, "`:installer` or `:author`."),
        may("oauth", Map, Later, "OAuth settings."),
        may("backend", Name, Later, "What kind of server it is."),
        may("backends", Names, Later, "Which kinds of servers it may be."),
        may("config", Any, Later, "Settings of the slot."),
        may("prefers", Shapes(&PREFERENCE), Later, "Slots of other flows to share."),
        may("secret-ref", Identifier, Later, "The name of a stored secret."),
    ],
};

/// An entry of `:prefers`.
pub const PREFERENCE: Shape = Shape {
    what: "a preferred slot",
    fields: &[must("flow", Identifier, "The other flow."), must("slot", Identifier, "Its slot.")],
};

/// `:auth` of a connection. Which keys go with which type is in [`crate::auth`].
pub const AUTH: Shape = Shape {
    what: "an auth map",
    fields: &[
        required("type", "`:none`, `:bearer` or `:api-key`."),
        may("header", Text, Now, "The header that carries an API key."),
        may("query", Text, Now, "The query parameter that carries an API key."),
        may("location", Any, Now, "`:header` or `:query`."),
        may("param-name", Text, Now, "The name at that location."),
        may("username", String, Later, "The user of `:basic`."),
        may("secret-ref", Identifier, Later, "The name of a stored secret."),
        may("passphrase-secret-ref", Identifier, Later, "The name of the passphrase of a `:private-key`."),
        may("scopes", Texts, Later, "What a token may do."),
        may("region", Text, Later, "Region of the service."),
        may("service", Text, Later, "Name of the service."),
    ],
};

/// `:config` of slots that are no blob storage. Settings of single backends are not listed; they pass.
pub const CONNECTION_CONFIG: Shape = Shape {
    what: "the config of a connection slot",
    fields: &[may("tool-permissions", Any, Later, "What packaged tools may do over the slot.")],
};

pub const TOOL_PERMISSIONS: Shape =
    Shape { what: "a map of tool permissions", fields: &[may("http", Any, Later, "What requests may do.")] };

pub const HTTP_PERMISSIONS: Shape = Shape {
    what: "a map of HTTP permissions",
    fields: &[
        may("mode", OneOf(&["read-only", "read-write"]), Later, "`:read-only` or `:read-write`."),
        may("allowed-methods", Names, Later, "Methods that may be used."),
        may("allowed-hosts", Texts, Later, "Hosts that may be called."),
        may("allowed-path-prefixes", Texts, Later, "How paths must begin."),
        may("allowed-url-prefixes", Texts, Later, "How URLs must begin."),
    ],
};

/// `:prefix` in the config of a blob storage.
pub const PREFIX: Shape = Shape {
    what: "a storage prefix",
    fields: &[
        may("default", Text, Later, "The folder when nobody says another."),
        may("label", String, Later, "What people see."),
        may("placeholder", String, Later, "What an empty field shows."),
    ],
};

/// `{:slot … :type :secret}`.
pub const SECRET: Shape = Shape {
    what: "a secret slot",
    fields: &[
        must("slot", Identifier, "Its name: a keyword without namespace."),
        may("type", Any, Now, "`:secret`."),
        may("kind", Any, Now, "`:connection` or `:secret`, or absent."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("secret-ref", Identifier, Now, "The name under which the value is stored; the slot when absent."),
        may("optional", Boolean, Now, "Whether the flow also runs without it."),
        may("required", Boolean, Now, "The inverse of `:optional`."),
        may("provided-by", OneOf(PROVIDERS), Now, "`:installer` or `:author`."),
    ],
};

/// `{:kind :form …}`.
pub const FORM: Shape = Shape {
    what: "a setup form",
    fields: &[
        required("kind", "`:form`."),
        required("fields", "One field map or a vector of field maps."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("provided-by", OneOf(PROVIDERS), Now, "`:installer` or `:author`."),
        may("collect", OneOf(&["setup", "run"]), Now, "Deprecated: when the values are asked for."),
    ],
};

/// A field of a setup form.
pub const FORM_FIELD: Shape = Shape {
    what: "a form field",
    fields: &[
        may("key", Any, Now, "The key under which the value arrives."),
        may("name", Any, Now, "Another word for `:key`."),
        may("id", Any, Now, "Another word for `:key`."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("field-type", Any, Now, "`:text` when absent."),
        may("required", Boolean, Now, "Whether it must be filled in."),
        may("placeholder", String, Now, "What an empty field shows."),
        may("default", Any, Now, "The value when the form first loads."),
        may("options", Any, Now, "The values of a select."),
        may("options-source", Any, Now, "Where the values of a select come from."),
        may("multiple", Boolean, Now, "Whether several resources may be chosen."),
        may("resource-types", Names, Now, "Which resources may be chosen."),
        may("accept", Any, Now, "Which content types may be chosen."),
        may("slot", Identifier, Now, "The storage slot of a resource."),
        may("storage-backend", Name, Now, "The storage of a resource."),
        may("storage-root", Text, Now, "The root of a resource."),
        may("path-prefix", Text, Now, "The folder of a resource."),
        may("source", Any, Now, "Legacy: where the picker looks."),
    ],
};

/// `{:kind :worker …}`.
pub const WORKER: Shape = Shape {
    what: "a worker requirement",
    fields: &[
        required("kind", "`:worker`."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("provided-by", OneOf(PROVIDERS), Now, "`:installer` or `:author`."),
        may("capability", Text, Now, "What the worker can do."),
        may("job-types", Names, Now, "The jobs that it takes."),
        may("job-type", Name, Now, "The only job that it takes."),
        may("provider", Text, Now, "Who makes the worker."),
        may("version", Text, Now, "Its version."),
        may("setup-summary", String, Now, "How it is set up, in a sentence."),
        may("setup-docs-url", Url, Now, "Where that is described."),
    ],
};

/// `:options-source` of a select.
pub const OPTIONS_SOURCE: Shape = Shape {
    what: "an options source",
    fields: &[
        must("type", OneOf(&["connection-items"]), "`:connection-items`."),
        may("slot", Identifier, Now, "The connection slot whose items are offered."),
        may("connection", Identifier, Now, "Legacy: another word for `:slot`."),
        must("item-type", Name, "The category of items, `\"project\"`."),
        may("value-field", Name, Now, "The field of an item that is submitted."),
        may("label-field", Name, Now, "The field that people see."),
        may("description-field", Name, Now, "The field that explains the item."),
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

/// Kinds of entries of `:requires`, likewise.
pub const REQUIREMENT_KINDS: &[(&str, bool)] =
    &[("connection", true), ("secret", false), ("form", false), ("worker", false)];

/// LLM servers that a base URL tells: a part of the host, and the backend it stands for.
pub const LLM_HOSTS: &[(&str, &str)] = &[
    ("openai.azure.com", "azure-openai"),
    ("api.openai.com", "openai"),
    ("anthropic.com", "anthropic"),
    ("amazonaws.com", "bedrock"),
    ("localhost:11434", "ollama"),
    ("googleapis.com", "google"),
    ("groq.com", "groq"),
    ("together.ai", "together"),
    ("together.xyz", "together"),
    ("fireworks.ai", "fireworks"),
    ("openrouter.ai", "openrouter"),
    ("mistral.ai", "mistral"),
];
