//! Pattern text to its tree, as `java.util.regex` of JDK 17 reads it: the same language, the same errors at the same
//! index.
//!
//! Not in it: `(?c)` (canonical equivalence) and `\N{…}` (characters by name), which are refused by name.

use super::PatternError;
use super::set::Set;
use super::tree::{Edge, Greed, Node, Tree};
use super::unicode;

/// How long look-behinds may be.
mod behind;
/// `[…]`.
mod class;
/// The place in the text, and white space under `(?x)`.
mod cursor;
/// What follows a backslash, and families of characters.
mod escape;
/// Inline flags.
mod flags;
/// `(…)` in all its forms.
mod group;
/// `\Q…\E` resolved before anything else.
mod quoting;

use flags::Flags;

/// How deep groups and classes may nest.
const NESTING_MAX: usize = 200;

/// How often something may be repeated by count.
const COUNT_MAX: u32 = i32::MAX as u32;

pub(super) fn parse(source: &str) -> Result<Tree, PatternError> {
    let (letters, offsets) = quoting::resolve(source);
    let mut parser = Parser {
        length: letters.len(),
        letters,
        offsets,
        end: source.len(),
        cursor: 0,
        flags: Flags::default(),
        groups: 0,
        names: Vec::new(),
        nesting: 0,
    };
    let root = parser.alternatives()?;
    if parser.cursor != parser.length {
        if parser.peek() == Some(')') {
            return Err(parser.error("Unmatched closing ')'"));
        }
        return Err(parser.error_at("The pattern ends in a backslash that escapes nothing", parser.length));
    }
    Ok(Tree { root, groups: parser.groups, names: parser.names })
}

struct Parser {
    /// The pattern after quoting is resolved.
    letters: Vec<char>,
    /// Where each letter stands in the source.
    offsets: Vec<usize>,
    /// Length of the source in bytes.
    end: usize,
    length: usize,
    cursor: usize,
    flags: Flags,
    groups: usize,
    names: Vec<(Box<str>, usize)>,
    nesting: usize,
}

impl Parser {
    /// The letter in front of the cursor is at fault, as Java counts.
    fn error(&self, message: impl Into<String>) -> PatternError {
        let index = self.cursor.checked_sub(1);
        let mut error = self.error_at(message, index.unwrap_or(0));
        if index.is_none() {
            error.index = None;
        }
        error
    }

    fn error_at(&self, message: impl Into<String>, index: usize) -> PatternError {
        let offset = self.offsets.get(index).copied().unwrap_or(self.end);
        PatternError { message: message.into(), offset, index: Some(index) }
    }

    /// Runs a part of the grammar one level deeper.
    fn nested<T>(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<T, PatternError>,
    ) -> Result<T, PatternError> {
        if self.nesting >= NESTING_MAX {
            return Err(self.error("The groups of the pattern nest too deeply"));
        }
        self.nesting += 1;
        let result = part(self);
        self.nesting -= 1;
        result
    }

