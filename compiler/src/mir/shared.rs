//! Updates of one collection one after the other whose paths begin alike: the way to where they part is gone once.

use breyta_core::Value;

use super::uses::{count, value_at};
use super::{Body, Operand, Rvalue, StatementKind, Update};

/// Joins such updates into one.
pub(super) fn join(body: &mut Body) {
    for block in 0..body.blocks.len() {
        let mut at = 0;
        while body.blocks.get(block).is_some_and(|block| at + 1 < block.statements.len()) {
            match shared_keys(body, block, at) {
                Some(shared) => join_with_next(body, block, at, shared),
                None => at += 1,
            }
        }
    }
}

/// How many keys the path of the next statement shares with the last one of this, when the next changes what comes out of
/// this and nothing else sees that.
fn shared_keys(body: &Body, block: usize, at: usize) -> Option<usize> {
    let (Rvalue::Update(first), Rvalue::Update(second)) =
        (value_at(body, block, at)?, value_at(body, block, at + 1)?)
    else {
        return None;
    };
    let statement = body.blocks.get(block)?.statements.get(at)?;
    let StatementKind::Assign(made, _) = &statement.kind else { return None };
    if !matches!(&second.coll, Operand::Local(id) if id == made) || count(body, *made) != 1 {
        return None;
    }
    let (before, after) = (first.paths().pop()?, second.paths().into_iter().next()?);
    let shared = before.iter().zip(&after).take_while(|(a, b)| are_same(a, b)).count();
    (shared > 0).then_some(shared)
}

/// Whether two keys are surely one.
fn are_same(left: &Operand, right: &Operand) -> bool {
    match (left, right) {
        (Operand::Local(a), Operand::Local(b)) => a == b,
        (
            Operand::Constant(a @ (Value::Keyword(_) | Value::Str(_) | Value::Int(_) | Value::Bool(_))),
            Operand::Constant(b),
        ) => a == b,
        _ => false,
    }
}

fn join_with_next(body: &mut Body, block: usize, at: usize, shared: usize) {
    let Some(block) = body.blocks.get_mut(block) else { return };
    let StatementKind::Assign(_, Rvalue::Update(first)) = block.statements.remove(at).kind else { return };
    let Some(next) = block.statements.get_mut(at) else { return };
    if let StatementKind::Assign(_, Rvalue::Update(second)) = &mut next.kind {
        let Update { coll, mut places } = *first;
        if let Some(place) = second.places.first_mut() {
            place.path.drain(..shared);
            place.shared = shared;
        }
        places.append(&mut second.places);
        **second = Update { coll, places };
    }
}
