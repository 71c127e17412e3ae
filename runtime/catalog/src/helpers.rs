//! Literal maps of the `flow/…` forms that are no steps.

use crate::controls::BACKOFF;
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

/// Runs of one child flow: every attempt is one.
pub const CHILD_ATTEMPTS_MAX: u32 = 100;

/// Attempts of a child flow. A child that a person ended is not tried again.
pub const CHILD_RETRY: Shape = Shape::new(
    "a retry map of a child flow",
    &[
        ConfigKey::new(
            "max-attempts",
            KeyType::Whole(1, CHILD_ATTEMPTS_MAX as i64),
            "Attempts in total, the first one included. Each is a run of its own.",
        ),
        ConfigKey::new("backoff-ms", KeyType::Whole(0, i64::MAX), "Milliseconds between two attempts."),
        ConfigKey::new("backoff", KeyType::Shape(&BACKOFF), "A delay that grows, in place of `:backoff-ms`."),
    ],
)
.exclusive(&[&["backoff-ms", "backoff"]]);

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
        ConfigKey::new("timeout", KeyType::Within(Time::up_to(THIRTY_DAYS_MS)), "What bounds each attempt of the child."),
        ConfigKey::later("workflow-id", KeyType::String, "The id of the child's run."),
        PARENT_CLOSE_POLICY,
        ConfigKey::new(
            "retry",
            KeyType::Shape(&CHILD_RETRY),
            "Attempts after a failure of the child, or after its time was over: every attempt is a run of its own.",
        ),
        ConfigKey::later("title", KeyType::String, "Label in timelines."),
    ],
)
.exclusive(&[&["installation-id", "profile-id"]]);
