//! Whether the slots and templates that packaged steps, agents and adapters name are of a type that fits. That they exist
//! was checked where they are named.

use breyta_catalog::values::{KeyType, Shape};

use super::Definition;
use super::entry::name_of;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::Form;

/// Checks all of them.
pub(super) fn check(definition: &Definition, problems: &mut Problems) {
    for step in &definition.packaged {
        if let Some(defaults) = &step.defaults {
            config(defaults, &step.family.config, definition, problems);
        }
    }
    for agent in &definition.agents {
        config(&agent.config, &breyta_catalog::families::agent::AGENT.config, definition, problems);
    }
    for adapter in &definition.mcp {
        server(adapter, definition, problems);
    }
}

fn config(form: &Form, shape: &Shape, definition: &Definition, problems: &mut Problems) {
    for (key, value) in form.as_map().into_iter().flatten() {
        let name = key.as_keyword().map_or("", |key| key.full());
        let Some(row) = shape.all().find(|row| row.name == name) else { continue };
        match row.ty {
            KeyType::ConnectionRef(types) => slot(value, types, definition, problems),
            KeyType::TemplateRef(types) => template(value, types, definition, problems),
            _ => {}
        }
    }
}

fn slot(form: &Form, types: &[&str], definition: &Definition, problems: &mut Problems) {
    let Some(slot) = definition.requires.iter().find(|it| Some(it.slot.value.as_str()) == name_of(form))
    else {
        return;
    };
    let kind = slot.kind.value.as_str();
    if types.is_empty() || types.contains(&kind) {
        return;
    }
    let wanted = listed(types);
    let message =
        format!("a slot of type {wanted} is needed, and `:{}` is of type `:{kind}`", slot.slot.value);
    problems.report(
        Diagnostic::new(Code::WRONG_CONNECTION_TYPE, form.span, message)
            .also(slot.slot.span, format!("a slot of type `:{kind}`"))
            .help(format!("name a slot of type {wanted}")),
    );
}

fn template(form: &Form, types: &[&str], definition: &Definition, problems: &mut Problems) {
    let found = definition.templates.iter().find(|it| Some(it.id.value.as_str()) == name_of(form));
    let Some(template) = found else { return };
    let kind = template.kind.value.as_str();
    if types.is_empty() || types.contains(&kind) {
        return;
    }
    let wanted = listed(types);
    let message =
        format!("a template of type {wanted} is needed, and `:{}` is of type `:{kind}`", template.id.value);
    problems.report(
        Diagnostic::new(Code::WRONG_TEMPLATE_TYPE, form.span, message)
            .also(template.id.span, format!("a template of type `:{kind}`"))
            .help(format!("name a template of type {wanted}")),
    );
}

/// An adapter calls a server over an `:http-api` slot that is not one for something else.
fn server(adapter: &super::mcp::Adapter, definition: &Definition, problems: &mut Problems) {
    let Some(name) = &adapter.connection else { return };
    let Some(slot) = definition.requires.iter().find(|it| it.slot.value == name.value) else { return };
    let kind = slot.kind.value.as_str();
    let backend = slot.backend.as_ref().map(|backend| backend.value.as_str());
    let (message, help) = if kind == "http-api" {
        let Some(backend) = backend.filter(|backend| *backend != "mcp") else { return };
        (
            format!("the slot `:{}` of an MCP adapter has the backend `{backend}`", name.value),
            "write `:backend :mcp` in the slot, or name the slot of the MCP server",
        )
    } else {
        (
            format!(
                "an MCP adapter needs a slot of type `:http-api`, and `:{}` is of type `:{kind}`",
                name.value
            ),
            "declare the server as `{:slot :my-mcp :type :http-api :backend :mcp :base-url \"https://…\"}`",
        )
    };
    problems.report(
        Diagnostic::new(Code::WRONG_CONNECTION_TYPE, name.span, message)
            .also(slot.slot.span, "the slot")
            .help(help),
    );
}

fn listed(types: &[&str]) -> String {
    types.iter().map(|it| format!("`:{it}`")).collect::<Vec<_>>().join(" or ")
}
