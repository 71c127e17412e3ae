//! Expressions to types, with the checks on the way. Calls are in [`super::calls`], looking things up in
//! [`super::lookup`], branches in [`super::narrow`].

use std::collections::{BTreeMap, BTreeSet};

use breyta_core::Value;

use super::boundaries;
use super::config;
use super::lattice::{Record, Type};
use super::narrow::Facts;
use super::packaged::{self, Contract};
use super::walk::children;
use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::Definition;
use crate::hir::{Body, Closure, Expr, ExprKind, LocalId, Program};
use crate::source::Span;

/// How many expressions may be inferred again with other types, in one flow. When it is used up, what would need
/// another look is unknown.
const EFFORT: usize = 60_000;

/// How often a loop is looked at before the types of its locals are given up.
const ROUNDS: usize = 3;

/// Problems that only happen when the code runs.
const OF_VALUES: [Code; 3] = [Code::TYPE_MISMATCH, Code::UNKNOWN_FIELD, Code::WRONG_ARITY];

/// What all bodies share.
pub(super) struct Context<'a> {
    pub(super) definition: &'a Definition,
    pub(super) program: &'a Program,
    /// Bodies of functions by id.
    pub(super) functions: BTreeMap<&'a str, &'a Body>,
    pub(super) problems: &'a mut Problems,
    /// Result types of functions that are done, whatever they are called with.
    pub(super) results: &'a BTreeMap<String, Type>,
    /// What steps give, by suspension id.
    pub(super) awaited: BTreeMap<String, Type>,
    /// As in [`super::Types`].
    pub(super) keyword_keys: BTreeSet<Span>,
    /// Expressions that may still be inferred again.
    pub(super) effort: usize,
    /// Places and codes that have been reported: the second look at an expression says nothing twice.
    pub(super) reported: BTreeSet<(Span, &'static str)>,
    /// Schemas of packaged steps, by id.
    pub(super) packaged: BTreeMap<String, Contract>,
    /// Functions that are being inferred.
    pub(super) active: Vec<String>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        definition: &'a Definition,
        program: &'a Program,
        problems: &'a mut Problems,
        results: &'a BTreeMap<String, Type>,
    ) -> Self {
        Self {
            definition,
            program,
            functions: program.functions.iter().map(|it| (it.id.as_str(), &it.body)).collect(),
            problems,
            results,
            awaited: BTreeMap::new(),
            keyword_keys: BTreeSet::new(),
            effort: EFFORT,
            reported: BTreeSet::new(),
            packaged: BTreeMap::new(),
            active: Vec::new(),
        }
    }
}

/// Where a body is looked at from.
#[derive(Clone, Debug)]
pub(super) struct From {
    pub(super) span: Span,
    /// What is to be seen there: `called from here`.
    pub(super) text: String,
    /// Whether this is all that it is ever called with, so that a key which is not there is misspelt.
    pub(super) only: bool,
}

/// Infers one body with its parameters' types (missing ones are unknown): its result and the types of its locals.
/// With `from`, only what certainly happens is reported, and where the types came from is shown; or nothing is, when it
/// says so.
pub(super) fn body(
    context: &mut Context<'_>,
    body: &Body,
    parameters: &[Type],
    from: Option<(From, bool)>,
) -> (Type, Vec<Type>) {
    let (from, quiet) = from.map_or((None, false), |(from, quiet)| (Some(from), quiet));
    let mut closures = BTreeMap::new();
    named_closures(&body.value, &mut closures);
    let mut inference = Inference {
        context,
        locals: vec![Type::Any; body.locals.len()],
        about: BTreeMap::new(),
        closures: &closures,
        loops: Vec::new(),
        seen: BTreeSet::new(),
        calls: Vec::new(),
        silent: usize::from(quiet),
        guards: 0,
        conditional: 0,
        from,
    };
    for (id, of) in body.parameters.iter().zip(parameters) {
        inference.set(*id, of.clone());
    }
    if let Some(id) = body.rest {
        inference.set(id, Type::List(Box::new(Type::Any)).or_nil());
    }
    let result = inference.expr(&body.value);
    (result, inference.locals)
}

pub(super) struct Inference<'c, 'a> {
    pub(super) context: &'c mut Context<'a>,
    pub(super) locals: Vec<Type>,
    /// What a local tells about others where it is a condition.
    pub(super) about: BTreeMap<LocalId, Facts>,
    /// Closures that a `let` gives a name.
    pub(super) closures: &'c BTreeMap<LocalId, &'c Closure>,
    /// What the loops that are open have been given again, innermost last.
    loops: Vec<Vec<Type>>,
    /// The closures that have been looked at, by place.
    seen: BTreeSet<Span>,
    /// The closures that are being called, by place.
    pub(super) calls: Vec<Span>,
    /// How many inferences around this one are only for the type.
    silent: usize,
    /// How many forms around this one keep what goes wrong to themselves: branches that are never taken, `try`.
    guards: usize,
    /// How many branches are open.
    conditional: usize,
    from: Option<From>,
}

