//! `:interfaces`: how a run is started. Only the manual one for now.

use breyta_catalog::fields::{INTERFACES, MANUAL};

use super::ManualInterface;
use super::entry::{Entry, IDENTIFIER, Path, identifier, shown, unique};
use super::invocations::Invocations;
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::source::Spanned;
use crate::syntax::Form;

/// What the section says.
#[derive(Debug, Default)]
pub(super) struct Interfaces {
    pub(super) manual: Option<ManualInterface>,
    /// Whether some entry names an invocation.
    pub(super) names_invocation: bool,
}

/// `invocations` is None when the flow has no such section.
pub(super) fn define(form: &Form, invocations: Option<&Invocations>, problems: &mut Problems) -> Interfaces {
    let path = Path::root().key("interfaces");
    let Some(entry) = Entry::open(form, path, &INTERFACES, Code::INVALID_INTERFACES_SHAPE, problems) else {
        return Interfaces::default();
    };
    let Some(section) = entry.get("manual") else { return Interfaces::default() };
    let path = entry.at("manual");
    let Some(items) = section.as_vector() else {
        let message = format!("`:manual` of the interfaces map must be a vector, not {}", section.describe());
        let diagnostic = Diagnostic::new(Code::INVALID_INTERFACE_CATEGORY_SHAPE, section.span, message)
            .help("write `:manual [{:id :run :label \"Run\" :invocation :default}]`");
        problems.report(path.of(diagnostic));
        return Interfaces::default();
    };
    let mut seen = Vec::new();
    let mut found = Interfaces::default();
    for (index, item) in items.iter().enumerate() {
        let path = path.index(index);
        found.names_invocation |= item.map_get("invocation").is_some();
        let Some(interface) = manual(item, path.clone(), invocations, problems) else { continue };
        let id = &interface.id;
        if unique(id, Code::DUPLICATE_INTERFACE_ID, "interfaces", &mut seen, &path.key("id"), problems) {
            match &found.manual {
                None => found.manual = Some(interface),
                Some(first) => problems.report(path.of(one_too_many(item, first))),
            }
        }
    }
    found
}

fn one_too_many(item: &Form, first: &ManualInterface) -> Diagnostic {
    Diagnostic::new(Code::TOO_MANY_INTERFACES, item.span, "a flow has at most one manual interface")
        .label("one too many")
        .also(first.span, "the first one")
        .help("keep one; several sets of inputs belong to `:invocations`")
}

fn manual(
    form: &Form,
    path: Path,
    invocations: Option<&Invocations>,
    problems: &mut Problems,
) -> Option<ManualInterface> {
    let entry = Entry::open(form, path, &MANUAL, Code::INVALID_INTERFACE_SHAPE, problems)?;
    let id =
        required_name(&entry, "id", Code::MISSING_INTERFACE_ID, Code::INVALID_INTERFACE_ID, ":run", problems);
    let (missing, invalid) = (Code::MISSING_INTERFACE_INVOCATION, Code::INVALID_INTERFACE_INVOCATION);
    let invocation = required_name(&entry, "invocation", missing, invalid, ":default", problems);
    if let Some(invocation) = &invocation {
        check_invocation(invocation, invocations, &entry.at("invocation"), problems);
    }
    let label = entry.text("label", problems);
    let description = entry.text("description", problems);
    let enabled = entry.boolean("enabled", problems).unwrap_or(true);
    Some(ManualInterface { span: form.span, id: id?, label, description, invocation, enabled })
}

fn required_name(
    entry: &Entry,
    key: &str,
    missing: Code,
    invalid: Code,
    example: &str,
    problems: &mut Problems,
) -> Option<Spanned<String>> {
    let Some(form) = entry.get(key) else {
        let diagnostic =
            Diagnostic::new(missing, entry.span().first(), format!("a manual interface needs `:{key}`"))
                .label(format!("`:{key}` is missing"))
                .help(format!("add `:{key} {example}`"));
        problems.report(entry.at(key).of(diagnostic));
        return None;
    };
    let found = identifier(form);
    if found.is_none() {
        let message = format!("`:{key}` of a manual interface must be {IDENTIFIER}, not {}", shown(form));
        problems.report(entry.at(key).of(Diagnostic::new(invalid, form.span, message)));
    }
    found
}

fn check_invocation(
    name: &Spanned<String>,
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
    let diagnostic = Diagnostic::new(Code::UNKNOWN_INTERFACE_INVOCATION, name.span, message);
    let near = nearest(&name.value, declared.iter().map(String::as_str));
    let diagnostic = match near.first() {
        Some(best) => diagnostic.help(format!("did you mean `:{best}`?")).edit(name.span, format!(":{best}")),
        None => diagnostic.help(format!("declare it: `:invocations {{:{} {{:inputs []}}}}`", name.value)),
    };
    problems.report(path.of(diagnostic));
}
