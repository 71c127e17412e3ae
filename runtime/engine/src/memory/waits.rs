//! The waits and signals of the model store: who is parked for what, and which signals are there.

use std::sync::Arc;

use super::{Content, Row};
use crate::store::{
    CancelRequest, ClosePolicy, EventRoute, OpenWait, Parked, RunNumber, SentSignal, Signal, SignalAnswer,
    SignalId, SignalTarget, StoreError, WaitFilter, WaitName, WaitSummary,
};

impl Content {
    /// Refuses what a checkpoint may not park for: a key that another run waits under.
    pub(super) fn check_parked(&self, run: RunNumber, parked: Option<&Parked>) -> Result<(), StoreError> {
        let Some(key) = parked.and_then(|parked| parked.wait.as_ref()?.key.as_ref()) else { return Ok(()) };
        let holder =
            self.waits().find(|(row, wait)| row.summary.run != run && wait.key.as_ref() == Some(key));
        match holder {
            Some((row, _)) => Err(StoreError::DuplicateWaitKey { key: key.clone(), holder: row.summary.run }),
            None => Ok(()),
        }
    }

    /// Refuses to consume signals that are gone.
    pub(super) fn check_consumed(&self, run: RunNumber, consumed: &[SignalId]) -> Result<(), StoreError> {
        let gone = |id: &SignalId| self.signals.iter().all(|signal| signal.id != *id);
        if consumed.iter().any(gone) { Err(StoreError::Conflict { run }) } else { Ok(()) }
    }

    /// Drops the signals to a wait that is closed, unless it stays open.
    pub(super) fn close_wait(&mut self, run: RunNumber, next: Option<&Parked>) {
        let open =
            self.row(run).and_then(|row| row.parked.as_ref()?.wait.as_ref()).map(|wait| wait.wait_id.clone());
        let next = next.and_then(|parked| parked.wait.as_ref()).map(|wait| &wait.wait_id);
        if open.is_some() && open.as_ref() != next {
            self.signals.retain(|signal| signal.run != Some(run) || signal.wait_id != open);
        }
    }

    /// Keeps what a commit sends; to a run that has ended it is lost.
    pub(super) fn send(&mut self, sent: Vec<SentSignal>, at_ms: i64) {
        for SentSignal { target, payload } in sent {
            let ended = |run: RunNumber| self.row(run).is_none_or(|row| row.summary.status.is_end());
            if matches!(&target, SignalTarget::Wait { run, .. } if ended(*run)) {
                continue;
            }
            self.keep(&target, payload, at_ms);
        }
    }

    pub(super) fn put_signal(
        &mut self,
        target: &SignalTarget,
        payload: Arc<[u8]>,
        at_ms: i64,
    ) -> Result<SignalAnswer, StoreError> {
        if let SignalTarget::Wait { run, wait_id } = target {
            let row = self.row(*run).ok_or(StoreError::RunNotFound { run: *run })?;
            let (run, wait_id) = (*run, wait_id.clone());
            let open = row.parked.as_ref().and_then(|parked| parked.wait.as_ref());
            if open.is_none_or(|wait| wait.wait_id != wait_id) {
                return Err(StoreError::WaitNotFound { run, wait_id });
            }
            if self.is_answered(run) {
                return Err(StoreError::WaitAnswered { run, wait_id });
            }
        }
        let id = self.keep(target, payload, at_ms);
        let is_for =
            |wait: &OpenWait, run| self.signals.last().is_some_and(|signal| matches(signal, run, wait));
        let waits: Vec<WaitName> = self
            .waits()
            .filter(|(row, wait)| is_for(wait, row.summary.run))
            .map(|(row, wait)| WaitName { run: row.summary.run, wait_id: wait.wait_id.clone() })
            .collect();
        if waits.is_empty() {
            Ok(SignalAnswer::Buffered { id })
        } else {
            Ok(SignalAnswer::Delivered { id, waits })
        }
    }

    fn keep(&mut self, target: &SignalTarget, payload: Arc<[u8]>, at_ms: i64) -> SignalId {
        self.last_signal += 1;
        let id = SignalId(self.last_signal);
        let mut signal = Signal { id, run: None, wait_id: None, key: None, name: None, payload, at_ms };
        match target.clone() {
            SignalTarget::Wait { run, wait_id } => (signal.run, signal.wait_id) = (Some(run), Some(wait_id)),
            SignalTarget::Key(key) => signal.key = Some(key),
            SignalTarget::Event(name) => signal.name = Some(name),
        }
        self.signals.push(signal);
        id
    }

    pub(super) fn signals_for(
        &self,
        run: RunNumber,
        wait_id: &str,
        key: Option<&str>,
        event: Option<&EventRoute>,
    ) -> Vec<Signal> {
        self.signals.iter().filter(|signal| fits(signal, run, wait_id, key, event)).cloned().collect()
    }

