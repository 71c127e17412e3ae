//! `run`: starts a run and carries it on until it ends.

use std::io::Read;

use breyta_core::json::{self, Keys};
use breyta_core::{Map, Value, Vector};
use breyta_engine::driver::{Engine, RunEnd, StartedRun};
use breyta_engine::store::{RunFilter, RunNumber, workflow_id};

use super::arguments::RunOptions;
use super::slot::{self, Decision};
use super::{Answer, Session, storage};
use crate::bindings::Bindings;
use crate::failure::Failure;
use crate::inputs;

pub(super) fn run(session: &Session<'_>, options: &RunOptions) -> Result<Answer, Failure> {
    let given = match &options.input {
        Some(text) => read_input(session, text)?,
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
    // Everything checked: from here on the data directory is touched.
    let save = options.bindings.is_some().then(|| bindings.clone());
    let engine = storage::engine(session, bindings)?;
    if let Some(bindings) = save {
        bindings.save(&session.directory)?;
    }
    Session::wait(drive(session, &engine, input, options.no_wait))?
}

async fn drive(session: &Session<'_>, engine: &Engine, input: Map, no_wait: bool) -> Result<Answer, Failure> {
    let decision = slot::take(session, engine, &input).await?;
    let started = start(session, engine, input).await?;
    if no_wait {
        let mut data = run_data(&started.workflow_id, "running");
        data.insert_keyword("concurrencyDecision", decision.word());
        let human = format!("{} is started; `runs resume` carries it on", started.workflow_id);
        return Ok(Answer::Data { data: Value::Map(data), human });
    }
    let end = engine.drive(&started.workflow_id).await;
    let (mut data, human) = outcome(&started.workflow_id, end)?;
    if decision != Decision::Started {
        data.insert_keyword("concurrencyDecision", decision.word());
    }
    Ok(Answer::Data { data: Value::Map(data), human })
}

/// Starts the run with its context keys in the input.
async fn start(session: &Session<'_>, engine: &Engine, mut input: Map) -> Result<StartedRun, Failure> {
    // This process owns the store, so the next number is known before the run is there.
    let newest = engine.store().list_runs(&RunFilter { count_max: Some(1), ..RunFilter::default() })?;
    let number = RunNumber(newest.first().map_or(0, |run| run.run.0) + 1);
    let expected = workflow_id(session.flow.slug, number);
    let mut context = Map::new();
    context.insert_keyword("workflow-id", expected.as_str());
    context.insert_keyword("flow-slug", session.flow.slug);
    context.insert_keyword("version", session.flow.version);
    context.insert_keyword("started-at-ms", engine.world().now_ms());
    input.insert_keyword("flow/ctx", context);
    let started = engine.start(Value::Map(input), "manual").await?;
    if started.workflow_id != expected {
        engine.cancel(&started.workflow_id, Some("started under another number than foreseen")).await?;
        let message =
            format!("the run became {} where {expected} was foreseen; start it again", started.workflow_id);
        return Err(Failure::new("store-conflict", message));
    }
    Ok(started)
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
            Err(failed(&error).with_data(Value::Map(run_data(workflow_id, "failed"))))
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

/// The JSON object of `--input`: text, `@FILE` or `@-`.
fn read_input(session: &Session<'_>, argument: &str) -> Result<Map, Failure> {
    let bytes_max = session.limits.input_bytes_max;
    let (text, origin) = match argument.strip_prefix('@') {
        None => (argument.to_owned(), "--input".to_owned()),
        Some(file) => {
            let bytes = if file == "-" {
                read_bounded(std::io::stdin().lock(), bytes_max)
            } else {
                std::fs::File::open(file).and_then(|file| read_bounded(file, bytes_max))
            };
            let origin =
                if file == "-" { "the input on stdin".to_owned() } else { format!("the input file {file}") };
            let bytes = bytes.map_err(|error| {
                Failure::new("input-unreadable", format!("cannot read {origin}: {error}"))
            })?;
            check_size(bytes.len(), bytes_max, &origin)?;
            let text = String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                Failure::new("invalid-input", format!("{origin} is not UTF-8 (at byte {at})"))
            })?;
            (text, origin)
        }
    };
    check_size(text.len(), bytes_max, &origin)?;
    let value = json::parse(&text, Keys::Keywords).map_err(|error| {
        let mut details = Map::new();
        details.insert_keyword("line", i64::from(error.line));
        details.insert_keyword("column", i64::from(error.column));
        Failure::new("invalid-input", format!("{origin} is no JSON: {error}")).with_details(details)
    })?;
    match with_safe_keywords(value) {
        Value::Map(input) => Ok(input),
        other => {
            let message =
                format!("{origin} must be a JSON object like {{\"n\":1}}, not {}", other.type_name());
            Err(Failure::new("invalid-input", message))
        }
    }
}

/// At most one byte more than is allowed: an endless input must not fill the memory.
fn read_bounded(from: impl Read, bytes_max: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map(|_| bytes)
}

fn check_size(bytes: usize, bytes_max: u64, origin: &str) -> Result<(), Failure> {
    if bytes as u64 <= bytes_max {
        return Ok(());
    }
    let message = format!("{origin} has more than {bytes_max} bytes, the limit input-bytes-max");
    Err(Failure::new("limit-exceeded", message))
}

/// Keys that could be written as keywords are keywords, all others strings.
fn with_safe_keywords(value: Value) -> Value {
    match value {
        Value::Map(map) => Value::Map(
            map.iter()
                .map(|(key, value)| {
                    let key = match key {
                        Value::Keyword(keyword) if !is_safe(keyword.full()) => Value::string(keyword.full()),
                        key => key.clone(),
                    };
                    (key, with_safe_keywords(value.clone()))
                })
                .collect(),
        ),
        Value::Vector(items) => Value::Vector(items.into_iter().map(with_safe_keywords).collect::<Vector>()),
        other => other,
    }
}

fn is_safe(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '?' | '!' | '*' | '/'))
}
