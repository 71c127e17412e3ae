//! The linear matcher: trees that need no backtracking, as `regex-automata` takes them.
//!
//! Where a part means the same only in most texts (`$` when the text does not end in a line end, `\b` in ASCII), the
//! pattern names the [`Conditions`] under which the backtracking matcher takes over.

use std::sync::OnceLock;

use memchr::memmem;
use regex_automata::meta::{Config, Regex};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Capture, Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look, Repetition};

use super::backtrack::Matcher;
use super::program::Program;
use super::search::{Conditions, Found};
use super::set::Set;
use super::tree::{Edge, Greed, Node, Tree, line_break};
use super::{Engine, How, Place};
use crate::text::Needle;
use crate::{Budget, Thrown};

/// How large an automaton may get before the other matcher is better.
const AUTOMATON_BYTES: usize = 1 << 20;

/// How often a part may be repeated by count before the other matcher is better.
const COUNT_MAX: u32 = 1000;

/// Both matchers of one pattern.
pub(super) struct Both {
    tree: Tree,
    program: OnceLock<Program>,
    linear: Option<Linear>,
}

struct Linear {
    hir: Hir,
    /// What every match begins with.
    start: Option<Start>,
    /// What every match is.
    needle: Option<Needle<'static>>,
    /// Texts that are not for this matcher.
    unless: Conditions,
    find: OnceLock<Option<Regex>>,
    /// The same with an end of the text behind it.
    whole: OnceLock<Option<Regex>>,
}

impl Both {
    pub(super) fn new(tree: Tree) -> Self {
        let mut unless = Conditions::default();
        let linear = translate(&tree.root, &mut unless).map(|hir| Linear {
            start: Start::of(&hir),
            needle: needle(&hir, unless),
            hir,
            unless,
            find: OnceLock::new(),
            whole: OnceLock::new(),
        });
        Self { tree, program: OnceLock::new(), linear }
    }

    /// Only the backtracking matcher.
    #[cfg(test)]
    pub(super) fn backtracking(tree: Tree) -> Self {
        Self { tree, program: OnceLock::new(), linear: None }
    }

    #[cfg(test)]
    pub(super) fn is_linear(&self) -> bool {
        self.linear.is_some()
    }
}

impl Linear {
    /// The automaton for this question, unless the text is of the wrong kind or the automaton too large.
    fn regex(&self, at: &Place<'_>) -> Option<&Regex> {
        if self.unless.meets(at.conditions) {
            return None;
        }
        let built = |hir: &Hir| {
            let config =
                Config::new().nfa_size_limit(Some(AUTOMATON_BYTES)).hybrid_cache_capacity(AUTOMATON_BYTES);
            Regex::builder().configure(config).build_from_hir(hir).ok()
        };
        match at.how {
            How::Find | How::Prefix => self.find.get_or_init(|| built(&self.hir)),
            How::Whole => {
                self.whole.get_or_init(|| built(&Hir::concat(vec![self.hir.clone(), Hir::look(Look::End)])))
            }
        }
        .as_ref()
    }
}

/// A text that every match begins with. Where it stands the match is made in one go, groups and all; without it the
/// end of a match is found first, then its start, then the groups.
struct Start {
    text: memmem::Finder<'static>,
    /// Whether a match is nothing else.
    is_all: bool,
}

/// Places where a match may begin that are tried one by one before the whole text is searched at once: so a text full of
/// beginnings takes no more than linear time.
const TRIES: usize = 8;

impl Start {
    fn of(hir: &Hir) -> Option<Self> {
        let (literal, is_all) = match hir.kind() {
            HirKind::Literal(literal) => (literal, true),
            HirKind::Concat(parts) => match parts.first()?.kind() {
                HirKind::Literal(literal) => (literal, false),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self { text: memmem::Finder::new(&literal.0).into_owned(), is_all })
    }

    fn find(&self, regex: &Regex, at: &Place<'_>, found: &mut Found) -> bool {
        let mut from = at.from;
        for _ in 0..TRIES {
            let rest = at.text.as_bytes().get(from..).unwrap_or_default();
            let Some(hit) = self.text.find(rest).map(|hit| from + hit) else { return false };
            if self.is_all {
                let ends = [hit, hit + self.text.needle().len()].map(NonMaxUsize::new);
                found.slots.splice(..2, ends);
                return true;
            }
            let input = Input::new(at.text).range(hit..).anchored(Anchored::Yes);
            if regex.search_slots(&input, &mut found.slots).is_some() {
                return true;
            }
            from = hit + 1;
        }
        // No match begins before.
        regex.search_slots(&Input::new(at.text).range(from..), &mut found.slots).is_some()
    }
}

/// The text of a pattern that is nothing but one.
fn needle(hir: &Hir, unless: Conditions) -> Option<Needle<'static>> {
    match hir.kind() {
        HirKind::Literal(literal) if unless == Conditions::default() => {
            std::str::from_utf8(&literal.0).ok().map(|text| Needle::new(text).into_owned())
        }
        _ => None,
    }
}

