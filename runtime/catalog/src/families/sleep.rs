//! The `:sleep` family: a durable timer.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
};
use crate::values::{THIRTY_DAYS_MS, Time, TimeUnit};

/// Thirty days in milliseconds, as a bound of integers.
const LONGEST_MS: i64 = 2_592_000_000;

pub static SLEEP: Family = Family {
    name: "sleep",
    aliases: &[],
    effect: EffectClass::Control,
    retry: RetrySafety::Safe,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: false },
    runs: true,
    config: Shape::new(
        "the config of a :sleep step",
        &[
            ConfigKey::new("seconds", KeyType::Whole(0, LONGEST_MS / 1_000), "For so many seconds.").or("1"),
            ConfigKey::new("millis", KeyType::Whole(0, LONGEST_MS), "For so many milliseconds."),
            ConfigKey::new(
                "duration",
                KeyType::Within(Time { unit: TimeUnit::Seconds, min_ms: 0, max_ms: THIRTY_DAYS_MS }),
                "For so long: `\"90s\"`.",
            ),
        ],
    )
    .exclusive(&[&["seconds", "millis", "duration"]]),
    result: Outcome::AtLeast(&[ResultField::new(
        "slept-seconds",
        KeyType::Number(0, i64::MAX),
        "How long it was.",
    )]),
    timeout_ms: THIRTY_DAYS_MS,
    doc: "Waits for some time; the run is parked meanwhile.",
    example: "(let [input (flow/input)
      pause (flow/step :sleep :cool-down {:duration \"90s\"})]
  {:input input :slept (:slept-seconds pause)})",
};
