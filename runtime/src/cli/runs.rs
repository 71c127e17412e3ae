//! `runs list|show|resume`.

use breyta_core::{Map, Value, Vector};
use breyta_engine::driver::Engine;
use breyta_engine::store::{
    JournalCursor, Observer, RunFilter, RunNumber, RunStatus, RunSummary, workflow_id,
};

use super::{Answer, Session, run, storage, timeline};
use crate::bindings::Bindings;
use crate::failure::Failure;

pub(super) fn list(session: &Session<'_>, status: Option<&str>) -> Result<Answer, Failure> {
    let statuses = match status {
        None => Vec::new(),
        // Parked, whatever their status.
        Some(NEEDS_ATTENTION) => OPEN.to_vec(),
        Some(word) => vec![RunStatus::from_word(word).ok_or_else(|| {
            let words = RunStatus::ALL.iter().map(|status| status.word()).chain([NEEDS_ATTENTION]);
            let words: Vec<_> = words.collect();
            Failure::usage(format!("--status is one of {}, not \"{word}\"", words.join(", ")))
        })?],
    };
    let mut runs = match storage::observer(session)? {
        Some(store) => store.list_runs(&RunFilter { statuses, ..RunFilter::default() })?,
        None => Vec::new(),
    };
    if status == Some(NEEDS_ATTENTION) {
        runs.retain(|run| run.attention.is_some());
    }
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

/// The word for runs that are parked until a person has looked at them; no status of their own.
const NEEDS_ATTENTION: &str = "needs-attention";

/// The statuses of runs that have not ended.
const OPEN: [RunStatus; 3] = [RunStatus::Running, RunStatus::Waiting, RunStatus::Queued];

/// How much of a run is shown.
#[derive(Clone, Debug)]
pub(super) struct Show {
    pub(super) id: String,
    /// At most so many entries of its journal, the newest.
    pub(super) entries: usize,
    /// The `older` of an answer before: what came before that.
    pub(super) before: Option<i64>,
}

/// Entries that are shown without `--entries`.
pub(super) const ENTRIES: usize = 500;

pub(super) fn show(session: &Session<'_>, show: &Show) -> Result<Answer, Failure> {
    let number = number(session, &show.id)?;
    let store = storage::observer(session)?.ok_or_else(|| unknown(&show.id))?;
    let record = store.find_run(number)?.ok_or_else(|| unknown(&show.id))?;
    let page = store.journal_page(number, show.before.map(JournalCursor), show.entries)?;
    let mut journal = page.entries;
    journal.reverse();
    let mut data = Map::new();
    data.insert_keyword("run", timeline::record(session.flow.slug, &record, &journal));
    data.insert_keyword("timeline", timeline::items(&journal));
    let mut human = timeline::tree(&record, &journal);
    if let Some(JournalCursor(older)) = page.older {
        data.insert_keyword("older", older);
        human =
            format!("{human}only the last {} entries; --before {older} shows those before\n", show.entries);
    }
    Ok(Answer::Data { data: Value::Map(data), human })
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
            let number = number(session, id)?;
            if engine.store().find_run(number)?.is_none() {
                return Err(unknown(&workflow_id));
            }
            Session::wait(run::finish(&engine, number, None))?
        }
        None => Session::wait(resume_all(&engine))?,
    }
}

/// The oldest run that has not ended, is not queued, needs nobody's attention, and was not carried on yet.
fn next_open(engine: &Engine, done: &[(Map, String)]) -> Result<Option<String>, Failure> {
    let open = engine.store().list_runs(&RunFilter { statuses: OPEN.to_vec(), ..RunFilter::default() })?;
    let is_done = |run: &RunSummary| {
        let id =
            |data: &Map| data.get_keyword("workflowId").and_then(Value::as_str) == Some(&run.workflow_id);
        done.iter().any(|(data, _)| id(data))
    };
    for run in
        open.into_iter().rev().filter(|run| !is_done(run) && run.child.is_none() && run.attention.is_none())
    {
        if run.status != RunStatus::Queued || engine.store().holder_of(run.run)?.is_none() {
            return Ok(Some(run.workflow_id));
        }
    }
    Ok(None)
}

async fn resume_all(engine: &Engine) -> Result<Answer, Failure> {
    let mut ends = Vec::new();
    let mut failures = 0;
    while let Some(workflow_id) = next_open(engine, &ends)? {
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

pub(super) fn number(session: &Session<'_>, id: &str) -> Result<RunNumber, Failure> {
    RunNumber::parse(session.flow.slug, id).ok_or_else(|| unknown(id))
}

pub(super) fn unknown(id: &str) -> Failure {
    Failure::new(
        "unknown-run",
        format!("there is no run \"{id}\" in this data directory; `runs list` shows all"),
    )
}
