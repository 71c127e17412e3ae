//! Timeline labels: `^"Label"`, `^{:label … :yes … :no …}` in front of a form of the flow body.

use breyta_core::Value;

use super::Resolver;
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::BranchLabel;
use crate::syntax::{Form, FormKind};

/// The forms whose label tells which way was taken, rather than that the form was reached.
const BRANCHES: &[&str] =
    &["if", "if-not", "when", "when-not", "if-let", "when-let", "if-some", "when-some", "cond", "case"];

impl Resolver<'_> {
    /// The label of a form that is no branch: shown when the form is reached.
    pub(super) fn note_of(&mut self, form: &Form) -> Option<String> {
        if form.meta.is_empty() || BRANCHES.iter().any(|head| form.is_call_of(head)) {
            return None;
        }
        self.read_label(form).map(|label| label.label)
    }

    /// The label of a branch: on the form, or (older source) on its test.
    pub(super) fn branch_label(&mut self, form: &Form, test: &Form) -> Option<BranchLabel> {
        if form.meta.is_empty() { self.read_label(test) } else { self.read_label(form) }
    }

    fn read_label(&mut self, form: &Form) -> Option<BranchLabel> {
        if self.in_function() {
            // There metadata is what Clojure takes it for: part of a value, or a hint.
            return None;
        }
        let mut label = None;
        for meta in &form.meta {
            match &meta.kind {
                FormKind::String(text) => label = Some(branch(&text.value, None, None)),
                FormKind::Map(_) => label = self.label_map(form, meta).or(label),
                // Type hints mean nothing here.
                FormKind::Keyword(_) | FormKind::Symbol(_) => {}
                _ => self.problems.refuse(
                    Diagnostic::new(Code::NOT_SUPPORTED_YET, meta.span, "this metadata is not supported")
                        .help("labels belong to the flow body: `^\"Label\"` or `^{:label \"…\" :yes \"…\" :no \"…\"}`"),
                ),
            }
        }
        label
    }

    fn label_map(&mut self, form: &Form, meta: &Form) -> Option<BranchLabel> {
        let (mut label, mut yes, mut no) = (None, None, None);
        for (key, value) in meta.as_map().into_iter().flatten() {
            let place = match key.as_keyword().map(breyta_core::Keyword::full) {
                Some("label") => &mut label,
                Some("yes") => &mut yes,
                Some("no") => &mut no,
                Some("max-iterations") if form.is_call_of("loop") => {
                    if !matches!(value.kind, FormKind::Atom(Value::Int(1..))) {
                        self.report(
                            Diagnostic::new(
                                Code::INVALID_FIELD,
                                value.span,
                                "`:max-iterations` is a positive integer",
                            )
                            .label(format!("this is {}", value.describe())),
                        );
                    }
                    continue;
                }
                _ => {
                    self.problems.refuse(
                        Diagnostic::new(
                            Code::NOT_SUPPORTED_YET,
                            key.span,
                            format!(
                                "the metadata key `{}` is not supported here",
                                self.sources.text(key.span)
                            ),
                        )
                        .help("a label has the keys `:label`, `:yes` and `:no`"),
                    );
                    continue;
                }
            };
            match value.as_string() {
                Some(text) => *place = Some(text.to_string()),
                None => self.report(
                    Diagnostic::new(Code::INVALID_FIELD, value.span, "a label is a string")
                        .label(format!("this is {}", value.describe())),
                ),
            }
        }
        label.map(|label| branch(&label, yes, no))
    }
}

/// `^{:max-iterations n}` on a loop.
pub(super) fn loop_bound(form: &Form) -> Option<i64> {
    form.meta.iter().filter_map(|meta| meta.map_get("max-iterations")).find_map(|value| match value.kind {
        FormKind::Atom(Value::Int(most)) if most > 0 => Some(most),
        _ => None,
    })
}

fn branch(label: &str, yes: Option<String>, no: Option<String>) -> BranchLabel {
    BranchLabel {
        label: label.to_owned(),
        yes: yes.unwrap_or_else(|| "yes".to_owned()),
        no: no.unwrap_or_else(|| "no".to_owned()),
    }
}

/// The element of the lexical path that a branch form adds: its label, or `if`.
pub(super) fn path_element(label: Option<&BranchLabel>) -> String {
    let Some(label) = label else { return "if".to_owned() };
    let mut slug = String::new();
    for character in label.label.chars() {
        if character.is_alphanumeric() {
            slug.extend(character.to_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "if".to_owned() } else { slug.to_owned() }
}