impl Inference<'_, '_> {
    pub(super) fn set(&mut self, id: LocalId, of: Type) {
        if let Some(place) = self.locals.get_mut(id.0) {
            *place = of;
        }
    }

    pub(super) fn report(&mut self, mut diagnostic: Diagnostic) {
        if self.silent > 0 || (self.guards > 0 && OF_VALUES.contains(&diagnostic.code)) {
            return;
        }
        if let Some(from) = &self.from {
            // A key that this caller does not give is nil, which is what optional keys are.
            if self.conditional > 0 || (!from.only && diagnostic.code == Code::UNKNOWN_FIELD) {
                return;
            }
            diagnostic = diagnostic.also(from.span, from.text.clone());
        }
        if self.context.reported.insert((diagnostic.primary.span, diagnostic.code.name())) {
            self.context.problems.report(diagnostic);
        }
    }

    /// Infers without reporting anything.
    pub(super) fn silently<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.silent += 1;
        // Checks of configs report without asking whether anyone listens.
        let kept = std::mem::take(&mut *self.context.problems);
        let result = inside(self);
        *self.context.problems = kept;
        self.silent -= 1;
        result
    }

    /// Infers something that keeps what goes wrong in it to itself.
    pub(super) fn guarded<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.guards += 1;
        let result = inside(self);
        self.guards -= 1;
        result
    }

    /// Infers something that may not happen.
    pub(super) fn perhaps<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.conditional += 1;
        let result = inside(self);
        self.conditional -= 1;
        result
    }

    /// Whether what is found here is no mistake of anyone.
    pub(super) fn is_quiet(&self) -> bool {
        self.silent > 0 || self.guards > 0 || (self.from.is_some() && self.conditional > 0)
    }

    /// Whether there is effort left for looking at something again.
    pub(super) fn may_look_again(&self) -> bool {
        self.context.effort > 0
    }

    pub(super) fn expr(&mut self, expr: &Expr) -> Type {
        if self.silent > 0 || self.from.is_some() || !self.calls.is_empty() {
            self.context.effort = self.context.effort.saturating_sub(1);
        }
        match &expr.kind {
            ExprKind::Literal(value) => Type::of(value).bounded(),
            ExprKind::Local(id) => self.locals.get(id.0).cloned().unwrap_or(Type::Any),
            ExprKind::Let { bindings, value } => {
                for (id, value) in bindings {
                    self.bind(*id, value);
                }
                self.expr(value)
            }
            ExprKind::Do(values)
                if matches!(values.last().map(|last| &last.kind), Some(ExprKind::Unknown)) =>
            {
                // A form that is only checked: what goes wrong in it may be caught there.
                self.guarded(|this| {
                    for value in values {
                        this.expr(value);
                    }
                });
                Type::Any
            }
            ExprKind::Do(values) => values.iter().fold(Type::Nil, |_, value| self.expr(value)),
            ExprKind::Note { .. } => Type::Nil,
            ExprKind::NowMs => Type::Integer,
            ExprKind::Unknown => Type::Any,
            ExprKind::Itself | ExprKind::LibraryFunction(_) => Type::Function,
            ExprKind::Loop { bindings, value } => self.loop_(bindings, value),
            ExprKind::Recur(values) => {
                let types: Vec<Type> = values.iter().map(|value| self.expr(value)).collect();
                self.again(types);
                Type::Never
            }
            ExprKind::If { condition, then, otherwise, .. } => self.branch(condition, then, otherwise),
            ExprKind::Try { body, error, handler } => self.perhaps(|this| {
                // What goes wrong in it is caught.
                let value = this.guarded(|this| this.expr(body));
                this.set(*error, Type::Any);
                Type::union(value, this.expr(handler)).bounded()
            }),
            ExprKind::Call { function, arguments } => self.call(function, arguments),
            ExprKind::Invoke { callee, arguments } => self.invoke(callee, arguments, expr.span),
            ExprKind::Closure(closure) => {
                // Nobody knows whether it is ever called.
                self.perhaps(|this| this.closure(closure, &[]));
                Type::Function
            }
            ExprKind::Vector(items) => Type::Vector(Box::new(self.elements(items))).bounded(),
            ExprKind::Set(items) => Type::Set(Box::new(self.elements(items))).bounded(),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::Packaged(call) => packaged::call(self, call),
            ExprKind::Step(step) => {
                let of = config::step(self, step);
                let of = boundaries::step(self, step, of, expr.span);
                self.context.awaited.insert(step.point.clone(), of.clone());
                of
            }
        }
    }

    fn bind(&mut self, id: LocalId, value: &Expr) {
        let of = self.expr(value);
        self.set(id, of);
        self.remember(id, value);
    }

    fn branch(&mut self, condition: &Expr, then: &Expr, otherwise: &Expr) -> Type {
        let of = self.expr(condition);
        let facts = self.facts(condition);
        match self.constant(condition, &of) {
            Some(holds) => {
                self.unreachable(condition, holds, if holds { otherwise } else { then });
                let (taken, dead) = if holds { (then, otherwise) } else { (otherwise, then) };
                // What would go wrong there never does.
                self.guarded(|this| this.arm(dead, &facts, !holds));
                self.arm(taken, &facts, holds)
            }
            None => {
                let (then, otherwise) =
                    self.perhaps(|this| (this.arm(then, &facts, true), this.arm(otherwise, &facts, false)));
                Type::union(then, otherwise).bounded()
            }
        }
    }

    /// A loop: its locals are what they start as, or what any `recur` gives them.
    fn loop_(&mut self, bindings: &[(LocalId, Expr)], value: &Expr) -> Type {
        for (id, start) in bindings {
            self.bind(*id, start);
            self.about.remove(id);
        }
        let mut known: Vec<Type> =
            bindings.iter().map(|(id, _)| self.locals.get(id.0).cloned().unwrap_or(Type::Any)).collect();
        for _ in 0..ROUNDS {
            if !self.may_look_again() {
                break;
            }
            self.loops.push(known.clone());
            self.silently(|this| this.perhaps(|this| this.expr(value)));
            let grown = self.loops.pop().unwrap_or_default();
            if grown == known {
                return self.last_round(bindings, value, known);
            }
            known = grown.into_iter().map(Type::bounded).collect();
            for ((id, _), of) in bindings.iter().zip(&known) {
                self.set(*id, of.clone());
            }
        }
        self.last_round(bindings, value, vec![Type::Any; bindings.len()])
    }

    fn last_round(&mut self, bindings: &[(LocalId, Expr)], value: &Expr, known: Vec<Type>) -> Type {
        for ((id, _), of) in bindings.iter().zip(&known) {
            self.set(*id, of.clone());
        }
        self.loops.push(known);
        let result = self.expr(value);
        self.loops.pop();
        result
    }

    /// What a `recur` gives to the innermost loop.
    fn again(&mut self, types: Vec<Type>) {
        if let Some(known) = self.loops.last_mut() {
            for (place, of) in known.iter_mut().zip(types) {
                *place = Type::union(std::mem::replace(place, Type::Nil), of);
            }
        }
    }

    /// Infers a closure's body with what it is called with; missing parameters are unknown.
    pub(super) fn closure(&mut self, closure: &Closure, arguments: &[Type]) -> Type {
        let span = closure.value.span;
        let first = self.seen.insert(span);
        if self.calls.contains(&span) || (!first && !self.may_look_again()) {
            return Type::Any;
        }
        for (index, id) in closure.parameters.iter().enumerate() {
            self.set(*id, arguments.get(index).cloned().unwrap_or(Type::Any));
        }
        if let Some(id) = closure.rest {
            let rest = arguments.get(closure.parameters.len()..).unwrap_or_default();
            let of = rest.iter().cloned().reduce(Type::union).unwrap_or(Type::Any);
            self.set(id, Type::List(Box::new(of)).or_nil());
        }
        self.calls.push(span);
        // `recur` in a closure goes back to the closure, which starts over with other arguments.
        self.loops.push(Vec::new());
        if recurs(&closure.value) {
            for id in &closure.parameters {
                self.set(*id, Type::Any);
            }
        }
        let result = self.expr(&closure.value);
        self.loops.pop();
        self.calls.pop();
        result
    }

    fn elements(&mut self, items: &[Expr]) -> Type {
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
        Type::Map(record).bounded()
    }
}

/// Whether a closure's own `recur` stands in an expression.
fn recurs(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Recur(_) => true,
        ExprKind::Let { value, .. } => recurs(value),
        ExprKind::Do(values) => values.last().is_some_and(recurs),
        ExprKind::If { then, otherwise, .. } => recurs(then) || recurs(otherwise),
        _ => false,
    }
}

/// Closures that a `let` binds, by local.
fn named_closures<'b>(expr: &'b Expr, found: &mut BTreeMap<LocalId, &'b Closure>) {
    if let ExprKind::Let { bindings, .. } = &expr.kind {
        for (id, value) in bindings {
            if let ExprKind::Closure(closure) = &value.kind {
                found.insert(*id, closure);
            }
        }
    }
    children(expr, &mut |child| named_closures(child, found));
}
