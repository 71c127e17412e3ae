//! The commands of other processes: start a run, begin one again, fork one. Each is answered once, in the commit that
//! carries it out where there is one.

use breyta_core::{Map, Value, codec};

use super::{Happened, Service, failures};
use crate::driver::{Engine, Start};
use crate::error::EngineError;
use crate::store::{
    Admission, Command, CommandAnswer, CommandId, Created, Decision, Policy, RunNumber, StoreError,
};

/// The names of the commands.
pub const START: &str = "start";
pub const REOPEN: &str = "retry";
pub const FORK: &str = "fork";

/// The body of a command that asks for a run.
#[derive(Clone, Debug)]
pub struct StartCommand {
    /// Checked by whoever asks.
    pub input: Map,
    /// What stands in `:flow/ctx` besides the engine's own keys.
    pub context: Map,
    pub trigger: String,
    pub admission: Admission,
    /// As [`Start::mocks`].
    pub mocks: bool,
}

impl StartCommand {
    /// As a command's body.
    pub fn to_value(&self) -> Value {
        let mut body = Map::new();
        body.insert_keyword("input", self.input.clone());
        body.insert_keyword("context", self.context.clone());
        body.insert_keyword("trigger", self.trigger.as_str());
        insert_admission(&mut body, &self.admission);
        if self.mocks {
            body.insert_keyword("mocks", true);
        }
        Value::Map(body)
    }

    fn read(body: &Value) -> Option<Self> {
        let input = body.field("input")?.as_map()?.clone();
        let context = body.field("context")?.as_map()?.clone();
        let trigger = body.field("trigger")?.as_name()?.to_owned();
        let mocks = body.field("mocks").and_then(Value::as_bool).unwrap_or(false);
        Some(Self { input, context, trigger, admission: read_admission(body)?, mocks })
    }
}

/// The body of `retry`: which run.
pub fn run_body(run: RunNumber) -> Value {
    let mut body = Map::new();
    body.insert_keyword("run", run.to_string().as_str());
    Value::Map(body)
}

/// The body of `fork`: which run, and from which step on when not from its start.
pub fn fork_body(run: RunNumber, from: Option<&str>, admission: &Admission) -> Value {
    let mut body = Map::new();
    body.insert_keyword("run", run.to_string().as_str());
    if let Some(from) = from {
        body.insert_keyword("from", from);
    }
    insert_admission(&mut body, admission);
    Value::Map(body)
}

fn insert_admission(body: &mut Map, admission: &Admission) {
    body.insert_keyword("slot", admission.slot.as_str());
    body.insert_keyword("policy", policy_word(admission.policy));
    if let Some(delivery) = &admission.delivery {
        body.insert_keyword("delivery", delivery.as_str());
    }
}

fn read_admission(body: &Value) -> Option<Admission> {
    let text = |key: &str| body.field(key).and_then(Value::as_name).map(str::to_owned);
    let policy = match text("policy")?.as_str() {
        "supersede" => Policy::Supersede,
        "drain" => Policy::Drain,
        "coexist" => Policy::Coexist,
        _ => return None,
    };
    Some(Admission { slot: text("slot")?, policy, delivery: text("delivery") })
}

const fn policy_word(policy: Policy) -> &'static str {
    match policy {
        Policy::Supersede => "supersede",
        Policy::Drain => "drain",
        Policy::Coexist => "coexist",
    }
}

impl Service {
    /// Carries out what other processes left.
    pub(super) async fn carry_out_commands(&mut self) -> Result<(), EngineError> {
        let store = self.engine.store().clone();
        for command in store.commands().await? {
            let done = carry_out(&self.engine, &command).await;
            let word = match done {
                Ok(Done { run, word, answered }) => {
                    self.backlog.extend(run);
                    if !answered {
                        let answer = CommandAnswer { run, word: word.clone(), message: None };
                        store.answer_command(command.id, answer).await?;
                    }
                    word
                }
                Err(error) if failures::is_fatal(&error) => return Err(error),
                // The command stays and is tried again.
                Err(EngineError::Store(error)) if error.is_transient() => return Ok(()),
                Err(error) => {
                    let (word, message) = (error.code().to_owned(), Some(error.to_string()));
                    let answer = CommandAnswer { run: None, word: word.clone(), message };
                    store.answer_command(command.id, answer).await?;
                    word
                }
            };
            (self.listener)(&Happened::Commanded { name: command.name, word });
        }
        Ok(())
    }
}

/// What a command led to.
struct Done {
    /// The run that can be carried on now.
    run: Option<RunNumber>,
    word: String,
    /// Its commit answered it.
    answered: bool,
}

impl Done {
    fn created(created: &Created) -> Self {
        let waits = matches!(created.decision, Decision::Queued | Decision::Deduped);
        Self {
            run: (!waits).then_some(created.run),
            word: created.decision.word().to_owned(),
            answered: true,
        }
    }
}

async fn carry_out(engine: &Engine, command: &Command) -> Result<Done, EngineError> {
    let body = codec::decode(&command.body).unwrap_or_default();
    match command.name.as_str() {
        START => {
            let Some(StartCommand { input, context, trigger, admission, mocks }) = StartCommand::read(&body)
            else {
                return Err(unreadable(command.id));
            };
            let start = Start { input, context, trigger, admission, mocks, command: Some(command.id) };
            let created = engine.admit(start).await?;
            Ok(Done::created(&created))
        }
        REOPEN => {
            let Some(id) = body.field("run").and_then(Value::as_name) else {
                return Err(unreadable(command.id));
            };
            let run = engine.reopen(id).await?;
            Ok(Done { run: Some(run), word: "reopened".to_owned(), answered: false })
        }
        FORK => {
            let id = body.field("run").and_then(Value::as_name);
            let (Some(id), Some(admission)) = (id, read_admission(&body)) else {
                return Err(unreadable(command.id));
            };
            let created = match body.field("from").and_then(Value::as_str) {
                Some(from) => engine.fork(id, from, admission, Some(command.id)).await?,
                None => engine.start_again(id, admission, Some(command.id)).await?,
            };
            Ok(Done::created(&created))
        }
        _ => Err(unreadable(command.id)),
    }
}

fn unreadable(command: CommandId) -> EngineError {
    StoreError::corrupt(format!("the command {} cannot be read", command.0)).into()
}
