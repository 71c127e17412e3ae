//! Which locals of functions are only looked at, so that generated code leaves them where they stand: in the collection
//! that they are part of, or with the caller. What is copied instead costs a count of owners, twice.
//!
//! A part keeps the collection that lends it. That must not make a copy of what the function would have changed in
//! place: nothing that may be part of the lender is taken while only the loan keeps it. Bodies with steps are left
//! alone: what crosses a step is stored as a value.

use std::collections::BTreeSet;

use breyta_core::library::direct::{self, Shape};

use super::live::Liveness;
use super::{BlockId, Body, Kept, LocalId, Operand, Rvalue, StatementKind, Use};

/// Marks locals that are borrowed.
pub(super) fn mark(body: &mut Body) {
    if body.suspensions().next().is_some() {
        return;
    }
    let facts = Facts::of(body);
    // Whoever called holds what is captured: looking at it changes nothing for anybody.
    let captured = body.captured.iter().copied().filter(|id| facts.is_fixed(*id));
    let looked_at = body.parameters.iter().copied().filter(|id| facts.may_stay_with_caller(*id));
    for id in captured.chain(looked_at).collect::<Vec<_>>() {
        keep(body, id, None);
    }
    for part in &facts.steps {
        if let Some(lender) = part.part_of
            && facts.may_stay_in(body, part, lender)
        {
            keep(body, part.target, Some(lender));
        }
    }
}

fn keep(body: &mut Body, id: LocalId, lender: Option<LocalId>) {
    if let Some(local) = body.locals.get_mut(id.0) {
        local.kept = Kept::Borrowed(lender);
    }
}

/// What a statement does with locals.
struct Step {
    block: BlockId,
    target: LocalId,
    /// The local that the target is looked up in.
    part_of: Option<LocalId>,
    /// Whether the target has no parts.
    scalar: bool,
    uses: Vec<(Use, LocalId)>,
    /// Live behind it, before anything is borrowed.
    live: BTreeSet<LocalId>,
}

impl Step {
    fn looks_at(&self, id: LocalId) -> bool {
        self.uses.contains(&(Use::Looked, id))
    }

    fn reads(&self, id: LocalId) -> bool {
        self.uses.iter().any(|(_, read)| *read == id)
    }
}

/// What the pass has to know of a body.
struct Facts {
    steps: Vec<Step>,
    /// What ends of blocks do with locals.
    ends: Vec<(BlockId, Use, LocalId)>,
    /// By number: how often a local is written; to be given counts.
    writes: Vec<usize>,
    /// By number: whether it is a value.
    boxed: Vec<bool>,
    /// Whether no block comes after itself.
    acyclic: bool,
}

impl Facts {
    fn of(body: &Body) -> Self {
        let liveness = Liveness::of(body);
        let mut facts = Self {
            steps: Vec::new(),
            ends: Vec::new(),
            writes: vec![0; body.locals.len()],
            boxed: body.locals.iter().map(|local| local.kept == Kept::Value).collect(),
            acyclic: is_acyclic(body),
        };
        for block in body.block_ids() {
            let after = liveness.after_each(body, block);
            for (statement, live) in body.block(block).statements.iter().zip(after) {
                if let StatementKind::Assign(target, value) = &statement.kind {
                    facts.steps.push(Step {
                        block,
                        target: *target,
                        part_of: part_of(value),
                        scalar: matches!(value, Rvalue::Call(function, _) if function.returns.is_scalar()),
                        uses: locals(value.uses()).collect(),
                        live,
                    });
                }
            }
            facts.ends.extend(locals(body.block(block).terminator.uses()).map(|(of, id)| (block, of, id)));
        }
        for id in body.given().chain(facts.steps.iter().map(|step| step.target)) {
            if let Some(count) = facts.writes.get_mut(id.0) {
                *count += 1;
            }
        }
        facts
    }

    /// Whether it is a value that never changes.
    fn is_fixed(&self, id: LocalId) -> bool {
        self.writes.get(id.0) == Some(&1) && self.boxed.get(id.0) == Some(&true)
    }

