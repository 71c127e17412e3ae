//! Whether the slots that adapters name are of a type that fits. That they exist was checked where they are named.

use super::Definition;
use crate::diagnostics::{Code, Diagnostic, Problems};

/// Checks all of them.
pub(super) fn check(definition: &Definition, problems: &mut Problems) {
    for adapter in &definition.mcp {
        server(adapter, definition, problems);
    }
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
