//! The slots of the model store: who holds one, who waits for it, and what is removed when it is old.

use super::Content;
use crate::store::{
    Admission, Admitted, CancelRequest, CommandAnswer, Created, Decision, Parked, Pruned, RunNumber,
    RunStatus, StoreError, superseded_by,
};

/// Where a run stands in its slot.
#[derive(Clone, Debug)]
pub(super) struct Place {
    slot: String,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Phase {
    Queued,
    /// It holds the slot.
    Active,
    Ended,
}

impl Content {
    pub(super) fn admit(&mut self, slug: &str, admitted: Admitted) -> Result<Created, StoreError> {
        let Admitted { number, run: new, history, admission, command } = admitted;
        if let Some(command) = command {
            self.check_open(command)?;
        }
        let delivered = admission.delivery.as_ref().and_then(|delivery| self.deliveries.get(delivery));
        let created = match delivered.and_then(|(run, _)| self.row(*run)) {
            Some(row) => Created {
                run: row.summary.run,
                workflow_id: row.summary.workflow_id.clone(),
                committed: crate::store::Committed::at(row.revision),
                decision: Decision::Deduped,
            },
            None => {
                let created = self.create_in_slot(slug, number, new, admission)?;
                let head = self.row(created.run).and_then(|row| row.head);
                let head = self.append(head, history);
                if let Some(row) = self.runs.get_mut(&created.run) {
                    row.head = head;
                }
                created
            }
        };
        if let Some(command) = command {
            let word = created.decision.word().to_owned();
            self.answer_command(command, CommandAnswer { run: Some(created.run), word, message: None })?;
        }
        Ok(created)
    }

    fn create_in_slot(
        &mut self,
        slug: &str,
        number: Option<RunNumber>,
        new: crate::store::NewRun,
        admission: Admission,
    ) -> Result<Created, StoreError> {
        let holders = self.holders(&admission.slot);
        let versions =
            holders.iter().filter_map(|run| self.row(*run)).map(|row| row.summary.version.as_str());
        let decision = Decision::of(admission.policy, &new.version, versions);
        let at_ms = new.at_ms;
        let mut created = self.create(slug, number, new)?;
        created.decision = decision;
        if let Some(delivery) = admission.delivery {
            self.deliveries.insert(delivery, (created.run, at_ms));
        }
        if decision == Decision::Superseded {
            // Those that wait for the slot too: the newest run is the one that is wanted.
            let queued = self.in_phase(&admission.slot, Phase::Queued);
            for run in holders.into_iter().chain(queued) {
                self.ask_to_end(run, &superseded_by(created.run), at_ms);
            }
        }
        let queued = decision == Decision::Queued;
        if let Some(row) = self.runs.get_mut(&created.run) {
            let phase = if queued { Phase::Queued } else { Phase::Active };
            row.place = Some(Place { slot: admission.slot, phase });
            if queued {
                row.summary.status = RunStatus::Queued;
                row.parked = Some(Parked::default());
            }
        }
        Ok(created)
    }

    fn ask_to_end(&mut self, run: RunNumber, reason: &str, at_ms: i64) {
        if !self.inbox.iter().any(|request| request.run == run) {
            self.inbox.push(CancelRequest { run, reason: Some(reason.to_owned()), at_ms, force: false });
        }
    }

    fn in_phase(&self, slot: &str, phase: Phase) -> Vec<RunNumber> {
        let of_slot = |place: &Place| place.slot == slot && place.phase == phase;
        let rows = self.runs.values().filter(|row| row.place.as_ref().is_some_and(of_slot));
        rows.map(|row| row.summary.run).collect()
    }

    fn holders(&self, slot: &str) -> Vec<RunNumber> {
        self.in_phase(slot, Phase::Active)
    }

    /// After a commit: a run that ended leaves its slot, and the first in the queue takes it.
    pub(super) fn promote(&mut self, run: RunNumber) {
        let Some(row) = self.runs.get_mut(&run) else { return };
        let ended = row.summary.status.is_end();
        let Some(place) = row.place.as_mut().filter(|_| ended) else { return };
        place.phase = Phase::Ended;
        let slot = place.slot.clone();
        if !self.holders(&slot).is_empty() {
            return;
        }
        let next = self.in_phase(&slot, Phase::Queued).first().and_then(|next| self.runs.get_mut(next));
        let Some(row) = next else { return };
        // It is due now.
        row.parked = Some(Parked { wake_at_ms: Some(0), wait: None });
        if let Some(place) = &mut row.place {
            place.phase = Phase::Active;
        }
    }

    /// The run that a queued one waits for.
    pub(super) fn holder_of(&self, run: RunNumber) -> Option<RunNumber> {
        let place = self.row(run)?.place.as_ref().filter(|place| place.phase == Phase::Queued)?;
        self.holders(&place.slot).first().copied()
    }

    /// Whether a run that is to be reopened finds its slot free.
    pub(super) fn check_slot(&self, run: RunNumber) -> Result<(), StoreError> {
        let slot = self.row(run).and_then(|row| row.place.as_ref()).map(|place| &place.slot);
        match slot.and_then(|slot| self.holders(slot).first().copied()) {
            Some(holder) => Err(StoreError::SlotTaken { run, holder }),
            None => Ok(()),
        }
    }

    pub(super) fn take_slot_again(&mut self, run: RunNumber) {
        if let Some(place) = self.runs.get_mut(&run).and_then(|row| row.place.as_mut()) {
            place.phase = Phase::Active;
        }
    }

    pub(super) fn prune(&mut self, before_ms: i64, count_max: usize) -> Pruned {
        let is_open = |run: &RunNumber| self.row(*run).is_some_and(|row| !row.summary.status.is_end());
        let old = self.runs.values().filter(|row| {
            row.summary.ended_ms.is_some_and(|ended_ms| ended_ms < before_ms)
                && !row.summary.child.as_ref().is_some_and(|child| is_open(&child.parent))
        });
        let old: Vec<RunNumber> = old.map(|row| row.summary.run).take(count_max).collect();
        let mut pruned = Pruned::default();
        for run in old {
            pruned.runs += 1;
            pruned.entries += self.journal(run).map_or(0, |entries| entries.len() as u64);
            self.runs.remove(&run);
        }
        self.deliveries.retain(|_, (_, at_ms)| *at_ms >= before_ms);
        self.forget_answers(before_ms);
        pruned
    }
}
