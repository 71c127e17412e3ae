//! Inline flags, and what ignoring case makes of a set.

use std::sync::LazyLock;

use super::Parser;
use crate::regex::PatternError;
use crate::regex::set::Set;
use crate::regex::tree::Fold;
use crate::regex::unicode;

#[derive(Clone, Copy, Default)]
pub(super) struct Flags(u8);

impl Flags {
    pub(super) const IGNORE_CASE: Self = Self(1);
    pub(super) const MULTILINE: Self = Self(2);
    pub(super) const DOTALL: Self = Self(4);
    pub(super) const UNIX_LINES: Self = Self(8);
    pub(super) const UNICODE_CASE: Self = Self(16);
    pub(super) const COMMENTS: Self = Self(32);
    pub(super) const UNICODE_CLASSES: Self = Self(64);

    pub(super) fn has(self, flag: Self) -> bool {
        self.0 & flag.0 != 0
    }

    fn set(&mut self, flag: Self, on: bool) {
        if on {
            self.0 |= flag.0;
        } else {
            self.0 &= !flag.0;
        }
    }

    pub(super) fn fold(self) -> Fold {
        match (self.has(Self::IGNORE_CASE), self.has(Self::UNICODE_CASE)) {
            (false, _) => Fold::Exact,
            (true, false) => Fold::Ascii,
            (true, true) => Fold::Unicode,
        }
    }

    /// One character in every case.
    pub(super) fn any_case(self, code: u32) -> Set {
        if !self.has(Self::UNICODE_CASE) {
            return self.both_cases(&Set::one(code));
        }
        let (upper, folded) = (unicode::to_upper(code), unicode::fold(code));
        if upper == folded {
            return Set::one(code);
        }
        let others = CASED.iter().filter(|(.., other)| *other == folded).map(|(other, ..)| *other);
        Set::of(others.chain([code, folded]).map(|code| (code, code)))
    }

    /// The members in either case: of ASCII, or of all letters with `(?u)`.
    pub(super) fn both_cases(self, set: &Set) -> Set {
        let holds = |code: u32| set.contains(code);
        if self.has(Self::UNICODE_CASE) {
            let others = CASED
                .iter()
                .filter(|(code, upper, folded)| !holds(*code) && (holds(*upper) || holds(*folded)));
            return set.union(&Set::of(others.map(|(code, ..)| (*code, *code))));
        }
        let letters = (0x41..=0x5a).chain(0x61..=0x7a);
        let others = letters.filter(|code| holds(code ^ 0x20));
        set.union(&Set::of(others.map(|code| (code, code))))
    }
}

/// Letters with a case: the letter, its upper case, what it is compared by.
static CASED: LazyLock<Vec<(u32, u32, u32)>> = LazyLock::new(|| {
    let all = (0..=0x1_ffff).map(|code| (code, unicode::to_upper(code), unicode::fold(code)));
    all.filter(|(code, upper, folded)| code != upper || code != folded).collect()
});

impl Parser {
    /// The letters of `(?idm-su)` up to what is no flag, which is read and given back.
    pub(super) fn inline_flags(&mut self) -> Result<Option<char>, PatternError> {
        let mut letter = self.peek();
        let mut on = true;
        loop {
            let flag = match letter {
                Some('i') => Flags::IGNORE_CASE,
                Some('m') => Flags::MULTILINE,
                Some('s') => Flags::DOTALL,
                Some('d') => Flags::UNIX_LINES,
                Some('u') => Flags::UNICODE_CASE,
                Some('x') => Flags::COMMENTS,
                Some('U') => Flags::UNICODE_CLASSES,
                Some('c') => return Err(self.error_at("The flag c is not supported", self.cursor)),
                Some('-') if on => {
                    on = false;
                    letter = self.next();
                    continue;
                }
                _ => return Ok(self.read()),
            };
            self.flags.set(flag, on);
            if letter == Some('U') {
                self.flags.set(Flags::UNICODE_CASE, on);
            }
            letter = self.next();
        }
    }
}
