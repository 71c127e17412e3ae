//! Concurrency: whether a new run may start while another one of the same slot is active.
//!
//! This process owns the store, so an active run is an interrupted one. In the foreground nothing can queue: where the
//! specification queues, the start is refused and says what to do.

use breyta_core::{Map, Value, print};
use breyta_engine::driver::Engine;
use breyta_engine::store::{RunFilter, RunStatus, RunSummary};

use super::Session;
use crate::contract::Policy;
use crate::failure::Failure;

/// How a run got its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Started,
    /// Active runs of the slot were cancelled.
    Superseded,
    /// Runs of another version stay active beside it.
    Coexisted,
}

impl Decision {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Superseded => "superseded",
            Self::Coexisted => "coexisted",
        }
    }
}

/// Makes room for a run with this input, or refuses it.
pub(super) async fn take(session: &Session<'_>, engine: &Engine, input: &Map) -> Result<Decision, Failure> {
    let key = key(session, input)?;
    let mut active = Vec::new();
    for run in active_runs(engine)? {
        if key.is_none() || same_key(session, engine, &run, key.as_ref())? {
            active.push(run);
        }
    }
    if active.is_empty() {
        return Ok(Decision::Started);
    }
    let other_version_only = active.iter().all(|run| run.version != session.flow.version);
    match session.contract.concurrency.policy {
        Policy::Supersede => {
            for run in &active {
                engine.cancel(&run.workflow_id, Some("superseded by a new run")).await?;
            }
            Ok(Decision::Superseded)
        }
        Policy::Coexist if other_version_only => Ok(Decision::Coexisted),
        Policy::Drain | Policy::Coexist => Err(taken(&active)),
    }
}

/// The runs that hold a slot, oldest first.
pub(super) fn active_runs(engine: &Engine) -> Result<Vec<RunSummary>, Failure> {
    let statuses = vec![RunStatus::Running, RunStatus::Waiting];
    let mut runs = engine.store().list_runs(&RunFilter { statuses, ..RunFilter::default() })?;
    runs.reverse();
    Ok(runs)
}

/// The value that tells keyed runs apart; None for singletons.
fn key(session: &Session<'_>, input: &Map) -> Result<Option<Value>, Failure> {
    let Some(path) = &session.contract.concurrency.key_path else { return Ok(None) };
    let value = value_at(input, path).ok_or_else(|| {
        let key = path.join(".");
        let message = format!("runs of this flow are told apart by the input \"{key}\", which is missing");
        let mut details = Map::new();
        details.insert_keyword("key", key);
        Failure::new("concurrency_key_missing", message).with_details(details)
    })?;
    Ok(Some(value))
}

fn value_at(input: &Map, path: &[String]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let value = input.get_keyword(first)?;
    let found = rest.iter().try_fold(value, |value, key| value.field(key))?;
    (!found.is_nil()).then(|| found.clone())
}

fn same_key(
    session: &Session<'_>,
    engine: &Engine,
    run: &RunSummary,
    key: Option<&Value>,
) -> Result<bool, Failure> {
    let Some(record) = engine.store().find_run(run.run)? else { return Ok(false) };
    let path = session.contract.concurrency.key_path.as_deref().unwrap_or_default();
    Ok(record.input.as_map().and_then(|input| value_at(input, path)).as_ref() == key)
}

fn taken(active: &[RunSummary]) -> Failure {
    let ids: Vec<Value> = active.iter().map(|run| Value::from(run.workflow_id.as_str())).collect();
    let shown: Vec<String> = ids.iter().map(print::str_text).collect();
    let mut details = Map::new();
    details.insert_keyword("active", Value::Vector(ids.into()));
    let message = format!(
        "{} is not finished and holds the slot of this flow; carry it on with `runs resume`, or end it with `runs cancel`",
        shown.join(", ")
    );
    Failure::new("run_slot_taken", message).with_details(details)
}
