//! Which runs may be active at the same time: slots, and what happens to a run whose slot is taken.
//!
//! A slot has at most one active run, except that versions of a flow may overlap where the flow says so. The decision and
//! what follows from it (a place in the queue, requests to end others) are part of the commit that creates the run.

use super::RunNumber;

/// What a run does that meets an active one in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Ends the others.
    Supersede,
    /// Waits until they have ended.
    Drain,
    /// Runs beside those of other versions, and waits for those of its own.
    Coexist,
}

/// The slot that a run wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Runs with equal slots exclude each other: empty for singletons, else the key as text.
    pub slot: String,
    pub policy: Policy,
    /// What tells a delivery from its repetitions: a second run for it is not created.
    pub delivery: Option<String>,
}

/// How a run got its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The slot was free.
    Started,
    /// The runs that held it were asked to end.
    Superseded,
    /// It waits for its turn.
    Queued,
    /// A run of another version holds it too.
    Coexisted,
    /// There is a run of this delivery: it is answered, and nothing was created.
    Deduped,
}

impl Decision {
    pub const ALL: [Self; 5] =
        [Self::Started, Self::Superseded, Self::Queued, Self::Coexisted, Self::Deduped];

    /// The word that envelopes and stores use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Superseded => "superseded",
            Self::Queued => "queued",
            Self::Coexisted => "coexisted",
            Self::Deduped => "deduped",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|decision| decision.word() == word)
    }

    /// The decision for a run of `version`, where `active` are the versions of the runs that hold the slot.
    pub fn of<'a>(policy: Policy, version: &str, active: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut held, mut own) = (false, false);
        for other in active {
            held = true;
            own |= other == version;
        }
        match policy {
            _ if !held => Self::Started,
            Policy::Supersede => Self::Superseded,
            Policy::Drain => Self::Queued,
            Policy::Coexist if own => Self::Queued,
            Policy::Coexist => Self::Coexisted,
        }
    }
}

/// Why a superseded run is asked to end.
pub fn superseded_by(run: RunNumber) -> String {
    format!("superseded by {run}")
}
