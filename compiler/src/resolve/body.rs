//! Bodies: the flow's, the entries of `:functions`, inline code, closures.

use breyta_core::Value;

use super::definitions::{core, is_definition, list, symbol, vector};
use super::loops::Target;
use super::{Kind, Resolver, unknown, use_local};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Body, Closure, Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// A resolved parameter vector and what is to be bound before the body.
struct Parameters {
    fixed: Vec<LocalId>,
    rest: Option<LocalId>,
    /// Bindings that take patterns apart.
    bindings: Vec<(LocalId, Expr)>,
}

impl Resolver<'_> {
    /// The flow body: one parameter, the input.
    pub(super) fn flow(&mut self) -> Body {
        let form = &self.definition.flow;
        let input = self.invent("input", form.span);
        self.input = Some(input);
        self.count_steps(form);
        let value = self.expr(form);
        self.warn_of_repeated_ids();
        let name = self.definition.slug.value.clone();
        self.finish(&name, vec![input], None, value, form.span)
    }

    /// A `(fn …)` form as a function body of its own; with definitions in front, `(do (defn …) (fn …))`.
    pub(super) fn function(&mut self, name: &str, form: &Form) -> Body {
        let mut definitions = Vec::new();
        let mut function = form;
        if let Some([_, forms @ .., last]) = form.as_list().filter(|_| form.is_call_of("do")) {
            self.definitions(forms, &mut definitions);
            function = last;
        }
        let Closure { parameters, rest, value, .. } = self.fn_body(function);
        self.finish(name, parameters, rest, bound(definitions, value), form.span)
    }

    /// `(fn …)` inside a body.
    pub(super) fn closure(&mut self, form: &Form) -> Expr {
        self.closures += 1;
        let closure = self.scoped(|this| this.fn_body(form));
        self.closures -= 1;
        Expr { kind: ExprKind::Closure(Box::new(closure)), span: form.span }
    }

    /// Name, parameters and value of a `fn` form.
    fn fn_body(&mut self, form: &Form) -> Closure {
        let items = form.as_list().unwrap_or_default();
        let rest = items.get(1..).unwrap_or_default();
        let name = rest.first().and_then(Form::as_symbol);
        let arities = if name.is_some() { rest.get(1..).unwrap_or_default() } else { rest };
        let mut itself = Vec::new();
        if let Some(symbol) = name
            && arities.iter().any(|form| mentions(form, symbol.full()))
        {
            let id = self.bind(symbol.full(), form.span);
            itself.push((id, Expr { kind: ExprKind::Itself, span: form.span }));
        }
        let mut closure = match arities.first() {
            Some(first) if first.as_vector().is_some() => self.arity(form, arities),
            Some(first) if first.as_list().is_some() => self.arities(form, arities),
            _ => {
                self.malformed(
                    form,
                    "`fn` needs a vector of parameters",
                    "write `(fn [input] …)`: a vector of parameters, then the body",
                );
                Closure { name: None, parameters: Vec::new(), rest: None, value: unknown(form.span) }
            }
        };
        closure.name = name.map(|symbol| symbol.full().to_owned());
        closure.value = bound(itself, closure.value);
        closure
    }

    /// One arity: a parameter vector, then the body. A `recur` to it makes the whole body a loop.
    fn arity(&mut self, form: &Form, arity: &[Form]) -> Closure {
        let (vector, body) = match arity.split_first() {
            Some((vector, body)) => (vector, body),
            None => (form, arity),
        };
        let parameters = self.parameters(vector);
        let count = parameters.fixed.len() + usize::from(parameters.rest.is_some());
        let outer = std::mem::replace(&mut self.targets, vec![Target::of(count)]);
        let value = match conditions(body) {
            Some((conditions, body)) => {
                let body = self.with_conditions(conditions, body, form.span);
                self.with_bindings(parameters.bindings, &[body], form.span)
            }
            None => self.with_bindings(parameters.bindings, body, form.span),
        };
        let looped = self.targets.pop().is_some_and(|target| target.used);
        self.targets = outer;
        let closure = Closure { name: None, parameters: parameters.fixed, rest: parameters.rest, value };
        if looped { self.looped(closure, form.span) } else { closure }
    }

    /// A closure whose body is a loop over its parameters, which `recur` goes back to.
    fn looped(&mut self, closure: Closure, span: Span) -> Closure {
        let mut round = Vec::new();
        let mut given = |id: LocalId| {
            let local = self.locals.get(id.0).cloned();
            let (name, at) = local.map_or((String::new(), span), |local| (local.name, local.span));
            let given = self.invent(&format!("-{}", name.trim_start_matches('-')), at);
            round.push((id, use_local(given, at)));
            given
        };
        let parameters = closure.parameters.into_iter().map(&mut given).collect();
        let rest = closure.rest.map(&mut given);
        let value = closure.value;
        let value =
            Expr { span: value.span, kind: ExprKind::Loop { bindings: round, value: Box::new(value) } };
        Closure { name: closure.name, parameters, rest, value }
    }

    /// A body with `{:pre […] :post […]}` in front: assertions before it, and after it with `%` as its value.
    fn with_conditions(&mut self, conditions: &Form, body: &[Form], span: Span) -> Form {
        let mut all = vec![core("do", span)];
        let mut asserted = |key: &str, into: &mut Vec<Form>| {
            let Some(tests) = conditions.map_get(key) else { return };
            match tests.as_vector() {
                Some(tests) => {
                    into.extend(
                        tests.iter().map(|test| list([core("assert", test.span), test.clone()], test.span)),
                    );
                }
                None => {
                    self.malformed(
                        tests,
                        format!("`:{key}` takes a vector of tests"),
                        "write `{:pre [(pos? n)]}`",
                    );
                }
            }
        };
        asserted("pre", &mut all);
        let mut after = Vec::new();
        asserted("post", &mut after);
        if after.is_empty() {
            all.extend(body.iter().cloned());
            return list(all, span);
        }
        let value = list(std::iter::once(core("do", span)).chain(body.iter().cloned()), span);
        let result = symbol("%", span);
        let mut checked = vec![core("let", span), vector([result.clone(), value], span)];
        checked.extend(after);
        checked.push(result);
        all.push(list(checked, span));
        list(all, span)
    }

    /// Several arities: a choice by the number of arguments over one variadic function.
    fn arities(&mut self, form: &Form, arities: &[Form]) -> Closure {
        let arguments = self.invent("-arguments", form.span);
        let count = self.invent("-count", form.span);
        let all = |span| use_local(arguments, span);
        let mut value = self.internal("wrong-arity", vec![use_local(count, form.span)], form.span);
        for arity in arities.iter().rev() {
            let Some((vector, _)) = arity.as_list().and_then(<[Form]>::split_first) else {
                self.malformed(arity, "an arity of `fn` is a list", "write `(fn ([a] …) ([a b] …))`");
                continue;
            };
            let span = arity.span;
            let items = arity.as_list().unwrap_or_default();
            let (closure, taken) = self.scoped(|this| {
                let closure = this.arity(vector, items);
                let mut taken = Vec::new();
                for (index, id) in closure.parameters.iter().enumerate() {
                    let index = Expr { kind: ExprKind::Literal(Value::Int(index as i64)), span };
                    taken.push((*id, this.core("nth", vec![all(span), index], span)));
                }
                if let Some(id) = closure.rest {
                    let index =
                        Expr { kind: ExprKind::Literal(Value::Int(closure.parameters.len() as i64)), span };
                    taken.push((id, this.core("nthnext", vec![all(span), index], span)));
                }
                (closure, taken)
            });
            let wanted = Expr { kind: ExprKind::Literal(Value::Int(closure.parameters.len() as i64)), span };
            let compare = if closure.rest.is_some() { ">=" } else { "=" };
            let condition = self.core(compare, vec![use_local(count, span), wanted], span);
            let kind = ExprKind::If {
                condition: Box::new(condition),
                then: Box::new(bound(taken, closure.value)),
                otherwise: Box::new(value),
                label: None,
            };
            value = Expr { kind, span };
        }
        let counted = self.core("count", vec![all(form.span)], form.span);
        Closure {
            name: None,
            parameters: Vec::new(),
            rest: Some(arguments),
            value: bound(vec![(count, counted)], value),
        }
    }

    /// `#(…)`: its `%` parameters by use.
    pub(super) fn anonymous(&mut self, form: &Form, items: &[Form]) -> Expr {
        let mut highest = 0;
        let mut rest = false;
        for item in items {
            placeholders(item, &mut highest, &mut rest);
        }
        self.closures += 1;
        let closure = self.scoped(|this| {
            let parameters: Vec<LocalId> = (1..=highest)
                .map(|index| {
                    let id = this.bind(&format!("%{index}"), form.span);
                    if index == 1 {
                        this.scope.push(("%".to_owned(), id));
                    }
                    id
                })
                .collect();
            let rest = rest.then(|| this.bind("%&", form.span));
            let call = Form::new(FormKind::List(items.to_vec()), form.span);
            let outer = std::mem::take(&mut this.targets);
            let count = parameters.len() + usize::from(rest.is_some());
            this.targets = vec![Target::of(count)];
            let value = this.tail_expr(&call, true);
            let looped = this.targets.pop().is_some_and(|target| target.used);
            this.targets = outer;
            let closure = Closure { name: None, parameters, rest, value };
            if looped { this.looped(closure, form.span) } else { closure }
        });
        self.closures -= 1;
        Expr { kind: ExprKind::Closure(Box::new(closure)), span: form.span }
    }

    fn parameters(&mut self, vector: &Form) -> Parameters {
        let items = vector.as_vector().unwrap_or_default();
        let mut parameters = Parameters { fixed: Vec::new(), rest: None, bindings: Vec::new() };
        let mut index = 0;
        while let Some(item) = items.get(index) {
            if item.as_symbol().is_some_and(|symbol| symbol.full() == "&") {
                let Some(pattern) = items.get(index + 1) else {
                    self.malformed(
                        item,
                        "`&` without a name after it",
                        "write `& rest`, or take the `&` out",
                    );
                    break;
                };
                parameters.rest = Some(self.rest_parameter(pattern, &mut parameters.bindings));
                if let Some(extra) = items.get(index + 2) {
                    self.malformed(extra, "a parameter after `& rest`", "`& rest` comes last");
                }
                break;
            }
            let id = self.parameter(item, &mut parameters.bindings);
            parameters.fixed.push(id);
            index += 1;
        }
        parameters
    }

    fn parameter(&mut self, pattern: &Form, bindings: &mut Vec<(LocalId, Expr)>) -> LocalId {
        self.check_hints(pattern);
        if let Some(symbol) = pattern.as_symbol() {
            self.check_name(pattern);
            return self.bind(symbol.full(), pattern.span);
        }
        let whole = self.invent("-argument", pattern.span);
        self.pattern(pattern, whole, bindings);
        whole
    }

    fn rest_parameter(&mut self, pattern: &Form, bindings: &mut Vec<(LocalId, Expr)>) -> LocalId {
        if pattern.as_map().is_none() {
            return self.parameter(pattern, bindings);
        }
        self.check_hints(pattern);
        let whole = self.invent("-argument", pattern.span);
        self.keyword_arguments(pattern, whole, bindings);
        whole
    }

    /// The body forms of a function after bindings.
    fn with_bindings(&mut self, bindings: Vec<(LocalId, Expr)>, body: &[Form], span: Span) -> Expr {
        let value = self.sequence(body, span, true);
        bound(bindings, value)
    }

    /// Forms one after another; the last gives the value, in tail position when the whole is.
    pub(super) fn sequence(&mut self, forms: &[Form], span: Span, tail: bool) -> Expr {
        if let Some(at) = forms.iter().position(is_definition) {
            return self.sequence_with_definitions(forms, at, span, tail);
        }
        let last = forms.len().saturating_sub(1);
        let mut values: Vec<Expr> = forms
            .iter()
            .enumerate()
            .map(|(index, form)| self.tail_expr(form, tail && index == last))
            .collect();
        if values.len() == 1
            && let Some(only) = values.pop()
        {
            return only;
        }
        Expr { kind: ExprKind::Do(values), span }
    }

    /// A sequence in which the form at `at` is the first definition: its name is known from there on.
    fn sequence_with_definitions(&mut self, forms: &[Form], at: usize, span: Span, tail: bool) -> Expr {
        let (before, rest) = forms.split_at_checked(at).unwrap_or((forms, &[]));
        let mut values: Vec<Expr> = before.iter().map(|form| self.expr(form)).collect();
        values.push(self.scoped(|this| {
            let mut bindings = Vec::new();
            let taken = this.definitions(rest, &mut bindings);
            let value = match rest.get(taken..) {
                Some([]) | None => {
                    let last = rest.last().map_or(span, |form| form.span);
                    this.report(
                        Diagnostic::new(Code::MALFORMED_FORM, last, "a definition has no value here")
                            .help("definitions come first; the last form of a body gives its value"),
                    );
                    unknown(last)
                }
                Some(rest) => this.sequence(rest, span, tail),
            };
            bound(bindings, value)
        }));
        Expr { kind: ExprKind::Do(values), span }
    }

    /// Metadata on a parameter or binding name: hints mean nothing here and are fine.
    pub(super) fn check_hints(&mut self, form: &Form) {
        for meta in &form.meta {
            if !self.in_function() && !matches!(meta.kind, FormKind::Keyword(_) | FormKind::Symbol(_)) {
                self.problems.refuse(
                    Diagnostic::new(
                        Code::NOT_SUPPORTED_YET,
                        meta.span,
                        "metadata on a binding is not supported yet",
                    )
                    .help("take the metadata out, or put a label on the form that it is about"),
                );
            }
        }
    }

    /// Whether a symbol can be bound; reports when it cannot.
    pub(super) fn check_name(&mut self, name: &Form) -> bool {
        let Some(symbol) = name.as_symbol().filter(|symbol| symbol.namespace().is_some()) else {
            return true;
        };
        let message = format!("`{}` cannot be bound: it has a namespace", symbol.full());
        self.malformed(name, message, "bind a plain name");
        false
    }

    pub(super) fn in_function(&self) -> bool {
        self.kind == Kind::Function
    }
}

