//! Keys of `:triggers`, the older way to say how a run is started.

use super::FieldType::{Any, Boolean, Identifier, Map, Name, Names, OneOf, String, Text};
use super::Support::Now;
use super::{Shape, may, optional, required};

pub const TRIGGER: Shape = Shape {
    what: "a trigger",
    fields: &[
        required("type", "`:manual`, `:schedule` or `:event`."),
        may("id", Identifier, Now, "Its name."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("enabled", Boolean, Now, "Whether it may be used; true when absent."),
        may("config", Map, Now, "Settings of its type."),
    ],
};

/// `:config` of a manual trigger.
pub const MANUAL_TRIGGER: Shape = Shape {
    what: "the config of a manual trigger",
    fields: &[optional("fields", Now, "The inputs of a run.")],
};

/// `:config` of a trigger of type `:schedule`.
pub const SCHEDULE_TRIGGER: Shape = Shape {
    what: "the config of a schedule trigger",
    fields: &[
        required("cron", "When, in five fields: minute, hour, day, month, weekday."),
        optional("timezone", Now, "The zone that the times are in; UTC when absent."),
        optional("fields", Now, "The inputs of a run."),
    ],
};

/// `:config` of a trigger of type `:event`, and of type `:webhook`.
pub const EVENT_TRIGGER: Shape = Shape {
    what: "the config of an event trigger",
    fields: &[
        may("source", OneOf(&["webhook"]), Now, "`:webhook`."),
        may("event-name", Any, Now, "The name of the event."),
        may("path", String, Now, "The authored path; nowadays it is generated."),
        optional("auth", Now, "How events prove where they come from."),
        optional("fields", Now, "The inputs of a run."),
    ],
};

/// Types of triggers, without the colon.
pub const TRIGGER_TYPES: &[(&str, bool)] =
    &[("manual", true), ("schedule", true), ("event", true), ("webhook", true)];

/// A field of a form that is asked for at every run, in a trigger or in `:requires`: written as in setup forms or as in
/// invocations.
pub const RUN_FIELD: Shape = Shape {
    what: "a run field",
    fields: &[
        may("key", Any, Now, "The key under which the value arrives."),
        may("name", Any, Now, "Another word for `:key`."),
        may("id", Any, Now, "Another word for `:key`."),
        may("type", Any, Now, "`:text` when absent."),
        may("field-type", Any, Now, "Another word for `:type`."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("required", Boolean, Now, "Whether a run needs it."),
        may("placeholder", String, Now, "What an empty field shows."),
        may("default", Any, Now, "The value when none is given."),
        may("options", Any, Now, "The values of a select."),
        may("options-source", Any, Now, "Where the values of a select come from."),
        may("multiple", Boolean, Now, "Whether several files may be given."),
        may("resource-types", Names, Now, "Which resources may be given."),
        may("accept", Any, Now, "Which content types may be given."),
        may("slot", Identifier, Now, "The storage slot of a resource."),
        may("storage-backend", Name, Now, "The storage of a resource."),
        may("storage-root", Text, Now, "The root of a resource."),
        may("path-prefix", Text, Now, "The folder of a resource."),
        may("source", Any, Now, "Where the picker looks."),
    ],
};
