//! Passes that make bodies smaller without changing what they do.

use std::collections::BTreeMap;

use breyta_core::Value;

use super::{BlockId, Body, LocalId, Operand, Program, Rvalue, StatementKind, Terminator};

/// A pass: its name and one sentence.
pub struct Pass {
    pub name: &'static str,
    pub doc: &'static str,
    /// Whether bodies are well-formed without it.
    pub optional: bool,
    run: fn(&mut Body),
}

/// All passes, in the order in which they run.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "unreachable",
        doc: "Drops blocks that nothing leads to: what stands behind a `recur`.",
        optional: false,
        run: unreachable,
    },
    Pass {
        name: "constants",
        doc: "Makes a vector, map or set whose parts are all constants a constant itself.",
        optional: true,
        run: super::constants::fold,
    },
    Pass {
        name: "copies",
        doc: "Reads the original where a local is only another name for it.",
        optional: true,
        run: copies,
    },
    Pass {
        name: "pointless",
        doc: "Drops values that nobody reads and that cannot throw, and choices between two ways that are the same.",
        optional: true,
        run: pointless,
    },
    Pass {
        name: "guards",
        doc: "Takes a block that cannot throw out of its `try` when all around it is outside.",
        optional: true,
        run: guards,
    },
    Pass {
        name: "chains",
        doc: "Joins a block with its only successor when that has no other way in.",
        optional: true,
        run: chains,
    },
    Pass {
        name: "binary",
        doc: "Spells sums, differences and products of several numbers as steps of two.",
        optional: true,
        run: super::binary::split,
    },
    Pass {
        name: "updates",
        doc: "Changes what stands at a written path in its place, without a vector of the path or a function value.",
        optional: true,
        run: super::updates::in_place,
    },
    Pass {
        name: "shared",
        doc: "Goes once to where the paths of updates part that follow each other and begin alike.",
        optional: true,
        run: super::shared::join,
    },
    Pass {
        name: "closures",
        doc: "Hands a closure that one library call alone uses straight to it, to be inlined there.",
        optional: true,
        run: super::closures::hand_over,
    },
    Pass {
        name: "unboxed",
        doc: "Keeps locals of functions that are always integers or booleans as such, and gives folds a body over integers.",
        optional: true,
        run: super::unboxed::mark,
    },
    Pass {
        name: "borrowed",
        doc: "Looks at parts of collections, elements and captured values where they stand when nothing is done but look.",
        optional: true,
        run: super::borrowed::mark,
    },
];

/// Which passes run. Those that are not optional always do.
#[derive(Clone, Copy, Debug)]
pub struct Passes {
    /// Names of passes that are left out; None leaves out all.
    off: Option<&'static [&'static str]>,
}

impl Passes {
    pub const ALL: Self = Self { off: Some(&[]) };
    pub const NONE: Self = Self { off: None };

    /// All but these.
    pub const fn without(names: &'static [&'static str]) -> Self {
        Self { off: Some(names) }
    }

    pub fn runs_all(&self) -> bool {
        self.off.is_some_and(<[_]>::is_empty)
    }

    /// Whether a pass runs.
    pub fn runs(&self, pass: &Pass) -> bool {
        !pass.optional || self.off.is_some_and(|off| !off.contains(&pass.name))
    }
}

/// Runs passes over all bodies; in debug builds the verifier after each.
pub fn simplify(program: &mut Program, passes: &Passes) {
    for pass in PASSES.iter().filter(|pass| passes.runs(pass)) {
        each_body(&mut program.flow, pass.run);
        for (_, function) in &mut program.functions {
            each_body(function, pass.run);
        }
        debug_assert_eq!(
            super::verify::verify(program),
            Vec::<String>::new(),
            "after the pass `{}`",
            pass.name
        );
    }
}

fn each_body(body: &mut Body, run: fn(&mut Body)) {
    run(body);
    for closure in &mut body.closures {
        each_body(closure, run);
    }
}

