//! Bodies: the flow's, the entries of `:functions`, inline code, closures.

use breyta_core::Value;

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

    /// A `(fn …)` form as a function body of its own.
    pub(super) fn function(&mut self, name: &str, form: &Form) -> Body {
        let closure = self.fn_body(form);
        let Closure { parameters, rest, value, .. } = closure;
        self.finish(name, parameters, rest, value, form.span)
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
        let value = self.with_bindings(parameters.bindings, body, form.span);
        let looped = self.targets.pop().is_some_and(|target| target.used);
        self.targets = outer;
        if !looped {
            return Closure { name: None, parameters: parameters.fixed, rest: parameters.rest, value };
        }
        let mut round = Vec::new();
        let mut given = |this: &mut Self, id: LocalId| {
            let local = this.locals.get(id.0).cloned();
            let (name, span) = local.map_or((String::new(), form.span), |local| (local.name, local.span));
            let given = this.invent(&format!("-{}", name.trim_start_matches('-')), span);
            round.push((id, use_local(given, span)));
            given
        };
        let fixed = parameters.fixed.into_iter().map(|id| given(self, id)).collect();
        let rest = parameters.rest.map(|id| given(self, id));
        let value =
            Expr { span: value.span, kind: ExprKind::Loop { bindings: round, value: Box::new(value) } };
        Closure { name: None, parameters: fixed, rest, value }
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
            let parameters = (1..=highest)
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
            let value = this.expr(&call);
            this.targets = outer;
            Closure { name: None, parameters, rest, value }
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

    /// Metadata on a parameter or binding name: type hints mean nothing here and are fine.
    pub(super) fn check_hints(&mut self, form: &Form) {
        for meta in &form.meta {
            if !matches!(meta.kind, FormKind::Keyword(_) | FormKind::Symbol(_)) {
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

fn mentions(form: &Form, name: &str) -> bool {
    form.as_symbol().is_some_and(|symbol| symbol.full() == name)
        || form.evaluated().iter().any(|item| mentions(item, name))
}
