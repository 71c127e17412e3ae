//! What the machine calls `flow/call-flow`: no family that a `flow/step` can name, so it is not among all of them.

use super::{ConfigKey, EffectClass, Family, KeyType, Outcome, RetrySafety, Shape, ToolUse, Uses};
use crate::values::THIRTY_DAYS_MS;

pub static CALL: Family = Family {
    name: super::CALL_FLOW,
    aliases: &[],
    effect: EffectClass::Control,
    retry: RetrySafety::Unsafe,
    uses: Uses { packaged: false, tool: ToolUse::Never, isolated: false },
    runs: true,
    config: Shape::new(
        "a call of a flow",
        &[
            ConfigKey::required("flow", KeyType::Name, "The slug of the child."),
            ConfigKey::new("input", KeyType::Any, "Its input."),
            ConfigKey::new("options", KeyType::Any, "How it is called."),
            ConfigKey::new("title", KeyType::Any, "Label in timelines."),
        ],
    ),
    result: Outcome::Any,
    timeout_ms: THIRTY_DAYS_MS,
    doc: "Runs another flow and gives its result.",
    example: "(flow/call-flow :child {:n 1})",
};
