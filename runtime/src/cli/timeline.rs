//! Runs and their journals as the envelope and as people see them.

use std::fmt::Write;

use breyta_core::print;
use breyta_core::{Map, Value, Vector};
use breyta_engine::journal::{Entry, Event, StepExecution};
use breyta_engine::size::json_bytes;
use breyta_engine::store::{RunRecord, RunStatus, RunSummary};

/// How much of a value a tree shows.
const PREVIEW_CHARS: usize = 100;

/// How many bytes of step outputs, as JSON, a run record shows; from then on it says how large they are.
const OUTPUTS_BYTES_MAX: u64 = 10_000_000;

/// A run record without its data.
pub(super) fn summary(slug: &str, run: &RunSummary) -> Map {
    let mut map = Map::new();
    map.insert_keyword("workflowId", run.workflow_id.as_str());
    map.insert_keyword("flowSlug", slug);
    map.insert_keyword("version", run.version.as_str());
    map.insert_keyword("status", run.status.word());
    map.insert_keyword("triggeredBy", run.trigger.as_str());
    map.insert_keyword("startedAt", print::instant_text(run.started_ms));
    map.insert_keyword("updatedAt", print::instant_text(run.updated_ms));
    if let Some(ended_ms) = run.ended_ms {
        map.insert_keyword("completedAt", print::instant_text(ended_ms));
    }
    if !run.status.is_end() {
        map.insert_keyword("currentStep", run.state.as_str());
    }
    map.insert_keyword("stepCount", i64::try_from(run.steps).unwrap_or(i64::MAX));
    if let Some((code, message)) = &run.attention {
        let mut attention = Map::new();
        attention.insert_keyword("code", code.as_str());
        attention.insert_keyword("message", message.as_str());
        map.insert_keyword("attention", attention);
    }
    map
}

/// The whole run record with its steps.
pub(super) fn record(slug: &str, record: &RunRecord, journal: &[Entry]) -> Map {
    let mut map = summary(slug, &record.summary);
    map.insert_keyword("input", record.input.clone());
    if let Some(result) = &record.result {
        map.insert_keyword("result", result.clone());
    }
    if let Some(error) = &record.error {
        map.insert_keyword("error", super::run::failed(error).to_value());
    }
    if record.cancel_requested {
        map.insert_keyword("cancelRequested", true);
    }
    let mut left = OUTPUTS_BYTES_MAX;
    map.insert_keyword(
        "steps",
        journal.iter().filter_map(|entry| step(entry, &mut left)).collect::<Vector>(),
    );
    map
}

/// One executed step. `left` is how many bytes of outputs may still be shown.
fn step(entry: &Entry, left: &mut u64) -> Option<Value> {
    let execution = entry.event.execution().filter(|_| entry.event.ends_step())?;
    let mut map = Map::new();
    map.insert_keyword("stepId", execution.step.as_str());
    if execution.point != execution.step {
        map.insert_keyword("point", execution.point.as_str());
    }
    map.insert_keyword("stepType", execution.family.as_str());
    map.insert_keyword("status", status(&entry.event));
    map.insert_keyword("count", i64::try_from(execution.count).unwrap_or(i64::MAX));
    map.insert_keyword("attempt", i64::from(execution.attempt));
    map.insert_keyword("startedAt", print::instant_text(execution.started_ms));
    map.insert_keyword("completedAt", print::instant_text(execution.ended_ms));
    map.insert_keyword("durationMs", execution.ended_ms - execution.started_ms);
    match (&entry.event, &entry.value) {
        (Event::StepFailed { .. }, Some(error)) => map.insert_keyword("error", error.clone()),
        (_, Some(output)) => {
            let bytes = json_bytes(output);
            if bytes <= *left {
                *left -= bytes;
                map.insert_keyword("output", output.clone());
            } else {
                *left = 0;
                map.insert_keyword("outputBytes", i64::try_from(bytes).unwrap_or(i64::MAX));
            }
        }
        (_, None) => {}
    }
    Some(Value::Map(map))
}