impl Engine for Both {
    fn needle(&self) -> Option<&Needle<'static>> {
        self.linear.as_ref()?.needle.as_ref()
    }

    fn group_count(&self) -> usize {
        self.tree.groups
    }

    fn group_names(&self) -> &[(Box<str>, usize)] {
        &self.tree.names
    }

    fn conditions(&self) -> Conditions {
        self.linear.as_ref().map(|linear| linear.unless).unwrap_or_default()
    }

    fn search(&self, budget: &mut Budget, at: Place<'_>, found: &mut Found) -> Result<bool, Thrown> {
        found.clear(self.tree.groups);
        let Some(regex) = self.linear.as_ref().and_then(|linear| linear.regex(&at)) else {
            let program = self.program.get_or_init(|| Program::new(&self.tree));
            return Matcher::new(program, at, found).search(budget);
        };
        let start = self.linear.as_ref().and_then(|linear| linear.start.as_ref());
        let matched = match start.filter(|_| at.how == How::Find) {
            Some(start) => start.find(regex, &at, found),
            None => {
                let anchored = if at.how == How::Find { Anchored::No } else { Anchored::Yes };
                let input = Input::new(at.text).range(at.from..).anchored(anchored);
                regex.search_slots(&input, &mut found.slots).is_some()
            }
        };
        let end = found.range(0).map_or(at.text.len(), |range| range.end);
        budget.spend(1 + end.saturating_sub(at.from) as u64 / 16)?;
        Ok(matched)
    }
}

/// The tree for the automaton; none where it needs backtracking.
fn translate(node: &Node, unless: &mut Conditions) -> Option<Hir> {
    Some(match node {
        Node::Empty => Hir::empty(),
        Node::Set(set) => characters(set),
        Node::Sequence(parts) => Hir::concat(all(parts, unless)?),
        Node::Choice(choices) => Hir::alternation(all(choices, unless)?),
        Node::Group { index, body } => {
            let sub = Box::new(translate(body, unless)?);
            Hir::capture(Capture { index: u32::try_from(*index).ok()?, name: None, sub })
        }
        Node::Repeat { body, least, most, greed } => {
            // An empty round sets groups in Java's way only there.
            let loops = most.is_none_or(|most| most > 1);
            let is_odd = loops && body.least() == 0 && body.has_groups();
            let count = most.unwrap_or(*least).max(*least);
            if *greed == Greed::Possessive || is_odd || count > COUNT_MAX {
                return None;
            }
            let sub = Box::new(translate(body, unless)?);
            Hir::repetition(Repetition { min: *least, max: *most, greedy: *greed == Greed::Greedy, sub })
        }
        Node::Edge(edge) => {
            let (look, needed) = look(*edge)?;
            *unless = unless.and(needed);
            Hir::look(look)
        }
        Node::LineBreak => translate(&line_break(), unless)?,
        Node::Atomic(_) | Node::Look { .. } | Node::Back { .. } | Node::Cluster => return None,
    })
}

fn all(nodes: &[Node], unless: &mut Conditions) -> Option<Vec<Hir>> {
    nodes.iter().map(|node| translate(node, unless)).collect()
}

fn characters(set: &Set) -> Hir {
    if let Some(char) = set.single() {
        return Hir::literal(char.to_string().into_bytes());
    }
    let ranges = set.char_ranges();
    Hir::class(Class::Unicode(ClassUnicode::new(
        ranges.into_iter().map(|(low, high)| ClassUnicodeRange::new(low, high)),
    )))
}

/// The edge, and the texts in which it is another.
fn look(edge: Edge) -> Option<(Look, Conditions)> {
    let lines = Conditions::ODD_LINES;
    let ends = Conditions::ENDS_IN_LINE;
    Some(match edge {
        Edge::Start => (Look::Start, Conditions::default()),
        Edge::End => (Look::End, Conditions::default()),
        Edge::LastLine { .. } => (Look::End, ends),
        // Java finds no line start behind the last line end.
        Edge::LineStart { unix: true } => (Look::StartLF, ends),
        Edge::LineStart { unix: false } => (Look::StartCRLF, ends.and(lines)),
        Edge::LineEnd { unix: true } => (Look::EndLF, Conditions::default()),
        Edge::LineEnd { unix: false } => (Look::EndCRLF, lines),
        Edge::Word { negative: false, .. } => (Look::WordAscii, Conditions::BEYOND_ASCII),
        Edge::Word { negative: true, .. } => (Look::WordAsciiNegate, Conditions::BEYOND_ASCII),
        Edge::LastMatch | Edge::Cluster => return None,
    })
}
