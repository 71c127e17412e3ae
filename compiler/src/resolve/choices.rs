//! Choices by value (`case`, `condp`) and threading that may stop or skip (`as->`, `some->`, `cond->` and their kin).

use breyta_core::Value;

use super::body::bound;
use super::definitions::symbol;
use super::macros::{branch, threaded};
use super::quote::data;
use super::{Resolver, nil, use_local};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

impl Resolver<'_> {
    /// `case`: constants are data, taken unevaluated; a list of them is any of these.
    pub(super) fn case(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let tail = self.in_tail;
        let Some((subject, clauses)) = arguments.split_first() else {
            return self.malformed(
                form,
                "`case` needs a value",
                "write `(case value constant result … default)`",
            );
        };
        let label = self.branch_label(form, subject);
        let value = self.expr(subject);
        let chosen = self.invent("-case", subject.span);
        let (pairs, default) = if clauses.len() % 2 == 1 {
            let (default, pairs) =
                clauses.split_last().map_or((None, clauses), |(last, rest)| (Some(last), rest));
            (pairs, default)
        } else {
            (clauses, None)
        };
        let mut otherwise = match default {
            Some(default) => self.under("default", |this| this.tail_expr(default, tail)),
            None => self.internal("no-matching-clause", vec![use_local(chosen, form.span)], form.span),
        };
        let mut seen: Vec<(Value, Span)> = Vec::new();
        let mut arms = Vec::new();
        for pair in pairs.chunks_exact(2) {
            let [constants, result] = pair else { continue };
            let constants = self.constants(constants, &mut seen);
            let element = constants.first().map_or_else(String::new, breyta_core::print::str_text);
            let result = self.under(element.trim_start_matches(':'), |this| this.tail_expr(result, tail));
            arms.push((constants, result, pair.first().map_or(form.span, |it| it.span)));
        }
        for (constants, result, span) in arms.into_iter().rev() {
            let condition = self.any_of(chosen, constants, span);
            let label = label.clone().map(|mut it| {
                self.sources.text(span).clone_into(&mut it.yes);
                it
            });
            otherwise = branch(span, label, condition, result, otherwise, false);
            // Only the way that is taken is noted: the other side of each test says nothing.
            if let ExprKind::If { label: Some(label), .. } = &mut otherwise.kind {
                label.no = String::new();
            }
        }
        bound(vec![(chosen, value)], otherwise)
    }

    /// The constants of one clause; reports one that stands in another clause already.
    fn constants(&mut self, form: &Form, seen: &mut Vec<(Value, Span)>) -> Vec<Value> {
        let forms = match &form.kind {
            FormKind::List(items) => items.clone(),
            // Constants are not evaluated: `'a` is the list `(quote a)`, which is two of them.
            FormKind::Quote(inner) => vec![symbol("quote", form.span), (**inner).clone()],
            _ => vec![form.clone()],
        };
        let mut constants = Vec::new();
        for form in &forms {
            let Ok(value) = data(form) else {
                self.malformed(
                    form,
                    format!("{} is no constant", form.describe()),
                    "`case` compares with constants",
                );
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(it, _)| *it == value) {
                let first = *first;
                self.report(
                    Diagnostic::new(
                        Code::DUPLICATE_KEY,
                        form.span,
                        "this constant stands in two clauses of `case`",
                    )
                    .also(first, "first used here")
                    .help("take one of them out"),
                );
            }
            seen.push((value.clone(), form.span));
            constants.push(value);
        }
        constants
    }

    /// Whether a local equals one of the constants.
    fn any_of(&mut self, local: LocalId, constants: Vec<Value>, span: Span) -> Expr {
        let mut test = Expr { kind: ExprKind::Literal(Value::Bool(false)), span };
        for (index, constant) in constants.into_iter().rev().enumerate() {
            let constant = Expr { kind: ExprKind::Literal(constant), span };
            let equal = self.core("=", vec![constant, use_local(local, span)], span);
            test = if index == 0 {
                equal
            } else {
                let yes = Expr { kind: ExprKind::Literal(Value::Bool(true)), span };
                branch(span, None, equal, yes, test, false)
            };
        }
        test
    }

    /// `condp`: `(pred test value)` decides; `:>>` hands its result on.
    pub(super) fn condp(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let tail = self.in_tail;
        let [predicate, subject, clauses @ ..] = arguments else {
            return self.malformed(
                form,
                "`condp` needs a predicate and a value",
                "write `(condp = value test result … default)`",
            );
        };
        let compared = self.expr(subject);
        let value = self.invent("-value", subject.span);
        let otherwise = self.condp_clauses(form, predicate, value, clauses, tail);
        bound(vec![(value, compared)], otherwise)
    }

    fn condp_clauses(
        &mut self,
        form: &Form,
        predicate: &Form,
        value: LocalId,
        clauses: &[Form],
        tail: bool,
    ) -> Expr {
        let is_arrow = |form: &Form| form.as_keyword().is_some_and(|it| it.full() == ">>");
        match clauses {
            [] => self.internal("no-matching-clause", vec![use_local(value, form.span)], form.span),
            [default] => self.tail_expr(default, tail),
            [test, arrow, function, rest @ ..] if is_arrow(arrow) => {
                let condition = self.condp_test(predicate, test, value);
                let held = self.invent("-held", test.span);
                let callee = Box::new(self.expr(function));
                let arguments = vec![use_local(held, test.span)];
                let then = Expr { kind: ExprKind::Invoke { callee, arguments }, span: function.span };
                let otherwise = self.condp_clauses(form, predicate, value, rest, tail);
                let choice = branch(test.span, None, use_local(held, test.span), then, otherwise, false);
                bound(vec![(held, condition)], choice)
            }
            [test, result, rest @ ..] => {
                let condition = self.condp_test(predicate, test, value);
                let then = self.under("then", |this| this.tail_expr(result, tail));
                let otherwise =
                    self.under("else", |this| this.condp_clauses(form, predicate, value, rest, tail));
                branch(test.span, None, condition, then, otherwise, false)
            }
        }
    }

    fn condp_test(&mut self, predicate: &Form, test: &Form, value: LocalId) -> Expr {
        let (callee, test_value) = (self.expr(predicate), self.expr(test));
        let arguments = vec![test_value, use_local(value, test.span)];
        match callee.kind {
            ExprKind::LibraryFunction(function) => {
                Expr { kind: ExprKind::Call { function, arguments }, span: test.span }
            }
            _ => Expr { kind: ExprKind::Invoke { callee: Box::new(callee), arguments }, span: test.span },
        }
    }

    /// `(as-> value name form…)`.
    pub(super) fn thread_as(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let tail = self.in_tail;
        let usage = "write `(as-> value name form …)`";
        let [start, name, forms @ ..] = arguments else {
            return self.malformed(form, "`as->` needs a value and a name", usage);
        };
        self.scoped(|this| {
            let mut bindings = Vec::new();
            this.binding(name, start, &mut bindings);
            let Some((last, before)) = forms.split_last() else {
                // The value itself, whatever it is called.
                let value = match bindings.first() {
                    Some((id, _)) => use_local(*id, name.span),
                    None => nil(name.span),
                };
                return bound(bindings, value);
            };
            for step in before {
                this.binding(name, step, &mut bindings);
            }
            let value = this.tail_expr(last, tail);
            bound(bindings, value)
        })
    }

    /// `some->`, `some->>`: stops at nil.
    pub(super) fn thread_some(&mut self, form: &Form, arguments: &[Form], first: bool) -> Expr {
        let Some((start, steps)) = arguments.split_first() else {
            return self.malformed(form, "a threading macro needs a value", "write `(some-> value (f …) …)`");
        };
        let start_value = self.expr(start);
        self.some_steps(start_value, start.span, steps, first)
    }

    fn some_steps(&mut self, value: Expr, span: Span, steps: &[Form], first: bool) -> Expr {
        let Some((step, rest)) = steps.split_first() else { return value };
        let held = self.invent("-some", span);
        let name = format!("-some-{}", held.0);
        let condition = self.core("some?", vec![use_local(held, span)], span);
        let then = self.scoped(|this| {
            this.scope.push((name.clone(), held));
            let placed = threaded(hidden(&name, span), step, first);
            let next = this.expr(&placed);
            this.some_steps(next, step.span, rest, first)
        });
        let choice = branch(step.span, None, condition, then, use_local(held, span), false);
        bound(vec![(held, value)], choice)
    }

    /// `cond->`, `cond->>`: each step only where its test holds.
    pub(super) fn thread_if(&mut self, form: &Form, arguments: &[Form], first: bool) -> Expr {
        let Some((start, clauses)) = arguments.split_first().filter(|(_, clauses)| clauses.len() % 2 == 0)
        else {
            return self.malformed(
                form,
                "a value and pairs of test and step are needed",
                "write `(cond-> value test (f …) …)`",
            );
        };
        let mut value = self.expr(start);
        let mut bindings = Vec::new();
        for pair in clauses.chunks_exact(2) {
            let [test, step] = pair else { continue };
            let held = self.invent("-value", step.span);
            bindings.push((held, value));
            let name = format!("-cond-{}", held.0);
            let condition = self.expr(test);
            let then = self.scoped(|this| {
                this.scope.push((name.clone(), held));
                this.expr(&threaded(hidden(&name, step.span), step, first))
            });
            value = branch(step.span, None, condition, then, use_local(held, step.span), false);
        }
        bound(bindings, value)
    }
}

/// A symbol that only the compiler can write: it begins with a dash and a word.
fn hidden(name: &str, span: Span) -> Form {
    Form::new(FormKind::Symbol(breyta_core::Symbol::new(name)), span)
}
