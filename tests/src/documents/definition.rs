//! `docs/definition.md`: the keys of every map of the definition that is not a step's, from the catalog's tables.

use std::fmt::Write;

use breyta_catalog::fields::{self, Field, Shape};
use breyta_catalog::{auth, input_types, webhook_auth};

use super::{head, open, row};

const SECTIONS: &[(&str, &Shape)] = &[
    ("The flow", &fields::DEFINITION),
    ("`:concurrency`", &fields::CONCURRENCY),
    ("`:requires`: a connection", &fields::CONNECTION),
    ("`:auth` of a connection", &fields::AUTH),
    ("`:tool-permissions {:http …}`", &fields::HTTP_PERMISSIONS),
    ("`:requires`: a secret", &fields::SECRET),
    ("`:requires`: a setup form", &fields::FORM),
    ("A field of a setup form", &fields::FORM_FIELD),
    ("`:requires`: a worker", &fields::WORKER),
    ("`:invocations`: an invocation", &fields::INVOCATION),
    ("An input", &fields::INPUT),
    ("`:options-source`", &fields::OPTIONS_SOURCE),
    ("`:interfaces {:manual […]}`", &fields::MANUAL),
    ("`:interfaces {:http […]}`", &fields::HTTP_INTERFACE),
    ("`:interfaces {:webhook […]}`", &fields::WEBHOOK),
    ("`:interfaces {:mcp […]}`", &fields::MCP_INTERFACE),
    ("`:schedules`: a schedule", &fields::SCHEDULE),
    ("`:discover`", &fields::DISCOVER),
    ("`:marketplace`", &fields::MARKETPLACE),
    ("`:app` of `:marketplace`", &fields::APP),
    ("An entry of `:monetization {:plans […]}`", &fields::PLAN),
    ("`:publish-media`", &fields::PUBLISH_MEDIA),
    ("`:triggers`: a trigger (legacy)", &fields::TRIGGER),
];

/// The page.
pub(super) fn document() -> String {
    let mut text = open(
        "The flow definition",
        "Keys by section. Where a key is not supported yet, `check` checks it and `build` refuses it with `not-supported-yet`.",
    );
    for (title, shape) in SECTIONS {
        let _ = write!(text, "\n## {title}\n");
        keys(&mut text, shape.fields);
    }
    input_type_rows(&mut text);
    auth_rows(&mut text);
    text
}

fn keys(text: &mut String, fields: &[Field]) {
    head(text, &["Key", "Type", "Supported", "Meaning"]);
    for field in fields {
        let name = format!("`:{}`{}", field.name, if field.required { " (required)" } else { "" });
        row(text, &[&name, &field.ty.describe(), yes(field.supported), field.doc]);
    }
}

fn input_type_rows(text: &mut String) {
    text.push_str("\n## Types of inputs\n");
    head(text, &["Type", "Also", "Supported", "What arrives in the flow"]);
    for ty in input_types::TYPES {
        let also: Vec<String> = ty.aliases.iter().map(|alias| format!("`:{alias}`")).collect();
        row(text, &[&format!("`:{}`", ty.name), &also.join(" "), yes(ty.supported), ty.doc]);
    }
}

fn auth_rows(text: &mut String) {
    text.push_str("\n## Auth of connections\n");
    head(text, &["Type", "Keys", "Supported", "What it does"]);
    for ty in auth::TYPES {
        row(text, &[&format!("`:{}`", ty.name), &named(ty.keys), yes(ty.supported), ty.doc]);
    }
    text.push_str("\n## Auth of webhooks\n");
    head(text, &["Type", "Needs", "May have", "What is checked"]);
    for scheme in webhook_auth::SCHEMES {
        let name = format!("`:{}`", scheme.name);
        row(text, &[&name, &named(scheme.required), &named(scheme.optional), scheme.doc]);
    }
}

fn named(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`:{key}`")).collect::<Vec<_>>().join(" ")
}

fn yes(supported: bool) -> &'static str {
    if supported { "yes" } else { "not yet" }
}