fn status(event: &Event) -> &'static str {
    match event {
        Event::StepFailed { .. } => "failed",
        Event::StepCancelled { .. } => "cancelled",
        Event::StepRetried { .. } => "retrying",
        Event::StepParked { .. } => "waiting",
        Event::StepAnswered { .. } => "answered",
        _ => "completed",
    }
}

/// The timeline, oldest first; types as the public command line reads them (`step_completed`).
pub(super) fn items(journal: &[Entry]) -> Vector {
    journal.iter().map(|entry| Value::Map(item(entry))).collect()
}

fn item(entry: &Entry) -> Map {
    let mut map = Map::new();
    map.insert_keyword("type", entry.event.word().replace('-', "_"));
    map.insert_keyword("at", print::instant_text(entry.at_ms));
    if let Some(execution) = entry.event.execution() {
        map.insert_keyword("stepId", execution.step.as_str());
        map.insert_keyword("stepType", execution.family.as_str());
        map.insert_keyword("status", status(&entry.event));
        map.insert_keyword("count", i64::try_from(execution.count).unwrap_or(i64::MAX));
    }
    match &entry.event {
        Event::RunStarted { version, trigger } => {
            map.insert_keyword("version", version.as_str());
            map.insert_keyword("triggeredBy", trigger.as_str());
        }
        Event::StepFailed { handled, .. } => map.insert_keyword("handled", *handled),
        Event::Note { label, choice } => {
            map.insert_keyword("label", label.as_str());
            map.insert_keyword("choice", choice.as_str());
            if let Some(round) = choice.strip_prefix("round ").and_then(|round| round.parse::<i64>().ok()) {
                map.insert_keyword("iteration", round);
            }
        }
        Event::Warning { code, point, message } => {
            map.insert_keyword("code", code.as_str());
            map.insert_keyword("point", point.as_str());
            map.insert_keyword("message", message.as_str());
        }
        Event::RunCancelled { reason: Some(reason) } => map.insert_keyword("reason", reason.as_str()),
        Event::RunNeedsAttention { code, message } => {
            map.insert_keyword("code", code.as_str());
            map.insert_keyword("message", message.as_str());
        }
        Event::StepRetried { next_ms, .. } => {
            map.insert_keyword("nextAttemptAt", print::instant_text(*next_ms));
        }
        Event::StepParked { why, until_ms, .. } => {
            map.insert_keyword("why", why.as_str());
            if let Some(until_ms) = until_ms {
                map.insert_keyword("until", print::instant_text(*until_ms));
            }
        }
        Event::StepAnswered { why, answer, .. } => {
            map.insert_keyword("why", why.as_str());
            map.insert_keyword("answer", answer.as_str());
        }
        Event::StepMetered { point, count, unit, micros, label } => {
            map.insert_keyword("point", point.as_str());
            map.insert_keyword("count", i64::try_from(*count).unwrap_or(i64::MAX));
            map.insert_keyword("unit", unit.as_str());
            map.insert_keyword("costMicros", *micros);
            map.insert_keyword("label", label.as_str());
        }
        Event::RunForked { run, step } => {
            map.insert_keyword("forkedFrom", run.as_str());
            map.insert_keyword("beforeStep", step.as_str());
        }
        Event::StepCompleted { .. }
        | Event::StepCancelled { .. }
        | Event::RunCompleted
        | Event::RunFailed
        | Event::RunReopened
        | Event::RunCancelled { reason: None } => {}
    }
    map
}

/// One line of `runs list` for people.
pub(super) fn line(run: &RunSummary) -> String {
    let at = if run.status.is_end() { String::new() } else { format!("  at {}", run.state) };
    let attention = run.attention.as_ref().map(|(code, _)| format!("  needs attention[{code}]"));
    let attention = attention.unwrap_or_default();
    format!(
        "{:<5} {:<10} {}  {} steps{at}{attention}",
        run.run.to_string(),
        run.status.word(),
        print::instant_text(run.started_ms),
        run.steps
    )
}

