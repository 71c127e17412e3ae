//! Names to meanings: scopes, macro expansion, patterns, references between sections. Makes HIR.
//!
//! After this stage nobody looks up a name. What a value may be is not known here; that is `types`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::Definition;
use crate::hir::{Body, Expr, ExprKind, Function, Local, LocalId, Program};
use crate::source::{Sources, Span};
use crate::syntax::Form;

/// Bodies: the flow's, functions', closures.
mod body;

/// Calls of library functions and of values.
mod calls;

/// Functions that know each other.
mod definitions;

/// Forms as expressions: the dispatch over everything that can be written.
mod expr;

/// Choices by value and threading with conditions.
mod choices;

/// `throw`, `try`, `catch`, `finally`.
mod exceptions;

/// Names that flows do not have on purpose.
mod forbidden;

/// `with-out-str`.
mod capture;

/// Java interop: constructors, methods, static members, classes as values.
mod interop;

/// Timeline labels from metadata.
mod labels;

/// Sequences that are made when asked for.
mod lazy;

/// What is checked and not built yet.
mod later;

/// Iteration.
mod loops;

/// `flow/poll`, `flow/call-flow` and the helpers of time.
mod helpers;

/// Macros that become branches and bindings.
mod macros;

/// Destructuring.
mod pattern;

/// Quoted data.
mod quote;

/// Macros that are other forms written out.
mod rewritten;

/// `flow/step` and what its config refers to.
mod steps;

/// Syntax quote.
mod template;

/// Resolves a definition. The program is whole even when problems were reported: what could not be resolved
/// is unknown.
pub fn resolve(sources: &Sources, definition: &Definition, problems: &mut Problems) -> Program {
    let mut inline = Vec::new();
    let mut functions: Vec<Function> = definition
        .functions
        .iter()
        .map(|source| {
            let mut resolver = Resolver::new(sources, definition, problems, &mut inline, Kind::Function);
            Function { id: source.id.value.clone(), body: resolver.function(&source.id.value, &source.code) }
        })
        .collect();
    let mut resolver = Resolver::new(sources, definition, problems, &mut inline, Kind::Orchestration);
    let flow = resolver.flow();
    functions.append(&mut inline);
    Program { flow, functions }
}

/// Which rules a body follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Orchestration,
    Function,
}

/// The state of resolving one body.
struct Resolver<'a> {
    sources: &'a Sources,
    definition: &'a Definition,
    problems: &'a mut Problems,
    /// Where inline `:code` of steps goes.
    inline: &'a mut Vec<Function>,
    kind: Kind,
    locals: Vec<Local>,
    /// What `(flow/input)` gives; only in the flow body.
    input: Option<LocalId>,
    /// Names in scope, innermost last.
    scope: Vec<(String, LocalId)>,
    /// How many closures are open around the current form.
    closures: usize,
    /// How many bodies of `try` are open around the current form: what is wrong in one may be what it is for.
    attempts: usize,
    /// Whether the form that is resolved next is in tail position of the innermost `loop` or `fn`.
    tail_next: bool,
    /// Whether the form being resolved is; valid until its first part is resolved.
    in_tail: bool,
    /// What `recur` may go back to, innermost last.
    targets: Vec<loops::Target>,
    /// The lexical path of branches, for suspension ids.
    path: Vec<String>,
    /// How often each step id is written in this body.
    step_ids: BTreeMap<String, usize>,
    /// Suspension ids given so far.
    points: BTreeMap<String, Span>,
    /// Step ids that are written in several branches, with their suspension ids.
    repeated: BTreeMap<String, Vec<(String, Span)>>,
    /// Step ids that are written twice at one place.
    duplicated: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    fn new(
        sources: &'a Sources,
        definition: &'a Definition,
        problems: &'a mut Problems,
        inline: &'a mut Vec<Function>,
        kind: Kind,
    ) -> Self {
        Self {
            sources,
            definition,
            problems,
            inline,
            kind,
            locals: Vec::new(),
            input: None,
            scope: Vec::new(),
            closures: 0,
            attempts: 0,
            tail_next: false,
            in_tail: false,
            targets: Vec::new(),
            path: Vec::new(),
            step_ids: BTreeMap::new(),
            points: BTreeMap::new(),
            repeated: BTreeMap::new(),
            duplicated: BTreeSet::new(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.problems.report(diagnostic);
    }

    /// A new local that is in scope from now on.
    fn bind(&mut self, name: &str, span: Span) -> LocalId {
        let id = self.invent(name, span);
        self.scope.push((name.to_owned(), id));
        id
    }

    /// A new local that no name reaches.
    fn invent(&mut self, name: &str, span: Span) -> LocalId {
        let id = LocalId(self.locals.len());
        self.locals.push(Local { name: name.to_owned(), span });
        id
    }

    fn local(&self, name: &str) -> Option<LocalId> {
        self.scope.iter().rev().find(|(it, _)| it == name).map(|(_, id)| *id)
    }

    /// Runs `inside` with the scope as it is now, and forgets what it binds.
    fn scoped<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.scope.len();
        let result = inside(self);
        self.scope.truncate(depth);
        result
    }

    /// Runs `inside` under one more element of the lexical path.
    fn under<T>(&mut self, element: &str, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(element.to_owned());
        let result = inside(self);
        self.path.pop();
        result
    }

    /// Reports a form that is not written as it must be; its value is unknown.
    fn malformed(&mut self, form: &Form, message: impl Into<String>, help: &str) -> Expr {
        self.report(Diagnostic::new(Code::MALFORMED_FORM, form.span, message).help(help));
        unknown(form.span)
    }

    fn finish(
        &mut self,
        name: &str,
        parameters: Vec<LocalId>,
        rest: Option<LocalId>,
        value: Expr,
        span: Span,
    ) -> Body {
        Body {
            name: name.to_owned(),
            locals: std::mem::take(&mut self.locals),
            parameters,
            rest,
            value,
            span,
        }
    }
}

fn nil(span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(breyta_core::Value::Nil), span }
}

/// The value of what could not be resolved, and was reported: of any type, so that nothing else is said about it.
fn unknown(span: Span) -> Expr {
    Expr { kind: ExprKind::Unknown, span }
}

fn use_local(id: LocalId, span: Span) -> Expr {
    Expr { kind: ExprKind::Local(id), span }
}
