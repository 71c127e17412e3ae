//! Macros that are other forms written out: `while`, `when-first`, `doto`, `..`, `assert`, `delay`, `@`.
//!
//! What they are rewritten to names clojure.core in full and binds names that no author can write, so that nothing of
//! the author's is hidden.

use super::Resolver;
use super::definitions::{core, list, symbol, vector};
use super::macros::{branch, threaded};
use super::nil;
use crate::hir::{Closure, Expr, ExprKind};
use crate::source::Span;
use crate::syntax::{Form, print};

impl Resolver<'_> {
    /// `(while test …)`: a `loop` that begins again as long as the test holds.
    pub(super) fn while_(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let span = form.span;
        let Some((test, body)) = arguments.split_first() else {
            return self.malformed(form, "`while` needs a test", "write `(while test …)`");
        };
        let mut round = vec![core("when", span), test.clone()];
        round.extend(body.iter().cloned());
        round.push(list([core("recur", span)], span));
        let mut again = list([core("loop", span), vector([], span), list(round, span)], span);
        again.meta.clone_from(&form.meta);
        self.expr(&again)
    }

    /// `(when-first [item items] …)`.
    pub(super) fn when_first(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let usage = "write `(when-first [item items] …)`";
        let Some((bindings, body)) = arguments.split_first() else {
            return self.malformed(form, "`when-first` needs a binding", usage);
        };
        let Some([name, items]) = bindings.as_vector() else {
            return self.malformed(bindings, "`when-first` takes exactly one binding", usage);
        };
        let tail = self.in_tail;
        let span = form.span;
        let held = self.hidden("items", span);
        let sequence = list([core("seq", span), items.clone()], span);
        let first = list([core("first", span), held.clone()], span);
        let inner = vec![core("let", span), vector([name.clone(), first], span)];
        let inner = list(inner.into_iter().chain(body.iter().cloned()), span);
        let whole = list([core("when-let", span), vector([held, sequence], span), inner], span);
        self.tail_expr(&whole, tail)
    }

    /// `(doto value (f …) g …)`: every call gets the value first, and the value is what comes out.
    pub(super) fn doto(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let Some((value, calls)) = arguments.split_first() else {
            return self.malformed(form, "`doto` needs a value", "write `(doto value (f …) …)`");
        };
        let span = form.span;
        let held = self.hidden("value", span);
        let mut items = vec![core("let", span), vector([held.clone(), value.clone()], span)];
        items.extend(calls.iter().map(|call| threaded(held.clone(), call, true)));
        items.push(held);
        self.expr(&list(items, span))
    }

    /// `(.. value (method …) method)`: methods one after the other.
    pub(super) fn member_chain(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let Some((value, methods)) = arguments.split_first().filter(|(_, methods)| !methods.is_empty())
        else {
            return self.malformed(
                form,
                "`..` needs a value and a method",
                "write `(.. value (method argument) method)`",
            );
        };
        let mut value = value.clone();
        for method in methods {
            let (name, arguments) = match method.as_list().and_then(<[Form]>::split_first) {
                Some((name, arguments)) => (name, arguments),
                None => (method, &[][..]),
            };
            let Some(symbol_of) = name.as_symbol() else {
                return self.malformed(
                    name,
                    "a method is a name",
                    "write `(.. value (method argument) method)`",
                );
            };
            let head = symbol(&format!(".{}", symbol_of.full()), name.span);
            value = list([head, value].into_iter().chain(arguments.iter().cloned()), method.span);
        }
        self.expr(&value)
    }

    /// `(assert test)`, `(assert test message)`.
    pub(super) fn assert(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let (test, message) = match arguments {
            [test] => (test, None),
            [test, message] => (test, Some(message)),
            _ => {
                let usage = "write `(assert test)` or `(assert test \"what is wrong\")`";
                return self.malformed(form, "`assert` takes a test and maybe a message", usage);
            }
        };
        let span = form.span;
        let condition = self.expr(test);
        let text = breyta_core::Value::string(print::print(test));
        let mut parts = vec![Expr { kind: ExprKind::Literal(text), span: test.span }];
        parts.extend(message.map(|message| self.expr(message)));
        let failed = self.internal("assertion-failed", parts, span);
        branch(span, None, condition, nil(span), failed, false)
    }

    /// `(delay …)`: a body that is evaluated once, when it is asked for.
    pub(super) fn delay(&mut self, form: &Form, body: &[Form]) -> Expr {
        let closure = self.later("delay", body, form.span);
        self.internal("delay", vec![closure], form.span)
    }

    /// `@value`.
    pub(super) fn deref(&mut self, inner: &Form, span: Span) -> Expr {
        self.expr(&list([core("deref", span), inner.clone()], span))
    }

    /// A body as a function without parameters.
    fn later(&mut self, name: &str, body: &[Form], span: Span) -> Expr {
        self.closures += 1;
        let targets = std::mem::take(&mut self.targets);
        let value = self.scoped(|this| this.sequence(body, span, false));
        self.targets = targets;
        self.closures -= 1;
        let closure = Closure { name: Some(name.to_owned()), parameters: Vec::new(), rest: None, value };
        Expr { kind: ExprKind::Closure(Box::new(closure)), span }
    }

    /// A name that no author can write.
    fn hidden(&self, word: &str, span: Span) -> Form {
        symbol(&format!("-{word}-{}", self.locals.len()), span)
    }
}
