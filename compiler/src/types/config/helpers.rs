//! The literal maps of `flow/poll` and `flow/call-flow`.
//!
//! They are gone when names are resolved, so the form of the flow body is looked at: what is computed is passed over.

use breyta_catalog::helpers::{CALL_FLOW_OPTIONS, POLL};
use breyta_catalog::values::Shape;

use super::Checker;
use super::node::{Look, Node};
use crate::diagnostics::Problems;
use crate::flow::Definition;
use crate::syntax::Form;

/// Checks all of them in the flow body.
pub(in crate::types) fn check(definition: &Definition, problems: &mut Problems) {
    let mut checker = Checker {
        definition,
        found: Vec::new(),
        refused: Vec::new(),
        family: None,
        id: "",
        complete: false,
        written: None,
    };
    walk(&definition.flow, &mut checker);
    for problem in checker.found {
        problems.report(problem);
    }
}

fn walk(form: &Form, checker: &mut Checker<'_>) {
    match form.as_list() {
        Some([_, config, _]) if form.is_call_of("flow/poll") => map(&POLL, config, checker),
        Some([_, _, _, options]) if form.is_call_of("flow/call-flow") => {
            map(&CALL_FLOW_OPTIONS, options, checker);
        }
        _ => {}
    }
    for item in form.evaluated() {
        walk(item, checker);
    }
}

/// Keys that are missing are said where the form is expanded.
fn map(shape: &'static Shape, form: &Form, checker: &mut Checker<'_>) {
    if let Look::Map(entries) = Node::form(form).look() {
        checker.complete = false;
        checker.map(shape, &entries, form.span, None);
    }
}
