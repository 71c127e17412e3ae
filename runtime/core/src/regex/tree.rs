//! What a pattern says, with flags already worked in: data only.

use super::set::Set;

/// A parsed pattern.
#[derive(Debug)]
pub(super) struct Tree {
    pub root: Node,
    /// Groups without the whole match.
    pub groups: usize,
    /// Names of groups with their numbers.
    pub names: Vec<(Box<str>, usize)>,
}

#[derive(Clone, Debug)]
pub(super) enum Node {
    Empty,
    /// One character.
    Set(Set),
    Sequence(Vec<Node>),
    /// The first that lets the rest match.
    Choice(Vec<Node>),
    Repeat {
        body: Box<Node>,
        least: u32,
        most: Option<u32>,
        greed: Greed,
    },
    Group {
        index: usize,
        body: Box<Node>,
    },
    /// Never tried again once it matched.
    Atomic(Box<Node>),
    Look {
        ahead: bool,
        negative: bool,
        body: Box<Node>,
        /// Of a look-behind: its length in characters; nothing at the top means any.
        lengths: (u32, Option<u32>),
    },
    Edge(Edge),
    /// The text of a group again.
    Back {
        group: usize,
        fold: Fold,
    },
    /// `\R`
    LineBreak,
    /// `\X`: a character with everything that belongs to it.
    Cluster,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// How letters are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fold {
    Exact,
    Ascii,
    Unicode,
}

/// A condition on a place between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// `\A`, and `^` without `(?m)`.
    Start,
    /// `\z`
    End,
    /// `\Z`, and `$` without `(?m)`: also before a last line end.
    LastLine { unix: bool },
    /// `^` with `(?m)`.
    LineStart { unix: bool },
    /// `$` with `(?m)`.
    LineEnd { unix: bool },
    /// `\b`, or `\B`.
    Word { negative: bool, unicode: bool },
    /// `\G`
    LastMatch,
    /// `\b{g}`
    Cluster,
}

impl Node {
    /// The fewest characters that can be matched.
    pub(super) fn least(&self) -> u32 {
        match self {
            Node::Empty | Node::Look { .. } | Node::Edge(_) | Node::Back { .. } => 0,
            Node::Set(_) | Node::LineBreak | Node::Cluster => 1,
            Node::Sequence(parts) => parts.iter().fold(0, |sum, part| sum.saturating_add(part.least())),
            Node::Choice(choices) => choices.iter().map(Node::least).min().unwrap_or(0),
            Node::Group { body, .. } | Node::Atomic(body) => body.least(),
            Node::Repeat { body, least, .. } => body.least().saturating_mul(*least),
        }
    }

    /// The most characters that can be matched, where there is a most.
    pub(super) fn most(&self) -> Option<u32> {
        match self {
            Node::Empty | Node::Look { .. } | Node::Edge(_) => Some(0),
            Node::Set(_) => Some(1),
            Node::LineBreak => Some(2),
            Node::Sequence(parts) => parts.iter().try_fold(0_u32, |sum, part| sum.checked_add(part.most()?)),
            Node::Choice(choices) => {
                choices.iter().try_fold(0, |most, choice| choice.most().map(|other| other.max(most)))
            }
            Node::Group { body, .. } | Node::Atomic(body) => body.most(),
            Node::Repeat { body, most, .. } => match (body.most(), most) {
                (Some(0), _) => Some(0),
                (Some(length), Some(times)) => length.checked_mul(*times),
                _ => None,
            },
            Node::Back { .. } | Node::Cluster => None,
        }
    }

    /// Whether a group is set in it.
    pub(super) fn has_groups(&self) -> bool {
        match self {
            Node::Group { .. } => true,
            Node::Sequence(parts) | Node::Choice(parts) => parts.iter().any(Node::has_groups),
            Node::Repeat { body, .. } | Node::Atomic(body) | Node::Look { body, .. } => body.has_groups(),
            Node::Empty
            | Node::Set(_)
            | Node::Edge(_)
            | Node::Back { .. }
            | Node::LineBreak
            | Node::Cluster => false,
        }
    }
}

/// What `\R` is: a pair of `\r\n`, or any vertical space.
pub(super) fn line_break() -> Node {
    let pair = Node::Sequence(vec![Node::Set(Set::one(0xd)), Node::Set(Set::one(0xa))]);
    let single = Set::of([(0xa, 0xd), (0x85, 0x85), (0x2028, 0x2029)]);
    Node::Choice(vec![pair, Node::Set(single)])
}
