//! Liveness: which locals are still read after a place. Backwards over the graph until nothing changes. While a local
//! is live that is borrowed from another, that one is.

use std::collections::BTreeSet;

use super::{BlockId, Body, Local, LocalId, Operand, Statement, StatementKind, Terminator};

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
                let known = |next: BlockId| at_start.get(next.0).cloned().unwrap_or_default();
                let caught = caught(body, id, known);
                let mut live = before_exit(body, id, known);
                for statement in body.block(id).statements.iter().rev() {
                    step_back(&body.locals, statement, &mut live, &caught);
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

    /// What must outlive the end of a block: live after it, but for what a suspension and its handler make.
    pub fn at_exit(&self, body: &Body, block: BlockId) -> BTreeSet<LocalId> {
        exit(body, block, |next| self.at_start(next))
    }

    /// Live right before the terminator of a block reads.
    pub(super) fn before_terminator(&self, body: &Body, id: BlockId) -> BTreeSet<LocalId> {
        before_exit(body, id, |next| self.at_start(next))
    }

    /// What the handler of a block needs, when one of the block's statements can throw: live everywhere in the block.
    pub fn needed_by_handler(&self, body: &Body, id: BlockId) -> BTreeSet<LocalId> {
        caught(body, id, |next| self.at_start(next))
    }

    /// For every statement of a block, what is live right after it; last, what is live after the terminator's reads.
    pub fn after_each(&self, body: &Body, id: BlockId) -> Vec<BTreeSet<LocalId>> {
        let block = body.block(id);
        let caught = self.needed_by_handler(body, id);
        let mut sets = vec![self.at_exit(body, id)];
        let mut live = self.before_terminator(body, id);
        for statement in block.statements.iter().rev() {
            sets.push(live.clone());
            step_back(&body.locals, statement, &mut live, &caught);
        }
        sets.reverse();
        sets
    }
}

/// Live at the entry of a body.
pub fn at_entry(body: &Body) -> BTreeSet<LocalId> {
    Liveness::of(body).at_start(BlockId(0))
}

/// Live after the terminator of a block. The result of a suspension is made by it, the error by the handler's entry.
fn exit(body: &Body, id: BlockId, at_start: impl Fn(BlockId) -> BTreeSet<LocalId>) -> BTreeSet<LocalId> {
    let terminator = &body.block(id).terminator;
    let Terminator::Suspend(suspension) = terminator else {
        return terminator.successors().into_iter().flat_map(at_start).collect();
    };
    let mut live = at_start(suspension.resume);
    live.remove(&suspension.result);
    if let Some(handler) = suspension.handler {
        live.extend(at_start(handler.block).into_iter().filter(|it| *it != handler.error));
    }
    live
}

/// Live before the terminator of a block.
fn before_exit(
    body: &Body,
    id: BlockId,
    at_start: impl Fn(BlockId) -> BTreeSet<LocalId> + Copy,
) -> BTreeSet<LocalId> {
    let mut live = exit(body, id, at_start);
    live.extend(body.block(id).terminator.operands().into_iter().flat_map(|it| read(&body.locals, it)));
    live.extend(caught(body, id, at_start));
    live
}

/// What the handler of a block needs.
fn caught(body: &Body, id: BlockId, at_start: impl Fn(BlockId) -> BTreeSet<LocalId>) -> BTreeSet<LocalId> {
    let handler = body.thrown_to(id);
    let needed = handler.into_iter().flat_map(|it| at_start(it.block).into_iter().map(move |id| (it, id)));
    needed.filter(|(handler, id)| *id != handler.error).map(|(_, id)| id).collect()
}

/// From after a statement to before it; `caught` is what the block's handler needs.
pub(super) fn step_back(
    locals: &[Local],
    statement: &Statement,
    live: &mut BTreeSet<LocalId>,
    caught: &BTreeSet<LocalId>,
) {
    if let StatementKind::Assign(target, value) = &statement.kind {
        live.remove(target);
        live.extend(value.operands().into_iter().flat_map(|it| read(locals, it)));
        live.extend(caught);
    }
}

/// The local that an operand reads, and those in whose values it stands.
pub(crate) fn read(locals: &[Local], operand: &Operand) -> impl Iterator<Item = LocalId> {
    let own = if let Operand::Local(id) = operand { Some(*id) } else { None };
    std::iter::successors(own, |id| locals.get(id.0)?.kept.lender())
}
