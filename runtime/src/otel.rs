//! Traces of runs for OpenTelemetry: one span per run, one per attempt of a step, made from journal entries once these are
//! durable. Only in executables that were built for it (`[observability] otlp = true` in `breytac.toml`), and only where the
//! environment names a collector.
//!
//! Nothing of a run depends on it: what does not fit into the queue is dropped, and a collector that cannot be reached is
//! told once. Spans hold names, times and codes; no inputs, results or messages, and nothing that is secret.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use breyta_core::Value;
use breyta_engine::journal::{Entry, Event};
use breyta_engine::store::{Observer, RunFilter, RunNumber, RunSummary};
use opentelemetry_sdk::trace::SpanData;

use spans::Traced;

mod client;
mod export;
mod settings;
mod spans;

pub(crate) use export::flush;

/// Runs that are remembered; when there are more, all are looked up again.
const RUNS_MAX: usize = 4_096;

/// The flow whose runs are traced.
#[derive(Clone, Copy, Debug)]
struct Service {
    slug: &'static str,
    version: &'static str,
}

/// The traces of this process's runs.
#[derive(Clone)]
pub(crate) struct Traces {
    service: Service,
    /// Where runs are looked up that began in another process. Not held: whoever opened it says when it is closed.
    store: Arc<Mutex<Option<Weak<dyn Observer>>>>,
    runs: Arc<Mutex<BTreeMap<String, Traced>>>,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Traces").field(&self.service).finish()
    }
}

impl Traces {
    /// None when the environment names no collector, or wants no traces.
    pub(crate) fn of_environment(slug: &'static str, version: &'static str) -> Option<Self> {
        settings::are_wanted().then(|| Self {
            service: Service { slug, version },
            store: Arc::default(),
            runs: Arc::default(),
        })
    }

    /// Runs are looked up in this store from now on.
    pub(crate) fn look_into(&self, store: Weak<dyn Observer>) {
        *self.store.lock().unwrap_or_else(PoisonError::into_inner) = Some(store);
    }

    /// An entry of a run's journal, which is durable now.
    pub(crate) fn told(&self, workflow_id: &str, entry: &Entry) {
        if let Some(span) = self.span(workflow_id, entry) {
            export::send(span, self.service);
        }
    }

    /// The span that ends with an entry.
    fn span(&self, workflow_id: &str, entry: &Entry) -> Option<SpanData> {
        let run = self.run(workflow_id, entry)?;
        let code = || entry.value.as_ref()?.field("type").and_then(Value::as_name).map(str::to_owned);
        match &entry.event {
            Event::StepCompleted { execution } => Some(run.attempt(execution, "completed", None)),
            Event::StepFailed { execution, .. } => Some(run.attempt(execution, "failed", code())),
            Event::StepRetried { execution, .. } => Some(run.attempt(execution, "retried", code())),
            Event::StepCancelled { execution } => Some(run.attempt(execution, "cancelled", None)),
            Event::RunCompleted => Some(run.ended(entry.at_ms, "completed", None)),
            Event::RunFailed => Some(run.ended(entry.at_ms, "failed", code())),
            Event::RunCancelled { .. } => Some(run.ended(entry.at_ms, "cancelled", None)),
            Event::RunStarted { .. }
            | Event::StepParked { .. }
            | Event::StepAnswered { .. }
            | Event::StepMetered { .. }
            | Event::Note { .. }
            | Event::Warning { .. }
            | Event::RunNeedsAttention { .. }
            | Event::RunReopened
            | Event::RunForked { .. } => None,
        }
    }

    /// The run that an entry is of. None when nobody can say when it began: its trace could not be found again.
    fn run(&self, workflow_id: &str, entry: &Entry) -> Option<Traced> {
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = matches!(entry.event, Event::RunCompleted | Event::RunFailed | Event::RunCancelled { .. });
        if ends && let Some(run) = runs.remove(workflow_id) {
            return Some(run);
        }
        if let Some(run) = runs.get(workflow_id) {
            return Some(run.clone());
        }
        let run = self.look_up(workflow_id)?;
        if !ends {
            if runs.len() >= RUNS_MAX {
                runs.clear();
            }
            runs.insert(workflow_id.to_owned(), run.clone());
        }
        Some(run)
    }

    fn look_up(&self, workflow_id: &str) -> Option<Traced> {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner).as_ref()?.upgrade()?;
        let (_, number) = workflow_id.rsplit_once('-')?;
        let run = summary(store.as_ref(), RunNumber::parse(self.service.slug, number)?)?;
        let parent = run.child.as_ref().and_then(|child| summary(store.as_ref(), child.parent));
        Some(Traced::new(&run, parent.as_ref()))
    }
}

/// A run without its data, which may be large.
fn summary(store: &dyn Observer, run: RunNumber) -> Option<RunSummary> {
    let before = Some(RunNumber(run.0.checked_add(1)?));
    let filter = RunFilter { before, count_max: Some(1), ..RunFilter::default() };
    store.list_runs(&filter).ok()?.into_iter().find(|found| found.run == run)
}

#[cfg(test)]
mod tests;
