//! Types of invocation inputs: what `:type` of an entry of `:inputs` may name.

/// One input type.
#[derive(Debug)]
pub struct InputType {
    /// Without the colon.
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub supported: bool,
    /// What arrives in the flow.
    pub doc: &'static str,
}

/// The type of an input that names none.
pub const DEFAULT: &str = "text";

pub const TYPES: &[InputType] = &[
    InputType { name: "text", aliases: &["string"], supported: true, doc: "A string." },
    InputType { name: "textarea", aliases: &[], supported: true, doc: "A string of several lines." },
    InputType { name: "select", aliases: &[], supported: true, doc: "One of `:options`." },
    InputType { name: "boolean", aliases: &["checkbox"], supported: true, doc: "true or false." },
    InputType {
        name: "number",
        aliases: &[],
        supported: true,
        doc: "An integer, or a double when it has a fraction.",
    },
    InputType { name: "date", aliases: &[], supported: true, doc: "A string `YYYY-MM-DD`." },
    InputType { name: "time", aliases: &[], supported: true, doc: "A string `HH:MM[:SS]`." },
    InputType { name: "datetime", aliases: &[], supported: true, doc: "A string in ISO 8601." },
    InputType { name: "json", aliases: &[], supported: true, doc: "Any data; a string is parsed as JSON." },
    InputType { name: "email", aliases: &[], supported: true, doc: "A string." },
    InputType { name: "password", aliases: &[], supported: false, doc: "A string that is never shown." },
    InputType {
        name: "secret",
        aliases: &[],
        supported: false,
        doc: "A string that is never shown or stored.",
    },
    InputType {
        name: "file",
        aliases: &["blob", "blob-ref"],
        supported: false,
        doc: "A reference to an uploaded file.",
    },
    InputType { name: "resource", aliases: &[], supported: false, doc: "A reference to a stored resource." },
];

/// The row of a name or alias without the colon.
pub fn find(name: &str) -> Option<&'static InputType> {
    TYPES.iter().find(|ty| ty.name == name || ty.aliases.contains(&name))
}

/// Keys of an input that only some types have: the key, and the types.
pub const KEYS_OF_TYPES: &[(&str, &[&str])] = &[
    ("options", &["select"]),
    ("options-source", &["select"]),
    ("multiple", &["file", "resource"]),
    ("accept", &["file", "resource"]),
    ("resource-types", &["resource"]),
    ("slot", &["resource"]),
    ("storage-backend", &["resource"]),
    ("storage-root", &["resource"]),
    ("path-prefix", &["resource"]),
];
