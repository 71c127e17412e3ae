//! Looking for a pattern in one text, match after match, as `java.util.regex.Matcher` does.

use std::ops::Range;

use regex_automata::util::primitives::NonMaxUsize;

use super::{Engine, How, Place};
use crate::{Budget, Thrown};

/// What the linear matcher takes otherwise than Java does: found once per text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Conditions(u8);

impl Conditions {
    /// Empty, or with a line end as the last character.
    pub(super) const ENDS_IN_LINE: Self = Self(1);
    /// With line ends other than `\n` and `\r`.
    pub(super) const ODD_LINES: Self = Self(2);
    /// With characters beyond ASCII.
    pub(super) const BEYOND_ASCII: Self = Self(4);

    pub fn of(text: &str) -> Self {
        let mut all = Self::default();
        if text.is_empty() || text.ends_with(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
            all = all.and(Self::ENDS_IN_LINE);
        }
        if !text.is_ascii() {
            all = all.and(Self::BEYOND_ASCII);
            if text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
                all = all.and(Self::ODD_LINES);
            }
        }
        all
    }

    #[must_use]
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The groups of a match, as byte offsets; the first is the whole match.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub(super) slots: Vec<Option<NonMaxUsize>>,
}

impl Found {
    pub(super) fn clear(&mut self, groups: usize) {
        self.slots.clear();
        self.slots.resize((groups + 1) * 2, None);
    }

    pub fn range(&self, group: usize) -> Option<Range<usize>> {
        match self.slots.get(group * 2..group * 2 + 2) {
            Some([Some(start), Some(end)]) => Some(start.get()..end.get()),
            _ => None,
        }
    }
}

/// A pattern and a text, with the last match.
pub struct Search<'p, 't> {
    engine: &'p dyn Engine,
    text: &'t str,
    conditions: Conditions,
    found: Found,
    /// Where the last match stood.
    last: Option<Range<usize>>,
    /// Where the last match ended, whether another was looked for since or not.
    end: usize,
}

impl<'p, 't> Search<'p, 't> {
    pub(super) fn new(engine: &'p dyn Engine, text: &'t str, known: Option<Conditions>) -> Self {
        let needed = engine.conditions() != Conditions::default();
        let conditions =
            known.unwrap_or_else(|| if needed { Conditions::of(text) } else { Conditions::default() });
        Self { engine, text, conditions, found: Found::default(), last: None, end: 0 }
    }

    /// Goes on where another search stopped.
    #[must_use]
    pub fn resumed(mut self, last: Option<Range<usize>>, end: usize) -> Self {
        (self.last, self.end) = (last, end);
        self
    }

    /// Looks for the next match. An empty one moves the search on by a character.
    pub fn find(&mut self, budget: &mut Budget) -> Result<bool, Thrown> {
        let mut from = self.end;
        if self.last.as_ref().is_some_and(Range::is_empty) {
            match self.text.get(from..).and_then(|rest| rest.chars().next()) {
                Some(char) => from += char.len_utf8(),
                None => {
                    self.last = None;
                    self.end = self.text.len() + 1;
                    return Ok(false);
                }
            }
        }
        if from > self.text.len() {
            return Ok(false);
        }
        self.run(budget, from, How::Find)
    }

    /// Whether the whole text matches.
    pub fn whole(&mut self, budget: &mut Budget) -> Result<bool, Thrown> {
        self.run(budget, 0, How::Whole)
    }

    /// Whether the text begins with a match.
    pub fn prefix(&mut self, budget: &mut Budget) -> Result<bool, Thrown> {
        self.run(budget, 0, How::Prefix)
    }

    fn run(&mut self, budget: &mut Budget, from: usize, how: How) -> Result<bool, Thrown> {
        let place = Place { text: self.text, from, last: self.end, how, conditions: self.conditions };
        let matched = self.engine.search(budget, place, &mut self.found)?;
        self.last = if matched { self.found.range(0) } else { None };
        if let Some(last) = &self.last {
            self.end = last.end;
        }
        Ok(matched)
    }

    /// Groups without the whole match.
    pub fn group_count(&self) -> usize {
        self.engine.group_count()
    }

    /// Where the last match stood; none when the last search found nothing.
    pub fn last(&self) -> Option<Range<usize>> {
        self.last.clone()
    }

    /// Where the last match ended.
    pub fn end(&self) -> usize {
        self.end
    }

    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The text of a group of the last match.
    pub fn group(&self, group: usize) -> Option<&'t str> {
        self.found.range(group).and_then(|range| self.text.get(range))
    }

    pub fn group_index(&self, name: &str) -> Option<usize> {
        let names = self.engine.group_names();
        names.iter().find(|(known, _)| **known == *name).map(|(_, index)| *index)
    }

    pub fn text(&self) -> &'t str {
        self.text
    }
}
