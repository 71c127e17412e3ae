//! The control-flow graph of bodies: blocks of simple statements, suspension points, live sets.
//!
//! Has a text form ([`print`]) and a verifier ([`verify`]) whose rules are listed there; the verifier runs after every
//! pass in debug builds. Expressions are flat here: every operand is a local or a constant, so that a step may stand
//! anywhere an expression may.

use breyta_core::Value;
use breyta_core::library::{Entry, direct};

use crate::source::Span;
use crate::types::Type;

/// Arithmetic of several numbers in steps of two.
mod binary;

/// What is only looked at where it stands.
mod borrowed;

/// HIR to blocks.
pub mod build;

/// Changes at places in collections.
mod change;

/// Closures that one call uses.
mod closures;

/// Literals of constants.
mod constants;

/// What is live where.
pub mod live;

/// What is computed for nothing.
pub mod pointless;

/// The text form.
mod print;

/// What is kept unboxed.
pub mod unboxed;

/// Changes at a place that is found once.
mod updates;

/// Values with one use.
mod uses;

/// Changes at places that are found together.
mod shared;

/// Passes that make bodies smaller without changing what they do.
pub mod simplify;

/// What may not be stored.
pub mod storable;

/// The rules of well-formed bodies.
pub mod verify;

pub use change::{Change, Place, Update};
pub use print::print;

/// The lowered flow.
#[derive(Debug)]
pub struct Program {
    /// The flow version in hex.
    pub version: String,
    pub flow: Body,
    /// By id, in the order of HIR.
    pub functions: Vec<(String, Body)>,
}

impl Program {
    /// Makes the version cover those of linked flows.
    pub fn link<'v>(&mut self, versions: impl IntoIterator<Item = &'v str>) {
        let mut all = versions.into_iter().peekable();
        if all.peek().is_some() {
            self.version =
                crate::version_of(std::iter::once(self.version.clone()).chain(all.map(str::to_owned)));
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub usize);

/// A named place for a value.
#[derive(Clone, Debug)]
pub struct Local {
    /// A name of the author's, or of the operation that makes the value. Not unique.
    pub name: String,
    pub span: Span,
    pub of: Type,
    /// How generated code keeps it.
    pub kept: Kept,
}

/// How generated code keeps a local.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kept {
    #[default]
    Value,
    /// As `i64`.
    Integer,
    /// As `bool`.
    Boolean,
    /// Where it stands: in the value of another local, or, without one, with whoever called.
    Borrowed(Option<LocalId>),
}

impl Kept {
    /// The local in whose value it stands.
    pub fn lender(self) -> Option<LocalId> {
        match self {
            Self::Borrowed(lender) => lender,
            Self::Value | Self::Integer | Self::Boolean => None,
        }
    }
}

/// What a statement does with an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Reads it where it is.
    Looked,
    /// Takes it as it is: puts it into what is made, or reads it.
    Kept,
    /// Takes it, and may change it in place when nobody else holds it.
    Taken,
}

/// One body: the flow's, a function's, or a closure's.
#[derive(Debug)]
pub struct Body {
    pub name: String,
    pub span: Span,
    pub locals: Vec<Local>,
    /// Given when the body is entered.
    pub parameters: Vec<LocalId>,
    /// Takes the further arguments as a list, or nil.
    pub rest: Option<LocalId>,
    /// Of a closure: given when it was made.
    pub captured: Vec<LocalId>,
    /// Block 0 is the entry.
    pub blocks: Vec<Block>,
    /// Closures made in this body.
    pub closures: Vec<Body>,
}

#[derive(Debug)]
pub struct Block {
    pub statements: Vec<Statement>,
    pub terminator: Terminator,
    /// Where an error of a statement goes; None leaves the body with it. Only flow bodies have handlers.
    pub handler: Option<Handler>,
}

/// Where an error is caught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    pub block: BlockId,
    /// Takes the error map.
    pub error: LocalId,
}

