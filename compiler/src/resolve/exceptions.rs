//! `throw`, `try`, `catch`, `finally`.
//!
//! The body of a `try` becomes a closure that is attempted; what it answers is a value or an exception, and the rest is
//! branches. A `try` around steps needs states of its own and is refused when the flow is built.

use breyta_core::Value;

use super::body::bound;
use super::loops::mentions_step;
use super::macros::branch;
use super::{Resolver, unknown, use_local};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::hir::{Closure, Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::Form;

/// The exception classes that `catch` may name.
const CLASSES: &[&str] = &[
    "Exception",
    "Throwable",
    "RuntimeException",
    "Error",
    "ExceptionInfo",
    "ArithmeticException",
    "ClassCastException",
    "IllegalArgumentException",
    "IllegalStateException",
    "IndexOutOfBoundsException",
    "NullPointerException",
    "NumberFormatException",
    "UnsupportedOperationException",
    "AssertionError",
    "ArityException",
    "StackOverflowError",
];

/// The parts of a `try` form.
struct Parts<'f> {
    body: &'f [Form],
    catches: Vec<&'f Form>,
    finally: Option<&'f Form>,
}

impl Resolver<'_> {
    pub(super) fn throw(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let [error] = arguments else {
            return self.malformed(
                form,
                "`throw` takes one exception",
                "write `(throw (ex-info message data))`",
            );
        };
        let error = self.expr(error);
        self.internal("throw", vec![error], form.span)
    }

    pub(super) fn try_(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let Some(parts) = self.try_parts(arguments) else { return unknown(form.span) };
        let span = form.span;
        let guarded = if parts.finally.is_some() && !parts.catches.is_empty() {
            let caught = self.attempted(span, |this| this.caught(&parts, span));
            self.finished(caught, &parts, span)
        } else if parts.finally.is_some() {
            let tried = self.attempted(span, |this| this.sequence(parts.body, span, false));
            self.finished(tried, &parts, span)
        } else {
            self.caught(&parts, span)
        };
        if arguments.iter().any(mentions_step) {
            return self.refuse(span, "`try` around steps");
        }
        guarded
    }

    fn try_parts<'f>(&mut self, arguments: &'f [Form]) -> Option<Parts<'f>> {
        let is_end = |form: &Form| form.is_call_of("catch") || form.is_call_of("finally");
        let split = arguments.iter().position(is_end).unwrap_or(arguments.len());
        let (body, ends) = arguments.split_at_checked(split)?;
        let mut parts = Parts { body, catches: Vec::new(), finally: None };
        for (index, end) in ends.iter().enumerate() {
            if end.is_call_of("catch") {
                parts.catches.push(end);
            } else if end.is_call_of("finally") && index + 1 == ends.len() {
                parts.finally = Some(end);
            } else {
                let help = "the body of `try` comes first, then `catch` forms, then `finally`";
                self.malformed(end, "a form in the wrong place of `try`", help);
                return None;
            }
        }
        if let Some(finally) = parts.finally.filter(|finally| mentions_step(finally)) {
            self.report(
                Diagnostic::new(Code::MISPLACED_STEP, finally.span, "`finally` may not contain steps")
                    .help("run the step behind the `try` form, or in each of its ends"),
            );
        }
        Some(parts)
    }

    /// A body as a closure that is attempted: `[true value]` or `[false exception]`.
    fn attempted(&mut self, span: Span, body: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let targets = std::mem::take(&mut self.targets);
        let value = self.scoped(body);
        self.targets = targets;
        let closure = Closure { name: Some("try".to_owned()), parameters: Vec::new(), rest: None, value };
        let closure = Expr { kind: ExprKind::Closure(Box::new(closure)), span };
        self.internal("attempt", vec![closure], span)
    }

    /// The body with its `catch` forms.
    fn caught(&mut self, parts: &Parts<'_>, span: Span) -> Expr {
        let tried = self.attempted(span, |this| this.sequence(parts.body, span, false));
        let outcome = self.invent("-outcome", span);
        let error = self.invent("-error", span);
        let mut handled = self.internal("throw", vec![use_local(error, span)], span);
        for catch in parts.catches.iter().rev() {
            handled = self.catch(catch, error, handled);
        }
        let failed = bound(vec![(error, self.part(outcome, 1, span))], handled);
        let (held, value) = (self.part(outcome, 0, span), self.part(outcome, 1, span));
        bound(vec![(outcome, tried)], branch(span, None, held, value, failed, false))
    }

    /// One `catch`: its body when the exception is of its class, else what comes after it.
    fn catch(&mut self, form: &Form, error: LocalId, otherwise: Expr) -> Expr {
        let usage = "write `(catch Exception e …)`";
        let items = form.as_list().unwrap_or_default();
        let [_, class, name, body @ ..] = items else {
            return self.malformed(form, "`catch` needs a class and a name", usage);
        };
        let (Some(class_name), Some(symbol)) = (class.as_symbol(), name.as_symbol()) else {
            return self.malformed(form, "`catch` needs a class and a name", usage);
        };
        let short = class_name.full().rsplit('.').next().unwrap_or_default().to_owned();
        self.check_class(class, &short);
        let test = Expr { kind: ExprKind::Literal(Value::string(short)), span: class.span };
        let caught = self.internal("caught?", vec![use_local(error, class.span), test], class.span);
        let body = self.scoped(|this| {
            let own = this.bind(symbol.full(), name.span);
            let value = this.sequence(body, form.span, false);
            bound(vec![(own, use_local(error, name.span))], value)
        });
        branch(form.span, None, caught, body, otherwise, false)
    }

    fn check_class(&mut self, class: &Form, short: &str) {
        if CLASSES.contains(&short) {
            return;
        }
        let mut problem = Diagnostic::new(
            Code::UNKNOWN_SYMBOL,
            class.span,
            format!("`{short}` is no exception class that flows know"),
        );
        if let Some(best) = nearest(short, CLASSES.iter().copied()).first() {
            problem = problem.help(format!("did you mean `{best}`?")).edit(class.span, (*best).to_owned());
        }
        self.report(problem);
    }

    /// What was attempted, then `finally`, then the value or the exception again.
    fn finished(&mut self, attempted: Expr, parts: &Parts<'_>, span: Span) -> Expr {
        let outcome = self.invent("-outcome", span);
        let body = parts.finally.and_then(Form::as_list).and_then(|items| items.get(1..)).unwrap_or_default();
        let finally = self.scoped(|this| this.sequence(body, span, false));
        let error = self.part(outcome, 1, span);
        let again = self.internal("throw", vec![error], span);
        let (held, value) = (self.part(outcome, 0, span), self.part(outcome, 1, span));
        let end = branch(span, None, held, value, again, false);
        bound(vec![(outcome, attempted)], Expr { kind: ExprKind::Do(vec![finally, end]), span })
    }

    fn part(&mut self, outcome: LocalId, index: i64, span: Span) -> Expr {
        let index = Expr { kind: ExprKind::Literal(Value::Int(index)), span };
        self.core("nth", vec![use_local(outcome, span), index], span)
    }
}
