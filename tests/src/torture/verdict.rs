//! What must hold when everything has ended: requests against journals, acknowledgements against runs.

use std::collections::{BTreeMap, BTreeSet};

use breyta_core::Value;
use breyta_core::json::emit;
use breyta_engine::store::{Observer, RunFilter, RunNumber, RunRecord, RunStatus};

use super::{Torture, outside};
use crate::effects;

/// Executions that have ended, as the journals said when they were looked at.
#[derive(Default)]
pub(super) struct Ended {
    keys: BTreeSet<String>,
    /// Runs that have ended: their journals do not grow.
    closed: BTreeSet<RunNumber>,
}

impl Ended {
    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    pub(super) fn look(&mut self, store: &dyn Observer) -> Result<(), String> {
        for run in store.list_runs(&RunFilter::default()).map_err(|error| error.to_string())? {
            if self.closed.contains(&run.run) {
                continue;
            }
            let journal = store.journal(run.run).map_err(|error| error.to_string())?;
            self.keys.extend(effects::ended_keys(&run.workflow_id, &journal));
            // Read before the journal was: it may have ended meanwhile, and grown.
            if run.status.is_end() {
                self.closed.insert(run.run);
            }
        }
        Ok(())
    }
}

impl Torture {
    pub(super) fn judge(&mut self) -> Result<(), String> {
        self.ended.look(&self.reader)?;
        let mut violations = Vec::new();
        self.judge_runs(&mut violations)?;
        self.judge_effects(&mut violations);
        let left = self.reader.examine().map_err(|error| error.to_string())?;
        if left.signals > 0 || left.open_waits > 0 {
            violations.push(format!("{} signals and {} waits are left", left.signals, left.open_waits));
        }
        violations.extend(left.problems);
        self.report.violations.extend(violations);
        self.report.starts = self.errands.values().filter(|acknowledged| **acknowledged).count();
        self.report.answers = self.answered.len();
        Ok(())
    }

    /// Each errand has one run, an acknowledged one for certain, and each run came to its result.
    fn judge_runs(&mut self, violations: &mut Vec<String>) -> Result<(), String> {
        let mut found: BTreeMap<i64, usize> = BTreeMap::new();
        let runs = self.reader.list_runs(&RunFilter::default()).map_err(|error| error.to_string())?;
        self.report.runs = runs.len();
        for run in runs.iter().filter(|run| run.child.is_none()) {
            let Some(record) = self.reader.find_run(run.run).map_err(|error| error.to_string())? else {
                continue;
            };
            let errand = record.input.field("errand").and_then(Value::as_int).unwrap_or(-1);
            *found.entry(errand).or_default() += 1;
            violations.extend(wrong(&record, errand));
        }
        for (errand, acknowledged) in &self.errands {
            match found.get(errand).copied().unwrap_or_default() {
                0 if *acknowledged => violations.push(format!("the acknowledged start {errand} was lost")),
                0 | 1 => {}
                more => violations.push(format!("the errand {errand} was started {more} times")),
            }
        }
        for wait in &self.answered {
            let run =
                wait.split_once('/').and_then(|(run, _)| runs.iter().find(|it| it.run.to_string() == run));
            if run.is_none_or(|run| run.status != RunStatus::Completed) {
                violations.push(format!("the acknowledged answer to {wait} was lost"));
            }
        }
        Ok(())
    }

    /// All runs have ended: what was asked is in a journal, and what is in a journal was asked.
    fn judge_effects(&mut self, violations: &mut Vec<String>) {
        let mut asked: BTreeMap<String, i64> = BTreeMap::new();
        for request in self.server.requests() {
            // One that was refused once is asked for again by the flow's own retry.
            let refused = i64::from(outside::is_refused_once(&request.path));
            *asked.entry(outside::key(&request).to_owned()).or_insert(-refused) += 1;
        }
        self.report.effects = asked.len();
        self.report.again = asked.values().filter(|count| **count > 1).count();
        for key in asked.keys().filter(|key| !self.ended.has(key)) {
            violations.push(format!("{key} was asked for, and no journal knows of it"));
        }
    }
}

fn wrong(record: &RunRecord, errand: i64) -> Option<String> {
    let summary = &record.summary;
    let result = record.result.as_ref().and_then(|result| emit(result).ok()).unwrap_or_default();
    let result: serde_json::Value = serde_json::from_str(&result).unwrap_or_default();
    let expected = outside::result(errand);
    if summary.status == RunStatus::Completed && result == expected {
        return None;
    }
    Some(format!("{} is {} with {result} in place of {expected}", summary.workflow_id, summary.status.word()))
}
