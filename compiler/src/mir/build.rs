//! HIR to blocks. Operands are evaluated in source order into locals; a branch joins in a block where its value is in
//! one local; a step ends its block.

use std::collections::BTreeSet;

use breyta_core::{Keyword, Value};

use super::{
    Block, BlockId, Body, Handler, Kept, Local, LocalId, Operand, Program, Rvalue, Statement, StatementKind,
    Suspension, Terminator,
};
use crate::hir::{self, Closure, Expr, ExprKind, Step};
use crate::source::Span;
use crate::types::{Type, Types};

/// Lowers a checked flow body with some of its functions.
pub fn build(flow: &hir::Body, functions: &[hir::Function], types: &Types, version: String) -> Program {
    let mut flow = Builder::new(flow, &types.flow_locals, Some(&types.keyword_keys)).body(flow);
    let awaited: Vec<(LocalId, Type)> = flow
        .suspensions()
        .filter_map(|it| Some((it.result, types.awaited.get(&it.point)?.clone())))
        .collect();
    for (id, of) in awaited {
        if let Some(local) = flow.locals.get_mut(id.0)
            && local.of == Type::Any
        {
            local.of = of;
        }
    }
    let functions = functions
        .iter()
        .map(|function| (function.id.clone(), Builder::new(&function.body, &[], None).body(&function.body)))
        .collect();
    Program { version, flow, functions }
}

/// What a terminator becomes known as when its block is opened but not yet ended.
const OPEN: Terminator = Terminator::Goto(BlockId(usize::MAX));

struct Builder<'t> {
    locals: Vec<Local>,
    blocks: Vec<Block>,
    current: BlockId,
    closures: Vec<Body>,
    /// Open loops, innermost last.
    loops: Vec<Round>,
    /// Where errors of the code being built go, innermost last.
    handlers: Vec<Handler>,
    /// Strings that mean a keyword.
    keyword_keys: Option<&'t BTreeSet<Span>>,
}

/// An open loop: where a round begins, and what each round gives anew.
struct Round {
    header: BlockId,
    locals: Vec<LocalId>,
}

impl<'t> Builder<'t> {
    /// HIR locals keep their index; the builder's own come after them.
    fn new(body: &hir::Body, types: &[Type], keyword_keys: Option<&'t BTreeSet<Span>>) -> Self {
        let locals = body
            .locals
            .iter()
            .enumerate()
            .map(|(index, local)| Local {
                name: local.name.trim_start_matches('-').to_owned(),
                span: local.span,
                of: types.get(index).cloned().unwrap_or(Type::Any),
                kept: Kept::Value,
            })
            .collect();
        Self {
            locals,
            blocks: vec![Block { statements: Vec::new(), terminator: OPEN, handler: None }],
            current: BlockId(0),
            closures: Vec::new(),
            loops: Vec::new(),
            handlers: Vec::new(),
            keyword_keys,
        }
    }

    fn body(mut self, body: &hir::Body) -> Body {
        let value = self.operand(&body.value);
        self.end(Terminator::Return(value));
        Body {
            name: body.name.clone(),
            span: body.span,
            locals: self.locals,
            parameters: body.parameters.iter().map(|id| local(*id)).collect(),
            rest: body.rest.map(local),
            captured: Vec::new(),
            blocks: self.blocks,
            closures: self.closures,
        }
    }

    fn temporary(&mut self, name: &str, span: Span) -> LocalId {
        self.locals.push(Local { name: name.to_owned(), span, of: Type::Any, kept: Kept::Value });
        LocalId(self.locals.len() - 1)
    }

    fn open_block(&mut self) -> BlockId {
        let handler = self.handlers.last().copied();
        self.blocks.push(Block { statements: Vec::new(), terminator: OPEN, handler });
        BlockId(self.blocks.len() - 1)
    }

    fn push(&mut self, kind: StatementKind, span: Span) {
        if let Some(block) = self.blocks.get_mut(self.current.0) {
            block.statements.push(Statement { kind, span });
        }
    }

