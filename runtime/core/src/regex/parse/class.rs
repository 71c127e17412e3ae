//! `[…]`: unions, `&&` and nesting, with Java's reading of the odd cases.

use super::escape::Escaped;
use super::flags::Flags;
use super::{Parser, Set};
use crate::regex::PatternError;

impl Parser {
    /// From the letter in front of the class on: `[`, or what stands before the right side of `&&`, whose `]` is left
    /// to the class around.
    pub(super) fn class(&mut self, closes: bool) -> Result<Set, PatternError> {
        let mut all: Option<Set> = None;
        // The last part, which `&&` with nothing behind it meets again; Java keeps single Latin letters apart.
        let mut last: Option<Set> = None;
        let mut negative = false;
        let mut letter = self.next();
        loop {
            match letter {
                Some('^') if self.cursor > 0 && self.at(self.cursor - 1) == Some('[') && !negative => {
                    negative = true;
                    letter = self.next();
                    continue;
                }
                Some('[') => {
                    let inner = self.nested(|parser| parser.class(true))?;
                    all = Some(joined(all, &inner));
                    last = Some(inner);
                    letter = self.peek();
                    continue;
                }
                Some('&') => {
                    if self.next() == Some('&') {
                        letter = self.intersect(&mut all, &mut last)?;
                        continue;
                    }
                    self.unread();
                }
                None => return Err(self.unclosed()),
                Some(']') => {
                    if let Some(set) = all {
                        if closes {
                            self.next();
                        }
                        return Ok(if negative { set.complement() } else { set });
                    }
                }
                Some(_) => {}
            }
            let (part, is_narrow) = self.range()?;
            all = Some(joined(all, &part));
            last = Some(part).filter(|_| !is_narrow);
            letter = self.peek();
        }
    }

    fn unclosed(&self) -> PatternError {
        self.error_at(
            "Unclosed character class",
            self.length.saturating_sub(1).max(self.cursor.saturating_sub(1)),
        )
    }

    /// From the second `&` on; the letter behind the right side.
    fn intersect(
        &mut self,
        all: &mut Option<Set>,
        last: &mut Option<Set>,
    ) -> Result<Option<char>, PatternError> {
        let mut letter = self.next();
        let mut right: Option<Set> = None;
        while !matches!(letter, Some(']' | '&')) {
            let part = if letter == Some('[') {
                self.nested(|parser| parser.class(true))?
            } else {
                self.unread();
                self.nested(|parser| parser.class(false))?
            };
            right = Some(joined(right, &part));
            letter = self.peek();
        }
        let has_right = right.is_some();
        if has_right {
            *last = right;
        }
        *all = match (all.take(), last.as_ref()) {
            (None, Some(last)) if has_right => Some(last.clone()),
            (None, _) => return Err(self.error("Bad class syntax")),
            (Some(left), Some(last)) => Some(left.intersection(last)),
            (Some(left), None) => Some(left),
        };
        Ok(letter)
    }

    /// A character, a range of them, or an escape that is a set; and whether it is a single Latin letter.
    fn range(&mut self) -> Result<(Set, bool), PatternError> {
        let letter = self.peek();
        let low = if letter == Some('\\') {
            if let Some(family) = self.family()? {
                return Ok((family, false));
            }
            let in_range = self.at(self.cursor + 2) == Some('-');
            match self.escape(true, in_range)? {
                Escaped::Code(code) => code,
                Escaped::Set(set) => return Ok((set, false)),
                Escaped::Node(_) => return Err(self.error("Illegal/unsupported escape sequence")),
            }
        } else {
            self.next();
            letter.map_or(0, u32::from)
        };
        if self.peek() == Some('-') {
            let behind = self.at(self.cursor + 1);
            if behind != Some('[') && behind != Some(']') {
                self.next();
                let high = self.range_end()?;
                let high = high.filter(|high| *high >= low);
                let high = high.ok_or_else(|| self.error("Illegal character range"))?;
                return Ok((self.in_case(Set::range(low, high)), false));
            }
        }
        Ok((self.letter(low), low < 0x100))
    }

    /// The other end of a range; none where an escape is no character.
    fn range_end(&mut self) -> Result<Option<u32>, PatternError> {
        let letter = self.peek();
        if letter == Some('\\') {
            return Ok(match self.escape(true, true)? {
                Escaped::Code(code) => Some(code),
                Escaped::Set(_) | Escaped::Node(_) => None,
            });
        }
        self.next();
        Ok(letter.map(u32::from))
    }

    fn in_case(&self, set: Set) -> Set {
        if self.flags.has(Flags::IGNORE_CASE) { self.flags.both_cases(&set) } else { set }
    }
}

fn joined(all: Option<Set>, part: &Set) -> Set {
    all.map_or_else(|| part.clone(), |all| all.union(part))
}
