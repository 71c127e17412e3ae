//! What a body evaluates: its free symbols and its calls, by Clojure's scoping rules.
//!
//! Follows binding forms, quotes and syntax quotes without expanding a macro. A form that it does not know is taken as
//! a call whose arguments are all evaluated.

use std::collections::BTreeMap;

use crate::syntax::{Form, FormKind};

/// Threading macros: what stands in their later arguments gets one argument more than is written.
const THREADING: &[&str] = &["->", "->>", "some->", "some->>", "cond->", "cond->>", "doto", ".."];

/// What was found, in the order of evaluation.
#[derive(Debug, Default)]
pub(super) struct Facts<'f> {
    /// Symbols that are evaluated and not bound in the body; of `#'name` and `(var name)` the name.
    pub(super) symbols: Vec<&'f Form>,
    /// Calls whose head is such a symbol.
    pub(super) calls: Vec<Call<'f>>,
}

/// One call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'f> {
    pub(super) form: &'f Form,
    /// As written.
    pub(super) head: &'f str,
    pub(super) arguments: &'f [Form],
    /// Whether a threading macro adds an argument.
    pub(super) threaded: bool,
}

/// The names that call a step; the second is the older one.
pub(super) const STEP: &[&str] = &["flow/step", "step"];

impl Call<'_> {
    pub(super) fn is_step(&self) -> bool {
        // Whoever calls something else `step` gives it no keyword first.
        self.head == "flow/step"
            || (STEP.contains(&self.head)
                && self.arguments.first().is_some_and(|it| it.as_keyword().is_some()))
    }
}

/// The facts of a form that is evaluated.
pub(super) fn of(form: &Form) -> Facts<'_> {
    let mut walk = Walk { bound: BTreeMap::new(), order: Vec::new(), facts: Facts::default() };
    walk.expr(form);
    walk.facts
}

struct Walk<'f> {
    /// How many bindings of a name are open.
    bound: BTreeMap<&'f str, usize>,
    /// Open bindings, innermost last.
    order: Vec<&'f str>,
    facts: Facts<'f>,
}

impl<'f> Walk<'f> {
    fn bind(&mut self, name: &'f str) {
        *self.bound.entry(name).or_default() += 1;
        self.order.push(name);
    }

    fn is_bound(&self, name: &str) -> bool {
        self.bound.get(name).is_some_and(|open| *open > 0)
    }

    /// Runs `inside`, and closes the bindings that it opened.
    fn scoped(&mut self, inside: impl FnOnce(&mut Self)) {
        let depth = self.order.len();
        inside(self);
        for name in self.order.drain(depth..) {
            if let Some(open) = self.bound.get_mut(name) {
                *open = open.saturating_sub(1);
            }
        }
    }

    fn all(&mut self, forms: &'f [Form]) {
        for form in forms {
            self.expr(form);
        }
    }

    fn expr(&mut self, form: &'f Form) {
        match &form.kind {
            FormKind::Symbol(symbol) => {
                if !self.is_bound(symbol.full()) {
                    self.facts.symbols.push(form);
                }
            }
            FormKind::List(items) | FormKind::AnonymousFn(items) => self.list(form, items, false),
            FormKind::Vector(items) | FormKind::Set(items) | FormKind::Map(items) => self.all(items),
            FormKind::Deref(inner) | FormKind::Unquote(inner) | FormKind::UnquoteSplice(inner) => {
                self.expr(inner);
            }
            FormKind::VarQuote(inner) => self.var(inner),
            FormKind::SyntaxQuote(inner) => self.template(inner, 1),
            // Data, or nothing that is known.
            FormKind::Quote(_)
            | FormKind::Tagged(..)
            | FormKind::Atom(_)
            | FormKind::Keyword(_)
            | FormKind::String(_)
            | FormKind::Regex(_) => {}
        }
    }

    /// A var is global: no local hides it.
    fn var(&mut self, name: &'f Form) {
        if name.as_symbol().is_some() {
            self.facts.symbols.push(name);
        }
    }

    /// What stands in syntax quotes is data, but for what is unquoted as often as it is quoted.
    fn template(&mut self, form: &'f Form, depth: usize) {
        match &form.kind {
            FormKind::SyntaxQuote(inner) => self.template(inner, depth + 1),
            FormKind::Unquote(inner) | FormKind::UnquoteSplice(inner) if depth == 1 => self.expr(inner),
            FormKind::Unquote(inner) | FormKind::UnquoteSplice(inner) => self.template(inner, depth - 1),
            _ => {
                for child in form.children() {
                    self.template(child, depth);
                }
            }
        }
    }

