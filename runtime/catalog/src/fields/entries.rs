//! Keys of what a run takes and of what starts it: invocations, interfaces, schedules.

use super::FieldType::{Any, Boolean, Identifier, Map, Name, Names, OneOf, String, Text};
use super::Support::{Later, Now};
use super::{Shape, may, must, optional, required};

pub const INVOCATION: Shape = Shape {
    what: "an invocation",
    fields: &[
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        optional("inputs", Now, "The input fields."),
    ],
};

pub const INPUT: Shape = Shape {
    what: "an input",
    fields: &[
        optional("name", Now, "The key under which the value arrives."),
        optional("key", Now, "Another word for `:name`."),
        optional("id", Now, "Another word for `:name`."),
        optional("type", Now, "`:text` when absent."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        may("placeholder", String, Now, "What an empty field shows."),
        may("required", Boolean, Now, "Whether a run needs it."),
        optional("default", Now, "The value when none is given."),
        optional("options", Now, "The values of a select."),
        optional("options-source", Now, "Where the values of a select come from."),
        may("multiple", Boolean, Now, "Whether several files may be given."),
        may("resource-types", Names, Now, "Which resources may be given."),
        optional("accept", Now, "Which content types may be given."),
        may("slot", Identifier, Now, "The storage slot of a resource."),
        may("storage-backend", Name, Now, "The storage of a resource."),
        may("storage-root", Text, Now, "The root of a resource."),
        may("path-prefix", Text, Now, "The folder of a resource."),
    ],
};

pub const OPTION: Shape = Shape {
    what: "an option",
    fields: &[
        required("value", "What arrives in the flow."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it means."),
    ],
};

pub const INTERFACES: Shape = Shape {
    what: "the interfaces map",
    fields: &[
        optional("manual", Now, "Started by a person or a program."),
        optional("http", Now, "Started by an HTTP request."),
        optional("webhook", Now, "Started by an event."),
        optional("mcp", Now, "Started as an MCP tool."),
    ],
};

pub const MANUAL: Shape = Shape {
    what: "a manual interface",
    fields: &[
        optional("id", Now, "Its name."),
        may("label", String, Now, "The text of the run button."),
        may("description", String, Now, "What it is for."),
        optional("invocation", Now, "The invocation whose inputs it takes."),
        may("enabled", Boolean, Now, "Whether it may be used; true when absent."),
        optional("auth", Later, "Who may use it."),
    ],
};

/// Methods of an HTTP interface.
pub const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

pub const HTTP_INTERFACE: Shape = Shape {
    what: "an HTTP interface",
    fields: &[
        optional("id", Now, "Its name, the last part of its address."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        optional("invocation", Now, "The invocation whose inputs it takes."),
        may("enabled", Boolean, Now, "Whether it may be used; true when absent."),
        may("method", OneOf(METHODS), Now, "The method; `:post` when absent."),
        optional("path", Now, "A path for documentation; the address is made from `:id`."),
        optional("auth", Now, "Who may use it: `:workspace-api-auth`."),
    ],
};

pub const WEBHOOK: Shape = Shape {
    what: "a webhook interface",
    fields: &[
        optional("id", Now, "Its name."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        optional("invocation", Now, "The invocation whose inputs it takes."),
        may("enabled", Boolean, Now, "Whether it may be used; true when absent."),
        may("event-name", Any, Now, "The name of the event; `:id` when absent."),
        may("path", Any, Now, "Not written: the address is made from the event's name."),
        optional("auth", Now, "How events prove where they come from."),
    ],
};

pub const MCP_INTERFACE: Shape = Shape {
    what: "an MCP interface",
    fields: &[
        optional("tool-name", Now, "The name of the tool."),
        may("id", Identifier, Now, "Its name among the interfaces."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What the tool does, for the model."),
        optional("invocation", Now, "The invocation whose inputs it takes."),
        may("enabled", Boolean, Now, "Whether it may be used; true when absent."),
        optional("auth", Now, "Who may use it: `:workspace-api-auth`."),
    ],
};

pub const SCHEDULE: Shape = Shape {
    what: "a schedule",
    fields: &[
        must("id", Identifier, "Its name, by which setup addresses it."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
        must("invocation", Identifier, "The invocation that it calls."),
        may("enabled", Boolean, Now, "Whether it fires; true when absent."),
        optional("cron", Now, "When, in five fields: minute, hour, day, month, weekday."),
        optional("preset", Now, "When, by name: `:daily`."),
        optional("timezone", Now, "The zone that the times are in; UTC when absent."),
        may("inputs", Map, Now, "Inputs that every run of it gets."),
    ],
};

/// Schedules by name: the preset, and the cron text that it stands for.
pub const PRESETS: &[(&str, &str)] = &[
    ("hourly", "0 * * * *"),
    ("daily", "0 0 * * *"),
    ("weekdays", "0 0 * * MON-FRI"),
    ("weekly", "0 0 * * MON"),
    ("monthly", "0 0 1 * *"),
    ("yearly", "0 0 1 1 *"),
];
