//! Which blocks belong to which state: the graph cut at suspensions into regions with one way in.
//!
//! A region begins at the entry, at a resume block, at a handler of errors, where a `try` begins or ends, or at a block
//! that several regions reach (a continuation). Every other block belongs to the region of all its predecessors. So all
//! blocks of a region have one handler.

use std::collections::{BTreeMap, BTreeSet};

use crate::mir::{BlockId, Body, Terminator};

/// The partition of a body's blocks.
#[derive(Debug)]
pub(super) struct Regions {
    head_of: BTreeMap<BlockId, BlockId>,
    order: Vec<BlockId>,
}

impl Regions {
    /// One region for everything: a function's body.
    pub(super) fn single(body: &Body) -> Self {
        Self { head_of: body.block_ids().map(|id| (id, BlockId(0))).collect(), order: vec![BlockId(0)] }
    }

    pub(super) fn of(body: &Body) -> Self {
        let mut heads: BTreeSet<BlockId> = body.suspensions().map(|it| it.resume).collect();
        heads.insert(BlockId(0));
        heads.extend(body.handlers().into_iter().map(|handler| handler.block));
        heads.extend(body.block_ids().filter(|id| crosses_try(body, *id)));
        loop {
            let head_of = assign(body, &heads);
            let more: Vec<BlockId> = body
                .block_ids()
                .filter(|id| !heads.contains(id))
                .filter(|id| {
                    let regions: BTreeSet<_> =
                        jumps_into(body, *id).filter_map(|from| head_of.get(&from)).collect();
                    regions.len() > 1
                })
                .collect();
            // One new head at a time: it may settle the others.
            match more.first() {
                Some(first) => heads.insert(*first),
                None => return Self { head_of, order: heads.into_iter().collect() },
            };
        }
    }

    /// The first blocks of all regions, in block order.
    pub(super) fn heads(&self) -> &[BlockId] {
        &self.order
    }

    /// Whether code of the region leads back to its head.
    pub(super) fn goes_round(&self, body: &Body, head: BlockId) -> bool {
        self.blocks(head).any(|id| jumps(body, id).any(|next| next == head))
            || self
                .blocks(head)
                .any(|id| jumps(body, id).any(|next| next != head && reaches(body, next, head)))
    }

    pub(super) fn contains(&self, head: BlockId, block: BlockId) -> bool {
        self.head_of.get(&block) == Some(&head)
    }

    /// The blocks of a region in block order.
    pub(super) fn blocks(&self, head: BlockId) -> impl Iterator<Item = BlockId> {
        self.head_of.iter().filter(move |(_, it)| **it == head).map(|(id, _)| *id)
    }
}

/// Whether jumps lead from one block to another, through any regions.
fn reaches(body: &Body, from: BlockId, to: BlockId) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut todo = vec![from];
    while let Some(id) = todo.pop() {
        if id == to {
            return true;
        }
        todo.extend(jumps(body, id).filter(|next| seen.insert(*next)));
    }
    false
}

/// Blocks to heads, forward from every head through blocks that are none.
fn assign(body: &Body, heads: &BTreeSet<BlockId>) -> BTreeMap<BlockId, BlockId> {
    let mut head_of = BTreeMap::new();
    for head in heads {
        let mut todo = vec![*head];
        while let Some(id) = todo.pop() {
            if head_of.insert(id, *head).is_none() {
                todo.extend(jumps(body, id).filter(|next| !heads.contains(next)));
            }
        }
    }
    head_of
}

/// Successors within a state: suspensions end it.
pub(super) fn jumps(body: &Body, id: BlockId) -> impl Iterator<Item = BlockId> {
    match &body.block(id).terminator {
        Terminator::Suspend(_) => Vec::new(),
        other => other.successors(),
    }
    .into_iter()
}

/// Whether a block is reached from where errors go elsewhere. The driver must know that another region begins.
pub(super) fn crosses_try(body: &Body, id: BlockId) -> bool {
    jumps_into(body, id).any(|from| body.block(from).handler != body.block(id).handler)
}

fn jumps_into(body: &Body, to: BlockId) -> impl Iterator<Item = BlockId> {
    body.block_ids().filter(move |from| jumps(body, *from).any(|next| next == to))
}

/// The dominator tree of one region.
#[derive(Debug)]
pub(super) struct Dominators {
    parent: BTreeMap<BlockId, BlockId>,
    /// Reverse postorder number.
    number: BTreeMap<BlockId, usize>,
    /// How many edges of the region come in, without those that go back to a loop's header.
    ways_in: BTreeMap<BlockId, usize>,
    /// The blocks of each loop, by its header.
    loops: BTreeMap<BlockId, BTreeSet<BlockId>>,
}

