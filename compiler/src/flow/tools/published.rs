//! The names that one set of tools publishes, and names that two tools of a set would share.

use super::names::tool_name;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::Definition;
use crate::flow::entry::Path;
use crate::flow::mcp::Adapter;
use crate::source::Span;

/// The tools of one set.
#[derive(Default)]
pub(super) struct Published(Vec<Tool>);

struct Tool {
    name: String,
    /// What it stands for; the same one twice is no collision.
    of: String,
    span: Span,
}

impl Published {
    pub(super) fn add(&mut self, name: &str, of: &str, span: Span) {
        self.0.push(Tool { name: tool_name(name), of: of.to_owned(), span });
    }

    pub(super) fn report_collisions(&self, path: &Path, problems: &mut Problems) {
        for (index, tool) in self.0.iter().enumerate() {
            let before = self.0.iter().take(index);
            let Some(other) = before.into_iter().find(|it| it.name == tool.name && it.of != tool.of) else {
                continue;
            };
            let message = format!("two tools would have the name `{}`", tool.name);
            let diagnostic = Diagnostic::new(Code::TOOL_NAME_COLLISION, tool.span, message)
                .label("the second one")
                .also(other.span, "the first one")
                .help("give one of them a name of its own: `:tool {:name \"…\"}`");
            problems.report(path.of(diagnostic));
        }
    }
}

/// The published name of a tool of an adapter.
pub(super) fn of_adapter(adapter: &Adapter, tool: &str) -> String {
    match &adapter.tool_prefix {
        Some(prefix) => tool_name(&format!("{prefix}_{tool}")),
        None => tool_name(tool),
    }
}

/// The names of all tools that a flow could publish of its own.
pub(super) fn all_names(definition: &Definition) -> Vec<String> {
    let steps = definition.packaged.iter().map(|it| it.tool.name_for(&it.id.value));
    let agents = definition.agents.iter().map(|it| it.tool.name_for(&it.id.value));
    let remote = definition.mcp.iter().flat_map(|adapter| {
        let listed = adapter.allow_tools.iter().flatten().chain(&adapter.tools);
        listed.map(move |tool| of_adapter(adapter, &tool.value))
    });
    steps.chain(agents).chain(remote).collect()
}
