//! Keys of what is stored with a flow and changes no run: how it is listed, sold and shown.
//!
//! Only what is known of them; other keys pass, since the platform adds to them without the compiler.

use super::FieldType::{Boolean, Map, Name, OneOf, Open, Opens, String, Texts};
use super::Support::Now;
use super::{Shape, may};

/// `:discover`.
pub const DISCOVER: Shape = Shape {
    what: "the discover map",
    fields: &[may("public", Boolean, Now, "Whether the flow is listed publicly.")],
};

/// `:marketplace`.
pub const MARKETPLACE: Shape = Shape {
    what: "the marketplace map",
    fields: &[
        may("visible", Boolean, Now, "Whether the flow is shown."),
        may("app", Open(&APP), Now, "The app that the flow belongs to."),
    ],
};

/// `:app` of `:marketplace`.
pub const APP: Shape = Shape {
    what: "the map of an app",
    fields: &[
        may("app-id", Name, Now, "The app."),
        may("app-primary-flow-slug", Name, Now, "The flow that stands for the app."),
        may("app-flow-slugs", Texts, Now, "The flows of the app."),
        may("monetization", Open(&MONETIZATION), Now, "What it costs."),
    ],
};

/// `:monetization` of an app.
pub const MONETIZATION: Shape = Shape {
    what: "a monetization map",
    fields: &[may("plans", Opens(&PLAN), Now, "The plans to choose from.")],
};

/// An entry of `:plans`.
pub const PLAN: Shape = Shape {
    what: "a plan",
    fields: &[
        may("id", Name, Now, "Its name; it never changes."),
        may("label", String, Now, "What people see."),
        may("description", String, Now, "What it is for."),
    ],
};

/// `:publish-media`.
pub const PUBLISH_MEDIA: Shape = Shape {
    what: "the media of the public card",
    fields: &[
        may("type", OneOf(&["image", "video"]), Now, "`:image` or `:video`."),
        may("source", Map, Now, "Where it is."),
        may("alt", String, Now, "The picture in words."),
    ],
};
