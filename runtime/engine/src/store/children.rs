//! Runs that other runs called: where, and what becomes of them when their caller ends first.

use super::RunNumber;

/// Which run called a child, and where. A parent has one child of a call: creating it again answers the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildOf {
    pub parent: RunNumber,
    /// Unique in the parent: `<suspension id>#<count>`, of a fan-out with the index of the item.
    pub call: String,
    /// The child's flow.
    pub flow: String,
    pub on_close: ClosePolicy,
}

/// What becomes of a child that is open when its parent ends. Stored by its word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClosePolicy {
    /// Nothing: it goes on by itself.
    Abandon,
    /// It is asked to end.
    #[default]
    RequestCancel,
    /// It is ended by force.
    Terminate,
}

impl ClosePolicy {
    pub const ALL: [Self; 3] = [Self::Abandon, Self::RequestCancel, Self::Terminate];

    /// The word that flows and stores use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Abandon => "abandon",
            Self::RequestCancel => "request-cancel",
            Self::Terminate => "terminate",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.word() == word)
    }
}
