//! Instructions of the backtracking matcher, and their making from a tree.

use super::set::Set;
use super::tree::{Edge, Fold, Greed, Node, Tree, line_break};

/// A tree as instructions.
pub(super) struct Program {
    pub ops: Vec<Op>,
    pub classes: Vec<Class>,
    /// How many loops keep count.
    pub registers: usize,
    /// What a match can begin with; none where it may be empty.
    pub first: Option<Class>,
    /// Whether a match can only begin where the text does.
    pub at_start: bool,
}

/// Places are indexes of instructions.
#[derive(Debug)]
pub(super) enum Op {
    Class(usize),
    Char(char),
    /// A class over and over.
    Many {
        class: usize,
        least: u32,
        most: u32,
        greed: Greed,
    },
    /// The next instruction, or else the other one.
    Try {
        other: usize,
    },
    Jump(usize),
    Save(usize),
    Edge(Edge),
    Back {
        group: usize,
        fold: Fold,
    },
    Cluster,
    /// Before the first round of a loop.
    Begin {
        register: usize,
    },
    /// Decides on another round, which is entered at the next instruction.
    Round {
        register: usize,
        least: u32,
        most: u32,
        greed: Greed,
        exit: usize,
    },
    Enter {
        register: usize,
    },
    /// The body follows, up to its `Accept`.
    Look {
        ahead: bool,
        negative: bool,
        least: u32,
        most: Option<u32>,
        after: usize,
    },
    Atomic {
        after: usize,
    },
    /// Ends a body.
    Accept,
    /// Ends the body of a look-behind, which must end where it was asked for.
    AcceptBehind,
    Match,
}

/// A set with a quick answer for ASCII.
#[derive(Clone, Debug)]
pub(super) struct Class {
    set: Set,
    ascii: u128,
}

impl Class {
    pub(super) fn new(set: Set) -> Self {
        let ascii = (0..128).filter(|code| set.contains(*code)).fold(0, |bits, code| bits | (1_u128 << code));
        Self { set, ascii }
    }

    pub(super) fn has(&self, char: char) -> bool {
        if char.is_ascii() {
            self.ascii >> u32::from(char) & 1 == 1
        } else {
            self.set.contains(u32::from(char))
        }
    }
}

/// The end of a loop that has none.
const ENDLESS: u32 = u32::MAX;

impl Program {
    pub(super) fn new(tree: &Tree) -> Self {
        let first = first(&tree.root).filter(|first| !first.empty).map(|first| Class::new(first.set));
        let at_start = starts_at_start(&tree.root);
        let mut program = Self { ops: Vec::new(), classes: Vec::new(), registers: 0, first, at_start };
        program.node(&tree.root);
        program.ops.push(Op::Match);
        program
    }

