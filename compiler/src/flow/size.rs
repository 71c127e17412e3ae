//! How large a definition is: the text of its forms without comments and layout, and without what templates and
//! functions hold. Those have room of their own.

use breyta_catalog::limits::Limits;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::{Form, FormKind, print};

/// Reports a definition that is too large.
pub(crate) fn check(forms: &[Form], problems: &mut Problems) {
    let Some(root) = forms.first() else { return };
    let (bytes, allowed) = (measure(root), Limits::default().definition_bytes);
    if bytes as u64 <= allowed {
        return;
    }
    let message = format!(
        "this definition has {bytes} bytes without the bodies of its templates and functions; {allowed} are allowed"
    );
    problems.report(
        Diagnostic::new(Code::DEFINITION_TOO_LARGE, root.span.first(), message)
            .label("begins here")
            .note("comments, line ends and indentation do not count")
            .help("move texts and requests into :templates, code into :functions, and branches into flows of their own"),
    );
}

fn measure(root: &Form) -> usize {
    let Some(entries) = root.as_map() else { return print(root).len() };
    entries
        .map(|(key, value)| {
            let size = match key.as_keyword().map(breyta_core::Keyword::full) {
                Some("functions") => section(value, |key| key != "code"),
                Some("templates") => section(value, |key| matches!(key, "id" | "type")),
                _ => print(value).len(),
            };
            print(key).len() + size + 2
        })
        .sum()
}

/// The entries of a section, of each only the keys that count.
fn section(form: &Form, counts: impl Fn(&str) -> bool + Copy) -> usize {
    match &form.kind {
        FormKind::Vector(entries) => entries.iter().map(|it| entry(it, counts) + 1).sum(),
        // The older form: entries by id.
        FormKind::Map(pairs) => {
            pairs.chunks(2).map(|pair| pair.iter().map(|it| entry(it, counts) + 1).sum::<usize>()).sum()
        }
        _ => print(form).len(),
    }
}

fn entry(form: &Form, counts: impl Fn(&str) -> bool) -> usize {
    let Some(pairs) = form.as_map() else { return print(form).len() };
    pairs
        .filter(|(key, _)| key.as_keyword().is_none_or(|key| counts(key.full())))
        .map(|(key, value)| print(key).len() + print(value).len() + 2)
        .sum()
}
