//! Values that live across a suspension must be data: a closure or a regex cannot be stored.

use std::collections::BTreeMap;

use super::live::Liveness;
use super::{Body, LocalId, Operand, Rvalue, StatementKind, Terminator};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Span;

/// Reports every local of the flow body that would have to be stored and cannot.
pub fn check(body: &Body, problems: &mut Problems) {
    let never_data = never_data(body);
    let liveness = Liveness::of(body);
    for suspension in body.suspensions() {
        for local in liveness.at_start(suspension.resume) {
            if let Some((made, what)) = never_data.get(&local) {
                let name = &body.local(local).name;
                problems.report(
                    Diagnostic::new(
                        Code::NOT_STORABLE,
                        *made,
                        format!("`{name}` is {what} and is needed after a step"),
                    )
                    .label("this cannot be stored")
                    .also(suspension.span, "the run is stored while this step is carried out")
                    .help("make it again after the step, or keep the data that it is made of"),
                );
            }
        }
    }
    for block in &body.blocks {
        if let Terminator::Return(Operand::Local(local)) = &block.terminator
            && let Some((made, what)) = never_data.get(local)
        {
            problems.report(
                Diagnostic::new(Code::NOT_STORABLE, *made, format!("the result of the flow is {what}"))
                    .help("return data: a map, a vector, a string, a number"),
            );
        }
    }
}

/// Locals that hold something that is no data, with the place where it is made.
fn never_data(body: &Body) -> BTreeMap<LocalId, (Span, &'static str)> {
    let mut found = BTreeMap::new();
    for statement in body.blocks.iter().flat_map(|block| &block.statements) {
        if let StatementKind::Assign(target, value) = &statement.kind {
            let what = match value {
                Rvalue::Closure(..) => "a function",
                Rvalue::Use(Operand::Function(_)) => "a function",
                Rvalue::Use(Operand::Constant(breyta_core::Value::Regex(_))) => "a regex",
                _ => continue,
            };
            found.insert(*target, (statement.span, what));
        }
    }
    found
}