    /// Until `)` or the end.
    fn alternatives(&mut self) -> Result<Node, PatternError> {
        let mut choices = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.next();
            choices.push(self.sequence()?);
        }
        match (choices.pop(), choices.is_empty()) {
            (Some(only), true) => Ok(only),
            (last, _) => {
                choices.extend(last);
                Ok(Node::Choice(choices))
            }
        }
    }

    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut parts = Vec::new();
        loop {
            match self.peek() {
                None | Some('|' | ')') => break,
                Some('(') => parts.extend(self.nested(Self::group)?),
                Some(meta @ ('?' | '*' | '+')) => {
                    self.next();
                    return Err(self.error(format!("Dangling meta character '{meta}'")));
                }
                Some(letter) => {
                    let atom = self.atom(letter)?;
                    parts.push(self.repeated(atom)?);
                }
            }
        }
        match (parts.pop(), parts.is_empty()) {
            (None, _) => Ok(Node::Empty),
            (Some(only), true) => Ok(only),
            (last, _) => {
                parts.extend(last);
                Ok(Node::Sequence(parts))
            }
        }
    }

    fn atom(&mut self, letter: char) -> Result<Node, PatternError> {
        let unix = self.flags.has(Flags::UNIX_LINES);
        Ok(match letter {
            '[' => Node::Set(self.nested(|parser| parser.class(true))?),
            '\\' => self.escaped_atom()?,
            '^' => {
                self.next();
                Node::Edge(if self.flags.has(Flags::MULTILINE) {
                    Edge::LineStart { unix }
                } else {
                    Edge::Start
                })
            }
            '$' => {
                self.next();
                Node::Edge(if self.flags.has(Flags::MULTILINE) {
                    Edge::LineEnd { unix }
                } else {
                    Edge::LastLine { unix }
                })
            }
            '.' => {
                self.next();
                Node::Set(self.dot())
            }
            // Nothing, for the count that must follow.
            '{' => Node::Empty,
            letter => {
                self.next();
                Node::Set(self.letter(u32::from(letter)))
            }
        })
    }

    fn dot(&self) -> Set {
        if self.flags.has(Flags::DOTALL) {
            Set::all()
        } else if self.flags.has(Flags::UNIX_LINES) {
            Set::one(u32::from('\n')).complement()
        } else {
            line_ends().complement()
        }
    }

    /// One letter, in either case where the flags say so.
    fn letter(&self, code: u32) -> Set {
        if self.flags.has(Flags::IGNORE_CASE) { self.flags.any_case(code) } else { Set::one(code) }
    }

    /// A part with the quantifier behind it.
    fn repeated(&mut self, body: Node) -> Result<Node, PatternError> {
        let (least, most) = match self.peek() {
            Some('?') => (0, Some(1)),
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('{') => return self.counted(body),
            _ => return Ok(body),
        };
        let greed = match self.next() {
            Some('?') => Greed::Lazy,
            Some('+') => Greed::Possessive,
            _ => Greed::Greedy,
        };
        if greed != Greed::Greedy {
            self.next();
        }
        Ok(Node::Repeat { body: Box::new(body), least, most, greed })
    }

    /// `{2}`, `{2,}`, `{2,5}`.
    fn counted(&mut self, body: Node) -> Result<Node, PatternError> {
        if !self.at(self.cursor + 1).is_some_and(|it| it.is_ascii_digit()) {
            self.cursor += 2;
            return Err(self.error("Illegal repetition"));
        }
        self.skip();
        self.cursor -= 1;
        let mut letter = self.read();
        let least = self.count(&mut letter)?;
        let mut most = Some(least);
        if letter == Some(',') {
            letter = self.read();
            most = if letter == Some('}') { None } else { Some(self.count(&mut letter)?) };
        }
        if letter != Some('}') {
            return Err(self.error("Unclosed counted closure"));
        }
        if most.is_some_and(|most| most < least) {
            return Err(self.error("Illegal repetition range"));
        }
        let greed = match self.peek() {
            Some('?') => Greed::Lazy,
            Some('+') => Greed::Possessive,
            _ => Greed::Greedy,
        };
        if greed != Greed::Greedy {
            self.next();
        }
        Ok(Node::Repeat { body: Box::new(body), least, most, greed })
    }

    /// Digits from `letter` on; leaves the letter behind them there.
    fn count(&mut self, letter: &mut Option<char>) -> Result<u32, PatternError> {
        let mut count = 0_u32;
        while let Some(digit) = letter.and_then(|it| it.to_digit(10)) {
            let grown = count.checked_mul(10).and_then(|it| it.checked_add(digit));
            count = grown
                .filter(|count| *count <= COUNT_MAX)
                .ok_or_else(|| self.error("Illegal repetition range"))?;
            *letter = self.read();
        }
        Ok(count)
    }
}

/// What `.` leaves out.
fn line_ends() -> Set {
    Set::of([0xa, 0xd, 0x85, 0x2028, 0x2029].map(|it| (it, it)))
}
