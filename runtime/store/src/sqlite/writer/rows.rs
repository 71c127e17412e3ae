//! What one request writes: the run's row first, guarded by its revision, then everything that the row refers to.

use rusqlite::{OptionalExtension, params};

use breyta_engine::store::{
    CommandAnswer, Committed, Created, Decision, RunNumber, RunStatus, StoreError, ValueRef, workflow_id,
};

use super::{Writer, Written};
use crate::sqlite::heads::{self, Head};
use crate::sqlite::plan::{
    PlannedAdmission, PlannedChange, PlannedCheckpoint, PlannedCommit, PlannedEntry, PlannedRun, write_row,
};
use crate::sqlite::{admission, children, commands, waits};

impl Writer {
    pub(super) fn create(
        &mut self,
        number: Option<RunNumber>,
        run: &PlannedRun,
        history: &[PlannedEntry],
    ) -> rusqlite::Result<Written> {
        let slug = run.child.as_ref().map_or(self.slug.as_str(), |child| child.flow.as_str()).to_owned();
        if let Some(child) = &run.child
            && let Some((id, revision)) = children::of_call(&self.connection, child)?
        {
            let placed = vec![None; run.checkpoint.slots.len()];
            return Ok(created(
                &slug,
                id,
                Committed { placed, ..Committed::at(revision as u64) },
                Decision::Started,
            ));
        }
        if let Some(error) = self.refused_key(0, &run.checkpoint)? {
            return Ok(Written::Refused(error));
        }
        let id = match number {
            Some(number) => number.0 as i64,
            None => {
                self.next_run += 1;
                self.next_run - 1
            }
        };
        let (slots, placed) = self.place_slots(&run.checkpoint)?;
        let entry = self.next_entry;
        let last = entry + history.len() as i64;
        let sql = "INSERT INTO runs (id, status, revision, first_entry, last_entry, version, started_by, state, steps, \
                   started_ms, updated_ms, progress, slots) VALUES (?10, ?1, 1, ?2, ?11, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)";
        self.connection.prepare_cached(sql)?.execute(params![
            status_of(&run.checkpoint).word(),
            entry,
            run.version,
            run.trigger,
            run.checkpoint.state,
            run.checkpoint.steps as i64,
            run.at_ms,
            run.checkpoint.progress,
            slots,
            id,
            last,
        ])?;
        self.insert_slot_values(id, &run.checkpoint, &placed)?;
        let mut previous = self.insert_entry(id, None, &run.started)?;
        for entry in history {
            previous = self.insert_entry(id, Some(previous), entry)?;
        }
        if let Some(child) = &run.child {
            children::insert(&self.connection, id, child)?;
            self.heads.called(child.parent.0 as i64);
        }
        if let Some(parked) = &run.checkpoint.parked {
            waits::park(&self.connection, id, parked)?;
        }
        let (parked, apart) = (run.checkpoint.parked.is_some(), heads::placed_apart(&placed));
        let head = Head { revision: 1, last_entry: last, parked, placed: false, calls: false, apart };
        self.heads.remember(id, head);
        Ok(created(&slug, id, Committed { placed, ..Committed::at(1) }, Decision::Started))
    }

    /// Creates a run in its slot.
    pub(super) fn admit(&mut self, planned: &PlannedAdmission) -> rusqlite::Result<Written> {
        let PlannedAdmission { number, command, admission, .. } = planned;
        if let Some(command) = *command
            && !commands::is_open(&self.connection, command)?
        {
            return Ok(Written::Refused(StoreError::CommandNotFound { command }));
        }
        let delivered = match &admission.delivery {
            Some(delivery) => admission::delivered(&self.connection, delivery)?,
            None => None,
        };
        let written = match delivered {
            Some((id, revision)) => {
                let committed = Committed::at(revision as u64);
                created(&self.slug, id, committed, Decision::Deduped)
            }
            None => self.create_in_slot(*number, planned)?,
        };
        if let (Some(command), Written::Created(created)) = (*command, &written) {
            let word = created.decision.word().to_owned();
            let answer = CommandAnswer { run: Some(created.run), word, message: None };
            commands::answer(&self.connection, command, &answer)?;
        }
        Ok(written)
    }

    fn create_in_slot(
        &mut self,
        number: Option<RunNumber>,
        planned: &PlannedAdmission,
    ) -> rusqlite::Result<Written> {
        let PlannedAdmission { run, history, admission, .. } = planned;
        let (decision, holders) = admission::decide(&self.connection, admission, &run.version)?;
        let mut written = self.create(number, run, history)?;
        if let Written::Created(created) = &mut written {
            created.decision = decision;
            let id = created.run.0 as i64;
            admission::take(&self.connection, id, admission, decision, &holders, run.at_ms)?;
            // Its row says something else now.
            self.heads.forget(id);
        }
        Ok(written)
    }

