//! The model store: everything in memory, obviously right, for tests.
//!
//! It also simulates crashes: [`MemoryStore::snapshot`] is what a disk would hold, a store made from it is what the next
//! process finds, and [`MemoryStore::fail_after`] lets commits fail from one on.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::journal::{Encoded, Entry, Event};
use crate::store::{
    Admitted, CancelAnswer, CancelRequest, Change, Checkpoint, Command, CommandAnswer, CommandId, Commit,
    Committed, Created, Decision, EventRoute, JournalCursor, JournalPage, NewRun, Observer, Parked, Pruned,
    RunFilter, RunNumber, RunRecord, RunState, RunStatus, RunSummary, Signal, SignalAnswer, SignalTarget,
    Store, StoreError, StoredSlot, WaitFilter, WaitSummary, workflow_id,
};
use crate::world::BoxFuture;

mod admission;
mod inbox;
mod slots;
mod waits;

use admission::Place;

/// A store that lives as long as the value.
#[derive(Debug)]
pub struct MemoryStore {
    slug: String,
    content: Mutex<Content>,
}

/// What survives a crash: exactly what was committed.
#[derive(Clone, Debug)]
pub struct Snapshot {
    slug: String,
    content: Content,
}

#[derive(Clone, Debug, Default)]
struct Content {
    runs: BTreeMap<RunNumber, Row>,
    /// The number of the newest run.
    last_run: u64,
    journal: Vec<JournalRow>,
    inbox: Vec<CancelRequest>,
    commands: Vec<inbox::Left>,
    /// The number of the newest command.
    last_command: u64,
    /// The runs of deliveries, with the times of their starts.
    deliveries: BTreeMap<String, (RunNumber, i64)>,
    signals: Vec<Signal>,
    /// The number of the newest signal.
    last_signal: u64,
    /// The runs that are carried on, with the revision from which on.
    flights: BTreeMap<RunNumber, u64>,
    /// At which revision the process died over a run, and how often.
    deaths: BTreeMap<RunNumber, (u64, u64)>,
    /// The number of the newest place of a value.
    last_place: i64,
    /// Commits that still succeed; None for all.
    commits_left: Option<u64>,
}

#[derive(Clone, Debug)]
struct Row {
    summary: RunSummary,
    revision: u64,
    /// Without its slots.
    checkpoint: Checkpoint,
    slots: Vec<StoredSlot>,
    parked: Option<Parked>,
    /// Index of the run's last journal row.
    head: Option<usize>,
    /// Its slot, if it wanted one.
    place: Option<Place>,
}

#[derive(Clone, Debug)]
struct JournalRow {
    previous: Option<usize>,
    entry: Encoded,
}

impl MemoryStore {
    pub fn new(slug: impl Into<String>) -> Self {
        Self { slug: slug.into(), content: Mutex::default() }
    }

    /// What a crash now would leave.
    pub fn snapshot(&self) -> Snapshot {
        let content = Content { commits_left: None, ..self.content().clone() };
        Snapshot { slug: self.slug.clone(), content }
    }

    /// What the next process finds.
    pub fn restore(snapshot: Snapshot) -> Self {
        let mut content = snapshot.content;
        content.count_deaths();
        Self { slug: snapshot.slug, content: Mutex::new(content) }
    }

    /// From now on `commits` more commits succeed; then all fail with `store-io`, and nothing of them is kept.
    pub fn fail_after(&self, commits: u64) {
        self.content().commits_left = Some(commits);
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn row(&self, run: RunNumber) -> Option<&Row> {
        self.runs.get(&run)
    }

    fn journal(&self, run: RunNumber) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        let mut next = self.row(run).and_then(|row| row.head);
        while let Some(row) = next.and_then(|index| self.journal.get(index)) {
            entries.push(row.entry.decode().map_err(|damaged| StoreError::corrupt(damaged.to_string()))?);
            next = row.previous;
        }
        entries.reverse();
        Ok(entries)
    }

    fn append(&mut self, mut head: Option<usize>, entries: Vec<Encoded>) -> Option<usize> {
        for entry in entries {
            self.journal.push(JournalRow { previous: head, entry });
            head = Some(self.journal.len() - 1);
        }
        head
    }

    /// What was in flight when the process died.
    fn count_deaths(&mut self) {
        for (run, revision) in std::mem::take(&mut self.flights) {
            if self.runs.get(&run).is_some_and(|row| row.revision == revision) {
                let died = self.deaths.entry(run).or_insert((revision, 0));
                *died = (revision, if died.0 == revision { died.1 + 1 } else { 1 });
            }
        }
    }

