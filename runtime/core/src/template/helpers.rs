//! The helpers of the dialect: a table that the compiler checks calls against and that the runtime carries out.

/// Where a helper may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// `{{#name …}}…{{/name}}`.
    Block,
    /// `{{name …}}`, or `(name …)` as an argument.
    Inline,
}

/// What a named argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A whole number, zero or more.
    Count,
    Boolean,
    Text,
}

impl Takes {
    /// In words, for messages.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Count => "a whole number",
            Self::Boolean => "true or false",
            Self::Text => "a text in quotes",
        }
    }
}

/// One helper.
#[derive(Debug)]
pub struct Helper {
    pub name: &'static str,
    pub role: Role,
    /// How many arguments it takes at least and at most.
    pub arguments: (usize, usize),
    pub named: &'static [(&'static str, Takes)],
    /// A call as an example.
    pub usage: &'static str,
}

const fn block(name: &'static str, named: &'static [(&'static str, Takes)], usage: &'static str) -> Helper {
    Helper { name, role: Role::Block, arguments: (1, 1), named, usage }
}

const fn inline(
    name: &'static str,
    arguments: (usize, usize),
    named: &'static [(&'static str, Takes)],
    usage: &'static str,
) -> Helper {
    Helper { name, role: Role::Inline, arguments, named, usage }
}

/// All helpers.
pub const HELPERS: &[Helper] = &[
    block("if", &[("includeZero", Takes::Boolean)], "{{#if done}}…{{else}}…{{/if}}"),
    block("unless", &[("includeZero", Takes::Boolean)], "{{#unless done}}…{{/unless}}"),
    block("each", &[], "{{#each items}}{{this}}{{/each}}"),
    block("with", &[], "{{#with customer}}{{name}}{{/with}}"),
    inline("lookup", (2, 2), &[], "{{lookup prices currency}}"),
    inline("log", (1, usize::MAX), &[("level", Takes::Text)], "{{log message}}"),
    inline(
        "truncate",
        (1, 1),
        &[("length", Takes::Count), ("suffix", Takes::Text)],
        "{{truncate text length=100 suffix=\"…\"}}",
    ),
    inline("json", (1, 1), &[("pretty", Takes::Boolean)], "{{json data pretty=true}}"),
    inline("length", (1, 1), &[], "{{length items}}"),
    inline("join", (1, 1), &[("separator", Takes::Text)], "{{join items separator=\", \"}}"),
    inline("first", (1, 1), &[], "{{first items}}"),
    inline("last", (1, 1), &[], "{{last items}}"),
    inline("default", (2, 2), &[], "{{default title \"(no title)\"}}"),
];

/// Names that begin with `@`, with whether they can be rendered already.
pub const AT_NAMES: &[(&str, bool)] = &[
    ("root", true),
    ("index", true),
    ("key", true),
    ("first", true),
    ("last", true),
    ("index_1", false),
    ("odd", false),
    ("even", false),
];

/// The helper of a name.
pub fn find(name: &str) -> Option<&'static Helper> {
    HELPERS.iter().find(|helper| helper.name == name)
}