#[derive(Debug)]
pub struct Statement {
    pub kind: StatementKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum StatementKind {
    /// Evaluates and keeps the value.
    Assign(LocalId, Rvalue),
    /// One round of a loop: uses fuel, so that no loop goes on for ever.
    Spend,
    /// A timeline remark: label and what happened there.
    Note { label: String, choice: String },
}

/// What a statement computes. Any of them may throw, except uses and literals.
#[derive(Debug)]
pub enum Rvalue {
    Use(Operand),
    Call(&'static Entry, Vec<Operand>),
    Invoke(Operand, Vec<Operand>),
    Vector(Vec<Operand>),
    Set(Vec<Operand>),
    Map(Vec<(Operand, Operand)>),
    /// The function around, as a value.
    Itself,
    /// Workflow time in milliseconds.
    NowMs,
    /// A library function whose first argument is the closure of this index, which nothing else sees.
    CallWith {
        function: &'static Entry,
        closure: usize,
        captured: Vec<Operand>,
        arguments: Vec<Operand>,
        /// Whether the closure has a second body, over integers.
        integers: bool,
    },
    /// The closure of this index in [`Body::closures`], with the values that it captures.
    Closure(usize, Vec<Operand>),
    /// A collection with the values at some paths changed.
    Update(Box<Update>),
}

#[derive(Clone, Debug)]
pub enum Operand {
    Local(LocalId),
    Constant(Value),
    Function(&'static Entry),
}

#[derive(Debug)]
pub enum Terminator {
    Goto(BlockId),
    If {
        condition: Operand,
        then: BlockId,
        otherwise: BlockId,
    },
    Return(Operand),
    /// Waits for a step and goes on in `resume` with its result in `result`. Ends the state.
    Suspend(Suspension),
}

/// A suspension point.
#[derive(Debug)]
pub struct Suspension {
    /// The suspension id.
    pub point: String,
    pub family: &'static str,
    /// The author's step id.
    pub step: String,
    /// The start of the form, for people.
    pub form: String,
    pub span: Span,
    pub config: Operand,
    pub result: LocalId,
    pub resume: BlockId,
    /// Where the step's failure goes; None fails the run with it.
    pub handler: Option<Handler>,
}

impl Body {
    /// The block of an id; ids are made only by [`build`] and checked by [`verify`].
    #[expect(clippy::indexing_slicing, reason = "BlockId is an index into this body")]
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.0]
    }

    #[expect(clippy::indexing_slicing, reason = "LocalId is an index into this body")]
    pub fn local(&self, id: LocalId) -> &Local {
        &self.locals[id.0]
    }

    pub fn block_ids(&self) -> impl Iterator<Item = BlockId> + use<> {
        (0..self.blocks.len()).map(BlockId)
    }

    /// The suspension points in block order.
    pub fn suspensions(&self) -> impl Iterator<Item = &Suspension> {
        self.blocks.iter().filter_map(|block| match &block.terminator {
            Terminator::Suspend(suspension) => Some(suspension),
            Terminator::Goto(_) | Terminator::If { .. } | Terminator::Return(_) => None,
        })
    }

    /// Where errors of a block's statements go, if any of them can throw.
    pub fn thrown_to(&self, id: BlockId) -> Option<Handler> {
        let block = self.block(id);
        block.handler.filter(|_| block.may_throw())
    }

    /// All handlers, in the order of the blocks that use them first.
    pub fn handlers(&self) -> Vec<Handler> {
        let mut handlers = Vec::new();
        for id in self.block_ids() {
            let awaited = match &self.block(id).terminator {
                Terminator::Suspend(suspension) => suspension.handler,
                Terminator::Goto(_) | Terminator::If { .. } | Terminator::Return(_) => None,
            };
            for handler in [self.thrown_to(id), awaited].into_iter().flatten() {
                if !handlers.contains(&handler) {
                    handlers.push(handler);
                }
            }
        }
        handlers
    }

    /// Every block that may come after a block, its handler among them.
    pub fn successors(&self, id: BlockId) -> Vec<BlockId> {
        let mut next = self.block(id).terminator.successors();
        next.extend(self.thrown_to(id).map(|handler| handler.block));
        next
    }

    /// Locals that are there when the body is entered.
    pub fn given(&self) -> impl Iterator<Item = LocalId> {
        self.parameters.iter().chain(&self.rest).chain(&self.captured).copied()
    }

    /// Whether a closure is called by the library alone, from one place: what it captures and its arguments are given to
    /// it one by one.
    pub fn hands_over(&self, closure: usize) -> bool {
        self.blocks.iter().flat_map(|block| &block.statements).any(|statement| match &statement.kind {
            StatementKind::Assign(_, value @ (Rvalue::CallWith { .. } | Rvalue::Update(_))) => {
                value.closures().iter().any(|(index, _)| *index == closure)
            }
            _ => false,
        })
    }

    /// Whether a call of the library with so many values can call it without making a value of it.
    fn can_be_handed(&self, arity: usize) -> bool {
        let mut statements = self.blocks.iter().flat_map(|block| &block.statements);
        let names_itself = statements.any(|it| matches!(it.kind, StatementKind::Assign(_, Rvalue::Itself)));
        self.rest.is_none() && self.parameters.len() == arity && !names_itself
    }
}

impl Block {
    /// Whether some statement can throw an error that may be caught.
    pub fn may_throw(&self) -> bool {
        self.statements
            .iter()
            .any(|it| matches!(&it.kind, StatementKind::Assign(_, value) if value.may_throw()))
    }
}

impl Terminator {
    /// The blocks that may come next, the resume block of a suspension and its handler included.
    pub fn successors(&self) -> Vec<BlockId> {
        match self {
            Self::Goto(next) => vec![*next],
            Self::If { then, otherwise, .. } => vec![*then, *otherwise],
            Self::Return(_) => Vec::new(),
            Self::Suspend(suspension) => std::iter::once(suspension.resume)
                .chain(suspension.handler.map(|handler| handler.block))
                .collect(),
        }
    }