    /// The refusal of a checkpoint that waits under a key which another run waits under.
    fn refused_key(&self, run: i64, checkpoint: &PlannedCheckpoint) -> rusqlite::Result<Option<StoreError>> {
        let wait = checkpoint.parked.as_ref().and_then(|parked| parked.wait.as_ref());
        let Some(key) = wait.and_then(|wait| wait.key.as_ref()) else { return Ok(None) };
        let holder = waits::holder(&self.connection, key, run)?;
        Ok(holder.map(|holder| StoreError::DuplicateWaitKey { key: key.clone(), holder }))
    }

    pub(super) fn commit(&mut self, commit: &PlannedCommit) -> rusqlite::Result<Written> {
        let id = commit.run.0 as i64;
        if let PlannedChange::Reopen { progress } = &commit.change {
            return self.reopen(commit, progress);
        }
        let Some(head) = self.heads.find(&self.connection, id)? else { return self.refusal(commit.run) };
        if let Some(error) = self.refused(commit, &head)? {
            self.heads.remember(id, head);
            return Ok(Written::Refused(error));
        }
        // The chain ends where it did when the commit has no entries.
        let last = match commit.entries.len() as i64 {
            0 => head.last_entry,
            count => self.next_entry + count - 1,
        };
        waits::consume(&self.connection, &commit.consumed)?;
        let mut committed = Committed::at(commit.revision + 1);
        let mut next = Head { revision: head.revision + 1, last_entry: last, ..head.clone() };
        match &commit.change {
            PlannedChange::Progress(checkpoint) => {
                committed.placed = self.progress(id, last, commit.at_ms, checkpoint, &head)?;
                next.parked = checkpoint.parked.is_some();
                next.apart = heads::placed_apart(&committed.placed);
                self.drop_slot_values(&head.apart, &next.apart, Some(checkpoint))?;
                self.heads.remember(id, next);
            }
            PlannedChange::End { status, steps, reason } => {
                self.end(id, last, commit.at_ms, *status, *steps, &head)?;
                if head.calls {
                    let (connection, at_ms) = (&self.connection, commit.at_ms);
                    committed.open_children = children::close(connection, id, reason.as_deref(), at_ms)?;
                }
                if *status == RunStatus::Completed {
                    self.drop_slot_values(&head.apart, &[], None)?;
                }
            }
            PlannedChange::Attended => {
                let sql = "UPDATE runs SET revision = revision + 1, last_entry = ?2, updated_ms = ?3, \
                           attention_code = NULL, attention_message = NULL WHERE id = ?1";
                self.connection.prepare_cached(sql)?.execute(params![id, last, commit.at_ms])?;
                self.heads.remember(id, next);
            }
            PlannedChange::Reopen { .. } => {}
            PlannedChange::Attention { code, message } => {
                let sql = "UPDATE runs SET revision = revision + 1, last_entry = ?2, updated_ms = ?3, \
                           attention_code = ?4, attention_message = ?5 WHERE id = ?1";
                let values = params![id, last, commit.at_ms, code, message];
                self.connection.prepare_cached(sql)?.execute(values)?;
                self.heads.remember(id, next);
            }
        }
        let mut previous = Some(head.last_entry);
        for entry in &commit.entries {
            previous = Some(self.insert_entry(id, previous, entry)?);
        }
        waits::send(&self.connection, &commit.sent, commit.at_ms)?;
        Ok(Written::Committed(committed))
    }

    /// Lets a run that ended without completing go on from its last checkpoint.
    fn reopen(&mut self, commit: &PlannedCommit, progress: &[u8]) -> rusqlite::Result<Written> {
        let (id, run) = (commit.run.0 as i64, commit.run);
        let sql = "SELECT last_entry FROM runs WHERE id = ?1 AND revision = ?2 AND ended_ms IS NOT NULL \
                   AND status <> 'completed'";
        let mut query = self.connection.prepare_cached(sql)?;
        let found = query.query_row(params![id, commit.revision as i64], |row| row.get(0)).optional()?;
        drop(query);
        let Some(last) = found else { return self.refusal(run) };
        if let Some(holder) = admission::holder_for(&self.connection, id)? {
            return Ok(Written::Refused(StoreError::SlotTaken { run, holder }));
        }
        admission::take_again(&self.connection, id)?;
        let mut previous = Some(last);
        for entry in &commit.entries {
            previous = Some(self.insert_entry(id, previous, entry)?);
        }
        let sql = "UPDATE runs SET revision = revision + 1, status = 'running', last_entry = ?2, updated_ms = ?3, \
                   ended_ms = NULL, attention_code = NULL, attention_message = NULL, progress = ?4 WHERE id = ?1";
        self.connection.prepare_cached(sql)?.execute(params![id, previous, commit.at_ms, progress])?;
        Ok(Written::Committed(Committed::at(commit.revision + 1)))
    }

