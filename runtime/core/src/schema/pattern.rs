//! Regular expressions of `:re`: whether a pattern is found in a text, in time linear in the text.
//!
//! Java's syntax, without what needs backtracking (back references, look-around, possessive quantifiers), which is
//! refused by name. Only the question "is it there" is answered; `re-find` and its groups are the library's.

use std::iter::Peekable;
use std::str::Chars;

/// How large a compiled pattern may get.
const PROGRAM_MAX: usize = 10_000;

/// How deep groups may nest.
const DEPTH_MAX: usize = 64;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    program: Vec<Instruction>,
}

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    pub message: String,
}

#[derive(Clone, Debug)]
enum Instruction {
    One(Class),
    Both(usize, usize),
    Goto(usize),
    Assert(Edge),
    Found,
}

#[derive(Clone, Copy, Debug)]
enum Edge {
    Start,
    /// Also before a final line break, as in Java.
    End,
    VeryEnd,
    Word,
    NotWord,
}

/// A set of characters.
#[derive(Clone, Debug, Default)]
struct Class {
    ranges: Vec<(char, char)>,
    negated: bool,
    ignore_case: bool,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Pattern {
    pub fn new(text: &str) -> Result<Self, PatternError> {
        let mut compiler = Compiler {
            rest: text.chars().peekable(),
            program: Vec::new(),
            depth: 0,
            ignore_case: false,
            dot_all: false,
        };
        compiler.flags()?;
        compiler.alternatives()?;
        if compiler.rest.peek().is_some() {
            return Err(error("a `)` of the regex closes nothing"));
        }
        compiler.push(Instruction::Found)?;
        Ok(Self { text: text.to_owned(), program: compiler.program })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the pattern is found anywhere in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let characters: Vec<char> = text.chars().collect();
        let mut now = Threads::new(self.program.len());
        let mut next = Threads::new(self.program.len());
        for at in 0..=characters.len() {
            now.add(&self.program, 0, &characters, at);
            next.clear();
            for index in 0..now.list.len() {
                let Some(place) = now.list.get(index).copied() else { break };
                match self.program.get(place) {
                    Some(Instruction::Found) => return true,
                    Some(Instruction::One(class))
                        if characters.get(at).is_some_and(|it| class.contains(*it)) =>
                    {
                        next.add(&self.program, place + 1, &characters, at + 1);
                    }
                    _ => {}
                }
            }
            std::mem::swap(&mut now, &mut next);
        }
        false
    }
}

/// The places of the program that are reached at one character, each once.
struct Threads {
    list: Vec<usize>,
    seen: Vec<bool>,
    open: Vec<usize>,
}

impl Threads {
    fn new(size: usize) -> Self {
        Self { list: Vec::new(), seen: vec![false; size], open: Vec::new() }
    }

    fn clear(&mut self) {
        self.list.clear();
        self.seen.fill(false);
    }

    fn add(&mut self, program: &[Instruction], place: usize, text: &[char], at: usize) {
        self.open.push(place);
        while let Some(place) = self.open.pop() {
            let Some(seen) = self.seen.get_mut(place) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            match program.get(place) {
                Some(Instruction::Goto(to)) => self.open.push(*to),
                Some(Instruction::Both(first, second)) => self.open.extend([*second, *first]),
                Some(Instruction::Assert(edge)) if edge.holds(text, at) => self.open.push(place + 1),
                Some(Instruction::One(_) | Instruction::Found) => self.list.push(place),
                Some(Instruction::Assert(_)) | None => {}
            }
        }
    }
}

impl Edge {
    fn holds(self, text: &[char], at: usize) -> bool {
        let word = |index: Option<usize>| {
            index.and_then(|index| text.get(index)).is_some_and(|it| it.is_ascii_alphanumeric() || *it == '_')
        };
        let at_word = || word(at.checked_sub(1)) != word(Some(at));
        match self {
            Edge::Start => at == 0,
            Edge::End => at == text.len() || (at + 1 == text.len() && text.last() == Some(&'\n')),
            Edge::VeryEnd => at == text.len(),
            Edge::Word => at_word(),
            Edge::NotWord => !at_word(),
        }
    }
}

impl Class {
    fn contains(&self, one: char) -> bool {
        let within = |one: char| self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&one));
        let found = within(one)
            || (self.ignore_case && (within(one.to_ascii_lowercase()) || within(one.to_ascii_uppercase())));
        found != self.negated
    }
}

