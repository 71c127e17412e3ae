//! The literal maps of `flow/poll` and `flow/call-flow`.
//!
//! They are gone when names are resolved, so the form of the flow body is looked at: what is computed is passed over.

use breyta_catalog::helpers::{CALL_FLOW_OPTIONS, POLL};
use breyta_catalog::values::Shape;

use super::Checker;
use super::node::{Look, Node};
use crate::diagnostics::Problems;
use crate::flow::Definition;
use crate::syntax::{Form, FormKind};

/// Checks all of them in the flow body.
pub(in crate::types) fn check(definition: &Definition, problems: &mut Problems) {
    let mut checker =
        Checker { definition, found: Vec::new(), refused: Vec::new(), family: None, id: "", complete: false };
    walk(&definition.flow, &mut checker);
    for problem in checker.found {
        problems.report(problem);
    }
}

fn walk(form: &Form, checker: &mut Checker<'_>) {
    let items = match &form.kind {
        FormKind::List(items) => {
            if form.is_call_of("quote") || form.is_call_of("comment") {
                return;
            }
            match items.as_slice() {
                [_, config, _] if form.is_call_of("flow/poll") => map(&POLL, config, checker),
                [_, _, _, options] if form.is_call_of("flow/call-flow") => {
                    map(&CALL_FLOW_OPTIONS, options, checker);
                }
                _ => {}
            }
            items
        }
        FormKind::Vector(items)
        | FormKind::Map(items)
        | FormKind::Set(items)
        | FormKind::AnonymousFn(items) => items,
        _ => return,
    };
    for item in items {
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
