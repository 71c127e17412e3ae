//! How many steps are written in a flow body. How many are carried out is a limit of the run.

use breyta_catalog::limits::Limits;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::syntax::Form;

/// Warns at the first step that is one too many.
pub(super) fn check(body: &Form, problems: &mut Problems) {
    let most = Limits::default().steps_per_flow;
    let mut steps = Vec::new();
    collect(body, &mut steps);
    let Some(first_too_many) = usize::try_from(most).ok().and_then(|most| steps.get(most)) else { return };
    let message = format!("this flow has {} steps; the platform takes {most} in one flow", steps.len());
    problems.report(
        Diagnostic::new(Code::TOO_MANY_STEPS, first_too_many.span, message)
            .label("the first one that is too many")
            .note("an executable carries out any number of them; `flow/step` and `flow/call-flow` count, each once")
            .help("put a part of the flow into one of its own and call it with `flow/call-flow`"),
    );
}

fn collect<'f>(form: &'f Form, steps: &mut Vec<&'f Form>) {
    if form.is_call_of("flow/step") || form.is_call_of("flow/call-flow") {
        steps.push(form);
    }
    form.evaluated().iter().for_each(|item| collect(item, steps));
}
