//! Families that the format has and this version refuses by name.

use super::{EffectClass, Family};

macro_rules! families {
    ($($constant:ident $name:literal $effect:ident $timeout_ms:literal $doc:literal;)*) => {
        $(pub(super) static $constant: Family = Family {
            name: $name,
            aliases: &[],
            effect: EffectClass::$effect,
            supported: false,
            keys: &[],
            any_of: &[],
            exclusive: &[],
            result: &[],
            timeout_ms: $timeout_ms,
            doc: $doc,
        };)*
    };
}

families! {
    LLM "llm" Effect 120_000 "One call of a language model.";
    AGENT "agent" Effect 900_000 "A language model that calls tools in a loop.";
    SEARCH "search" Effect 30_000 "A search over indexed resources.";
    DB "db" Effect 60_000 "One statement against a database.";
    WAIT "wait" Control 0 "Waits for an event or a person.";
    NOTIFY "notify" SingleAttempt 30_000 "Sends a message through a channel.";
    KV "kv" Effect 30_000 "Reads or writes a key-value entry.";
    SLEEP "sleep" Control 0 "Waits for some time.";
    SSH "ssh" SingleAttempt 60_000 "Runs a command on another machine.";
    FILES "files" Effect 120_000 "Reads and changes a file tree.";
    TABLE "table" Effect 30_000 "Reads and changes a table.";
    FANOUT "fanout" Control 0 "Starts many items and collects their results.";
    JOB "job" SingleAttempt 60_000 "Hands work to an external worker.";
    BREYTA "breyta" SingleAttempt 60_000 "Operates the platform itself.";
}
