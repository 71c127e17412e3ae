//! Macros that become branches and bindings: `let`, `if`, `when`, `cond`, `and`, `or`, `->`, `if-let` and their kin.

use breyta_core::Value;

use super::labels::path_element;
use super::{Resolver, nil, use_local};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{BranchLabel, Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

impl Resolver<'_> {
    pub(super) fn let_(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let tail = self.in_tail;
        let Some((vector, body)) = arguments.split_first() else {
            return self.malformed(form, "`let` needs a vector of bindings", "write `(let [name value] …)`");
        };
        let Some(items) = vector.as_vector() else {
            return self.malformed(
                vector,
                format!("`let` needs a vector of bindings, not {}", vector.describe()),
                "write `(let [name value] …)`",
            );
        };
        if items.len() % 2 == 1 {
            let last = items.last().unwrap_or(vector);
            return self.malformed(
                last,
                "the last binding of `let` has no value",
                "bindings are pairs: a name, then its value",
            );
        }
        self.scoped(|this| {
            let mut bindings = Vec::new();
            for pair in items.chunks_exact(2) {
                if let [name, value] = pair {
                    this.binding(name, value, &mut bindings);
                }
            }
            let value = this.sequence(body, form.span, tail);
            Expr { kind: ExprKind::Let { bindings, value: Box::new(value) }, span: form.span }
        })
    }

    /// One pair of a binding vector.
    pub(super) fn binding(&mut self, name: &Form, value: &Form, bindings: &mut Vec<(LocalId, Expr)>) {
        self.check_hints(name);
        let value = self.expr(value);
        if let Some(symbol) = name.as_symbol() {
            if !self.check_name(name) {
                return;
            }
            let id = self.bind(symbol.full(), name.span);
            bindings.push((id, value));
            return;
        }
        // The result of a step is known by the step's id; a store shows these names.
        let known_as = match &value.kind {
            ExprKind::Step(step) => format!("-{}", step.id),
            _ => "-value".to_owned(),
        };
        let whole = self.invent(&known_as, name.span);
        bindings.push((whole, value));
        self.pattern(name, whole, bindings);
    }

    pub(super) fn if_(&mut self, form: &Form, arguments: &[Form], negated: bool) -> Expr {
        let head = if negated { "if-not" } else { "if" };
        let tail = self.in_tail;
        let (test, then, otherwise) = match arguments {
            [test, then] => (test, then, None),
            [test, then, otherwise] => (test, then, Some(otherwise)),
            _ => {
                let message = format!("`{head}` has {} parts", arguments.len());
                return self.malformed(
                    form,
                    message,
                    "write `(if test then else)`; use `do` for several forms in a branch",
                );
            }
        };
        let label = self.branch_label(form, test);
        let condition = self.test(test);
        let element = path_element(label.as_ref());
        self.under(&element, |this| {
            let first = this.under("then", |this| this.tail_expr(then, tail));
            let second = this.under("else", |this| {
                otherwise.map_or_else(|| nil(form.span), |it| this.tail_expr(it, tail))
            });
            branch(form.span, label, condition, first, second, negated)
        })
    }

    pub(super) fn when(&mut self, form: &Form, arguments: &[Form], negated: bool) -> Expr {
        let tail = self.in_tail;
        let Some((test, body)) = arguments.split_first() else {
            return self.malformed(form, "`when` needs a test", "write `(when test …)`");
        };
        let label = self.branch_label(form, test);
        let condition = self.test(test);
        let element = path_element(label.as_ref());
        let body =
            self.under(&element, |this| this.under("then", |this| this.sequence(body, form.span, tail)));
        branch(form.span, label, condition, body, nil(form.span), negated)
    }

    /// A test; its metadata is the label of the branch around it, already read.
    fn test(&mut self, test: &Form) -> Expr {
        let bare = Form { meta: Vec::new(), ..test.clone() };
        self.expr(&bare)
    }

    pub(super) fn cond(&mut self, form: &Form, clauses: &[Form]) -> Expr {
        let tail = self.in_tail;
        if clauses.len() % 2 == 1 {
            let last = clauses.last().unwrap_or(form);
            return self.malformed(
                last,
                "the last test of `cond` has no value",
                "clauses are pairs: a test, then its value; `:else` is the last test",
            );
        }
        // The label names the whole choice; each test that holds is a `yes` of its own.
        let label = self.branch_label(form, form);
        self.cond_clauses(form, clauses, label.as_ref(), tail)
    }

    fn cond_clauses(
        &mut self,
        form: &Form,
        clauses: &[Form],
        label: Option<&BranchLabel>,
        tail: bool,
    ) -> Expr {
        let [test, value, rest @ ..] = clauses else { return nil(form.span) };
        if test.as_keyword().is_some() || matches!(test.kind, FormKind::Atom(Value::Bool(true))) {
            let value = self.tail_expr(value, tail);
            if let [first, .., last] = rest {
                self.report(
                    Diagnostic::new(
                        Code::UNREACHABLE_BRANCH,
                        first.span.to(last.span),
                        "these clauses of `cond` are never reached",
                    )
                    .also(test.span, "this is always true")
                    .help("put `:else` last"),
                );
            }
            // Never reached, but not beyond being wrong.
            for clause in rest {
                self.expr(clause);
            }
            return value;
        }
        let own = self.branch_label(test, test);
        let label = own.as_ref().or(label).cloned();
        let condition = self.test(test);
        let element = path_element(label.as_ref());
        let then = self.under(&element, |this| this.under("then", |this| this.tail_expr(value, tail)));
        let otherwise =
            self.under(&element, |this| this.under("else", |this| this.cond_clauses(form, rest, None, tail)));
        branch(test.span.to(value.span), label, condition, then, otherwise, false)
    }

    pub(super) fn and(&mut self, form: &Form, forms: &[Form]) -> Expr {
        self.chain(form, forms, true)
    }

    pub(super) fn or(&mut self, form: &Form, forms: &[Form]) -> Expr {
        self.chain(form, forms, false)
    }

    /// `and` / `or`: the first decides, or else the rest.
    fn chain(&mut self, form: &Form, forms: &[Form], conjunction: bool) -> Expr {
        let tail = self.in_tail;
        match forms {
            [] => {
                let value = if conjunction { Value::Bool(true) } else { Value::Nil };
                Expr { kind: ExprKind::Literal(value), span: form.span }
            }
            [only] => self.tail_expr(only, tail),
            [first, rest @ ..] => {
                let first_value = self.expr(first);
                let id = self.invent(if conjunction { "-and" } else { "-or" }, first.span);
                self.in_tail = tail;
                let rest = self.chain(form, rest, conjunction);
                let (then, otherwise) = if conjunction {
                    (rest, use_local(id, first.span))
                } else {
                    (use_local(id, first.span), rest)
                };
                let choice = branch(form.span, None, use_local(id, first.span), then, otherwise, false);
                let kind = ExprKind::Let { bindings: vec![(id, first_value)], value: Box::new(choice) };
                Expr { kind, span: form.span }
            }
        }
    }

    /// `->` (as first argument) and `->>` (as last argument): rewritten as forms, then resolved.
    pub(super) fn thread(&mut self, form: &Form, arguments: &[Form], first: bool) -> Expr {
        let tail = self.in_tail;
        let Some((start, steps)) = arguments.split_first() else {
            return self.malformed(
                form,
                "a threading macro needs a value",
                "write `(-> value (f …) :key …)`",
            );
        };
        let mut value = start.clone();
        for step in steps {
            value = threaded(value, step, first);
        }
        self.tail_expr(&value, tail)
    }

    /// `if-let`, `when-let`, `if-some`, `when-some`.
    pub(super) fn if_let(&mut self, form: &Form, arguments: &[Form], some: bool, has_else: bool) -> Expr {
        let Some((vector, body)) = arguments.split_first() else {
            return self.malformed(
                form,
                "a binding vector is missing",
                "write `(if-let [name value] then else)`",
            );
        };
        let Some([name, value]) = vector.as_vector() else {
            return self.malformed(
                vector,
                "this takes exactly one binding",
                "write `(if-let [name value] then else)`",
            );
        };
        let (then, otherwise): (&[Form], Option<&Form>) = match (has_else, body) {
            (false, body) => (body, None),
            (true, [then]) => (std::slice::from_ref(then), None),
            (true, [then, otherwise]) => (std::slice::from_ref(then), Some(otherwise)),
            _ => {
                return self.malformed(
                    form,
                    "this has too few or too many branches",
                    "write `(if-let [name value] then else)`",
                );
            }
        };
        let tail = self.in_tail;
        let label = self.branch_label(form, value);
        let element = path_element(label.as_ref());
        let tested = self.test(value);
        let id = self.invent("-test", value.span);
        let condition = if some {
            self.core("some?", vec![use_local(id, value.span)], value.span)
        } else {
            use_local(id, value.span)
        };
        let then = self.scoped(|this| {
            let mut bindings = Vec::new();
            if let Some(symbol) = name.as_symbol() {
                this.check_name(name);
                let bound = this.bind(symbol.full(), name.span);
                bindings.push((bound, use_local(id, name.span)));
            } else {
                this.pattern(name, id, &mut bindings);
            }
            let value =
                this.under(&element, |this| this.under("then", |this| this.sequence(then, form.span, tail)));
            Expr { kind: ExprKind::Let { bindings, value: Box::new(value) }, span: form.span }
        });
        let otherwise = self.under(&element, |this| {
            this.under("else", |this| otherwise.map_or_else(|| nil(form.span), |it| this.tail_expr(it, tail)))
        });
        let choice = branch(form.span, label, condition, then, otherwise, false);
        Expr {
            kind: ExprKind::Let { bindings: vec![(id, tested)], value: Box::new(choice) },
            span: form.span,
        }
    }
}

/// `step` with `value` put in as its first or last argument.
pub(super) fn threaded(value: Form, step: &Form, first: bool) -> Form {
    let mut items = match &step.kind {
        FormKind::List(items) if !items.is_empty() => items.clone(),
        _ => vec![Form { meta: Vec::new(), ..step.clone() }],
    };
    let place = if first { 1 } else { items.len() };
    items.insert(place.min(items.len()), value);
    Form { kind: FormKind::List(items), span: step.span, meta: step.meta.clone() }
}

pub(super) fn branch(
    span: Span,
    label: Option<BranchLabel>,
    condition: Expr,
    then: Expr,
    otherwise: Expr,
    negated: bool,
) -> Expr {
    let (then, otherwise, label) = if negated {
        // `yes` is the way of the first branch as written.
        let label = label.map(|it| BranchLabel { label: it.label, yes: it.no, no: it.yes });
        (otherwise, then, label)
    } else {
        (then, otherwise, label)
    };
    let kind = ExprKind::If {
        condition: Box::new(condition),
        then: Box::new(then),
        otherwise: Box::new(otherwise),
        label,
    };
    Expr { kind, span }
}
