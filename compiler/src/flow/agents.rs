//! `:agents`: named agents. A definition is the config of an `:agent` step under a qualified name.
//!
//! Which tools they may use is checked by [`super::tools`], once all sections are known.

use breyta_catalog::tools::AGENT;

use super::entry::{Entry, Path, unique};
use super::references::{check_description, qualified_id};
use super::templates;
use super::tools::Publication;
use crate::diagnostics::{Code, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// An entry of `:agents`.
#[derive(Clone, Debug)]
pub struct Agent {
    pub span: Span,
    /// Qualified, without the colon.
    pub id: Spanned<String>,
    pub description: String,
    /// A map form: the whole entry, which is the config of the `:agent` step.
    pub config: Form,
    /// As written; which schemas there are is for `types`.
    pub input_schema: Option<Form>,
    pub output_schema: Option<Form>,
    /// What it may call, as written.
    pub tools: Option<Form>,
    pub available_steps: Option<Form>,
    /// How other agents see it.
    pub tool: Publication,
    /// Where in the definition it stands.
    pub(super) path: Path,
}

const WHAT: &str = "an agent";

/// The entries that can be used.
pub(super) fn define(items: &[Form], problems: &mut Problems) -> Vec<Agent> {
    let path = Path::root().key("agents");
    let mut seen = super::entry::Seen::new();
    let mut agents = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(agent) = agent(item, &path, problems)
            && unique(&agent.id, Code::DUPLICATE_ID, "agents", &mut seen, &path.key("id"), problems)
        {
            agents.push(agent);
        }
    }
    agents
}

fn agent(form: &Form, path: &Path, problems: &mut Problems) -> Option<Agent> {
    let entry = Entry::open(form, path.clone(), &AGENT, Code::INVALID_FIELD, problems)?;
    let id = qualified_id(&entry, WHAT, "review/security", problems);
    let description = check_description(&entry, WHAT, problems);
    for key in ["objective", "instructions"] {
        if let Some(form) = entry.get(key) {
            templates::check_texts(form, &entry.at(key), problems);
        }
    }
    Some(Agent {
        span: form.span,
        id: id?,
        description: description?,
        config: form.clone(),
        input_schema: entry.get("input-schema").cloned(),
        output_schema: entry.get("output-schema").cloned(),
        tools: entry.get("tools").cloned(),
        available_steps: entry.get("available-steps").cloned(),
        tool: Publication::read(&entry),
        path: path.clone(),
    })
}