    /// Uses up one of the commits that still succeed.
    fn permit(&mut self) -> Result<(), StoreError> {
        match &mut self.commits_left {
            Some(0) => Err(StoreError::io("this commit was told to fail")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The number of the next run.
    fn reserve(&mut self) -> RunNumber {
        self.last_run += 1;
        RunNumber(self.last_run)
    }

    fn create(
        &mut self,
        slug: &str,
        number: Option<RunNumber>,
        mut new: NewRun,
    ) -> Result<Created, StoreError> {
        if let Some(row) = new.child.as_ref().and_then(|child| self.child_of(child.parent, &child.call)) {
            let placed = vec![None; row.slots.len()];
            let committed = Committed { placed, ..Committed::at(row.revision) };
            return Ok(Created {
                run: row.summary.run,
                workflow_id: row.summary.workflow_id.clone(),
                committed,
                decision: Decision::Started,
            });
        }
        let slug = new.child.as_ref().map_or(slug, |child| child.flow.as_str());
        self.check_parked(RunNumber(0), new.checkpoint.parked.as_ref())?;
        self.permit()?;
        let slots = self.put_slots(&[], std::mem::take(&mut new.checkpoint.slots))?;
        let placed = slots::places(&slots);
        let run = number.unwrap_or_else(|| self.reserve());
        let summary = RunSummary {
            run,
            workflow_id: workflow_id(slug, run),
            status: status_of(&new.checkpoint),
            version: new.version,
            trigger: new.trigger,
            state: new.checkpoint.state.clone(),
            steps: new.checkpoint.steps,
            started_ms: new.at_ms,
            updated_ms: new.at_ms,
            ended_ms: None,
            attention: None,
            child: new.child,
        };
        let created = Created {
            run,
            workflow_id: summary.workflow_id.clone(),
            committed: Committed { placed, ..Committed::at(1) },
            decision: Decision::Started,
        };
        let head = self.append(None, vec![new.started]);
        let parked = new.checkpoint.parked.take();
        let row = Row { summary, revision: 1, checkpoint: new.checkpoint, slots, parked, head, place: None };
        self.runs.insert(run, row);
        Ok(created)
    }

    /// Why a commit does not apply, if so.
    fn check(&self, commit: &Commit) -> Result<(), StoreError> {
        let run = commit.run;
        let row = self.row(run).ok_or(StoreError::RunNotFound { run })?;
        if row.revision != commit.revision || !applies(&commit.change, row.summary.status) {
            return Err(StoreError::Conflict { run });
        }
        self.check_consumed(run, &commit.consumed)?;
        match &commit.change {
            Change::Progress(checkpoint) => self.check_parked(run, checkpoint.parked.as_ref()),
            Change::Reopen { .. } => self.check_slot(run),
            Change::End { .. } | Change::Attention { .. } | Change::Attended => Ok(()),
        }
    }

    fn commit(&mut self, mut commit: Commit) -> Result<Committed, StoreError> {
        self.check(&commit)?;
        let run = commit.run;
        let (head, before) = self.row(run).map(|row| (row.head, row.slots.clone())).unwrap_or_default();
        let slots = match &mut commit.change {
            Change::Progress(checkpoint) => self.put_slots(&before, std::mem::take(&mut checkpoint.slots))?,
            _ => before,
        };
        self.permit()?;
        let head = self.append(head, commit.entries);
        self.signals.retain(|signal| !commit.consumed.contains(&signal.id));
        match &commit.change {
            Change::Progress(checkpoint) => self.close_wait(run, checkpoint.parked.as_ref()),
            Change::End { .. } => {
                self.inbox.retain(|request| request.run != run);
                self.forget_signals_to(run);
            }
            Change::Reopen { .. } => self.take_slot_again(run),
            Change::Attention { .. } | Change::Attended => {}
        }
        let row = self.runs.get_mut(&run).ok_or(StoreError::RunNotFound { run })?;
        row.head = head;
        row.revision += 1;
        row.summary.updated_ms = commit.at_ms;
        row.summary.attention = None;
        let (mut placed, mut closing) = (Vec::new(), None);
        match commit.change {
            Change::Progress(mut checkpoint) => {
                row.summary.status = status_of(&checkpoint);
                row.parked = checkpoint.parked.take();
                placed = slots::places(&slots);
                row.slots = slots;
                row.summary.state.clone_from(&checkpoint.state);
                row.summary.steps = checkpoint.steps;
                row.checkpoint = checkpoint;
            }
            Change::End { status, steps, reason } => {
                closing = Some(reason);
                row.summary.steps = steps.unwrap_or(row.summary.steps);
                row.summary.status = status;
                row.summary.ended_ms = Some(commit.at_ms);
                if status == RunStatus::Completed {
                    row.slots.clear();
                }
                row.parked = None;
            }
            // That is what every commit but one does.
            Change::Attended => {}
            Change::Attention { code, message } => row.summary.attention = Some((code, message)),
            Change::Reopen { progress } => {
                row.checkpoint.progress = progress;
                row.summary.status = RunStatus::Running;
                row.summary.ended_ms = None;
            }
        }
        let mut committed = Committed { placed, ..Committed::at(row.revision) };
        if let Some(reason) = closing {
            committed.open_children = self.close_children(run, reason.as_deref(), commit.at_ms);
        }
        self.send(commit.sent, commit.at_ms);
        self.promote(run);
        Ok(committed)
    }

    fn load(&self, run: RunNumber) -> Option<RunState> {
        let row = self.row(run)?;
        let slots = row.slots.clone();
        Some(RunState {
            run,
            version: row.summary.version.clone(),
            status: row.summary.status,
            revision: row.revision,
            state: row.checkpoint.state.clone(),
            progress: row.checkpoint.progress.clone(),
            slots,
            attention: row.summary.attention.clone(),
            parked: row.parked.clone(),
            started_ms: row.summary.started_ms,
            deaths: self.deaths.get(&run).filter(|died| died.0 == row.revision).map_or(0, |died| died.1),
            child: row.summary.child.clone(),
        })
    }

    fn record(&self, run: RunNumber) -> Result<Option<RunRecord>, StoreError> {
        let Some(row) = self.row(run) else { return Ok(None) };
        let journal = self.journal(run)?;
        let input = journal.first().and_then(|entry| entry.value.clone()).unwrap_or_default();
        let (mut result, mut error) = (None, None);
        match journal.last() {
            Some(Entry { event: Event::RunCompleted, value, .. }) => result.clone_from(value),
            Some(Entry { event: Event::RunFailed, value, .. }) => error.clone_from(value),
            _ => {}
        }
        Ok(Some(RunRecord {
            summary: row.summary.clone(),
            input,
            result,
            error,
            cancel_requested: self.inbox.iter().any(|request| request.run == run),
        }))
    }

    fn request_cancel(
        &mut self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
        force: bool,
    ) -> Result<CancelAnswer, StoreError> {
        let status = self.row(run).ok_or(StoreError::RunNotFound { run })?.summary.status;
        if status.is_end() {
            return Ok(CancelAnswer::AlreadyEnded(status));
        }
        self.leave_request(CancelRequest { run, reason: reason.map(str::to_owned), at_ms, force });
        Ok(CancelAnswer::Requested)
    }

    /// Puts a request into the inbox: asking again changes nothing, by force counts more.
    fn leave_request(&mut self, request: CancelRequest) {
        let known = self.inbox.iter().find(|known| known.run == request.run).map(|known| known.force);
        match (known, request.force) {
            (Some(true), _) | (Some(false), false) => return,
            (Some(false), true) => self.inbox.retain(|known| known.run != request.run),
            (None, _) => {}
        }
        self.inbox.push(request);
    }
}

/// Whether a change is one for a run of this status.
fn applies(change: &Change, status: RunStatus) -> bool {
    match change {
        Change::Reopen { .. } => status.is_end() && status != RunStatus::Completed,
        Change::Progress(_) | Change::End { .. } | Change::Attention { .. } | Change::Attended => {
            !status.is_end()
        }
    }
}

fn status_of(checkpoint: &Checkpoint) -> RunStatus {
    if checkpoint.parked.is_some() { RunStatus::Waiting } else { RunStatus::Running }
}

impl Observer for MemoryStore {
    fn slug(&self) -> &str {
        &self.slug
    }

    fn find_run(&self, run: RunNumber) -> Result<Option<RunRecord>, StoreError> {
        self.content().record(run)
    }

    fn list_runs(&self, filter: &RunFilter) -> Result<Vec<RunSummary>, StoreError> {
        let content = self.content();
        let rows = content.runs.values().rev().map(|row| &row.summary);
        let wanted = rows.filter(|run| {
            filter.before.is_none_or(|before| run.run < before)
                && (filter.statuses.is_empty() || filter.statuses.contains(&run.status))
        });
        Ok(wanted.take(filter.count_max.unwrap_or(usize::MAX)).cloned().collect())
    }

    fn journal(&self, run: RunNumber) -> Result<Vec<Entry>, StoreError> {
        self.content().journal(run)
    }

    fn journal_page(
        &self,
        run: RunNumber,
        from: Option<JournalCursor>,
        count_max: usize,
    ) -> Result<JournalPage, StoreError> {
        self.content().journal_page(run, from, count_max)
    }

    fn put_command(&self, name: &str, body: Arc<[u8]>, at_ms: i64) -> Result<CommandId, StoreError> {
        Ok(self.content().put_command(name, body, at_ms))
    }

    fn command_answer(&self, command: CommandId) -> Result<Option<CommandAnswer>, StoreError> {
        self.content().command_answer(command)
    }

    fn request_cancel(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError> {
        self.content().request_cancel(run, reason, at_ms, false)
    }

    fn request_terminate(
        &self,
        run: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Result<CancelAnswer, StoreError> {
        self.content().request_cancel(run, reason, at_ms, true)
    }

    fn put_signal(
        &self,
        target: &SignalTarget,
        payload: Arc<[u8]>,
        at_ms: i64,
    ) -> Result<SignalAnswer, StoreError> {
        self.content().put_signal(target, payload, at_ms)
    }

    fn open_waits(&self, filter: &WaitFilter) -> Result<Vec<WaitSummary>, StoreError> {
        Ok(self.content().open_waits(filter))
    }

    fn holder_of(&self, run: RunNumber) -> Result<Option<RunNumber>, StoreError> {
        Ok(self.content().holder_of(run))
    }

    fn open_children(&self, parent: RunNumber) -> Result<Vec<RunNumber>, StoreError> {
        Ok(self.content().open_children(parent))
    }
}

impl Store for MemoryStore {
    fn create_run(&self, run: NewRun) -> BoxFuture<'_, Result<Created, StoreError>> {
        Box::pin(ready(self.content().create(&self.slug, None, run)))
    }

    fn reserve_run(&self) -> BoxFuture<'_, Result<RunNumber, StoreError>> {
        Box::pin(ready(Ok(self.content().reserve())))
    }

    fn admit_run(&self, run: Admitted) -> BoxFuture<'_, Result<Created, StoreError>> {
        Box::pin(ready(self.content().admit(&self.slug, run)))
    }

    fn commands(&self) -> BoxFuture<'_, Result<Vec<Command>, StoreError>> {
        Box::pin(ready(Ok(self.content().open_commands())))
    }

    fn answer_command(
        &self,
        command: CommandId,
        answer: CommandAnswer,
    ) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(ready(self.content().answer_command(command, answer)))
    }

