//! The language of the tables: what a value in a config may be, closed shapes of maps, and shapes that depend on a key.
//!
//! Data only. Whether source meets it is checked by the compiler; what a value does is the executors' business.

use std::fmt::Write as _;

/// What a plain number means where a duration is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    Milliseconds,
    Seconds,
}

impl TimeUnit {
    /// In words: `seconds`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "milliseconds",
            Self::Seconds => "seconds",
        }
    }

    /// Milliseconds in one of it.
    pub fn milliseconds(self) -> u64 {
        match self {
            Self::Milliseconds => 1,
            Self::Seconds => 1_000,
        }
    }
}

/// Bounds of a duration: a number of `unit`, or a text with its own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    pub unit: TimeUnit,
    /// The shortest one, in milliseconds.
    pub min_ms: u64,
    /// The longest one, in milliseconds.
    pub max_ms: u64,
}

impl Time {
    /// Any duration above zero, numbers being seconds.
    pub const ANY: Self = Self { unit: TimeUnit::Seconds, min_ms: 1, max_ms: u64::MAX };

    /// Above zero and at most so many milliseconds, numbers being seconds.
    pub const fn up_to(max_ms: u64) -> Self {
        Self { unit: TimeUnit::Seconds, min_ms: 1, max_ms }
    }

    /// Likewise, numbers being milliseconds.
    pub const fn millis_up_to(max_ms: u64) -> Self {
        Self { unit: TimeUnit::Milliseconds, min_ms: 1, max_ms }
    }
}

/// Thirty days, in milliseconds: the longest that a run, a wait or a checkpoint may last.
pub const THIRTY_DAYS_MS: u64 = 30 * 24 * 3_600_000;

/// One hour, in milliseconds.
pub const HOUR_MS: u64 = 3_600_000;

/// How a text must be spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// Something else than white space.
    NotBlank,
    /// A key of the key-value store: at most 256 characters out of `A-Z a-z 0-9 _ : -`.
    KvKey,
    /// The last part of a path: no `/`, not `.` or `..`.
    FileName,
    /// A path below some root: not absolute, no `..`.
    RelativePath,
    /// `http://…` or `https://…`.
    Url,
}

