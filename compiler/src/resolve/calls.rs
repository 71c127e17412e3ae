//! Calls of library functions and of values, and the names of the library.

use breyta_core::library::{self, Entry};
use breyta_core::{Value, regex};

use super::expr::form_names;
use super::{Resolver, forbidden, unknown};
use crate::diagnostics::{Code, Diagnostic, begins_alike, nearest};
use crate::hir::{Expr, ExprKind};
use crate::source::Span;
use crate::syntax::{Form, FormKind, StringLiteral};

/// What a namespace may be written as.
const ALIASES: &[(&str, &str)] = &[
    ("str", "clojure.string"),
    ("string", "clojure.string"),
    ("set", "clojure.set"),
    ("walk", "clojure.walk"),
    ("edn", "clojure.edn"),
    ("json", "breyta.json"),
    ("math", "clojure.math"),
    ("sandbox", "breyta.sandbox"),
];

/// Where unqualified names are looked up, in this order.
const UNQUALIFIED: &[&str] = &["clojure.core", "breyta.sandbox"];

impl Resolver<'_> {
    /// A call whose head is a symbol that is no local and no special form.
    pub(super) fn call(&mut self, form: &Form, head: &Form, name: &str, arguments: &[Form]) -> Expr {
        if find(name).is_none() && is_planned(name) {
            let what = format!("the function `{name}`");
            return self.checked_only(form, &what, arguments);
        }
        if let Some(value) = self.interop_call(name, form, arguments) {
            return value;
        }
        let Some(function) = self.library(name, head) else {
            // The arguments may hold further problems.
            for argument in arguments {
                self.expr(argument);
            }
            return unknown(form.span);
        };
        self.call_row(form, function, name, arguments)
    }

    /// A call of a row that was found under `name`.
    pub(super) fn call_row(
        &mut self,
        form: &Form,
        function: &'static Entry,
        name: &str,
        arguments: &[Form],
    ) -> Expr {
        if !function.accepts(arguments.len()) {
            if self.attempts > 0 && self.in_function() {
                let callee = Box::new(Expr { kind: ExprKind::LibraryFunction(function), span: form.span });
                let arguments = arguments.iter().map(|argument| self.expr(argument)).collect();
                return Expr { kind: ExprKind::Invoke { callee, arguments }, span: form.span };
            }
            self.report(
                Diagnostic::new(
                    Code::WRONG_ARITY,
                    form.span,
                    format!("`{name}` does not take {}", count_of(arguments.len())),
                )
                .label(format!("{} given", count_of(arguments.len())))
                .note(format!(
                    "`{}` takes {}: {}",
                    function.short_name(),
                    arity_of(function),
                    function.doc
                )),
            );
        }
        if let ("clojure.core/re-pattern", [argument]) = (function.name, arguments)
            && let FormKind::String(source) = &argument.kind
        {
            return self.written_pattern(form, argument, source);
        }
        if let ("clojure.core/read-string", [argument]) = (function.name, arguments) {
            self.check_read_text(argument);
        }
        let arguments = arguments.iter().map(|argument| self.expr(argument)).collect();
        Expr { kind: ExprKind::Call { function, arguments }, span: form.span }
    }

    /// A literal text for `read-string` may not ask its reader to run code.
    fn check_read_text(&mut self, argument: &Form) {
        if let FormKind::String(text) = &argument.kind
            && text.value.trim_start().starts_with("#=")
        {
            let message = "`#=` asks the reader to run code, which no reader of flows does";
            let problem = Diagnostic::new(Code::READER_EVAL_DISABLED, argument.span, message);
            self.report(problem.help("write the data itself"));
        }
    }

    /// `(re-pattern "…")`: as good as a regex literal, wrong ones too.
    fn written_pattern(&mut self, call: &Form, argument: &Form, source: &StringLiteral) -> Expr {
        if let Err(error) = regex::check(&source.value) {
            let place = source.in_file(error.offset).unwrap_or(argument.span.start as usize);
            let letter = source.value.get(error.offset..).and_then(|rest| rest.chars().next());
            let end = source.in_file(error.offset + letter.map_or(1, char::len_utf8));
            let span = Span::new(argument.span.file, place, end.unwrap_or(place + 1));
            self.report(Diagnostic::new(Code::INVALID_REGEX, span, error.message).label("here"));
            return unknown(call.span);
        }
        Expr { kind: ExprKind::Literal(Value::regex(source.value.clone())), span: call.span }
    }

    /// A call whose head is an expression.
    pub(super) fn invoke(&mut self, form: &Form, head: &Form, arguments: &[Form]) -> Expr {
        let callee = Box::new(self.expr(head));
        let arguments = arguments.iter().map(|argument| self.expr(argument)).collect();
        Expr { kind: ExprKind::Invoke { callee, arguments }, span: form.span }
    }

    /// The library row that a symbol names; reports when there is none.
    pub(super) fn library(&mut self, name: &str, at: &Form) -> Option<&'static Entry> {
        if let Some(entry) = find(name) {
            return Some(if self.in_function() { entry } else { of_flow_body(entry) });
        }
        if !self.in_function() && is_transform(name) {
            // Reported as a transform already; a namespace that is not known says nothing more.
            self.problems.leave_out();
            return None;
        }
        if let Some(ruled) = forbidden::rule(name) {
            self.report(ruled.problem(name, at.span));
            return None;
        }
        let near = self.near_names(name);
        let mut problem =
            Diagnostic::new(Code::UNKNOWN_SYMBOL, at.span, format!("`{name}` is not a known name"))
                .label("neither bound here nor a library function");
        let misspelt = forbidden::misspelt(name);
        if let Some((meant, ruled)) = misspelt {
            problem = ruled.hint(meant, problem);
        } else if !near.is_empty() {
            problem = problem.help(format!("nearest names: {}", near.join(", ")));
        }
        self.report(problem);
        None
    }

    /// What the author may have meant: library functions, forms and names in scope, in backticks.
    fn near_names(&self, name: &str) -> Vec<String> {
        let mut known: Vec<String> = library::entries()
            .filter(|entry| !is_hidden(entry.namespace()))
            .map(|entry| match entry.namespace() {
                "clojure.core" | "breyta.sandbox" => entry.short_name().to_owned(),
                "clojure.string" => format!("str/{}", entry.short_name()),
                "clojure.set" => format!("set/{}", entry.short_name()),
                _ => entry.name.to_owned(),
            })
            .collect();
        known.extend(form_names().map(str::to_owned));
        known.extend(self.scope.iter().map(|(name, _)| name.clone()));
        let near = nearest(name, known.iter().map(String::as_str));
        let near = if near.is_empty() { begins_alike(name, known.iter().map(String::as_str)) } else { near };
        near.into_iter().map(|it| format!("`{it}`")).collect()
    }
}

