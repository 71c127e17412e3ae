//! `throw`, `try`, `catch`, `finally`.
//!
//! In the flow body a `try` has a handler, because steps may stand in it, and what it catches is an error map, which can be
//! stored. In functions and closures the body becomes a closure that is attempted; what it answers is a value or an
//! exception. The rest is branches.

use breyta_core::{Value, thrown};

use super::body::bound;
use super::loops::mentions_step;
use super::macros::branch;
use super::{Kind, Resolver, unknown, use_local};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::hir::{Closure, Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::Form;

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
        self.throw_again(error, form.span)
    }

    fn throw_again(&mut self, error: Expr, span: Span) -> Expr {
        self.internal(if self.in_function() { "throw" } else { "throw-error" }, vec![error], span)
    }

    pub(super) fn try_(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let Some(parts) = self.try_parts(arguments) else { return unknown(form.span) };
        let span = form.span;
        if parts.finally.is_some() && !parts.catches.is_empty() {
            let caught = self.attempted(span, |this| this.caught(&parts, span));
            self.finished(caught, &parts, span)
        } else if parts.finally.is_some() {
            let tried = self.attempted(span, |this| this.sequence(parts.body, span, false));
            self.finished(tried, &parts, span)
        } else {
            self.caught(&parts, span)
        }
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

    /// Whether steps may stand here, so that a `try` needs a handler of its own.
    fn may_have_steps(&self) -> bool {
        self.kind == Kind::Orchestration && self.closures == 0
    }

    /// The body of a `try`: no `recur` leaves it.
    fn tried(&mut self, body: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let targets = std::mem::take(&mut self.targets);
        let value = self.scoped(|this| this.under("try", body));
        self.targets = targets;
        value
    }

    /// A body that is attempted: `[true value]` or `[false exception]`.
    fn attempted(&mut self, span: Span, body: impl FnOnce(&mut Self) -> Expr) -> Expr {
        self.attempts += 1;
        let value = self.tried(body);
        self.attempts -= 1;
        if self.may_have_steps() {
            let error = self.invent("-error", span);
            let with = |held: bool, value: Expr| {
                let held = Expr { kind: ExprKind::Literal(Value::Bool(held)), span };
                Box::new(Expr { kind: ExprKind::Vector(vec![held, value]), span })
            };
            let (body, handler) = (with(true, value), with(false, use_local(error, span)));
            return Expr { kind: ExprKind::Try { body, error, handler }, span };
        }
        let closure = Closure { name: Some("try".to_owned()), parameters: Vec::new(), rest: None, value };
        let closure = Expr { kind: ExprKind::Closure(Box::new(closure)), span };
        self.internal("attempt", vec![closure], span)
    }

    /// The body with its `catch` forms.
    fn caught(&mut self, parts: &Parts<'_>, span: Span) -> Expr {
        if self.may_have_steps() {
            let body = Box::new(self.tried(|this| this.sequence(parts.body, span, false)));
            let error = self.invent("-error", span);
            let handler = Box::new(self.catches(parts, error, span));
            return Expr { kind: ExprKind::Try { body, error, handler }, span };
        }
        let tried = self.attempted(span, |this| this.sequence(parts.body, span, false));
        let outcome = self.invent("-outcome", span);
        let error = self.invent("-error", span);
        let handled = self.catches(parts, error, span);
        let failed = bound(vec![(error, self.part(outcome, 1, span))], handled);
        let (held, value) = (self.part(outcome, 0, span), self.part(outcome, 1, span));
        bound(vec![(outcome, tried)], branch(span, None, held, value, failed, false))
    }

    /// What is done with an exception: the first `catch` of its class, or it is thrown again.
    fn catches(&mut self, parts: &Parts<'_>, error: LocalId, span: Span) -> Expr {
        let mut handled = self.throw_again(use_local(error, span), span);
        let targets = std::mem::take(&mut self.targets);
        for catch in parts.catches.iter().rev() {
            handled = self.under("catch", |this| this.catch(catch, error, handled));
        }
        self.targets = targets;
        handled
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
        if thrown::class_names().any(|name| name == short) {
            return;
        }
        let mut problem = Diagnostic::new(
            Code::UNKNOWN_SYMBOL,
            class.span,
            format!("`{short}` is no exception class that flows know"),
        );
        if let Some(best) = nearest(short, thrown::class_names()).first() {
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
        let again = self.throw_again(error, span);
        let (held, value) = (self.part(outcome, 0, span), self.part(outcome, 1, span));
        let end = branch(span, None, held, value, again, false);
        bound(vec![(outcome, attempted)], Expr { kind: ExprKind::Do(vec![finally, end]), span })
    }

    fn part(&mut self, outcome: LocalId, index: i64, span: Span) -> Expr {
        let index = Expr { kind: ExprKind::Literal(Value::Int(index)), span };
        self.core("nth", vec![use_local(outcome, span), index], span)
    }
}
