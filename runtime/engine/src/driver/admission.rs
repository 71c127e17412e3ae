//! How runs begin in their slot, begin again, and are ended by request while nothing drives them.

use breyta_core::{Map, Value};

use super::{Driven, Engine, RunEnd, children, slots};
use crate::error::EngineError;
use crate::journal::{self, Event};
use crate::progress::Progress;
use crate::store::{
    Admission, Admitted, Change, CommandId, Commit, Created, Decision, NewRun, RunNumber, RunStatus,
};
use crate::world::CommitMoment;

/// A start that somebody asks for.
#[derive(Clone, Debug)]
pub struct Start {
    /// Checked, without the context keys.
    pub input: Map,
    /// What stands in `:flow/ctx` besides the engine's own keys.
    pub context: Map,
    /// What starts it: `manual`, `schedule`, …
    pub trigger: String,
    pub admission: Admission,
    /// Whether steps with `:mock` give it and are not carried out, in this run and those that it calls. For drafts.
    pub mocks: bool,
    /// The command that asks for it.
    pub command: Option<CommandId>,
}

/// The keys of `:flow/ctx` that the engine writes.
pub(super) const OWN_CONTEXT: [&str; 4] = ["workflow-id", "flow-slug", "version", "started-at-ms"];

impl Engine {
    /// Creates a run if its slot allows, with its context keys (`:flow/ctx`) in the input.
    pub async fn admit(&self, start: Start) -> Result<Created, EngineError> {
        if start.mocks && !self.program.is_draft() {
            return Err(EngineError::MocksInRelease { workflow_id: None });
        }
        let number = self.store.reserve_run().await?;
        let at_ms = self.world.now_ms();
        let mut input = start.input.clone();
        let mut context = self.context(number, at_ms);
        for (key, value) in &start.context {
            context.insert(key.clone(), value.clone());
        }
        input.insert_keyword("flow/ctx", context);
        let run = self.first_commit(&Value::Map(input), &start, at_ms)?;
        let commit = self.before_commit();
        let admitted = Admitted {
            number: Some(number),
            run,
            history: Vec::new(),
            admission: start.admission,
            command: start.command,
        };
        let trigger = admitted.run.trigger.clone();
        let created = self.store.admit_run(admitted).await?;
        self.world.at_commit(commit, CommitMoment::After);
        if created.decision != Decision::Deduped {
            self.tell_started(&created.workflow_id, at_ms, self.program.version(), &trigger);
        }
        Ok(created)
    }

    fn context(&self, number: RunNumber, at_ms: i64) -> Map {
        let mut context = Map::new();
        context.insert_keyword("workflow-id", self.workflow_id(number).as_str());
        context.insert_keyword("flow-slug", self.program.slug());
        context.insert_keyword("version", self.program.version());
        context.insert_keyword("bound-slots", self.world.bound_slots());
        context.insert_keyword("started-at-ms", at_ms);
        context
    }

    fn first_commit(&self, input: &Value, start: &Start, at_ms: i64) -> Result<NewRun, EngineError> {
        let bytes = slots::encode(input).map_err(|detail| EngineError::InputNotData { detail })?;
        let (version, trigger) = (self.program.version().to_owned(), start.trigger.clone());
        let event = Event::RunStarted { version: version.clone(), trigger: trigger.clone() };
        let mut progress = Progress::start(at_ms);
        if start.mocks {
            progress.mock();
        }
        Ok(NewRun {
            version,
            trigger,
            at_ms,
            started: journal::Encoded::new(at_ms, &event, Some(bytes.clone())),
            checkpoint: slots::first_checkpoint(self.program.machine(), bytes, &progress),
            child: None,
        })
    }