    fn prune(&self, before_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Pruned, StoreError>> {
        Box::pin(ready(Ok(self.content().prune(before_ms, count_max))))
    }

    fn begin(&self, run: RunNumber, revision: u64) {
        self.content().flights.insert(run, revision);
    }

    fn rest(&self, run: RunNumber) {
        self.content().flights.remove(&run);
    }

    fn load_run(&self, run: RunNumber) -> BoxFuture<'_, Result<Option<RunState>, StoreError>> {
        Box::pin(ready(Ok(self.content().load(run))))
    }

    fn commit(&self, commit: Commit) -> BoxFuture<'_, Result<Committed, StoreError>> {
        Box::pin(ready(self.content().commit(commit)))
    }

    fn cancel_requests(&self) -> BoxFuture<'_, Result<Vec<CancelRequest>, StoreError>> {
        Box::pin(ready(Ok(self.content().inbox.clone())))
    }

    fn due_runs(&self, now_ms: i64, count_max: usize) -> BoxFuture<'_, Result<Vec<RunNumber>, StoreError>> {
        Box::pin(ready(Ok(self.content().due_runs(now_ms, count_max))))
    }

    fn next_wake(&self) -> BoxFuture<'_, Result<Option<i64>, StoreError>> {
        Box::pin(ready(Ok(self.content().next_wake())))
    }

    fn signals_for(
        &self,
        run: RunNumber,
        wait_id: &str,
        key: Option<&str>,
        event: Option<&EventRoute>,
    ) -> BoxFuture<'_, Result<Vec<Signal>, StoreError>> {
        Box::pin(ready(Ok(self.content().signals_for(run, wait_id, key, event))))
    }
}

#[cfg(test)]
mod tests;
