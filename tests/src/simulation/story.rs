//! What the runs of a store came to: how each ended and its journal, without what may differ from life to life (times,
//! the numbers of runs, how a step rested). Of the children of a fan-out that one failure ended nothing is told: how far
//! the others had come by then is a race, also undisturbed.

use breyta_catalog::families::fanout::FANOUT;
use breyta_core::print::pr_str;
use breyta_core::{Map, Value, Vector};
use breyta_engine::journal::{Entry, Event, StepExecution};
use breyta_engine::store::{Observer, RunFilter, RunNumber};

/// The beginnings of the lineages of children whose fan-out failed.
pub(super) fn races(store: &dyn Observer) -> Result<Vec<String>, String> {
    let mut races = Vec::new();
    for run in store.list_runs(&RunFilter::default()).map_err(|error| error.to_string())? {
        for entry in store.journal(run.run).map_err(|error| error.to_string())? {
            if let Event::StepFailed { execution, .. } = &entry.event
                && execution.family == FANOUT.name
            {
                let StepExecution { point, count, .. } = execution;
                races.push(format!("{}/{point}#{count}/", lineage(store, run.run)));
            }
        }
    }
    Ok(races)
}

/// The key of a decision about a step in doubt: it is no part of the story.
pub(super) const IN_DOUBT: &str = "simulated-decision";

/// A line per run and entry, by lineage.
pub(super) fn story(store: &dyn Observer) -> Result<Vec<String>, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let runs = store.list_runs(&RunFilter::default()).map_err(|error| text(&error))?;
    let mut named: Vec<(String, String)> =
        runs.iter().map(|run| (run.workflow_id.clone(), lineage(store, run.run))).collect();
    // The id of r1 is the beginning of the one of r10.
    named.sort_by_key(|(id, _)| std::cmp::Reverse(id.len()));
    let races = races(store)?;
    let mut stories = Vec::new();
    for run in &runs {
        let lineage = lineage(store, run.run);
        if races.iter().any(|race| lineage.starts_with(race)) {
            continue;
        }
        let mut lines = vec![format!("run {lineage} {}", run.status.word())];
        for entry in store.journal(run.run).map_err(|error| text(&error))? {
            lines.extend(line(entry, &named).map(|line| format!("  {line}")));
        }
        stories.push(lines);
    }
    stories.sort();
    Ok(stories.concat())
}

/// Which run it is, whatever its number: the calls that lead to it.
pub(super) fn lineage(store: &dyn Observer, run: RunNumber) -> String {
    match store.find_run(run).ok().flatten().and_then(|record| record.summary.child) {
        Some(child) => format!("{}/{}:{}", lineage(store, child.parent), child.call, child.flow),
        None => "root".to_owned(),
    }
}

fn line(entry: Entry, named: &[(String, String)]) -> Option<String> {
    let mut event = entry.event;
    match &mut event {
        // Whether it had to wait depends on when the signal came; whether the step was in flight that a request to end the
        // run stopped, on whether a process died just then.
        Event::StepParked { .. } | Event::StepCancelled { .. } => return None,
        // Nobody has to decide undisturbed.
        Event::StepAnswered { .. } if entry.value.as_ref().is_some_and(|it| it.field(IN_DOUBT).is_some()) => {
            return None;
        }
        Event::StepRetried { execution, next_ms } => {
            *next_ms = 0;
            timeless(execution);
        }
        Event::StepCompleted { execution }
        | Event::StepFailed { execution, .. }
        | Event::StepAnswered { execution, .. } => timeless(execution),
        _ => {}
    }
    let value = entry.value.map(|value| pr_str(&plain(value, named))).unwrap_or_default();
    Some(format!("{event:?} {value}"))
}

const fn timeless(execution: &mut StepExecution) {
    execution.started_ms = 0;
    execution.ended_ms = 0;
}

/// Without the context keys of the run, and with lineages in place of workflow ids.
fn plain(value: Value, named: &[(String, String)]) -> Value {
    match value {
        Value::Map(map) => {
            let kept = map.iter().filter(|(key, _)| **key != Value::keyword("flow/ctx"));
            let plain = |(key, value): (&Value, &Value)| (key.clone(), plain(value.clone(), named));
            Value::Map(kept.map(plain).collect::<Map>())
        }
        Value::Vector(items) => {
            Value::Vector(items.iter().map(|item| plain(item.clone(), named)).collect::<Vector>())
        }
        other => match other.as_str() {
            Some(text) => {
                let named = named.iter().filter(|(id, _)| text.contains(id));
                let plain = named.fold(text.to_owned(), |text, (id, lineage)| text.replace(id, lineage));
                Value::string(plain)
            }
            None => other,
        },
    }
}
