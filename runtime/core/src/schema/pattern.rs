//! Patterns of `:re`: the language's own regexes, asked only whether they are found in a text.

use crate::regex::{self, PatternError};
use crate::{Budget, Text, Thrown};

/// Work that one pattern may do on one text.
const FUEL: u64 = 1_000_000;

/// Memory that it may use meanwhile.
const MEMORY_BYTES: u64 = 1 << 26;

/// A pattern; equal to patterns of the same text.
#[derive(Clone, Debug)]
pub struct Pattern(regex::Pattern);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Pattern {
    pub fn new(text: &str) -> Result<Self, PatternError> {
        regex::Pattern::compile(text).map(Self)
    }

    /// As written.
    pub fn text(&self) -> &Text {
        self.0.source()
    }

    /// Whether the pattern is found anywhere in a text; the error when that would take too long.
    pub fn is_in(&self, text: &str) -> Result<bool, Thrown> {
        let mut budget = Budget::new(FUEL, 1, MEMORY_BYTES);
        self.0.search(text)?.find(&mut budget)
    }
}
