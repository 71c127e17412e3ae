//! `:invocations`: what a run takes as input.

use breyta_catalog::fields::INVOCATION;

use super::entry::{Entry, IDENTIFIER, Path, identifier, name_of};
use super::inputs::{self, Style};
use super::requires::Slots;
use super::{InputField, Invocation};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::source::Spanned;
use crate::syntax::Form;

/// What the section says.
#[derive(Debug, Default)]
pub(super) struct Invocations {
    pub(super) entries: Vec<Invocation>,
    /// Every id that is written there, also of entries with problems; None when the section could not be read.
    pub(super) declared: Option<Vec<String>>,
}

pub(super) fn define(form: &Form, slots: &Slots, problems: &mut Problems) -> Invocations {
    let path = Path::root().key("invocations");
    let Some(pairs) = form.as_map() else {
        let message = format!("`:invocations` must be a map, not {}", form.describe());
        let diagnostic = Diagnostic::new(Code::INVALID_INVOCATIONS_SHAPE, form.span, message)
            .help("write `{:default {:inputs [{:name :n :type :number}]}}`");
        problems.report(path.of(diagnostic));
        return Invocations::default();
    };
    let mut found = Invocations { entries: Vec::new(), declared: Some(Vec::new()) };
    for (key, value) in pairs {
        let path = path.below(key);
        let id = key.as_keyword().and_then(|_| identifier(key));
        if id.is_none() {
            let message = format!("the name of an invocation must be {IDENTIFIER}, not {}", key.describe());
            let diagnostic =
                Diagnostic::new(Code::INVALID_INVOCATION_ID, key.span, message).help("write `:default`");
            problems.report(path.of(diagnostic));
        }
        found.declared.get_or_insert_default().extend(name_of(key).map(str::to_owned));
        let inputs = invocation(value, path, slots, problems);
        if let (Some(id), Some((label, inputs))) = (id, inputs) {
            found.entries.push(Invocation { span: value.span, id, label, inputs });
        }
    }
    found
}

fn invocation(
    form: &Form,
    path: Path,
    slots: &Slots,
    problems: &mut Problems,
) -> Option<(Option<String>, Vec<InputField>)> {
    let entry = Entry::open(form, path, &INVOCATION, Code::INVALID_INVOCATION_SHAPE, problems)?;
    let label = entry.get_text("label").map(|it| it.value);
    let Some(section) = entry.get("inputs") else { return Some((label, Vec::new())) };
    let path = entry.at("inputs");
    let Some(items) = section.as_vector() else {
        let message = format!("`:inputs` of an invocation must be a vector, not {}", section.describe());
        let diagnostic = Diagnostic::new(Code::INVALID_INVOCATION_INPUTS_SHAPE, section.span, message)
            .help("write `:inputs [{:name :n :type :number}]`");
        problems.report(path.of(diagnostic));
        return None;
    };
    Some((label, inputs::define(items, Style::Input, &path, slots, problems)))
}

/// Checks a reference to an invocation; `invocations` is None when the flow has no such section.
pub(super) fn check_ref(
    name: &Spanned<String>,
    code: Code,
    invocations: Option<&Invocations>,
    path: &Path,
    problems: &mut Problems,
) {
    let declared: &[String] = match invocations {
        None => &[],
        Some(Invocations { declared: Some(declared), .. }) => declared,
        // The section is broken and was reported: whether it has this name cannot be said.
        Some(_) => return,
    };
    if declared.contains(&name.value) {
        return;
    }
    let message = format!("there is no invocation `:{}`", name.value);
    let diagnostic = Diagnostic::new(code, name.span, message);
    let near = nearest(&name.value, declared.iter().map(String::as_str));
    let diagnostic = match near.first() {
        Some(best) => diagnostic.help(format!("did you mean `:{best}`?")).edit(name.span, format!(":{best}")),
        None => diagnostic.help(format!("declare it: `:invocations {{:{} {{:inputs []}}}}`", name.value)),
    };
    problems.report(path.of(diagnostic));
}
