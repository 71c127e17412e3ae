//! What is written and does nothing: bindings that nobody reads, branches that are never taken.

use std::collections::BTreeSet;

use breyta_core::Value;

use super::infer::Inference;
use super::lattice::Type;
use super::walk::children;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::hir::{Body, Expr, ExprKind, LocalId};

impl Inference<'_, '_> {
    /// Warns of a branch that is never taken, when that follows from what is written and not from data.
    pub(super) fn unreachable(&mut self, condition: &Expr, holds: bool, dead: &Expr) {
        // A branch that was left out says nothing.
        let empty = matches!(&dead.kind, ExprKind::Literal(Value::Nil));
        if !is_certain(condition) || (empty && !holds) {
            return;
        }
        let always = if holds { "true" } else { "false" };
        let mut problem = Diagnostic::new(
            Code::UNREACHABLE_BRANCH,
            condition.span,
            format!("this condition is always {always}"),
        )
        .note("only nil and false are false: 0, \"\" and empty collections are true");
        if !empty {
            problem = problem.also(dead.span, "this is never reached");
        }
        if holds && matches!(&condition.kind, ExprKind::Call { .. }) {
            problem = problem.help("ask for what matters: `(seq items)`, `(pos? n)`, `(some? value)`");
        }
        self.report(problem);
    }
}

/// Whether what a condition gives follows from how it is written. Locals are left out: what they hold may be about to be
/// changed, and what the compiler makes of `and`, `case` and `if-let` tests locals too.
fn is_certain(condition: &Expr) -> bool {
    match &condition.kind {
        // `true`, `nil` and `:always` are written on purpose.
        ExprKind::Literal(value) => !matches!(value, Value::Nil | Value::Bool(_) | Value::Keyword(_)),
        ExprKind::Vector(_)
        | ExprKind::Map(_)
        | ExprKind::Set(_)
        | ExprKind::Closure(_)
        | ExprKind::LibraryFunction(_) => true,
        ExprKind::Call { function, .. } => Type::from(function.returns).is_always_true(),
        _ => false,
    }
}

/// Warns of `let` bindings that nobody reads. Names that begin with `_` are exempt, and so are parts of patterns and
/// results of steps: what a step does may be all that is wanted.
pub(super) fn bindings(body: &Body, problems: &mut Problems) {
    if is_partly_unknown(&body.value) {
        // What could not be resolved may read anything.
        return;
    }
    let mut read = BTreeSet::new();
    reads(&body.value, &mut read);
    warn(body, &body.value, &read, problems);
}

fn is_partly_unknown(expr: &Expr) -> bool {
    let mut found = matches!(&expr.kind, ExprKind::Unknown);
    children(expr, &mut |child| found = found || is_partly_unknown(child));
    found
}

fn reads(expr: &Expr, read: &mut BTreeSet<LocalId>) {
    if let ExprKind::Local(id) = &expr.kind {
        read.insert(*id);
    }
    children(expr, &mut |child| reads(child, read));
}

fn warn(body: &Body, expr: &Expr, read: &BTreeSet<LocalId>, problems: &mut Problems) {
    if let ExprKind::Let { bindings, .. } = &expr.kind {
        for (id, value) in bindings {
            let Some(local) = body.locals.get(id.0) else { continue };
            if !read.contains(id) && !local.name.starts_with(['-', '_', '%']) && !is_exempt(body, value) {
                problems.report(
                    Diagnostic::new(
                        Code::UNUSED_BINDING,
                        local.span,
                        format!("`{}` is bound and never used", local.name),
                    )
                    .help(format!("take it out, or call it `_{}` when it is there on purpose", local.name)),
                );
            }
        }
    }
    children(expr, &mut |child| warn(body, child, read, problems));
}

/// Whether a value does something, or is a part of a pattern.
fn is_exempt(body: &Body, value: &Expr) -> bool {
    let invented = |expr: &Expr| match &expr.kind {
        ExprKind::Local(id) => body.locals.get(id.0).is_some_and(|local| local.name.starts_with('-')),
        _ => false,
    };
    invented(value) || has_effect(value) || part_of_pattern(value, &invented)
}

/// `get`, `nth`, `drop` and `seq` of something that only the compiler names.
fn part_of_pattern(value: &Expr, invented: &dyn Fn(&Expr) -> bool) -> bool {
    let ExprKind::Call { arguments, .. } = &value.kind else { return false };
    arguments.iter().any(|argument| invented(argument) || part_of_pattern(argument, invented))
}

fn has_effect(value: &Expr) -> bool {
    let mut found = matches!(&value.kind, ExprKind::Step(_) | ExprKind::Packaged(_));
    children(value, &mut |child| found = found || has_effect(child));
    found
}
