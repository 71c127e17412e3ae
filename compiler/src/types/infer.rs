//! Expressions to types, and the checks on the way: arguments of calls, keys of known records, callees.

use std::collections::BTreeMap;

use breyta_core::Value;
use breyta_core::library::{Entry, Ty};

use super::config;
use super::lattice::{Record, Type};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::hir::{Body, Expr, ExprKind, LocalId, Program};
use crate::source::Span;

/// What all bodies share.
pub(super) struct Context<'a> {
    pub(super) program: &'a Program,
    pub(super) problems: &'a mut Problems,
    /// Result types of functions that are done.
    pub(super) results: &'a BTreeMap<String, Type>,
    /// What steps give, by suspension id.
    pub(super) awaited: BTreeMap<String, Type>,
}

/// Infers one body with its parameters' types (missing ones are unknown): its result and the types of its locals.
pub(super) fn body(context: &mut Context<'_>, body: &Body, parameters: &[Type]) -> (Type, Vec<Type>) {
    let mut inference = Inference { context, locals: vec![Type::Any; body.locals.len()] };
    for (id, of) in body.parameters.iter().zip(parameters) {
        inference.set(*id, of.clone());
    }
    let result = inference.expr(&body.value);
    (result, inference.locals)
}

pub(super) struct Inference<'c, 'a> {
    pub(super) context: &'c mut Context<'a>,
    locals: Vec<Type>,
}

