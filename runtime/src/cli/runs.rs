//! `runs list|show|resume|cancel`.

use std::time::{SystemTime, UNIX_EPOCH};

use breyta_core::{Map, Value, Vector};
use breyta_engine::driver::Engine;
use breyta_engine::store::{CancelAnswer, Observer, RunFilter, RunNumber, RunStatus, workflow_id};

use super::{Answer, Session, run, slot, storage, timeline};
use crate::bindings::Bindings;
use crate::failure::Failure;

pub(super) fn list(session: &Session<'_>, status: Option<&str>) -> Result<Answer, Failure> {
    let statuses = match status {
        None => Vec::new(),
        Some(word) => vec![RunStatus::from_word(word).ok_or_else(|| {
            let words: Vec<_> = RunStatus::ALL.iter().map(|status| status.word()).collect();
            Failure::usage(format!("--status is one of {}, not \"{word}\"", words.join(", ")))
        })?],
    };
    let runs = match storage::observer(session)? {
        Some(store) => store.list_runs(&RunFilter { statuses, ..RunFilter::default() })?,
        None => Vec::new(),
    };
    let human = if runs.is_empty() {
        "no runs".to_owned()
    } else {
        runs.iter().map(timeline::line).collect::<Vec<_>>().join("\n")
    };
    let items =
        runs.iter().map(|run| Value::Map(timeline::summary(session.flow.slug, run))).collect::<Vector>();
    let mut data = Map::new();
    data.insert_keyword("runs", items);
    Ok(Answer::Data { data: Value::Map(data), human })
}

pub(super) fn show(session: &Session<'_>, id: &str) -> Result<Answer, Failure> {
    let number = number(session, id)?;
    let store = storage::observer(session)?.ok_or_else(|| unknown(id))?;
    let record = store.find_run(number)?.ok_or_else(|| unknown(id))?;
    let journal = store.journal(number)?;
    let mut data = Map::new();
    data.insert_keyword("run", timeline::record(session.flow.slug, &record, &journal));
    data.insert_keyword("timeline", timeline::items(&journal));
    Ok(Answer::Data { data: Value::Map(data), human: timeline::tree(&record, &journal) })
}

pub(super) fn resume(session: &Session<'_>, id: Option<&str>) -> Result<Answer, Failure> {
    if storage::observer(session)?.is_none() {
        return match id {
            Some(id) => Err(unknown(id)),
            None => Ok(resumed(Vec::new())),
        };
    }
    let bindings = Bindings::load(&session.directory, &session.contract)?;
    bindings.check_complete()?;
    let engine = storage::engine(session, bindings)?;
    match id {
        Some(id) => {
            let workflow_id = workflow_id(session.flow.slug, number(session, id)?);
            let end = Session::wait(engine.drive(&workflow_id))?;
            let (data, human) = run::outcome(&workflow_id, end)?;
            Ok(Answer::Data { data: Value::Map(data), human })
        }
        None => Session::wait(resume_all(&engine))?,
    }
}

async fn resume_all(engine: &Engine) -> Result<Answer, Failure> {
    let mut ends = Vec::new();
    let mut failures = 0;
    for run in slot::active_runs(engine)? {
        let workflow_id = run.workflow_id;
        ends.push(match run::outcome(&workflow_id, engine.drive(&workflow_id).await) {
            Ok(ended) => ended,
            Err(failure) => {
                failures += 1;
                let mut data = failure.data.as_map().cloned().unwrap_or_default();
                data.insert_keyword("error", failure.to_value());
                (data, format!("{workflow_id} error[{}]: {}", failure.code, failure.message))
            }
        });
    }
    if failures == 0 {
        return Ok(resumed(ends));
    }
    let message = format!("{failures} of {} resumed runs did not complete", ends.len());
    let data = runs_data(&ends);
    Err(Failure::new("runs-not-completed", message).with_data(data))
}

fn resumed(ends: Vec<(Map, String)>) -> Answer {
    let human = if ends.is_empty() {
        "no interrupted runs".to_owned()
    } else {
        ends.iter().map(|(_, human)| human.as_str()).collect::<Vec<_>>().join("\n")
    };
    Answer::Data { data: runs_data(&ends), human }
}

fn runs_data(ends: &[(Map, String)]) -> Value {
    let mut data = Map::new();
    data.insert_keyword("runs", ends.iter().map(|(run, _)| Value::Map(run.clone())).collect::<Vector>());
    Value::Map(data)
}

/// Ends a run at once when nobody drives it; asks the process that does otherwise.
pub(super) fn cancel(session: &Session<'_>, id: &str, reason: Option<&str>) -> Result<Answer, Failure> {
    let number = number(session, id)?;
    let Some(store) = storage::observer(session)? else { return Err(unknown(id)) };
    let workflow_id = workflow_id(session.flow.slug, number);
    match storage::engine(session, Bindings::default()) {
        Ok(engine) => {
            Session::wait(engine.cancel(&workflow_id, reason))??;
            let data = run::run_data(&workflow_id, "cancelled");
            Ok(Answer::Data { data: Value::Map(data), human: format!("{workflow_id} is cancelled") })
        }
        Err(failure) if failure.code == LOCKED => {
            let at_ms = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
            match store.request_cancel(number, reason, at_ms)? {
                CancelAnswer::Requested => {
                    let mut data = run::run_data(&workflow_id, "running");
                    data.insert_keyword("cancelRequested", true);
                    let human = format!("{workflow_id} is being carried on elsewhere; it was asked to stop");
                    Ok(Answer::Data { data: Value::Map(data), human })
                }
                CancelAnswer::AlreadyEnded(status) => {
                    let message = format!("run {workflow_id} has ended already: {}", status.word());
                    let data = Value::Map(run::run_data(&workflow_id, status.word()));
                    Err(Failure::new("already_completed", message).with_data(data))
                }
            }
        }
        Err(failure) => Err(failure),
    }
}

/// The code of [`breyta_engine::store::StoreError::Locked`].
const LOCKED: &str = "store-locked";

fn number(session: &Session<'_>, id: &str) -> Result<RunNumber, Failure> {
    RunNumber::parse(session.flow.slug, id).ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Failure {
    Failure::new(
        "unknown-run",
        format!("there is no run \"{id}\" in this data directory; `runs list` shows all"),
    )
}
