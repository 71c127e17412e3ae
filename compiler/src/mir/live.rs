//! Liveness: which locals are still read after a place. Backwards over the graph until nothing changes.

use std::collections::BTreeSet;

use super::{BlockId, Body, LocalId, Operand, Statement, StatementKind, Terminator};

/// Live locals at the start of every block.
#[derive(Debug)]
pub struct Liveness {
    at_start: Vec<BTreeSet<LocalId>>,
}

impl Liveness {
    pub fn of(body: &Body) -> Self {
        let mut at_start = vec![BTreeSet::new(); body.blocks.len()];
        let mut changed = true;
        while changed {
            changed = false;
            for id in body.block_ids().collect::<Vec<_>>().into_iter().rev() {
                let mut live =
                    after(body, id, |next: BlockId| at_start.get(next.0).cloned().unwrap_or_default());
                for statement in body.block(id).statements.iter().rev() {
                    step_back(statement, &mut live);
                }
                if let Some(place) = at_start.get_mut(id.0)
                    && *place != live
                {
                    *place = live;
                    changed = true;
                }
            }
        }
        Self { at_start }
    }

    /// Live when the block begins. A suspension's result is live at its resume block when it is used at all.
    pub fn at_start(&self, block: BlockId) -> BTreeSet<LocalId> {
        self.at_start.get(block.0).cloned().unwrap_or_default()
    }

    /// Live after the terminator has read its operands: on the edges out of the block.
    pub fn at_exit(&self, body: &Body, block: BlockId) -> BTreeSet<LocalId> {
        body.block(block).terminator.successors().into_iter().flat_map(|next| self.at_start(next)).collect()
    }

    /// Live right before the terminator of a block reads.
    pub(super) fn before_terminator(&self, body: &Body, id: BlockId) -> BTreeSet<LocalId> {
        after(body, id, |next| self.at_start(next))
    }

    /// For every statement of a block, what is live right after it; last, what is live after the terminator's reads.
    pub fn after_each(&self, body: &Body, id: BlockId) -> Vec<BTreeSet<LocalId>> {
        let block = body.block(id);
        let mut sets = vec![exit_without_result(body, id, self.at_exit(body, id))];
        let mut live = after(body, id, |next| self.at_start(next));
        for statement in block.statements.iter().rev() {
            sets.push(live.clone());
            step_back(statement, &mut live);
        }
        sets.reverse();
        sets
    }
}

/// Live at the entry of a body.
pub fn at_entry(body: &Body) -> BTreeSet<LocalId> {
    Liveness::of(body).at_start(BlockId(0))
}

/// Live before the terminator of a block.
fn after(body: &Body, id: BlockId, at_start: impl Fn(BlockId) -> BTreeSet<LocalId>) -> BTreeSet<LocalId> {
    let terminator = &body.block(id).terminator;
    let next = terminator.successors().into_iter().flat_map(at_start).collect();
    let mut live = exit_without_result(body, id, next);
    live.extend(terminator.operands().into_iter().filter_map(read));
    live
}

/// The result of a suspension is made by it.
fn exit_without_result(body: &Body, id: BlockId, mut live: BTreeSet<LocalId>) -> BTreeSet<LocalId> {
    if let Terminator::Suspend(suspension) = &body.block(id).terminator {
        live.remove(&suspension.result);
    }
    live
}

pub(super) fn step_back(statement: &Statement, live: &mut BTreeSet<LocalId>) {
    if let StatementKind::Assign(target, value) = &statement.kind {
        live.remove(target);
        live.extend(value.operands().into_iter().filter_map(read));
    }
}

fn read(operand: &Operand) -> Option<LocalId> {
    if let Operand::Local(id) = operand { Some(*id) } else { None }
}
