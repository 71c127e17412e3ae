//! SQLite behind the engine's store trait: one file, one owner, durable when a commit answers.
//!
//! [`SqliteStore`] is for the process that carries runs on; it owns the data directory through an OS lock.
//! [`SqliteReader`] is for every other process: it reads, and leaves cancel requests in the inbox.

mod sqlite;

pub use sqlite::{Examination, SqliteReader, SqliteStore};

#[cfg(test)]
mod tests;
