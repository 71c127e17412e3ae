//! What a model may be given to call: `:tools` and `:available-steps` of agents and of `:llm` and `:agent` steps, and the
//! names under which tools are published.
//!
//! In the definition everything must be data; in a flow body what is computed is passed over in silence. All other keys
//! of a config in the body are checked by `types`.

use breyta_catalog::families::llm::RAW_TOOLS;
use breyta_catalog::families::{self, Family, ToolUse};

use super::Definition;
use super::data::is_data;
use super::entry::{Entry, Path, items_of, name_of, near, not_wanted, shown, suggest};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::source::Spanned;
use crate::syntax::{Form, FormKind};

mod control_plane;
mod names;
mod provider;
mod published;

pub use names::tool_name;
use published::Published;

/// How a packaged step or an agent is published.
#[derive(Clone, Debug, Default)]
pub struct Publication {
    pub name: Option<Spanned<String>>,
    pub description: Option<String>,
    /// Whether a call changes something; None when nobody says.
    pub mutates: Option<bool>,
}

impl Publication {
    /// The `:tool` map of an entry whose shape was checked.
    pub(super) fn read(entry: &Entry) -> Self {
        let Some(tool) = entry.get("tool") else { return Self::default() };
        let text = |key: &str| {
            let form = tool.map_get(key)?;
            Some(Spanned::new(form.as_string()?.to_string(), form.span))
        };
        let mutates = tool.map_get("mutation?").and_then(|form| match form.kind {
            FormKind::Atom(breyta_core::Value::Bool(value)) => Some(value),
            _ => None,
        });
        Self { name: text("name"), description: text("description").map(|it| it.value), mutates }
    }

    /// The name that models see of something with this id.
    pub fn name_for(&self, id: &str) -> String {
        self.name.as_ref().map_or_else(|| tool_name(id), |name| tool_name(&name.value))
    }
}

/// Checks what crosses the sections of reusable parts: ids that steps and agents share, and the tools of agents.
pub(super) fn check_definition(definition: &Definition, problems: &mut Problems) {
    for agent in &definition.agents {
        if let Some(step) = definition.packaged.iter().find(|it| it.id.value == agent.id.value) {
            let message = format!("a packaged step and an agent have the name `:{}`", agent.id.value);
            let diagnostic = Diagnostic::new(Code::DUPLICATE_ID, agent.id.span, message)
                .label("the agent")
                .also(step.id.span, "the packaged step")
                .help("give one of them another name: both are called by `flow/step`");
            problems.report(agent.path.key("id").of(diagnostic));
        }
        check(&agent.config, definition, &agent.path, problems);
    }
    body(&definition.flow, definition, problems);
}

/// Looks for configs of `:llm` and `:agent` steps that are written out.
fn body(form: &Form, definition: &Definition, problems: &mut Problems) {
    if form.is_call_of("flow/step")
        && let Some([_, family, _, config]) = form.as_list()
        && matches!(name_of(family), Some("llm" | "agent"))
        && config.as_map().is_some()
    {
        check(config, definition, &Path::root().key("flow"), problems);
    }
    for item in form.evaluated() {
        body(item, definition, problems);
    }
}

/// Checks `:tools`, `:available-steps` and `:provider` of a config.
fn check(config: &Form, definition: &Definition, path: &Path, problems: &mut Problems) {
    let present = |key: &str| config.map_get(key).filter(|form| !form.is_nil());
    let (tools, available) = (present("tools"), present("available-steps"));
    if let Some(provider) = present("provider") {
        let path = path.key("provider");
        provider::check(provider, tools.or(available), definition, &path, problems);
        provider::check_name(provider, definition, &path, problems);
    }
    let mut check = Check { definition, problems, published: Published::default() };
    if let Some(form) = available {
        check.available_steps(form, &path.key("available-steps"));
    }
    if let Some(form) = tools {
        check.tools(form, &path.key("tools"));
    }
    check.published.report_collisions(&path.key("tools"), problems);
}