    fn class(&mut self, set: &Set) -> usize {
        let known = self.classes.iter().position(|class| class.set == *set);
        known.unwrap_or_else(|| {
            self.classes.push(Class::new(set.clone()));
            self.classes.len() - 1
        })
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Empty => {}
            Node::Set(set) => {
                let op = set.single().map_or_else(|| Op::Class(self.class(set)), Op::Char);
                self.ops.push(op);
            }
            Node::Sequence(parts) => parts.iter().for_each(|part| self.node(part)),
            Node::Choice(choices) => self.choice(choices),
            Node::Repeat { body, least, most, greed } => {
                self.repeat(body, *least, most.unwrap_or(ENDLESS), *greed);
            }
            Node::Group { index, body } => {
                self.ops.push(Op::Save(index * 2));
                self.node(body);
                self.ops.push(Op::Save(index * 2 + 1));
            }
            Node::Atomic(body) => self.inner(body, Op::Accept, |after| Op::Atomic { after }),
            Node::Look { ahead, negative, body, lengths: (least, most) } => {
                let end = if *ahead { Op::Accept } else { Op::AcceptBehind };
                let (ahead, negative, least, most) = (*ahead, *negative, *least, *most);
                self.inner(body, end, |after| Op::Look { ahead, negative, least, most, after });
            }
            Node::Edge(edge) => self.ops.push(Op::Edge(*edge)),
            Node::Back { group, fold } => self.ops.push(Op::Back { group: *group, fold: *fold }),
            Node::LineBreak => self.node(&line_break()),
            Node::Cluster => self.ops.push(Op::Cluster),
        }
    }

    /// A body that is matched on its own.
    fn inner(&mut self, body: &Node, end: Op, op: impl FnOnce(usize) -> Op) {
        let place = self.reserve();
        self.node(body);
        self.ops.push(end);
        let after = self.ops.len();
        self.set(place, op(after));
    }

    fn choice(&mut self, choices: &[Node]) {
        let mut ends = Vec::new();
        for (index, choice) in choices.iter().enumerate() {
            if index + 1 == choices.len() {
                self.node(choice);
            } else {
                let place = self.reserve();
                self.node(choice);
                ends.push(self.reserve());
                let other = self.ops.len();
                self.set(place, Op::Try { other });
            }
        }
        let end = self.ops.len();
        for place in ends {
            self.set(place, Op::Jump(end));
        }
    }

    fn repeat(&mut self, body: &Node, least: u32, most: u32, greed: Greed) {
        if let Node::Set(set) = body {
            let class = self.class(set);
            self.ops.push(Op::Many { class, least, most, greed });
        } else if greed == Greed::Possessive {
            let place = self.reserve();
            self.rounds(body, least, most, Greed::Greedy);
            self.ops.push(Op::Accept);
            let after = self.ops.len();
            self.set(place, Op::Atomic { after });
        } else if (least, most, greed) == (0, 1, Greed::Greedy) {
            let place = self.reserve();
            self.node(body);
            let other = self.ops.len();
            self.set(place, Op::Try { other });
        } else {
            self.rounds(body, least, most, greed);
        }
    }

    fn rounds(&mut self, body: &Node, least: u32, most: u32, greed: Greed) {
        let register = self.registers;
        self.registers += 1;
        self.ops.push(Op::Begin { register });
        let round = self.reserve();
        self.ops.push(Op::Enter { register });
        self.node(body);
        self.ops.push(Op::Jump(round));
        let exit = self.ops.len();
        self.set(round, Op::Round { register, least, most, greed, exit });
    }

    /// A place that is filled in later.
    fn reserve(&mut self) -> usize {
        self.ops.push(Op::Match);
        self.ops.len() - 1
    }

    fn set(&mut self, place: usize, op: Op) {
        if let Some(there) = self.ops.get_mut(place) {
            *there = op;
        }
    }
}

/// What a part of a pattern can begin with.
struct First {
    set: Set,
    /// Whether it can be empty, so that what follows may begin the match as well.
    empty: bool,
}

/// None where it cannot be told.
fn first(node: &Node) -> Option<First> {
    let nothing = || First { set: Set::default(), empty: true };
    Some(match node {
        Node::Set(set) => First { set: set.clone(), empty: false },
        Node::Empty | Node::Edge(_) => nothing(),
        Node::Look { ahead: true, negative: false, body, .. } => first(body)?,
        Node::Look { .. } => nothing(),
        Node::Group { body, .. } | Node::Atomic(body) => first(body)?,
        Node::Repeat { body, least, most, .. } => {
            let inner = first(body)?;
            First { empty: inner.empty || *least == 0 || *most == Some(0), ..inner }
        }
        Node::Sequence(parts) => {
            let mut all = nothing();
            for part in parts {
                let part = first(part)?;
                all = First { set: all.set.union(&part.set), empty: part.empty };
                if !part.empty {
                    break;
                }
            }
            all
        }
        Node::Choice(choices) => {
            let mut all = First { set: Set::default(), empty: false };
            for choice in choices {
                let choice = first(choice)?;
                all = First { set: all.set.union(&choice.set), empty: all.empty || choice.empty };
            }
            all
        }
        Node::LineBreak => first(&line_break())?,
        Node::Back { .. } | Node::Cluster => return None,
    })
}

fn starts_at_start(node: &Node) -> bool {
    match node {
        Node::Edge(Edge::Start) => true,
        Node::Sequence(parts) => parts.first().is_some_and(starts_at_start),
        Node::Choice(choices) => choices.iter().all(starts_at_start),
        Node::Group { body, .. } | Node::Atomic(body) => starts_at_start(body),
        _ => false,
    }
}