    /// Whether a parameter may stay with the caller: it is looked at, or copied because it is needed later; what may be
    /// part of it is taken only then.
    fn may_stay_with_caller(&self, id: LocalId) -> bool {
        if !self.is_fixed(id) || self.ends.iter().any(|(_, of, read)| *of != Use::Looked && *read == id) {
            return false;
        }
        let shared = self.may_share(id);
        self.steps.iter().all(|step| {
            let held = step.live.contains(&id) || step.looks_at(id);
            let harmless =
                |(of, read): &(Use, LocalId)| *read != id && (*of != Use::Taken || !shared.contains(read));
            held || step.uses.iter().all(harmless)
        })
    }

    /// Whether a part may stay in its collection: it is only looked at, where the collection is sure to be there; the
    /// collection is not taken before, nor what may be part of it when only the part keeps it.
    fn may_stay_in(&self, body: &Body, part: &Step, lender: LocalId) -> bool {
        if !self.is_fixed(part.target)
            || self.writes.get(lender.0) != Some(&1)
            || !self.is_looked_at_near(part)
        {
            return false;
        }
        let mut owner = lender;
        while let Some(next) = body.local(owner).kept.lender() {
            owner = next;
        }
        match body.local(owner).kept {
            // The caller holds it for longer.
            Kept::Borrowed(_) => return true,
            Kept::Integer | Kept::Boolean => return false,
            Kept::Value => {}
        }
        let shared = self.may_share(owner);
        self.steps.iter().all(|step| {
            let needed = step.reads(part.target) || step.live.contains(&part.target);
            let harmless = |(of, read): &(Use, LocalId)| match of {
                Use::Looked => true,
                _ if *read == owner => false,
                Use::Kept => true,
                Use::Taken => !shared.contains(read) || step.live.contains(&owner),
            };
            !needed || step.uses.iter().all(harmless)
        })
    }

    /// Whether everything that reads a local only looks at it, in its block or, when there are no loops, behind it.
    fn is_looked_at_near(&self, part: &Step) -> bool {
        let statements =
            self.steps.iter().flat_map(|step| step.uses.iter().map(|(of, id)| (step.block, *of, *id)));
        let mut uses =
            statements.chain(self.ends.iter().copied()).filter(|(_, _, id)| *id == part.target).peekable();
        uses.peek().is_some()
            && uses.all(|(block, of, _)| of == Use::Looked && (self.acyclic || block == part.block))
    }

    /// Values that are computed from a local, and may be part of it or share parts with it.
    fn may_share(&self, id: LocalId) -> BTreeSet<LocalId> {
        let mut shared = BTreeSet::from([id]);
        loop {
            let before = shared.len();
            for step in self.steps.iter().filter(|step| !step.scalar) {
                if self.boxed.get(step.target.0) == Some(&true)
                    && step.uses.iter().any(|(_, read)| shared.contains(read))
                {
                    shared.insert(step.target);
                }
            }
            if shared.len() == before {
                shared.remove(&id);
                return shared;
            }
        }
    }
}

fn locals(uses: Vec<(Use, &Operand)>) -> impl Iterator<Item = (Use, LocalId)> + use<'_> {
    uses.into_iter().filter_map(|(of, operand)| match operand {
        Operand::Local(id) => Some((of, *id)),
        Operand::Constant(_) | Operand::Function(_) => None,
    })
}

/// The local that a part is looked up in.
fn part_of(value: &Rvalue) -> Option<LocalId> {
    let Rvalue::Call(function, arguments) = value else { return None };
    let direct = direct::by_reference(function, arguments.len())?;
    match arguments.first() {
        Some(Operand::Local(id)) if direct.shape == Shape::Part => Some(*id),
        _ => None,
    }
}

/// Whether no block comes after itself: blocks that nothing unfinished leads to are finished one after the other, and in
/// a circle none ever is.
fn is_acyclic(body: &Body) -> bool {
    let mut ways_in = vec![0usize; body.blocks.len()];
    for next in body.block_ids().flat_map(|id| body.successors(id)) {
        if let Some(count) = ways_in.get_mut(next.0) {
            *count += 1;
        }
    }
    let mut todo: Vec<BlockId> = body.block_ids().filter(|id| ways_in.get(id.0) == Some(&0)).collect();
    let mut finished = 0;
    while let Some(id) = todo.pop() {
        finished += 1;
        for next in body.successors(id) {
            if let Some(count) = ways_in.get_mut(next.0) {
                *count -= 1;
                if *count == 0 {
                    todo.push(next);
                }
            }
        }
    }
    finished == body.blocks.len()
}
