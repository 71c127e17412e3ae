//! Values of one block with a single use: what a pass may take away from where they stand and build into that use.
//!
//! Not liveness, which asks whether a value is needed later at all.

use super::{Body, LocalId, Operand, Rvalue, Statement, StatementKind};

/// The place of the statement before `user` in its block that makes `name`, when the statement there is all that reads
/// it and nothing between the two writes what it reads.
pub(super) fn made_for(body: &Body, block: usize, user: usize, name: LocalId) -> Option<usize> {
    let statements = &body.blocks.get(block)?.statements;
    let made = statements.get(..user)?.iter().rposition(|it| defines(it, name))?;
    let StatementKind::Assign(_, value) = &statements.get(made)?.kind else { return None };
    let between = statements.get(made + 1..user)?;
    let stable = !between.iter().any(|it| value.operands().iter().any(|read| writes(it, read)));
    let alone = reads(statements.get(user)?, name) && count(body, name) == 1;
    (stable && alone).then_some(made)
}

/// What a statement computes.
pub(super) fn value_at(body: &Body, block: usize, at: usize) -> Option<&Rvalue> {
    match &body.blocks.get(block)?.statements.get(at)?.kind {
        StatementKind::Assign(_, value) => Some(value),
        StatementKind::Spend | StatementKind::Note { .. } => None,
    }
}

pub(super) fn reads(statement: &Statement, name: LocalId) -> bool {
    let StatementKind::Assign(_, value) = &statement.kind else { return false };
    value.operands().iter().any(|operand| is(operand, name))
}

fn defines(statement: &Statement, name: LocalId) -> bool {
    matches!(&statement.kind, StatementKind::Assign(target, _) if *target == name)
}

fn writes(statement: &Statement, read: &Operand) -> bool {
    matches!(&statement.kind, StatementKind::Assign(target, _) if is(read, *target))
}

fn is(operand: &Operand, name: LocalId) -> bool {
    matches!(operand, Operand::Local(id) if *id == name)
}

/// How often a local is read in the whole body.
pub(super) fn count(body: &Body, name: LocalId) -> usize {
    let statements = body.blocks.iter().flat_map(|block| &block.statements).flat_map(|it| match &it.kind {
        StatementKind::Assign(_, value) => value.operands(),
        StatementKind::Spend | StatementKind::Note { .. } => Vec::new(),
    });
    let ends = body.blocks.iter().flat_map(|block| block.terminator.operands());
    statements.chain(ends).filter(|operand| is(operand, name)).count()
}
