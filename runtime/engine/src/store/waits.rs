//! Parked runs, what they wait for, and the signals that wake them.
//!
//! A parked run stands in the store and nowhere else: a time, an open wait, or both. A signal may come before the wait
//! that takes it: one by key or by event is kept until a wait for it opens.

use std::sync::Arc;

use breyta_core::{Value, codec, print};

use super::RunNumber;
use crate::wire::{Damaged, Reader, Writer};

/// The number of a signal in its store, never given twice; smaller ones came earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignalId(pub u64);

/// Why a run rests, and what wakes it. Part of a checkpoint: the run is then `waiting`, otherwise `running`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parked {
    /// When to carry it on although no signal came.
    pub wake_at_ms: Option<i64>,
    /// None: a mere timer.
    pub wait: Option<OpenWait>,
}

/// A wait that signals may complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenWait {
    /// `<suspension id>#<count>`: unique in the run.
    pub wait_id: String,
    /// The correlation key. No two open waits of a store have the same: `duplicate-wait-key`.
    pub key: Option<String>,
    /// Which events complete it: those whose payload holds `key` at the route's path.
    pub event: Option<EventRoute>,
    /// `wait`, `approval`, `review`, `confirm` or `child`.
    pub kind: String,
    /// A value for people and interfaces, encoded by [`breyta_core::codec`].
    pub details: Arc<[u8]>,
    pub opened_ms: i64,
}

/// How an event finds its wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRoute {
    pub name: String,
    /// Keys of nested maps in the payload; at its end stands the wait's key.
    pub path: Vec<String>,
}

/// The first byte of a stored path.
const PATH_FORMAT: u8 = 1;

impl EventRoute {
    /// The correlation key that an event's payload holds at the path. None when it holds none, or is no value.
    pub fn key_in(&self, payload: &[u8]) -> Option<String> {
        let payload = codec::decode(payload).ok()?;
        let mut place = &payload;
        for key in &self.path {
            let map = place.as_map()?;
            place = map.get_keyword(key).or_else(|| map.get(&Value::string(key.clone())))?;
        }
        if place.is_nil() {
            None
        } else {
            Some(place.as_name().map_or_else(|| print::str_text(place), str::to_owned))
        }
    }

    /// The path as stores keep it.
    pub fn path_bytes(&self) -> Vec<u8> {
        let mut bytes = Writer::new(PATH_FORMAT);
        bytes.count(self.path.len() as u64);
        for key in &self.path {
            bytes.text(key);
        }
        bytes.finish()
    }

    /// Reads a stored path back.
    pub fn from_parts(name: String, path: &[u8]) -> Result<Self, Damaged> {
        let mut fields = Reader::new("the path of an event", PATH_FORMAT, path)?;
        let path = (0..fields.count()?).map(|_| fields.text()).collect::<Result<_, _>>()?;
        fields.finish()?;
        Ok(Self { name, path })
    }
}

/// A signal that no commit has consumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    pub id: SignalId,
    /// Of a signal to one wait: the run.
    pub run: Option<RunNumber>,
    /// Of a signal to one wait.
    pub wait_id: Option<String>,
    /// Of a signal by key.
    pub key: Option<String>,
    /// Of an event: its name.
    pub name: Option<String>,
    /// An encoded value.
    pub payload: Arc<[u8]>,
    pub at_ms: i64,
}

/// To whom a signal goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalTarget {
    /// To one open wait.
    Wait { run: RunNumber, wait_id: String },
    /// To the wait with the key, open now or later.
    Key(String),
    /// To the waits, open now or later, whose route has the name and finds their key in the payload.
    Event(String),
}

/// A signal that a commit sends along. To a wait that is not open yet it is kept until the run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentSignal {
    pub target: SignalTarget,
    /// An encoded value.
    pub payload: Arc<[u8]>,
}

/// What became of a signal; it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalAnswer {
    /// Waits are open for it.
    Delivered { id: SignalId, waits: Vec<WaitName> },
    /// Kept until a wait for it opens.
    Buffered { id: SignalId },
}

/// One wait of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitName {
    pub run: RunNumber,
    pub wait_id: String,
}

/// Which open waits to list, by run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaitFilter {
    pub run: Option<RunNumber>,
    pub key: Option<String>,
    /// Only runs with a larger number: the next page.
    pub after: Option<RunNumber>,
    /// At most so many; None for all.
    pub count_max: Option<usize>,
}

/// An open wait with its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitSummary {
    pub run: RunNumber,
    pub workflow_id: String,
    pub wait: OpenWait,
    pub wake_at_ms: Option<i64>,
    /// A signal for it is there and the run has not taken it yet.
    pub answered: bool,
}