impl Spelling {
    /// In words, for messages.
    pub fn describe(self) -> &'static str {
        match self {
            Self::NotBlank => "a text that is not blank",
            Self::KvKey => "a key of at most 256 letters, digits, `_`, `:` and `-`",
            Self::FileName => "a file name without `/`",
            Self::RelativePath => "a relative path without `..`",
            Self::Url => "a URL with `http://` or `https://`",
        }
    }
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum KeyType {
    Any,
    String,
    /// A string that is spelled so.
    Text(Spelling),
    Keyword,
    /// A keyword or a string.
    Name,
    Integer,
    /// An integer between the two, both included.
    Whole(i64, i64),
    /// A number of any kind between the two, both included.
    Number(i64, i64),
    Boolean,
    Map,
    Vector,
    /// Seconds as an integer, or a text such as `"10s"`: `dur` of the specification.
    Duration,
    /// A duration in bounds.
    Within(Time),
    /// A keyword or string out of this list.
    OneOf(&'static [&'static str]),
    /// A function: `(fn …)` quoted, or a string that holds one.
    Code,
    /// The name of a connection slot of `:requires` whose type is one of these.
    ConnectionRef(&'static [&'static str]),
    /// The name of a secret slot of `:requires`.
    SecretRef,
    /// The id of an entry of `:templates` of one of these types.
    TemplateRef(&'static [&'static str]),
    /// The id of an entry of `:functions`.
    FunctionRef,
    /// The id of an entry of `:steps`.
    PackagedStepRef,
    /// The id of an entry of `:agents`.
    AgentRef,
    /// The id of an entry of `:mcp`, or one tool of it: `:linear/list_issues`.
    McpRef,
    /// A provider: a built-in one, or an entry of this section of `:providers`.
    ProviderRef(&'static str),
    /// A stored resource: its URI, or the map that a persisted step gives.
    Reference,
    /// A schema.
    Schema,
    /// Something secret, which may not be written in source.
    Inline,
    /// A closed map.
    Shape(&'static Shape),
    /// A vector of such values.
    VectorOf(&'static KeyType),
    /// A vector of at most so many.
    UpTo(usize, &'static KeyType),
    /// A set or vector of such values.
    SetOf(&'static KeyType),
    /// A vector of exactly these.
    Tuple(&'static [KeyType]),
    /// A map with any keys and such values.
    MapOf(&'static KeyType),
    /// One of several.
    Either(&'static [KeyType]),
}

impl KeyType {
    /// In words, for messages: `a string`.
    pub fn describe(self) -> String {
        match self {
            Self::Text(spelling) => spelling.describe().to_owned(),
            Self::Whole(least, most) => bounds("an integer", least, most),
            Self::Number(least, most) => bounds("a number", least, most),
            Self::Duration => "seconds as an integer, or a duration such as \"10s\"".to_owned(),
            Self::Within(time) => {
                let unit = time.unit.name();
                let mut text = format!("{unit} as an integer, or a duration such as \"10s\"");
                if time.max_ms < u64::MAX {
                    let _ = write!(text, ", at most {}", duration(time.max_ms));
                }
                text
            }
            Self::OneOf(names) => format!("one of {}", keywords(names)),
            Self::ConnectionRef(types) => format!("a slot of :requires of type {}", either(types)),
            Self::TemplateRef(types) => format!("the id of a template of type {}", either(types)),
            Self::Shape(shape) => shape.what.to_owned(),
            Self::VectorOf(item) => format!("a vector, each item {}", item.describe()),
            Self::UpTo(most, item) => format!("a vector of at most {most}, each item {}", item.describe()),
            Self::SetOf(item) => format!("a set, each member {}", item.describe()),
            Self::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| item.describe()).collect();
                format!("a vector of {}: {}", items.len(), items.join(", "))
            }
            Self::MapOf(value) => format!("a map, each value {}", value.describe()),
            Self::Either(kinds) => {
                let kinds: Vec<String> = kinds.iter().map(|kind| kind.describe()).collect();
                kinds.join(", or ")
            }
            simple => simple.word().to_owned(),
        }
    }

    /// Types that need no words of their own making.
    fn word(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Keyword => "a keyword",
            Self::Name => "a keyword or a string",
            Self::Integer => "an integer",
            Self::Boolean => "true or false",
            Self::Map => "a map",
            Self::Vector => "a vector",
            Self::Code => "a quoted function or a string that holds one",
            Self::SecretRef => "a secret slot of :requires",
            Self::FunctionRef => "the id of a function",
            Self::PackagedStepRef => "the id of a packaged step",
            Self::AgentRef => "the id of an agent",
            Self::McpRef => "the id of an MCP adapter or of one of its tools",
            Self::ProviderRef(_) => "the id of a provider",
            Self::Reference => "a stored resource: its URI or a reference map",
            Self::Schema => "a schema",
            Self::Inline => "nothing: a secret may not stand in source",
            _ => "any value",
        }
    }
}

fn bounds(what: &str, least: i64, most: i64) -> String {
    match (least, most) {
        (i64::MIN, i64::MAX) => what.to_owned(),
        (least, i64::MAX) => format!("{what} of at least {least}"),
        (i64::MIN, most) => format!("{what} of at most {most}"),
        (least, most) => format!("{what} from {least} to {most}"),
    }
}

fn either(names: &[&str]) -> String {
    names.iter().map(|name| format!(":{name}")).collect::<Vec<_>>().join(" or ")
}

/// Names as keywords, one space apart.
pub fn keywords(names: &[&str]) -> String {
    names.iter().map(|name| format!(":{name}")).collect::<Vec<_>>().join(" ")
}

/// A span of time in the largest unit that fits: `30 days`.
pub fn duration(ms: u64) -> String {
    let units = [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1_000, "second")];
    for (size, name) in units {
        if ms >= size && ms.is_multiple_of(size) {
            let count = ms / size;
            return if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") };
        }
    }
    format!("{ms} ms")
}

/// One key of a map.
#[derive(Clone, Copy, Debug)]
pub struct ConfigKey {
    /// Without the colon.
    pub name: &'static str,
    pub ty: KeyType,
    /// Whether every such map must have it.
    pub required: bool,
    /// Whether this version carries it out; otherwise building refuses it by name.
    pub supported: bool,
    /// Values of a [`KeyType::OneOf`] that the format has and that building refuses by name.
    pub later_values: &'static [&'static str],
    /// What holds when the key is absent, as EDN.
    pub default: Option<&'static str>,
    /// The key that replaced this one; its value stays as it is.
    pub renamed: Option<&'static str>,
    /// What to write in place of this older key, when that takes more than another name.
    pub replaced: Option<&'static str>,
    /// Whether the value is checked by rules of its own, not by the type.
    pub elsewhere: bool,
    /// Why the key does nothing, when it is accepted and not looked at.
    pub ignored: Option<&'static str>,
    /// One sentence.
    pub doc: &'static str,
}

impl ConfigKey {
    /// A key that may be left out.
    pub const fn new(name: &'static str, ty: KeyType, doc: &'static str) -> Self {
        Self {
            name,
            ty,
            required: false,
            supported: true,
            later_values: &[],
            default: None,
            renamed: None,
            replaced: None,
            elsewhere: false,
            ignored: None,
            doc,
        }
    }

    /// A key that must be there.
    pub const fn required(name: &'static str, ty: KeyType, doc: &'static str) -> Self {
        Self { required: true, ..Self::new(name, ty, doc) }
    }

    /// A key that is checked, and that building refuses.
    pub const fn later(name: &'static str, ty: KeyType, doc: &'static str) -> Self {
        Self { supported: false, ..Self::new(name, ty, doc) }
    }

    /// An older name of another key.
    pub const fn renamed(name: &'static str, to: &'static str, ty: KeyType) -> Self {
        Self { renamed: Some(to), ..Self::new(name, ty, "Older name.") }
    }

    /// An older key that something of another shape has replaced.
    pub const fn replaced(name: &'static str, by: &'static str, ty: KeyType) -> Self {
        Self { replaced: Some(by), ..Self::new(name, ty, "Older form.") }
    }

    /// A key that is accepted and never looked at.
    pub const fn ignored(name: &'static str, why: &'static str) -> Self {
        Self { ignored: Some(why), ..Self::new(name, KeyType::Any, "Not looked at.") }
    }

    /// A place where people write secrets, and may not.
    pub const fn inline(name: &'static str) -> Self {
        Self::new(name, KeyType::Inline, "A secret may not stand in source: use `:secret-ref`.")
    }

    /// As a key that building refuses.
    #[must_use]
    pub const fn not_yet(self) -> Self {
        Self { supported: false, ..self }
    }

    /// With what holds when the key is absent, as EDN.
    #[must_use]
    pub const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// With rules of its own for the value.
    #[must_use]
    pub const fn elsewhere(self) -> Self {
        Self { elsewhere: true, ..self }
    }

    /// Whether the key is one to be proposed and documented.
    pub fn is_current(&self) -> bool {
        self.renamed.is_none()
            && self.replaced.is_none()
            && self.ignored.is_none()
            && !matches!(self.ty, KeyType::Inline)
    }
}

/// Groups of keys, by name without the colon.
pub type Groups = &'static [&'static [&'static str]];

/// A map whose keys are known.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// With its article, for messages: `a retry map`.
    pub what: &'static str,
    pub keys: &'static [ConfigKey],
    /// Keys that other shapes have too.
    pub shared: &'static [&'static [ConfigKey]],
    /// Groups of keys of which at least one must be given.
    pub any_of: Groups,
    /// Groups of keys of which at most one may be given.
    pub exclusive: Groups,
    /// Groups of keys of which only the first that is given counts.
    pub first_wins: Groups,
    /// Further keys that the value of one key brings along.
    pub variants: Option<&'static Variants>,
    /// Whether there may be keys that nobody knows here.
    pub open: bool,
    /// What to say about an unknown key that is near no known one.
    pub hint: Option<&'static str>,
}

impl Shape {
    pub const fn new(what: &'static str, keys: &'static [ConfigKey]) -> Self {
        Self {
            what,
            keys,
            shared: &[],
            any_of: &[],
            exclusive: &[],
            first_wins: &[],
            variants: None,
            open: false,
            hint: None,
        }
    }

    #[must_use]
    pub const fn shared(self, shared: &'static [&'static [ConfigKey]]) -> Self {
        Self { shared, ..self }
    }

    #[must_use]
    pub const fn any_of(self, any_of: Groups) -> Self {
        Self { any_of, ..self }
    }

    #[must_use]
    pub const fn exclusive(self, exclusive: Groups) -> Self {
        Self { exclusive, ..self }
    }

    #[must_use]
    pub const fn first_wins(self, first_wins: Groups) -> Self {
        Self { first_wins, ..self }
    }

    #[must_use]
    pub const fn variants(self, variants: &'static Variants) -> Self {
        Self { variants: Some(variants), ..self }
    }

    #[must_use]
    pub const fn open(self) -> Self {
        Self { open: true, ..self }
    }

    #[must_use]
    pub const fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    /// The keys that every such map may have.
    pub fn common(&self) -> impl Iterator<Item = &'static ConfigKey> + use<> {
        let (keys, shared) = (self.keys, self.shared);
        keys.iter().chain(shared.iter().flat_map(|keys| keys.iter()))
    }

    /// The keys of all variants.
    pub fn all(&self) -> impl Iterator<Item = &'static ConfigKey> + use<> {
        let cases = self.variants.map_or(&[] as &[Variant], |variants| variants.cases);
        self.common().chain(cases.iter().flat_map(|case| case.keys.iter()))
    }

    /// A key that every such map may have.
    pub fn key(&self, name: &str) -> Option<&'static ConfigKey> {
        self.common().find(|key| key.name == name)
    }
}

