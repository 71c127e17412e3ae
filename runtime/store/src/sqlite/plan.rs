//! Where the values of a commit go, decided before the writer sees it: small ones into the row, larger ones into
//! `slot_values`, very large ones that the journal has too once into `large_values`. Of a collection that has changed only the
//! difference is written.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use breyta_engine::journal;
use breyta_engine::store::{
    Admission, Admitted, Change, Checkpoint, ChildOf, CommandId, Commit, LiveSlot, NewRun, Parked, RunNumber,
    RunStatus, SentSignal, SignalId, SlotContent, ValueRef,
};
use breyta_engine::wire::{Damaged, Reader, Writer};

/// The first byte of the slots of a row.
const FORMAT: u8 = 1;

/// Values up to this many bytes together stand in the row.
const ROW_BYTES_MAX: usize = 4 * 1024;

/// Differences of more bytes than this leave the row: until then each commit writes them again.
const TAIL_BYTES_MAX: usize = 1024;

/// Values of more bytes than this that are in the journal too are stored once, by content.
const SHARED_BYTES_MIN: usize = 64 * 1024;

/// [`ValueRef::table`] and the tag in a row's slots.
pub(super) const SLOT_VALUES: u8 = 1;
pub(super) const LARGE_VALUES: u8 = 2;
const IN_ROW: u8 = 0;
const GROWN: u8 = 3;

/// A value on its way into the store.
#[derive(Debug)]
pub(super) enum Planned {
    /// Beside the row's or the entry's other fields.
    Here(Arc<[u8]>),
    /// Into `slot_values`.
    Apart(Arc<[u8]>),
    /// Into `large_values`, unless it is there.
    Large(Arc<[u8]>, [u8; 32]),
    /// Stored already.
    Stored(ValueRef),
    /// What differs by these bytes, which stand in the row, from what is stored already.
    Tail(ValueRef, Arc<[u8]>),
    /// The same, into `slot_values`.
    Grown(ValueRef, Arc<[u8]>),
}

/// A journal entry.
#[derive(Debug)]
pub(super) struct PlannedEntry {
    pub(super) head: Vec<u8>,
    pub(super) payload: Option<Planned>,
}

/// A checkpoint.
#[derive(Debug)]
pub(super) struct PlannedCheckpoint {
    pub(super) state: String,
    pub(super) progress: Vec<u8>,
    pub(super) steps: u64,
    pub(super) slots: Vec<(String, Planned)>,
    pub(super) parked: Option<Parked>,
}

/// A run to create.
#[derive(Debug)]
pub(super) struct PlannedRun {
    pub(super) version: String,
    pub(super) trigger: String,
    pub(super) at_ms: i64,
    pub(super) started: PlannedEntry,
    pub(super) checkpoint: PlannedCheckpoint,
    pub(super) child: Option<ChildOf>,
}

/// A run to create if its slot allows.
#[derive(Debug)]
pub(super) struct PlannedAdmission {
    pub(super) number: Option<RunNumber>,
    pub(super) run: PlannedRun,
    pub(super) history: Vec<PlannedEntry>,
    pub(super) admission: Admission,
    pub(super) command: Option<CommandId>,
}

impl PlannedAdmission {
    pub(super) fn new(admitted: Admitted) -> Self {
        let Admitted { number, run, history, admission, command } = admitted;
        let mut hashes = Hashes::default();
        let history = history.into_iter().map(|encoded| entry(encoded, &mut hashes)).collect();
        Self { number, run: PlannedRun::new(run), history, admission, command }
    }
}

/// A commit.
#[derive(Debug)]
pub(super) struct PlannedCommit {
    pub(super) run: RunNumber,
    pub(super) revision: u64,
    pub(super) at_ms: i64,
    pub(super) entries: Vec<PlannedEntry>,
    pub(super) change: PlannedChange,
    pub(super) consumed: Vec<SignalId>,
    pub(super) sent: Vec<SentSignal>,
}

#[derive(Debug)]
pub(super) enum PlannedChange {
    Progress(PlannedCheckpoint),
    End { status: RunStatus, steps: Option<u64>, reason: Option<String> },
    Attention { code: String, message: String },
    Attended,
    Reopen { progress: Vec<u8> },
}

impl PlannedRun {
    pub(super) fn new(run: NewRun) -> Self {
        let mut hashes = Hashes::default();
        Self {
            version: run.version,
            trigger: run.trigger,
            at_ms: run.at_ms,
            started: entry(run.started, &mut hashes),
            checkpoint: checkpoint(run.checkpoint, &mut hashes),
            child: run.child,
        }
    }
}

impl PlannedCommit {
    pub(super) fn new(commit: Commit) -> Self {
        let mut hashes = Hashes::default();
        Self {
            run: commit.run,
            revision: commit.revision,
            at_ms: commit.at_ms,
            consumed: commit.consumed,
            sent: commit.sent,
            entries: commit.entries.into_iter().map(|encoded| entry(encoded, &mut hashes)).collect(),
            change: match commit.change {
                Change::Progress(checkpointed) => {
                    PlannedChange::Progress(checkpoint(checkpointed, &mut hashes))
                }
                Change::End { status, steps, reason } => PlannedChange::End { status, steps, reason },
                Change::Attention { code, message } => PlannedChange::Attention { code, message },
                Change::Attended => PlannedChange::Attended,
                Change::Reopen { progress } => PlannedChange::Reopen { progress },
            },
        }
    }
}

