//! The MIR interpreter: the second opinion on generated code.
//!
//! Implements the engine's [`Program`] over MIR, with every local as a slot, so that scenarios can run without a Rust
//! compiler. An oracle for tests, never a product mode: it shares lowering with the compiler and nothing after it.

use std::sync::Arc;

use breyta_compiler::mir::live::Liveness;
use breyta_compiler::mir::{
    self, BlockId, Body, Change, LocalId, Operand, Place, Rvalue, StatementKind, Suspension, Terminator,
    Update,
};
use breyta_core::library::Entry;
use breyta_core::value::Function;
use breyta_core::{Budget, Thrown, Value, Vector};
use breyta_engine::frame::Frame;
use breyta_engine::machine::{Action, Machine, Origin, Outcome, Program, Slot, State, StateIndex, StepCall};
use breyta_runtime::rt;

/// A flow that is interpreted.
pub struct Interpreted {
    slug: String,
    program: &'static mir::Program,
    machine: Machine,
    liveness: Liveness,
    /// By state: the block where it goes on.
    entries: Vec<BlockId>,
    /// The states of handlers, by block.
    handlers: Vec<(BlockId, StateIndex)>,
    /// The flows that are linked to it.
    children: Vec<Arc<dyn Program>>,
}

impl Interpreted {
    /// Leaks the program: the ABI's tables are static, and a test process is short.
    pub fn new(slug: &str, program: mir::Program) -> Self {
        let program: &'static mir::Program = Box::leak(Box::new(program));
        let liveness = Liveness::of(&program.flow);
        let mut entries = vec![BlockId(0)];
        let mut states =
            vec![state("(start)", &liveness, BlockId(0), program.flow.parameters.first().copied())];
        for suspension in program.flow.suspensions() {
            entries.push(suspension.resume);
            states.push(state(&suspension.point, &liveness, suspension.resume, Some(suspension.result)));
        }
        let mut handlers = Vec::new();
        for handler in program.flow.handlers() {
            handlers.push((handler.block, entries.len()));
            entries.push(handler.block);
            let name = Box::leak(format!("(catch in b{})", handler.block.0).into_boxed_str());
            states.push(state(name, &liveness, handler.block, Some(handler.error)));
        }
        // Stored names must differ; nothing else hangs on them here.
        let named = program.flow.locals.iter().enumerate();
        let slots: Vec<&'static str> = named
            .map(|(index, local)| &*Box::leak(format!("{}#{index}", local.name).into_boxed_str()))
            .collect();
        let machine = Machine {
            states: Box::leak(states.into_boxed_slice()),
            slots: Box::leak(slots.into_boxed_slice()),
        };
        Self { slug: slug.to_owned(), program, machine, liveness, entries, handlers, children: Vec::new() }
    }
}

impl Interpreted {
    /// With the flows that it may call.
    #[must_use]
    pub fn with_children(mut self, children: Vec<Arc<dyn Program>>) -> Self {
        self.children = children;
        self
    }
}

fn state(name: &'static str, liveness: &Liveness, entry: BlockId, result: Option<LocalId>) -> State {
    let live = liveness.at_start(entry);
    let result = result.filter(|id| live.contains(id)).map(|id| id.0);
    let live: Vec<Slot> = live.into_iter().map(|id| id.0).collect();
    State {
        name,
        live: Box::leak(live.into_boxed_slice()),
        result,
        // Errors of statements are handled here, without the driver.
        handler: None,
        origin: Origin { file: "flow.edn", line: 0, form: "" },
    }
}

impl Program for Interpreted {
    fn slug(&self) -> &str {
        &self.slug
    }

    fn version(&self) -> &str {
        &self.program.version
    }

    fn machine(&self) -> &Machine {
        &self.machine
    }

    fn children(&self) -> Vec<Arc<dyn Program>> {
        self.children.clone()
    }

    fn is_draft(&self) -> bool {
        true
    }

