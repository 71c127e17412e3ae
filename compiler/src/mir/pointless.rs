//! What is computed for nothing: values that nobody reads and that cannot throw, and choices between two ways that are
//! the same. One leaves the other behind, so they are looked for together.

use std::collections::BTreeMap;

use breyta_core::Value;

use super::live::{Liveness, step_back};
use super::{BlockId, Body, Operand, Rvalue, StatementKind, Terminator};

/// Drops them until none is left. Blocks may be out of reach afterwards.
pub(super) fn drop_pointless(body: &mut Body) {
    while drop_unread(body) | drop_choices(body) {}
    drop_closures(body);
}

/// Drops the bodies of closures that are not made any more.
fn drop_closures(body: &mut Body) {
    let mut numbers = BTreeMap::new();
    for statement in body.blocks.iter_mut().flat_map(|block| &mut block.statements) {
        if let StatementKind::Assign(_, value) = &mut statement.kind {
            for index in value.closures_mut() {
                let next = numbers.len();
                *index = *numbers.entry(*index).or_insert(next);
            }
        }
    }
    let mut kept: Vec<(usize, Body)> = std::mem::take(&mut body.closures)
        .into_iter()
        .enumerate()
        .filter_map(|(index, closure)| Some((*numbers.get(&index)?, closure)))
        .collect();
    kept.sort_by_key(|(number, _)| *number);
    body.closures = kept.into_iter().map(|(_, closure)| closure).collect();
}

fn drop_unread(body: &mut Body) -> bool {
    let liveness = Liveness::of(body);
    let mut changed = false;
    for id in body.block_ids().collect::<Vec<_>>() {
        let mut live = liveness.before_terminator(body, id);
        let caught = liveness.needed_by_handler(body, id);
        let Some(block) = body.blocks.get_mut(id.0) else { continue };
        let mut kept = Vec::with_capacity(block.statements.len());
        for statement in std::mem::take(&mut block.statements).into_iter().rev() {
            let keep = match &statement.kind {
                StatementKind::Assign(target, value) => live.contains(target) || value.may_throw(),
                StatementKind::Spend | StatementKind::Note { .. } => true,
            };
            changed |= !keep;
            if keep {
                step_back(&body.locals, &statement, &mut live, &caught);
                kept.push(statement);
            }
        }
        kept.reverse();
        block.statements = kept;
    }
    changed
}

fn drop_choices(body: &mut Body) -> bool {
    let mut changed = false;
    for index in 0..body.blocks.len() {
        let Some(Terminator::If { then, otherwise, .. }) = body.blocks.get(index).map(|it| &it.terminator)
        else {
            continue;
        };
        let end = destination(body, *then);
        if end == destination(body, *otherwise)
            && let Some(block) = body.blocks.get_mut(index)
        {
            block.terminator = Terminator::Goto(end);
            changed = true;
        }
    }
    changed
}

/// Where a jump ends after blocks that do nothing.
fn destination(body: &Body, start: BlockId) -> BlockId {
    let mut end = start;
    for _ in 0..body.blocks.len() {
        let block = body.block(end);
        match block.terminator {
            Terminator::Goto(next) if block.statements.is_empty() => end = next,
            _ => break,
        }
    }
    end
}

impl Rvalue {
    /// Whether evaluating it can throw; what cannot may be left out when its value is not used.
    pub fn may_throw(&self) -> bool {
        match self {
            Self::Call(..) | Self::CallWith { .. } | Self::Invoke(..) | Self::Update(_) => true,
            Self::Set(items) => !are_distinct(items.iter()),
            Self::Map(entries) => !are_distinct(entries.iter().map(|(key, _)| key)),
            _ => false,
        }
    }
}

/// Whether all of these are constants, and no two the same.
pub fn are_distinct<'a>(keys: impl Iterator<Item = &'a Operand>) -> bool {
    let mut seen: Vec<&Value> = Vec::new();
    for key in keys {
        let Operand::Constant(value) = key else { return false };
        if seen.contains(&value) {
            return false;
        }
        seen.push(value);
    }
    true
}