fn error(message: impl Into<String>) -> PatternError {
    PatternError { message: message.into() }
}

struct Compiler<'t> {
    rest: Peekable<Chars<'t>>,
    program: Vec<Instruction>,
    depth: usize,
    ignore_case: bool,
    dot_all: bool,
}

impl Compiler<'_> {
    fn push(&mut self, instruction: Instruction) -> Result<(), PatternError> {
        if self.program.len() >= PROGRAM_MAX {
            return Err(error("the regex is too large"));
        }
        self.program.push(instruction);
        Ok(())
    }

    fn take(&mut self, wanted: char) -> bool {
        self.rest.next_if_eq(&wanted).is_some()
    }

    /// `(?i)` and `(?s)` at the start.
    fn flags(&mut self) -> Result<(), PatternError> {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('(') || ahead.next() != Some('?') {
            return Ok(());
        }
        let letters: String = ahead.take_while(|it| *it != ')').collect();
        if letters.is_empty() || !letters.chars().all(|it| it.is_ascii_lowercase()) {
            return Ok(());
        }
        for letter in letters.chars() {
            match letter {
                'i' => self.ignore_case = true,
                's' => self.dot_all = true,
                other => {
                    return Err(error(format!("the regex flag `(?{other})` is not supported in schemas")));
                }
            }
        }
        for _ in 0..letters.chars().count() + 3 {
            self.rest.next();
        }
        Ok(())
    }

    fn alternatives(&mut self) -> Result<(), PatternError> {
        let mut ends = Vec::new();
        loop {
            let start = self.program.len();
            self.sequence()?;
            if !self.take('|') {
                break;
            }
            self.insert(start, Instruction::Goto(0))?;
            ends.push(self.program.len());
            self.push(Instruction::Goto(0))?;
            let next = self.program.len();
            self.set(start, Instruction::Both(start + 1, next));
        }
        let end = self.program.len();
        for place in ends {
            self.set(place, Instruction::Goto(end));
        }
        Ok(())
    }

    fn set(&mut self, place: usize, instruction: Instruction) {
        if let Some(there) = self.program.get_mut(place) {
            *there = instruction;
        }
    }

    /// Puts an instruction in front of those from `place` on; what jumps among them moves along.
    fn insert(&mut self, place: usize, instruction: Instruction) -> Result<(), PatternError> {
        self.push(Instruction::Found)?;
        self.program.pop();
        self.program.insert(place, instruction);
        for moved in self.program.iter_mut().skip(place + 1) {
            moved.shift(place, 1);
        }
        Ok(())
    }

    fn sequence(&mut self) -> Result<(), PatternError> {
        while let Some(next) = self.rest.peek().copied() {
            if matches!(next, '|' | ')') {
                break;
            }
            let start = self.program.len();
            self.atom()?;
            self.quantifiers(start)?;
        }
        Ok(())
    }

    fn atom(&mut self) -> Result<(), PatternError> {
        let Some(next) = self.rest.next() else { return Ok(()) };
        match next {
            '(' => self.group(),
            '[' => {
                let class = self.class()?;
                self.push(Instruction::One(class))
            }
            '.' => {
                let ranges = if self.dot_all { Vec::new() } else { vec![('\n', '\n'), ('\r', '\r')] };
                self.push(Instruction::One(Class { ranges, negated: true, ignore_case: false }))
            }
            '^' => self.push(Instruction::Assert(Edge::Start)),
            '$' => self.push(Instruction::Assert(Edge::End)),
            '*' | '+' | '?' => {
                Err(error(format!("the regex repeats nothing: `{next}` has nothing in front of it")))
            }
            '\\' => self.escape(),
            other => self.character(other),
        }
    }

    fn character(&mut self, one: char) -> Result<(), PatternError> {
        let class = Class { ranges: vec![(one, one)], negated: false, ignore_case: self.ignore_case };
        self.push(Instruction::One(class))
    }

    fn group(&mut self) -> Result<(), PatternError> {
        if self.take('?') {
            match self.rest.next() {
                Some(':') => {}
                Some('<') if self.rest.peek().is_some_and(char::is_ascii_alphabetic) => {
                    while self.rest.next_if(|it| *it != '>').is_some() {}
                    self.rest.next();
                }
                Some('=' | '!' | '<') => {
                    return Err(error("look-around in a regex is not supported in schemas"));
                }
                Some('>') => return Err(error("atomic groups in a regex are not supported in schemas")),
                _ => return Err(error("this kind of regex group is not supported in schemas")),
            }
        }
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(error("the groups of the regex nest too deeply"));
        }
        self.alternatives()?;
        self.depth -= 1;
        if self.take(')') { Ok(()) } else { Err(error("a `(` of the regex is never closed")) }
    }

    fn escape(&mut self) -> Result<(), PatternError> {
        let Some(letter) = self.rest.next() else { return Err(error("the regex ends in `\\`")) };
        match letter {
            'b' => self.push(Instruction::Assert(Edge::Word)),
            'B' => self.push(Instruction::Assert(Edge::NotWord)),
            'A' => self.push(Instruction::Assert(Edge::Start)),
            'Z' => self.push(Instruction::Assert(Edge::End)),
            'z' => self.push(Instruction::Assert(Edge::VeryEnd)),
            'Q' => {
                while let Some(one) = self.rest.next() {
                    if one == '\\' && self.take('E') {
                        break;
                    }
                    self.character(one)?;
                }
                Ok(())
            }
            '1'..='9' | 'k' => Err(error("back references in a regex are not supported in schemas")),
            other => match named_class(other) {
                Some((ranges, negated)) => {
                    self.push(Instruction::One(Class { ranges, negated, ignore_case: false }))
                }
                None => {
                    let one = self.escaped(other)?;
                    self.character(one)
                }
            },
        }
    }

    /// The character that `\x` stands for.
    fn escaped(&mut self, letter: char) -> Result<char, PatternError> {
        Ok(match letter {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\u{c}',
            'e' => '\u{1b}',
            'a' => '\u{7}',
            'u' => self.code_point(4)?,
            'x' => self.code_point(2)?,
            other if other.is_ascii_alphanumeric() => {
                return Err(error(format!("`\\{other}` in a regex is not supported in schemas")));
            }
            other => other,
        })
    }

    fn code_point(&mut self, digits: usize) -> Result<char, PatternError> {
        let text: String = self.rest.by_ref().take(digits).collect();
        u32::from_str_radix(&text, 16)
            .ok()
            .filter(|_| text.len() == digits)
            .and_then(char::from_u32)
            .ok_or_else(|| error("an escape of the regex names no character"))
    }

    /// After `[`.
    fn class(&mut self) -> Result<Class, PatternError> {
        let mut class = Class { negated: self.take('^'), ignore_case: self.ignore_case, ranges: Vec::new() };
        let mut first = true;
        loop {
            let Some(next) = self.rest.next() else {
                return Err(error("a `[` of the regex is never closed"));
            };
            let low = match next {
                ']' if !first => return Ok(class),
                '[' => return Err(error("nested classes in a regex are not supported in schemas")),
                '&' if self.rest.peek() == Some(&'&') => {
                    return Err(error("`&&` in a class of a regex is not supported in schemas"));
                }
                '\\' => {
                    let letter = self.rest.next().ok_or_else(|| error("the regex ends in `\\`"))?;
                    match named_class(letter) {
                        Some((ranges, false)) => {
                            class.ranges.extend(ranges);
                            first = false;
                            continue;
                        }
                        Some((ranges, true)) => {
                            class.ranges.extend(complement(&ranges));
                            first = false;
                            continue;
                        }
                        None => self.escaped(letter)?,
                    }
                }
                other => other,
            };
            first = false;
            let high = self.range_end(low)?;
            class.ranges.push((low, high));
        }
    }

    /// The end of `a-z`; the character itself where there is no range.
    fn range_end(&mut self, low: char) -> Result<char, PatternError> {
        let mut ahead = self.rest.clone();
        if ahead.next() != Some('-') || ahead.next().is_none_or(|it| it == ']') {
            return Ok(low);
        }
        self.rest.next();
        let high = match self.rest.next() {
            Some('\\') => {
                let letter = self.rest.next().ok_or_else(|| error("the regex ends in `\\`"))?;
                self.escaped(letter)?
            }
            Some(other) => other,
            None => low,
        };
        if high < low {
            return Err(error(format!("the range `{low}-{high}` of the regex is upside down")));
        }
        Ok(high)
    }

    fn quantifiers(&mut self, start: usize) -> Result<(), PatternError> {
        let (least, most) = match self.rest.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.rest.next();
                let bounds = self.counts()?;
                return self.finish_quantifier(start, bounds.0, bounds.1);
            }
            _ => return Ok(()),
        };
        self.rest.next();
        self.finish_quantifier(start, least, most)
    }

    fn finish_quantifier(
        &mut self,
        start: usize,
        least: usize,
        most: Option<usize>,
    ) -> Result<(), PatternError> {
        // Whether something is found does not depend on greed.
        self.take('?');
        if self.rest.peek() == Some(&'+') {
            return Err(error("possessive quantifiers in a regex are not supported in schemas"));
        }
        self.repeat(start, least, most)
    }

    /// After `{`: `n}`, `n,}`, `n,m}`.
    fn counts(&mut self) -> Result<(usize, Option<usize>), PatternError> {
        let wrong = || error("a `{` of the regex is no count: write `{2}`, `{2,}` or `{2,5}`");
        let least = self.count().ok_or_else(wrong)?;
        let most = if self.take(',') {
            if self.rest.peek() == Some(&'}') { None } else { Some(self.count().ok_or_else(wrong)?) }
        } else {
            Some(least)
        };
        if !self.take('}') || most.is_some_and(|most| most < least) {
            return Err(wrong());
        }
        Ok((least, most))
    }

    fn count(&mut self) -> Option<usize> {
        let mut text = String::new();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            text.push(digit);
        }
        text.parse().ok().filter(|count| *count <= PROGRAM_MAX)
    }

    /// Repeats the instructions from `start` on.
    fn repeat(&mut self, start: usize, least: usize, most: Option<usize>) -> Result<(), PatternError> {
        let body: Vec<Instruction> = self.program.drain(start..).collect();
        for _ in 0..least {
            self.copy(&body, start)?;
        }
        match most {
            None => {
                let split = self.program.len();
                self.push(Instruction::Goto(0))?;
                self.copy(&body, start)?;
                self.push(Instruction::Goto(split))?;
                let end = self.program.len();
                self.set(split, Instruction::Both(split + 1, end));
            }
            Some(most) => {
                let mut splits = Vec::new();
                for _ in least..most {
                    splits.push(self.program.len());
                    self.push(Instruction::Goto(0))?;
                    self.copy(&body, start)?;
                }
                let end = self.program.len();
                for split in splits {
                    self.set(split, Instruction::Both(split + 1, end));
                }
            }
        }
        Ok(())
    }

    /// Appends instructions that stood at `origin`.
    fn copy(&mut self, body: &[Instruction], origin: usize) -> Result<(), PatternError> {
        let by = self.program.len().saturating_sub(origin);
        for instruction in body {
            let mut copy = instruction.clone();
            copy.shift(0, by);
            self.push(copy)?;
        }
        Ok(())
    }
}

