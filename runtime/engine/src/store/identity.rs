//! Names of runs: a number per store, and the workflow id built from it.

use std::fmt;

/// The number of a run in its store, from 1, never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunNumber(pub u64);

impl RunNumber {
    /// Reads `r12` or the full workflow id of a run of this flow. None for anything else.
    pub fn parse(slug: &str, text: &str) -> Option<Self> {
        let digits = match text.strip_prefix("flow-") {
            Some(rest) => rest.strip_prefix(slug)?.strip_prefix("-local-r")?,
            None => text.strip_prefix('r')?,
        };
        let canonical = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        let number = canonical.then(|| digits.parse().ok()).flatten()?;
        // Numbers are 64-bit signed integers in every store.
        i64::try_from(number).is_ok().then_some(Self(number))
    }
}

impl fmt::Display for RunNumber {
    /// The short form, `r12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "r{}", self.0)
    }
}

/// The workflow id of a run: `flow-<slug>-local-r<N>`.
pub fn workflow_id(slug: &str, run: RunNumber) -> String {
    format!("flow-{slug}-local-{run}")
}
