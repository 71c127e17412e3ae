//! The `:fanout` family: a bounded batch of child workflows.

use super::{
    ConfigKey, EffectClass, Family, KeyType, NAMES, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
    Variant, Variants,
};
use crate::helpers;
use crate::values::{THIRTY_DAYS_MS, Time};

const STRATEGIES: &[&str] = &["fail", "continue", "collect"];

const ON_ERROR: Shape = Shape::new(
    "an error map such as {:strategy :collect}",
    &[ConfigKey::required("strategy", KeyType::OneOf(STRATEGIES), "What happens.")],
);

/// One item. Other types than child flows are carried out one after another, as steps of these families.
const ITEM: Shape =
    Shape::new("an item such as {:type :call-flow :flow-slug :child}", &[]).variants(&Variants {
        key: "type",
        required: true,
        default: None,
        others: NAMES,
        doc: "What is started.",
        cases: &[Variant::new(
            "call-flow",
            &[
                ConfigKey::required("flow-slug", KeyType::Name, "The child flow."),
                ConfigKey::new("input", KeyType::Map, "Its input."),
                ConfigKey::new(
                    "timeout",
                    KeyType::Within(Time::up_to(THIRTY_DAYS_MS)),
                    "What bounds each attempt of the child.",
                ),
                ConfigKey::later("version", KeyType::Whole(0, i64::MAX), "Its version; 0 is the draft."),
                ConfigKey::later(
                    "installation-id",
                    KeyType::String,
                    "The installation whose bindings it uses.",
                ),
                ConfigKey::renamed("profile-id", "installation-id", KeyType::String).not_yet(),
                ConfigKey::later("workflow-id", KeyType::String, "The id of its run."),
                helpers::PARENT_CLOSE_POLICY,
                ConfigKey::new(
                    "retry-policy",
                    KeyType::Shape(&helpers::CHILD_RETRY),
                    "Attempts after a failure of the child, or after its time was over: every attempt is a run of its own.",
                ),
            ],
            "A child flow.",
        )
        .exclusive(&[&["installation-id", "profile-id"]])],
    });

pub static FANOUT: Family = Family {
    name: "fanout",
    aliases: &[],
    effect: EffectClass::Control,
    retry: RetrySafety::Unsafe,
    uses: Uses { packaged: false, tool: ToolUse::Never, isolated: false },
    runs: true,
    config: Shape::new(
        "the config of a :fanout step",
        &[
            ConfigKey::required("items", KeyType::UpTo(25, &KeyType::Shape(&ITEM)), "What is started."),
            ConfigKey::new("max-concurrency", KeyType::Whole(1, 5), "How many run at once.").or("5"),
            ConfigKey::new(
                "on-error",
                KeyType::Either(&[KeyType::OneOf(STRATEGIES), KeyType::Shape(&ON_ERROR)]),
                "What the failure of an item does.",
            )
            .or(":fail"),
            ConfigKey::new(
                "transform",
                KeyType::Code,
                "A function that is called with the result; the step gives what it gives.",
            ),
        ],
    ),
    result: Outcome::AtLeast(COLLECTED),
    timeout_ms: THIRTY_DAYS_MS,
    doc: "Starts a bounded batch of child flows and collects their results in order.",
    example: "(flow/step :fanout :per-store
  {:max-concurrency 3 :on-error :collect
   :items (vec (for [store (:stores (flow/input))]
                 {:type :call-flow :flow-slug :store-audit :input {:store store} :timeout 600}))})",
};

/// What `:fanout` gives when nothing transforms it.
pub const COLLECTED: &[ResultField] = &[
    ResultField::new("results", KeyType::Vector, "What each item gave, in order."),
    ResultField::optional("succeeded", KeyType::Integer, "How many did."),
    ResultField::optional("failed", KeyType::Integer, "How many did not."),
    ResultField::optional("total", KeyType::Integer, "How many there were."),
];
