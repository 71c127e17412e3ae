//! What comes from outside without being asked: signals and requests to cancel, left in the store as other processes do.

use breyta_core::{Map, Value, codec};
use breyta_engine::store::{RunFilter, RunNumber, SignalTarget, StoreError, WaitFilter};

use super::outside::{Outside, lock};
use super::plan::{Planned, Sent};
use super::story;

impl Outside {
    /// In the undisturbed life: what stands before a question comes before it.
    pub(super) fn tell_before(&self, question: &str) {
        let Some(telling) = &self.telling else { return };
        if lock(&self.answers).contains_key(question) {
            return;
        }
        loop {
            let sent = lock(telling).before_a_step(self.store.as_ref());
            let Some(sent) = sent else { break };
            self.send_first(sent, None);
        }
        for planned in lock(&self.signals).iter_mut().filter(|planned| planned.before.is_none()) {
            planned.before = Some(question.to_owned());
        }
    }

    /// In the undisturbed life: what comes when everything rests. False when that is nothing.
    pub(super) fn tell_at_rest(&self) -> bool {
        let Some(telling) = &self.telling else { return false };
        let sent = lock(telling).at_rest(self.store.as_ref());
        let is_some = sent.is_some();
        if let Some(sent) = sent {
            self.send_first(sent, self.rests_at());
        }
        is_some
    }

    fn send_first(&self, what: Sent, at: Option<(String, u64)>) {
        if let Err(error) = self.send(&what) {
            self.problem(format!("a signal could not be left: {error}"));
        }
        lock(&self.signals).push(Planned { what, before: None, at });
    }

    /// Leaves something in the store, as another process does: what was answered is durable.
    pub(super) fn send(&self, what: &Sent) -> Result<(), StoreError> {
        let (target, payload) = match what {
            Sent::Cancel => {
                let run = self.run_of("root").unwrap_or(RunNumber(0));
                return self.store.request_cancel(run, Some("by the script"), self.now()).map(drop);
            }
            Sent::ToWait { lineage, wait_id, payload } => {
                let run = self.run_of(lineage).unwrap_or(RunNumber(0));
                (SignalTarget::Wait { run, wait_id: wait_id.clone() }, payload)
            }
            Sent::ToKey { key, payload } => (SignalTarget::Key(key.clone()), payload),
            Sent::ToEvent { name, payload } => (SignalTarget::Event(name.clone()), payload),
        };
        let mut bytes = Vec::new();
        codec::encode(payload, &mut bytes).map_err(StoreError::io)?;
        self.store.put_signal(&target, bytes.into(), self.now()).map(drop)
    }

    /// Steps of which nobody knows whether they have acted are carried out again. False when there is none.
    pub(super) fn decide_in_doubt(&self) -> Result<bool, String> {
        let mut any = false;
        for open in self.store.open_waits(&WaitFilter::default()).map_err(|error| error.to_string())? {
            let details = codec::decode(&open.wait.details).unwrap_or_default();
            let error = details.field("error").and_then(|error| error.field("type")).and_then(Value::as_str);
            if open.answered || error != Some("effect-in-doubt") {
                continue;
            }
            let mut decision = Map::new();
            decision.insert_keyword("action", "retry");
            decision.insert_keyword(story::IN_DOUBT, true);
            let what = Sent::ToWait {
                lineage: story::lineage(self.store.as_ref(), open.run),
                wait_id: open.wait.wait_id,
                payload: Value::Map(decision),
            };
            self.send(&what).map_err(|error| error.to_string())?;
            any = true;
        }
        Ok(any)
    }

    /// Where the first run rests: its state, and its steps so far.
    pub(super) fn rests_at(&self) -> Option<(String, u64)> {
        let root = self.store.find_run(self.run_of("root")?).ok().flatten()?.summary;
        Some((root.state, root.steps))
    }

    fn run_of(&self, lineage: &str) -> Option<RunNumber> {
        let runs = self.store.list_runs(&RunFilter::default()).ok()?;
        runs.into_iter().map(|run| run.run).find(|run| story::lineage(self.store.as_ref(), *run) == lineage)
    }

    /// Whether it can be left now.
    pub(super) fn can_send(&self, what: &Sent) -> bool {
        let Sent::ToWait { lineage, wait_id, .. } = what else { return true };
        let open = self.store.open_waits(&WaitFilter::default()).unwrap_or_default();
        open.iter().any(|open| {
            open.wait.wait_id == *wait_id
                && !open.answered
                && story::lineage(self.store.as_ref(), open.run) == *lineage
        })
    }

    /// In other lives: what stood before a question is there when it is asked.
    pub(super) fn send_before(&self, question: &str) {
        if self.telling.is_some() {
            return;
        }
        let signals = lock(&self.signals).clone();
        for (index, planned) in signals.iter().enumerate() {
            let is_due = planned.before.as_deref() == Some(question);
            if is_due && lock(&self.left).get(index) == Some(&false) && self.can_send(&planned.what) {
                self.send_planned(index, planned);
            }
        }
    }

    pub(super) fn send_planned(&self, index: usize, planned: &Planned) {
        if let Err(error) = self.send(&planned.what) {
            self.problem(format!("{:?} could not be left: {error}", planned.what));
        }
        if let Some(left) = lock(&self.left).get_mut(index) {
            *left = true;
        }
    }
}