/// The map of conditions that a body begins with, and the rest: a map alone is the value of the body.
fn conditions(body: &[Form]) -> Option<(&Form, &[Form])> {
    let (first, rest) = body.split_first().filter(|(_, rest)| !rest.is_empty())?;
    (first.map_get("pre").is_some() || first.map_get("post").is_some()).then_some((first, rest))
}

/// A value after bindings.
pub(super) fn bound(bindings: Vec<(LocalId, Expr)>, value: Expr) -> Expr {
    if bindings.is_empty() {
        return value;
    }
    Expr { span: value.span, kind: ExprKind::Let { bindings, value: Box::new(value) } }
}

/// The highest `%n` in a form, and whether it has `%&`. Nested `#()` do not exist (the reader refuses them).
fn placeholders(form: &Form, highest: &mut usize, rest: &mut bool) {
    match &form.kind {
        FormKind::Symbol(symbol) => match symbol.full() {
            "%" => *highest = (*highest).max(1),
            "%&" => *rest = true,
            other => {
                if let Some(index) = other.strip_prefix('%').and_then(|digits| digits.parse::<usize>().ok()) {
                    *highest = (*highest).max(index.min(20));
                }
            }
        },
        FormKind::List(items) | FormKind::Vector(items) | FormKind::Map(items) | FormKind::Set(items) => {
            for item in items {
                placeholders(item, highest, rest);
            }
        }
        FormKind::Deref(inner) => placeholders(inner, highest, rest),
        FormKind::Atom(_)
        | FormKind::Keyword(_)
        | FormKind::String(_)
        | FormKind::Regex(_)
        | FormKind::AnonymousFn(_)
        | FormKind::Quote(_)
        | FormKind::SyntaxQuote(_)
        | FormKind::Unquote(_)
        | FormKind::UnquoteSplice(_)
        | FormKind::VarQuote(_)
        | FormKind::Tagged(..) => {}
    }
}

pub(super) fn mentions(form: &Form, name: &str) -> bool {
    form.as_symbol().is_some_and(|symbol| symbol.full() == name)
        || form.evaluated().iter().any(|item| mentions(item, name))
}