    fn enter(&self, state: StateIndex, frame: &mut Frame, _outcome: Outcome) -> Result<Action, Thrown> {
        let body = &self.program.flow;
        let entry = self.entries[state];
        let mut locals = vec![None; body.locals.len()];
        for id in self.liveness.at_start(entry) {
            locals[id.0] = Some(frame.get(id.0));
        }
        let given = self.liveness.at_start(entry);
        // Not only by the way taken: what a state may have changed is handed over.
        let written: std::collections::BTreeSet<LocalId> = body
            .blocks
            .iter()
            .flat_map(|block| &block.statements)
            .filter_map(|it| if let StatementKind::Assign(id, _) = &it.kind { Some(*id) } else { None })
            .collect();
        let now_ms = frame.now_ms();
        let mut machine = Run { body, locals, captured: Vec::new(), now_ms, trace: Some(frame) };
        match machine.from(entry)? {
            End::Return(value) => Ok(Action::Done(value)),
            End::Suspend(suspension, config) => {
                let locals = machine.locals;
                let mut needed = self.liveness.at_start(suspension.resume);
                needed.remove(&suspension.result);
                if let Some(handler) = suspension.handler {
                    let caught = self.liveness.at_start(handler.block);
                    needed.extend(caught.into_iter().filter(|id| *id != handler.error));
                }
                for id in needed {
                    if !given.contains(&id) || written.contains(&id) {
                        frame.set(id.0, locals[id.0].clone().unwrap_or_default());
                    }
                }
                let handler = suspension.handler.and_then(|handler| {
                    self.handlers.iter().find(|(block, _)| *block == handler.block).map(|(_, state)| *state)
                });
                let next = 1 + body
                    .suspensions()
                    .position(|it| it.point == suspension.point)
                    .expect("a point of this body");
                Ok(Action::Step(StepCall {
                    point: &suspension.point,
                    family: suspension.family,
                    step: &suspension.step,
                    config,
                    next,
                    handler,
                }))
            }
        }
    }

    fn call(
        &self,
        function: &str,
        budget: &mut Budget,
        arguments: &mut [Value],
    ) -> Option<Result<Value, Thrown>> {
        let (_, body) = self.program.functions.iter().find(|(id, _)| id == function)?;
        Some(call(body, &[], budget, arguments))
    }
}

/// Calls a function body or closure body.
fn call(
    body: &'static Body,
    captured: &[Value],
    budget: &mut Budget,
    arguments: &mut [Value],
) -> Result<Value, Thrown> {
    let fits = if body.rest.is_some() {
        arguments.len() >= body.parameters.len()
    } else {
        arguments.len() == body.parameters.len()
    };
    if !fits {
        return Err(Thrown::arity(&body.name, arguments.len()));
    }
    let mut locals = vec![None; body.locals.len()];
    for (id, value) in body.captured.iter().zip(captured) {
        locals[id.0] = Some(value.clone());
    }
    let (fixed, rest) = arguments.split_at_mut(body.parameters.len());
    for (id, value) in body.parameters.iter().zip(fixed) {
        locals[id.0] = Some(std::mem::take(value));
    }
    if let Some(id) = body.rest {
        let rest: Vector = rest.iter_mut().map(std::mem::take).collect();
        locals[id.0] = Some(if rest.is_empty() { Value::Nil } else { Value::List(rest) });
    }
    let mut run = Run { body, locals, captured: captured.to_vec(), now_ms: 0, trace: None };
    match run.with_budget(BlockId(0), budget)? {
        End::Return(value) => Ok(value),
        End::Suspend(suspension, _) => {
            panic!("the function `{}` has the step `{}`", body.name, suspension.point)
        }
    }
}

/// How a stretch of blocks ended.
enum End {
    Return(Value),
    Suspend(&'static Suspension, Value),
}

/// One stretch of blocks being carried out.
struct Run<'f> {
    body: &'static Body,
    locals: Vec<Option<Value>>,
    /// Of a closure: what it captured.
    captured: Vec<Value>,
    /// Workflow time; functions never ask for it.
    now_ms: i64,
    /// The frame of a flow body: where notes go and where the budget is.
    trace: Option<&'f mut Frame>,
}

