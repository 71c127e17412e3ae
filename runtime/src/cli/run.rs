//! `run`: starts a run and carries it on until it ends.

use breyta_core::{Map, Value, json};
use breyta_engine::driver::{Engine, RunEnd, Start};
use breyta_engine::service::{START, StartCommand};
use breyta_engine::store::{CommandAnswer, Decision, RunNumber, RunRecord, RunStatus, workflow_id};
use breyta_store::SqliteReader;

use super::arguments::RunOptions;
use super::owner::{self, Owner};
use super::{Answer, Session, given, say, slot};
use crate::bindings::Bindings;
use crate::failure::Failure;
use crate::inputs;

pub(super) fn run(session: &Session<'_>, options: &RunOptions) -> Result<Answer, Failure> {
    let given = match &options.input {
        Some(text) => given::INPUT.object(session, text)?,
        None => Map::new(),
    };
    let mut bindings = Bindings::load(&session.directory, &session.contract)?;
    if let Some(file) = &options.bindings {
        bindings.take_over(file, &session.contract)?;
    }
    let invocation = options.invocation.as_deref();
    let input =
        inputs::check(&session.contract, session.flow.slug, invocation, given, bindings.activation())?;
    bindings.check_complete()?;
    if options.mocks && !session.flow.draft {
        return Err(Failure::usage("--mocks is for drafts: this executable is a release".to_owned()));
    }
    let admission = slot::admission(session, &input)?;
    // Everything checked: from here on the data directory is touched.
    let save = options.bindings.is_some();
    loop {
        let owner = owner::find(session, bindings.clone())?;
        if save {
            bindings.save(&session.directory)?;
        }
        let (input, admission, trigger) = (input.clone(), admission.clone(), "manual".to_owned());
        let context = Map::new();
        match owner {
            Owner::This(engine) => {
                let start = Start { input, context, trigger, admission, mocks: options.mocks, command: None };
                return Session::wait(drive(&engine, start, options.no_wait))?;
            }
            Owner::Serving(reader) => {
                let start = StartCommand { input, context, trigger, admission, mocks: options.mocks };
                if let Some(answer) = owner::hand_over(session, &reader, START, &start.to_value())? {
                    return started_elsewhere(session, &reader, answer, options.no_wait);
                }
            }
        }
    }
}

async fn drive(engine: &Engine, start: Start, no_wait: bool) -> Result<Answer, Failure> {
    let created = engine.admit(start).await?;
    if no_wait {
        return Ok(started(&created.workflow_id, created.decision, "`runs resume`"));
    }
    let decision = (created.decision != Decision::Started).then_some(created.decision.word());
    finish(engine, created.run, decision).await
}

/// What `--no-wait` answers.
fn started(workflow_id: &str, decision: Decision, who: &str) -> Answer {
    let queued = decision == Decision::Queued;
    let mut data = run_data(workflow_id, if queued { "queued" } else { "running" });
    data.insert_keyword("concurrencyDecision", decision.word());
    let how = if queued { "is queued" } else { "is started" };
    Answer::Data { data: Value::Map(data), human: format!("{workflow_id} {how}; {who} carries it on") }
}

fn started_elsewhere(
    session: &Session<'_>,
    reader: &SqliteReader,
    answer: CommandAnswer,
    no_wait: bool,
) -> Result<Answer, Failure> {
    let decision = Decision::from_word(&answer.word);
    let number = owner::created_elsewhere(answer)?;
    if no_wait {
        let workflow_id = workflow_id(session.flow.slug, number);
        let decision = decision.unwrap_or(Decision::Started);
        return Ok(started(&workflow_id, decision, "the serving process"));
    }
    match owner::follow(session, reader, number)? {
        Some(answer) => Ok(answer),
        None => super::lifecycle::resumed(session, number),
    }
}