/// A run as a tree: head, steps and remarks in order, end.
pub(super) fn tree(record: &RunRecord, journal: &[Entry]) -> String {
    let run = &record.summary;
    let mut text = format!("{} {}\n", run.workflow_id, run.status.word());
    // Writing into a String cannot fail.
    let _ = writeln!(
        text,
        "├─ started {} by {}, version {}",
        print::instant_text(run.started_ms),
        run.trigger,
        run.version
    );
    let _ = writeln!(text, "├─ input {}", preview(&record.input));
    for entry in journal {
        if let Some(line) = branch(entry) {
            let _ = writeln!(text, "├─ {line}");
        }
    }
    let last = match (&record.result, &record.error) {
        _ if run.attention.is_some() => {
            format!("parked at {}; `runs retry` lets it go on, `runs cancel` ends it", run.state)
        }
        (Some(result), _) => format!("result {}", preview(result)),
        (_, Some(error)) => {
            let failure = super::run::failed(error);
            format!("error[{}] {}", failure.code, failure.message)
        }
        _ if matches!(run.status, RunStatus::Running) => {
            format!("at {}; `runs resume` carries it on", run.state)
        }
        _ => run.status.word().to_owned(),
    };
    let took =
        run.ended_ms.map(|ended_ms| format!(" after {} ms", ended_ms - run.started_ms)).unwrap_or_default();
    let _ = writeln!(text, "└─ {last}{took}");
    text
}

fn branch(entry: &Entry) -> Option<String> {
    let described = |execution: &StepExecution| {
        let again = if execution.count > 1 { format!(" #{}", execution.count) } else { String::new() };
        let attempt =
            if execution.attempt > 1 { format!(", attempt {}", execution.attempt) } else { String::new() };
        let took_ms = execution.ended_ms - execution.started_ms;
        format!("{}{again} ({}{attempt}) {took_ms} ms", execution.point, execution.family)
    };
    let value = || entry.value.as_ref().map(preview).unwrap_or_default();
    Some(match &entry.event {
        Event::StepCompleted { execution } => format!("{} → {}", described(execution), value()),
        Event::StepFailed { execution, handled } => {
            let handled = if *handled { "failed, handled" } else { "failed" };
            let message = entry.value.as_ref().and_then(|error| error.field("message")).map(print::str_text);
            format!("{} {handled}: {}", described(execution), message.unwrap_or_default())
        }
        Event::StepCancelled { execution } => format!("{} cancelled", described(execution)),
        Event::StepRetried { execution, next_ms } => {
            let message = entry.value.as_ref().and_then(|error| error.field("message")).map(print::str_text);
            let next = print::instant_text(*next_ms);
            format!("{} failed, again at {next}: {}", described(execution), message.unwrap_or_default())
        }
        Event::StepParked { execution, why, until_ms } => {
            let until = until_ms.map(|until_ms| format!(" until {}", print::instant_text(until_ms)));
            format!("{} rests ({why}){}", execution.point, until.unwrap_or_default())
        }
        Event::StepAnswered { execution, why, answer } => {
            format!("{} answered ({why}): {answer} {}", execution.point, value())
        }
        Event::StepMetered { point, unit, micros, .. } => format!("{point} costs {micros} micros per {unit}"),
        Event::Note { label, choice } if choice.is_empty() => label.clone(),
        Event::Note { label, choice } => format!("{label}: {choice}"),
        Event::Warning { code, message, .. } => format!("warning[{code}] {message}"),
        Event::RunNeedsAttention { code, message } => format!("needs attention[{code}] {message}"),
        Event::RunCancelled { reason: Some(reason) } => format!("cancelled: {reason}"),
        Event::RunFailed => format!("failed: {}", value()),
        Event::RunReopened => "tried again".to_owned(),
        Event::RunForked { run, step } => format!("forked from {run}, before {step}"),
        Event::RunStarted { .. } | Event::RunCompleted | Event::RunCancelled { reason: None } => {
            return None;
        }
    })
}

fn preview(value: &Value) -> String {
    let text = print::pr_str(value);
    let start: String = text.chars().take(PREVIEW_CHARS).collect();
    if start.len() < text.len() { start + "…" } else { start }
}

#[cfg(test)]
mod tests;
