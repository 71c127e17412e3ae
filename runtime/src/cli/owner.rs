//! Who owns the data directory: this process, or one that serves and takes its commands.

use std::sync::Arc;
use std::time::Duration;

use breyta_core::{Value, codec};
use breyta_engine::driver::Engine;
use breyta_engine::store::{CommandAnswer, Observer, RunNumber, Store, StoreError};
use breyta_store::{SqliteReader, SqliteStore};

use super::{Answer, Session, run, storage};
use crate::bindings::Bindings;
use crate::failure::Failure;

/// How often another process's answer is looked for, and after how many looks whether it is still there.
const LOOK: Duration = Duration::from_millis(20);
const LOOKS_AT_OWNER: u32 = 10;

/// The owner of the data directory.
pub(super) enum Owner {
    This(Box<Engine>),
    /// Another process, which takes commands.
    Serving(SqliteReader),
}

/// Takes the data directory over, or finds who serves it. An owner that takes no commands is `store-locked`.
pub(super) fn find(session: &Session<'_>, bindings: Bindings) -> Result<Owner, Failure> {
    match SqliteStore::open(&session.directory, session.flow.slug) {
        Ok(store) => storage::engine_over(session, Arc::new(store), bindings)
            .map(|engine| Owner::This(Box::new(engine))),
        Err(StoreError::Locked { serves: true, .. }) if session.verify => Err(Failure::usage(
            "--verify: another process serves this data directory and carries its runs on; give the option to `serve`",
        )),
        Err(StoreError::Locked { serves: true, .. }) => match storage::observer(session)? {
            Some(reader) => Ok(Owner::Serving(reader)),
            None => Err(Failure::new("store-missing", "the store is being created; try again")),
        },
        Err(error) => Err(error.into()),
    }
}

/// Hands a command over and waits for the answer. None when the other process died before it gave one: the command is
/// withdrawn then, and the data directory is free.
pub(super) fn hand_over(
    session: &Session<'_>,
    reader: &SqliteReader,
    name: &str,
    body: &Value,
) -> Result<Option<CommandAnswer>, Failure> {
    let mut bytes = Vec::new();
    codec::encode(body, &mut bytes)
        .map_err(|error| Failure::new("invalid-input", format!("the input cannot be stored: {error}")))?;
    let command = reader.put_command(name, bytes.into(), session.now_ms())?;
    loop {
        for _ in 0..LOOKS_AT_OWNER {
            if let Some(answer) = reader.command_answer(command)? {
                return Ok(Some(answer));
            }
            std::thread::sleep(LOOK);
        }
        let Some(store) = take_over(session)? else { continue };
        // It may have answered with its last breath.
        if let Some(answer) = store.command_answer(command)? {
            return Ok(Some(answer));
        }
        let withdrawn = CommandAnswer { run: None, word: "withdrawn".to_owned(), message: None };
        Session::wait(store.answer_command(command, withdrawn))??;
        return Ok(None);
    }
}

/// Waits until a run that another process carries on has ended. None when that process died: the data directory is free.
pub(super) fn follow(
    session: &Session<'_>,
    reader: &SqliteReader,
    number: RunNumber,
) -> Result<Option<Answer>, Failure> {
    loop {
        for _ in 0..LOOKS_AT_OWNER {
            let record = reader.find_run(number)?.ok_or_else(|| super::runs::unknown(&number.to_string()))?;
            if record.summary.status.is_end() {
                let end = run::end_of(&record);
                let (data, human) = run::outcome(&record.summary.workflow_id, Ok(end))?;
                return Ok(Some(Answer::Data { data: Value::Map(data), human }));
            }
            std::thread::sleep(LOOK);
        }
        if take_over(session)?.is_some() {
            return Ok(None);
        }
    }
}

/// The store, if nobody owns it any more.
fn take_over(session: &Session<'_>) -> Result<Option<SqliteStore>, Failure> {
    match SqliteStore::open(&session.directory, session.flow.slug) {
        Ok(store) => Ok(Some(store)),
        Err(StoreError::Locked { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The answer of another process, as this one's.
pub(super) fn created_elsewhere(answer: CommandAnswer) -> Result<RunNumber, Failure> {
    let CommandAnswer { run, word, message } = answer;
    run.ok_or_else(|| {
        let message = message.unwrap_or_else(|| format!("the serving process answered: {word}"));
        Failure::new(word, message)
    })
}
