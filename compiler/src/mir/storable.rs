//! Values that live across a suspension must be data: a closure or a regex cannot be stored.

use std::collections::{BTreeMap, BTreeSet};

use breyta_core::Value;
use breyta_core::library::Ty;

use super::live::Liveness;
use super::{Body, LocalId, Operand, Rvalue, StatementKind, Terminator};
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::source::Span;

/// Reports every local of the flow body that would have to be stored and cannot.
pub fn check(body: &Body, problems: &mut Problems) {
    let never_data = never_data(body);
    let liveness = Liveness::of(body);
    let mut reported = BTreeSet::new();
    for suspension in body.suspensions() {
        for local in liveness.at_start(suspension.resume) {
            if let Some((made, what)) = never_data.get(&local).filter(|_| reported.insert(local)) {
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
        let Terminator::Return(result) = &block.terminator else { continue };
        let found = match result {
            Operand::Local(local) => never_data.get(local).copied(),
            // A constant has no place of its own.
            constant => what_is(constant).map(|what| (body.span, what)),
        };
        if let Some((made, what)) = found {
            problems.report(
                Diagnostic::new(Code::NOT_STORABLE, made, format!("the result of the flow is {what}"))
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
                Rvalue::Call(function, _) if function.returns == Ty::Callable => "a function",
                Rvalue::Use(operand) => match what_is(operand) {
                    Some(what) => what,
                    None => continue,
                },
                Rvalue::Vector(items) | Rvalue::Set(items) => match holds(items.iter(), &found) {
                    Some(what) => what,
                    None => continue,
                },
                Rvalue::Map(entries) => {
                    match holds(entries.iter().flat_map(|(key, value)| [key, value]), &found) {
                        Some(what) => what,
                        None => continue,
                    }
                }
                _ => continue,
            };
            found.insert(*target, (statement.span, what));
        }
    }
    found
}

/// What a collection is in which one of the values is no data. Values are made before the collections that hold them.
fn holds<'o>(
    mut values: impl Iterator<Item = &'o Operand>,
    found: &BTreeMap<LocalId, (Span, &'static str)>,
) -> Option<&'static str> {
    let what = values.find_map(|value| match value {
        Operand::Local(local) => found.get(local).map(|(_, what)| *what),
        constant => what_is(constant),
    })?;
    Some(if what.ends_with("a regex") { "a collection with a regex" } else { "a collection with a function" })
}

/// What a constant is that is no data.
fn what_is(constant: &Operand) -> Option<&'static str> {
    match constant {
        Operand::Function(_) => Some("a function"),
        Operand::Constant(Value::Regex(_)) => Some("a regex"),
        Operand::Constant(value) => (!value.is_data()).then_some("a collection with a regex"),
        Operand::Local(_) => None,
    }
}
