//! The backtracking matcher: everything Java's patterns can say, for a price.
//!
//! Each step is paid from the budget, so a catastrophic pattern ends in `sandbox-fuel`. What is still to be tried stands
//! on a stack of its own; only look-around and atomic groups recurse, as deep as they nest in the pattern.

use std::sync::LazyLock;

use regex_automata::util::primitives::NonMaxUsize;
use unicode_segmentation::UnicodeSegmentation;

use super::program::{Class, Op, Program};
use super::search::Found;
use super::tree::{Edge, Fold, Greed};
use super::{How, Place, unicode};
use crate::{Budget, Thrown};

/// Steps between two payments.
const STEPS: u64 = 4096;

/// Steps for one unit of fuel.
const STEPS_PER_UNIT: u64 = 4;

/// One search.
pub(super) struct Matcher<'a> {
    program: &'a Program,
    place: Place<'a>,
    slots: &'a mut Vec<Option<NonMaxUsize>>,
    loops: Vec<Loop>,
    frames: Vec<Frame>,
    steps: u64,
    /// Where the look-behind around must end.
    behind: usize,
}

/// A loop under way.
#[derive(Clone, Copy, Default)]
struct Loop {
    rounds: u32,
    /// Where this round began; none before the first.
    start: Option<usize>,
}

/// What to do when a way leads nowhere.
enum Frame {
    /// Go on there.
    Retry {
        op: usize,
        at: usize,
    },
    /// Give a character of a greedy repetition back, down to `low`.
    Shorter {
        op: usize,
        low: usize,
        at: usize,
    },
    /// Take a further character in a lazy repetition.
    Longer {
        op: usize,
        at: usize,
        left: u32,
    },
    Slot {
        slot: usize,
        old: Option<NonMaxUsize>,
    },
    Loop {
        register: usize,
        old: Loop,
    },
}

impl<'a> Matcher<'a> {
    pub(super) fn new(program: &'a Program, place: Place<'a>, found: &'a mut Found) -> Self {
        let loops = vec![Loop::default(); program.registers];
        let slots = &mut found.slots;
        Self { program, place, slots, loops, frames: Vec::new(), steps: 0, behind: 0 }
    }

    pub(super) fn search(mut self, budget: &mut Budget) -> Result<bool, Thrown> {
        let result = self.find(budget);
        budget.spend(1 + self.steps % STEPS / STEPS_PER_UNIT)?;
        result
    }

    fn find(&mut self, budget: &mut Budget) -> Result<bool, Thrown> {
        let mut from = self.place.from;
        let only_here = self.place.how != How::Find || self.program.at_start;
        loop {
            match &self.program.first {
                Some(first) if only_here && !self.char_at(from).is_some_and(|char| first.has(char)) => {
                    return Ok(false);
                }
                Some(_) if only_here => {}
                Some(first) => {
                    let rest = self.place.text.get(from..).unwrap_or_default();
                    let Some(distance) = rest.find(|char| first.has(char)) else {
                        self.step(budget, rest.len() as u64 / 8)?;
                        return Ok(false);
                    };
                    self.step(budget, distance as u64 / 8)?;
                    from += distance;
                }
                None => {}
            }
            if let Some(end) = self.run(budget, 0, from)? {
                self.save(0, from);
                self.save(1, end);
                return Ok(true);
            }
            self.step(budget, 1)?;
            match self.char_at(from).filter(|_| !only_here) {
                Some(char) => from += char.len_utf8(),
                None => return Ok(false),
            }
        }
    }

    #[inline]
    fn step(&mut self, budget: &mut Budget, steps: u64) -> Result<(), Thrown> {
        let before = self.steps / STEPS;
        self.steps += steps;
        let due = self.steps / STEPS - before;
        if due > 0 { self.pay(budget, due) } else { Ok(()) }
    }

    #[cold]
    fn pay(&mut self, budget: &mut Budget, due: u64) -> Result<(), Thrown> {
        budget.spend(due * STEPS / STEPS_PER_UNIT)?;
        // The stack is gone after the search, so it is not charged for good.
        let bytes = self.frames.len() * size_of::<Frame>();
        budget.clone().charge_bytes(bytes as u64)
    }

