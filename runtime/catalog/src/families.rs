//! Step families: what `(flow/step :family …)` may name, which config keys it takes and what it gives back.
//!
//! Says nothing about how a family is executed; that is `breyta-steps`.

/// The `:function` family.
pub mod function;

/// The `:http` family.
pub mod http;

mod others;

pub use function::FUNCTION;
pub use http::HTTP;

/// What carrying out a step does to the world; decides how a crash in the middle is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectClass {
    /// Computes only: recomputed after a crash, never journalled on its own.
    Pure,
    /// Acts outside: attempted again after a crash, with the same idempotency key.
    Effect,
    /// Acts outside and must not be repeated blindly: a start mark is committed first.
    SingleAttempt,
    /// Suspends the run or starts other steps; no effect of its own.
    Control,
}

/// The type that a config value must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    Any,
    String,
    Keyword,
    /// A keyword or a string.
    Name,
    Integer,
    Boolean,
    Map,
    Vector,
    /// Seconds as an integer, or a text such as `"10s"`: `dur` of the specification.
    Duration,
    /// A keyword or string out of this list.
    OneOf(&'static [&'static str]),
    /// One of the names of [`crate::auth::TYPES`] under `:type`.
    Auth,
    /// A function: `(fn …)` quoted, or a string that holds one.
    Code,
    /// The name of a connection slot of `:requires`.
    ConnectionRef,
    /// The id of an entry of `:templates`.
    TemplateRef,
    /// The id of an entry of `:functions`.
    FunctionRef,
}

impl KeyType {
    /// In words, for messages: `a string`.
    pub fn describe(self) -> String {
        match self {
            Self::Any => "any value".to_owned(),
            Self::String => "a string".to_owned(),
            Self::Keyword => "a keyword".to_owned(),
            Self::Name => "a keyword or a string".to_owned(),
            Self::Integer => "an integer".to_owned(),
            Self::Boolean => "a boolean".to_owned(),
            Self::Map => "a map".to_owned(),
            Self::Vector => "a vector".to_owned(),
            Self::Duration => "an integer or a duration such as \"10s\"".to_owned(),
            Self::OneOf(names) => {
                let names: Vec<String> = names.iter().map(|name| format!(":{name}")).collect();
                format!("one of {}", names.join(" "))
            }
            Self::Auth => "an auth map such as {:type :bearer}".to_owned(),
            Self::Code => "a quoted function or a string that holds one".to_owned(),
            Self::ConnectionRef => "a slot of :requires".to_owned(),
            Self::TemplateRef => "the id of a template".to_owned(),
            Self::FunctionRef => "the id of a function".to_owned(),
        }
    }
}

/// One key of a family's config.
#[derive(Debug)]
pub struct ConfigKey {
    /// Without the colon.
    pub name: &'static str,
    pub ty: KeyType,
    /// Whether every config must have it.
    pub required: bool,
    /// Whether this version carries it out; otherwise it is refused by name.
    pub supported: bool,
    /// Values of a [`KeyType::OneOf`] that the format has and this version refuses by name.
    pub later_values: &'static [&'static str],
    /// One sentence.
    pub doc: &'static str,
}

/// One key of the map that a step of the family gives back.
#[derive(Debug)]
pub struct ResultField {
    /// Without the colon.
    pub name: &'static str,
    pub ty: KeyType,
    pub doc: &'static str,
}

/// A step family.
#[derive(Debug)]
pub struct Family {
    /// Without the colon, `http`.
    pub name: &'static str,
    /// Deprecated other names.
    pub aliases: &'static [&'static str],
    pub effect: EffectClass,
    /// Whether this version carries it out; otherwise a step of it is refused by name.
    pub supported: bool,
    /// The keys of its own. [`CONTROLS`] come on top.
    pub keys: &'static [ConfigKey],
    /// Groups of keys of which at least one must be given (a template may give it).
    pub any_of: &'static [&'static [&'static str]],
    /// Groups of keys of which at most one may be given.
    pub exclusive: &'static [&'static [&'static str]],
    /// The keys of its result when it always is a map of known shape; empty when anything may come back.
    pub result: &'static [ResultField],
    /// What bounds one attempt when the step has no `:timeout`, in milliseconds.
    pub timeout_ms: u64,
    /// One sentence.
    pub doc: &'static str,
}

impl Family {
    /// A key of its own or an outer control.
    pub fn key(&self, name: &str) -> Option<&'static ConfigKey> {
        self.keys.iter().chain(CONTROLS).find(|key| key.name == name)
    }

    /// Names of all keys that a config may have, supported ones first.
    pub fn key_names(&self) -> impl Iterator<Item = &'static str> {
        let (keys, controls): (&'static [ConfigKey], &'static [ConfigKey]) = (self.keys, CONTROLS);
        let all = move || keys.iter().chain(controls);
        all().filter(|key| key.supported).chain(all().filter(|key| !key.supported)).map(|key| key.name)
    }
}

/// Controls that every family takes in its config, around its own keys.
pub const CONTROLS: &[ConfigKey] = &[
    ConfigKey::supported("title", KeyType::String, "Label of the step in timelines."),
    ConfigKey::supported(
        "timeout",
        KeyType::Duration,
        "What bounds one attempt: seconds, or a text such as `\"500ms\"`.",
    ),
    ConfigKey::later("retry", KeyType::Map, "Attempts after a failure: `{:max-attempts n :backoff-ms ms}`."),
    ConfigKey::later("on-error", KeyType::Any, "What happens when the step has failed for good."),
    ConfigKey::later("persist", KeyType::Map, "Stores the result and gives a reference to it."),
    ConfigKey::later("review", KeyType::Any, "A person looks at the result before the flow goes on."),
    ConfigKey::later("confirm", KeyType::Any, "A person agrees before the step runs."),
    ConfigKey::later("breakpoint", KeyType::Any, "Stops before the step while the flow is being written."),
    ConfigKey::later("mock", KeyType::Any, "A fixed result in place of the step."),
    ConfigKey::later("expect", KeyType::Any, "What the result must look like."),
    ConfigKey::later("metering", KeyType::Map, "Advisory cost of the step."),
];

impl ConfigKey {
    const fn supported(name: &'static str, ty: KeyType, doc: &'static str) -> Self {
        Self { name, ty, required: false, supported: true, later_values: &[], doc }
    }

    const fn later(name: &'static str, ty: KeyType, doc: &'static str) -> Self {
        Self { name, ty, required: false, supported: false, later_values: &[], doc }
    }
}

/// All families, in the order of the specification.
pub const ALL: &[&Family] = &[
    &HTTP,
    &others::LLM,
    &others::AGENT,
    &others::SEARCH,
    &others::DB,
    &others::WAIT,
    &FUNCTION,
    &others::NOTIFY,
    &others::KV,
    &others::SLEEP,
    &others::SSH,
    &others::FILES,
    &others::TABLE,
    &others::FANOUT,
    &others::JOB,
    &others::BREYTA,
];

/// The family of a name or of a deprecated alias, without the colon.
pub fn find(name: &str) -> Option<&'static Family> {
    ALL.iter().copied().find(|family| family.name == name || family.aliases.contains(&name))
}
