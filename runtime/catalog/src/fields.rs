//! Keys of the flow definition, section by section: what may stand where, and what this version carries out.

use Support::{Later, Now};

mod entries;
mod legacy;
mod listing;
mod requires;

pub use entries::*;
pub use legacy::*;
pub use listing::*;
pub use requires::*;

/// Whether this version carries out a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It is carried out, or there is nothing to carry out.
    Now,
    /// The format has it; it is checked, and building refuses it by name.
    Later,
}

/// What may stand under a key, as far as the key alone decides it.
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    /// Anything, or something that the section checks itself.
    Any,
    String,
    /// A string that is not blank.
    Text,
    Boolean,
    /// A keyword or a string.
    Name,
    /// A keyword or a string: a letter, then letters, digits, `_` or `-`.
    Identifier,
    /// A whole number from 0.
    Count,
    /// A string that begins with `https://` or `http://`.
    Url,
    Map,
    Vector,
    /// A vector of strings that are not blank.
    Texts,
    /// A vector or set of keywords or strings.
    Names,
    /// A keyword or a string out of this list.
    OneOf(&'static [&'static str]),
    /// A map with these keys.
    Shape(&'static Shape),
    /// A vector of maps with these keys.
    Shapes(&'static Shape),
    /// A map in which these keys mean something; others pass.
    Open(&'static Shape),
    /// A vector of such maps.
    Opens(&'static Shape),
}

/// One key of a map in the definition.
#[derive(Debug)]
pub struct Field {
    /// Without the colon.
    pub name: &'static str,
    pub ty: FieldType,
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

impl FieldType {
    /// In words, for messages: `a string`.
    pub fn describe(self) -> String {
        match self {
            Self::Any => "any value".to_owned(),
            Self::String => "a string".to_owned(),
            Self::Text => "a string that is not blank".to_owned(),
            Self::Boolean => "true or false".to_owned(),
            Self::Name => "a keyword or a string".to_owned(),
            Self::Identifier => IDENTIFIER.to_owned(),
            Self::Count => "a whole number from 0".to_owned(),
            Self::Url => "a URL with `https://` or `http://`".to_owned(),
            Self::Map | Self::Open(_) => "a map".to_owned(),
            Self::Vector => "a vector".to_owned(),
            Self::Texts => "a vector of strings".to_owned(),
            Self::Names => "a vector of keywords".to_owned(),
            Self::OneOf(names) => {
                let names: Vec<String> = names.iter().map(|name| format!(":{name}")).collect();
                format!("one of {}", names.join(" "))
            }
            Self::Shape(shape) => shape.what.to_owned(),
            Self::Shapes(_) | Self::Opens(_) => "a vector of maps".to_owned(),
        }
    }
}

/// What an identifier is, in words.
pub const IDENTIFIER: &str =
    "a keyword without namespace: a letter, then letters, digits, `_` or `-`, at most 128 characters";

const fn required(name: &'static str, doc: &'static str) -> Field {
    Field { name, ty: FieldType::Any, required: true, supported: true, doc }
}

const fn optional(name: &'static str, support: Support, doc: &'static str) -> Field {
    Field { name, ty: FieldType::Any, required: false, supported: matches!(support, Now), doc }
}

/// A key that must be there, with its type.
const fn must(name: &'static str, ty: FieldType, doc: &'static str) -> Field {
    Field { name, ty, required: true, supported: true, doc }
}

/// A key that may be there, with its type.
const fn may(name: &'static str, ty: FieldType, support: Support, doc: &'static str) -> Field {
    Field { name, ty, required: false, supported: matches!(support, Now), doc }
}

/// The flow itself.
pub const DEFINITION: Shape = Shape {
    what: "a flow",
    fields: &[
        required("slug", "Identity of the flow: a keyword without namespace."),
        optional("name", Now, "What people call it."),
        optional("description", Now, "What it is for, in Markdown."),
        optional("icon", Now, "Picture in user interfaces."),
        optional("tags", Now, "Labels; they change nothing."),
        required("concurrency", "Which runs exclude each other."),
        optional("deploy-key-required", Now, "Whether releases need the deploy key."),
        optional("requires", Now, "What must be set up: connections, secrets, forms, workers."),
        optional("invocations", Now, "What a run takes as input."),
        optional("interfaces", Now, "How a run is started."),
        optional("schedules", Now, "When runs start by themselves."),
        optional("templates", Now, "Request bodies with holes."),
        optional("functions", Now, "Pure functions in Clojure."),
        optional("steps", Later, "Packaged steps."),
        optional("agents", Later, "Named agents."),
        optional("providers", Later, "Provider families."),
        optional("mcp", Later, "MCP tool adapters."),
        optional("mcp-registries", Now, "Where MCP servers are looked up while authoring."),
        optional("discover", Now, "Whether the flow is listed publicly."),
        optional("marketplace", Now, "How the flow is sold."),
        optional("publish-media", Now, "Pictures of the public card."),
        optional("connections", Now, "Display data of connections."),
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

/// Words that people write for a key: the word, and the key where a map has it.
pub const SYNONYMS: &[(&str, &str)] = &[
    ("type", "field-type"),
    ("field-type", "type"),
    ("url", "base-url"),
    ("title", "label"),
    ("values", "options"),
    ("choices", "options"),
    ("tz", "timezone"),
    ("zone", "timezone"),
    ("schedule", "cron"),
    ("secret", "secret-ref"),
    ("event", "event-name"),
    ("name", "tool-name"),
    ("multi", "multiple"),
    ("mandatory", "required"),
    ("key", "key-field"),
    ("fields", "inputs"),
];
