//! Forms as expressions: the dispatch over everything that can be written in a body.

use breyta_core::{Keyword, Text, Value};

use super::{Resolver, nil, unknown, use_local};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Expr, ExprKind};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

impl Resolver<'_> {
    /// The meaning of a form.
    pub(super) fn expr(&mut self, form: &Form) -> Expr {
        let tail = std::mem::take(&mut self.tail_next);
        let note = self.note_of(form);
        self.in_tail = tail;
        let mut value = self.bare(form);
        let literal = matches!(
            form.kind,
            FormKind::Vector(_) | FormKind::Map(_) | FormKind::Set(_) | FormKind::AnonymousFn(_)
        );
        if literal || form.is_call_of("fn") {
            value = self.annotated(form, value);
        }
        match note {
            Some(label) => {
                let note = Expr { kind: ExprKind::Note { label }, span: form.span };
                Expr { kind: ExprKind::Do(vec![note, value]), span: form.span }
            }
            None => value,
        }
    }

    /// The meaning of a form that gives the value of the form around it.
    pub(super) fn tail_expr(&mut self, form: &Form, tail: bool) -> Expr {
        self.tail_next = tail;
        self.expr(form)
    }

    fn bare(&mut self, form: &Form) -> Expr {
        let span = form.span;
        let kind = match &form.kind {
            FormKind::Atom(value) => ExprKind::Literal(value.clone()),
            FormKind::Keyword(keyword) => ExprKind::Literal(Value::Keyword(keyword.clone())),
            FormKind::String(string) => ExprKind::Literal(Value::Str(string.value.clone())),
            FormKind::Regex(pattern) => ExprKind::Literal(Value::regex(pattern.clone())),
            FormKind::Symbol(symbol) => return self.symbol(symbol.full(), form),
            FormKind::List(items) => return self.list(form, items),
            FormKind::Vector(items) => ExprKind::Vector(items.iter().map(|item| self.expr(item)).collect()),
            FormKind::Set(items) => ExprKind::Set(items.iter().map(|item| self.expr(item)).collect()),
            FormKind::Map(_) => ExprKind::Map(
                form.as_map()
                    .into_iter()
                    .flatten()
                    .map(|(key, value)| (self.expr(key), self.expr(value)))
                    .collect(),
            ),
            FormKind::AnonymousFn(items) => return self.anonymous(form, items),
            FormKind::Quote(inner) => return self.quoted(inner),
            FormKind::SyntaxQuote(inner) => return self.template(inner),
            FormKind::Unquote(_) | FormKind::UnquoteSplice(_) => {
                return self.malformed(form, "`~` outside of a syntax quote", "write the form without `~`");
            }
            FormKind::Deref(inner) => return self.deref(inner, span),
            FormKind::VarQuote(_) => {
                self.report(
                    Diagnostic::new(Code::UNKNOWN_SYMBOL, span, "vars do not exist in compiled code")
                        .help("name the function itself, without `#'`"),
                );
                return unknown(span);
            }
            FormKind::Tagged(tag, _) => {
                let what = format!("the tagged literal `#{}`", tag.full());
                return self.refuse(span, &what);
            }
        };
        Expr { kind, span }
    }

    fn symbol(&mut self, name: &str, form: &Form) -> Expr {
        if let Some(id) = self.local(name) {
            return use_local(id, form.span);
        }
        if is_form(name) {
            self.report(
                Diagnostic::new(
                    Code::UNKNOWN_SYMBOL,
                    form.span,
                    format!("`{name}` can only be called, not passed around"),
                )
                .help(format!("write `({name} …)`")),
            );
            return unknown(form.span);
        }
        if let Some(value) = self.interop_symbol(name, form) {
            return value;
        }
        match self.library(name, form) {
            Some(entry) => Expr { kind: ExprKind::LibraryFunction(entry), span: form.span },
            None => unknown(form.span),
        }
    }

    fn list(&mut self, form: &Form, items: &[Form]) -> Expr {
        let Some((head, arguments)) = items.split_first() else {
            return Expr {
                kind: ExprKind::Literal(Value::List(breyta_core::Vector::new())),
                span: form.span,
            };
        };
        match &head.kind {
            FormKind::Symbol(symbol) => {
                let name = symbol.full();
                if self.local(name).is_some() && !SPECIAL.contains(&name) {
                    return self.invoke(form, head, arguments);
                }
                if let Some(value) = self.special(name, form, arguments) {
                    return value;
                }
                self.call(form, head, name, arguments)
            }
            FormKind::Keyword(keyword) => self.lookup(form, head.span, keyword, arguments),
            FormKind::Atom(value) => {
                let what = value.type_name();
                self.not_callable(form, head, what)
            }
            FormKind::String(_) => self.not_callable(form, head, "a string"),
            _ => self.invoke(form, head, arguments),
        }
    }

    fn not_callable(&mut self, form: &Form, head: &Form, what: &str) -> Expr {
        self.report(
            Diagnostic::new(Code::TYPE_MISMATCH, head.span, format!("{what} cannot be called"))
                .label("this is in the place of a function")
                .help("put a function first, or write `[…]` for a vector of values"),
        );
        unknown(form.span)
    }

    /// Special forms, macros and flow forms by name; None when the name is none of them.
    fn special(&mut self, name: &str, form: &Form, arguments: &[Form]) -> Option<Expr> {
        if name.starts_with("flow/") {
            return self.flow_form(name, form, arguments);
        }
        let short = name.strip_prefix("clojure.core/").unwrap_or(name);
        Some(match short {
            "let" | "let*" => self.let_(form, arguments),
            "do" => {
                let tail = self.in_tail;
                self.sequence(arguments, form.span, tail)
            }
            "if" => self.if_(form, arguments, false),
            "if-not" => self.if_(form, arguments, true),
            "when" => self.when(form, arguments, false),
            "when-not" => self.when(form, arguments, true),
            "cond" => self.cond(form, arguments),
            "and" => self.and(form, arguments),
            "or" => self.or(form, arguments),
            "->" => self.thread(form, arguments, true),
            "->>" => self.thread(form, arguments, false),
            "if-let" | "if-some" => self.if_let(form, arguments, short == "if-some", true),
            "when-let" | "when-some" => self.if_let(form, arguments, short == "when-some", false),
            "fn" | "fn*" => self.closure(form),
            "quote" => match arguments {
                [only] => self.quoted(only),
                _ => self.malformed(form, "`quote` takes one form", "write `'form`"),
            },
            "loop" => self.loop_(form, arguments),
            "recur" => self.recur(form, arguments),
            "for" => self.for_(form, arguments),
            "doseq" => self.doseq(form, arguments),
            "lazy-seq" => self.lazy_seq(form, arguments),
            "lazy-cat" => self.lazy_cat(form, arguments),
            "dotimes" => self.dotimes(form, arguments),
            "case" => self.case(form, arguments),
            "condp" => self.condp(form, arguments),
            "as->" => self.thread_as(form, arguments),
            "some->" => self.thread_some(form, arguments, true),
            "some->>" => self.thread_some(form, arguments, false),
            "cond->" => self.thread_if(form, arguments, true),
            "cond->>" => self.thread_if(form, arguments, false),
            "comment" => nil(form.span),
            "letfn" => self.letfn(form, arguments),
            "while" => self.while_(form, arguments),
            "when-first" => self.when_first(form, arguments),
            "doto" => self.doto(form, arguments),
            ".." => self.member_chain(form, arguments),
            "assert" => self.assert(form, arguments),
            "delay" => self.delay(form, arguments),
            "def" | "defn" | "defn-" | "declare" => self.malformed(
                form,
                format!("`{short}` stands where its value is used"),
                "put definitions at the begin of a `do` or of a body; other forms may follow",
            ),
            "try" => self.try_(form, arguments),
            "throw" => self.throw(form, arguments),
            "with-out-str" => self.with_out_str(form, arguments),
            other => return self.interop(other, form, arguments),
        })
    }

    /// What the flow language adds.
    fn flow_form(&mut self, name: &str, form: &Form, arguments: &[Form]) -> Option<Expr> {
        Some(match name {
            "flow/now-ms" => self.now_ms(form, arguments),
            "flow/input" => self.input(form, arguments),
            "flow/step" => self.step(form, arguments),
            "flow/call-flow" => self.call_flow(form, arguments),
            "flow/poll" => self.poll(form, arguments),
            "flow/elapsed?" => self.elapsed(form, arguments),
            "flow/backoff" => self.backoff(form, arguments),
            "flow/slot-bound?" => self.slot_bound(form, arguments),
            _ => return None,
        })
    }

    fn now_ms(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if self.input.is_none() || self.closures > 0 {
            self.report(
                Diagnostic::new(
                    Code::MISPLACED_STEP,
                    form.span,
                    "`flow/now-ms` exists only in the flow body itself",
                )
                .help("read the time in the flow body and pass it on"),
            );
            return unknown(form.span);
        }
        if !arguments.is_empty() {
            return self.malformed(form, "`flow/now-ms` takes no arguments", "write `(flow/now-ms)`");
        }
        Expr { kind: ExprKind::NowMs, span: form.span }
    }

    fn input(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let Some(input) = self.input else {
            self.report(
                Diagnostic::new(Code::MISPLACED_STEP, form.span, "`flow/input` exists only in the flow body")
                    .help("pass what the function needs in the step's `:input`"),
            );
            return unknown(form.span);
        };
        if !arguments.is_empty() {
            return self.malformed(form, "`flow/input` takes no arguments", "write `(flow/input)`");
        }
        use_local(input, form.span)
    }

    /// A keyword in call position.
    fn lookup(&mut self, form: &Form, head: Span, keyword: &Keyword, arguments: &[Form]) -> Expr {
        let Some(entry) = breyta_core::library::lookup("clojure.core/get") else { return unknown(form.span) };
        let key = Expr { kind: ExprKind::Literal(Value::Keyword(keyword.clone())), span: head };
        match arguments {
            [map] => {
                let map = self.expr(map);
                Expr { kind: ExprKind::Call { function: entry, arguments: vec![map, key] }, span: form.span }
            }
            [map, default] => {
                let (map, default) = (self.expr(map), self.expr(default));
                Expr {
                    kind: ExprKind::Call { function: entry, arguments: vec![map, key, default] },
                    span: form.span,
                }
            }
            _ => {
                self.report(
                    Diagnostic::new(
                        Code::WRONG_ARITY,
                        form.span,
                        format!("`:{}` is called with {} arguments", keyword.full(), arguments.len()),
                    )
                    .help(format!("write `(:{0} map)` or `(:{0} map default)`", keyword.full())),
                );
                unknown(form.span)
            }
        }
    }

    /// The first words of a form, for people.
    pub(super) fn summary(&self, form: &Form) -> Text {
        let text = self.sources.text(form.span);
        let line = text.lines().next().unwrap_or_default().trim_end();
        let short: String = line.chars().take(60).collect();
        if short.len() < text.len() { Text::from(format!("{short} …")) } else { Text::from(short) }
    }
}

