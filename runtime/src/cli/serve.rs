//! `serve`: carries on every run of the data directory and takes the commands of other processes, until it is stopped.
//! Interfaces over HTTP are not here yet. It may be killed at any time: nothing that was acknowledged is lost.

use std::sync::Arc;

use breyta_engine::service::{Happened, Options, Service};
use breyta_engine::store::{RunNumber, workflow_id};

use super::log::{Level, Log};
use super::{Answer, Session, storage};
use crate::bindings::Bindings;
use crate::failure::Failure;

/// What `serve` takes.
#[derive(Clone, Debug, Default)]
pub(super) struct ServeOptions {
    /// Ended runs are removed when they are as old as this.
    pub(super) retention_ms: Option<i64>,
}

pub(super) fn serve(session: &Session<'_>, options: &ServeOptions) -> Result<Answer, Failure> {
    let bindings = Bindings::load(&session.directory, &session.contract)?;
    bindings.check_complete()?;
    let store = storage::own(session)?;
    store.announce_serving()?;
    let engine = Arc::new(storage::engine_over(session, Arc::new(store), bindings)?);
    let (log, world) = (session.log, engine.world().clone());
    log.line(Level::Info, world.now_ms(), "serving", &[("version", session.flow.version.to_owned())]);
    let listener = Arc::new(move |happened: &Happened| told(&log, world.now_ms(), happened));
    let options = Options { retention_ms: options.retention_ms, ..Options::default() };
    let service = Service::new(engine, options, listener);
    Session::wait(service.serve(std::future::pending()))??;
    Ok(Answer::Text(String::new()))
}

/// What the service tells. How runs went stands in their journals, which are told by the world.
fn told(log: &Log, now_ms: i64, happened: &Happened) {
    let full = |id: &str| {
        let number = RunNumber::parse(log.slug, id);
        number.map_or_else(|| id.to_owned(), |number| workflow_id(log.slug, number))
    };
    match happened {
        Happened::CarriedOn { workflow_id } => {
            log.line(Level::Info, now_ms, "run-carried-on", &[("workflowId", full(workflow_id))]);
        }
        Happened::Ended { .. } => {}
        Happened::Failed { workflow_id, error, again_ms } => {
            let mut fields = vec![
                ("workflowId", full(workflow_id)),
                ("code", error.code().to_owned()),
                ("message", error.to_string()),
            ];
            fields.extend(again_ms.map(|again_ms| ("againMs", again_ms.to_string())));
            log.line(Level::Error, now_ms, "run-not-carried-on", &fields);
        }
        Happened::Commanded { name, word } => {
            let fields = [("name", name.clone()), ("answer", word.clone())];
            log.line(Level::Info, now_ms, "command", &fields);
        }
        Happened::Pruned { runs } => {
            log.line(Level::Info, now_ms, "runs-pruned", &[("runs", runs.to_string())]);
        }
    }
}