/// What one key chooses: which further keys there are.
#[derive(Debug)]
pub struct Variants {
    /// The key, without its colon. It is no row of the shape.
    pub key: &'static str,
    /// Whether the key must be there.
    pub required: bool,
    /// The case that holds without it.
    pub default: Option<&'static str>,
    pub cases: &'static [Variant],
    /// Further values, whose maps nobody here knows.
    pub others: &'static [&'static str],
    /// One sentence about the key.
    pub doc: &'static str,
}

impl Variants {
    /// The case of a name without the colon.
    pub fn case(&self, name: &str) -> Option<&'static Variant> {
        self.cases.iter().find(|case| case.name == name)
    }

    /// All values that the key may have.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.cases.iter().map(|case| case.name).chain(self.others.iter().copied())
    }
}

/// One value of the key that chooses, and what it brings along.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Without the colon.
    pub name: &'static str,
    pub keys: &'static [ConfigKey],
    pub any_of: Groups,
    pub exclusive: Groups,
    /// Of an operation of a family: what a step gives.
    pub result: Outcome,
    /// Of an operation: whether it changes something outside.
    pub mutates: bool,
    /// Of an operation: whether a model may call it as a tool without a wrapper.
    pub agent_safe: bool,
    /// One sentence.
    pub doc: &'static str,
}

