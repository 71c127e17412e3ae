//! `#flow/include`: what it asks for, and the caller's side of bringing it.
//!
//! Which text is an include and what takes its place is the reader's business (`syntax::include`).

use super::FileId;

/// Brings included files. The compiler asks; whoever owns the files answers.
pub trait Loader {
    /// The identity of the flow file itself, by which an include of it is recognised.
    fn root(&self) -> String;

    /// Finds the file that `path` (as written) names in the file with the identity `from`, without reading it.
    fn find(&self, from: &str, path: &str) -> Result<Found, IncludeError>;

    /// The file's text. Called once for each identity.
    fn read(&self, found: &Found) -> Result<String, IncludeError>;
}

/// A file that exists and may be included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The same for every way of naming the same file.
    pub identity: String,
    /// As people see it: with `/` separators, relative to where the compiler was called.
    pub name: String,
}

/// Why a file cannot be included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncludeError {
    /// One line.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl IncludeError {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// One `#flow/include "…"` of a file: bytes `start..end`, and what stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Include {
    pub start: u32,
    pub end: u32,
    pub target: Target,
}

/// What an include came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    File(FileId),
    Refused(IncludeError),
}
