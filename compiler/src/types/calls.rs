//! Calls: arguments against the library's rows, closures and keywords as functions, what is called with what.

use breyta_core::Value;
use breyta_core::library::{Entry, Ty};

use super::infer::Inference;
use super::lattice::Type;
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Closure, Expr, ExprKind};
use crate::source::Span;

impl Inference<'_, '_> {
    /// A call of a library function.
    pub(super) fn call(&mut self, function: &'static Entry, arguments: &[Expr]) -> Type {
        if let ("clojure.core/get", [Expr { kind: ExprKind::Local(id), .. }, key]) =
            (function.name, arguments)
            && matches!(key.kind, ExprKind::Literal(_))
        {
            // Without a copy: this is what bodies do most.
            let of = self.locals.get_mut(id.0).map_or(Type::Any, |of| std::mem::replace(of, Type::Any));
            let found = self.get(&of, key, None);
            self.set(*id, of);
            return found;
        }
        let types: Vec<Type> = arguments
            .iter()
            .enumerate()
            .map(|(index, argument)| {
                if is_function(argument) && wanted(function, index) == Some(Ty::Callable) {
                    Type::Function
                } else {
                    self.expr(argument)
                }
            })
            .collect();
        if function.accepts(arguments.len()) {
            self.check_arguments(function, arguments, &types);
        }
        self.library_result(function, arguments, &types)
    }

    fn check_arguments(&mut self, function: &'static Entry, arguments: &[Expr], types: &[Type]) {
        for (index, (of, argument)) in types.iter().zip(arguments).enumerate() {
            // `(+ x)` gives back anything.
            let Some(wanted) = wanted(function, index).filter(|_| !gives_back(function, arguments)) else {
                continue;
            };
            if !of.may_be(wanted) {
                let message = format!(
                    "`{}` takes {} here, not {}",
                    function.short_name(),
                    words(wanted),
                    of.describe()
                );
                self.report(
                    Diagnostic::new(Code::TYPE_MISMATCH, argument.span, message)
                        .label(format!("this is {}", of.describe()))
                        .note(format!("`{}`: {}", function.short_name(), function.doc)),
                );
            }
        }
    }

    /// A call of a value.
    pub(super) fn invoke(&mut self, callee: &Expr, arguments: &[Expr], span: Span) -> Type {
        let types: Vec<Type> = arguments.iter().map(|argument| self.expr(argument)).collect();
        if let ExprKind::Closure(closure) = &callee.kind {
            return self.call_closure(closure, &types, span);
        }
        let of = self.expr(callee);
        if let ExprKind::Local(id) = &callee.kind
            && let Some(closure) = self.closures.get(id).copied()
            && of == Type::Function
        {
            return self.call_closure(closure, &types, span);
        }
        if !of.may_be(Ty::Callable) {
            let message = format!("{} cannot be called", of.describe());
            self.report(Diagnostic::new(Code::TYPE_MISMATCH, callee.span, message));
        }
        match (&of, types.as_slice()) {
            (Type::Map(_) | Type::MapOf(_), [_]) => match arguments.first() {
                Some(key) => self.get(&of, key, None),
                None => Type::Any,
            },
            (Type::Keyword(Some(name)), [map]) => {
                let (map, name) = (map.clone(), name.clone());
                self.field(&map, &name, None, callee.span)
            }
            _ => Type::Any,
        }
    }

    /// A closure that is called here with these.
    fn call_closure(&mut self, closure: &Closure, arguments: &[Type], span: Span) -> Type {
        let most = closure.parameters.len();
        if arguments.len() < most || (arguments.len() > most && closure.rest.is_none()) {
            let name =
                closure.name.as_deref().map_or_else(|| "this function".to_owned(), |it| format!("`{it}`"));
            self.report(
                Diagnostic::new(
                    Code::WRONG_ARITY,
                    span,
                    format!(
                        "{name} takes {}{} and is called with {}",
                        if closure.rest.is_some() { "at least " } else { "" },
                        count_of(most),
                        arguments.len()
                    ),
                )
                .also(closure.value.span, "this is what it does"),
            );
            return Type::Any;
        }
        self.closure(closure, arguments)
    }

