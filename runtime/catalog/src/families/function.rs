//! The `:function` family: a deterministic transform, compiled.

use super::{ConfigKey, EffectClass, Family, KeyType, Outcome, RetrySafety, Shape, ToolUse, Uses};

pub static FUNCTION: Family = Family {
    name: "function",
    aliases: &["code"],
    effect: EffectClass::Pure,
    retry: RetrySafety::Safe,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: true },
    runs: true,
    config: Shape::new(
        "the config of a :function step",
        &[
            ConfigKey::new("ref", KeyType::FunctionRef, "The entry of `:functions` to call."),
            ConfigKey::new("code", KeyType::Code, "The function itself."),
            ConfigKey::new("input", KeyType::Any, "The argument, a map; `{}` when absent.").or("{}"),
            ConfigKey::later(
                "load",
                KeyType::VectorOf(&KeyType::Name),
                "Keys of the input to be read from stored resources first.",
            ),
        ],
    )
    .any_of(&[&["ref", "code"]])
    .exclusive(&[&["ref", "code"]]),
    result: Outcome::Any,
    timeout_ms: 10_000,
    doc: "Calls a pure function with the input.",
    example: "(let [input (flow/input)]
  (flow/step :function :totals
    {:code '(fn [{:keys [orders]}]
              {:count (count orders) :sum (reduce + 0 (map :amount orders))})
     :input {:orders (:orders input)}}))",
};
