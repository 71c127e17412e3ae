//! Rules about how a flow is written, over the parsed forms of the whole definition.
//!
//! The diagnostics that the platform's own command line computes from the text, here from forms. Nothing is resolved
//! and nothing is evaluated: what only names, types or a build can tell is for later stages.

use crate::diagnostics::{Code, Problems};
use crate::source::Sources;
use crate::syntax::{Form, FormKind};

/// Code in strings and quotes.
mod code;

/// What a body evaluates and what it binds, by Clojure's scoping rules.
mod facts;

/// Packaged steps and agents: declared, called, exposed.
mod packaged;

/// `(range)` without an end.
mod ranges;

/// How many steps a body has.
mod count;

/// The shape of `flow/step` calls.
mod steps;

/// What stands in strings.
mod texts;

/// Keys of services.
mod tokens;

/// Sequence transforms and threading macros in the flow body.
mod transforms;

#[cfg(test)]
mod tests;

/// What is decided here for good: when a later stage meets it again, it has been said or is allowed.
const DECIDED: &[Code] = &[
    Code::PROHIBITED_ORCHESTRATION_TRANSFORM,
    Code::UNSUPPORTED_VISUAL_FLOW_FORM,
    Code::FUNCTION_STEP_INPUT_SHAPE_INVALID,
];

/// Checks the definition among the top-level forms of a flow.
pub fn lint(sources: &Sources, forms: &[Form], problems: &mut Problems) {
    rules(sources, forms, problems);
    problems.settle(DECIDED);
}

fn rules(sources: &Sources, forms: &[Form], problems: &mut Problems) {
    let Some(definition) = forms.iter().find(|form| form.as_map().is_some()) else { return };
    let code = code::Collected::from(sources, definition);
    texts::check(sources, definition, &code, problems);
    for function in code.forms() {
        ranges::check(&facts::of(function), problems);
    }
    let Some(flow) = definition.map_get("flow") else { return };
    let body = body(flow);
    let facts = facts::of(body);
    ranges::check(&facts, problems);
    transforms::check(&facts, problems);
    steps::check(sources, definition, &facts, problems);
    count::check(body, problems);
    packaged::check(sources, definition, body, &facts, problems);
}

/// The body without its quote, whichever it is; an unquoted one as it stands.
fn body(flow: &Form) -> &Form {
    match &flow.kind {
        FormKind::Quote(inner) | FormKind::SyntaxQuote(inner) => inner,
        _ => quoted(flow).unwrap_or(flow),
    }
}

/// What `'form` or `(quote form)` quotes.
fn quoted(form: &Form) -> Option<&Form> {
    match &form.kind {
        FormKind::Quote(inner) => Some(inner),
        FormKind::List(items) if form.is_call_of("quote") => match items.as_slice() {
            [_, inner] => Some(inner),
            _ => None,
        },
        _ => None,
    }
}

/// Every form inside of a form, itself first, in the order of the text.
fn each<'f>(form: &'f Form, visit: &mut impl FnMut(&'f Form)) {
    visit(form);
    for child in form.children() {
        each(child, visit);
    }
}
