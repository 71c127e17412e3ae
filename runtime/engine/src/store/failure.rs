//! Why a store refuses or fails, with stable codes and what to do about it.

use std::fmt;

use super::{CommandId, RunNumber};

/// A failure of storage. Never holds flow data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process owns the data directory.
    Locked {
        directory: String,
        pid: Option<u32>,
        /// Whether it takes commands.
        serves: bool,
    },
    /// Written by a newer version of the runtime.
    NewerFormat { found: u32, supported: u32 },
    /// Written by an older version of the runtime: its next owner brings it forward, looking does not.
    OlderFormat { found: u32, supported: u32 },
    /// Not readable as what it should be.
    Corrupt { detail: String },
    /// No space left on the disk.
    Full { detail: String },
    /// The directory or file cannot be opened or written.
    ReadOnly { detail: String },
    /// Another owner took the store over since it was opened.
    EpochLost,
    /// The run moved on since it was loaded: something else drives it.
    Conflict { run: RunNumber },
    /// The store belongs to another flow.
    OtherFlow { found: String, expected: String },
    /// There is no store in the directory.
    Missing { directory: String },
    /// There is no such run.
    RunNotFound { run: RunNumber },
    /// The run has no such open wait.
    WaitNotFound { run: RunNumber, wait_id: String },
    /// Somebody answered the wait already.
    WaitAnswered { run: RunNumber, wait_id: String },
    /// Another run waits under the key.
    DuplicateWaitKey { key: String, holder: RunNumber },
    /// Another run holds the slot.
    SlotTaken { run: RunNumber, holder: RunNumber },
    /// There is no such command without an answer.
    CommandNotFound { command: CommandId },
    /// Anything else that went wrong outside.
    Io { detail: String },
}

impl StoreError {
    pub fn corrupt(detail: impl Into<String>) -> Self {
        Self::Corrupt { detail: detail.into() }
    }

    pub fn io(detail: impl fmt::Display) -> Self {
        Self::Io { detail: detail.to_string() }
    }

    /// The stable code, a kebab-case word.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "store-locked",
            Self::NewerFormat { .. } => "store-newer-format",
            Self::OlderFormat { .. } => "store-older-format",
            Self::Corrupt { .. } => "store-corrupt",
            Self::Full { .. } => "store-full",
            Self::ReadOnly { .. } => "store-read-only",
            Self::EpochLost => "store-epoch-lost",
            Self::Conflict { .. } => "store-conflict",
            Self::OtherFlow { .. } => "store-other-flow",
            Self::Missing { .. } => "store-missing",
            Self::RunNotFound { .. } => "unknown-run",
            Self::WaitNotFound { .. } => "unknown-wait",
            Self::WaitAnswered { .. } => "wait-answered",
            Self::DuplicateWaitKey { .. } => "duplicate-wait-key",
            Self::SlotTaken { .. } => "run_slot_taken",
            Self::CommandNotFound { .. } => "unknown-command",
            Self::Io { .. } => "store-io",
        }
    }

    /// Whether the same commit may succeed later without anybody changing the flow or the store.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Full { .. } | Self::Io { .. } | Self::Locked { .. })
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Locked { directory, pid: Some(pid), .. } => write!(
                f,
                "process {pid} is using the data directory {directory}; stop it, or give another one with --data"
            ),
            Self::Locked { directory, pid: None, .. } => write!(
                f,
                "another process is using the data directory {directory}; stop it, or give another one with --data"
            ),
            Self::NewerFormat { found, supported } => write!(
                f,
                "the store has format {found} and this executable reads up to {supported}; use the newer executable"
            ),
            Self::OlderFormat { found, supported } => write!(
                f,
                "the store has format {found}, which this executable brings forward to {supported} when no other process \
                 uses it; stop the older executable, then try again"
            ),
            Self::Corrupt { detail } => write!(f, "the store is damaged: {detail}; restore it from a backup"),
            Self::Full { detail } => {
                write!(
                    f,
                    "no space is left for the store: {detail}; free some and try again; `runs resume` carries interrupted runs on"
                )
            }
            Self::ReadOnly { detail } => {
                write!(
                    f,
                    "the store cannot be opened or written: {detail}; make the data directory readable and writable, or give another one with --data"
                )
            }
            Self::EpochLost => write!(f, "another process took the store over; this one stopped writing"),
            Self::Conflict { run } => write!(f, "run {run} moved on elsewhere; load it again"),
            Self::OtherFlow { found, expected } => write!(
                f,
                "the data directory belongs to the flow `{found}`, not to `{expected}`; give another one with --data"
            ),
            Self::Missing { directory } => write!(
                f,
                "there is no store in {directory}; start a run first, or give its directory with --data"
            ),
            Self::RunNotFound { run } => write!(f, "there is no run {run}; `runs list` shows all"),
            Self::WaitNotFound { run, wait_id } => {
                write!(f, "run {run} has no open wait `{wait_id}`; `waits list` shows what is open")
            }
            Self::WaitAnswered { run, wait_id } => {
                write!(f, "the wait `{wait_id}` of run {run} has been answered already")
            }
            Self::DuplicateWaitKey { key, holder } => write!(
                f,
                "run {holder} waits under the key `{key}` already; build the key from something that differs by run"
            ),
            Self::SlotTaken { run, holder } => write!(
                f,
                "{holder} is not finished and holds the slot of {run}; carry it on with `runs resume`, or end it with `runs cancel`"
            ),
            Self::CommandNotFound { command } => write!(f, "the command {} is not open", command.0),
            Self::Io { detail } => write!(f, "the store failed: {detail}"),
        }
    }
}

impl std::error::Error for StoreError {}
