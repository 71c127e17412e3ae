//! Destructuring: a pattern becomes bindings of plain locals through `nth`, `nthnext` and `get`.
//!
//! A map pattern takes a sequence for keys and values after `&` and where the value is a sequence for sure; unlike in
//! Clojure, not where that only shows when it runs.

use breyta_core::Value;
use breyta_core::library::{self, Entry, Ty};

use super::{Resolver, use_local};
use crate::hir::{Expr, ExprKind, LocalId};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

type Bindings = Vec<(LocalId, Expr)>;

impl Resolver<'_> {
    /// Takes the value of `whole` apart by `pattern`, binding its names.
    pub(super) fn pattern(&mut self, pattern: &Form, whole: LocalId, bindings: &mut Bindings) {
        match &pattern.kind {
            FormKind::Vector(items) => self.sequential(items, whole, bindings),
            FormKind::Map(_) => self.associative(pattern, whole, bindings),
            _ => {
                self.malformed(
                    pattern,
                    format!("{} cannot be bound", pattern.describe()),
                    "bind a name, a vector pattern `[a b]` or a map pattern `{:keys [a b]}`",
                );
            }
        }
    }

    fn sequential(&mut self, items: &[Form], whole: LocalId, bindings: &mut Bindings) {
        let is_rest = |item: &Form| item.as_symbol().is_some_and(|symbol| symbol.full() == "&");
        let mut elements = whole;
        if let Some(rest) = items.iter().find(|item| is_rest(item)) {
            // With `&` anything that has a sequence can be taken apart, sets and maps too.
            let sequence =
                self.library_call("clojure.core/seq", vec![use_local(whole, rest.span)], rest.span);
            elements = self.invent("-part", rest.span);
            bindings.push((elements, sequence));
        }
        let mut index = 0;
        let mut position = 0;
        while let Some(item) = items.get(index) {
            if is_rest(item) {
                let Some(rest) = items.get(index + 1) else {
                    self.malformed(item, "`&` without a name after it", "write `& rest`");
                    return;
                };
                let tail = self.tail(elements, position, item.span);
                self.bind_rest(rest, tail, bindings);
                index += 2;
                if let Some(extra) = items.get(index).filter(|extra| extra.as_keyword().is_none()) {
                    self.malformed(
                        extra,
                        "a part after `& rest`",
                        "`& rest` comes last, or before `:as all`",
                    );
                }
            } else if item.as_keyword().is_some_and(|keyword| keyword.full() == "as") {
                let Some(name) = items.get(index + 1) else {
                    self.malformed(item, "`:as` without a name after it", "write `:as all`");
                    return;
                };
                self.bind_part(name, use_local(whole, name.span), bindings);
                index += 2;
            } else {
                let arguments = vec![
                    use_local(elements, item.span),
                    literal(Value::Int(position), item.span),
                    literal(Value::Nil, item.span),
                ];
                let part = self.library_call("clojure.core/nth", arguments, item.span);
                self.bind_part(item, part, bindings);
                position += 1;
                index += 1;
            }
        }
    }

    /// What is left of a sequence after `position` elements; nil when nothing is.
    fn tail(&mut self, whole: LocalId, position: i64, span: Span) -> Expr {
        if position == 0 {
            return use_local(whole, span);
        }
        self.core("nthnext", vec![use_local(whole, span), literal(Value::Int(position), span)], span)
    }

    /// The pattern after `&`; a map pattern takes the rest as keys and values.
    fn bind_rest(&mut self, pattern: &Form, tail: Expr, bindings: &mut Bindings) {
        if pattern.as_map().is_none() {
            return self.bind_part(pattern, tail, bindings);
        }
        let rest = self.invent("-part", pattern.span);
        bindings.push((rest, tail));
        self.keyword_arguments(pattern, rest, bindings);
    }

    /// Takes a list of keys and values, or of one map, apart by a map pattern.
    pub(super) fn keyword_arguments(&mut self, pattern: &Form, rest: LocalId, bindings: &mut Bindings) {
        let map = self.internal("keyword-arguments", vec![use_local(rest, pattern.span)], pattern.span);
        let whole = self.invent("-part", pattern.span);
        bindings.push((whole, map));
        self.pattern(pattern, whole, bindings);
    }

    fn associative(&mut self, pattern: &Form, whole: LocalId, bindings: &mut Bindings) {
        // A sequence stands for the map of its keys and values.
        if bindings.last().is_some_and(|(id, value)| *id == whole && is_sequence(value)) {
            return self.keyword_arguments(pattern, whole, bindings);
        }
        let defaults = pattern.map_get("or");
        for (left, right) in pattern.as_map().into_iter().flatten() {
            match &left.kind {
                FormKind::Keyword(keyword) if keyword.full() == "or" => {
                    if right.as_map().is_none() {
                        self.malformed(right, "`:or` takes a map of defaults", "write `:or {name default}`");
                    }
                }
                FormKind::Keyword(keyword) if keyword.full() == "as" => {
                    self.bind_part(right, use_local(whole, right.span), bindings);
                }
                FormKind::Keyword(keyword) if matches!(keyword.name(), "keys" | "strs" | "syms") => {
                    let (namespace, kind) =
                        (keyword.namespace().map(str::to_owned), keyword.name().to_owned());
                    self.named_keys(&kind, namespace.as_deref(), right, whole, defaults, bindings);
                }
                FormKind::Keyword(keyword) => {
                    let message = format!("`:{}` is not a part of a map pattern", keyword.full());
                    self.malformed(
                        left,
                        message,
                        "write `{name :key}`, `:keys [a b]`, `:or {…}` or `:as all`",
                    );
                }
                _ => {
                    let key = self.expr(right);
                    let default =
                        left.as_symbol().and_then(|symbol| default_of(defaults, symbol.full())).cloned();
                    let part = self.get(whole, key, default.as_ref(), left.span);
                    self.bind_part(left, part, bindings);
                }
            }
        }
    }

    /// `:keys [a b]` and its kin: each name bound to the value under the key of the same name.
    fn named_keys(
        &mut self,
        kind: &str,
        namespace: Option<&str>,
        names: &Form,
        whole: LocalId,
        defaults: Option<&Form>,
        bindings: &mut Bindings,
    ) {
        let Some(items) = names.as_vector() else {
            self.malformed(names, format!("`:{kind}` takes a vector of names"), "write `:keys [a b]`");
            return;
        };
        for item in items {
            let full = match &item.kind {
                FormKind::Symbol(symbol) => symbol.full(),
                FormKind::Keyword(keyword) => keyword.full(),
                _ => {
                    self.malformed(
                        item,
                        format!("{} is not a name", item.describe()),
                        "write names: `:keys [a b]`",
                    );
                    continue;
                }
            };
            let name = full.rsplit('/').next().unwrap_or(full).to_owned();
            let qualified = match namespace {
                Some(namespace) if !full.contains('/') => format!("{namespace}/{full}"),
                _ => full.to_owned(),
            };
            let key = match kind {
                "strs" => Value::string(name.as_str()),
                "syms" => Value::Symbol(breyta_core::Symbol::new(qualified)),
                _ => Value::Keyword(breyta_core::Keyword::new(qualified)),
            };
            let part = self.get(whole, literal(key, item.span), default_of(defaults, &name), item.span);
            let id = self.bind(&name, item.span);
            bindings.push((id, part));
        }
    }

    fn get(&mut self, whole: LocalId, key: Expr, default: Option<&Form>, span: Span) -> Expr {
        let mut arguments = vec![use_local(whole, span), key];
        if let Some(default) = default {
            arguments.push(self.expr(default));
        }
        self.library_call("clojure.core/get", arguments, span)
    }

    fn bind_part(&mut self, pattern: &Form, part: Expr, bindings: &mut Bindings) {
        self.check_hints(pattern);
        if let Some(symbol) = pattern.as_symbol() {
            self.check_name(pattern);
            let id = self.bind(symbol.full(), pattern.span);
            bindings.push((id, part));
            return;
        }
        let whole = self.invent("-part", pattern.span);
        bindings.push((whole, part));
        self.pattern(pattern, whole, bindings);
    }

    /// A call of a clojure.core function that the compiler makes up.
    pub(super) fn core(&mut self, name: &str, arguments: Vec<Expr>, span: Span) -> Expr {
        self.library_call(&format!("clojure.core/{name}"), arguments, span)
    }

    /// A call of a function that no author can name.
    pub(super) fn internal(&mut self, name: &str, arguments: Vec<Expr>, span: Span) -> Expr {
        self.library_call(&format!("breyta.internal/{name}"), arguments, span)
    }

    /// A call that the compiler makes up.
    fn library_call(&mut self, name: &str, arguments: Vec<Expr>, span: Span) -> Expr {
        match library::lookup(name) {
            Some(function) => call(function, arguments, span),
            None => {
                let what = format!("`{}`", name.rsplit('/').next().unwrap_or(name));
                self.refuse(span, &what)
            }
        }
    }
}

fn call(function: &'static Entry, arguments: Vec<Expr>, span: Span) -> Expr {
    Expr { kind: ExprKind::Call { function, arguments }, span }
}

fn literal(value: Value, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(value), span }
}

/// The default form of a name in an `:or` map.
fn default_of<'f>(defaults: Option<&'f Form>, name: &str) -> Option<&'f Form> {
    defaults?
        .as_map()?
        .find(|(key, _)| key.as_symbol().is_some_and(|it| it.full() == name))
        .map(|(_, value)| value)
}

/// Whether an expression gives a sequence for sure: a quoted list, or a call of a function that makes one.
fn is_sequence(of: &Expr) -> bool {
    match &of.kind {
        ExprKind::Literal(value) => matches!(value, Value::List(_)),
        ExprKind::Call { function, .. } => function.returns == Ty::List,
        _ => false,
    }
}
