//! The HTTP interface: a program starts a run with a request.

use breyta_catalog::fields::HTTP_INTERFACE;

use super::{Common, Context, refuse, required_id, workspace_auth};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Entry, Path, not_wanted};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// The entry of `:http`.
#[derive(Clone, Debug)]
pub struct HttpInterface {
    pub span: Span,
    pub id: Spanned<String>,
    pub label: Option<String>,
    pub description: Option<String>,
    pub invocation: Option<Spanned<String>>,
    pub enabled: bool,
    /// In small letters; `post` when the source does not say.
    pub method: String,
    /// For documentation; the address is made from the id.
    pub path: Option<Spanned<String>>,
}

pub(super) fn define(
    form: &Form,
    path: Path,
    context: Context,
    problems: &mut Problems,
) -> Option<HttpInterface> {
    let entry = Entry::open(form, path, &HTTP_INTERFACE, Code::INVALID_INTERFACE_SHAPE, problems)?;
    let id = required_id(&entry, ":run", problems);
    workspace_auth(&entry, problems);
    refuse(&entry, "an HTTP interface", problems);
    let path = http_path(&entry, problems);
    let Common { id, invocation, label, description, enabled } = Common::read(&entry, id, context, problems)?;
    let method = entry.get_name("method").map_or_else(|| "post".to_owned(), |it| it.value);
    Some(HttpInterface { span: form.span, id, label, description, invocation, enabled, method, path })
}

/// `/companies/enrich`: nothing before the path, nothing after it.
fn http_path(entry: &Entry, problems: &mut Problems) -> Option<Spanned<String>> {
    let form = entry.get("path")?;
    let Some(text) = form.as_string() else {
        entry.invalid("path", "a string such as `\"/companies/enrich\"`", form, problems);
        return None;
    };
    if !text.starts_with('/') {
        let what = format!("`:path` of {}", entry.what());
        let mut diagnostic = not_wanted(&what, "a path that begins with `/`", form);
        if !text.contains("://") && !text.trim().is_empty() {
            let right = format!("{:?}", format!("/{text}"));
            diagnostic = diagnostic.help(format!("write `{right}`")).edit(form.span, right);
        }
        problems.report(entry.at("path").of(diagnostic));
        return None;
    }
    if let Some(wrong) = text.chars().find(|it| it.is_whitespace() || matches!(it, '?' | '#')) {
        let message = format!("`:path` of {} holds {wrong:?}, which no path has", entry.what());
        let diagnostic = Diagnostic::new(Code::INVALID_FIELD, form.span, message)
            .help("inputs come in the body; leave the query out");
        problems.report(entry.at("path").of(diagnostic));
        return None;
    }
    Some(Spanned::new(text.to_string(), form.span))
}
