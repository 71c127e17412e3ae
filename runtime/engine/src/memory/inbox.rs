//! Commands of other processes in the model store, and journals in parts.

use std::sync::Arc;

use super::Content;
use crate::store::{Command, CommandAnswer, CommandId, JournalCursor, JournalPage, RunNumber, StoreError};

/// A command with its answer.
#[derive(Clone, Debug)]
pub(super) struct Left {
    command: Command,
    answer: Option<CommandAnswer>,
}

impl Content {
    pub(super) fn put_command(&mut self, name: &str, body: Arc<[u8]>, at_ms: i64) -> CommandId {
        self.last_command += 1;
        let id = CommandId(self.last_command);
        self.commands
            .push(Left { command: Command { id, name: name.to_owned(), body, at_ms }, answer: None });
        id
    }

    pub(super) fn open_commands(&self) -> Vec<Command> {
        self.commands.iter().filter(|left| left.answer.is_none()).map(|left| left.command.clone()).collect()
    }

    pub(super) fn check_open(&self, command: CommandId) -> Result<(), StoreError> {
        let open = self.commands.iter().any(|left| left.command.id == command && left.answer.is_none());
        if open { Ok(()) } else { Err(StoreError::CommandNotFound { command }) }
    }

    pub(super) fn answer_command(
        &mut self,
        command: CommandId,
        answer: CommandAnswer,
    ) -> Result<(), StoreError> {
        self.check_open(command)?;
        if let Some(left) = self.commands.iter_mut().find(|left| left.command.id == command) {
            left.answer = Some(answer);
        }
        Ok(())
    }

    pub(super) fn command_answer(&self, command: CommandId) -> Result<Option<CommandAnswer>, StoreError> {
        let found = self.commands.iter().find(|left| left.command.id == command);
        found.map(|left| left.answer.clone()).ok_or(StoreError::CommandNotFound { command })
    }

    /// Drops what was answered and asked before a time.
    pub(super) fn forget_answers(&mut self, before_ms: i64) {
        self.commands.retain(|left| left.answer.is_none() || left.command.at_ms >= before_ms);
    }

    pub(super) fn journal_page(
        &self,
        run: RunNumber,
        from: Option<JournalCursor>,
        count_max: usize,
    ) -> Result<JournalPage, StoreError> {
        let mut next = match from {
            Some(JournalCursor(index)) => usize::try_from(index).ok(),
            None => self.row(run).and_then(|row| row.head),
        };
        let mut page = JournalPage::default();
        while let Some((index, row)) = next.and_then(|index| Some((index, self.journal.get(index)?))) {
            if page.entries.len() == count_max {
                page.older = Some(JournalCursor(index as i64));
                break;
            }
            page.entries
                .push(row.entry.decode().map_err(|damaged| StoreError::corrupt(damaged.to_string()))?);
            next = row.previous;
        }
        Ok(page)
    }
}