struct Check<'a, 'p> {
    definition: &'a Definition,
    problems: &'p mut Problems,
    published: Published,
}

impl Check<'_, '_> {
    fn tools(&mut self, form: &Form, path: &Path) {
        if let FormKind::Vector(items) = &form.kind {
            // Another way to write `:definitions`.
            self.definitions(items, path);
            return;
        }
        if form.as_map().is_none() {
            if is_data(form) {
                self.problems.report(path.of(not_wanted("`:tools`", "a map", form)));
            }
            return;
        }
        let part = |key: &str| form.map_get(key).filter(|it| !it.is_nil());
        if let Some(steps) = part("steps") {
            self.steps(steps, &path.key("steps"));
        }
        if let Some(agents) = part("agents") {
            self.agents(agents, &path.key("agents"));
        }
        if let Some(adapters) = part("mcp") {
            self.adapters(adapters, &path.key("mcp"));
        }
        if let Some(operations) = part("breyta") {
            control_plane::check(operations, &path.key("breyta"), self.problems);
            self.published.add("breyta", "breyta", operations.span);
        }
        if let Some(allowed) = part("allowed") {
            self.allowed(allowed, &path.key("allowed"));
        }
        if let Some(items) = part("definitions").and_then(Form::as_vector) {
            self.definitions(items, &path.key("definitions"));
        }
    }

