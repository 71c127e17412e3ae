//! Functions that know each other: `letfn`, and `def`, `defn`, `declare` in a `do`.
//!
//! A closure holds copies of what it captures, so two closures cannot hold each other. Functions that call each other in
//! a circle become one function that is told which of them is meant; all others are plain bindings, in an order in which
//! each follows what it calls.

use breyta_core::{Symbol, Value};

use super::Resolver;
use super::body::{bound, mentions};
use crate::hir::{Expr, LocalId};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// A function with a name: the name, and the `fn` form that stands for it.
struct Named {
    name: Form,
    function: Form,
}

impl Resolver<'_> {
    /// `(letfn [(name [parameters] …) …] …)`.
    pub(super) fn letfn(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let tail = self.in_tail;
        let usage = "write `(letfn [(name [a b] …)] …)`";
        let Some((vector, body)) = arguments.split_first() else {
            return self.malformed(form, "`letfn` needs a vector of functions", usage);
        };
        let Some(items) = vector.as_vector() else {
            return self.malformed(vector, "`letfn` needs a vector of functions", usage);
        };
        let mut functions = Vec::new();
        for item in items {
            match item.as_list() {
                Some(parts) if parts.first().is_some_and(|name| name.as_symbol().is_some()) => {
                    functions.extend(named(parts, item.span));
                }
                _ => return self.malformed(item, "a function of `letfn` is a list with a name", usage),
            }
        }
        self.scoped(|this| {
            let mut bindings = Vec::new();
            this.functions_that_know_each_other(functions, form.span, &mut bindings);
            let value = this.sequence(body, form.span, tail);
            bound(bindings, value)
        })
    }

    /// Takes the definitions that a sequence of forms begins with, binding their names; how many there are.
    pub(super) fn definitions(&mut self, forms: &[Form], bindings: &mut Vec<(LocalId, Expr)>) -> usize {
        let mut taken = 0;
        while let Some(form) = forms.get(taken).filter(|form| is_definition(form)) {
            if form.is_call_of("def") {
                self.definition(form, bindings);
                taken += 1;
                continue;
            }
            // Functions one after the other may call what comes later.
            let run: Vec<&Form> = forms
                .iter()
                .skip(taken)
                .take_while(|it| is_definition(it) && !it.is_call_of("def"))
                .collect();
            taken += run.len();
            let mut functions = Vec::new();
            for form in run.into_iter().filter(|form| !form.is_call_of("declare")) {
                match form
                    .as_list()
                    .and_then(|items| items.get(1..))
                    .and_then(|parts| named(parts, form.span))
                {
                    Some(function) => functions.push(function),
                    None => {
                        self.malformed(form, "`defn` needs a name", "write `(defn name [a b] …)`");
                    }
                }
            }
            self.functions_that_know_each_other(functions, form.span, bindings);
        }
        taken
    }

    /// `(def name value)`, or with a doc string.
    fn definition(&mut self, form: &Form, bindings: &mut Vec<(LocalId, Expr)>) {
        let parts = form.as_list().and_then(|items| items.get(1..)).unwrap_or_default();
        match parts {
            [name, value] if name.as_symbol().is_some() => self.binding(name, value, bindings),
            [name, doc, value] if name.as_symbol().is_some() && doc.as_string().is_some() => {
                self.binding(name, value, bindings);
            }
            _ => {
                self.malformed(form, "`def` takes a name and a value", "write `(def name value)`");
            }
        }
    }

    /// Binds functions any of which may call any other.
    fn functions_that_know_each_other(
        &mut self,
        functions: Vec<Named>,
        span: Span,
        bindings: &mut Vec<(LocalId, Expr)>,
    ) {
        let mut waiting = functions;
        while !waiting.is_empty() {
            let ready = waiting.iter().position(|it| !waiting.iter().any(|other| it.calls(other)));
            match ready {
                Some(index) => {
                    let Named { name, function } = waiting.remove(index);
                    self.binding(&name, &function, bindings);
                }
                None => {
                    let circle = circle(&mut waiting);
                    self.circle(&circle, span, bindings);
                }
            }
        }
    }

    /// Functions in a circle: `(fn -circle [-which & -arguments] …)` carries out the one that is meant, and each name is
    /// a function that says which.
    fn circle(&mut self, circle: &[Named], span: Span, bindings: &mut Vec<(LocalId, Expr)>) {
        let number = self.locals.len();
        let hidden = |word: &str| symbol(&format!("-{word}-{number}"), span);
        let (all, which, arguments) = (hidden("circle"), hidden("which"), hidden("arguments"));
        let entry = |index: usize| {
            let index = Form::new(FormKind::Atom(Value::Int(index as i64)), span);
            let call = [core("apply", span), all.clone(), index, arguments.clone()];
            let parameters = vector([symbol("&", span), arguments.clone()], span);
            list([core("fn", span), parameters, list(call, span)], span)
        };
        let entries = || circle.iter().enumerate().flat_map(|(index, it)| [it.name.clone(), entry(index)]);
        let mut choice = vec![core("case", span), which.clone()];
        for (index, it) in circle.iter().enumerate() {
            choice.extend([Form::new(FormKind::Atom(Value::Int(index as i64)), span), it.function.clone()]);
        }
        let carried_out = list([core("apply", span), list(choice, span), arguments.clone()], span);
        let body = list([core("let", span), vector(entries(), span), carried_out], span);
        let parameters = vector([which, symbol("&", span), arguments.clone()], span);
        let function = list([core("fn", span), all.clone(), parameters, body], span);
        self.binding(&all, &function, bindings);
        for (index, it) in circle.iter().enumerate() {
            let value = self.expr(&entry(index));
            // The author's name may be used in the circle alone: this one is not reported as unused.
            let id = self.invent(&format!("-{}", it.text()), it.name.span);
            self.scope.push((it.text().to_owned(), id));
            bindings.push((id, value));
        }
    }
}