    fn list(&mut self, form: &'f Form, items: &'f [Form], threaded: bool) {
        let Some((head, arguments)) = items.split_first() else { return };
        let free = head.as_symbol().map(breyta_core::Symbol::full).filter(|name| !self.is_bound(name));
        let Some(name) = free else {
            self.expr(head);
            self.all(arguments);
            return;
        };
        self.facts.symbols.push(head);
        self.facts.calls.push(Call { form, head: name, arguments, threaded });
        let short = name.strip_prefix("clojure.core/").unwrap_or(name);
        if THREADING.contains(&short) {
            self.threading(arguments);
        } else if !self.special(short, arguments, threaded) {
            self.all(arguments);
        }
    }

    fn threading(&mut self, arguments: &'f [Form]) {
        let Some((first, steps)) = arguments.split_first() else { return };
        self.expr(first);
        for step in steps {
            match &step.kind {
                FormKind::List(items) => self.list(step, items, true),
                _ => self.expr(step),
            }
        }
    }

    /// Forms with rules of their own. False: every argument is evaluated.
    fn special(&mut self, name: &str, arguments: &'f [Form], threaded: bool) -> bool {
        match name {
            "quote" | "comment" => {}
            "var" => arguments.iter().for_each(|it| self.var(it)),
            "let" | "let*" | "loop" | "loop*" | "dotimes" | "with-open" | "when-let" | "when-some"
            | "when-first" => self.with_bindings(arguments, Self::pairs),
            "for" | "doseq" => self.with_bindings(arguments, Self::comprehension),
            "if-let" | "if-some" => self.test_binding(arguments),
            "binding" | "with-redefs" => self.with_bindings(arguments, Self::values),
            "fn" | "fn*" | "defn" => self.function(arguments),
            "letfn" => self.with_bindings(arguments, Self::local_functions),
            "letfn*" => self.with_bindings(arguments, |this, items| {
                this.patterns(items);
                this.values(items);
            }),
            "as->" => self.scoped(|this| {
                let mut rest = arguments.iter();
                rest.next().into_iter().for_each(|value| this.expr(value));
                rest.next().into_iter().for_each(|name| this.pattern(name));
                rest.for_each(|form| this.expr(form));
            }),
            "case" => self.case(arguments, threaded),
            "try" => self.attempt(arguments),
            "def" | "new" => self.all(arguments.get(1..).unwrap_or_default()),
            "." => self.member(arguments),
            _ => return false,
        }
        true
    }

