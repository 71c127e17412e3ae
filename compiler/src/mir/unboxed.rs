//! Which locals of functions hold nothing but 64-bit integers or booleans, so that generated code keeps them as such.
//!
//! An integer stays one: operations that would leave 64 bits throw. What comes from outside may be anything, so
//! parameters are values; a closure that a fold calls may get a second body for the case that all of its parameters are
//! integers ([`over_integers`]). Bodies with steps are left alone: what crosses a step is stored as a value.

use breyta_core::Value;
use breyta_core::library::direct::{self, Shape};

use super::{Body, Kept, LocalId, Operand, Rvalue, StatementKind, Terminator};

/// Marks locals that are kept unboxed.
pub(super) fn mark(body: &mut Body) {
    if body.suspensions().next().is_none() {
        let kept = representation(body, Kept::Value);
        for (local, kept) in body.locals.iter_mut().zip(kept) {
            local.kept = kept;
        }
    }
    mark_folds(body);
}

/// Marks the folds whose closure has a body over integers.
fn mark_folds(body: &mut Body) {
    let closures: Vec<bool> = body.closures.iter().map(|closure| over_integers(closure).is_some()).collect();
    for statement in body.blocks.iter_mut().flat_map(|block| &mut block.statements) {
        if let StatementKind::Assign(_, Rvalue::CallWith { function, closure, arguments, integers, .. }) =
            &mut statement.kind
        {
            *integers = closures.get(*closure) == Some(&true)
                && direct::with_closure(function, arguments.len() + 1).is_some_and(|with| with.integers);
        }
    }
}

/// How the locals are kept in the body of a closure whose parameters are all integers, when everything in it is an
/// integer or a boolean then and an integer comes out.
pub fn over_integers(closure: &Body) -> Option<Vec<Kept>> {
    if !closure.captured.is_empty() || closure.rest.is_some() || !closure.closures.is_empty() {
        return None;
    }
    let kept = representation(closure, Kept::Integer);
    let of = |operand: &Operand| kind(operand, &kept);
    let unboxed = closure.blocks.iter().all(|block| {
        let statements = block.statements.iter().all(|statement| match &statement.kind {
            StatementKind::Assign(target, _) => kept.get(target.0).is_some_and(|kept| *kept != Kept::Value),
            StatementKind::Spend | StatementKind::Note { .. } => false,
        });
        statements
            && match &block.terminator {
                Terminator::Return(value) => of(value) == Kept::Integer,
                Terminator::If { condition, .. } => of(condition) == Kept::Boolean,
                Terminator::Goto(_) => true,
                Terminator::Suspend(_) => false,
            }
    });
    unboxed.then_some(kept)
}

/// Assumes the best of every local that is written and takes back what some write contradicts, until nothing changes.
fn representation(body: &Body, given: Kept) -> Vec<Kept> {
    let mut best = vec![None; body.locals.len()];
    for id in body.given() {
        set(&mut best, id, if body.rest == Some(id) { Kept::Value } else { given });
    }
    loop {
        let mut next = best.clone();
        for statement in body.blocks.iter().flat_map(|block| &block.statements) {
            if let StatementKind::Assign(target, value) = &statement.kind {
                // None when it reads a local of which nothing is known yet.
                if let Some(kept) = result(value, &best) {
                    set(&mut next, *target, kept);
                }
            }
        }
        if next == best {
            return best.into_iter().map(|kept| kept.unwrap_or(Kept::Value)).collect();
        }
        best = next;
    }
}

/// Two different answers make a value.
fn set(best: &mut [Option<Kept>], id: LocalId, kept: Kept) {
    if let Some(place) = best.get_mut(id.0) {
        *place = match *place {
            None => Some(kept),
            Some(before) if before == kept => Some(kept),
            Some(_) => Some(Kept::Value),
        };
    }
}

/// What a statement gives; None while that is not known.
fn result(value: &Rvalue, best: &[Option<Kept>]) -> Option<Kept> {
    let of = |operand: &Operand| match operand {
        Operand::Local(id) => best.get(id.0).copied().flatten(),
        Operand::Constant(Value::Int(_)) => Some(Kept::Integer),
        Operand::Constant(Value::Bool(_)) => Some(Kept::Boolean),
        Operand::Constant(_) | Operand::Function(_) => Some(Kept::Value),
    };
    match value {
        Rvalue::Use(operand) => of(operand),
        Rvalue::Call(function, arguments) => {
            let Some(direct) = direct::by_reference(function, arguments.len()) else {
                return Some(Kept::Value);
            };
            match direct.shape {
                Shape::Predicate => Some(Kept::Boolean),
                Shape::Value | Shape::Part => Some(Kept::Value),
                Shape::Arithmetic | Shape::Comparison => {
                    let known: Option<Vec<Kept>> = arguments.iter().map(of).collect();
                    let integers = known?.iter().all(|kept| *kept == Kept::Integer);
                    Some(match direct.shape {
                        Shape::Comparison => Kept::Boolean,
                        _ if integers => Kept::Integer,
                        _ => Kept::Value,
                    })
                }
            }
        }
        _ => Some(Kept::Value),
    }
}

/// How an operand is kept.
pub fn kind(operand: &Operand, kept: &[Kept]) -> Kept {
    match operand {
        Operand::Local(id) => kept.get(id.0).copied().unwrap_or_default(),
        Operand::Constant(Value::Int(_)) => Kept::Integer,
        Operand::Constant(Value::Bool(_)) => Kept::Boolean,
        Operand::Constant(_) | Operand::Function(_) => Kept::Value,
    }
}
