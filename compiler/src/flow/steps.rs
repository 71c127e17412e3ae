//! `:steps`: packaged steps, each a family wrapped under a qualified name.
//!
//! What a call of one must look like is in the schemas, which `types` reads.

use breyta_catalog::families::{self, Family};
use breyta_catalog::tools::PACKAGED_STEP;

use super::definition::Names;
use super::entry::{Entry, Path, name_of, near, suggest, unique};
use super::references::{Target, check_description, qualified_id};
use super::templates;
use super::tools::Publication;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// An entry of `:steps`.
#[derive(Clone, Debug)]
pub struct PackagedStep {
    pub span: Span,
    /// Qualified, without the colon.
    pub id: Spanned<String>,
    /// The family that it wraps.
    pub family: &'static Family,
    pub description: String,
    pub title: Option<String>,
    /// As written; which schemas there are is for `types`.
    pub input_schema: Form,
    pub output_schema: Option<Form>,
    /// A map form: config that lies under the prepared one.
    pub defaults: Option<Form>,
    /// Id of a function from the input to the config.
    pub prepare: Option<Spanned<String>>,
    /// Id of a function from the result to the output.
    pub project_result: Option<Spanned<String>>,
    /// How models see it.
    pub tool: Publication,
}

const WHAT: &str = "a packaged step";

/// The entries that can be used. `names` are all names that the flow declares, usable or not.
pub(super) fn define(items: &[Form], names: &Names, problems: &mut Problems) -> Vec<PackagedStep> {
    let path = Path::root().key("steps");
    let mut seen = super::entry::Seen::new();
    let mut steps = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        if let Some(step) = step(item, &path, names, problems)
            && unique(&step.id, Code::DUPLICATE_ID, "packaged steps", &mut seen, &path.key("id"), problems)
        {
            steps.push(step);
        }
    }
    steps
}

fn step(form: &Form, path: &Path, names: &Names, problems: &mut Problems) -> Option<PackagedStep> {
    let entry = Entry::open(form, path.clone(), &PACKAGED_STEP, Code::INVALID_FIELD, problems)?;
    let id = qualified_id(&entry, WHAT, "github/open-pr", problems);
    let family = wrapped(&entry, problems);
    let description = check_description(&entry, WHAT, problems);
    let functions = Target::functions(&names.functions);
    let mut function = |key: &str| {
        functions.check(entry.get(key)?, &format!("`:{key}` of {WHAT}"), &entry.at(key), problems)
    };
    let (prepare, project_result) = (function("prepare"), function("project-result"));
    let defaults = entry.get("defaults").and_then(|form| {
        if form.as_map().is_none() {
            entry.invalid("defaults", "a map", form, problems);
            return None;
        }
        templates::check_texts(form, &entry.at("defaults"), problems);
        Some(form.clone())
    });
    let tool = Publication::read(&entry);
    Some(PackagedStep {
        span: form.span,
        id: id?,
        family: family?,
        description: description?,
        title: entry.get_text("title").map(|it| it.value),
        input_schema: entry.get("input-schema")?.clone(),
        output_schema: entry.get("output-schema").cloned(),
        defaults,
        prepare,
        project_result,
        tool,
    })
}

fn wrapped(entry: &Entry, problems: &mut Problems) -> Option<&'static Family> {
    let form = entry.get("type")?;
    let Some(name) = name_of(form) else {
        entry.invalid("type", "the keyword of a step family", form, problems);
        return None;
    };
    let Some(family) = families::find(name) else {
        let message = format!("there is no step family `:{name}`");
        let near = near(form, wrappable());
        let diagnostic = Diagnostic::new(Code::UNKNOWN_STEP_FAMILY, form.span, message);
        let diagnostic = if near.is_empty() {
            diagnostic.help(format!("a packaged step wraps one of {}", list()))
        } else {
            suggest(diagnostic, form, &near)
        };
        problems.report(entry.at("type").of(diagnostic));
        return None;
    };
    if !family.uses.packaged {
        let message = format!("steps of the family `:{}` cannot be packaged", family.name);
        let help = match family.name {
            "breyta" => {
                "give it to a model with `:tools {:breyta {:allow […]}}`, or call it directly".to_owned()
            }
            _ => format!("call it directly in `:flow`; what can be packaged is {}", list()),
        };
        let diagnostic = Diagnostic::new(Code::NOT_WRAPPABLE, form.span, message).help(help);
        problems.report(entry.at("type").of(diagnostic));
        return None;
    }
    if let Some(diagnostic) = older_family(name, form) {
        problems.report(entry.at("type").of(diagnostic));
    }
    Some(family)
}

/// A family under another name than its own: in calls, and as what a packaged step wraps.
pub(crate) fn older_family(name: &str, written: &Form) -> Option<Diagnostic> {
    let family = families::find(name).filter(|family| family.name != name)?;
    let message = format!("the step family `:{name}` is called `:{}` nowadays", family.name);
    Some(
        Diagnostic::new(Code::DEPRECATED_STEP_FAMILY, written.span, message)
            .label("the older name")
            .help(format!("write `:{}`", family.name))
            .edit(written.span, format!(":{}", family.name)),
    )
}

fn wrappable() -> impl Iterator<Item = &'static str> {
    families::ALL.iter().filter(|family| family.uses.packaged).map(|family| family.name)
}

fn list() -> String {
    wrappable().map(|it| format!("`:{it}`")).collect::<Vec<_>>().join(" ")
}
