//! What a checkpoint keeps beside the slots: why the state is entered, workflow time, and the execution counters.

use std::collections::BTreeMap;

use breyta_catalog::timeline::{FIRST_ROUND, NEXT_ROUND};

use crate::frame::Note;
use crate::machine::Outcome;
use crate::wire::{Damaged, Reader, Writer};

/// The first byte of the stored form.
const FORMAT: u8 = 1;

/// The count that says that the run was reopened and nothing was committed since.
const REOPENED: &str = "(reopened)";

/// The count that says that steps with `:mock` give it.
const MOCKED: &str = "(mocked)";

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
    /// The step in whose middle the run rests; the position is the state behind it.
    pub pending: Option<Pending>,
}

/// A step that was begun and is not done: between two attempts, asleep, or waiting for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub point: String,
    pub family: String,
    pub step: String,
    /// The state that its failure enters, by name.
    pub handler: Option<String>,
    pub count: u64,
    /// The attempt that is made next, or was made last.
    pub attempt: u32,
    pub phase: Phase,
    pub started_ms: i64,
    /// When the rest ends by itself.
    pub deadline_ms: Option<i64>,
}

/// How far a step has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Nothing has been done.
    Begin,
    /// A question of the step's controls, before it or about its result.
    Breakpoint,
    Confirm,
    Review,
    /// An attempt is next.
    Attempt,
    /// An attempt was begun that must not be repeated blindly.
    Started,
    /// Asleep.
    Sleep,
    /// Waiting for a signal.
    Wait,
    /// Children are running.
    Children,
    /// It failed for good, and a person decides.
    Checkpoint,
}

impl Phase {
    const ALL: [Self; 10] = [
        Self::Begin,
        Self::Breakpoint,
        Self::Confirm,
        Self::Review,
        Self::Attempt,
        Self::Started,
        Self::Sleep,
        Self::Wait,
        Self::Children,
        Self::Checkpoint,
    ];

    /// How stores, journals and waits call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Breakpoint => "breakpoint",
            Self::Confirm => "confirm",
            Self::Review => "review",
            Self::Attempt => "attempt",
            Self::Started => "started",
            Self::Sleep => "sleep",
            Self::Wait => "wait",
            Self::Children => "child",
            Self::Checkpoint => "checkpoint",
        }
    }
}

impl Phase {
    /// Whether somebody must answer.
    const fn asks(self) -> bool {
        match self {
            Self::Breakpoint | Self::Confirm | Self::Review | Self::Wait | Self::Checkpoint => true,
            Self::Begin | Self::Attempt | Self::Started | Self::Sleep | Self::Children => false,
        }
    }
}

impl Pending {
    fn write(&self, bytes: &mut Writer) {
        bytes.text(&self.point).text(&self.family).text(&self.step);
        bytes.text(self.handler.as_deref().unwrap_or_default());
        bytes
            .count(self.count)
            .count(u64::from(self.attempt))
            .text(self.phase.word())
            .signed(self.started_ms);
        bytes.byte(u8::from(self.deadline_ms.is_some()));
        if let Some(deadline_ms) = self.deadline_ms {
            bytes.signed(deadline_ms);
        }
    }

    fn read(fields: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Self {
            point: fields.text()?,
            family: fields.text()?,
            step: fields.text()?,
            handler: Some(fields.text()?).filter(|name| !name.is_empty()),
            count: fields.count()?,
            attempt: u32::try_from(fields.count()?)
                .map_err(|_| Damaged("the progress of a run has too many attempts".to_owned()))?,
            phase: {
                let word = fields.text()?;
                let phase = Phase::ALL.into_iter().find(|phase| phase.word() == word);
                phase
                    .ok_or_else(|| Damaged(format!("the progress of a run has the unknown phase `{word}`")))?
            },
            started_ms: fields.signed()?,
            deadline_ms: if fields.byte()? == 0 { None } else { Some(fields.signed()?) },
        })
    }
}

impl Progress {
    pub(crate) fn start(now_ms: i64) -> Self {
        Self {
            outcome: Outcome::Start,
            now_ms,
            steps: 0,
            http_requests: 0,
            counters: BTreeMap::new(),
            pending: None,
        }
    }

    /// A count that is kept beside those of the points; its name is no suspension id.
    pub(crate) fn tally(&mut self, name: &str) -> u64 {
        let count = self.counters.entry(name.to_owned()).or_default();
        *count += 1;
        *count
    }

    /// The executions of each point.
    pub(crate) fn points(&self) -> impl Iterator<Item = (&str, u64)> {
        let own = self.counters.iter().filter(|(name, _)| !name.starts_with('('));
        own.map(|(point, count)| (point.as_str(), *count))
    }

    /// What a note says: the author's word, or which round of a loop begins.
    pub(crate) fn choice(&mut self, note: &Note) -> String {
        let name = || format!("(round {})", note.label);
        match note.choice {
            FIRST_ROUND => {
                self.counters.insert(name(), 1);
                "round 1".to_owned()
            }
            NEXT_ROUND => format!("round {}", self.tally(&name())),
            word => word.to_owned(),
        }
    }

    /// Steps with `:mock` give it from now on, and are not carried out.
    pub(crate) fn mock(&mut self) {
        self.counters.insert(MOCKED.to_owned(), 1);
    }

    pub(crate) fn is_mocked(&self) -> bool {
        self.counters.contains_key(MOCKED)
    }

    pub(crate) fn tallied(&self, name: &str) -> u64 {
        self.counters.get(name).copied().unwrap_or_default()
    }

    /// The run had ended and goes on. What people had too little time for, they get anew; a timer runs on.
    pub(crate) fn reopen(&mut self) {
        self.counters.insert(REOPENED.to_owned(), 1);
        if let Some(pending) = self.pending.as_mut().filter(|pending| pending.phase.asks()) {
            pending.deadline_ms = None;
        }
    }

    /// Whether nothing was committed since the run was reopened.
    pub(crate) fn is_reopened(&self) -> bool {
        self.counters.contains_key(REOPENED)
    }

    /// Something is committed: from here on the run is as any other.
    pub(crate) fn settle(&mut self) {
        self.counters.remove(REOPENED);
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
        bytes.byte(u8::from(self.pending.is_some()));
        if let Some(pending) = &self.pending {
            pending.write(&mut bytes);
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
        let pending = if fields.byte()? == 0 { None } else { Some(Pending::read(&mut fields)?) };
        fields.finish()?;
        Ok(Self { outcome, now_ms, steps, http_requests, counters, pending })
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
        assert_eq!(bytes, b"\x01\x05value\x02\x01\0\0\0\0\0\0\x03\x05\x02\x01a\x01\x01b\x02\0");
        assert_eq!(Progress::decode(&bytes), Ok(progress.clone()));
        progress.pending = Some(Pending {
            point: "p".to_owned(),
            family: "http".to_owned(),
            step: "s".to_owned(),
            handler: Some("h".to_owned()),
            count: 2,
            attempt: 3,
            phase: Phase::Sleep,
            started_ms: 1,
            deadline_ms: Some(0x0203),
        });
        let bytes = progress.encode();
        let rest = b"\x01\x01p\x04http\x01s\x01h\x02\x03\x05sleep\x01\0\0\0\0\0\0\0\x01\x03\x02\0\0\0\0\0\0";
        assert!(bytes.ends_with(rest), "{bytes:?}");
        assert_eq!(Progress::decode(&bytes), Ok(progress));
    }
}
