//! What other processes ask of the owner of a store: they leave a command, the owner carries it out and answers.

use std::sync::Arc;

use super::RunNumber;

/// The number of a command in its store, never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub u64);

/// A command that is not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    pub id: CommandId,
    /// What to do: `start`, `retry`, …
    pub name: String,
    /// An encoded value.
    pub body: Arc<[u8]>,
    pub at_ms: i64,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandAnswer {
    /// The run that it created or changed.
    pub run: Option<RunNumber>,
    /// The decision, or an error code.
    pub word: String,
    /// Of an error: the message.
    pub message: Option<String>,
}