impl Inference<'_, '_> {
    fn set(&mut self, id: LocalId, of: Type) {
        if let Some(place) = self.locals.get_mut(id.0) {
            *place = of;
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.context.problems.report(diagnostic);
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Type {
        match &expr.kind {
            ExprKind::Literal(value) => Type::of(value),
            ExprKind::Local(id) => self.locals.get(id.0).cloned().unwrap_or(Type::Any),
            ExprKind::Let { bindings, value } => {
                for (id, value) in bindings {
                    let of = self.expr(value);
                    self.set(*id, of);
                }
                self.expr(value)
            }
            ExprKind::Do(values) => values.iter().fold(Type::Nil, |_, value| self.expr(value)),
            ExprKind::Note { .. } => Type::Nil,
            ExprKind::NowMs => Type::Integer,
            ExprKind::Itself => Type::Function,
            ExprKind::Loop { bindings, value } => {
                for (_, value) in bindings {
                    // What a loop's locals become in later rounds is not followed.
                    self.expr(value);
                }
                self.expr(value)
            }
            ExprKind::Recur(values) => {
                for value in values {
                    self.expr(value);
                }
                Type::Any
            }
            ExprKind::Attempt { body, handler, .. } => {
                let (body, handler) = (self.expr(&body.value), self.expr(handler));
                Type::union(body, handler)
            }
            ExprKind::If { condition, then, otherwise, .. } => {
                self.expr(condition);
                let (then, otherwise) = (self.expr(then), self.expr(otherwise));
                Type::union(then, otherwise)
            }
            ExprKind::Call { function, arguments } => self.call(function, arguments),
            ExprKind::Invoke { callee, arguments } => {
                let of = self.expr(callee);
                if !of.may_be(Ty::Callable) {
                    let message = format!("{} cannot be called", of.describe());
                    self.report(Diagnostic::new(Code::TYPE_MISMATCH, callee.span, message));
                }
                for argument in arguments {
                    self.expr(argument);
                }
                Type::Any
            }
            ExprKind::LibraryFunction(_) => Type::Function,
            ExprKind::Closure(closure) => {
                self.expr(&closure.value);
                Type::Function
            }
            ExprKind::Vector(items) => Type::Vector(Box::new(self.members(items))),
            ExprKind::Set(items) => Type::Set(Box::new(self.members(items))),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::Step(step) => {
                let of = config::step(self, step, expr.span);
                self.context.awaited.insert(step.point.clone(), of.clone());
                of
            }
        }
    }

    fn members(&mut self, items: &[Expr]) -> Type {
        let types: Vec<Type> = items.iter().map(|item| self.expr(item)).collect();
        types.into_iter().reduce(Type::union).unwrap_or(Type::Any)
    }

    fn map(&mut self, entries: &[(Expr, Expr)]) -> Type {
        let mut record = Record { fields: Vec::new(), open: false };
        for (key, value) in entries {
            self.expr(key);
            let of = self.expr(value);
            match &key.kind {
                ExprKind::Literal(Value::Keyword(keyword)) => {
                    record.fields.push((keyword.full().to_owned(), of));
                }
                _ => record.open = true,
            }
        }
        Type::Map(record)
    }

    fn call(&mut self, function: &'static Entry, arguments: &[Expr]) -> Type {
        let types: Vec<Type> = arguments.iter().map(|argument| self.expr(argument)).collect();
        for (index, (of, argument)) in types.iter().zip(arguments).enumerate() {
            let Some(wanted) = function.parameters.get(index).copied().or(function.rest) else { continue };
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
        match (function.name, types.as_slice(), arguments) {
            ("clojure.core/get", [of, _, rest @ ..], [_, key, ..]) => self.get(of, key, rest.first()),
            ("clojure.core/assoc", [of, ..], [_, entries @ ..]) => {
                assoc(of, entries, types.get(1..).unwrap_or_default())
            }
            _ => Type::from(function.returns),
        }
    }

    /// `(get of key default)`: the field of a known record; an unknown key of a closed one is an error.
    fn get(&mut self, of: &Type, key: &Expr, default: Option<&Type>) -> Type {
        let ExprKind::Literal(Value::Keyword(keyword)) = &key.kind else { return Type::Any };
        let name = keyword.full();
        let members = match of {
            Type::Union(members) => members.as_slice(),
            single => std::slice::from_ref(single),
        };
        let mut found = Type::Nil;
        let mut known: Vec<&str> = Vec::new();
        for member in members {
            match member {
                Type::Nil => {}
                Type::Map(record) => match record.get(name) {
                    Some(field) => return if members.len() == 1 { field.clone() } else { Type::Any },
                    None if record.open => return Type::Any,
                    None => known.extend(record.fields.iter().map(|(field, _)| field.as_str())),
                },
                _ => return Type::Any,
            }
        }
        if let Some(default) = default {
            found = default.clone();
        } else if members.iter().any(|member| matches!(member, Type::Map(_))) {
            self.unknown_field(name, &known, key.span);
        }
        found
    }

    fn unknown_field(&mut self, name: &str, known: &[&str], at: Span) {
        let mut problem =
            Diagnostic::new(Code::UNKNOWN_FIELD, at, format!("this map never has the key `:{name}`"));
        if let Some(best) = nearest(name, known.iter().copied()).first() {
            problem = problem.help(format!("did you mean `:{best}`?")).edit(at, format!(":{best}"));
        }
        let all: Vec<String> = known.iter().map(|field| format!("`:{field}`")).collect();
        if !all.is_empty() {
            problem = problem.note(format!("its keys are {}", all.join(" ")));
        }
        self.report(problem);
    }
}

/// A record with literal keyword keys added.
fn assoc(of: &Type, entries: &[Expr], types: &[Type]) -> Type {
    let Type::Map(record) = of else { return Type::Any };
    let mut record = record.clone();
    for (pair, pair_types) in entries.chunks_exact(2).zip(types.chunks_exact(2)) {
        let (Some(key), Some(of)) = (pair.first(), pair_types.get(1)) else { continue };
        match &key.kind {
            ExprKind::Literal(Value::Keyword(keyword)) => {
                let name = keyword.full();
                match record.fields.iter_mut().find(|(field, _)| field == name) {
                    Some((_, place)) => *place = of.clone(),
                    None => record.fields.push((name.to_owned(), of.clone())),
                }
            }
            _ => record.open = true,
        }
    }
    Type::Map(record)
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
