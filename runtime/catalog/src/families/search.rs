//! The `:search` family: over what the workspace has stored.

use super::{ConfigKey, EffectClass, Family, KeyType, Outcome, RetrySafety, Shape, ToolUse, Uses};
use crate::values::Spelling;

const HYDRATE: Shape = Shape::new(
    "a hydrate map such as {:top-k 3}",
    &[
        ConfigKey::new("enabled", KeyType::Boolean, "Whether the content of hits is given too."),
        ConfigKey::new("top-k", KeyType::Whole(1, 10), "Of how many hits.").or("5"),
        ConfigKey::new("max-chars", KeyType::Whole(1, 100_000), "How much of each.").or("20000"),
    ],
);

pub static SEARCH: Family = Family {
    name: "search",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Safe,
    uses: Uses { packaged: true, tool: ToolUse::Raw, isolated: true },
    runs: false,
    config: Shape::new(
        "the config of a :search step",
        &[
            ConfigKey::required("query", KeyType::Text(Spelling::NotBlank), "What is looked for."),
            ConfigKey::new(
                "targets",
                KeyType::VectorOf(&KeyType::OneOf(&["resources", "flows", "runs", "connections"])),
                "Where it is looked for.",
            )
            .or("all of them"),
            ConfigKey::new("limit", KeyType::Whole(1, 20), "How many hits each target gives.").or("12"),
            ConfigKey::new("hydrate", KeyType::Shape(&HYDRATE), "Whether content comes along."),
            ConfigKey::new("mode", KeyType::Name, "How it is looked for: `:hybrid`."),
            ConfigKey::new("storage-backend", KeyType::Name, "Resources of this storage only."),
            ConfigKey::new("storage-root", KeyType::String, "Resources below this root only."),
            ConfigKey::new("path-prefix", KeyType::String, "Resources below this path only."),
        ],
    ),
    result: Outcome::Any,
    timeout_ms: 30_000,
    doc: "A search over stored resources, flows, runs and connections.",
    example: "(flow/step :search :prior-art
  {:query (:topic (flow/input)) :targets [:resources] :limit 6
   :hydrate {:top-k 2 :max-chars 8000} :path-prefix \"reports/2026\"})",
};
