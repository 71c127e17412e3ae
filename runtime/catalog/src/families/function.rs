//! The `:function` family: a deterministic transform, compiled.

use super::{ConfigKey, EffectClass, Family, KeyType};

pub static FUNCTION: Family = Family {
    name: "function",
    aliases: &["code"],
    effect: EffectClass::Pure,
    supported: true,
    keys: &[
        ConfigKey::supported("ref", KeyType::FunctionRef, "The entry of `:functions` to call."),
        ConfigKey::supported("code", KeyType::Code, "The function itself."),
        ConfigKey::supported("input", KeyType::Any, "The argument, a map; `{}` when absent."),
        ConfigKey::later(
            "load",
            KeyType::Vector,
            "Keys of the input to be read from stored resources first.",
        ),
    ],
    any_of: &[&["ref", "code"]],
    exclusive: &[&["ref", "code"]],
    result: &[],
    timeout_ms: 10_000,
    doc: "Calls a pure function with the input.",
};