impl Instruction {
    /// Moves jump targets at or behind `from`.
    fn shift(&mut self, from: usize, by: usize) {
        let moved = |place: &mut usize| {
            if *place >= from {
                *place += by;
            }
        };
        match self {
            Instruction::Both(first, second) => {
                moved(first);
                moved(second);
            }
            Instruction::Goto(to) => moved(to),
            Instruction::One(_) | Instruction::Assert(_) | Instruction::Found => {}
        }
    }
}

/// `\d` and its kin: ranges, and whether they are left out instead. ASCII, as in Java.
fn named_class(letter: char) -> Option<(Vec<(char, char)>, bool)> {
    let ranges = match letter.to_ascii_lowercase() {
        'd' => vec![('0', '9')],
        'w' => vec![('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        's' => vec![('\t', '\r'), (' ', ' ')],
        _ => return None,
    };
    Some((ranges, letter.is_ascii_uppercase()))
}

/// All characters that ascending ranges leave out.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut left = Vec::new();
    let mut from = '\0';
    for (low, high) in ranges {
        if let Some(before) = char::from_u32((*low as u32).wrapping_sub(1)).filter(|before| from <= *before) {
            left.push((from, before));
        }
        from = char::from_u32(*high as u32 + 1).unwrap_or(char::MAX);
    }
    left.push((from, char::MAX));
    left
}