impl Run<'_> {
    fn from(&mut self, entry: BlockId) -> Result<End, Thrown> {
        let frame = self.trace.take().expect("a flow body has a frame");
        let mut budget = frame.budget().clone();
        self.blocks(entry, &mut budget, &mut Some(frame))
    }

    fn with_budget(&mut self, entry: BlockId, budget: &mut Budget) -> Result<End, Thrown> {
        self.blocks(entry, budget, &mut None)
    }

    fn blocks(
        &mut self,
        entry: BlockId,
        budget: &mut Budget,
        frame: &mut Option<&mut Frame>,
    ) -> Result<End, Thrown> {
        let body = self.body;
        let mut id = entry;
        loop {
            if let Err(thrown) = self.statements(id, budget, frame) {
                let handler = body.block(id).handler.filter(|_| !thrown.class().is_bound());
                let Some(handler) = handler else { return Err(thrown) };
                self.locals[handler.error.0] = Some(Value::Map(thrown.to_error_map()));
                id = handler.block;
                continue;
            }
            id = match &body.block(id).terminator {
                Terminator::Goto(next) => *next,
                Terminator::If { condition, then, otherwise } => {
                    if self.operand(condition).is_truthy() {
                        *then
                    } else {
                        *otherwise
                    }
                }
                Terminator::Return(value) => return Ok(End::Return(self.operand(value))),
                Terminator::Suspend(suspension) => {
                    return Ok(End::Suspend(suspension, self.operand(&suspension.config)));
                }
            };
        }
    }

    fn statements(
        &mut self,
        id: BlockId,
        budget: &mut Budget,
        frame: &mut Option<&mut Frame>,
    ) -> Result<(), Thrown> {
        for statement in &self.body.block(id).statements {
            match &statement.kind {
                StatementKind::Spend => budget.spend(1)?,
                StatementKind::Note { label, choice } => {
                    if let Some(frame) = frame {
                        frame.note(label, choice);
                    }
                }
                StatementKind::Assign(target, value) => {
                    let value = self.evaluate(value, budget)?;
                    self.locals[target.0] = Some(value);
                }
            }
        }
        Ok(())
    }

    fn operand(&self, operand: &'static Operand) -> Value {
        match operand {
            Operand::Local(id) => {
                self.locals[id.0].clone().expect("the verifier checks that locals are written")
            }
            // Texts of the program are literals, as in generated code.
            Operand::Constant(Value::Str(text)) => Value::literal(text),
            Operand::Constant(value) => value.clone(),
            Operand::Function(entry) => native(entry),
        }
    }

    fn itself(&self) -> Value {
        let (body, captured) = (self.body, self.captured.clone());
        Value::Function(Arc::new(Function::Dynamic {
            name: body.name.as_str().into(),
            code: Arc::new(move |budget: &mut Budget, arguments: &mut [Value]| {
                call(body, &captured, budget, arguments)
            }),
        }))
    }

    fn operands(&self, operands: &'static [Operand]) -> Vec<Value> {
        operands.iter().map(|it| self.operand(it)).collect()
    }

    fn evaluate(&self, value: &'static Rvalue, budget: &mut Budget) -> Result<Value, Thrown> {
        Ok(match value {
            Rvalue::Use(operand) => self.operand(operand),
            Rvalue::Itself => self.itself(),
            Rvalue::NowMs => Value::Int(self.now_ms),
            Rvalue::Call(entry, operands) => (entry.code)(budget, &mut self.operands(operands))?,
            Rvalue::Invoke(callee, operands) => breyta_core::library::invoke::invoke(
                budget,
                &self.operand(callee),
                &mut self.operands(operands),
            )?,
            Rvalue::Vector(operands) => rt::vector(budget, &mut self.operands(operands))?,
            Rvalue::Set(operands) => rt::distinct_set(budget, &mut self.operands(operands))?,
            Rvalue::Map(entries) => {
                let mut entries: Vec<(Value, Value)> =
                    entries.iter().map(|(key, value)| (self.operand(key), self.operand(value))).collect();
                rt::distinct_map(budget, &mut entries)?
            }
            Rvalue::Closure(index, captured) => self.closure(*index, captured),
            Rvalue::Update(update) => self.update(update, budget)?,
            Rvalue::CallWith { function, closure, captured, arguments, .. } => {
                let mut all = vec![self.closure(*closure, captured)];
                all.extend(self.operands(arguments));
                (function.code)(budget, &mut all)?
            }
        })
    }

    /// One place after the other, as the rows of the library that they stand for.
    fn update(&self, update: &'static Update, budget: &mut Budget) -> Result<Value, Thrown> {
        let mut coll = self.operand(&update.coll);
        for (place, path) in update.places.iter().zip(update.paths()) {
            coll =
                self.changed(place, path.into_iter().map(|key| self.operand(key)).collect(), coll, budget)?;
        }
        Ok(coll)
    }

    fn changed(
        &self,
        place: &'static Place,
        mut path: Vec<Value>,
        coll: Value,
        budget: &mut Budget,
    ) -> Result<Value, Thrown> {
        let path = match place.row.name {
            "clojure.core/update" => path.remove(0),
            _ => Value::Vector(path.into()),
        };
        let mut all = vec![coll, path];
        let function = match &place.change {
            Change::Put => None,
            Change::Call(entry) => Some(native(entry)),
            Change::Closure(index, captured) => Some(self.closure(*index, captured)),
            Change::Invoke(callee) => Some(self.operand(callee)),
        };
        match (function, &place.absent) {
            (Some(function), Some(absent)) => {
                all.push(breyta_core::library::functions::fnil(
                    budget,
                    &mut [function, self.operand(absent)],
                )?);
            }
            (function, _) => all.extend(function),
        }
        all.extend(self.operands(&place.arguments));
        (place.row.code)(budget, &mut all)
    }

    fn closure(&self, index: usize, captured: &'static [Operand]) -> Value {
        let body: &'static Body = &self.body.closures[index];
        let captured = self.operands(captured);
        Value::Function(Arc::new(Function::Dynamic {
            name: body.name.as_str().into(),
            code: Arc::new(move |budget: &mut Budget, arguments: &mut [Value]| {
                call(body, &captured, budget, arguments)
            }),
        }))
    }
}

fn native(entry: &'static Entry) -> Value {
    Value::Function(Arc::new(Function::Native { name: entry.name, code: entry.code }))
}