    /// Why a commit to an open run does not apply.
    fn refused(&self, commit: &PlannedCommit, head: &Head) -> rusqlite::Result<Option<StoreError>> {
        if head.revision != commit.revision || !waits::are_there(&self.connection, &commit.consumed)? {
            return Ok(Some(StoreError::Conflict { run: commit.run }));
        }
        match &commit.change {
            PlannedChange::Progress(checkpoint) => self.refused_key(commit.run.0 as i64, checkpoint),
            PlannedChange::End { .. }
            | PlannedChange::Attention { .. }
            | PlannedChange::Attended
            | PlannedChange::Reopen { .. } => Ok(None),
        }
    }

    /// Moves a run on. Only a run that parks, or was parked, costs more than its own row.
    fn progress(
        &mut self,
        id: i64,
        last: i64,
        at_ms: i64,
        checkpoint: &PlannedCheckpoint,
        head: &Head,
    ) -> rusqlite::Result<Vec<Option<ValueRef>>> {
        let (slots, placed) = self.place_slots(checkpoint)?;
        let sql = "UPDATE runs SET revision = revision + 1, last_entry = ?2, state = ?3, steps = ?4, \
                   updated_ms = ?5, attention_code = NULL, attention_message = NULL, progress = ?6, \
                   slots = ?7 WHERE id = ?1";
        let steps = checkpoint.steps as i64;
        let values = params![id, last, checkpoint.state, steps, at_ms, checkpoint.progress, slots];
        self.connection.prepare_cached(sql)?.execute(values)?;
        self.insert_slot_values(id, checkpoint, &placed)?;
        if head.parked {
            waits::unpark(&self.connection, id, checkpoint.parked.as_ref())?;
        }
        if let Some(parked) = &checkpoint.parked {
            waits::park(&self.connection, id, parked)?;
        }
        if head.parked != checkpoint.parked.is_some() {
            let sql = "UPDATE runs SET status = ?2 WHERE id = ?1";
            self.connection.prepare_cached(sql)?.execute(params![id, status_of(checkpoint).word()])?;
        }
        Ok(placed)
    }

    fn refusal(&self, run: RunNumber) -> rusqlite::Result<Written> {
        let sql = "SELECT count(*) FROM runs WHERE id = ?1";
        let found: i64 = self.connection.query_row(sql, [run.0 as i64], |row| row.get(0))?;
        let error = if found == 0 { StoreError::RunNotFound { run } } else { StoreError::Conflict { run } };
        Ok(Written::Refused(error))
    }

    fn end(
        &self,
        id: i64,
        last: i64,
        at_ms: i64,
        status: RunStatus,
        steps: Option<u64>,
        head: &Head,
    ) -> rusqlite::Result<()> {
        // What did not complete may be tried again from where it stood.
        let empty = (status == RunStatus::Completed).then(|| write_row(std::iter::empty()));
        let steps = steps.map(|steps| steps as i64);
        let sql = "UPDATE runs SET revision = revision + 1, status = ?2, last_entry = ?3, updated_ms = ?4, \
                   ended_ms = ?4, attention_code = NULL, attention_message = NULL, slots = coalesce(?5, slots), \
                   steps = coalesce(?6, steps) WHERE id = ?1";
        self.connection.prepare_cached(sql)?.execute(params![
            id,
            status.word(),
            last,
            at_ms,
            empty,
            steps
        ])?;
        self.connection.prepare_cached("DELETE FROM inbox WHERE run = ?1")?.execute([id])?;
        waits::close(&self.connection, id, head.parked)?;
        if head.placed { admission::leave(&self.connection, id) } else { Ok(()) }
    }
}

fn status_of(checkpoint: &PlannedCheckpoint) -> RunStatus {
    if checkpoint.parked.is_some() { RunStatus::Waiting } else { RunStatus::Running }
}

fn created(slug: &str, id: i64, committed: Committed, decision: Decision) -> Written {
    let run = RunNumber(id as u64);
    Written::Created(Created { run, workflow_id: workflow_id(slug, run), committed, decision })
}
