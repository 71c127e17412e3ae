//! Closures that a single library call uses: they are handed straight to it, so that the code generator can inline
//! them into the loop of the call.

use breyta_core::library::direct;

use super::uses::{made_for, value_at};
use super::{Body, Operand, Rvalue, Statement, StatementKind};

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
    (0..body.blocks.get(block)?.statements.len()).find_map(|used| {
        let Rvalue::Call(function, arguments) = value_at(body, block, used)? else { return None };
        let Some(Operand::Local(name)) = arguments.first() else { return None };
        let made = made_for(body, block, used, *name)?;
        let Rvalue::Closure(index, _) = value_at(body, block, made)? else { return None };
        let direct = direct::with_closure(function, arguments.len())?;
        body.closures.get(*index)?.can_be_handed(direct.parameters).then_some((made, used))
    })
}

fn join(closure: Statement, call: &mut Statement) {
    let StatementKind::Assign(_, Rvalue::Closure(index, captured)) = closure.kind else { return };
    let StatementKind::Assign(_, value) = &mut call.kind else { return };
    if let Rvalue::Call(function, arguments) = value {
        let arguments = arguments.drain(1..).collect();
        *value = Rvalue::CallWith { function, closure: index, captured, arguments, integers: false };
    }
}
