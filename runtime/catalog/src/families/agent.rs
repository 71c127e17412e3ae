//! The `:agent` family: a model with an objective and tools, in a loop.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
};
use crate::controls::PERSIST;
use crate::families::llm::GENERATION;
use crate::values::{Spelling, THIRTY_DAYS_MS, Time};

/// What an agent has besides a model's keys. An entry of `:agents` has them too.
pub const AGENT_KEYS: &[ConfigKey] = &[
    ConfigKey::required("objective", KeyType::Text(Spelling::NotBlank), "What the agent is to reach."),
    ConfigKey::new("instructions", KeyType::String, "How; appended to the system prompt."),
    ConfigKey::new("memory", KeyType::Shape(&MEMORY), "What the agent remembers from run to run."),
    ConfigKey::new("cost", KeyType::Shape(&COST), "What the loop may cost."),
    ConfigKey::new("evaluate", KeyType::Shape(&EVALUATE), "A second look at the answer."),
    ConfigKey::new(
        "trace",
        KeyType::Either(&[KeyType::Boolean, KeyType::Shape(&TRACE)]),
        "Whether turns and tool calls are stored.",
    ),
    ConfigKey::new("approval", KeyType::Shape(&APPROVAL), "Which tool calls a person must agree to."),
    ConfigKey::new("output-persist", KeyType::Shape(&PERSIST), "Where the agent's product is stored."),
];

const MEMORY: Shape = Shape::new(
    "a memory map such as {:table \"agent-memory\"}",
    &[
        ConfigKey::new("table", KeyType::Name, "The table that holds what is remembered."),
        ConfigKey::new("key", KeyType::Any, "Tells apart what belongs together."),
        ConfigKey::new("limit", KeyType::Whole(1, 1_000), "How many rows are read.").or("20"),
        ConfigKey::new("write", KeyType::OneOf(&["auto", "none"]), "Whether a row is added in the end.")
            .or(":auto"),
    ],
);

const COST: Shape = Shape::new(
    "a cost map such as {:max-micros 500000}",
    &[
        ConfigKey::new("max-micros", KeyType::Whole(1, i64::MAX), "The most, in millionths of a dollar."),
        ConfigKey::new("on-exceed", KeyType::OneOf(&["stop", "fail"]), "What happens beyond it.").or(":stop"),
    ],
);

const EVALUATE: Shape = Shape::new(
    "an evaluation map",
    &[
        ConfigKey::new("objective", KeyType::String, "What a good answer is."),
        ConfigKey::new("model", KeyType::String, "The model that judges."),
        ConfigKey::new("min-score", KeyType::Number(0, 1), "The score that is good enough."),
        ConfigKey::new("max-rounds", KeyType::Whole(1, 100), "How often the agent may try again.").or("1"),
    ],
);

const TRACE: Shape = Shape::new(
    "a trace map such as {:persist :table}",
    &[ConfigKey::new("persist", KeyType::OneOf(&["table", "blob"]), "Where the trace is stored.")],
);

/// `:approval`.
pub const APPROVAL: Shape = Shape::new(
    "an approval map such as {:mode :all-mutations}",
    &[
        ConfigKey::required(
            "mode",
            KeyType::OneOf(&["none", "all-mutations", "all-tools"]),
            "Which tool calls wait for a person.",
        ),
        ConfigKey::new("timeout", KeyType::Within(Time::up_to(THIRTY_DAYS_MS)), "How long people have.")
            .or("\"24h\""),
        ConfigKey::new("on-timeout", KeyType::OneOf(&["reject", "approve", "fail"]), "What silence means.")
            .or(":reject"),
    ],
);

pub static AGENT: Family = Family {
    name: "agent",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Keyed,
    uses: Uses { packaged: true, tool: ToolUse::ByKey("agents"), isolated: true },
    runs: false,
    config: Shape::new(
        "the config of an :agent step",
        &[ConfigKey::new("inputs", KeyType::Map, "What the agent works on; told to the model.").or("{}")],
    )
    .shared(&[AGENT_KEYS, GENERATION])
    .exclusive(&[&["output", "response-format", "json-schema"]]),
    result: Outcome::AtLeast(&[
        ResultField::new("success", KeyType::Boolean, "Whether there is an answer."),
        ResultField::new("content", KeyType::Any, "The answer: text, or data when `:output` is JSON."),
        ResultField::optional("usage", KeyType::Map, "Tokens of all turns together."),
        ResultField::optional("iterations", KeyType::Integer, "How many turns there were."),
        ResultField::optional("tool-calls", KeyType::Vector, "What the model called."),
        ResultField::optional("stop-reason", KeyType::Keyword, "Why the loop ended."),
    ]),
    timeout_ms: 900_000,
    doc: "A language model that calls tools in a loop until it has reached an objective.",
    example: "(let [review (flow/step :agent :review
               {:connection :ai
                :objective \"Find the riskiest change and say why.\"
                :inputs {:branch (:branch (flow/input))}
                :available-steps [:files :table]
                :max-iterations 8 :max-tool-calls 40
                :approval {:mode :all-mutations}
                :output {:format :json}})]
  (:content review))",
};
