//! Qualified ids, and references from one section to the names of another.

use breyta_catalog::families;

use super::entry::{Entry, Path, name_of, near, not_wanted};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Spanned;
use crate::syntax::{Form, FormKind};

/// What a section holds, for references to it.
pub(super) struct Target<'a> {
    /// `function`, for messages.
    pub(super) what: &'static str,
    /// `:functions`.
    pub(super) section: &'static str,
    pub(super) code: Code,
    pub(super) names: &'a [String],
}

impl<'a> Target<'a> {
    pub(super) fn functions(names: &'a [String]) -> Self {
        Self { what: "function", section: ":functions", code: Code::UNKNOWN_FUNCTION_REF, names }
    }

    pub(super) fn slots(names: &'a [String]) -> Self {
        Self { what: "connection slot", section: ":requires", code: Code::UNKNOWN_CONNECTION_SLOT, names }
    }

    pub(super) fn packaged(names: &'a [String]) -> Self {
        let code = Code::MISSING_PACKAGED_STEP_REFERENCE;
        Self { what: "packaged step", section: ":steps", code, names }
    }

    /// The name that a form writes; reported when the section does not have it. `place` is where it stands, in words:
    /// `` `:prepare` of a packaged step ``.
    pub(super) fn check(
        &self,
        form: &Form,
        place: &str,
        path: &Path,
        problems: &mut Problems,
    ) -> Option<Spanned<String>> {
        let Some(name) = name_of(form) else {
            let wanted = format!("the id of a {} in `{}`", self.what, self.section);
            let diagnostic = not_wanted(place, &wanted, form);
            let inline =
                matches!(form.kind, FormKind::Quote(_) | FormKind::List(_) | FormKind::AnonymousFn(_));
            problems.report(path.of(if inline {
                diagnostic
                    .help(format!("put the code into `{}` under an id, and give the id here", self.section))
            } else {
                diagnostic
            }));
            return None;
        };
        if !self.names.iter().any(|it| it == name) {
            problems.report(path.of(self.unknown(form, name)));
        }
        Some(Spanned::new(name.to_owned(), form.span))
    }

    fn unknown(&self, form: &Form, name: &str) -> Diagnostic {
        let problem = Diagnostic::new(self.code, form.span, format!("there is no {} `:{name}`", self.what))
            .label(format!("not declared in `{}`", self.section));
        if let Some(best) = near(form, self.names.iter().map(String::as_str)).first() {
            return problem.help(format!("did you mean `:{best}`?")).edit(form.span, format!(":{best}"));
        }
        if self.names.is_empty() {
            return problem.help(format!("declare it in `{}`; there are no entries yet", self.section));
        }
        let all: Vec<String> = self.names.iter().map(|it| format!("`:{it}`")).collect();
        problem.help(format!("declared in `{}`: {}", self.section, all.join(" ")))
    }
}

/// The id of a packaged step, an agent or an adapter: a keyword with a namespace.
pub(super) fn qualified_id(
    entry: &Entry,
    what: &str,
    example: &str,
    problems: &mut Problems,
) -> Option<Spanned<String>> {
    let form = entry.get("id")?;
    let wanted = format!("a keyword with a namespace, such as `:{example}`");
    let diagnostic = not_wanted(&format!("`:id` of {what}"), &wanted, form);
    let name = name_of(form).unwrap_or_default();
    let diagnostic = match &form.kind {
        FormKind::Keyword(keyword) if keyword.namespace().is_some() => {
            return Some(Spanned::new(name.to_owned(), form.span));
        }
        FormKind::Keyword(_) if families::find(name).is_some() => {
            diagnostic.note(format!("`:{name}` is a built-in step family"))
        }
        FormKind::String(_) if is_qualified(name) => {
            diagnostic.help(format!("write `:{name}`")).edit(form.span, format!(":{name}"))
        }
        _ => diagnostic,
    };
    problems.report(entry.at("id").of(diagnostic));
    None
}

fn is_qualified(name: &str) -> bool {
    let plain = |part: &str| {
        part.starts_with(|it: char| it.is_ascii_alphabetic())
            && part.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
    };
    name.split_once('/').is_some_and(|(namespace, name)| plain(namespace) && plain(name))
}

/// A description is also what models read: it has a limit.
pub(super) fn check_description(entry: &Entry, what: &str, problems: &mut Problems) -> Option<String> {
    let text = entry.get_text("description")?;
    let length = text.value.chars().count();
    let most = breyta_catalog::tools::DESCRIPTION_MAX;
    if length > most {
        let message =
            format!("the description of {what} has {length} characters; at most {most} are allowed");
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, text.span, message)
            .help("say what it does in a few sentences; long guidance belongs into a template");
        problems.report(entry.at("description").of(diagnostic));
    }
    Some(text.value)
}
