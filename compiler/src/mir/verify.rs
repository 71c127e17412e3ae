//! The rules of well-formed bodies, checked after every pass in debug builds.
//!
//! 1. Every block is ended: no terminator is left open, and every successor exists.
//! 2. Every local that is read exists and was written on every path before (nothing is live at entry but what is given).
//! 3. A closure's captured operands match the captured locals of its body one by one.
//! 4. Suspension ids of one body are unique; functions and closures have none.
//! 5. A resume block has exactly one predecessor: its suspension.
//! 6. Every block can be reached from the entry.
//! 7. A handler is entered by errors only, and what it needs is not written where they come from.

use std::collections::BTreeSet;

use super::{BlockId, Body, LocalId, Operand, Program, StatementKind, Terminator, live};

/// Whether suspensions may occur.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Steps {
    Allowed,
    Forbidden,
}

/// Checks all bodies of a program: the broken rules, in words.
pub fn verify(program: &Program) -> Vec<String> {
    let mut broken = Vec::new();
    body(&program.flow, Steps::Allowed, &mut broken);
    for (_, function) in &program.functions {
        body(function, Steps::Forbidden, &mut broken);
    }
    broken
}

fn body(of: &Body, steps: Steps, broken: &mut Vec<String>) {
    let before = broken.len();
    let mut say = |rule: u8, what: String| broken.push(format!("{}: rule {rule}: {what}", of.name));
    edges(of, &mut say);
    suspensions(of, steps, &mut say);
    if broken.len() > before {
        // The rest walks the graph, which is not one.
        return;
    }
    let mut say = |rule: u8, what: String| broken.push(format!("{}: rule {rule}: {what}", of.name));
    reads(of, &mut say);
    handlers(of, &mut say);
    closures(of, &mut say);
    for closure in &of.closures {
        body(closure, Steps::Forbidden, broken);
    }
}

fn edges(of: &Body, say: &mut impl FnMut(u8, String)) {
    for id in of.block_ids() {
        for next in of.successors(id) {
            if next.0 >= of.blocks.len() {
                say(1, format!("block b{} goes to a block that does not exist", id.0));
            }
        }
    }
    let mut reached = BTreeSet::from([BlockId(0)]);
    let mut todo = vec![BlockId(0)];
    while let Some(id) = todo.pop() {
        if id.0 >= of.blocks.len() {
            continue;
        }
        for next in of.successors(id) {
            if reached.insert(next) {
                todo.push(next);
            }
        }
    }
    for id in of.block_ids().filter(|id| !reached.contains(id)) {
        say(6, format!("block b{} cannot be reached", id.0));
    }
}

fn suspensions(of: &Body, steps: Steps, say: &mut impl FnMut(u8, String)) {
    let mut points = BTreeSet::new();
    for suspension in of.suspensions() {
        if steps == Steps::Forbidden {
            say(4, format!("the step `{}` stands in a function or closure", suspension.point));
        }
        if !points.insert(suspension.point.as_str()) {
            say(4, format!("the suspension id `{}` is there twice", suspension.point));
        }
        let into = of.blocks.iter().flat_map(|block| block.terminator.successors());
        if into.filter(|next| *next == suspension.resume).count() != 1 {
            say(5, format!("the resume block of `{}` has other ways in", suspension.point));
        }
    }
}

fn reads(of: &Body, say: &mut impl FnMut(u8, String)) {
    let exists = |id: &LocalId| id.0 < of.locals.len();
    for block in &of.blocks {
        let in_statements = block.statements.iter().flat_map(|statement| match &statement.kind {
            StatementKind::Assign(_, value) => value.operands(),
            StatementKind::Note { .. } | StatementKind::Spend => Vec::new(),
        });
        for operand in in_statements.chain(block.terminator.operands()) {
            if let Operand::Local(id) = operand
                && !exists(id)
            {
                say(2, format!("%{} does not exist", id.0));
            }
        }
    }
    let given: BTreeSet<LocalId> = of.given().collect();
    for id in live::at_entry(of).difference(&given).filter(|id| exists(id)) {
        say(2, format!("%{} is read before it is written", of.local(*id).name));
    }
}

fn handlers(of: &Body, say: &mut impl FnMut(u8, String)) {
    let liveness = live::Liveness::of(of);
    let blocks: BTreeSet<BlockId> = of.handlers().into_iter().map(|handler| handler.block).collect();
    for id in of.block_ids() {
        let jumps = match &of.block(id).terminator {
            Terminator::Suspend(suspension) => vec![suspension.resume],
            other => other.successors(),
        };
        for next in jumps.into_iter().filter(|next| blocks.contains(next)) {
            say(7, format!("b{} jumps into the handler b{}", id.0, next.0));
        }
        let needed = liveness.needed_by_handler(of, id);
        for statement in &of.block(id).statements {
            if let StatementKind::Assign(target, _) = &statement.kind
                && needed.contains(target)
            {
                say(7, format!("b{} writes %{}, which its handler needs", id.0, of.local(*target).name));
            }
        }
    }
}

fn closures(of: &Body, say: &mut impl FnMut(u8, String)) {
    for statement in of.blocks.iter().flat_map(|block| &block.statements) {
        let StatementKind::Assign(_, value) = &statement.kind else { continue };
        for (index, captured) in value.closures() {
            match of.closures.get(index) {
                Some(closure) if closure.captured.len() == captured.len() => {}
                Some(_) => say(3, format!("closure {index} gets other captured values than it has")),
                None => say(3, format!("closure {index} does not exist")),
            }
        }
    }
}