    fn char_at(&self, at: usize) -> Option<char> {
        match self.place.text.as_bytes().get(at) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.place.text.get(at..)?.chars().next(),
            None => None,
        }
    }

    fn char_before(&self, at: usize) -> Option<char> {
        match self.place.text.as_bytes().get(at.checked_sub(1)?) {
            Some(byte) if byte.is_ascii() => Some(char::from(*byte)),
            Some(_) => self.place.text.get(..at)?.chars().next_back(),
            None => None,
        }
    }

    fn save(&mut self, slot: usize, at: usize) {
        if let Some(there) = self.slots.get_mut(slot) {
            *there = NonMaxUsize::new(at);
        }
    }

    fn loop_of(&self, register: usize) -> Loop {
        self.loops.get(register).copied().unwrap_or_default()
    }

    fn set_loop(&mut self, register: usize, new: Loop) {
        if let Some(there) = self.loops.get_mut(register) {
            let old = std::mem::replace(there, new);
            self.frames.push(Frame::Loop { register, old });
        }
    }

    /// Runs instructions until one accepts, and says where. What can still be tried stays on the stack above where it
    /// was.
    fn run(&mut self, budget: &mut Budget, op: usize, at: usize) -> Result<Option<usize>, Thrown> {
        let base = self.frames.len();
        let (mut op, mut at) = (op, at);
        loop {
            self.step(budget, 1)?;
            match self.advance(budget, op, at)? {
                Next::Go(next, to) => (op, at) = (next, to),
                Next::Accept => return Ok(Some(at)),
                Next::Fail => match self.retreat(base) {
                    Some(next) => (op, at) = next,
                    None => return Ok(None),
                },
            }
        }
    }

    /// Undoes down to what can be tried next.
    fn retreat(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.frames.len() > base {
            match self.frames.pop()? {
                Frame::Retry { op, at } => return Some((op, at)),
                Frame::Shorter { op, low, at } => {
                    let back = self.char_before(at).map_or(low, |char| at - char.len_utf8());
                    if back > low {
                        self.frames.push(Frame::Shorter { op, low, at: back });
                    }
                    return Some((op + 1, back));
                }
                Frame::Longer { op, at, left } => {
                    let Some(Op::Many { class, .. }) = self.program.ops.get(op) else { continue };
                    let Some(char) = self.char_at(at).filter(|char| self.has(*class, *char)) else {
                        continue;
                    };
                    let at = at + char.len_utf8();
                    if left > 1 {
                        self.frames.push(Frame::Longer { op, at, left: left - 1 });
                    }
                    return Some((op + 1, at));
                }
                Frame::Slot { slot, old } => {
                    if let Some(there) = self.slots.get_mut(slot) {
                        *there = old;
                    }
                }
                Frame::Loop { register, old } => {
                    if let Some(there) = self.loops.get_mut(register) {
                        *there = old;
                    }
                }
            }
        }
        None
    }

    fn has(&self, class: usize, char: char) -> bool {
        self.program.classes.get(class).is_some_and(|class| class.has(char))
    }

    fn advance(&mut self, budget: &mut Budget, op: usize, at: usize) -> Result<Next, Thrown> {
        let program = self.program;
        let Some(instruction) = program.ops.get(op) else { return Ok(Next::Fail) };
        let next = |holds: bool| if holds { Next::Go(op + 1, at) } else { Next::Fail };
        Ok(match instruction {
            Op::Class(class) => match self.char_at(at).filter(|char| self.has(*class, *char)) {
                Some(char) => Next::Go(op + 1, at + char.len_utf8()),
                None => Next::Fail,
            },
            Op::Char(wanted) => match self.char_at(at).filter(|char| char == wanted) {
                Some(char) => Next::Go(op + 1, at + char.len_utf8()),
                None => Next::Fail,
            },
            Op::Many { class, least, most, greed } => {
                return self.many(budget, op, at, (*class, *least, *most, *greed));
            }
            Op::Try { other } => {
                self.frames.push(Frame::Retry { op: *other, at });
                Next::Go(op + 1, at)
            }
            Op::Jump(to) => Next::Go(*to, at),
            Op::Save(slot) => {
                let old = self.slots.get(*slot).copied().flatten();
                self.frames.push(Frame::Slot { slot: *slot, old });
                self.save(*slot, at);
                Next::Go(op + 1, at)
            }
            Op::Edge(edge) => next(self.is_edge(*edge, at)),
            Op::Back { group, fold } => {
                self.again(*group, *fold, at).map_or(Next::Fail, |to| Next::Go(op + 1, to))
            }
            Op::Cluster => {
                let cluster = self.place.text.get(at..).and_then(|rest| rest.graphemes(true).next());
                cluster.map_or(Next::Fail, |cluster| Next::Go(op + 1, at + cluster.len()))
            }
            Op::Begin { register } => {
                self.set_loop(*register, Loop::default());
                Next::Go(op + 1, at)
            }
            Op::Round { register, least, most, greed, exit } => {
                self.round(op, at, self.loop_of(*register), (*least, *most), *greed, *exit)
            }
            Op::Enter { register } => {
                let rounds = self.loop_of(*register).rounds.saturating_add(1);
                self.set_loop(*register, Loop { rounds, start: Some(at) });
                Next::Go(op + 1, at)
            }
            Op::Look { ahead, negative, least, most, after } => {
                let found = self.look(budget, op + 1, at, *ahead, (*least, *most), *negative)?;
                if found == *negative { Next::Fail } else { Next::Go(*after, at) }
            }
            Op::Atomic { after } => {
                let base = self.frames.len();
                match self.run(budget, op + 1, at)? {
                    Some(end) => {
                        self.settle(base);
                        Next::Go(*after, end)
                    }
                    None => Next::Fail,
                }
            }
            Op::Accept => Next::Accept,
            Op::AcceptBehind if at == self.behind => Next::Accept,
            Op::Match if self.place.how != How::Whole || at == self.place.text.len() => Next::Accept,
            Op::AcceptBehind | Op::Match => Next::Fail,
        })
    }

    /// Whether to go round again. A round that took nothing is the last.
    fn round(
        &mut self,
        op: usize,
        at: usize,
        this: Loop,
        (least, most): (u32, u32),
        greed: Greed,
        exit: usize,
    ) -> Next {
        if this.start == Some(at) || this.rounds >= most {
            return Next::Go(exit, at);
        }
        if this.rounds < least {
            return Next::Go(op + 1, at);
        }
        if greed == Greed::Lazy {
            self.frames.push(Frame::Retry { op: op + 1, at });
            return Next::Go(exit, at);
        }
        self.frames.push(Frame::Retry { op: exit, at });
        Next::Go(op + 1, at)
    }

    fn many(
        &mut self,
        budget: &mut Budget,
        op: usize,
        start: usize,
        (class, least, most, greed): (usize, u32, u32, Greed),
    ) -> Result<Next, Thrown> {
        let wanted = if greed == Greed::Lazy { least } else { most };
        let (end, low, count) = match (self.place.text.get(start..), self.program.classes.get(class)) {
            (Some(rest), Some(class)) => run_of(rest, class, least, wanted),
            _ => (0, 0, 0),
        };
        self.step(budget, u64::from(count / 8))?;
        if count < least {
            return Ok(Next::Fail);
        }
        let (at, low) = (start + end, start + low);
        match greed {
            Greed::Greedy if at > low => self.frames.push(Frame::Shorter { op, low, at }),
            Greed::Lazy if most > least => self.frames.push(Frame::Longer { op, at, left: most - least }),
            Greed::Greedy | Greed::Lazy | Greed::Possessive => {}
        }
        Ok(Next::Go(op + 1, at))
    }

    /// Keeps what was found and forgets what else could be tried above `base`.
    fn settle(&mut self, base: usize) {
        let above = self.frames.split_off(base.min(self.frames.len()));
        let undo = |frame: &Frame| matches!(frame, Frame::Slot { .. } | Frame::Loop { .. });
        self.frames.extend(above.into_iter().filter(undo));
    }

    fn look(
        &mut self,
        budget: &mut Budget,
        body: usize,
        at: usize,
        ahead: bool,
        (least, most): (u32, Option<u32>),
        negative: bool,
    ) -> Result<bool, Thrown> {
        let base = self.frames.len();
        let around = self.behind;
        self.behind = at;
        let mut found = false;
        if ahead {
            found = self.run(budget, body, at)?.is_some();
        } else {
            let mut from = Some(at);
            let mut length = 0;
            while let Some(start) = from.filter(|_| !found && most.is_none_or(|most| length <= most)) {
                if length >= least {
                    found = self.run(budget, body, start)?.is_some();
                }
                self.step(budget, 1)?;
                from = self.char_before(start).map(|char| start - char.len_utf8());
                length = length.saturating_add(1);
            }
        }
        self.behind = around;
        if found && negative {
            while self.retreat(base).is_some() {}
        } else if found {
            self.settle(base);
        }
        Ok(found)
    }

    /// Where the text of a group ends when it stands here again.
    fn again(&self, group: usize, fold: Fold, at: usize) -> Option<usize> {
        let (start, end) = match self.slots.get(group * 2..group * 2 + 2)? {
            [Some(start), Some(end)] => (start.get(), end.get()),
            _ => return None,
        };
        let before = self.place.text.get(start..end)?;
        let here = self.place.text.get(at..)?;
        if fold == Fold::Exact {
            return here.starts_with(before).then_some(at + before.len());
        }
        let mut here = here.chars();
        let mut to = at;
        for wanted in before.chars() {
            let char = here.next()?;
            let equal = match fold {
                Fold::Exact | Fold::Ascii => char.eq_ignore_ascii_case(&wanted),
                Fold::Unicode => unicode::fold(u32::from(char)) == unicode::fold(u32::from(wanted)),
            };
            if !equal {
                return None;
            }
            to += char.len_utf8();
        }
        Some(to)
    }

    fn is_edge(&self, edge: Edge, at: usize) -> bool {
        let (before, here) = (self.char_before(at), self.char_at(at));
        match edge {
            Edge::Start => at == 0,
            Edge::End => here.is_none(),
            Edge::LastLine { unix } => {
                here.is_none() || self.ends_line(at, unix) && self.is_last_line_end(at)
            }
            Edge::LineEnd { unix } => here.is_none() || self.ends_line(at, unix),
            Edge::LineStart { unix: true } => here.is_some() && before.is_none_or(|char| char == '\n'),
            Edge::LineStart { unix: false } => {
                here.is_some()
                    && before.is_none_or(is_line_end)
                    && !(before == Some('\r') && here == Some('\n'))
            }
            Edge::Word { negative, unicode } => {
                (self.is_word_before(at, unicode) != self.is_word_at(at, unicode)) != negative
            }
            Edge::LastMatch => at == self.place.last,
            Edge::Cluster => match before.zip(here) {
                Some((before, here)) => String::from_iter([before, here]).graphemes(true).count() > 1,
                None => true,
            },
        }
    }

    /// Whether a line end begins here.
    fn ends_line(&self, at: usize, unix: bool) -> bool {
        match self.char_at(at) {
            Some('\n') => unix || self.char_before(at) != Some('\r'),
            Some(char) => !unix && is_line_end(char),
            None => false,
        }
    }

    fn is_last_line_end(&self, at: usize) -> bool {
        self.place.text.get(at..).is_some_and(|rest| {
            let mut chars = rest.chars();
            rest == "\r\n" || (chars.next().is_some() && chars.next().is_none())
        })
    }

    fn is_word_at(&self, at: usize, unicode: bool) -> bool {
        self.char_at(at).is_some_and(|char| self.is_word(char, at, unicode))
    }

    fn is_word_before(&self, at: usize, unicode: bool) -> bool {
        self.char_before(at).is_some_and(|char| self.is_word(char, at - char.len_utf8(), unicode))
    }

    fn is_word(&self, char: char, at: usize, unicode: bool) -> bool {
        if char.is_ascii() {
            return char.is_ascii_alphanumeric() || char == '_';
        }
        let words = if unicode { &*UNICODE_WORD } else { &*WORD };
        words.has(char) || (MARK.has(char) && self.has_base(at))
    }

    /// Whether the marks that end at `at` belong to a letter or digit.
    fn has_base(&self, at: usize) -> bool {
        let before = self.place.text.get(..at).unwrap_or_default();
        let base = before.chars().rev().find(|char| char.is_ascii() || !MARK.has(*char));
        base.is_some_and(|char| char != '_' && WORD.has(char))
    }
}

enum Next {
    Go(usize, usize),
    Accept,
    Fail,
}

/// How far characters of a class go, at most `most` of them: the end, the end of the first `least`, the count.
fn run_of(rest: &str, class: &Class, least: u32, most: u32) -> (usize, usize, u32) {
    let (mut end, mut low, mut count) = (0, 0, 0);
    for char in rest.chars() {
        if count == least {
            low = end;
        }
        if count >= most || !class.has(char) {
            break;
        }
        end += char.len_utf8();
        count += 1;
    }
    if count <= least {
        low = end;
    }
    (end, low, count)
}

fn is_line_end(char: char) -> bool {
    matches!(char, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

static WORD: LazyLock<Class> = LazyLock::new(|| Class::new(unicode::boundary_word()));
static UNICODE_WORD: LazyLock<Class> = LazyLock::new(|| Class::new(unicode::word(true)));
static MARK: LazyLock<Class> = LazyLock::new(|| Class::new(unicode::nonspacing_marks()));