impl Named {
    fn text(&self) -> &str {
        self.name.as_symbol().map_or("", Symbol::full)
    }

    /// Whether it may call another one; what it says of itself is its own matter.
    fn calls(&self, other: &Self) -> bool {
        self.text() != other.text() && mentions(&self.function, other.text())
    }
}

/// Takes out functions that call each other in a circle; there is one, as each calls another that is still there.
fn circle(waiting: &mut Vec<Named>) -> Vec<Named> {
    let reach = |start: usize| {
        let mut reached = vec![start];
        let mut at = 0;
        while let Some(from) = reached.get(at).and_then(|index| waiting.get(*index)) {
            let next: Vec<usize> = (0..waiting.len())
                .filter(|index| {
                    !reached.contains(index) && waiting.get(*index).is_some_and(|it| from.calls(it))
                })
                .collect();
            reached.extend(next);
            at += 1;
        }
        reached
    };
    // The function that reaches the fewest is in a circle with all that it reaches.
    let mut members = (0..waiting.len()).map(reach).min_by_key(Vec::len).unwrap_or_default();
    members.sort_unstable();
    members.into_iter().rev().map(|index| waiting.remove(index)).collect()
}

/// `name [parameters] body…`, with or without a doc string and a map about it, as a named `fn`.
fn named(parts: &[Form], span: Span) -> Option<Named> {
    let (name, rest) = parts.split_first().filter(|(name, _)| name.as_symbol().is_some())?;
    let is_about = |form: &&Form| form.as_string().is_some() || form.as_map().is_some();
    let about = rest.iter().take(2).take_while(is_about).count();
    let plain = Form { meta: Vec::new(), ..name.clone() };
    let mut items = vec![core("fn", span), plain.clone()];
    items.extend(rest.iter().skip(about).cloned());
    Some(Named { name: plain, function: list(items, span) })
}

pub(super) fn is_definition(form: &Form) -> bool {
    ["def", "defn", "defn-", "declare"].iter().any(|head| form.is_call_of(head))
}

/// A name of clojure.core, whatever is bound.
pub(super) fn core(name: &str, span: Span) -> Form {
    symbol(&format!("clojure.core/{name}"), span)
}

pub(super) fn symbol(name: &str, span: Span) -> Form {
    Form::new(FormKind::Symbol(Symbol::new(name)), span)
}

pub(super) fn list(items: impl IntoIterator<Item = Form>, span: Span) -> Form {
    Form::new(FormKind::List(items.into_iter().collect()), span)
}

pub(super) fn vector(items: impl IntoIterator<Item = Form>, span: Span) -> Form {
    Form::new(FormKind::Vector(items.into_iter().collect()), span)
}
