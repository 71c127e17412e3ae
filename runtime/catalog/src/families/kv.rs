//! The `:kv` family: state that outlives runs.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
    Variant, Variants,
};
use crate::values::Spelling;

const KEY: ConfigKey = ConfigKey::required("key", KeyType::Text(Spelling::KvKey), "The entry's key.");

const TTL: ConfigKey = ConfigKey::new(
    "ttl",
    KeyType::Whole(1, 31_536_000),
    "Seconds until the entry is forgotten, at most a year.",
);

const SUCCESS: ResultField = ResultField::new("success", KeyType::Boolean, "Whether it worked.");

const ITS_KEY: ResultField = ResultField::new("key", KeyType::String, "The entry's key.");

pub static KV: Family = Family {
    name: "kv",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Keyed,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: true },
    runs: false,
    config: Shape::new("the config of a :kv step", &[]).variants(&Variants {
        key: "operation",
        required: true,
        default: None,
        others: &[],
        doc: "What is done.",
        cases: &[
            Variant::new(
                "get",
                &[KEY, ConfigKey::new("default", KeyType::Any, "What is given when there is no entry.")],
                "Reads an entry.",
            )
            .gives(Outcome::AtLeast(&[
                SUCCESS,
                ResultField::new("value", KeyType::Any, "The value."),
                ResultField::optional("exists?", KeyType::Boolean, "Whether there is an entry."),
            ])),
            Variant::new(
                "set",
                &[
                    KEY,
                    ConfigKey::required("value", KeyType::Any, "The value, at most 1 MB."),
                    TTL,
                    ConfigKey::new("metadata", KeyType::Map, "Kept beside the value."),
                    ConfigKey::new(
                        "if-not-exists",
                        KeyType::Boolean,
                        "Whether an existing entry is left alone.",
                    )
                    .or("false"),
                ],
                "Writes an entry.",
            )
            .gives(Outcome::AtLeast(&[
                SUCCESS,
                ITS_KEY,
                ResultField::optional("created?", KeyType::Boolean, "Whether the entry is new."),
            ]))
            .mutates(),
            Variant::new("delete", &[KEY], "Forgets an entry.")
                .gives(Outcome::AtLeast(&[
                    SUCCESS,
                    ITS_KEY,
                    ResultField::optional("deleted?", KeyType::Boolean, "Whether there was one."),
                ]))
                .mutates(),
            Variant::new("exists", &[KEY], "Says whether there is an entry.").gives(Outcome::AtLeast(&[
                SUCCESS,
                ResultField::new("exists?", KeyType::Boolean, "Whether there is one."),
            ])),
            Variant::new(
                "increment",
                &[
                    KEY,
                    ConfigKey::new("delta", KeyType::Number(i64::MIN, i64::MAX), "What is added.").or("1"),
                    TTL,
                ],
                "Adds to a number, atomically; a missing entry counts as 0.",
            )
            .gives(Outcome::AtLeast(&[
                SUCCESS,
                ITS_KEY,
                ResultField::new("value", KeyType::Number(i64::MIN, i64::MAX), "The number now."),
                ResultField::optional("previous", KeyType::Number(i64::MIN, i64::MAX), "The number before."),
            ]))
            .mutates(),
            Variant::new(
                "append",
                &[
                    KEY,
                    ConfigKey::new("item", KeyType::Any, "What is appended."),
                    ConfigKey::new("items", KeyType::Vector, "What is appended, one after another."),
                    ConfigKey::renamed("value", "item", KeyType::Any),
                    ConfigKey::new("max-length", KeyType::Whole(1, 1_000), "How many items are kept.")
                        .or("1000"),
                    TTL,
                ],
                "Appends to a list.",
            )
            .any_of(&[&["item", "items", "value"]])
            .exclusive(&[&["item", "items", "value"]])
            .gives(Outcome::AtLeast(&[
                SUCCESS,
                ITS_KEY,
                ResultField::optional("length", KeyType::Integer, "How many items there are."),
            ]))
            .mutates(),
            Variant::new(
                "list-keys",
                &[
                    ConfigKey::new("prefix", KeyType::String, "What the keys begin with."),
                    ConfigKey::new("limit", KeyType::Whole(1, 1_000), "How many keys are given at most."),
                ],
                "Lists keys.",
            )
            .gives(Outcome::AtLeast(&[
                SUCCESS,
                ResultField::new("keys", KeyType::Vector, "The keys."),
                ResultField::optional("count", KeyType::Integer, "How many there are."),
            ])),
        ],
    }),
    result: Outcome::Any,
    timeout_ms: 30_000,
    doc: "Reads or writes an entry of the key-value store. The value stands under `:value` of the result.",
    example: "(let [claim (flow/step :kv :claim
              {:operation :set :key (str \"lock:\" (:day (flow/input)))
               :value {:by \"nightly\"} :if-not-exists true :ttl 7200})]
  {:mine (:created? claim)})",
};
