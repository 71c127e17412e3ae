//! Runs that begin where another one stood: with its input, or in the state that it had just before a step.
//!
//! The state is rebuilt from the journal, and what the journal says until then becomes the beginning of the new run's
//! journal, so that it can be verified and forked itself.

use breyta_core::{Map, Value};

use super::admission::{OWN_CONTEXT, Start};
use super::replay::Replay;
use super::{Engine, slots};
use crate::error::EngineError;
use crate::journal::{Encoded, Entry, Event};
use crate::progress::Progress;
use crate::store::{
    Admission, Admitted, Checkpoint, CommandId, Created, NewRun, RunFilter, RunNumber, RunRecord,
};
use crate::world::CommitMoment;

/// A step of a run, as people name it: its id or its suspension id, and which execution of it when there are several.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    step: String,
    count: Option<u64>,
}

impl Place {
    /// `STEP` or `STEP#N`.
    fn read(text: &str) -> Self {
        let counted = text.rsplit_once('#').and_then(|(step, count)| Some((step, count.parse().ok()?)));
        match counted {
            Some((step, count)) => Self { step: step.to_owned(), count: Some(count) },
            None => Self { step: text.to_owned(), count: None },
        }
    }
}

/// A place that was found: how many entries of the journal lead there, and the state there.
struct Found {
    id: String,
    entries: usize,
    checkpoint: Checkpoint,
}

impl Engine {
    /// Starts another run with the input of one that was there, as it was committed. The context keys are its own.
    pub async fn start_again(
        &self,
        id: &str,
        admission: Admission,
        command: Option<CommandId>,
    ) -> Result<Created, EngineError> {
        let record = self.parent_record(id)?;
        let mut input = record.input.as_map().cloned().unwrap_or_default();
        // Its own keys are written over what is here.
        let context = input.get_keyword("flow/ctx").and_then(Value::as_map).cloned().unwrap_or_default();
        input.remove(&Value::keyword("flow/ctx"));
        let mut kept = Map::new();
        for (key, value) in &context {
            if !OWN_CONTEXT.iter().any(|own| Value::keyword(own) == *key) {
                kept.insert(key.clone(), value.clone());
            }
        }
        let trigger = "fork".to_owned();
        let mocks = self.is_mocked(record.summary.run).await?;
        self.admit(Start { input, context: kept, trigger, admission, mocks, command }).await
    }

    /// Starts another run in the state that one had just before a step, `STEP` or `STEP#N`. What came before is taken over
    /// and not carried out again; the input is as it was, with the context keys of the first run.
    pub async fn fork(
        &self,
        id: &str,
        from: &str,
        admission: Admission,
        command: Option<CommandId>,
    ) -> Result<Created, EngineError> {
        let record = self.parent_record(id)?;
        let (run, workflow_id) = (record.summary.run, record.summary.workflow_id);
        let version = self.program.version().to_owned();
        if record.summary.version != version {
            let run = record.summary.version;
            return Err(EngineError::VersionMismatch { workflow_id, run, program: version });
        }
        let journal = self.store.journal(run)?;
        let found = self.find_place(&workflow_id, run, &journal, &Place::read(from))?;
        let at_ms = self.world.now_ms();
        let forked = Event::RunForked { run: workflow_id.clone(), step: found.id };
        let mut history = journal.get(..found.entries).unwrap_or_default().iter().map(again);
        let broken = || mismatch(&workflow_id, "its journal is empty");
        let started = history.next().ok_or_else(broken)?;
        let mut history: Vec<Encoded> = history.collect();
        history.push(Encoded::new(at_ms, &forked, None));
        let trigger = "fork".to_owned();
        let mut checkpoint = found.checkpoint;
        if self.is_mocked(run).await? {
            let mut progress = Progress::decode(&checkpoint.progress)
                .map_err(|why| mismatch(&workflow_id, &why.to_string()))?;
            progress.mock();
            checkpoint.progress = progress.encode();
        }
        let run = NewRun { version, trigger, at_ms, started, checkpoint, child: None };
        let commit = self.before_commit();
        let created =
            self.store.admit_run(Admitted { number: None, run, history, admission, command }).await?;
        self.world.at_commit(commit, CommitMoment::After);
        self.tell_started(&created.workflow_id, at_ms, self.program.version(), "fork");
        Ok(created)
    }

