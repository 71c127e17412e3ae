//! `runs cancel|retry|fork`: what a person does to a run that is there. Where another process serves the data directory,
//! that process does it.

use breyta_core::{Map, Value};
use breyta_engine::driver::Engine;
use breyta_engine::service::{FORK, REOPEN, fork_body, run_body};
use breyta_engine::store::{Admission, CancelAnswer, Observer, RunNumber, workflow_id};

use super::owner::{self, Owner};
use super::runs::{number, unknown};
use super::{Answer, Session, run, slot, storage};
use crate::bindings::Bindings;
use crate::failure::Failure;

/// How a run is ended.
#[derive(Clone, Debug)]
pub(super) struct Cancel {
    pub(super) id: String,
    pub(super) reason: Option<String>,
    /// Not gracefully: the run counts as terminated.
    pub(super) force: bool,
}

/// Ends a run at once when nobody drives it; asks the process that does otherwise.
pub(super) fn cancel(session: &Session<'_>, cancel: &Cancel) -> Result<Answer, Failure> {
    let number = number(session, &cancel.id)?;
    let Some(store) = storage::observer(session)? else { return Err(unknown(&cancel.id)) };
    let (workflow_id, reason) = (workflow_id(session.flow.slug, number), cancel.reason.as_deref());
    let word = if cancel.force { "terminated" } else { "cancelled" };
    match storage::engine(session, Bindings::default()) {
        Ok(engine) => {
            Session::wait(async {
                if cancel.force {
                    engine.terminate(&workflow_id, reason).await?;
                } else {
                    engine.cancel(&workflow_id, reason).await?;
                }
                // Nobody else would end the runs that it called.
                engine.end_requested().await
            })??;
            let data = run::run_data(&workflow_id, word);
            Ok(Answer::Data { data: Value::Map(data), human: format!("{workflow_id} is {word}") })
        }
        Err(failure) if failure.code == LOCKED => {
            let at_ms = session.now_ms();
            let answer = if cancel.force {
                store.request_terminate(number, reason, at_ms)?
            } else {
                store.request_cancel(number, reason, at_ms)?
            };
            requested(&workflow_id, answer)
        }
        Err(failure) => Err(failure),
    }
}

/// The code of [`breyta_engine::store::StoreError::Locked`].
const LOCKED: &str = "store-locked";

fn requested(workflow_id: &str, answer: CancelAnswer) -> Result<Answer, Failure> {
    match answer {
        CancelAnswer::Requested => {
            let mut data = run::run_data(workflow_id, "running");
            data.insert_keyword("cancelRequested", true);
            let human = format!("{workflow_id} is being carried on elsewhere; it was asked to stop");
            Ok(Answer::Data { data: Value::Map(data), human })
        }
        CancelAnswer::AlreadyEnded(status) => {
            let message = format!("run {workflow_id} has ended already: {}", status.word());
            let data = Value::Map(run::run_data(workflow_id, status.word()));
            Err(Failure::new("already_completed", message).with_data(data))
        }
    }
}

/// A run that is to begin again.
#[derive(Clone, Debug)]
pub(super) struct Again {
    pub(super) id: String,
    pub(super) no_wait: bool,
    /// Of a fork: the step that it begins before.
    pub(super) from: Option<String>,
}

/// Lets a run that did not complete go on from where it stood.
pub(super) fn retry(session: &Session<'_>, again: &Again) -> Result<Answer, Failure> {
    let number = existing(session, again)?;
    loop {
        let bindings = complete_bindings(session)?;
        match owner::find(session, bindings)? {
            Owner::This(engine) => {
                Session::wait(engine.reopen(&again.id))??;
                return carry_on(session, &engine, number, again.no_wait, None);
            }
            Owner::Serving(reader) => {
                let Some(answer) = owner::hand_over(session, &reader, REOPEN, &run_body(number))? else {
                    continue;
                };
                let number = owner::created_elsewhere(answer)?;
                if let Some(answer) = followed(session, &reader, number, again.no_wait)? {
                    return Ok(answer);
                }
                return resumed(session, number);
            }
        }
    }
}

/// Starts another run with the input of one that is there, or in the state that it had before a step.
pub(super) fn fork(session: &Session<'_>, again: &Again) -> Result<Answer, Failure> {
    let number = existing(session, again)?;
    let admission = admission_like(session, number)?;
    loop {
        let bindings = complete_bindings(session)?;
        match owner::find(session, bindings)? {
            Owner::This(engine) => {
                let created = Session::wait(async {
                    match &again.from {
                        Some(from) => engine.fork(&again.id, from, admission.clone(), None).await,
                        None => engine.start_again(&again.id, admission.clone(), None).await,
                    }
                })??;
                return carry_on(session, &engine, created.run, again.no_wait, Some(created.decision.word()));
            }
            Owner::Serving(reader) => {
                let body = fork_body(number, again.from.as_deref(), &admission);
                let Some(answer) = owner::hand_over(session, &reader, FORK, &body)? else { continue };
                let number = owner::created_elsewhere(answer)?;
                if let Some(answer) = followed(session, &reader, number, again.no_wait)? {
                    return Ok(answer);
                }
                return resumed(session, number);
            }
        }
    }
}

fn existing(session: &Session<'_>, again: &Again) -> Result<RunNumber, Failure> {
    let number = number(session, &again.id)?;
    let store = storage::observer(session)?.ok_or_else(|| unknown(&again.id))?;
    store.find_run(number)?.map(|_| number).ok_or_else(|| unknown(&again.id))
}

fn admission_like(session: &Session<'_>, number: RunNumber) -> Result<Admission, Failure> {
    let store = storage::observer(session)?;
    let record = store.map(|store| store.find_run(number)).transpose()?.flatten();
    let input = record.and_then(|record| record.input.as_map().cloned()).unwrap_or_default();
    slot::admission(session, &input)
}

fn complete_bindings(session: &Session<'_>) -> Result<Bindings, Failure> {
    let bindings = Bindings::load(&session.directory, &session.contract)?;
    bindings.check_complete()?;
    Ok(bindings)
}

/// As the owner: to the end, or not at all.
fn carry_on(
    session: &Session<'_>,
    engine: &Engine,
    number: RunNumber,
    no_wait: bool,
    decision: Option<&'static str>,
) -> Result<Answer, Failure> {
    let workflow_id = workflow_id(session.flow.slug, number);
    if no_wait {
        let mut data = run::run_data(&workflow_id, "running");
        if let Some(decision) = decision {
            data.insert_keyword("concurrencyDecision", decision);
        }
        let human = format!("{workflow_id} is running; `runs resume` carries it on");
        return Ok(Answer::Data { data: Value::Map(data), human });
    }
    Session::wait(run::finish(engine, number, decision))?
}

/// Elsewhere: to the end, or not at all. None when that process died.
fn followed(
    session: &Session<'_>,
    reader: &breyta_store::SqliteReader,
    number: RunNumber,
    no_wait: bool,
) -> Result<Option<Answer>, Failure> {
    if !no_wait {
        return owner::follow(session, reader, number);
    }
    let workflow_id = workflow_id(session.flow.slug, number);
    let human = format!("{workflow_id} is carried on by the serving process");
    let data: Map = run::run_data(&workflow_id, "running");
    Ok(Some(Answer::Data { data: Value::Map(data), human }))
}

/// The process that carried the run on died: this one does.
pub(super) fn resumed(session: &Session<'_>, number: RunNumber) -> Result<Answer, Failure> {
    super::runs::resume(session, Some(&number.to_string()))
}
