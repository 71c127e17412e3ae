//! Reading: what resuming needs, and what people and other processes look at. Also the inbox's way in.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};

use breyta_engine::journal::{Entry, Event};
use breyta_engine::store::{
    CancelAnswer, CancelRequest, CommandAnswer, CommandId, JournalCursor, JournalPage, Observer, RunFilter,
    RunNumber, RunRecord, RunState, RunStatus, RunSummary, SignalAnswer, SignalTarget, StoreError,
    StoredSlot, WaitFilter, WaitSummary, workflow_id,
};

use super::plan::{RowSlot, read_row};
use super::{admission, children, commands, failure, flights, path, places, schema, waits};

/// The store as any process sees it.
#[derive(Debug)]
pub struct SqliteReader {
    slug: String,
    file: PathBuf,
    connection: OnceLock<Mutex<Connection>>,
}

impl SqliteReader {
    /// Opens the store of a data directory without owning it. `store-missing` when there is none.
    pub fn open(directory: &Path) -> Result<Self, StoreError> {
        let file = path(directory);
        let (connection, slug) = schema::open_shared(&file)?;
        Ok(Self { slug, file, connection: OnceLock::from(Mutex::new(connection)) })
    }

    /// The owner's reader. It opens its connection when it is asked for something: most runs end before.
    pub(super) fn of_owner(directory: &Path, slug: &str) -> Self {
        Self { slug: slug.to_owned(), file: path(directory), connection: OnceLock::new() }
    }