    /// What it reads.
    pub fn operands(&self) -> Vec<&Operand> {
        match self {
            Self::Goto(_) => Vec::new(),
            Self::If { condition, .. } => vec![condition],
            Self::Return(value) => vec![value],
            Self::Suspend(suspension) => vec![&suspension.config],
        }
    }

    /// What it does with what it reads.
    pub fn uses(&self) -> Vec<(Use, &Operand)> {
        let of = if matches!(self, Self::If { .. }) { Use::Looked } else { Use::Kept };
        self.operands().into_iter().map(|operand| (of, operand)).collect()
    }

    fn operands_mut(&mut self) -> Vec<&mut Operand> {
        match self {
            Self::Goto(_) => Vec::new(),
            Self::If { condition, .. } => vec![condition],
            Self::Return(value) => vec![value],
            Self::Suspend(suspension) => vec![&mut suspension.config],
        }
    }
}

impl Rvalue {
    /// The closures that it makes or calls, by their indexes, and what they capture.
    pub fn closures(&self) -> Vec<(usize, &[Operand])> {
        match self {
            Self::Closure(index, captured) | Self::CallWith { closure: index, captured, .. } => {
                vec![(*index, captured)]
            }
            Self::Update(update) => {
                let changes = update.places.iter().filter_map(|place| match &place.change {
                    Change::Closure(index, captured) => Some((*index, captured.as_slice())),
                    Change::Put | Change::Call(_) | Change::Invoke(_) => None,
                });
                changes.collect()
            }
            _ => Vec::new(),
        }
    }

    fn closures_mut(&mut self) -> Vec<&mut usize> {
        match self {
            Self::Closure(index, _) | Self::CallWith { closure: index, .. } => vec![index],
            Self::Update(update) => {
                let changes = update.places.iter_mut().filter_map(|place| match &mut place.change {
                    Change::Closure(index, _) => Some(index),
                    Change::Put | Change::Call(_) | Change::Invoke(_) => None,
                });
                changes.collect()
            }
            _ => Vec::new(),
        }
    }

    /// What it reads, in order of evaluation.
    pub fn operands(&self) -> Vec<&Operand> {
        match self {
            Self::Itself | Self::NowMs => Vec::new(),
            Self::Use(operand) => vec![operand],
            Self::Call(_, operands)
            | Self::Vector(operands)
            | Self::Set(operands)
            | Self::Closure(_, operands) => operands.iter().collect(),
            Self::Invoke(callee, operands) => std::iter::once(callee).chain(operands).collect(),
            Self::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
            Self::CallWith { captured, arguments, .. } => captured.iter().chain(arguments).collect(),
            Self::Update(update) => update.operands(),
        }
    }

    /// What it does with the operands, one by one.
    pub fn uses(&self) -> Vec<(Use, &Operand)> {
        let all = |of: Use, operands: &[Operand]| vec![of; operands.len()];
        let uses = match self {
            Self::Call(function, operands) if direct::by_reference(function, operands.len()).is_some() => {
                all(Use::Looked, operands)
            }
            // Another name for it is another local.
            Self::Use(_) => vec![Use::Kept],
            Self::Call(function, operands) if function.returns.is_scalar() => all(Use::Kept, operands),
            Self::Vector(operands) | Self::Set(operands) | Self::Closure(_, operands) => {
                all(Use::Kept, operands)
            }
            Self::Map(entries) => vec![Use::Kept; 2 * entries.len()],
            Self::Invoke(_, arguments) => [vec![Use::Looked], all(Use::Taken, arguments)].concat(),
            Self::CallWith { captured, arguments, .. } => {
                [all(Use::Looked, captured), all(Use::Taken, arguments)].concat()
            }
            Self::Update(update) => return update.uses(),
            other => vec![Use::Taken; other.operands().len()],
        };
        uses.into_iter().zip(self.operands()).collect()
    }

    fn operands_mut(&mut self) -> Vec<&mut Operand> {
        match self {
            Self::Itself | Self::NowMs => Vec::new(),
            Self::Use(operand) => vec![operand],
            Self::Call(_, operands)
            | Self::Vector(operands)
            | Self::Set(operands)
            | Self::Closure(_, operands) => operands.iter_mut().collect(),
            Self::Invoke(callee, operands) => std::iter::once(callee).chain(operands).collect(),
            Self::Map(entries) => entries.iter_mut().flat_map(|(key, value)| [key, value]).collect(),
            Self::CallWith { captured, arguments, .. } => captured.iter_mut().chain(arguments).collect(),
            Self::Update(update) => update.operands_mut(),
        }
    }
}