    fn waits(&self) -> impl Iterator<Item = (&Row, &OpenWait)> {
        self.runs.values().filter_map(|row| Some((row, row.parked.as_ref()?.wait.as_ref()?)))
    }

    fn is_answered(&self, run: RunNumber) -> bool {
        let wait = self.row(run).and_then(|row| row.parked.as_ref()?.wait.as_ref());
        wait.is_some_and(|wait| self.signals.iter().any(|signal| matches(signal, run, wait)))
    }

    pub(super) fn open_waits(&self, filter: &WaitFilter) -> Vec<WaitSummary> {
        let wanted = self.waits().filter(|(row, wait)| {
            filter.run.is_none_or(|run| row.summary.run == run)
                && filter.after.is_none_or(|after| row.summary.run > after)
                && filter.key.as_ref().is_none_or(|key| wait.key.as_ref() == Some(key))
        });
        let summary = |(row, wait): (&Row, &OpenWait)| WaitSummary {
            run: row.summary.run,
            workflow_id: row.summary.workflow_id.clone(),
            wait: wait.clone(),
            wake_at_ms: row.parked.as_ref().and_then(|parked| parked.wake_at_ms),
            answered: self.is_answered(row.summary.run),
        };
        wanted.map(summary).take(filter.count_max.unwrap_or(usize::MAX)).collect()
    }

    /// When a parked run is due: now when it has a signal.
    fn due_ms(&self, row: &Row) -> Option<i64> {
        let parked = row.parked.as_ref().filter(|_| row.summary.attention.is_none())?;
        if self.is_answered(row.summary.run) { Some(0) } else { parked.wake_at_ms }
    }

    pub(super) fn due_runs(&self, now_ms: i64, count_max: usize) -> Vec<RunNumber> {
        let due = self.runs.values().filter_map(|row| Some((self.due_ms(row)?, row.summary.run)));
        let mut due: Vec<(i64, RunNumber)> = due.filter(|(at_ms, _)| *at_ms <= now_ms).collect();
        due.sort();
        due.into_iter().take(count_max).map(|(_, run)| run).collect()
    }

    pub(super) fn next_wake(&self) -> Option<i64> {
        self.runs.values().filter_map(|row| self.due_ms(row)).min()
    }

    /// The child that the parent created at this call.
    pub(super) fn child_of(&self, parent: RunNumber, call: &str) -> Option<&Row> {
        self.runs.values().find(|row| {
            row.summary.child.as_ref().is_some_and(|child| child.parent == parent && child.call == call)
        })
    }

    pub(super) fn open_children(&self, parent: RunNumber) -> Vec<RunNumber> {
        let of_parent = |row: &&Row| row.summary.child.as_ref().is_some_and(|child| child.parent == parent);
        let open = self.runs.values().filter(of_parent).filter(|row| !row.summary.status.is_end());
        open.map(|row| row.summary.run).collect()
    }

    /// Asks the open children of a run that ends to end too, as each is to. Answers all that are open.
    pub(super) fn close_children(
        &mut self,
        parent: RunNumber,
        reason: Option<&str>,
        at_ms: i64,
    ) -> Vec<RunNumber> {
        let open = self.open_children(parent);
        for &child in &open {
            let policy =
                self.row(child).and_then(|row| row.summary.child.as_ref()).map(|child| child.on_close);
            let force = match policy {
                None | Some(ClosePolicy::Abandon) => continue,
                Some(ClosePolicy::RequestCancel) => false,
                Some(ClosePolicy::Terminate) => true,
            };
            self.leave_request(CancelRequest { run: child, reason: reason.map(str::to_owned), at_ms, force });
        }
        open
    }

    pub(super) fn forget_signals_to(&mut self, run: RunNumber) {
        self.signals.retain(|signal| signal.run != Some(run));
    }
}

fn matches(signal: &Signal, run: RunNumber, wait: &OpenWait) -> bool {
    fits(signal, run, &wait.wait_id, wait.key.as_deref(), wait.event.as_ref())
}

fn fits(
    signal: &Signal,
    run: RunNumber,
    wait_id: &str,
    key: Option<&str>,
    event: Option<&EventRoute>,
) -> bool {
    let to_it = signal.run == Some(run) && signal.wait_id.as_deref() == Some(wait_id);
    let by_key = key.is_some() && signal.key.as_deref() == key;
    let by_event = event.is_some_and(|event| {
        signal.name.as_ref() == Some(&event.name)
            && key.is_some()
            && event.key_in(&signal.payload).as_deref() == key
    });
    to_it || by_key || by_event
}