impl Variant {
    pub const fn new(name: &'static str, keys: &'static [ConfigKey], doc: &'static str) -> Self {
        Self {
            name,
            keys,
            any_of: &[],
            exclusive: &[],
            result: Outcome::Any,
            mutates: false,
            agent_safe: false,
            doc,
        }
    }

    #[must_use]
    pub const fn any_of(self, any_of: Groups) -> Self {
        Self { any_of, ..self }
    }

    #[must_use]
    pub const fn exclusive(self, exclusive: Groups) -> Self {
        Self { exclusive, ..self }
    }

    /// What a step of this operation gives.
    #[must_use]
    pub const fn gives(self, result: Outcome) -> Self {
        Self { result, ..self }
    }

    #[must_use]
    pub const fn mutates(self) -> Self {
        Self { mutates: true, ..self }
    }

    #[must_use]
    pub const fn agent_safe(self) -> Self {
        Self { agent_safe: true, ..self }
    }

    pub fn key(&self, name: &str) -> Option<&'static ConfigKey> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// What a step gives back.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// Anything.
    Any,
    /// Always a map with these keys and no others.
    Map(&'static [ResultField]),
    /// A map with these keys and perhaps others.
    AtLeast(&'static [ResultField]),
}

impl Outcome {
    /// The keys that are known.
    pub fn fields(self) -> &'static [ResultField] {
        match self {
            Self::Any => &[],
            Self::Map(fields) | Self::AtLeast(fields) => fields,
        }
    }
}

/// One key of the map that a step gives back.
#[derive(Clone, Copy, Debug)]
pub struct ResultField {
    /// Without the colon.
    pub name: &'static str,
    pub ty: KeyType,
    /// Whether it may be absent or nil.
    pub optional: bool,
    pub doc: &'static str,
}

impl ResultField {
    pub const fn new(name: &'static str, ty: KeyType, doc: &'static str) -> Self {
        Self { name, ty, optional: false, doc }
    }

    pub const fn optional(name: &'static str, ty: KeyType, doc: &'static str) -> Self {
        Self { name, ty, optional: true, doc }
    }
}
