//! What a checkpoint keeps beside the slots: why the state is entered, workflow time, and the execution counters.

use std::collections::BTreeMap;

use crate::machine::Outcome;
use crate::wire::{Damaged, Reader, Writer};

/// The first byte of the stored form.
const FORMAT: u8 = 1;

/// Where a run is, apart from its slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// Why the state at the position is entered.
    pub outcome: Outcome,
    /// Commit time of the event that woke the state.
    pub now_ms: i64,
    /// Step executions so far.
    pub steps: u64,
    /// Those of them that sent an HTTP request.
    pub http_requests: u64,
    /// Executions per suspension point; points that were never executed are absent.
    counters: BTreeMap<String, u64>,
}

impl Progress {
    pub(crate) fn start(now_ms: i64) -> Self {
        Self { outcome: Outcome::Start, now_ms, steps: 0, http_requests: 0, counters: BTreeMap::new() }
    }

    /// Counts one more execution of a point: the answer is its count, from 1.
    pub(crate) fn count(&mut self, point: &str) -> u64 {
        self.steps += 1;
        if let Some(count) = self.counters.get_mut(point) {
            *count += 1;
            return *count;
        }
        self.counters.insert(point.to_owned(), 1);
        1
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Writer::new(FORMAT);
        bytes.text(word(self.outcome)).signed(self.now_ms).count(self.steps).count(self.http_requests);
        bytes.count(self.counters.len() as u64);
        for (point, count) in &self.counters {
            bytes.text(point).count(*count);
        }
        bytes.finish()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Damaged> {
        let mut fields = Reader::new("the progress of a run", FORMAT, bytes)?;
        let outcome = outcome(&fields.text()?)?;
        let now_ms = fields.signed()?;
        let steps = fields.count()?;
        let http_requests = fields.count()?;
        let mut counters = BTreeMap::new();
        for _ in 0..fields.count()? {
            let point = fields.text()?;
            counters.insert(point, fields.count()?);
        }
        fields.finish()?;
        Ok(Self { outcome, now_ms, steps, http_requests, counters })
    }
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Start => "start",
        Outcome::Value => "value",
        Outcome::Failed => "failed",
        Outcome::Signal => "signal",
        Outcome::Timeout => "timeout",
    }
}

fn outcome(text: &str) -> Result<Outcome, Damaged> {
    let all = [Outcome::Start, Outcome::Value, Outcome::Failed, Outcome::Signal, Outcome::Timeout];
    let found = all.into_iter().find(|outcome| word(*outcome) == text);
    found.ok_or_else(|| Damaged(format!("the progress of a run has the unknown outcome `{text}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_must_be_stable() {
        let mut progress = Progress::start(0x0102);
        for point in ["b", "a", "b"] {
            progress.count(point);
        }
        progress.outcome = Outcome::Value;
        progress.http_requests = 5;
        let bytes = progress.encode();
        assert_eq!(bytes, b"\x01\x05value\x02\x01\0\0\0\0\0\0\x03\x05\x02\x01a\x01\x01b\x02");
        assert_eq!(Progress::decode(&bytes), Ok(progress));
    }
}
