//! `:mcp`: adapters that publish the tools of remote MCP servers.

use breyta_catalog::tools::MCP_ADAPTER;

use super::data;
use super::definition::Names;
use super::entry::{Entry, Path, unique};
use super::references::{Target, qualified_id};
use crate::diagnostics::{Code, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// An entry of `:mcp`.
#[derive(Clone, Debug)]
pub struct Adapter {
    pub span: Span,
    /// Qualified, without the colon.
    pub id: Spanned<String>,
    pub connection: Option<Spanned<String>>,
    /// None: not said, so that only single tools may be selected.
    pub allow_tools: Option<Vec<Spanned<String>>>,
    pub deny_tools: Vec<Spanned<String>>,
    pub tool_prefix: Option<String>,
    /// Names of the tools that are described.
    pub tools: Vec<Spanned<String>>,
    /// A map form: the whole entry.
    pub config: Form,
}

impl Adapter {
    /// The part of the id in front of the slash.
    pub fn namespace(&self) -> &str {
        self.id.value.split_once('/').map_or("", |(namespace, _)| namespace)
    }

    pub fn denies(&self, tool: &str) -> bool {
        self.deny_tools.iter().any(|it| it.value == tool)
    }
}

const WHAT: &str = "an MCP adapter";

/// The entries that can be used. `names` are all names that the flow declares, usable or not.
pub(super) fn define(items: &[Form], names: &Names, problems: &mut Problems) -> Vec<Adapter> {
    let path = Path::root().key("mcp");
    let mut seen = super::entry::Seen::new();
    let mut adapters = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(adapter) = adapter(item, &path, names, problems)
            && unique(&adapter.id, Code::DUPLICATE_ID, "MCP adapters", &mut seen, &path.key("id"), problems)
        {
            adapters.push(adapter);
        }
    }
    adapters
}

fn adapter(form: &Form, path: &Path, names: &Names, problems: &mut Problems) -> Option<Adapter> {
    let entry = Entry::open(form, path.clone(), &MCP_ADAPTER, Code::INVALID_FIELD, problems)?;
    let id = qualified_id(&entry, WHAT, "linear/issues", problems);
    let connection = entry.get("connection").and_then(|form| {
        let place = "`:connection` of an MCP adapter";
        Target::slots(&names.slots).check(form, place, &entry.at("connection"), problems)
    });
    for key in ["timeout-ms", "max-result-bytes"] {
        if let Some(form) = entry.get(key)
            && data::integer(form) == Some(0)
        {
            entry.invalid(key, "a whole number above zero", form, problems);
        }
    }
    let mut seen = super::entry::Seen::new();
    let mut tools = Vec::new();
    for (index, tool) in entry.get("tools").and_then(Form::as_vector).unwrap_or_default().iter().enumerate() {
        let Some(name) = tool.map_get("name") else { continue };
        let Some(text) = name.as_string() else { continue };
        let name = Spanned::new(text.to_string(), name.span);
        let path = entry.at("tools").index(index).key("name");
        if unique(&name, Code::DUPLICATE_ID, "tools of the adapter", &mut seen, &path, problems) {
            tools.push(name);
        }
    }
    Some(Adapter {
        span: form.span,
        id: id?,
        connection,
        allow_tools: entry.get("allow-tools").map(|_| entry.get_names("allow-tools")),
        deny_tools: entry.get_names("deny-tools"),
        tool_prefix: entry.get_text("tool-prefix").map(|it| it.value),
        tools,
        config: form.clone(),
    })
}