    /// Ends the current block; the caller chooses where to go on.
    fn end(&mut self, terminator: Terminator) {
        if let Some(block) = self.blocks.get_mut(self.current.0) {
            block.terminator = terminator;
        }
    }

    /// The value of an expression as an operand: itself when it is a local or constant, else a new local.
    fn operand(&mut self, expr: &Expr) -> Operand {
        match &expr.kind {
            ExprKind::Literal(Value::Str(name))
                if self.keyword_keys.is_some_and(|it| it.contains(&expr.span)) =>
            {
                Operand::Constant(Value::Keyword(Keyword::new(name.as_str())))
            }
            ExprKind::Literal(value) => Operand::Constant(value.clone()),
            ExprKind::Unknown | ExprKind::Packaged(_) => {
                panic!("invariant: nothing is lowered that was reported or refused")
            }
            ExprKind::Local(id) => Operand::Local(local(*id)),
            ExprKind::LibraryFunction(entry) => Operand::Function(entry),
            ExprKind::Let { bindings, value } => {
                self.bindings(bindings);
                self.operand(value)
            }
            ExprKind::Do(values) => self.sequence(values),
            ExprKind::Note { .. } => {
                self.effect(expr);
                Operand::Constant(Value::Nil)
            }
            ExprKind::If { .. }
            | ExprKind::Loop { .. }
            | ExprKind::Recur(_)
            | ExprKind::Try { .. }
            | ExprKind::Itself
            | ExprKind::NowMs
            | ExprKind::Call { .. }
            | ExprKind::Invoke { .. }
            | ExprKind::Closure(_)
            | ExprKind::Vector(_)
            | ExprKind::Map(_)
            | ExprKind::Set(_)
            | ExprKind::Step(_) => {
                let target = self.temporary(&name_of(expr), expr.span);
                self.assign(target, expr);
                Operand::Local(target)
            }
        }
    }

    fn bindings(&mut self, bindings: &[(hir::LocalId, Expr)]) {
        for (id, value) in bindings {
            self.assign(local(*id), value);
        }
    }

    fn sequence(&mut self, values: &[Expr]) -> Operand {
        let Some((last, before)) = values.split_last() else { return Operand::Constant(Value::Nil) };
        for value in before {
            self.effect(value);
        }
        self.operand(last)
    }