    /// The elements of a vector or set; anything else that is written out is reported.
    fn items<'f>(&mut self, form: &'f Form, path: &Path, wanted: &str) -> &'f [Form] {
        if let Some(items) = items_of(form) {
            return items;
        }
        if is_data(form) {
            self.problems.report(path.of(not_wanted("this part of `:tools`", wanted, form)));
        }
        &[]
    }

    /// The keyword that an element of a list of ids writes; None when it is computed or wrong.
    fn id<'f>(&mut self, item: &'f Form, path: &Path, what: &str) -> Option<&'f str> {
        if let FormKind::Keyword(keyword) = &item.kind {
            return Some(keyword.full());
        }
        if is_data(item) {
            let diagnostic = not_wanted("a tool here", &format!("the id of {what}, a keyword"), item);
            let diagnostic = match item.as_string() {
                Some(text) if !text.is_empty() && !text.contains(char::is_whitespace) => {
                    diagnostic.help(format!("write `:{text}`")).edit(item.span, format!(":{text}"))
                }
                _ => diagnostic,
            };
            self.problems.report(path.of(diagnostic));
        }
        None
    }

    fn steps(&mut self, form: &Form, path: &Path) {
        for (index, item) in self.items(form, path, "a vector of packaged step ids").iter().enumerate() {
            let path = path.index(index);
            let Some(name) = self.id(item, &path, "a packaged step") else { continue };
            if let Some(step) = self.definition.packaged.iter().find(|it| it.id.value == name) {
                self.published.add(&step.tool.name_for(name), name, item.span);
            } else if self.definition.agents.iter().any(|it| it.id.value == name) {
                let message = format!("`:{name}` is an agent, not a packaged step");
                let diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message)
                    .help(format!("write it under `:agents [:{name}]`"));
                self.problems.report(path.of(diagnostic));
            } else if let Some(family) = families::find(name) {
                self.raw_family(family, item, &path);
            } else {
                let known: Vec<&str> =
                    self.definition.packaged.iter().map(|it| it.id.value.as_str()).collect();
                self.unknown(item, name, "packaged step", ":steps", &known, &path);
            }
        }
    }

    fn agents(&mut self, form: &Form, path: &Path) {
        for (index, item) in self.items(form, path, "a vector of agent ids").iter().enumerate() {
            let path = path.index(index);
            let Some(name) = self.id(item, &path, "an agent") else { continue };
            if let Some(agent) = self.definition.agents.iter().find(|it| it.id.value == name) {
                self.published.add(&agent.tool.name_for(name), name, item.span);
            } else if self.definition.packaged.iter().any(|it| it.id.value == name) {
                let message = format!("`:{name}` is a packaged step, not an agent");
                let diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message)
                    .help(format!("write it under `:steps [:{name}]`"));
                self.problems.report(path.of(diagnostic));
            } else {
                let known: Vec<&str> = self.definition.agents.iter().map(|it| it.id.value.as_str()).collect();
                self.unknown(item, name, "agent", ":agents", &known, &path);
            }
        }
    }

    /// Ids of adapters, or single tools of them: `:linear/list_issues`.
    fn adapters(&mut self, form: &Form, path: &Path) {
        for (index, item) in self.items(form, path, "a vector of MCP adapter ids").iter().enumerate() {
            let path = path.index(index);
            let Some(name) = self.id(item, &path, "an MCP adapter") else { continue };
            let definition = self.definition;
            if let Some(adapter) = definition.mcp.iter().find(|it| it.id.value == name) {
                self.adapter(adapter, item, &path);
                continue;
            }
            let (namespace, tool) = name.split_once('/').unwrap_or(("", name));
            let candidates: Vec<&super::mcp::Adapter> = definition
                .mcp
                .iter()
                .filter(|it| it.namespace() == namespace && !namespace.is_empty())
                .collect();
            match candidates.as_slice() {
                [] => {
                    let known: Vec<&str> = definition.mcp.iter().map(|it| it.id.value.as_str()).collect();
                    self.unknown(item, name, "MCP adapter", ":mcp", &known, &path);
                }
                all if all.iter().all(|it| it.denies(tool)) => {
                    let message = format!("the tool `{tool}` is denied by its adapter");
                    let mut diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message);
                    for denied in all.iter().flat_map(|it| &it.deny_tools).filter(|it| it.value == tool) {
                        diagnostic = diagnostic.also(denied.span, "denied here");
                    }
                    self.problems.report(path.of(diagnostic.help("take it out of one of the two")));
                }
                [first, ..] => {
                    let published = published::of_adapter(first, tool);
                    self.published.add(&published, name, item.span);
                }
            }
        }
    }

    /// All allowed tools of an adapter.
    fn adapter(&mut self, adapter: &super::mcp::Adapter, item: &Form, path: &Path) {
        let Some(allowed) = &adapter.allow_tools else {
            let message =
                format!("the MCP adapter `:{}` does not say which tools it allows", adapter.id.value);
            let diagnostic = Diagnostic::new(Code::MISSING_KEY, item.span, message)
                .also(adapter.id.span, "this adapter has no `:allow-tools`")
                .help(format!(
                    "add `:allow-tools [\"…\"]` to the adapter, or select single tools: `:{}/tool_name`",
                    adapter.namespace()
                ));
            self.problems.report(path.of(diagnostic));
            return;
        };
        for tool in allowed.iter().filter(|tool| !adapter.denies(&tool.value)) {
            let from = format!("{} of {}", tool.value, adapter.id.value);
            self.published.add(&published::of_adapter(adapter, &tool.value), &from, item.span);
        }
    }

    fn available_steps(&mut self, form: &Form, path: &Path) {
        for (index, item) in self.items(form, path, "a vector such as [:files :table]").iter().enumerate() {
            let path = path.index(index);
            let Some(name) = self.id(item, &path, "a step family") else { continue };
            if RAW_TOOLS.contains(&name) {
                self.published.add(name, name, item.span);
            } else if let Some(family) = families::find(name) {
                self.raw_family(family, item, &path);
            } else {
                let near = near(item, RAW_TOOLS.iter().copied());
                let message = format!("`{}` is no step family that models can use", shown(item));
                let diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message);
                let diagnostic = if near.is_empty() {
                    diagnostic.help(
                        "models can use `:files` `:table` and `:search`; packaged steps go under `:tools {:steps […]}`",
                    )
                } else {
                    suggest(diagnostic, item, &near)
                };
                self.problems.report(path.of(diagnostic));
            }
        }
    }

    /// A family that a model cannot be given as it is.
    fn raw_family(&mut self, family: &Family, item: &Form, path: &Path) {
        let name = family.name;
        let message = format!("`:{name}` cannot be exposed directly as an agent tool");
        let help = match family.uses.tool {
            ToolUse::Raw => format!("write `:available-steps [:{name}]`"),
            ToolUse::Wrapped => {
                "wrap it in a packaged `:steps` definition, and list its id under `:tools {:steps […]}`"
                    .to_owned()
            }
            ToolUse::ByKey(key) => format!("give it with `:tools {{:{key} …}}`"),
            ToolUse::Never => "call it in `:flow`; models cannot".to_owned(),
        };
        let diagnostic = Diagnostic::new(Code::TOOL_NEEDS_PACKAGING, item.span, message).help(help);
        self.problems.report(path.of(diagnostic));
    }

    /// Tools by name. Names of packaged steps, agents and adapters are their published ones.
    fn allowed(&mut self, form: &Form, path: &Path) {
        let own = published::all_names(self.definition);
        for (index, item) in
            self.items(form, path, "a vector such as [\"files\" \"table\"]").iter().enumerate()
        {
            let path = path.index(index);
            let Some(name) = item.as_string() else {
                if let Some(keyword) = item.as_keyword() {
                    let diagnostic = not_wanted("a tool in `:allowed`", "its name, a string", item)
                        .help(format!("write `\"{}\"`", keyword.full()))
                        .edit(item.span, format!("\"{}\"", keyword.full()));
                    self.problems.report(path.of(diagnostic));
                } else if is_data(item) {
                    self.problems.report(path.of(not_wanted(
                        "a tool in `:allowed`",
                        "its name, a string",
                        item,
                    )));
                }
                continue;
            };
            if RAW_TOOLS.contains(&name.as_str()) {
                self.published.add(name, name, item.span);
            } else if name.as_str() == "breyta" || own.iter().any(|it| it == name.as_str()) {
                // Something that another part of `:tools` publishes.
            } else if let Some(family) = families::find(name) {
                self.raw_family(family, item, &path);
            } else {
                let known = || RAW_TOOLS.iter().copied().chain(own.iter().map(String::as_str));
                let message = format!("there is no tool `{}`", name.as_str());
                let diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message);
                let diagnostic = match nearest(name, known()).first() {
                    Some(best) => diagnostic
                        .help(format!("did you mean `\"{best}\"`?"))
                        .edit(item.span, format!("\"{best}\"")),
                    None => diagnostic.help("models can use \"files\" \"table\" and \"search\" as they are"),
                };
                self.problems.report(path.of(diagnostic));
            }
        }
    }

    /// Tools that are declared only.
    fn definitions(&mut self, items: &[Form], path: &Path) {
        for (index, item) in items.iter().enumerate() {
            let Some(name) = item.map_get("name").filter(|it| is_data(it)) else { continue };
            if let Some(text) = name.as_string() {
                self.published.add(text, text, name.span);
            } else if name_of(name).is_none() {
                let path = path.index(index).key("name");
                let diagnostic = not_wanted("`:name` of a tool definition", "a string", name);
                self.problems.report(path.of(diagnostic));
            }
        }
    }

    fn unknown(&mut self, item: &Form, name: &str, what: &str, section: &str, known: &[&str], path: &Path) {
        if self.definition.broken.iter().any(|it| it == name) {
            return;
        }
        let message = format!("there is no {what} `:{name}`");
        let diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message)
            .label(format!("not declared in `{section}`"));
        let diagnostic = match nearest(name, known.iter().copied()).first() {
            Some(best) => {
                diagnostic.help(format!("did you mean `:{best}`?")).edit(item.span, format!(":{best}"))
            }
            None if known.is_empty() => {
                diagnostic.help(format!("declare it in `{section}`; there are no entries yet"))
            }
            None => {
                let all: Vec<String> = known.iter().map(|it| format!("`:{it}`")).collect();
                diagnostic.help(format!("declared in `{section}`: {}", all.join(" ")))
            }
        };
        self.problems.report(path.of(diagnostic));
    }
}
