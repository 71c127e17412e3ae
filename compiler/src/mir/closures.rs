//! Closures that a single library call uses: they are handed straight to it, so that the code generator can inline
//! them into the loop of the call.

use breyta_core::library::direct;

use super::{Body, LocalId, Operand, Rvalue, Statement, StatementKind};

/// Turns a closure followed by its only use, as first argument of a call that takes closures directly, into one
/// statement.
pub(super) fn hand_over(body: &mut Body) {
    for block in 0..body.blocks.len() {
        while let Some((made, used)) = pair(body, block) {
            let Some(block) = body.blocks.get_mut(block) else { return };
            let closure = block.statements.remove(made);
            let Some(call) = block.statements.get_mut(used - 1) else { return };
            join(closure, call);
        }
    }
}

/// The places in a block of a closure and of the call that alone uses it.
fn pair(body: &Body, block: usize) -> Option<(usize, usize)> {
    let statements = &body.blocks.get(block)?.statements;
    statements.iter().enumerate().find_map(|(made, statement)| {
        let StatementKind::Assign(name, Rvalue::Closure(index, captured)) = &statement.kind else {
            return None;
        };
        let parameters = body.closures.get(*index).filter(|it| it.rest.is_none())?.parameters.len();
        let later = statements.iter().enumerate().skip(made + 1);
        let (used, call) = later.clone().find(|(_, it)| reads(it, *name))?;
        let between = || later.clone().take_while(|(at, _)| *at < used);
        let stable = between().all(|(_, it)| !captured.iter().any(|operand| writes(it, operand)));
        (stable && takes(call, *name, parameters) && uses(body, *name) == 1).then_some((made, used))
    })
}

/// Whether the statement is a call with `name` as its first argument that calls it with so many values.
fn takes(statement: &Statement, name: LocalId, parameters: usize) -> bool {
    let StatementKind::Assign(_, Rvalue::Call(function, arguments)) = &statement.kind else { return false };
    matches!(arguments.first(), Some(Operand::Local(first)) if *first == name)
        && direct::with_closure(function, arguments.len())
            .is_some_and(|direct| direct.parameters == parameters)
}

fn join(closure: Statement, call: &mut Statement) {
    let StatementKind::Assign(_, Rvalue::Closure(index, captured)) = closure.kind else { return };
    let StatementKind::Assign(_, value) = &mut call.kind else { return };
    if let Rvalue::Call(function, arguments) = value {
        let arguments = arguments.drain(1..).collect();
        *value = Rvalue::CallWith { function, closure: index, captured, arguments, integers: false };
    }
}

fn reads(statement: &Statement, name: LocalId) -> bool {
    let StatementKind::Assign(_, value) = &statement.kind else { return false };
    value.operands().iter().any(|operand| is(operand, name))
}

fn writes(statement: &Statement, read: &Operand) -> bool {
    matches!(&statement.kind, StatementKind::Assign(target, _) if is(read, *target))
}

fn is(operand: &Operand, name: LocalId) -> bool {
    matches!(operand, Operand::Local(id) if *id == name)
}

/// How often a local is read in the whole body.
fn uses(body: &Body, name: LocalId) -> usize {
    let statements = body.blocks.iter().flat_map(|block| &block.statements).flat_map(|it| match &it.kind {
        StatementKind::Assign(_, value) => value.operands(),
        StatementKind::Spend | StatementKind::Note { .. } => Vec::new(),
    });
    let ends = body.blocks.iter().flat_map(|block| block.terminator.operands());
    statements.chain(ends).filter(|operand| is(operand, name)).count()
}
