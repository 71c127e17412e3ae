//! Iteration: `loop` and `recur`, `for`, `doseq`, `dotimes`.
//!
//! In a flow body `for` and `doseq` become loops over an index and the realised collection, which is what can be stored
//! between steps: `for` is eager there, and differs from Clojure on purpose. In functions see [`super::lazy`].

use breyta_catalog::timeline::{FIRST_ROUND, NEXT_ROUND};
use breyta_core::Value;

use super::body::bound;
use super::labels::{loop_bound, path_element};
use super::macros::branch;
use super::{Kind, Resolver, nil, unknown, use_local};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{BranchLabel, Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// Rounds of a `loop` with steps in it when the author gives no bound.
const ROUNDS_MAX: i64 = 1_000;

/// What a `recur` goes back to.
pub(super) struct Target {
    /// How many values it takes.
    arity: usize,
    /// The counter of rounds and its bound, where the loop has steps in it.
    rounds: Option<(LocalId, i64)>,
    /// Whether some `recur` goes there.
    pub(super) used: bool,
}

impl Target {
    pub(super) fn of(arity: usize) -> Self {
        Self { arity, rounds: None, used: false }
    }
}

/// One binding of `for` or `doseq` with the modifiers behind it.
pub(super) struct Clause<'f> {
    pub(super) pattern: &'f Form,
    pub(super) collection: &'f Form,
    pub(super) modifiers: Vec<(Modifier, &'f Form)>,
}

#[derive(Clone, Copy)]
pub(super) enum Modifier {
    Let,
    When,
    While,
}

/// What is done in the innermost round.
#[derive(Clone, Copy)]
enum Body<'f> {
    /// `for`: the value of the form is collected.
    Collect(&'f Form),
    /// `doseq`: the forms are evaluated for what they do.
    Run(&'f [Form], Span),
}

impl Resolver<'_> {
    pub(super) fn loop_(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let usage = "write `(loop [name start] … (recur next))`";
        let Some((vector, body)) = arguments.split_first() else {
            return self.malformed(form, "`loop` needs a vector of bindings", usage);
        };
        let Some(items) = vector.as_vector().filter(|items| items.len() % 2 == 0) else {
            return self.malformed(vector, "the bindings of `loop` are a vector of pairs", usage);
        };
        let bound_given = loop_bound(form);
        let has_steps = self.kind == Kind::Orchestration && body.iter().any(mentions_step);
        let patterns =
            items.chunks_exact(2).any(|pair| pair.first().is_some_and(|it| it.as_symbol().is_none()));
        self.scoped(|this| {
            let mut outer = Vec::new();
            let mut bindings = Vec::new();
            let mut inner = Vec::new();
            for pair in items.chunks_exact(2) {
                let [name, start] = pair else { continue };
                if !patterns {
                    this.binding(name, start, &mut bindings);
                    continue;
                }
                // With patterns, starts may use names taken out of earlier ones: these are bound before the loop too.
                let value = this.expr(start);
                let first = this.invent("-start", name.span);
                outer.push((first, value));
                this.pattern_or_name(name, first, &mut outer);
                let whole = this.invent("-round", name.span);
                bindings.push((whole, use_local(first, name.span)));
                inner.push((name, whole));
            }
            let mut taken = Vec::new();
            for (name, whole) in inner {
                this.pattern_or_name(name, whole, &mut taken);
            }
            let mut target = Target::of(items.len() / 2);
            if has_steps {
                let rounds = this.invent("-rounds", form.span);
                bindings.push((rounds, int(0, form.span)));
                target.rounds = Some((rounds, bound_given.unwrap_or(ROUNDS_MAX)));
            }
            let rounds = target.rounds;
            this.targets.push(target);
            let value = this.under("loop", |this| this.sequence(body, form.span, true));
            this.targets.pop();
            let value = match rounds {
                Some((rounds, _)) => this.round_noted(form, rounds, value),
                None => value,
            };
            let value = Box::new(bound(taken, value));
            bound(outer, Expr { kind: ExprKind::Loop { bindings, value }, span: form.span })
        })
    }

    /// A round of a loop that begins with saying which it is, when the loop has a label. `index` counts from 0.
    fn round_noted(&mut self, form: &Form, index: LocalId, value: Expr) -> Expr {
        let Some(label) = self.branch_label(form, form) else { return value };
        let span = form.span;
        let label = BranchLabel { yes: FIRST_ROUND.to_owned(), no: NEXT_ROUND.to_owned(), ..label };
        let is_first = self.core("zero?", vec![use_local(index, span)], span);
        let note = branch(span, Some(label), is_first, nil(span), nil(span), false);
        Expr { kind: ExprKind::Do(vec![note, value]), span }
    }

    fn pattern_or_name(&mut self, name: &Form, whole: LocalId, bindings: &mut Vec<(LocalId, Expr)>) {
        if let Some(symbol) = name.as_symbol() {
            let id = self.bind(symbol.full(), name.span);
            bindings.push((id, use_local(whole, name.span)));
        } else {
            self.pattern(name, whole, bindings);
        }
    }

    pub(super) fn recur(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let tail = self.in_tail;
        let values: Vec<Expr> = arguments.iter().map(|argument| self.expr(argument)).collect();
        let Some(target) = self.targets.last_mut() else {
            self.report(
                Diagnostic::new(
                    Code::MISPLACED_RECUR,
                    form.span,
                    "there is nothing here that `recur` could go back to",
                )
                .help("`recur` goes back to the innermost `loop` or `fn`"),
            );
            return unknown(form.span);
        };
        if !tail {
            self.report(
                Diagnostic::new(
                    Code::MISPLACED_RECUR,
                    form.span,
                    "`recur` is not the last thing that its loop does",
                )
                .label("something is done with its value")
                .help("put `recur` last in its branch: nothing may be left to do after it"),
            );
            return unknown(form.span);
        }
        if target.arity != values.len() {
            let (wanted, given) = (target.arity, values.len());
            self.report(
                Diagnostic::new(
                    Code::WRONG_ARITY,
                    form.span,
                    format!("`recur` gives {given} values and its loop takes {wanted}"),
                )
                .help("give one value for each binding of the loop, in order"),
            );
            return unknown(form.span);
        }
        target.used = true;
        let mut values = values;
        if let Some((rounds, most)) = target.rounds {
            let arguments = vec![use_local(rounds, form.span), int(most, form.span)];
            values.push(self.internal("next-round", arguments, form.span));
        }
        Expr { kind: ExprKind::Recur(values), span: form.span }
    }

    pub(super) fn for_(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let [vector, body] = arguments else {
            return self.malformed(
                form,
                "`for` takes a vector of bindings and one form",
                "write `(for [item items] form)`",
            );
        };
        let Some(clauses) = self.clauses(vector) else { return unknown(form.span) };
        if self.in_function() {
            return self.iteration(form, |this| this.lazy_rounds(&clauses, body));
        }
        let collected = self.invent("-collected", form.span);
        let empty = Expr { kind: ExprKind::Vector(Vec::new()), span: form.span };
        let noted = mentions_step(body).then_some(form);
        let value =
            self.iteration(form, |this| this.rounds(&clauses, Some(collected), Body::Collect(body), noted));
        let list = self.internal("collected", vec![value], form.span);
        bound(vec![(collected, empty)], list)
    }

    pub(super) fn doseq(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let Some((vector, body)) = arguments.split_first() else {
            return self.malformed(
                form,
                "`doseq` takes a vector of bindings and forms",
                "write `(doseq [item items] …)`",
            );
        };
        let Some(clauses) = self.clauses(vector) else { return unknown(form.span) };
        if self.in_function() {
            return self.iteration(form, |this| this.seq_rounds(&clauses, body, form.span));
        }
        let noted = body.iter().any(mentions_step).then_some(form);
        self.iteration(form, |this| this.rounds(&clauses, None, Body::Run(body, form.span), noted))
    }

    /// `(dotimes [i n] …)`.
    pub(super) fn dotimes(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let usage = "write `(dotimes [i n] …)`";
        let Some((vector, body)) = arguments.split_first() else {
            return self.malformed(form, "`dotimes` takes a binding and forms", usage);
        };
        let Some([name, count]) = vector.as_vector() else {
            return self.malformed(vector, "`dotimes` takes exactly one binding", usage);
        };
        let Some(symbol) = name.as_symbol() else {
            return self.malformed(name, "`dotimes` binds a plain name", usage);
        };
        let mut count = self.expr(count);
        if !matches!(count.kind, ExprKind::Literal(Value::Int(_))) {
            count = self.core("long", vec![count], form.span);
        }
        let most = self.invent("-count", form.span);
        let span = form.span;
        let has_steps = self.kind == Kind::Orchestration && body.iter().any(mentions_step);
        let value = self.iteration(form, |this| {
            let index = this.bind(symbol.full(), name.span);
            let body = this.sequence(body, span, false);
            let next = this.core("inc", vec![use_local(index, span)], span);
            let again = Expr { kind: ExprKind::Recur(vec![next]), span };
            let round = Expr { kind: ExprKind::Do(vec![body, again]), span };
            let round = if has_steps { this.round_noted(form, index, round) } else { round };
            let more = this.core("<", vec![use_local(index, span), use_local(most, span)], span);
            let value = branch(span, None, more, round, nil(span), false);
            Expr {
                kind: ExprKind::Loop { bindings: vec![(index, int(0, span))], value: Box::new(value) },
                span,
            }
        });
        bound(vec![(most, count)], value)
    }

    /// Runs `inside` as an iteration: names are its own, and no `recur` of the author's goes there.
    fn iteration(&mut self, form: &Form, inside: impl FnOnce(&mut Self) -> Expr) -> Expr {
        let label = self.branch_label(form, form);
        let element = if label.is_some() { path_element(label.as_ref()) } else { "for".to_owned() };
        let targets = std::mem::take(&mut self.targets);
        let value = self.scoped(|this| this.under(&element, inside));
        self.targets = targets;
        value
    }

    fn clauses<'f>(&mut self, vector: &'f Form) -> Option<Vec<Clause<'f>>> {
        let usage = "write `[item items]`, and behind it `:when test`, `:while test` or `:let [name value]`";
        let Some(items) = vector.as_vector().filter(|items| !items.is_empty() && items.len() % 2 == 0) else {
            self.malformed(vector, "the bindings are a vector of pairs", usage);
            return None;
        };
        let mut clauses: Vec<Clause<'f>> = Vec::new();
        for pair in items.chunks_exact(2) {
            let [left, right] = pair else { continue };
            let modifier = match &left.kind {
                FormKind::Keyword(keyword) => match keyword.full() {
                    "let" => Modifier::Let,
                    "when" => Modifier::When,
                    "while" => Modifier::While,
                    other => {
                        self.malformed(left, format!("`:{other}` is no modifier"), usage);
                        return None;
                    }
                },
                _ => {
                    clauses.push(Clause { pattern: left, collection: right, modifiers: Vec::new() });
                    continue;
                }
            };
            match clauses.last_mut() {
                Some(clause) => clause.modifiers.push((modifier, right)),
                None => {
                    self.malformed(left, "the first binding must be a name and a collection", usage);
                    return None;
                }
            }
        }
        Some(clauses)
    }

    /// The loops of the clauses, outermost first. With `collected` their value is what was collected, else nil. The rounds
    /// of the outermost one are noted under the label of `noted`.
    fn rounds(
        &mut self,
        clauses: &[Clause<'_>],
        collected: Option<LocalId>,
        body: Body<'_>,
        noted: Option<&Form>,
    ) -> Expr {
        let Some((clause, rest)) = clauses.split_first() else { return self.innermost(collected, body) };
        let span = clause.pattern.span.to(clause.collection.span);
        let collection = self.expr(clause.collection);
        let (items, count) = (self.invent("-items", span), self.invent("-count", span));
        let realised = self.core("vec", vec![collection], span);
        let counted = self.core("count", vec![use_local(items, span)], span);
        let index = self.invent("-index", span);
        let mut bindings = vec![(index, int(0, span))];
        let inner = collected.map(|outer| {
            let inner = self.invent("-collected", span);
            bindings.push((inner, use_local(outer, span)));
            inner
        });
        let value = self.scoped(|this| {
            let item = this.core("nth", vec![use_local(items, span), use_local(index, span)], span);
            let whole = this.invent("-item", span);
            let mut taken = vec![(whole, item)];
            this.pattern_or_name(clause.pattern, whole, &mut taken);
            let round = this
                .modified(&clause.modifiers, index, inner, span, |this| this.rounds(rest, inner, body, None));
            bound(taken, round)
        });
        let value = match noted {
            Some(form) => self.round_noted(form, index, value),
            None => value,
        };
        let more = self.core("<", vec![use_local(index, span), use_local(count, span)], span);
        let end = inner.map_or_else(|| nil(span), |inner| use_local(inner, span));
        let value = branch(span, None, more, value, end, false);
        let kind = ExprKind::Loop { bindings, value: Box::new(value) };
        bound(vec![(items, realised), (count, counted)], Expr { kind, span })
    }

    /// One round behind its modifiers: `:when` skips it, `:while` ends the loop.
    fn modified(
        &mut self,
        modifiers: &[(Modifier, &Form)],
        index: LocalId,
        collected: Option<LocalId>,
        span: Span,
        inside: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        let Some(((modifier, form), rest)) = modifiers.split_first() else {
            let value = inside(self);
            return self.next_round(index, collected, value, span);
        };
        match modifier {
            Modifier::Let => {
                let Some(bindings) = self.let_bindings(form) else { return unknown(form.span) };
                let value = self.modified(rest, index, collected, span, inside);
                bound(bindings, value)
            }
            Modifier::When => {
                let condition = self.expr(form);
                let then = self.modified(rest, index, collected, span, inside);
                let kept = collected.map_or_else(|| nil(span), |id| use_local(id, span));
                let otherwise = self.next_round(index, collected, kept, span);
                branch(span, None, condition, then, otherwise, false)
            }
            Modifier::While => {
                let condition = self.expr(form);
                let then = self.modified(rest, index, collected, span, inside);
                let otherwise = collected.map_or_else(|| nil(span), |id| use_local(id, span));
                branch(span, None, condition, then, otherwise, false)
            }
        }
    }

    /// The bindings of `:let`; reports when there are none.
    pub(super) fn let_bindings(&mut self, form: &Form) -> Option<Vec<(LocalId, Expr)>> {
        let Some(items) = form.as_vector().filter(|items| items.len() % 2 == 0) else {
            self.malformed(form, "`:let` takes a vector of pairs", "write `:let [name value]`");
            return None;
        };
        let mut bindings = Vec::new();
        for pair in items.chunks_exact(2) {
            if let [name, value] = pair {
                self.binding(name, value, &mut bindings);
            }
        }
        Some(bindings)
    }

    /// Goes on with the next index; `value` is what has been collected by then.
    fn next_round(&mut self, index: LocalId, collected: Option<LocalId>, value: Expr, span: Span) -> Expr {
        let next = self.core("inc", vec![use_local(index, span)], span);
        if collected.is_some() {
            return Expr { kind: ExprKind::Recur(vec![next, value]), span };
        }
        let again = Expr { kind: ExprKind::Recur(vec![next]), span };
        Expr { kind: ExprKind::Do(vec![value, again]), span }
    }

    fn innermost(&mut self, collected: Option<LocalId>, body: Body<'_>) -> Expr {
        match (body, collected) {
            (Body::Collect(form), Some(collected)) => {
                let value = self.expr(form);
                self.core("conj", vec![use_local(collected, form.span), value], form.span)
            }
            (Body::Collect(form), None) => self.expr(form),
            (Body::Run(forms, span), _) => self.sequence(forms, span, false),
        }
    }
}

fn int(value: i64, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Value::Int(value)), span }
}

/// Whether a form has a step or a child flow in it, quoted data aside.
pub(super) fn mentions_step(form: &Form) -> bool {
    match &form.kind {
        FormKind::List(items) => {
            ["flow/step", "flow/call-flow", "flow/poll"].iter().any(|head| form.is_call_of(head))
                || items.iter().any(mentions_step)
        }
        FormKind::Vector(items) | FormKind::Map(items) | FormKind::Set(items) => {
            items.iter().any(mentions_step)
        }
        _ => false,
    }
}