    /// `[bindings] body…`.
    fn with_bindings(&mut self, arguments: &'f [Form], open: impl FnOnce(&mut Self, &'f [Form])) {
        let Some((bindings, body)) = arguments.split_first() else { return };
        self.scoped(|this| {
            match bindings.as_vector() {
                Some(items) => open(this, items),
                None => this.expr(bindings),
            }
            this.all(body);
        });
    }

    /// Patterns and values in turn, each in scope for the next.
    fn pairs(&mut self, items: &'f [Form]) {
        for pair in items.chunks(2) {
            pair.get(1).into_iter().for_each(|value| self.expr(value));
            pair.first().into_iter().for_each(|pattern| self.pattern(pattern));
        }
    }

    fn comprehension(&mut self, items: &'f [Form]) {
        for pair in items.chunks(2) {
            let [pattern, value] = pair else { continue };
            match pattern.as_keyword().map(breyta_core::Keyword::full) {
                Some("let") => self.pairs(value.as_vector().unwrap_or_default()),
                Some(_) => self.expr(value),
                None => self.pairs(pair),
            }
        }
    }

    /// The values of pairs. Of `binding`, the other halves are vars: not evaluated, and they hide nothing.
    fn values(&mut self, items: &'f [Form]) {
        items.iter().skip(1).step_by(2).for_each(|value| self.expr(value));
    }

    /// `[pattern test] then else`: the pattern is in scope in `then` alone.
    fn test_binding(&mut self, arguments: &'f [Form]) {
        let reach = arguments.len().min(2);
        let (seeing, rest) = arguments.split_at(reach);
        self.with_bindings(seeing, Self::pairs);
        self.all(rest);
    }

    /// `name? [parameters] body…` or `name? ([parameters] body…)…`.
    fn function(&mut self, arguments: &'f [Form]) {
        self.scoped(|this| {
            let (name, rest) = match arguments.split_first() {
                Some((first, rest)) if first.as_symbol().is_some() => (Some(first), rest),
                _ => (None, arguments),
            };
            if let Some(name) = name {
                this.pattern(name);
            }
            if rest.first().is_some_and(|first| first.as_vector().is_some()) {
                this.arity(rest);
            } else {
                for arity in rest {
                    this.arity(arity.as_list().unwrap_or_default());
                }
            }
        });
    }

    /// `[parameters] body…`.
    fn arity(&mut self, forms: &'f [Form]) {
        let Some((parameters, body)) = forms.split_first() else { return };
        self.scoped(|this| {
            this.pattern(parameters);
            this.all(body);
        });
    }

    /// `(name [parameters] body…)…`; all names are in scope everywhere.
    fn local_functions(&mut self, items: &'f [Form]) {
        let functions: Vec<&'f [Form]> = items.iter().filter_map(Form::as_list).collect();
        for function in &functions {
            function.first().into_iter().for_each(|name| self.pattern(name));
        }
        for function in functions {
            self.function(function);
        }
    }

    /// The patterns of pairs, without their values.
    fn patterns(&mut self, items: &'f [Form]) {
        items.iter().step_by(2).for_each(|pattern| self.pattern(pattern));
    }

    /// Constants are data; results are not.
    fn case(&mut self, arguments: &'f [Form], threaded: bool) {
        let clauses = if threaded {
            arguments
        } else {
            arguments.first().into_iter().for_each(|value| self.expr(value));
            arguments.get(1..).unwrap_or_default()
        };
        for clause in clauses.chunks(2) {
            match clause {
                [_, result] => self.expr(result),
                [default] => self.expr(default),
                _ => {}
            }
        }
    }

    fn attempt(&mut self, arguments: &'f [Form]) {
        for form in arguments {
            match form.as_list() {
                Some([head, _class, name, body @ ..]) if is_symbol(head, "catch") => self.scoped(|this| {
                    this.pattern(name);
                    this.all(body);
                }),
                Some([head, body @ ..]) if is_symbol(head, "finally") => self.all(body),
                _ => self.expr(form),
            }
        }
    }

    /// `(. object member argument…)`: the member is a name.
    fn member(&mut self, arguments: &'f [Form]) {
        arguments.first().into_iter().for_each(|object| self.expr(object));
        for member in arguments.get(1..).unwrap_or_default() {
            self.all(member.as_list().and_then(|it| it.get(1..)).unwrap_or_default());
        }
    }

    /// Binds the names of a pattern. What gives defaults and keys is evaluated on the way, seeing the names before it.
    fn pattern(&mut self, pattern: &'f Form) {
        match &pattern.kind {
            FormKind::Symbol(symbol) if symbol.full() != "&" => self.bind(symbol.full()),
            FormKind::Vector(items) => {
                for item in items {
                    self.pattern(item);
                }
            }
            FormKind::Map(_) => self.map_pattern(pattern),
            _ => {}
        }
    }

    fn map_pattern(&mut self, pattern: &'f Form) {
        let mut defaults: BTreeMap<&str, &'f Form> = BTreeMap::new();
        for (name, value) in pattern.map_get("or").and_then(Form::as_map).into_iter().flatten() {
            if let Some(name) = name.as_symbol() {
                defaults.insert(name.full(), value);
            }
        }
        for (key, value) in pattern.as_map().into_iter().flatten() {
            let Some(keyword) = key.as_keyword() else {
                self.expr(value);
                if let Some(name) = key.as_symbol() {
                    defaults.remove(name.full()).into_iter().for_each(|default| self.expr(default));
                }
                self.pattern(key);
                continue;
            };
            match keyword.name() {
                "keys" | "syms" | "strs" => {
                    for item in value.as_vector().unwrap_or_default() {
                        if let Some(name) = local_name(item) {
                            defaults.remove(name).into_iter().for_each(|default| self.expr(default));
                            self.bind(name);
                        }
                    }
                }
                "as" => self.pattern(value),
                _ => {}
            }
        }
        for default in defaults.into_values() {
            self.expr(default);
        }
    }
}

/// The name that an entry of `:keys` binds.
fn local_name(item: &Form) -> Option<&str> {
    match &item.kind {
        FormKind::Symbol(symbol) => Some(symbol.name()),
        FormKind::Keyword(keyword) => Some(keyword.name()),
        _ => None,
    }
}

fn is_symbol(form: &Form, name: &str) -> bool {
    form.as_symbol().is_some_and(|symbol| symbol.full() == name)
}