impl Dominators {
    pub(super) fn of(body: &Body, regions: &Regions, head: BlockId) -> Self {
        let inside = |id: &BlockId| regions.contains(head, *id) && *id != head;
        let order = reverse_postorder(body, head, &inside);
        let number: BTreeMap<BlockId, usize> = order.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let mut ways_in: BTreeMap<BlockId, usize> = BTreeMap::new();
        let mut parent: BTreeMap<BlockId, BlockId> = BTreeMap::new();
        let mut back: Vec<(BlockId, BlockId)> = Vec::new();
        for from in &order {
            for to in jumps(body, *from).filter(inside) {
                if number.get(&to) <= number.get(from) {
                    back.push((*from, to));
                    continue;
                }
                *ways_in.entry(to).or_default() += 1;
                // In reverse postorder every predecessor is done but for those behind back edges, which change nothing:
                // a loop's header dominates its loop.
                let meet = match parent.get(&to) {
                    Some(known) => common(&parent, &number, *known, *from),
                    None => *from,
                };
                parent.insert(to, meet);
            }
        }
        let mut loops: BTreeMap<BlockId, BTreeSet<BlockId>> = BTreeMap::new();
        for (from, header) in back {
            let blocks = loops.entry(header).or_insert_with(|| BTreeSet::from([header]));
            let mut todo = vec![from];
            while let Some(id) = todo.pop() {
                if blocks.insert(id) {
                    todo.extend(order.iter().filter(|it| jumps(body, **it).any(|next| next == id)));
                }
            }
        }
        Self { parent, number, ways_in, loops }
    }

    /// The blocks of the loop that begins here; None when none does.
    pub(super) fn loop_of(&self, header: BlockId) -> Option<&BTreeSet<BlockId>> {
        self.loops.get(&header)
    }

    /// Whether this edge goes back to the header of a loop.
    pub(super) fn is_back_edge(&self, from: BlockId, to: BlockId) -> bool {
        self.number.get(&to) <= self.number.get(&from)
    }

    /// Blocks outside a loop whose immediate dominator is in it: what comes after it, in order.
    pub(super) fn after_loop(&self, header: BlockId) -> Vec<BlockId> {
        let Some(blocks) = self.loops.get(&header) else { return Vec::new() };
        let outside =
            self.parent.iter().filter(|(id, parent)| blocks.contains(parent) && !blocks.contains(id));
        let mut after: Vec<BlockId> =
            outside.map(|(id, _)| *id).filter(|id| self.leaves(*id) == Some(header)).collect();
        after.sort_by_key(|id| self.number.get(id));
        after
    }

    /// The loop that a block stands behind, if any: of those that hold its immediate dominator and not itself the
    /// outermost, because all of them are left at once.
    pub(super) fn leaves(&self, block: BlockId) -> Option<BlockId> {
        let parent = self.parent.get(&block)?;
        let mut left: Vec<(&BlockId, usize)> = self
            .loops
            .iter()
            .filter(|(_, blocks)| blocks.contains(parent) && !blocks.contains(&block))
            .map(|(header, blocks)| (header, blocks.len()))
            .collect();
        left.sort_by_key(|(_, size)| *size);
        left.last().map(|(header, _)| **header)
    }

    /// Blocks with several ways in whose immediate dominator is `block`, innermost first.
    pub(super) fn merges(&self, block: BlockId) -> Vec<BlockId> {
        let mut merges: Vec<BlockId> = self
            .parent
            .iter()
            .filter(|(id, parent)| **parent == block && self.is_merge(**id) && self.leaves(**id).is_none())
            .map(|(id, _)| *id)
            .collect();
        merges.sort_by_key(|id| self.number.get(id));
        merges
    }

    pub(super) fn is_merge(&self, block: BlockId) -> bool {
        self.ways_in.get(&block).is_some_and(|count| *count > 1)
    }

    /// The immediate dominator.
    pub(super) fn parent(&self, block: BlockId) -> Option<BlockId> {
        self.parent.get(&block).copied()
    }

    /// The nearest block that dominates all of these.
    pub(super) fn meet(&self, blocks: impl IntoIterator<Item = BlockId>) -> Option<BlockId> {
        blocks.into_iter().reduce(|a, b| common(&self.parent, &self.number, a, b))
    }
}

fn common(
    parent: &BTreeMap<BlockId, BlockId>,
    number: &BTreeMap<BlockId, usize>,
    mut a: BlockId,
    mut b: BlockId,
) -> BlockId {
    while a != b {
        let (at_a, at_b) = (number.get(&a), number.get(&b));
        let deeper = if at_a > at_b { &mut a } else { &mut b };
        match parent.get(deeper) {
            Some(up) => *deeper = *up,
            None => return *deeper,
        }
    }
    a
}

fn reverse_postorder(body: &Body, head: BlockId, inside: &impl Fn(&BlockId) -> bool) -> Vec<BlockId> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::from([head]);
    // Explicit stack: block and the successors still to visit.
    let mut stack = vec![(head, jumps(body, head).filter(inside).collect::<Vec<_>>())];
    while let Some((id, next)) = stack.last_mut() {
        match next.pop() {
            Some(next) => {
                if seen.insert(next) {
                    stack.push((next, jumps(body, next).filter(inside).collect()));
                }
            }
            None => {
                order.push(*id);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}