/// Hashes of this commit's large values: the outcome of a step is both a slot and a payload.
#[derive(Default)]
struct Hashes(Vec<(Arc<[u8]>, [u8; 32])>);

impl Hashes {
    /// Whether the very bytes are in the journal's part of the commit.
    fn knows(&self, bytes: &Arc<[u8]>) -> bool {
        self.0.iter().any(|(known, _)| Arc::ptr_eq(known, bytes))
    }

    fn of(&mut self, bytes: &Arc<[u8]>) -> [u8; 32] {
        if let Some((_, hash)) = self.0.iter().find(|(known, _)| Arc::ptr_eq(known, bytes)) {
            return *hash;
        }
        let hash = Sha256::digest(bytes).into();
        self.0.push((bytes.clone(), hash));
        hash
    }
}

fn entry(encoded: journal::Encoded, hashes: &mut Hashes) -> PlannedEntry {
    let payload = encoded.payload.map(|bytes| {
        if bytes.len() > SHARED_BYTES_MIN {
            Planned::Large(bytes.clone(), hashes.of(&bytes))
        } else {
            Planned::Here(bytes)
        }
    });
    PlannedEntry { head: encoded.head, payload }
}

fn checkpoint(checkpoint: Checkpoint, hashes: &mut Hashes) -> PlannedCheckpoint {
    PlannedCheckpoint {
        state: checkpoint.state,
        progress: checkpoint.progress,
        steps: checkpoint.steps,
        slots: slots(checkpoint.slots, hashes),
        parked: checkpoint.parked,
    }
}

/// The largest values leave the row until the rest fits.
fn slots(live: Vec<LiveSlot>, hashes: &mut Hashes) -> Vec<(String, Planned)> {
    let size = |slot: &LiveSlot| match &slot.content {
        SlotContent::Bytes(bytes) => bytes.len(),
        SlotContent::Grown { tail, .. } => tail.len(),
        SlotContent::Placed(_) => 0,
    };
    let mut in_row: usize = live.iter().map(size).sum();
    let mut largest: Vec<usize> = (0..live.len()).collect();
    largest.sort_by_key(|index| std::cmp::Reverse(live.get(*index).map_or(0, size)));
    let mut apart = vec![false; live.len()];
    for index in largest {
        if in_row <= ROW_BYTES_MAX {
            break;
        }
        in_row -= live.get(index).map_or(0, size);
        if let Some(apart) = apart.get_mut(index) {
            *apart = true;
        }
    }
    let plan = |(slot, apart): (LiveSlot, bool)| {
        let planned = match slot.content {
            SlotContent::Placed(place) => Planned::Stored(place),
            SlotContent::Bytes(bytes) if !apart => Planned::Here(bytes),
            SlotContent::Bytes(bytes) if hashes.knows(&bytes) => {
                Planned::Large(bytes.clone(), hashes.of(&bytes))
            }
            SlotContent::Bytes(bytes) => Planned::Apart(bytes),
            SlotContent::Grown { from, tail } if apart || tail.len() > TAIL_BYTES_MAX => {
                Planned::Grown(from, tail)
            }
            SlotContent::Grown { from, tail } => Planned::Tail(from, tail),
        };
        (slot.name, planned)
    };
    live.into_iter().zip(apart).map(plan).collect()
}

/// A slot as its row has it.
#[derive(Debug, PartialEq)]
pub(super) enum RowSlot<'a> {
    Here(&'a [u8]),
    Placed(ValueRef),
    /// A collection at a place, and an encoded difference from it.
    Tail(ValueRef, &'a [u8]),
}

impl RowSlot<'_> {
    /// Where it is when it is not in the row, or not all of it.
    pub(super) fn place(&self) -> Option<ValueRef> {
        match self {
            Self::Here(_) => None,
            Self::Placed(place) | Self::Tail(place, _) => Some(*place),
        }
    }
}

/// Writes the slots of a row.
pub(super) fn write_row<'a>(slots: impl ExactSizeIterator<Item = (&'a str, RowSlot<'a>)>) -> Vec<u8> {
    let mut row = Writer::new(FORMAT);
    row.count(slots.len() as u64);
    for (name, slot) in slots {
        row.text(name);
        match slot {
            RowSlot::Here(bytes) => row.byte(IN_ROW).bytes(bytes),
            RowSlot::Placed(place) => row.byte(place.table).count(place.id as u64),
            RowSlot::Tail(place, tail) => {
                row.byte(GROWN).byte(place.table).count(place.id as u64).bytes(tail)
            }
        };
    }
    row.finish()
}

/// Reads the slots of a row.
pub(super) fn read_row(bytes: &[u8]) -> Result<Vec<(String, RowSlot<'_>)>, Damaged> {
    let mut fields = Reader::new("the slots of a run", FORMAT, bytes)?;
    let mut slots = Vec::new();
    for _ in 0..fields.count()? {
        let name = fields.text()?;
        let slot = match fields.byte()? {
            IN_ROW => RowSlot::Here(fields.bytes()?),
            table @ (SLOT_VALUES | LARGE_VALUES) => {
                RowSlot::Placed(ValueRef { table, id: fields.count()? as i64 })
            }
            GROWN => {
                let place = ValueRef { table: fields.byte()?, id: fields.count()? as i64 };
                RowSlot::Tail(place, fields.bytes()?)
            }
            other => return Err(Damaged(format!("the slots of a run have the unknown tag {other}"))),
        };
        slots.push((name, slot));
    }
    fields.finish()?;
    Ok(slots)
}
