//! Matchers: a pattern, a text and how far the search has come, behind one identity.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Conditions, Found, Pattern, Search};
use crate::{Budget, Text, Thrown};

/// What `re-matcher` makes.
#[derive(Debug)]
pub struct Matcher {
    pattern: Pattern,
    text: Text,
    conditions: Conditions,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last: Option<Range<usize>>,
    end: usize,
    found: Found,
}

impl Matcher {
    pub fn new(pattern: Pattern, text: Text) -> Self {
        let conditions = Conditions::of(&text);
        Self { pattern, text, conditions, state: Mutex::default() }
    }

    pub fn text(&self) -> &Text {
        &self.text
    }

    /// Looks for the next match and remembers it.
    pub fn find(&self, budget: &mut Budget) -> Result<bool, Thrown> {
        let mut state = self.lock();
        let mut search = self.search()?.resumed(state.last.clone(), state.end);
        let found = search.find(budget)?;
        *state = State { last: search.last(), end: search.end(), found: search.found().clone() };
        Ok(found)
    }

    /// The groups of the last match with the whole match in front; none when there is no last match.
    pub fn groups(&self) -> Result<Option<Vec<Option<Range<usize>>>>, Thrown> {
        let count = self.pattern.group_count()?;
        let state = self.lock();
        Ok(state.last.is_some().then(|| (0..=count).map(|group| state.found.range(group)).collect()))
    }

    fn search(&self) -> Result<Search<'_, '_>, Thrown> {
        self.pattern.search_again(&self.text, self.conditions)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under the lock can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