    /// Whether a run was started with mocks.
    async fn is_mocked(&self, run: RunNumber) -> Result<bool, EngineError> {
        let state = self.load(run, &run.to_string()).await?;
        Ok(Progress::decode(&state.progress).is_ok_and(|progress| progress.is_mocked()))
    }

    /// A run that was called by another one begins by its parent alone.
    fn parent_record(&self, id: &str) -> Result<RunRecord, EngineError> {
        let record = self.store.find_run(self.number(id)?)?;
        let record = record.ok_or_else(|| EngineError::UnknownRun { id: id.to_owned() })?;
        match &record.summary.child {
            Some(child) => Err(EngineError::RunOfParent {
                workflow_id: record.summary.workflow_id.clone(),
                parent: self.workflow_id(child.parent),
            }),
            None => Ok(record),
        }
    }

    fn find_place(
        &self,
        workflow_id: &str,
        run: RunNumber,
        journal: &[Entry],
        place: &Place,
    ) -> Result<Found, EngineError> {
        let places = self.places(journal).map_err(|why| mismatch(workflow_id, &why))?;
        let step = place.step.as_str();
        let is_it =
            |at: &Reached| at.step == step || at.found.id.rsplit_once('#').is_some_and(|it| it.0 == step);
        let (named, others): (Vec<Reached>, Vec<Reached>) = places.into_iter().partition(is_it);
        let ids = |places: &[Reached]| places.iter().map(|at| at.found.id.clone()).collect::<Vec<_>>();
        let workflow_id = workflow_id.to_owned();
        if named.is_empty() {
            let (step, ran) = (step.to_owned(), ids(&others));
            let inside = self.child_with_step(run, &step)?;
            return Err(EngineError::UnknownStep { workflow_id, step, ran, inside });
        }
        let ran = ids(&named);
        let count_of = |at: &Reached| at.found.id.rsplit_once('#').and_then(|(_, count)| count.parse().ok());
        let wanted = named.into_iter().filter(|at| place.count.is_none() || place.count == count_of(at));
        let mut wanted: Vec<Found> = wanted.map(|at| at.found).collect();
        match (wanted.pop(), wanted.is_empty()) {
            (Some(found), true) => Ok(found),
            (None, _) => {
                let step = format!("{step}#{}", place.count.unwrap_or_default());
                Err(EngineError::UnknownStep { workflow_id, step, ran, inside: None })
            }
            (Some(_), false) => Err(EngineError::AmbiguousStep { workflow_id, step: step.to_owned(), ran }),
        }
    }

    /// Every execution of a step that a journal leads to, in order.
    fn places(&self, journal: &[Entry]) -> Result<Vec<Reached>, String> {
        let (first, rest) = journal.split_first().ok_or("its journal is empty")?;
        let mut replay = Replay::start(self.program.as_ref(), &self.limits, first)?;
        let mut places: Vec<Reached> = Vec::new();
        for entries in 1..=journal.len() {
            if let Some(entry) = entries.checked_sub(2).and_then(|index| rest.get(index)) {
                replay.feed(entry)?;
            }
            let Some(checkpoint) = replay.untouched()? else { continue };
            let Some((call, count)) = replay.asks_for() else { continue };
            let id = format!("{}#{count}", call.point);
            if places.iter().all(|known| known.found.id != id) {
                let step = call.step.to_owned();
                places.push(Reached { step, found: Found { id, entries, checkpoint } });
            }
        }
        Ok(places)
    }

    /// A child of the run in which a step of this name ran: a likely mistake.
    fn child_with_step(&self, run: RunNumber, step: &str) -> Result<Option<String>, EngineError> {
        for child in self.store.list_runs(&RunFilter::default())? {
            if child.child.as_ref().is_none_or(|of| of.parent != run) {
                continue;
            }
            let journal = self.store.journal(child.run)?;
            let executions = journal.iter().filter_map(|entry| entry.event.execution());
            if executions.into_iter().any(|execution| execution.step == step || execution.point == step) {
                return Ok(Some(child.workflow_id));
            }
        }
        Ok(None)
    }
}

/// A place with the author's id of its step.
struct Reached {
    step: String,
    found: Found,
}

/// An entry as it was stored.
fn again(entry: &Entry) -> Encoded {
    let payload = entry.value.as_ref().and_then(|value| slots::encode(value).ok());
    Encoded::new(entry.at_ms, &entry.event, payload)
}

fn mismatch(workflow_id: &str, why: &str) -> EngineError {
    EngineError::JournalMismatch { workflow_id: workflow_id.to_owned(), detail: why.to_owned() }
}
