//! A secret slot: one value that never stands in the source, and the name it is stored under.

use breyta_catalog::fields::SECRET;

use super::{by_author, optional};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::flow::entry::{Entry, Path, later, name_of, not_wanted};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// An entry `{:slot … :type :secret}`.
#[derive(Clone, Debug)]
pub struct Secret {
    pub span: Span,
    pub slot: Spanned<String>,
    /// The slot when the source does not say.
    pub secret_ref: Spanned<String>,
    pub label: Option<String>,
    pub optional: bool,
    pub by_author: bool,
}

pub(super) fn define(form: &Form, path: Path, problems: &mut Problems) -> Option<Secret> {
    // `:kind :secret` says it as well.
    let entry = Entry::open(form, path, &SECRET, Code::INVALID_FIELD, problems)?;
    if let Some(kind) = entry.get("type").filter(|kind| name_of(kind) != Some("secret")) {
        problems.report(entry.at("type").of(not_wanted("`:type` of a secret slot", "`:secret`", kind)));
    }
    let slot = entry.get_identifier("slot")?;
    problems.refuse(entry.path.of(later(&format!("the secret slot `:{}`", slot.value), slot.span)));
    Some(Secret {
        span: form.span,
        secret_ref: entry.get_identifier("secret-ref").unwrap_or_else(|| slot.clone()),
        slot,
        label: entry.get_text("label").map(|it| it.value),
        optional: optional(&entry, problems),
        by_author: by_author(&entry, "a secret slot", problems),
    })
}

/// Checks a reference to a secret: by the name it is stored under, or by its slot. A flow without any requirement may
/// mean a secret of its workspace; nothing is said about it.
pub(in crate::flow) fn check_ref(
    name: &Spanned<String>,
    requires: &super::Requires,
    slots: &super::Slots,
    path: &Path,
    problems: &mut Problems,
) {
    let known = || {
        let refs = requires.secrets.iter().map(|it| it.secret_ref.value.as_str());
        refs.chain(requires.secrets.iter().map(|it| it.slot.value.as_str()))
    };
    // A slot that is broken was reported.
    if slots.names().next().is_none()
        || known().any(|it| it == name.value)
        || is_broken(name, requires, slots)
    {
        return;
    }
    let message = format!("there is no secret `:{}` in `:requires`", name.value);
    let diagnostic = Diagnostic::new(Code::UNKNOWN_SECRET_REF, name.span, message).label("no such secret");
    let diagnostic = match nearest(&name.value, known()).first() {
        Some(best) => diagnostic.help(format!("did you mean `:{best}`?")).edit(name.span, format!(":{best}")),
        None => diagnostic
            .help(format!("declare it: `:requires [{{:slot :{} :type :secret :label \"…\"}}]`", name.value)),
    };
    problems.report(path.of(diagnostic));
}

/// Whether the name is written as a slot that is neither a usable secret nor a usable connection.
fn is_broken(name: &Spanned<String>, requires: &super::Requires, slots: &super::Slots) -> bool {
    slots.names().any(|it| it == name.value)
        && requires.connections.iter().all(|it| it.slot.value != name.value)
}
