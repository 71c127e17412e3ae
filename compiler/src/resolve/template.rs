//! Syntax quote: data with holes. `` `(a ~b ~@c) `` becomes calls that put the data together.
//!
//! Symbols are qualified as Clojure does it in a namespace `user`: names of the library with theirs, special forms not
//! at all, `name#` with a number that is the same in the whole template.

use breyta_core::Symbol;

use super::Resolver;
use super::calls::qualified_name;
use super::definitions::{core, list};
use crate::hir::Expr;
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// What stays as it is: the special forms of Clojure.
const SPECIAL: &[&str] = &[
    "def", "do", "fn*", "if", "let*", "loop*", "new", "quote", "recur", "set!", "throw", "try", "catch",
    "finally", "var", ".", "&",
];

impl Resolver<'_> {
    pub(super) fn template(&mut self, inner: &Form) -> Expr {
        // Every template makes names of its own.
        let form = filled(inner, inner.span.start);
        self.expr(&form)
    }
}

/// The form that makes the data of a form.
fn filled(form: &Form, number: u32) -> Form {
    let span = form.span;
    match &form.kind {
        FormKind::Unquote(inner) => (**inner).clone(),
        FormKind::Symbol(symbol) => quoted(FormKind::Symbol(qualified(symbol, number)), span),
        FormKind::List(items) if items.is_empty() => quoted(form.kind.clone(), span),
        FormKind::List(items) => list([core("seq", span), parts(items, number, span)], span),
        FormKind::Vector(items) => list([core("vec", span), parts(items, number, span)], span),
        FormKind::Set(items) => list([core("set", span), parts(items, number, span)], span),
        FormKind::Map(items) => {
            list([core("apply", span), core("hash-map", span), parts(items, number, span)], span)
        }
        // A quote inside is data too.
        FormKind::Quote(inner) => {
            let quote = Form::new(FormKind::Symbol(Symbol::new("quote")), span);
            filled(&list([quote, (**inner).clone()], span), number)
        }
        _ => form.clone(),
    }
}

/// `(concat (list a) b …)`: elements, and sequences that are spliced in.
fn parts(items: &[Form], number: u32, span: Span) -> Form {
    let mut all = vec![core("concat", span)];
    for item in items {
        all.push(match &item.kind {
            FormKind::UnquoteSplice(inner) => (**inner).clone(),
            _ => list([core("list", item.span), filled(item, number)], item.span),
        });
    }
    list(all, span)
}

fn quoted(kind: FormKind, span: Span) -> Form {
    Form::new(FormKind::Quote(Box::new(Form::new(kind, span))), span)
}

fn qualified(symbol: &Symbol, number: u32) -> Symbol {
    let name = symbol.full();
    if let Some(stem) = name.strip_suffix('#') {
        return Symbol::new(format!("{stem}__{number}__auto__"));
    }
    if SPECIAL.contains(&name) || name.starts_with('.') || name.ends_with('.') {
        return symbol.clone();
    }
    Symbol::new(qualified_name(name))
}
