//! The resolved expression tree: macros expanded, patterns taken apart, every name a local, a library row or a step.
//!
//! Data only. Both kinds of body, the flow's and a function's, have the same shape.

use breyta_catalog::families::Family;
use breyta_core::Value;
use breyta_core::library::Entry;

use crate::source::Span;

/// A flow and its functions, resolved.
#[derive(Debug)]
pub struct Program {
    pub flow: Body,
    /// Entries of `:functions` in source order, then inline `:code` of steps in the order they are met.
    pub functions: Vec<Function>,
}

/// Something that a step calls by `:ref`.
#[derive(Debug)]
pub struct Function {
    /// The author's id, or `<suspension id>/code` for inline code.
    pub id: String,
    pub body: Body,
}

/// Index into [`Body::locals`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(pub usize);

/// A named value of a body. Every binding has its own, so shadowing needs no rule after this stage.
#[derive(Clone, Debug)]
pub struct Local {
    /// As the author wrote it; a dash in front where the compiler made it up.
    pub name: String,
    pub span: Span,
}

/// One body of code with the arena of its locals (those of the closures inside it too).
#[derive(Debug)]
pub struct Body {
    /// The function id, or the slug.
    pub name: String,
    pub locals: Vec<Local>,
    /// The flow body has one: the run's input.
    pub parameters: Vec<LocalId>,
    pub rest: Option<LocalId>,
    pub value: Expr,
    pub span: Span,
}

#[derive(Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum ExprKind {
    Literal(Value),
    Local(LocalId),
    Let {
        bindings: Vec<(LocalId, Expr)>,
        value: Box<Expr>,
    },
    /// All but the last for nothing; empty is nil.
    Do(Vec<Expr>),
    /// A remark for the timeline; its value is nil.
    Note {
        label: String,
    },
    /// `loop`, `for`, `doseq`: binds, then evaluates `value` again with new values at every [`ExprKind::Recur`] of it.
    Loop {
        bindings: Vec<(LocalId, Expr)>,
        value: Box<Expr>,
    },
    /// Starts the innermost loop over with these values. Only in tail position of the loop.
    Recur(Vec<Expr>),
    /// `try` in the flow body: evaluates `body`; an error in it is bound to `error`, as its error map, and `handler` gives
    /// the value. Functions and closures have none: there an attempted closure does it.
    Try {
        body: Box<Expr>,
        error: LocalId,
        handler: Box<Expr>,
    },
    /// The function around, as a value: how a named `fn` calls itself.
    Itself,
    /// `(flow/now-ms)`.
    NowMs,
    If {
        condition: Box<Expr>,
        then: Box<Expr>,
        otherwise: Box<Expr>,
        label: Option<BranchLabel>,
    },
    /// A call of a library function.
    Call {
        function: &'static Entry,
        arguments: Vec<Expr>,
    },
    /// A call of a value.
    Invoke {
        callee: Box<Expr>,
        arguments: Vec<Expr>,
    },
    /// What could not be resolved. Never lowered: it was reported.
    Unknown,
    /// A library function as a value.
    LibraryFunction(&'static Entry),
    Closure(Box<Closure>),
    Vector(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Set(Vec<Expr>),
    Step(Box<Step>),
    /// A step of `:steps` or an agent of `:agents`. Checked, and refused when the flow is built.
    Packaged(Box<Packaged>),
}

/// A `fn` form inside a body. Its locals are in the arena of the body around it.
#[derive(Debug)]
pub struct Closure {
    /// The author's name for it, if any.
    pub name: Option<String>,
    pub parameters: Vec<LocalId>,
    pub rest: Option<LocalId>,
    pub value: Expr,
}

/// `^"Label"`, `^{:label … :yes … :no …}` on a branch: what the timeline shows when it is taken.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchLabel {
    pub label: String,
    pub yes: String,
    pub no: String,
}

/// A `flow/step` call of what the flow itself declares.
#[derive(Debug)]
pub struct Packaged {
    /// Qualified id in `:steps` or `:agents`, without the colon.
    pub target: String,
    /// The author's step id, if given.
    pub id: Option<String>,
    /// The input, outer controls still in it.
    pub input: Expr,
}

/// A `flow/step` call.
#[derive(Debug)]
pub struct Step {
    pub family: &'static Family,
    /// The author's id.
    pub id: String,
    /// The suspension id: the author's id, under its lexical path where the id alone would be ambiguous.
    pub point: String,
    pub config: Expr,
    /// The start of the form on one line, for people.
    pub form: String,
}
