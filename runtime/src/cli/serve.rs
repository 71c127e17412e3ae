//! `serve`: carries on every run of the data directory and takes the commands of other processes, until it is stopped.
//! Interfaces over HTTP are not here yet. It may be killed at any time: nothing that was acknowledged is lost.

use std::sync::Arc;

use breyta_core::{Map, Value, json, print};
use breyta_engine::driver::RunEnd;
use breyta_engine::service::{Happened, Options, Service};
use breyta_engine::store::{RunNumber, workflow_id};
use breyta_engine::world::World;

use super::arguments::Format;
use super::{Answer, Session, run, say, storage};
use crate::bindings::Bindings;
use crate::failure::Failure;

/// What `serve` takes.
#[derive(Clone, Debug, Default)]
pub(super) struct ServeOptions {
    /// Ended runs are removed when they are as old as this.
    pub(super) retention_ms: Option<i64>,
}

pub(super) fn serve(
    session: &Session<'_>,
    options: &ServeOptions,
    format: Format,
) -> Result<Answer, Failure> {
    let bindings = Bindings::load(&session.directory, &session.contract)?;
    bindings.check_complete()?;
    let store = storage::own(session)?;
    store.announce_serving()?;
    let engine = Arc::new(storage::engine_over(session, Arc::new(store), bindings)?);
    let log = Log { format, slug: session.flow.slug, world: engine.world().clone() };
    log.line("serving", &[("version", session.flow.version.to_owned())]);
    let listener = Arc::new(move |happened: &Happened| log.told(happened));
    let options = Options { retention_ms: options.retention_ms, ..Options::default() };
    let service = Service::new(engine, options, listener);
    Session::wait(service.serve(std::future::pending()))??;
    Ok(Answer::Text(String::new()))
}

/// Where events are told.
struct Log {
    format: Format,
    slug: &'static str,
    world: Arc<dyn World>,
}

impl Log {
    fn told(&self, happened: &Happened) {
        let full = |id: &str| {
            let number = RunNumber::parse(self.slug, id);
            number.map_or_else(|| id.to_owned(), |number| workflow_id(self.slug, number))
        };
        match happened {
            Happened::CarriedOn { workflow_id } => {
                self.line("run-carried-on", &[("workflowId", full(workflow_id))]);
            }
            Happened::Ended { workflow_id, end } => {
                let status = match end {
                    RunEnd::Completed(_) => "completed",
                    RunEnd::Failed(_) => "failed",
                    RunEnd::Cancelled { .. } => "cancelled",
                    RunEnd::Other(status) => status.word(),
                };
                let mut fields = vec![("workflowId", full(workflow_id)), ("status", status.to_owned())];
                if let RunEnd::Failed(error) = end {
                    let failure = run::failed(error);
                    fields.extend([("code", failure.code), ("message", failure.message)]);
                }
                self.line("run-ended", &fields);
            }
            Happened::Failed { workflow_id, error, again_ms } => {
                let mut fields = vec![
                    ("workflowId", full(workflow_id)),
                    ("code", error.code().to_owned()),
                    ("message", error.to_string()),
                ];
                fields.extend(again_ms.map(|again_ms| ("againMs", again_ms.to_string())));
                self.line("run-not-carried-on", &fields);
            }
            Happened::Commanded { name, word } => {
                self.line("command", &[("name", name.clone()), ("answer", word.clone())]);
            }
            Happened::Pruned { runs } => self.line("runs-pruned", &[("runs", runs.to_string())]),
        }
    }

    /// One line on stderr: JSON, or text for people.
    fn line(&self, event: &'static str, fields: &[(&'static str, String)]) {
        let at = print::instant_text(self.world.now_ms());
        let line = match self.format {
            Format::Human => {
                let fields: Vec<String> =
                    fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
                format!("{at} {event} {}", fields.join(" "))
            }
            Format::Json => {
                let mut map = Map::new();
                map.insert_keyword("at", at.as_str());
                map.insert_keyword("event", event);
                map.insert_keyword("flowSlug", self.slug);
                for (name, value) in fields {
                    map.insert_keyword(name, value.as_str());
                }
                json::emit(&Value::Map(map)).unwrap_or_default()
            }
        };
        say(&line);
    }
}
