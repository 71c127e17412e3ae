//! The parts of an expression, for walks over whole bodies.

use crate::hir::{Expr, ExprKind};

/// Calls `visit` for each expression directly inside, in the order of evaluation.
pub(super) fn children<'e>(expr: &'e Expr, visit: &mut dyn FnMut(&'e Expr)) {
    match &expr.kind {
        ExprKind::Literal(_)
        | ExprKind::Local(_)
        | ExprKind::Note { .. }
        | ExprKind::Unknown
        | ExprKind::Itself
        | ExprKind::NowMs
        | ExprKind::LibraryFunction(_) => {}
        ExprKind::Let { bindings, value } | ExprKind::Loop { bindings, value } => {
            for (_, value) in bindings {
                visit(value);
            }
            visit(value);
        }
        ExprKind::Do(values)
        | ExprKind::Recur(values)
        | ExprKind::Vector(values)
        | ExprKind::Set(values)
        | ExprKind::Call { arguments: values, .. } => values.iter().for_each(visit),
        ExprKind::Try { body, handler, .. } => {
            visit(body);
            visit(handler);
        }
        ExprKind::If { condition, then, otherwise, .. } => {
            visit(condition);
            visit(then);
            visit(otherwise);
        }
        ExprKind::Invoke { callee, arguments } => {
            visit(callee);
            arguments.iter().for_each(visit);
        }
        ExprKind::Closure(closure) => visit(&closure.value),
        ExprKind::Map(entries) => {
            for (key, value) in entries {
                visit(key);
                visit(value);
            }
        }
        ExprKind::Packaged(call) => visit(&call.input),
        ExprKind::Step(step) => visit(&step.config),
    }
}