    /// Lets a run that failed, was cancelled or terminated, or that needs attention, go on from its last checkpoint: what
    /// completed is not done again. It is running then, and nothing drives it yet.
    pub async fn reopen(&self, id: &str) -> Result<RunNumber, EngineError> {
        let number = self.number(id)?;
        let _driven = Driven::enter(self, number)?;
        let state = self.load(number, id).await?;
        if !state.status.is_end() && state.attention.is_none() {
            return Err(EngineError::StillOpen {
                workflow_id: self.workflow_id(number),
                status: state.status,
            });
        }
        if state.status == RunStatus::Completed {
            return Err(EngineError::AlreadyEnded {
                workflow_id: self.workflow_id(number),
                status: state.status,
            });
        }
        if state.version != self.program_of(&state).version() {
            let program = self.program_of(&state).version().to_owned();
            let workflow_id = self.workflow_id_of(&state);
            return Err(EngineError::VersionMismatch { workflow_id, run: state.version, program });
        }
        let at_ms = self.time_after(&state);
        let workflow_id = self.workflow_id_of(&state);
        let change = if state.status.is_end() { reopened(state.progress) } else { Change::Attended };
        let commit = Commit {
            run: number,
            revision: state.revision,
            at_ms,
            entries: vec![journal::Encoded::new(at_ms, &Event::RunReopened, None)],
            change,
            consumed: Vec::new(),
            sent: Vec::new(),
        };
        self.commit(&workflow_id, commit).await?;
        Ok(number)
    }

    /// Cancels a run that nothing drives, whatever version of the flow it belongs to. A driven run is cancelled through
    /// the inbox: [`crate::store::Observer::request_cancel`].
    pub async fn cancel(&self, id: &str, reason: Option<&str>) -> Result<RunEnd, EngineError> {
        self.end_by_request(id, RunStatus::Cancelled, reason).await
    }

    /// As [`Engine::cancel`], by force: the run counts as terminated.
    pub async fn terminate(&self, id: &str, reason: Option<&str>) -> Result<RunEnd, EngineError> {
        self.end_by_request(id, RunStatus::Terminated, reason).await
    }

    /// Ends the runs that are asked to end, and those that their ends ask. For whoever drives none of them.
    pub async fn end_requested(&self) -> Result<(), EngineError> {
        loop {
            let requests = self.store.cancel_requests().await?;
            if requests.is_empty() {
                return Ok(());
            }
            for request in requests {
                let status = if request.force { RunStatus::Terminated } else { RunStatus::Cancelled };
                match self.end_by_request(&request.run.to_string(), status, request.reason.as_deref()).await {
                    Ok(_) | Err(EngineError::AlreadyEnded { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    async fn end_by_request(
        &self,
        id: &str,
        status: RunStatus,
        reason: Option<&str>,
    ) -> Result<RunEnd, EngineError> {
        let number = self.number(id)?;
        let _driven = Driven::enter(self, number)?;
        let state = self.load(number, id).await?;
        if state.status.is_end() {
            let workflow_id = self.workflow_id(number);
            return Err(EngineError::AlreadyEnded { workflow_id, status: state.status });
        }
        let at_ms = self.time_after(&state);
        let reason = reason.map(str::to_owned);
        let event = Event::RunCancelled { reason: reason.clone() };
        let workflow_id = self.workflow_id_of(&state);
        let commit = Commit {
            run: number,
            revision: state.revision,
            at_ms,
            entries: vec![journal::Encoded::new(at_ms, &event, None)],
            change: Change::End { status, steps: None, reason: reason.clone() },
            consumed: Vec::new(),
            sent: state.child.iter().map(children::ended).collect(),
        };
        self.commit(&workflow_id, commit).await?;
        Ok(RunEnd::Cancelled { reason })
    }
}

/// How a run that ended goes on. Bytes that do not read are found when it is carried on.
fn reopened(progress: Vec<u8>) -> Change {
    let decoded = Progress::decode(&progress).map(|mut progress| {
        progress.reopen();
        progress.encode()
    });
    Change::Reopen { progress: decoded.unwrap_or(progress) }
}
