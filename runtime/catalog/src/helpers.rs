//! Literal maps of the `flow/…` forms that are no steps.

use crate::controls::{BACKOFF, RETRY};
use crate::values::{ConfigKey, HOUR_MS, KeyType, Shape, THIRTY_DAYS_MS, Time};

/// The config of `(flow/poll {…} body)`. Numbers of its durations are milliseconds.
pub const POLL: Shape = Shape::new(
    "a poll map",
    &[
        ConfigKey::required(
            "interval",
            KeyType::Within(Time::millis_up_to(HOUR_MS)),
            "The time between two attempts; numbers are milliseconds.",
        ),
        ConfigKey::new(
            "timeout",
            KeyType::Within(Time::millis_up_to(HOUR_MS)),
            "How long it goes on, at most one hour; numbers are milliseconds.",
        ),
        ConfigKey::new("max-attempts", KeyType::Whole(1, 100), "How many attempts there are."),
        ConfigKey::required(
            "return-on",
            KeyType::Any,
            "A predicate: the first result that it accepts is returned.",
        ),
        ConfigKey::new("abort-on", KeyType::Shape(&ABORT_ON), "Results that end it with an error."),
        ConfigKey::new(
            "backoff",
            KeyType::Either(&[KeyType::OneOf(&["constant", "exponential"]), KeyType::Shape(&BACKOFF)]),
            "How the interval grows.",
        )
        .or(":constant"),
        ConfigKey::new("id", KeyType::Name, "The id of the sleep step in between."),
        ConfigKey::new(
            "on-timeout",
            KeyType::OneOf(&["fail", "return-last"]),
            "What happens when no result was accepted.",
        )
        .or(":fail"),
    ],
)
.any_of(&[&["timeout", "max-attempts"]]);

const ABORT_ON: Shape = Shape::new(
    "an abort map such as {:status #{400 401}}",
    &[
        ConfigKey::new("status", KeyType::SetOf(&KeyType::Whole(100, 599)), "HTTP statuses that end it."),
        ConfigKey::new("error?", KeyType::Boolean, "Whether a result with an `:error` ends it.").or("true"),
    ],
);

/// Of every child flow.
pub const PARENT_CLOSE_POLICY: ConfigKey = ConfigKey::new(
    "parent-close-policy",
    KeyType::OneOf(&["abandon", "request-cancel", "terminate"]),
    "What happens to a child that is open when its parent ends, or when the fan-out that it is of fails: it goes on by \
     itself, is asked to end, or is ended by force.",
)
.or(":request-cancel");

/// The third argument of `(flow/call-flow :slug input {…})`.
pub const CALL_FLOW_OPTIONS: Shape = Shape::new(
    "an options map of call-flow",
    &[
        ConfigKey::later(
            "installation-id",
            KeyType::String,
            "The installation whose bindings the child uses.",
        ),
        ConfigKey::renamed("profile-id", "installation-id", KeyType::String).not_yet(),
        ConfigKey::later("version", KeyType::Whole(0, i64::MAX), "The version of the child; 0 is the draft."),
        ConfigKey::new("timeout", KeyType::Within(Time::up_to(THIRTY_DAYS_MS)), "What bounds the child."),
        ConfigKey::later("workflow-id", KeyType::String, "The id of the child's run."),
        PARENT_CLOSE_POLICY,
        ConfigKey::later("retry", KeyType::Shape(&RETRY), "Attempts after a failure."),
        ConfigKey::later("title", KeyType::String, "Label in timelines."),
    ],
)
.exclusive(&[&["installation-id", "profile-id"]]);
