//! How large a definition is: the text of its forms without comments and layout. What templates and functions hold is
//! not part of that; it has room of its own.

use breyta_catalog::limits::Limits;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::{Form, FormKind, print};

/// Bytes of a definition.
#[derive(Default)]
struct Sizes {
    /// Without the bodies.
    definition: usize,
    templates: usize,
    functions: usize,
}

/// Reports a definition that is too large.
pub(crate) fn check(forms: &[Form], problems: &mut Problems) {
    let Some(root) = forms.first() else { return };
    let (sizes, limits) = (measure(root), Limits::default());
    let mut report = |code, at: &Form, bytes: usize, allowed: u64, what: &str, help: &str| {
        if bytes as u64 > allowed {
            problems.report(
                Diagnostic::new(
                    code,
                    at.span.first(),
                    format!("{what}: {bytes} bytes; {allowed} are allowed"),
                )
                .label("begins here")
                .note("comments, line ends and indentation do not count")
                .help(help),
            );
        }
    };
    report(
        Code::DEFINITION_TOO_LARGE,
        root,
        sizes.definition,
        limits.definition_bytes,
        "this definition is too large, without the bodies of its templates and functions",
        "move texts and requests into :templates, code into :functions, and branches into flows of their own",
    );
    report(
        Code::TEMPLATES_TOO_LARGE,
        field(root, "templates").unwrap_or(root),
        sizes.templates,
        limits.templates_bytes,
        "the templates of this definition are too large together",
        "keep long texts outside of the flow, in a file or table that a step reads, or split the flow",
    );
    report(
        Code::FUNCTIONS_TOO_LARGE,
        field(root, "functions").unwrap_or(root),
        sizes.functions,
        limits.functions_bytes,
        "the code of the functions of this definition is too large together",
        "keep tables of data outside of the flow, in a file or table that a step reads, or split the flow",
    );
}

fn field<'a>(root: &'a Form, name: &str) -> Option<&'a Form> {
    root.as_map()?
        .find(|(key, _)| key.as_keyword().is_some_and(|key| key.full() == name))
        .map(|(_, value)| value)
}

fn measure(root: &Form) -> Sizes {
    let mut sizes = Sizes::default();
    let Some(entries) = root.as_map() else {
        sizes.definition = print(root).len();
        return sizes;
    };
    for (key, value) in entries {
        sizes.definition += print(key).len() + 2;
        let (counted, body) = match key.as_keyword().map(breyta_core::Keyword::full) {
            Some("functions") => (section(value, |key| key != "code"), &mut sizes.functions),
            Some("templates") => (section(value, |key| matches!(key, "id" | "type")), &mut sizes.templates),
            _ => ((print(value).len(), 0), &mut sizes.functions),
        };
        sizes.definition += counted.0;
        *body += counted.1;
    }
    sizes
}

/// Bytes of the entries of a section: of the keys that count, and of the others.
fn section(form: &Form, counts: impl Fn(&str) -> bool + Copy) -> (usize, usize) {
    let sum = |entries: &mut dyn Iterator<Item = &Form>| {
        entries.map(|it| entry(it, counts)).fold((0, 0), |sum, it| (sum.0 + it.0 + 1, sum.1 + it.1))
    };
    match &form.kind {
        // A map is the older form: entries by id.
        FormKind::Vector(entries) | FormKind::Map(entries) => sum(&mut entries.iter()),
        _ => (print(form).len(), 0),
    }
}

fn entry(form: &Form, counts: impl Fn(&str) -> bool) -> (usize, usize) {
    let Some(pairs) = form.as_map() else { return (print(form).len(), 0) };
    pairs.fold((0, 0), |(counted, body), (key, value)| {
        let bytes = print(key).len() + print(value).len() + 2;
        if key.as_keyword().is_none_or(|key| counts(key.full())) {
            (counted + bytes, body)
        } else {
            (counted, body + bytes)
        }
    })
}
