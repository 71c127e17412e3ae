//! Bodies: the flow's, the entries of `:functions`, inline code, closures.

use super::{Kind, Resolver, nil};
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
        let Some((_, arity)) = self.fn_parts(form) else {
            return self.finish(name, Vec::new(), None, nil(form.span), form.span);
        };
        let Some((parameters, body)) = arity.split_first() else {
            return self.finish(name, Vec::new(), None, nil(form.span), form.span);
        };
        let parameters = self.parameters(parameters);
        let value = self.with_bindings(parameters.bindings, body, form.span);
        self.finish(name, parameters.fixed, parameters.rest, value, form.span)
    }

    /// `(fn …)` inside a body.
    pub(super) fn closure(&mut self, form: &Form) -> Expr {
        let Some((name, arity)) = self.fn_parts(form) else { return nil(form.span) };
        let Some((parameters, body)) = arity.split_first() else { return nil(form.span) };
        self.closures += 1;
        let closure = self.scoped(|this| {
            let parameters = this.parameters(parameters);
            let value = this.with_bindings(parameters.bindings, body, form.span);
            Closure { name, parameters: parameters.fixed, rest: parameters.rest, value }
        });
        self.closures -= 1;
        Expr { kind: ExprKind::Closure(Box::new(closure)), span: form.span }
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
            let value = this.expr(&call);
            Closure { name: None, parameters, rest, value }
        });
        self.closures -= 1;
        Expr { kind: ExprKind::Closure(Box::new(closure)), span: form.span }
    }

    /// Name (if any), then parameter vector and body forms of a single-arity `fn`.
    fn fn_parts<'f>(&mut self, form: &'f Form) -> Option<(Option<String>, &'f [Form])> {
        let items = form.as_list().unwrap_or_default();
        let rest = items.get(1..).unwrap_or_default();
        let name = rest.first().and_then(Form::as_symbol).map(|symbol| symbol.full().to_owned());
        let arity = if name.is_some() { rest.get(1..).unwrap_or_default() } else { rest };
        if let Some(name) = &name
            && arity.iter().any(|form| mentions(form, name))
        {
            let what = format!("`{name}` calling itself");
            self.not_supported(form.span, &what);
            return None;
        }
        match arity.first() {
            Some(first) if first.as_vector().is_some() => Some((name, arity)),
            Some(first) if first.as_list().is_some() => {
                self.not_supported(form.span, "`fn` with several arities");
                None
            }
            _ => {
                self.malformed(
                    form,
                    "`fn` needs a vector of parameters",
                    "write `(fn [input] …)`: a vector of parameters, then the body",
                );
                None
            }
        }
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
                parameters.rest = Some(self.parameter(pattern, &mut parameters.bindings));
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
            return self.bind(symbol.full(), pattern.span);
        }
        let whole = self.invent("-argument", pattern.span);
        self.pattern(pattern, whole, bindings);
        whole
    }

    /// The body forms after bindings.
    fn with_bindings(&mut self, bindings: Vec<(LocalId, Expr)>, body: &[Form], span: Span) -> Expr {
        let value = self.sequence(body, span);
        if bindings.is_empty() {
            return value;
        }
        Expr { span: value.span, kind: ExprKind::Let { bindings, value: Box::new(value) } }
    }

    /// Forms one after another; the last gives the value.
    pub(super) fn sequence(&mut self, forms: &[Form], span: Span) -> Expr {
        let mut values: Vec<Expr> = forms.iter().map(|form| self.expr(form)).collect();
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
                self.report(
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

    pub(super) fn in_function(&self) -> bool {
        self.kind == Kind::Function
    }
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
        | FormKind::AutoKeyword(_)
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
    match &form.kind {
        FormKind::Symbol(symbol) => symbol.full() == name,
        FormKind::List(items)
        | FormKind::Vector(items)
        | FormKind::Map(items)
        | FormKind::Set(items)
        | FormKind::AnonymousFn(items) => items.iter().any(|item| mentions(item, name)),
        _ => false,
    }
}