    /// Evaluates for what it does; the value is not used. Library calls are kept: they may throw.
    fn effect(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(_)
            | ExprKind::Local(_)
            | ExprKind::LibraryFunction(_)
            | ExprKind::Packaged(_)
            | ExprKind::Unknown => {}
            ExprKind::Note { label } => {
                self.push(StatementKind::Note { label: label.clone(), choice: String::new() }, expr.span);
            }
            _ => {
                self.operand(expr);
            }
        }
    }

    /// Evaluates into a given local.
    fn assign(&mut self, target: LocalId, expr: &Expr) {
        let value = match &expr.kind {
            ExprKind::Let { bindings, value } => {
                self.bindings(bindings);
                return self.assign(target, value);
            }
            ExprKind::Do(values) => {
                let Some((last, before)) = values.split_last() else {
                    return self.push(
                        StatementKind::Assign(target, Rvalue::Use(Operand::Constant(Value::Nil))),
                        expr.span,
                    );
                };
                for value in before {
                    self.effect(value);
                }
                return self.assign(target, last);
            }
            ExprKind::If { condition, then, otherwise, label } => {
                return self.branch(target, condition, then, otherwise, label.as_ref(), expr.span);
            }
            ExprKind::Step(step) => return self.suspend(target, step, expr.span),
            ExprKind::Loop { bindings, value } => return self.rounds(target, bindings, value, expr.span),
            ExprKind::Recur(values) => return self.again(values, expr.span),
            ExprKind::Try { body, error, handler } => return self.guarded(target, body, *error, handler),
            ExprKind::Itself => Rvalue::Itself,
            ExprKind::NowMs => Rvalue::NowMs,
            ExprKind::Literal(_)
            | ExprKind::Local(_)
            | ExprKind::LibraryFunction(_)
            | ExprKind::Unknown
            | ExprKind::Packaged(_)
            | ExprKind::Note { .. } => Rvalue::Use(self.operand(expr)),
            ExprKind::Call { function, arguments } => Rvalue::Call(function, self.operands(arguments)),
            ExprKind::Invoke { callee, arguments } => {
                let callee = self.operand(callee);
                Rvalue::Invoke(callee, self.operands(arguments))
            }
            ExprKind::Vector(items) => Rvalue::Vector(self.operands(items)),
            ExprKind::Set(items) => Rvalue::Set(self.operands(items)),
            ExprKind::Map(entries) => Rvalue::Map(
                entries.iter().map(|(key, value)| (self.operand(key), self.operand(value))).collect(),
            ),
            ExprKind::Closure(closure) => self.closure(closure, expr.span),
        };
        self.push(StatementKind::Assign(target, value), expr.span);
    }

    fn operands(&mut self, exprs: &[Expr]) -> Vec<Operand> {
        exprs.iter().map(|expr| self.operand(expr)).collect()
    }

    fn branch(
        &mut self,
        target: LocalId,
        condition: &Expr,
        then: &Expr,
        otherwise: &Expr,
        label: Option<&hir::BranchLabel>,
        span: Span,
    ) {
        let condition = self.operand(condition);
        let from = self.current;
        let first = self.arm(target, then, label.map(|it| (&it.label, &it.yes)), span);
        let second = self.arm(target, otherwise, label.map(|it| (&it.label, &it.no)), span);
        let join = self.open_block();
        for end in [first.1, second.1] {
            self.current = end;
            self.end(Terminator::Goto(join));
        }
        self.current = from;
        self.end(Terminator::If { condition, then: first.0, otherwise: second.0 });
        self.current = join;
    }

    /// One arm of a branch: its first block and the block where it ends.
    fn arm(
        &mut self,
        target: LocalId,
        expr: &Expr,
        note: Option<(&String, &String)>,
        span: Span,
    ) -> (BlockId, BlockId) {
        let start = self.open_block();
        self.current = start;
        if let Some((label, choice)) = note.filter(|(_, choice)| !choice.is_empty()) {
            self.push(StatementKind::Note { label: label.clone(), choice: choice.clone() }, span);
        }
        self.assign(target, expr);
        (start, self.current)
    }

    /// A loop: its locals are written before it and by every `recur`; what its value is goes into `target`.
    fn rounds(&mut self, target: LocalId, bindings: &[(hir::LocalId, Expr)], value: &Expr, span: Span) {
        self.bindings(bindings);
        let from = self.current;
        let header = self.open_block();
        self.current = from;
        self.end(Terminator::Goto(header));
        self.current = header;
        self.push(StatementKind::Spend, span);
        self.loops.push(Round { header, locals: bindings.iter().map(|(id, _)| local(*id)).collect() });
        self.assign(target, value);
        self.loops.pop();
        // The loop ends where its value is there; what comes then is a block of its own, outside.
        let from = self.current;
        let after = self.open_block();
        self.current = from;
        self.end(Terminator::Goto(after));
        self.current = after;
    }

    /// `recur`: all values first, then all locals, then the next round. What follows cannot be reached.
    fn again(&mut self, values: &[Expr], span: Span) {
        let operands = self.operands(values);
        let Some(round) = self.loops.last() else { return };
        let (header, locals) = (round.header, round.locals.clone());
        let operands: Vec<Operand> = operands
            .into_iter()
            .zip(&locals)
            .map(|(operand, own)| match operand {
                // Another local of the loop would be overwritten before it is read.
                Operand::Local(id) if id != *own && locals.contains(&id) => {
                    let name = self.locals.get(id.0).map_or_else(String::new, |local| local.name.clone());
                    let kept = self.temporary(&name, span);
                    self.push(StatementKind::Assign(kept, Rvalue::Use(Operand::Local(id))), span);
                    Operand::Local(kept)
                }
                other => other,
            })
            .collect();
        for (operand, own) in operands.into_iter().zip(locals) {
            if !matches!(operand, Operand::Local(id) if id == own) {
                self.push(StatementKind::Assign(own, Rvalue::Use(operand)), span);
            }
        }
        self.end(Terminator::Goto(header));
        self.current = self.open_block();
    }

    /// `try`: the body's blocks have the handler, and both ends meet.
    fn guarded(&mut self, target: LocalId, body: &Expr, error: hir::LocalId, handler: &Expr) {
        let from = self.current;
        let caught = self.open_block();
        self.handlers.push(Handler { block: caught, error: local(error) });
        let start = self.open_block();
        self.current = from;
        self.end(Terminator::Goto(start));
        self.current = start;
        self.assign(target, body);
        let tried = self.current;
        self.handlers.pop();
        self.current = caught;
        self.assign(target, handler);
        let handled = self.current;
        let join = self.open_block();
        for end in [tried, handled] {
            self.current = end;
            self.end(Terminator::Goto(join));
        }
        self.current = join;
    }

    fn suspend(&mut self, result: LocalId, step: &Step, span: Span) {
        let config = self.operand(&step.config);
        let from = self.current;
        let resume = self.open_block();
        self.current = from;
        self.end(Terminator::Suspend(Suspension {
            point: step.point.clone(),
            family: step.family.name,
            step: step.id.clone(),
            form: step.form.clone(),
            span,
            config,
            result,
            resume,
            handler: self.handlers.last().copied(),
        }));
        self.current = resume;
    }

    /// A closure gets a body of its own; what it uses of this one it captures.
    fn closure(&mut self, closure: &Closure, span: Span) -> Rvalue {
        let mut inner = Builder {
            locals: self.locals.clone(),
            blocks: vec![Block { statements: Vec::new(), terminator: OPEN, handler: None }],
            current: BlockId(0),
            closures: Vec::new(),
            loops: Vec::new(),
            handlers: Vec::new(),
            keyword_keys: self.keyword_keys,
        };
        let value = inner.operand(&closure.value);
        inner.end(Terminator::Return(value));
        let mut body = Body {
            name: closure.name.clone().unwrap_or_else(|| "closure".to_owned()),
            span,
            locals: inner.locals,
            parameters: closure.parameters.iter().map(|id| local(*id)).collect(),
            rest: closure.rest.map(local),
            captured: Vec::new(),
            blocks: inner.blocks,
            closures: inner.closures,
        };
        body.captured =
            super::live::at_entry(&body).into_iter().filter(|id| !body.given().any(|it| it == *id)).collect();
        let captured = body.captured.iter().map(|id| Operand::Local(*id)).collect();
        self.closures.push(body);
        Rvalue::Closure(self.closures.len() - 1, captured)
    }
}

fn local(id: hir::LocalId) -> LocalId {
    LocalId(id.0)
}

/// A name for the value of an expression: what makes it.
fn name_of(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Call { function, arguments } => match (function.name, arguments.as_slice()) {
            ("clojure.core/get", [_, Expr { kind: ExprKind::Literal(Value::Keyword(key)), .. }, ..]) => {
                key.name().to_owned()
            }
            _ => function.short_name().to_owned(),
        },
        ExprKind::Invoke { .. } => "called".to_owned(),
        ExprKind::If { .. } => "chosen".to_owned(),
        ExprKind::Loop { .. } => "result".to_owned(),
        ExprKind::Try { .. } => "tried".to_owned(),
        ExprKind::NowMs => "now".to_owned(),
        ExprKind::Closure(closure) => closure.name.clone().unwrap_or_else(|| "function".to_owned()),
        ExprKind::Vector(_) => "vector".to_owned(),
        ExprKind::Set(_) => "set".to_owned(),
        ExprKind::Map(_) => "map".to_owned(),
        ExprKind::Step(step) => step.id.clone(),
        _ => "value".to_owned(),
    }
}
