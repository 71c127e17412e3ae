//! `:agents`: named agents. A definition is the config of an `:agent` step under a qualified name.
//!
//! Which tools they may use is checked by [`super::tools`], once all sections are known.

use breyta_catalog::tools::{AGENT, BUDGETS, TRACE};
use breyta_core::Value;

use super::data::plain;
use super::definition::Names;
use super::entry::{Entry, Path, not_wanted, unique};
use super::references::{Target, check_description, qualified_id};
use super::tools::Publication;
use super::{templates, values};
use crate::diagnostics::{Code, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::{Form, FormKind};

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

/// Keys whose values are checked elsewhere, or need not be plain data.
const NOT_DATA: &[&str] = &["input-schema", "output-schema", "output", "tools", "available-steps"];

/// The entries that can be used. `names` are all names that the flow declares, usable or not.
pub(super) fn define(items: &[Form], names: &Names, problems: &mut Problems) -> Vec<Agent> {
    let path = Path::root().key("agents");
    let mut seen = Vec::new();
    let mut agents = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(agent) = agent(item, &path, names, problems)
            && unique(&agent.id, Code::DUPLICATE_ID, "agents", &mut seen, &path.key("id"), problems)
        {
            agents.push(agent);
        }
    }
    agents
}

fn agent(form: &Form, path: &Path, names: &Names, problems: &mut Problems) -> Option<Agent> {
    let entry = Entry::open(form, path.clone(), &AGENT, Code::INVALID_FIELD, problems)?;
    let id = qualified_id(&entry, WHAT, "review/security", problems);
    let description = check_description(&entry, WHAT, problems);
    for (key, value) in form.as_map().into_iter().flatten() {
        let name = key.as_keyword().map_or("", |key| key.full());
        if !NOT_DATA.contains(&name) {
            plain(value, &path.below(key), problems);
        }
    }
    if let Some(form) = entry.get("connection") {
        Target::slots(&names.slots).check(form, "connection", WHAT, &entry.at("connection"), problems);
    }
    if let Some(form) = entry.get("template") {
        Target::templates(&names.templates).check(form, "template", WHAT, &entry.at("template"), problems);
    }
    for key in ["objective", "instructions"] {
        if let Some(form) = entry.get(key) {
            templates::check_texts(form, &entry.at(key), problems);
        }
    }
    budgets(&entry, problems);
    settings(&entry, problems);
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

fn budgets(entry: &Entry, problems: &mut Problems) {
    for (key, default, most) in BUDGETS {
        let Some(form) = entry.get(key) else { continue };
        let fits = values::integer(form).is_some_and(|count| count >= 1 && count <= *most as i64);
        if !fits {
            let what = format!("`:{key}` of {WHAT}");
            let without = match default {
                0 => "nothing is bounded without it".to_owned(),
                default => format!("{default} when absent"),
            };
            let diagnostic = not_wanted(&what, &format!("a whole number from 1 to {most}"), form).note(without);
            problems.report(entry.at(key).of(diagnostic));
        }
    }
}

/// What a table of keys alone does not say.
fn settings(entry: &Entry, problems: &mut Problems) {
    if let Some(form) = entry.get("trace") {
        let switch = matches!(form.kind, FormKind::Atom(Value::Bool(_)));
        if !switch && form.as_map().is_none() {
            entry.invalid("trace", "true, false or a trace map", form, problems);
        } else if !switch {
            Entry::open(form, entry.at("trace"), &TRACE, Code::INVALID_FIELD, problems);
        }
    }
    if let Some(form) = entry.get("evaluate").and_then(|it| it.map_get("min-score"))
        && !values::number(form).is_some_and(|score| (0.0..=1.0).contains(&score))
    {
        let diagnostic = not_wanted("`:min-score` of an evaluate map", "a number from 0 to 1", form);
        problems.report(entry.at("evaluate").key("min-score").of(diagnostic));
    }
    for key in ["temperature", "top-p", "presence-penalty", "frequency-penalty"] {
        if let Some(form) = entry.get(key)
            && values::is_data(form)
            && values::number(form).is_none()
        {
            entry.invalid(key, "a number", form, problems);
        }
    }
}
