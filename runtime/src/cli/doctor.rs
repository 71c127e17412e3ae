//! `doctor`, `runs export`, `runs prune`: is the store whole, a copy of it, and less of it.

use std::fmt::Write;
use std::path::Path;

use breyta_core::{Map, Value, Vector};
use breyta_engine::store::{Observer, Store};
use breyta_store::Examination;

use super::{Answer, Session, runs, storage, timeline};
use crate::failure::Failure;

pub(super) fn doctor(session: &Session<'_>) -> Result<Answer, Failure> {
    let Some(store) = storage::observer(session)? else {
        let mut data = Map::new();
        data.insert_keyword("store", Value::Nil);
        return Ok(Answer::Data { data: Value::Map(data), human: "there is no store yet".to_owned() });
    };
    let found = store.examine()?;
    let (data, human) = (Value::Map(data(session, &found)), human(session, &found));
    match found.problems.first() {
        None => Ok(Answer::Data { data, human }),
        Some(first) => {
            let others = match found.problems.len() {
                1 => String::new(),
                count => format!(", and {} more", count - 1),
            };
            let message =
                format!("the store is damaged: {first}{others}; restore it from a backup (`runs export`)");
            Err(Failure::new("store-corrupt", message).with_data(data))
        }
    }
}

fn data(session: &Session<'_>, found: &Examination) -> Map {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let runs = found.runs.iter().map(|(status, version, count)| {
        let mut row = Map::new();
        row.insert_keyword("status", status.as_str());
        row.insert_keyword("version", version.as_str());
        row.insert_keyword("count", number(*count));
        let is_child = || session.flow.children.iter().any(|child| child.version == version);
        row.insert_keyword("thisVersion", version == session.flow.version || is_child());
        Value::Map(row)
    });
    let mut data = Map::new();
    data.insert_keyword("format", i64::from(found.format));
    data.insert_keyword("bytes", number(found.bytes));
    data.insert_keyword("runs", runs.collect::<Vector>());
    data.insert_keyword("journalEntries", number(found.entries));
    data.insert_keyword("openWaits", number(found.open_waits));
    data.insert_keyword("signals", number(found.signals));
    data.insert_keyword(
        "problems",
        found.problems.iter().map(|it| Value::from(it.as_str())).collect::<Vector>(),
    );
    data
}

fn human(session: &Session<'_>, found: &Examination) -> String {
    let mut text = format!("store of format {}, {} KB\n", found.format, found.bytes / 1_024);
    // Writing into a String cannot fail.
    for (status, version, count) in &found.runs {
        let other = if version == session.flow.version { "" } else { " (another version)" };
        let _ = writeln!(text, "{count} runs {status}, version {version}{other}");
    }
    let _ = writeln!(
        text,
        "{} journal entries, {} open waits, {} signals",
        found.entries, found.open_waits, found.signals
    );
    text.push_str("nothing is damaged\n");
    text
}

/// A copy of the store in a file, or one run as JSON.
pub(super) fn export(session: &Session<'_>, id: Option<&str>, to: Option<&Path>) -> Result<Answer, Failure> {
    match (id, to) {
        (Some(id), None) => export_run(session, id),
        (None, Some(file)) => {
            let missing = || Failure::new("store-missing", "there is no store in the data directory");
            storage::observer(session)?.ok_or_else(missing)?.export_to(file)?;
            let bytes = std::fs::metadata(file).map_or(0, |metadata| metadata.len());
            let mut data = Map::new();
            data.insert_keyword("file", file.display().to_string().as_str());
            data.insert_keyword("bytes", i64::try_from(bytes).unwrap_or(i64::MAX));
            let human = format!(
                "{} holds the whole store; as store.sqlite of an empty data directory it goes on",
                file.display()
            );
            Ok(Answer::Data { data: Value::Map(data), human })
        }
        _ => Err(Failure::usage(
            "runs export takes the id of a run, or --to FILE for a copy of the whole store",
        )),
    }
}

fn export_run(session: &Session<'_>, id: &str) -> Result<Answer, Failure> {
    let number = runs::number(session, id)?;
    let store = storage::observer(session)?.ok_or_else(|| runs::unknown(id))?;
    let record = store.find_run(number)?.ok_or_else(|| runs::unknown(id))?;
    let journal = store.journal(number)?;
    let mut data = Map::new();
    data.insert_keyword("run", timeline::record(session.flow.slug, &record, &journal));
    data.insert_keyword("timeline", timeline::items(&journal));
    Ok(Answer::Data { data: Value::Map(data), human: timeline::tree(&record, &journal) })
}

/// Removes runs that ended so long ago.
pub(super) fn prune(session: &Session<'_>, older_than_ms: i64) -> Result<Answer, Failure> {
    let mut pruned = 0;
    if storage::observer(session)?.is_some() {
        let store = storage::own(session)?;
        let before_ms = session.now_ms().saturating_sub(older_than_ms);
        pruned = Session::wait(async {
            let mut all = 0;
            loop {
                let pruned = store.prune(before_ms, PRUNED_MAX).await?;
                all += pruned.runs;
                if pruned.runs < PRUNED_MAX as u64 {
                    return Ok::<u64, Failure>(all);
                }
            }
        })??;
    }
    let mut data = Map::new();
    data.insert_keyword("prunedRuns", i64::try_from(pruned).unwrap_or(i64::MAX));
    Ok(Answer::Data { data: Value::Map(data), human: format!("{pruned} runs removed") })
}

/// Runs of one transaction.
const PRUNED_MAX: usize = 500;
