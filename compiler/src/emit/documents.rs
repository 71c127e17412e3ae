//! Slots and inputs in the words of the README and of the example bindings.

use breyta_codegen_templates::{Input, Invocation, Slot};
use breyta_core::Value;

use crate::flow::{Auth, Connection, Definition, InputField};

/// What an example address is when the flow declares none.
const EXAMPLE_URL: &str = "https://api.example.com";

pub(super) fn slots(definition: &Definition) -> Vec<Slot<'_>> {
    definition.requires.iter().map(slot).collect()
}

fn slot(connection: &Connection) -> Slot<'_> {
    let auth = match &connection.auth {
        Auth::None => "none".to_owned(),
        Auth::Bearer => "bearer token".to_owned(),
        Auth::Other(scheme) => (*scheme).to_owned(),
        Auth::ApiKey { query: Some(name), .. } => format!("API key in the query parameter {name}"),
        Auth::ApiKey { header, .. } => {
            format!("API key in the header {}", header.as_deref().unwrap_or("X-API-Key"))
        }
    };
    Slot {
        name: &connection.slot.value,
        kind: &connection.kind.value,
        label: connection.label.as_deref(),
        url: connection.base_url.as_ref().map_or(EXAMPLE_URL, |url| url.value.as_str()),
        auth,
        secret: connection.auth != Auth::None,
        optional: connection.optional,
    }
}

pub(super) fn invocations(definition: &Definition) -> Vec<Invocation<'_>> {
    definition
        .invocations
        .iter()
        .map(|invocation| Invocation {
            id: &invocation.id.value,
            label: invocation.label.as_deref(),
            inputs: invocation.inputs.iter().map(input).collect(),
        })
        .collect()
}

fn input(field: &InputField) -> Input<'_> {
    Input {
        name: &field.name.value,
        kind: &field.kind.value,
        required: field.required,
        default: field.default.as_ref().map(breyta_core::print::pr_str),
        label: field.label.as_deref(),
    }
}

/// JSON with the fields that a run cannot do without; None when there are none.
pub(super) fn example_input(definition: &Definition) -> Option<String> {
    let invocations = &definition.invocations;
    let invocation = invocations.iter().find(|it| it.id.value == "default").or(invocations.first())?;
    let needed = |field: &&InputField| field.required && field.default.is_none();
    let fields: serde_json::Map<String, serde_json::Value> = invocation
        .inputs
        .iter()
        .filter(needed)
        .map(|field| (field.name.value.clone(), example_value(field)))
        .collect();
    if fields.is_empty() { None } else { Some(serde_json::Value::Object(fields).to_string()) }
}

fn example_value(field: &InputField) -> serde_json::Value {
    match (field.kind.value.as_str(), field.options.first()) {
        (_, Some(Value::Int(option))) => (*option).into(),
        (_, Some(option)) => option.as_name().unwrap_or("…").into(),
        ("number", None) => 1.into(),
        ("boolean", None) => true.into(),
        ("date", None) => "2026-01-31".into(),
        ("json", None) => serde_json::json!({}),
        _ => "…".into(),
    }
}