    /// What an expression in the place of a function gives for arguments of these types.
    pub(super) fn apply(&mut self, function: &Expr, arguments: &[Type]) -> Type {
        match &function.kind {
            ExprKind::Closure(closure) => self.call_closure(closure, arguments, function.span),
            ExprKind::Local(id) => match self.closures.get(id).copied() {
                Some(closure) => self.call_closure(closure, arguments, function.span),
                None => Type::Any,
            },
            ExprKind::Literal(Value::Keyword(keyword)) => match arguments {
                [of] => self.field(of, keyword.full(), None, function.span),
                [of, default] => self.field(of, keyword.full(), Some(default), function.span),
                _ => Type::Any,
            },
            ExprKind::LibraryFunction(entry) => self.apply_library(entry, arguments, function.span),
            _ => Type::Any,
        }
    }

    fn apply_library(&mut self, entry: &'static Entry, arguments: &[Type], span: Span) -> Type {
        if !entry.accepts(arguments.len()) {
            let message =
                format!("`{}` is called with {} here", entry.short_name(), count_of(arguments.len()));
            self.report(Diagnostic::new(Code::WRONG_ARITY, span, message).note(format!(
                "`{}`: {}",
                entry.short_name(),
                entry.doc
            )));
            return Type::Any;
        }
        for (index, of) in arguments.iter().enumerate() {
            let Some(wanted) = wanted(entry, index).filter(|wanted| !of.may_be(*wanted)) else { continue };
            let message = format!(
                "`{}` takes {}, and is called with {} here",
                entry.short_name(),
                words(wanted),
                of.describe()
            );
            self.report(Diagnostic::new(Code::TYPE_MISMATCH, span, message).note(format!(
                "`{}`: {}",
                entry.short_name(),
                entry.doc
            )));
        }
        super::library::of_types(entry.name, arguments).unwrap_or_else(|| Type::from(entry.returns))
    }
}

/// Whether an expression is a function as written, so that it can be looked at with what it is called with.
pub(super) fn is_function(expr: &Expr) -> bool {
    matches!(
        &expr.kind,
        ExprKind::Closure(_) | ExprKind::LibraryFunction(_) | ExprKind::Literal(Value::Keyword(_))
    )
}

/// Sums and products of one thing are that thing, whatever it is.
fn gives_back(function: &Entry, arguments: &[Expr]) -> bool {
    arguments.len() == 1 && matches!(function.name, "clojure.core/+" | "clojure.core/*")
}

fn wanted(function: &Entry, index: usize) -> Option<Ty> {
    function.parameters.get(index).copied().or(function.rest)
}

pub(super) fn count_of(count: usize) -> String {
    match count {
        0 => "no arguments".to_owned(),
        1 => "1 argument".to_owned(),
        n => format!("{n} arguments"),
    }
}

/// A wanted type in words.
fn words(wanted: Ty) -> String {
    match wanted {
        Ty::Any => "anything".to_owned(),
        Ty::Nil => "nil".to_owned(),
        Ty::Boolean => "a boolean".to_owned(),
        Ty::Integer => "an integer".to_owned(),
        Ty::Number => "a number".to_owned(),
        Ty::Char => "a character".to_owned(),
        Ty::String => "a string".to_owned(),
        Ty::Keyword => "a keyword".to_owned(),
        Ty::Symbol => "a symbol".to_owned(),
        Ty::Callable => "a function".to_owned(),
        Ty::Vector => "a vector".to_owned(),
        Ty::List => "a list".to_owned(),
        Ty::Map => "a map".to_owned(),
        Ty::Set => "a set".to_owned(),
        Ty::Sequential => "a vector or list".to_owned(),
        Ty::Collection => "a collection".to_owned(),
        Ty::Seqable => "a collection or string".to_owned(),
        Ty::Associative => "a map or vector".to_owned(),
        Ty::Regex => "a regex".to_owned(),
        Ty::Nilable(inner) => format!("{} or nil", words(*inner)),
    }
}
