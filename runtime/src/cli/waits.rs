//! `waits list|complete|approve|reject`: what runs wait for, and the answers of people. An answer is durable when the
//! command says so; the process that serves, or `runs resume`, takes it.

use breyta_core::{Map, Value, Vector, codec, print};
use breyta_engine::store::{Observer, RunNumber, SignalAnswer, SignalTarget, WaitFilter, WaitSummary};
use breyta_store::SqliteReader;

use super::{Answer, Session, given, storage};
use crate::failure::Failure;

/// An answer to a wait.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    /// `r12`, `r12/<wait>` or a wait's key with `--key`.
    pub(super) target: Target,
    /// `complete`, `approve` or `reject`.
    pub(super) action: &'static str,
    /// JSON text, or `@FILE`.
    pub(super) payload: Option<String>,
}

/// How a wait is named.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Id(String),
    Key(String),
}

pub(super) fn list(session: &Session<'_>, run: Option<&str>) -> Result<Answer, Failure> {
    let run = run.map(|id| super::runs::number(session, id)).transpose()?;
    let waits = match storage::observer(session)? {
        Some(store) => store.open_waits(&WaitFilter { run, ..WaitFilter::default() })?,
        None => Vec::new(),
    };
    let human = if waits.is_empty() {
        "nothing waits".to_owned()
    } else {
        waits.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let mut data = Map::new();
    let items = waits.iter().map(|wait| Value::Map(item(session.flow.slug, wait))).collect::<Vector>();
    data.insert_keyword("waits", items);
    Ok(Answer::Data { data: Value::Map(data), human })
}

/// The id under which a wait is answered.
fn wait_id(wait: &WaitSummary) -> String {
    format!("{}/{}", wait.run, wait.wait.wait_id)
}

fn details(wait: &WaitSummary) -> Value {
    codec::decode(&wait.wait.details).unwrap_or_default()
}

fn item(slug: &str, wait: &WaitSummary) -> Map {
    let mut map = Map::new();
    let details = details(wait);
    map.insert_keyword("waitId", wait_id(wait).as_str());
    map.insert_keyword("workflowId", wait.workflow_id.as_str());
    map.insert_keyword("flowSlug", slug);
    if let Some(step) = details.field("step-id") {
        map.insert_keyword("stepId", step.clone());
    }
    if let Some(key) = &wait.wait.key {
        map.insert_keyword("key", key.as_str());
    }
    map.insert_keyword("kind", wait.wait.kind.as_str());
    map.insert_keyword("status", if wait.answered { "answered" } else { "waiting" });
    map.insert_keyword("registeredAt", print::instant_text(wait.wait.opened_ms));
    if let Some(wake_at_ms) = wait.wake_at_ms {
        map.insert_keyword("expiresAt", print::instant_text(wake_at_ms));
    }
    let actions: Vec<&str> =
        if is_for_people(wait) { vec!["approve", "reject", "complete"] } else { Vec::new() };
    map.insert_keyword("actions", actions.into_iter().map(Value::from).collect::<Vector>());
    map.insert_keyword("details", details);
    map
}

/// Waits for children and for events alone are not answered by people.
fn is_for_people(wait: &WaitSummary) -> bool {
    wait.wait.kind != "child" && wait.wait.event.is_none()
}

fn line(wait: &WaitSummary) -> String {
    let key = wait.wait.key.as_ref().map(|key| format!("  key {key}")).unwrap_or_default();
    let until =
        wait.wake_at_ms.map(|at_ms| format!("  until {}", print::instant_text(at_ms))).unwrap_or_default();
    let details = details(wait);
    let text = details.field("message").or_else(|| details.field("title")).map(print::str_text);
    let text = text.map(|text| format!("  {text}")).unwrap_or_default();
    let answered = if wait.answered { "  answered" } else { "" };
    format!("{}  {}{key}{until}{answered}{text}", wait_id(wait), wait.wait.kind)
}

pub(super) fn reply(session: &Session<'_>, reply: &Reply) -> Result<Answer, Failure> {
    let missing =
        || Failure::new("unknown-wait", "there is no such open wait; `waits list` shows what is open");
    let store = storage::observer(session)?.ok_or_else(missing)?;
    let wait = find(session, &store, &reply.target)?;
    let payload = payload(session, reply)?;
    if let Some(wait) = &wait {
        check_required(wait, reply, &payload)?;
    }
    let target = match (&wait, &reply.target) {
        (Some(wait), _) => SignalTarget::Wait { run: wait.run, wait_id: wait.wait.wait_id.clone() },
        (None, Target::Key(key)) => SignalTarget::Key(key.clone()),
        (None, Target::Id(_)) => return Err(missing()),
    };
    let mut bytes = Vec::new();
    codec::encode(&payload, &mut bytes)
        .map_err(|error| Failure::new("invalid-payload", format!("the payload cannot be stored: {error}")))?;
    let answer = store.put_signal(&target, bytes.into(), session.now_ms())?;
    let mut data = Map::new();
    let human = match (&wait, answer) {
        (Some(wait), SignalAnswer::Delivered { .. }) => {
            data.insert_keyword("waitId", wait_id(wait).as_str());
            data.insert_keyword("workflowId", wait.workflow_id.as_str());
            data.insert_keyword("action", reply.action);
            format!(
                "{} is answered; the serving process or `runs resume` carries {} on",
                wait_id(wait),
                wait.workflow_id
            )
        }
        _ => {
            data.insert_keyword("buffered", true);
            "no wait has this key now; the answer is kept until one opens".to_owned()
        }
    };
    Ok(Answer::Data { data: Value::Map(data), human })
}

/// The wait that is meant. None only for a key that no open wait has.
fn find(
    session: &Session<'_>,
    store: &SqliteReader,
    target: &Target,
) -> Result<Option<WaitSummary>, Failure> {
    let (run, wanted) = match target {
        Target::Key(key) => {
            let filter = WaitFilter { key: Some(key.clone()), ..WaitFilter::default() };
            return Ok(store.open_waits(&filter)?.into_iter().next());
        }
        Target::Id(id) => match id.split_once('/') {
            Some((run, wait)) => (super::runs::number(session, run)?, Some(wait)),
            None => match super::runs::number(session, id) {
                Ok(run) => (run, None),
                Err(failure) => return Err(no_run(store, id, failure)),
            },
        },
    };
    let open = store.open_waits(&WaitFilter { run: Some(run), ..WaitFilter::default() })?;
    let found = open.into_iter().find(|wait| wanted.is_none_or(|wanted| wait.wait.wait_id == wanted));
    match found {
        Some(wait) => Ok(Some(wait)),
        None if store.find_run(run)?.is_none() => Err(super::runs::unknown(&run.to_string())),
        None => Err(none_open(run, wanted)),
    }
}

/// No run has this id; perhaps a wait has it as its key.
fn no_run(store: &SqliteReader, id: &str, failure: Failure) -> Failure {
    let filter = WaitFilter { key: Some(id.to_owned()), ..WaitFilter::default() };
    match store.open_waits(&filter) {
        Ok(waits) if !waits.is_empty() => {
            let message = format!("{id} is the key of a wait, and no id; name the wait with --key {id}");
            Failure::new("unknown-wait", message)
        }
        _ => failure,
    }
}

fn none_open(run: RunNumber, wanted: Option<&str>) -> Failure {
    let which = wanted.map(|wait| format!(" \"{wait}\"")).unwrap_or_default();
    Failure::new(
        "unknown-wait",
        format!("run {run} has no open wait{which}; `waits list` shows what is open"),
    )
}

/// What the run gets.
fn payload(session: &Session<'_>, reply: &Reply) -> Result<Value, Failure> {
    let given = match &reply.payload {
        None => Map::new(),
        Some(argument) => given::PAYLOAD.object(session, argument)?,
    };
    if reply.action == "complete" {
        return Ok(Value::Map(given));
    }
    // Fields stand in the answer itself too: that is where a flow looks for them first.
    let mut answer = given.clone();
    answer.insert_keyword("action", reply.action);
    answer.insert_keyword("payload", given);
    let person = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    answer.insert_keyword("completed-by", person.unwrap_or_else(|| "command line".to_owned()).as_str());
    answer.insert_keyword("completed-at", print::instant_text(session.now_ms()));
    Ok(Value::Map(answer))
}

/// An answer without a required field leaves the wait open.
fn check_required(wait: &WaitSummary, reply: &Reply, payload: &Value) -> Result<(), Failure> {
    if reply.action == "reject" {
        return Ok(());
    }
    let details = details(wait);
    let required = details.field("validation").and_then(|validation| validation.field("required"));
    let names = required.and_then(Value::as_sequential).into_iter().flatten().filter_map(Value::as_name);
    let missing: Vec<&str> = names.filter(|name| payload.field(name).is_none_or(Value::is_nil)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("the wait asks for {}; give it with --payload", missing.join(", "));
    Err(Failure::new("invalid-payload", message))
}