    pub(super) fn connection(&self) -> Result<MutexGuard<'_, Connection>, StoreError> {
        let connection = match self.connection.get() {
            Some(connection) => connection,
            None => {
                let opened = Mutex::new(schema::open_shared(&self.file)?.0);
                self.connection.get_or_init(|| opened)
            }
        };
        Ok(connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for SqliteReader {
    fn slug(&self) -> &str {
        &self.slug
    }

    fn find_run(&self, run: RunNumber) -> Result<Option<RunRecord>, StoreError> {
        let mut connection = self.connection()?;
        // One view of the row, its entries and the inbox.
        let view = connection.transaction().map_err(failure::sqlite)?;
        find_run(&view, &self.slug, run)
    }

    fn list_runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, StoreError> {
        list_runs(&*self.connection()?, &self.slug, filter)
    }

    fn journal(&self, run: RunNumber) -> Result<Vec<Entry>, StoreError> {
        journal(&*self.connection()?, run)
    }

    fn journal_page(
        &self,
        run: RunNumber,
        from: Option<JournalCursor>,
        count_max: usize,
    ) -> Result<JournalPage, StoreError> {
        journal_page(&*self.connection()?, run, from, count_max)
    }

    fn put_command(&self, name: &str, body: Arc<[u8]>, at_ms: i64) -> Result<CommandId, StoreError> {
        commands::put(&*self.connection()?, name, &body, at_ms)
    }

    fn command_answer(&self, command: CommandId) -> Result<Option<CommandAnswer>, StoreError> {
        commands::find_answer(&*self.connection()?, command)
    }

    fn request_cancel(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError> {
        request_end(&*self.connection()?, run, "cancel", reason, at_ms)
    }

    fn request_terminate(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError> {
        request_end(&*self.connection()?, run, "terminate", reason, at_ms)
    }

    fn put_signal(
        &self,
        target: &SignalTarget,
        payload: Arc<[u8]>,
        at_ms: i64,
    ) -> Result<SignalAnswer, StoreError> {
        let mut connection = self.connection()?;
        // The wait must not close in between.
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure::sqlite)?;
        let answer = waits::put(&transaction, target, &payload, at_ms).map_err(failure::sqlite)??;
        transaction.commit().map_err(failure::sqlite)?;
        Ok(answer)
    }

    fn open_waits(&self, filter: &WaitFilter) -> Result<Vec<WaitSummary>, StoreError> {
        waits::open_waits(&*self.connection()?, &self.slug, filter)
    }

    fn holder_of(&self, run: RunNumber) -> Result<Option<RunNumber>, StoreError> {
        admission::holder_before(&*self.connection()?, run.0 as i64).map_err(failure::sqlite)
    }

    fn open_children(&self, parent: RunNumber) -> Result<Vec<RunNumber>, StoreError> {
        children::open(&*self.connection()?, parent)
    }
}

const SUMMARY: &str = "SELECT runs.id, status, version, started_by, state, steps, started_ms, updated_ms, ended_ms, \
                       attention_code, attention_message, first_entry, last_entry, children.parent, children.call, \
                       children.flow, children.on_close FROM runs LEFT JOIN children ON children.run = runs.id";

fn summary(slug: &str, row: &Row<'_>) -> rusqlite::Result<(RunSummary, i64, i64)> {
    let run = RunNumber(row.get::<_, i64>(0)? as u64);
    let child = children::read(row, 13)?;
    let summary = RunSummary {
        run,
        workflow_id: workflow_id(child.as_ref().map_or(slug, |child| &child.flow), run),
        status: status(1, &row.get::<_, String>(1)?)?,
        version: row.get(2)?,
        trigger: row.get(3)?,
        state: row.get(4)?,
        steps: row.get::<_, i64>(5)? as u64,
        started_ms: row.get(6)?,
        updated_ms: row.get(7)?,
        ended_ms: row.get(8)?,
        attention: attention(row.get(9)?, row.get(10)?),
        child,
    };
    Ok((summary, row.get(11)?, row.get(12)?))
}

fn status(column: usize, word: &str) -> rusqlite::Result<RunStatus> {
    RunStatus::from_word(word).ok_or_else(|| {
        let detail = format!("a run has the unknown status `{word}`");
        rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, detail.into())
    })
}

fn attention(code: Option<String>, message: Option<String>) -> Option<(String, String)> {
    code.map(|code| (code, message.unwrap_or_default()))
}

fn find_run(connection: &Connection, slug: &str, run: RunNumber) -> Result<Option<RunRecord>, StoreError> {
    let row = connection
        .prepare_cached(&format!("{SUMMARY} WHERE runs.id = ?1"))
        .and_then(|mut query| query.query_row([run.0 as i64], |row| summary(slug, row)).optional())
        .map_err(failure::sqlite)?;
    let Some((summary, first, last)) = row else { return Ok(None) };
    let (first, _) = entry(connection, first)?;
    let (last, _) = entry(connection, last)?;
    let (mut result, mut error) = (None, None);
    match last.event {
        Event::RunCompleted => result = last.value,
        Event::RunFailed => error = last.value,
        _ => {}
    }
    let cancel_requested = connection
        .prepare_cached("SELECT count(*) FROM inbox WHERE run = ?1")
        .and_then(|mut query| query.query_row([run.0 as i64], |row| row.get::<_, i64>(0)))
        .map_err(failure::sqlite)?
        > 0;
    let input = first.value.unwrap_or_default();
    Ok(Some(RunRecord { summary, input, result, error, cancel_requested }))
}

fn list_runs(connection: &Connection, slug: &str, filter: &RunFilter) -> Result<Vec<RunSummary>, StoreError> {
    let sql = listing(&filter.statuses);
    let before = filter.before.map_or(i64::MAX, |run| run.0 as i64);
    let count = filter.count_max.map_or(-1, |count| i64::try_from(count).unwrap_or(-1));
    let read = || {
        let mut query = connection.prepare_cached(&sql)?;
        let rows =
            query.query_map(params![before, count], |row| summary(slug, row).map(|(summary, ..)| summary))?;
        rows.collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(failure::sqlite)
}

/// Open runs have an index of their own, and so have those that run: only a comparison with the one word leads to it.
pub(super) fn listing(statuses: &[RunStatus]) -> String {
    // The words are ours and need no quoting.
    let words: Vec<String> = statuses.iter().map(|status| format!("'{}'", status.word())).collect();
    let open = statuses.iter().all(|status| !status.is_end());
    let chosen = match statuses {
        [] => String::new(),
        [status @ RunStatus::Running] => format!(" AND status = '{}'", status.word()),
        _ if open => format!(" AND status IN ({}) AND ended_ms IS NULL", words.join(", ")),
        _ => format!(" AND status IN ({})", words.join(", ")),
    };
    format!("{SUMMARY} WHERE runs.id < ?1{chosen} ORDER BY runs.id DESC LIMIT ?2")
}

fn journal(connection: &Connection, run: RunNumber) -> Result<Vec<Entry>, StoreError> {
    let mut entries = journal_page(connection, run, None, usize::MAX)?.entries;
    entries.reverse();
    Ok(entries)
}

/// Walks the chain from its end, or from an entry of it.
fn journal_page(
    connection: &Connection,
    run: RunNumber,
    from: Option<JournalCursor>,
    count_max: usize,
) -> Result<JournalPage, StoreError> {
    let last = connection
        .prepare_cached("SELECT last_entry FROM runs WHERE id = ?1")
        .and_then(|mut query| query.query_row([run.0 as i64], |row| row.get(0)).optional())
        .map_err(failure::sqlite)?;
    let mut next: Option<i64> = from.map_or(last, |cursor| Some(cursor.0));
    let mut page = JournalPage::default();
    while let Some(id) = next {
        if page.entries.len() == count_max {
            page.older = Some(JournalCursor(id));
            break;
        }
        let (decoded, previous) = entry(connection, id)?;
        if previous.is_some_and(|previous| previous >= id) {
            return Err(StoreError::corrupt(format!("the journal of run {run} runs in a circle")));
        }
        page.entries.push(decoded);
        next = previous;
    }
    Ok(page)
}

/// An entry and the one before it.
fn entry(connection: &Connection, id: i64) -> Result<(Entry, Option<i64>), StoreError> {
    let sql = "SELECT journal.previous, journal.head, coalesce(journal.payload, large_values.bytes) FROM journal \
               LEFT JOIN large_values ON large_values.id = journal.large_value WHERE journal.id = ?1";
    let read = |row: &Row<'_>| {
        let head: Vec<u8> = row.get(1)?;
        let payload: Option<Vec<u8>> = row.get(2)?;
        Ok((row.get(0)?, head, payload))
    };
    let found = connection
        .prepare_cached(sql)
        .and_then(|mut query| query.query_row([id], read).optional())
        .map_err(failure::sqlite)?;
    let (previous, head, payload) =
        found.ok_or_else(|| StoreError::corrupt(format!("the journal entry {id} is missing")))?;
    let entry = Entry::decode(&head, payload.as_deref());
    Ok((entry.map_err(|damaged| StoreError::corrupt(damaged.to_string()))?, previous))
}

fn request_end(
    connection: &Connection,
    run: RunNumber,
    kind: &str,
    reason: Option<&str>,
    at_ms: i64,
) -> Result<CancelAnswer, StoreError> {
    // One statement, so that the run cannot end in between.
    let sql = "INSERT OR IGNORE INTO inbox (run, kind, reason, at_ms) \
               SELECT id, ?4, ?2, ?3 FROM runs WHERE id = ?1 AND ended_ms IS NULL";
    connection
        .prepare_cached(sql)
        .and_then(|mut insert| insert.execute(params![run.0 as i64, reason, at_ms, kind]))
        .map_err(failure::sqlite)?;
    let found = connection
        .prepare_cached("SELECT status FROM runs WHERE id = ?1")
        .and_then(|mut query| {
            query.query_row([run.0 as i64], |row| status(0, &row.get::<_, String>(0)?)).optional()
        })
        .map_err(failure::sqlite)?;
    match found {
        None => Err(StoreError::RunNotFound { run }),
        Some(status) if status.is_end() => Ok(CancelAnswer::AlreadyEnded(status)),
        Some(_) => Ok(CancelAnswer::Requested),
    }
}

/// Everything in the inbox, oldest first.
pub(super) fn cancel_requests(connection: &Connection) -> Result<Vec<CancelRequest>, StoreError> {
    let read = || {
        // Of two requests for a run, that by force counts.
        let sql = "SELECT run, reason, at_ms, kind = 'terminate' FROM inbox WHERE kind = 'terminate' OR run NOT IN \
                   (SELECT run FROM inbox WHERE kind = 'terminate') ORDER BY id";
        let mut query = connection.prepare_cached(sql)?;
        let request = |row: &Row<'_>| {
            let run = RunNumber(row.get::<_, i64>(0)? as u64);
            Ok(CancelRequest { run, reason: row.get(1)?, at_ms: row.get(2)?, force: row.get(3)? })
        };
        query.query_map([], request)?.collect::<rusqlite::Result<Vec<_>>>()
    };
    read().map_err(failure::sqlite)
}

/// What resuming needs.
pub(super) fn load_run(connection: &Connection, run: RunNumber) -> Result<Option<RunState>, StoreError> {
    let sql = "SELECT status, revision, version, state, progress, slots, attention_code, attention_message, \
               started_ms, children.parent, children.call, children.flow, children.on_close \
               FROM runs LEFT JOIN children ON children.run = runs.id WHERE runs.id = ?1";
    let read = |row: &Row<'_>| {
        let state = RunState {
            run,
            status: status(0, &row.get::<_, String>(0)?)?,
            revision: row.get::<_, i64>(1)? as u64,
            version: row.get(2)?,
            state: row.get(3)?,
            progress: row.get(4)?,
            slots: Vec::new(),
            attention: attention(row.get(6)?, row.get(7)?),
            parked: None,
            deaths: 0,
            started_ms: row.get(8)?,
            child: children::read(row, 9)?,
        };
        Ok((state, row.get::<_, Vec<u8>>(5)?))
    };
    let found = connection
        .prepare_cached(sql)
        .and_then(|mut query| query.query_row([run.0 as i64], read).optional())
        .map_err(failure::sqlite)?;
    let Some((mut state, slots)) = found else { return Ok(None) };
    for (name, slot) in read_row(&slots).map_err(|damaged| StoreError::corrupt(damaged.to_string()))? {
        let placed = slot.place();
        let (bytes, grown) = match (&slot, placed) {
            (RowSlot::Here(bytes), _) => (Arc::from(*bytes), Vec::new()),
            (_, Some(place)) => places::load(connection, place)?,
            (_, None) => (Arc::from([]), Vec::new()),
        };
        let tail = if let RowSlot::Tail(_, tail) = slot { Some(Arc::from(tail)) } else { None };
        state.slots.push(StoredSlot { name, bytes, grown, placed, tail });
    }
    state.deaths =
        flights::deaths(connection, run.0 as i64, state.revision as i64).map_err(failure::sqlite)?;
    if matches!(state.status, RunStatus::Waiting | RunStatus::Queued) {
        state.parked = waits::parked_run(connection, run.0 as i64).map_err(failure::sqlite)?;
    }
    Ok(Some(state))
}
