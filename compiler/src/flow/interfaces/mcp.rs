//! The MCP interface: a model starts a run by calling a tool.

use breyta_catalog::fields::MCP_INTERFACE;

use super::{Common, Context, refuse, workspace_auth};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Entry, Path, is_text, shown};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// An entry of `:mcp` in `:interfaces`.
#[derive(Clone, Debug)]
pub struct McpInterface {
    pub span: Span,
    pub tool_name: Spanned<String>,
    pub description: Option<String>,
    pub invocation: Option<Spanned<String>>,
    pub enabled: bool,
}

pub(super) fn define(
    form: &Form,
    path: Path,
    context: Context,
    problems: &mut Problems,
) -> Option<McpInterface> {
    let entry = Entry::open(form, path, &MCP_INTERFACE, Code::INVALID_INTERFACE_SHAPE, problems)?;
    let name = tool_name(&entry, problems);
    workspace_auth(&entry, problems);
    refuse(&entry, "an MCP interface", problems);
    let Common { id: tool_name, invocation, description, enabled, .. } =
        Common::read(&entry, name, context, problems)?;
    Some(McpInterface { span: form.span, tool_name, description, invocation, enabled })
}

/// Any string that is not blank.
fn tool_name(entry: &Entry, problems: &mut Problems) -> Option<Spanned<String>> {
    let Some(form) = entry.get("tool-name") else {
        let diagnostic = Diagnostic::new(
            Code::MISSING_INTERFACE_ID,
            entry.span().first(),
            "an MCP interface needs `:tool-name`",
        )
        .label("`:tool-name` is missing")
        .help("add `:tool-name \"enrich_company\"`");
        problems.report(entry.at("tool-name").of(diagnostic));
        return None;
    };
    if is_text(form) {
        return entry.get_text("tool-name");
    }
    let got = shown(form);
    let message = format!("`:tool-name` of an MCP interface must be a string that is not blank, not {got}");
    let mut diagnostic = Diagnostic::new(Code::INVALID_INTERFACE_ID, form.span, message);
    if let Some(keyword) = form.as_keyword() {
        let text = format!("{:?}", keyword.full());
        diagnostic = diagnostic.help(format!("write `{text}`")).edit(form.span, text);
    }
    problems.report(entry.at("tool-name").of(diagnostic));
    None
}
