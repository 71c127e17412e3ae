//! `(step :http …)`: how steps were called before they had a namespace.
//!
//! The calls become `flow/step` here, so that no later stage knows the older form. A body in which the name `step` stands
//! for something else is left alone.

use breyta_core::Symbol;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::{Form, FormKind};

const OLD: &str = "step";
const NEW: &str = "flow/step";

/// The body with today's calls; each older one is reported.
pub(super) fn modern(mut body: Form, problems: &mut Problems) -> Form {
    if has_call(&body) && !is_bound(&body) {
        rewrite(&mut body, problems);
    }
    body
}

/// Whether a form is such a call: no other head takes a keyword first.
fn is_call(form: &Form) -> bool {
    form.is_call_of(OLD)
        && form.as_list().and_then(|items| items.get(1)).is_some_and(|first| first.as_keyword().is_some())
}

fn has_call(form: &Form) -> bool {
    is_call(form) || form.evaluated().iter().any(has_call)
}

/// Whether the name stands anywhere but at the head of such a call: it may be bound then.
fn is_bound(form: &Form) -> bool {
    let skipped = usize::from(is_call(form));
    form.as_symbol().is_some_and(|symbol| symbol.full() == OLD)
        || form.children().iter().skip(skipped).any(is_bound)
}

fn rewrite(form: &mut Form, problems: &mut Problems) {
    let called = is_call(form);
    if form.evaluated().is_empty() {
        return;
    }
    if called
        && let FormKind::List(items) = &mut form.kind
        && let Some(head) = items.first_mut()
    {
        head.kind = FormKind::Symbol(Symbol::new(NEW));
        problems.report(
            Diagnostic::new(
                Code::DEPRECATED_STEP_CALL,
                head.span,
                "steps are called with `flow/step` nowadays",
            )
            .label("the older name")
            .help("write `flow/step`")
            .edit(head.span, NEW),
        );
    }
    for child in form.children_mut() {
        rewrite(child, problems);
    }
}