/// Carries a run on until it has ended. One that is queued has its turn when those before it have ended: they are
/// carried on first, and those that it supersedes are ended.
pub(super) async fn finish(
    engine: &Engine,
    number: RunNumber,
    decision: Option<&'static str>,
) -> Result<Answer, Failure> {
    engine.end_requested().await?;
    while let Some(ahead) = ahead_of(engine, number).await? {
        say(&format!("{ahead} holds the slot of this flow and is carried on first"));
        engine.drive(&ahead).await?;
    }
    let workflow_id = workflow_id(engine.program().slug(), number);
    let (mut data, human) = outcome(&workflow_id, engine.drive(&workflow_id).await)?;
    if let Some(decision) = decision {
        data.insert_keyword("concurrencyDecision", decision);
    }
    Ok(Answer::Data { data: Value::Map(data), human })
}

/// The workflow id of a run that a queued one waits for; None when it is not queued, or its turn has come.
async fn ahead_of(engine: &Engine, number: RunNumber) -> Result<Option<String>, Failure> {
    let store = engine.store();
    // As the owner: looking as others do needs a connection of its own, and hardly any run is queued.
    let queued = store.load_run(number).await?.is_some_and(|run| run.status == RunStatus::Queued);
    if !queued {
        return Ok(None);
    }
    Ok(store.holder_of(number)?.map(|holder| workflow_id(engine.program().slug(), holder)))
}

/// How a run ended, from its record.
pub(super) fn end_of(record: &RunRecord) -> RunEnd {
    let data = |value: &Option<Value>| value.clone().unwrap_or_default();
    match record.summary.status {
        RunStatus::Completed => RunEnd::Completed(data(&record.result)),
        RunStatus::Failed | RunStatus::TimedOut => RunEnd::Failed(data(&record.error)),
        RunStatus::Cancelled => RunEnd::Cancelled { reason: None },
        other => RunEnd::Other(other),
    }
}

/// The `data` of an ended run with its text for people; a run that did not complete is a failure.
pub(super) fn outcome(
    workflow_id: &str,
    end: Result<RunEnd, breyta_engine::error::EngineError>,
) -> Result<(Map, String), Failure> {
    match end {
        Ok(RunEnd::Completed(result)) => {
            let mut data = run_data(workflow_id, "completed");
            let human =
                format!("{workflow_id} completed\n{}", json::emit_pretty(&result).unwrap_or_default());
            data.insert_keyword("result", result);
            Ok((data, human))
        }
        Ok(RunEnd::Failed(error)) => {
            let timed_out = error.field("type").and_then(Value::as_str) == Some("run-timeout");
            let status = if timed_out { RunStatus::TimedOut } else { RunStatus::Failed };
            Err(failed(&error).with_data(Value::Map(run_data(workflow_id, status.word()))))
        }
        Ok(RunEnd::Cancelled { reason }) => {
            let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
            let failure = Failure::new("run-cancelled", format!("{workflow_id} was cancelled{reason}"));
            Err(failure.with_data(Value::Map(run_data(workflow_id, "cancelled"))))
        }
        Ok(RunEnd::Other(status)) => {
            let failure = Failure::new("run-ended", format!("{workflow_id} has ended: {}", status.word()));
            Err(failure.with_data(Value::Map(run_data(workflow_id, status.word()))))
        }
        Err(error) => Err(Failure::from(error).with_data(Value::Map(run_data(workflow_id, "running")))),
    }
}

/// The error map of a failed run as the envelope's error.
pub(super) fn failed(error: &Value) -> Failure {
    let text = |key: &str| error.field(key).and_then(Value::as_name).map(str::to_owned);
    let mut details = error.as_map().cloned().unwrap_or_default();
    for key in ["type", "message"] {
        details.remove(&Value::keyword(key));
    }
    let failure = Failure::new(
        text("type").unwrap_or_else(|| "step-failed".to_owned()),
        text("message").unwrap_or_else(|| "the run failed".to_owned()),
    );
    if details.is_empty() { failure } else { failure.with_details(details) }
}

pub(super) fn run_data(workflow_id: &str, status: &'static str) -> Map {
    let mut data = Map::new();
    data.insert_keyword("workflowId", workflow_id);
    data.insert_keyword("status", status);
    data
}