/// Whether a name is one that the language has and the library has not yet.
fn is_planned(name: &str) -> bool {
    if forbidden::rule(name).is_some() {
        return false;
    }
    qualified(name).iter().any(|name| library::planned::is_planned(name))
}

/// Whether this is a sequence transform of any namespace, which `lint` refuses in flow bodies.
fn is_transform(name: &str) -> bool {
    let short = name.rsplit_once('/').map_or(name, |(_, short)| short);
    ["map", "filter", "reduce", "mapv", "filterv", "mapcat", "keep", "keep-indexed", "remove"]
        .contains(&short)
}

/// What a name as written in a body may stand for.
fn qualified(name: &str) -> Vec<String> {
    match name.split_once('/') {
        Some((namespace, short)) if !namespace.is_empty() && !short.is_empty() => {
            let namespace =
                ALIASES.iter().find(|(alias, _)| *alias == namespace).map_or(namespace, |(_, full)| full);
            vec![format!("{namespace}/{short}")]
        }
        _ => UNQUALIFIED.iter().map(|namespace| format!("{namespace}/{name}")).collect(),
    }
}

/// In flow bodies errors are maps, which can be stored; so what looks into them is not what functions have.
fn of_flow_body(entry: &'static Entry) -> &'static Entry {
    let own = match entry.name {
        "clojure.core/ex-message" => "breyta.internal/error-message",
        "clojure.core/ex-data" => "breyta.internal/error-data",
        "clojure.core/ex-cause" => "breyta.internal/error-cause",
        _ => return entry,
    };
    library::lookup(own).unwrap_or(entry)
}

/// A name as syntax quote writes it: that of a library row or form in full, any other in the namespace `user`.
pub(super) fn qualified_name(name: &str) -> String {
    if let Some(entry) = find(name) {
        return entry.name.to_owned();
    }
    let planned = qualified(name).into_iter().find(|name| library::planned::is_planned(name));
    match planned {
        Some(planned) => planned,
        None if form_names().any(|form| form == name) => format!("clojure.core/{name}"),
        None if name.contains('/') => qualified(name).into_iter().next().unwrap_or_default(),
        None => format!("user/{name}"),
    }
}

/// The row of a name as it may be written in a body.
fn find(name: &str) -> Option<&'static Entry> {
    if name.split_once('/').is_some_and(|(namespace, _)| is_hidden(namespace)) {
        return None;
    }
    qualified(name).iter().find_map(|name| library::lookup(name))
}

/// Namespaces of rows that no author can name: what the compiler calls, and members of Java classes.
fn is_hidden(namespace: &str) -> bool {
    matches!(namespace, "breyta.internal" | "breyta.method") || namespace.starts_with("java.")
}

pub(super) fn count_of(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        n => format!("{n} arguments"),
    }
}

fn arity_of(function: &Entry) -> String {
    let most = function.parameters.len();
    match (function.required, &function.rest) {
        (least, Some(_)) => format!("{least} or more arguments"),
        (least, None) if least == most => count_of(least),
        (least, None) => format!("{least} to {most} arguments"),
    }
}
