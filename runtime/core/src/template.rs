//! Handlebars templates: text to a tree in which every part knows its place.
//!
//! The dialect is the one that flow templates have: variables, `if unless each with`, sections, helpers, comments,
//! whitespace control and block parameters. Nothing is rendered here, and no helper is known here but by the table in
//! [`helpers`]; whether a call fits that table is for the compiler to say.

use std::borrow::Cow;

use crate::Value;

/// The helpers of the dialect with what they take.
pub mod helpers;

/// What a template reads of its data.
pub mod variables;

mod expression;
mod parse;

#[cfg(test)]
mod tests;

pub use parse::parse;
pub use variables::{ELEMENT, Variable, variables};

/// How deep blocks may stand in each other, and calls in calls.
pub const DEPTH_MAX: usize = 64;

/// A range of bytes of the template text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub start: usize,
    pub end: usize,
}

/// What parsing gives: the tree of what could be read, and everything that is wrong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parsed {
    pub nodes: Vec<Node>,
    pub faults: Vec<Fault>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text as it will come out: escapes resolved, whitespace control applied.
    Text(String),
    /// `{{…}}`; `raw` when written with three braces or `&`.
    Output {
        call: Call,
        raw: bool,
    },
    Block(Block),
}

/// `{{#head …}}…{{else}}…{{/head}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub call: Call,
    /// The whole opening tag.
    pub opener: Place,
    /// `as |item index|`.
    pub parameters: Vec<Segment>,
    /// `{{^head}}`: what stands in it is for when the value is missing or empty.
    pub inverted: bool,
    pub body: Vec<Node>,
    /// After `{{else}}`. `{{else if x}}` is a block in here.
    pub otherwise: Option<Vec<Node>>,
}

/// A name with arguments. Without any it is a variable unless a helper has the name.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub head: Path,
    pub arguments: Vec<Expression>,
    pub named: Vec<Named>,
    pub place: Place,
}

/// `name=value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub name: Segment,
    pub value: Expression,
}

/// What an argument may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    Path(Path),
    /// A text, a number, true, false or nil.
    Literal(Value, Place),
    /// `(helper …)`.
    Call(Box<Call>),
}

/// `../order.lines.[0].id`.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub place: Place,
    /// How often `../` stands in front.
    pub up: usize,
    /// Begins with `@`: set by the block around it, or `@root`.
    pub at: bool,
    /// Begins with `this` or `.`, so that no helper and no block parameter is meant.
    pub this: bool,
    /// None for `this`, `.` and `..` alone.
    pub segments: Vec<Segment>,
}

/// One name of a path.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    pub name: String,
    pub place: Place,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// It is no Handlebars, or no Handlebars that flows have.
    Syntax,
    /// An expression of the n8n language.
    N8n,
    /// It is right, and cannot be carried out yet.
    Later,
}

/// Something that is wrong in a template text.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub kind: FaultKind,
    pub place: Place,
    /// One line; stands alone.
    pub message: String,
    pub help: Option<String>,
    /// Another place that belongs to it, and what is to be seen there.
    pub related: Option<(Place, String)>,
}

impl Place {
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// What the text says there.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

impl Fault {
    fn syntax(place: Place, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into().into_owned();
        Self { kind: FaultKind::Syntax, place, message, help: None, related: None }
    }

    fn of(mut self, kind: FaultKind) -> Self {
        self.kind = kind;
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    fn related(mut self, place: Place, text: impl Into<String>) -> Self {
        self.related = Some((place, text.into()));
        self
    }
}

impl Expression {
    pub fn place(&self) -> Place {
        match self {
            Self::Path(path) => path.place,
            Self::Literal(_, place) => *place,
            Self::Call(call) => call.place,
        }
    }
}

impl Path {
    /// The name when the path is one plain name, which is how helpers are called.
    pub fn as_name(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [only] if self.up == 0 && !self.at && !self.this => Some(&only.name),
            _ => None,
        }
    }
}

impl Call {
    /// Whether nothing but the name was written.
    pub fn is_bare(&self) -> bool {
        self.arguments.is_empty() && self.named.is_empty()
    }
}

/// Whether a text needs rendering at all.
pub fn holds_expression(text: &str) -> bool {
    text.contains("{{")
}