/// `%a = use %b` where both are written once: every read of `%a` becomes one of `%b`. Constants likewise.
fn copies(body: &mut Body) {
    let mut writes: BTreeMap<LocalId, usize> = BTreeMap::new();
    for id in body.given() {
        *writes.entry(id).or_default() += 1;
    }
    for block in &body.blocks {
        for statement in &block.statements {
            if let StatementKind::Assign(target, _) = &statement.kind {
                *writes.entry(*target).or_default() += 1;
            }
        }
        if let Terminator::Suspend(suspension) = &block.terminator {
            *writes.entry(suspension.result).or_default() += 1;
        }
    }
    for handler in body.handlers() {
        *writes.entry(handler.error).or_default() += 1;
    }
    let once = |id: &LocalId| writes.get(id) == Some(&1);
    // What is stored between steps is better made again.
    let may_suspend = body.suspensions().next().is_some();
    let reads = reads(body);
    let mut originals: BTreeMap<LocalId, Operand> = BTreeMap::new();
    for block in &mut body.blocks {
        block.statements.retain(|statement| match &statement.kind {
            StatementKind::Assign(target, Rvalue::Use(operand)) if once(target) => {
                let stable = match operand {
                    Operand::Local(id) => once(id),
                    // Read in two places it would be two values, and `identical?` tells.
                    Operand::Constant(value) if has_place(value) => {
                        may_suspend || reads.get(target) == Some(&1)
                    }
                    Operand::Constant(_) | Operand::Function(_) => true,
                };
                if stable {
                    originals.insert(*target, operand.clone());
                }
                !stable
            }
            _ => true,
        });
    }
    replace(body, &originals);
}

/// How often each local is read; a read that only gives it another name counts for many.
fn reads(body: &Body) -> BTreeMap<LocalId, usize> {
    let mut reads: BTreeMap<LocalId, usize> = BTreeMap::new();
    let mut count = |operand: &Operand, times: usize| {
        if let Operand::Local(id) = operand {
            *reads.entry(*id).or_default() += times;
        }
    };
    for block in &body.blocks {
        for statement in &block.statements {
            match &statement.kind {
                StatementKind::Assign(_, Rvalue::Use(operand)) => count(operand, 2),
                StatementKind::Assign(_, value) => value.operands().into_iter().for_each(|it| count(it, 1)),
                StatementKind::Spend | StatementKind::Note { .. } => {}
            }
        }
        block.terminator.operands().into_iter().for_each(|it| count(it, 1));
    }
    reads
}

/// Whether a constant is one value in one place, rather than the same wherever it is written.
fn has_place(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Vector(_) | Value::Map(_) | Value::Set(_) | Value::Regex(_))
}

fn replace(body: &mut Body, originals: &BTreeMap<LocalId, Operand>) {
    let resolve = |operand: &mut Operand| {
        while let Operand::Local(id) = operand
            && let Some(original) = originals.get(id)
        {
            *operand = original.clone();
        }
    };
    for block in &mut body.blocks {
        for statement in &mut block.statements {
            if let StatementKind::Assign(_, value) = &mut statement.kind {
                value.operands_mut().into_iter().for_each(resolve);
            }
        }
        block.terminator.operands_mut().into_iter().for_each(resolve);
    }
}

/// Drops blocks that cannot be reached from the entry.
fn unreachable(body: &mut Body) {
    let mut reached = vec![false; body.blocks.len()];
    let mut todo = vec![BlockId(0)];
    while let Some(id) = todo.pop() {
        if let Some(seen) = reached.get_mut(id.0).filter(|seen| !**seen) {
            *seen = true;
            todo.extend(body.successors(id));
        }
    }
    let blocks = std::mem::take(&mut body.blocks);
    renumber(
        body,
        blocks.into_iter().zip(reached).map(|(block, reached)| reached.then_some(block)).collect(),
    );
}

