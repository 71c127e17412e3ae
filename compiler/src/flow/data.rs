//! Forms as plain values: what the definition keeps as data (defaults, options, request templates).
//!
//! Nothing is evaluated. Code in such a place is refused, never turned into a list of symbols.

use breyta_core::{Set, Value, Vector};

use super::entry::Path;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::{Form, FormKind};

/// The value of a form; None when some of it is no data, each such place reported.
pub(super) fn plain(form: &Form, path: &Path, problems: &mut Problems) -> Option<Value> {
    match &form.kind {
        FormKind::Atom(value) => Some(value.clone()),
        FormKind::Keyword(keyword) => Some(Value::Keyword(keyword.clone())),
        FormKind::String(string) => Some(Value::Str(string.value.clone())),
        FormKind::Vector(items) => Some(Value::Vector(Vector::from(all(items, path, problems)?))),
        FormKind::Set(items) => {
            let items = all(items, path, problems)?;
            Some(Value::Set(items.into_iter().collect::<Set>()))
        }
        FormKind::Map(items) => {
            let mut entries = Vec::with_capacity(items.len() / 2);
            let mut complete = true;
            for pair in items.chunks_exact(2) {
                let [key, value] = pair else { continue };
                let below = path.below(key);
                match (plain(key, path, problems), plain(value, &below, problems)) {
                    (Some(key), Some(value)) => entries.push((key, value)),
                    _ => complete = false,
                }
            }
            complete.then(|| Value::Map(entries.into_iter().collect()))
        }
        FormKind::Symbol(_)
        | FormKind::Regex(_)
        | FormKind::List(_)
        | FormKind::AnonymousFn(_)
        | FormKind::Quote(_)
        | FormKind::SyntaxQuote(_)
        | FormKind::Unquote(_)
        | FormKind::UnquoteSplice(_)
        | FormKind::Deref(_)
        | FormKind::VarQuote(_)
        | FormKind::Tagged(..) => {
            problems.report(path.of(refused(form)));
            None
        }
    }
}

/// All elements; every one that is no data is reported.
fn all(items: &[Form], path: &Path, problems: &mut Problems) -> Option<Vec<Value>> {
    let values: Vec<Option<Value>> =
        items.iter().enumerate().map(|(index, item)| plain(item, &path.index(index), problems)).collect();
    values.into_iter().collect()
}

fn refused(form: &Form) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        Code::INVALID_FIELD,
        form.span,
        format!("only plain data may stand here, not {}", form.describe()),
    );
    match &form.kind {
        FormKind::List(_) => diagnostic
            .label("code is not evaluated here")
            .help("write a vector for a sequence; compute values in `:flow` or in a function"),
        FormKind::Symbol(_) => diagnostic
            .label("not evaluated here")
            .help("write a keyword or a string; `nil`, `true` and `false` are data"),
        FormKind::Regex(_) => diagnostic.help("write the pattern as a string"),
        _ => diagnostic,
    }
}

/// Whether something would have to be evaluated.
pub(crate) fn is_code(form: &Form) -> bool {
    !matches!(
        form.kind,
        FormKind::Atom(_)
            | FormKind::Keyword(_)
            | FormKind::String(_)
            | FormKind::Regex(_)
            | FormKind::Vector(_)
            | FormKind::Set(_)
            | FormKind::Map(_)
    )
}

/// Whether a form is plain data through and through.
pub(super) fn is_data(form: &Form) -> bool {
    match &form.kind {
        FormKind::Vector(items) | FormKind::Set(items) | FormKind::Map(items) => items.iter().all(is_data),
        _ => !is_code(form),
    }
}

pub(super) fn integer(form: &Form) -> Option<i64> {
    match form.kind {
        FormKind::Atom(Value::Int(integer)) => Some(integer),
        _ => None,
    }
}
