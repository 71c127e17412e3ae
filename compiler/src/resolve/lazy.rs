//! Sequences that are made when asked for: `lazy-seq`, `lazy-cat`, and `for` in functions; `doseq` over such.
//!
//! In a flow body `for` and `doseq` are loops over an index ([`super::loops`]): that is what can be stored between steps.
//! In a function a binding of `for` becomes a closure that the library calls for each element, and `doseq` asks for
//! one element after the other.

use super::body::bound;
use super::loops::{Clause, Modifier};
use super::macros::branch;
use super::{Resolver, nil, use_local};
use crate::hir::{Closure, Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::Form;

impl Resolver<'_> {
    /// `(lazy-seq body…)`
    pub(super) fn lazy_seq(&mut self, form: &Form, body: &[Form]) -> Expr {
        let function = self.deferred(form.span, |this| {
            let value = this.sequence(body, form.span, false);
            (Vec::new(), value)
        });
        self.internal("lazy", vec![function], form.span)
    }

    /// `(lazy-cat colls…)`: each collection is looked at when the ones before it have ended.
    pub(super) fn lazy_cat(&mut self, form: &Form, collections: &[Form]) -> Expr {
        let parts = collections.iter().map(|coll| self.lazy_seq(coll, std::slice::from_ref(coll))).collect();
        self.core("concat", parts, form.span)
    }

    /// Code that runs later, as a closure of the given parameters.
    fn deferred(&mut self, span: Span, inside: impl FnOnce(&mut Self) -> (Vec<LocalId>, Expr)) -> Expr {
        let targets = std::mem::take(&mut self.targets);
        self.closures += 1;
        let (parameters, value) = self.scoped(inside);
        self.closures -= 1;
        self.targets = targets;
        let closure = Closure { name: None, parameters, rest: None, value };
        Expr { kind: ExprKind::Closure(Box::new(closure)), span }
    }

    /// The bindings of `for`, outermost first.
    pub(super) fn lazy_rounds(&mut self, clauses: &[Clause<'_>], body: &Form) -> Expr {
        let Some((clause, rest)) = clauses.split_first() else { return self.expr(body) };
        let span = clause.pattern.span.to(clause.collection.span);
        let collection = self.expr(clause.collection);
        let round = self.deferred(span, |this| {
            let mut taken = Vec::new();
            let item = this.item(clause.pattern, &mut taken);
            let value = this.lazy_round(&clause.modifiers, span, |this| this.lazy_rounds(rest, body));
            (vec![item], bound(taken, value))
        });
        let function = if rest.is_empty() { "for-inner" } else { "for-outer" };
        self.internal(function, vec![round, collection], span)
    }

    /// The parameter that holds an element, and what takes it apart.
    fn item(&mut self, pattern: &Form, taken: &mut Vec<(LocalId, Expr)>) -> LocalId {
        if let Some(symbol) = pattern.as_symbol() {
            return self.bind(symbol.full(), pattern.span);
        }
        let whole = self.invent("-item", pattern.span);
        self.pattern(pattern, whole, taken);
        whole
    }

    /// One round behind its modifiers.
    fn lazy_round(
        &mut self,
        modifiers: &[(Modifier, &Form)],
        span: Span,
        inside: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        let Some(((modifier, form), rest)) = modifiers.split_first() else { return inside(self) };
        let otherwise = match modifier {
            Modifier::Let => {
                let Some(bindings) = self.let_bindings(form) else { return inside(self) };
                let value = self.lazy_round(rest, span, inside);
                return bound(bindings, value);
            }
            Modifier::When => "skip",
            Modifier::While => "stop",
        };
        let condition = self.expr(form);
        let then = self.lazy_round(rest, span, inside);
        let otherwise = self.internal(otherwise, Vec::new(), span);
        branch(span, None, condition, then, otherwise, false)
    }

    /// The loops of `doseq`, outermost first: each goes through a sequence element by element.
    pub(super) fn seq_rounds(&mut self, clauses: &[Clause<'_>], body: &[Form], at: Span) -> Expr {
        let Some((clause, rest)) = clauses.split_first() else { return self.sequence(body, at, false) };
        let span = clause.pattern.span.to(clause.collection.span);
        let collection = self.expr(clause.collection);
        let start = self.core("seq", vec![collection], span);
        let left = self.invent("-left", span);
        let value = self.scoped(|this| {
            let first = this.core("first", vec![use_local(left, span)], span);
            let mut taken = Vec::new();
            let item = this.item(clause.pattern, &mut taken);
            taken.insert(0, (item, first));
            let round = this.seq_round(&clause.modifiers, left, span, |this| this.seq_rounds(rest, body, at));
            bound(taken, round)
        });
        let value = branch(span, None, use_local(left, span), value, nil(span), false);
        Expr { kind: ExprKind::Loop { bindings: vec![(left, start)], value: Box::new(value) }, span }
    }

    /// One round of a loop over a sequence behind its modifiers.
    fn seq_round(
        &mut self,
        modifiers: &[(Modifier, &Form)],
        left: LocalId,
        span: Span,
        inside: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        let Some(((modifier, form), rest)) = modifiers.split_first() else {
            let value = inside(self);
            let again = self.next_element(left, span);
            return Expr { kind: ExprKind::Do(vec![value, again]), span };
        };
        match modifier {
            Modifier::Let => {
                let Some(bindings) = self.let_bindings(form) else { return inside(self) };
                let value = self.seq_round(rest, left, span, inside);
                bound(bindings, value)
            }
            Modifier::When => {
                let condition = self.expr(form);
                let then = self.seq_round(rest, left, span, inside);
                let otherwise = self.next_element(left, span);
                branch(span, None, condition, then, otherwise, false)
            }
            Modifier::While => {
                let condition = self.expr(form);
                let then = self.seq_round(rest, left, span, inside);
                branch(span, None, condition, then, nil(span), false)
            }
        }
    }

    fn next_element(&mut self, left: LocalId, span: Span) -> Expr {
        let next = self.core("next", vec![use_local(left, span)], span);
        Expr { kind: ExprKind::Recur(vec![next]), span }
    }
}