fn pointless(body: &mut Body) {
    super::pointless::drop_pointless(body);
    unreachable(body);
}

/// A block that cannot throw needs no handler; without one it may be joined with the blocks around the `try`.
fn guards(body: &mut Body) {
    let mut outside = Vec::new();
    for id in body.block_ids().filter(|id| !body.block(*id).may_throw()) {
        let own = body.block(id).handler;
        let before = body.block_ids().filter(|from| jumps(body, *from).contains(&id));
        let around: Vec<_> = before.chain(jumps(body, id)).map(|other| body.block(other).handler).collect();
        if let Some(first) = around.first()
            && around.iter().all(|it| it == first)
            && *first != own
        {
            outside.push((id, *first));
        }
    }
    for (id, handler) in outside {
        if let Some(block) = body.blocks.get_mut(id.0) {
            block.handler = handler;
        }
    }
}

/// Where a block goes on without waiting.
fn jumps(body: &Body, id: BlockId) -> Vec<BlockId> {
    match &body.block(id).terminator {
        Terminator::Suspend(_) => Vec::new(),
        other => other.successors(),
    }
}

fn has_one_handler(blocks: &[Option<super::Block>], first: usize, second: usize) -> bool {
    let of = |index: usize| blocks.get(index).and_then(Option::as_ref).map(|block| block.handler);
    of(first) == of(second)
}

/// Joins chains of blocks and numbers the rest anew, in order.
fn chains(body: &mut Body) {
    let mut ways_in = vec![0usize; body.blocks.len()];
    for id in body.block_ids() {
        for next in body.successors(id) {
            if let Some(count) = ways_in.get_mut(next.0) {
                *count += 1;
            }
        }
    }
    let mut blocks: Vec<Option<super::Block>> =
        std::mem::take(&mut body.blocks).into_iter().map(Some).collect();
    for index in 0..blocks.len() {
        while let Some(next) = only_successor(&blocks, index).filter(|next| ways_in.get(*next) == Some(&1))
            && has_one_handler(&blocks, index, next)
            && let Some(absorbed) = blocks.get_mut(next).and_then(Option::take)
        {
            if let Some(Some(block)) = blocks.get_mut(index) {
                block.statements.extend(absorbed.statements);
                block.terminator = absorbed.terminator;
            }
        }
    }
    renumber(body, blocks);
}

/// Gives the blocks that are left their places, in order.
fn renumber(body: &mut Body, blocks: Vec<Option<super::Block>>) {
    let mut numbers = BTreeMap::new();
    for (index, _) in blocks.iter().enumerate().filter(|(_, block)| block.is_some()) {
        numbers.insert(BlockId(index), BlockId(numbers.len()));
    }
    let renumber = |id: &mut BlockId| *id = numbers.get(id).copied().unwrap_or(*id);
    body.blocks = blocks.into_iter().flatten().collect();
    for block in &mut body.blocks {
        // A handler that is gone caught nothing.
        block.handler = block.handler.filter(|it| numbers.contains_key(&it.block));
        if let Some(handler) = &mut block.handler {
            renumber(&mut handler.block);
        }
        match &mut block.terminator {
            Terminator::Goto(next) => renumber(next),
            Terminator::If { then, otherwise, .. } => {
                renumber(then);
                renumber(otherwise);
            }
            Terminator::Suspend(suspension) => {
                renumber(&mut suspension.resume);
                if let Some(handler) = &mut suspension.handler {
                    renumber(&mut handler.block);
                }
            }
            Terminator::Return(_) => {}
        }
    }
}

/// The block that this one jumps to unconditionally, if it is another one.
fn only_successor(blocks: &[Option<super::Block>], index: usize) -> Option<usize> {
    match blocks.get(index)?.as_ref()?.terminator {
        Terminator::Goto(next) if next.0 != index => Some(next.0),
        Terminator::Goto(_) | Terminator::If { .. } | Terminator::Return(_) | Terminator::Suspend(_) => None,
    }
}
