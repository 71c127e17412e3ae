//! The `:notify` family: a message through a channel.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
};
use crate::families::http::{BODIES, REQUEST};

/// `:channels`.
pub const CHANNELS: Shape = Shape::new(
    "a map of channels such as {:http {…}}",
    &[ConfigKey::new("http", KeyType::Shape(&HTTP_CHANNEL), "An HTTP request.")],
)
.any_of(&[&["http"]])
.hint("messages go out by the channel `:http`; e-mail and chat services are reached through their HTTP APIs");

const HTTP_CHANNEL: Shape = Shape::new("an :http channel", &[])
    .shared(&[REQUEST])
    .any_of(&[&["connection", "url", "template"]])
    .first_wins(&[BODIES]);

pub static NOTIFY: Family = Family {
    name: "notify",
    aliases: &[],
    effect: EffectClass::SingleAttempt,
    retry: RetrySafety::Unsafe,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: true },
    runs: false,
    config: Shape::new(
        "the config of a :notify step",
        &[
            ConfigKey::new("channels", KeyType::Shape(&CHANNELS), "Where the message goes."),
            ConfigKey::new(
                "template",
                KeyType::TemplateRef(&["notification"]),
                "A template of type `:notification`.",
            ),
            ConfigKey::new("data", KeyType::Map, "What `{{…}}` in the channels refer to."),
        ],
    )
    .any_of(&[&["channels", "template"]]),
    result: Outcome::AtLeast(&[
        ResultField::new("sent?", KeyType::Boolean, "Whether every channel took it."),
        ResultField::optional("channels", KeyType::Map, "What each channel said."),
        ResultField::optional("errors", KeyType::Vector, "What went wrong; a failed delivery is a value."),
    ]),
    timeout_ms: 30_000,
    doc: "Sends a message through a channel. A failed delivery is a value, not an error.",
    example: "(let [page (flow/step :notify :page-on-call
             {:channels {:http {:connection :api :path \"/hooks/abc\" :method :post
                                :json {:text \"{{severity}}: {{title}}\"}}}
              :data {:severity \"high\" :title (:title (flow/input))}
              :review \"Page the on-call engineer?\"})]
  {:sent (:sent? page)})",
};