/// The special forms of Clojure, which no local hides in call position. A macro is hidden.
const SPECIAL: &[&str] =
    &["if", "do", "let*", "fn*", "loop*", "quote", "recur", "def", "throw", "try", "var", "new", "."];

/// Special forms, macros and flow forms: names that can only stand in call position.
const FORMS: &[&str] = &[
    "let",
    "do",
    "if",
    "if-not",
    "when",
    "when-not",
    "cond",
    "case",
    "condp",
    "and",
    "or",
    "->",
    "->>",
    "as->",
    "some->",
    "some->>",
    "cond->",
    "cond->>",
    "if-let",
    "if-some",
    "when-let",
    "when-some",
    "fn",
    "quote",
    "loop",
    "recur",
    "for",
    "doseq",
    "lazy-seq",
    "lazy-cat",
    "dotimes",
    "try",
    "throw",
    "assert",
    "with-out-str",
    "comment",
    "letfn",
    "while",
    "when-first",
    "doto",
    "..",
    "delay",
    "def",
    "defn",
    "defn-",
    "declare",
    "flow/input",
    "flow/step",
    "flow/now-ms",
    "flow/call-flow",
    "flow/poll",
    "flow/elapsed?",
    "flow/backoff",
    "flow/slot-bound?",
];

/// Whether a name is a special form or macro.
fn is_form(name: &str) -> bool {
    FORMS.contains(&name) || matches!(name, "let*" | "fn*")
}

/// Every name that can stand in call position besides the library: for suggestions.
pub(super) fn form_names() -> impl Iterator<Item = &'static str> {
    FORMS.iter().copied()
}
