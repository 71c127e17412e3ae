//! Step families: what `(flow/step :family …)` may name, which config keys it takes and what it gives back.
//!
//! Says nothing about how a family is executed; that is `breyta-steps`.

pub mod agent;
pub mod breyta;
pub mod call_flow;
pub mod db;
pub mod fanout;
pub mod files;
pub mod function;
pub mod http;
pub mod job;
pub mod kv;
pub mod llm;
pub mod notify;
pub mod search;
pub mod sleep;
pub mod ssh;
pub mod table;
pub mod wait;

pub use crate::controls::CONTROLS;
pub use crate::values::{ConfigKey, KeyType, Outcome, ResultField, Shape, Variant, Variants};
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

/// What a second attempt may do to the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetrySafety {
    /// The same again.
    Safe,
    /// The same again where it only reads, or where the other side honours the idempotency key.
    Keyed,
    /// It may act twice.
    Unsafe,
}

/// How a model may be given a family as a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolUse {
    /// As it is, by `:available-steps` or `:tools {:allowed […]}`; operations may narrow it.
    Raw,
    /// By a packaged step only.
    Wrapped,
    /// By a key of its own in `:tools`.
    ByKey(&'static str),
    Never,
}

/// Where a family may be used besides a direct step.
#[derive(Clone, Copy, Debug)]
pub struct Uses {
    /// Whether an entry of `:steps` may wrap it.
    pub packaged: bool,
    pub tool: ToolUse,
    /// Whether one step of it can be tried outside of a run.
    pub isolated: bool,
}

/// A step family.
#[derive(Debug)]
pub struct Family {
    /// Without the colon, `http`.
    pub name: &'static str,
    /// Deprecated other names.
    pub aliases: &'static [&'static str],
    pub effect: EffectClass,
    pub retry: RetrySafety,
    pub uses: Uses,
    /// Whether this version carries it out; otherwise building refuses a step of it by name.
    pub runs: bool,
    /// The keys of its own. [`CONTROLS`] come on top.
    pub config: Shape,
    /// What a step gives, unless its operation says so.
    pub result: Outcome,
    /// What bounds one attempt when the step has no `:timeout`, in milliseconds.
    pub timeout_ms: u64,
    /// One sentence.
    pub doc: &'static str,
    /// A `:flow` body that shows it.
    pub example: &'static str,
}

impl Family {
    /// A key of its own, of any operation, or an outer control.
    pub fn key(&self, name: &str) -> Option<&'static ConfigKey> {
        self.config.all().chain(CONTROLS).find(|key| key.name == name)
    }

    /// Names of all keys that a config should have, supported ones first.
    pub fn key_names(&self) -> impl Iterator<Item = &'static str> {
        let current = || self.config.all().chain(CONTROLS).filter(|key| key.is_current());
        let chooser = self.config.variants.map(|variants| variants.key);
        chooser
            .into_iter()
            .chain(current().filter(|key| key.supported).map(|key| key.name))
            .chain(current().filter(|key| !key.supported).map(|key| key.name))
    }

    /// The operation of a name, where a key of the config chooses one.
    pub fn operation(&self, name: &str) -> Option<&'static Variant> {
        self.config.variants?.case(name)
    }
}

/// All families, in the order of the specification.
pub const ALL: &[&Family] = &[
    &HTTP,
    &llm::LLM,
    &agent::AGENT,
    &search::SEARCH,
    &db::DB,
    &wait::WAIT,
    &FUNCTION,
    &notify::NOTIFY,
    &kv::KV,
    &sleep::SLEEP,
    &ssh::SSH,
    &files::FILES,
    &table::TABLE,
    &fanout::FANOUT,
    &job::JOB,
    &breyta::BREYTA,
];

/// The names of [`ALL`].
pub const NAMES: &[&str] = &[
    "http", "llm", "agent", "search", "db", "wait", "function", "notify", "kv", "sleep", "ssh", "files",
    "table", "fanout", "job", "breyta",
];

/// The family of a name or of a deprecated alias, without the colon.
pub fn find(name: &str) -> Option<&'static Family> {
    ALL.iter().copied().find(|family| family.name == name || family.aliases.contains(&name))
}

/// Whether the engine itself carries steps of the family out, so that there is no executor of it.
pub fn is_of_engine(name: &str) -> bool {
    effect(name) == Some(EffectClass::Control) || name == CALL_FLOW
}

/// What the machine calls `flow/call-flow`, which is no family of steps.
pub const CALL_FLOW: &str = "call-flow";

/// The effect class of a family by name, out of a table of its own: who needs no more than this does not link the keys
/// and words of all families.
pub fn effect(name: &str) -> Option<EffectClass> {
    Some(match name {
        "function" | "code" => EffectClass::Pure,
        "http" | "llm" | "agent" | "search" | "db" | "kv" | "files" | "table" => EffectClass::Effect,
        "notify" | "ssh" | "job" | "breyta" => EffectClass::SingleAttempt,
        "wait" | "sleep" | "fanout" => EffectClass::Control,
        _ => return None,
    })
}
