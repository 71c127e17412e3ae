//! Who tells the outside world in the undisturbed life of a case: a scenario's script, or a twist of it, in which answers
//! and people do what follows from a number.

use std::collections::{BTreeMap, VecDeque};

use breyta_core::{Keyword, Map, Value, codec};
use breyta_engine::error::StepError;
use breyta_engine::store::{SignalTarget, Store, WaitFilter, WaitSummary};
use breyta_engine::world::StepRequest;

use super::plan::Sent;
use super::{random, story};
use crate::scenario::{Scripted, ScriptedSignal};

/// Answers by step id, in order.
pub(super) type Answers = BTreeMap<String, Vec<Result<Value, StepError>>>;

/// Who tells.
#[derive(Clone)]
pub enum Teller {
    /// Exactly these events, in order.
    Script(Vec<Scripted>),
    /// Answers like these; a number decides which go wrong, and what people do. 0: none goes wrong.
    Twist { answers: Answers, number: u64 },
}

/// A teller in the middle of a life.
pub enum Telling {
    Script(VecDeque<Scripted>),
    Twist { answers: Answers, number: u64 },
}

impl Teller {
    pub fn begin(&self) -> Telling {
        match self {
            Self::Script(events) => Telling::Script(events.iter().cloned().collect()),
            Self::Twist { answers, number } => Telling::Twist { answers: answers.clone(), number: *number },
        }
    }

    /// Whether signals may only come in the order told: a script may answer one wait twice.
    pub const fn in_order(&self) -> bool {
        matches!(self, Self::Script(_))
    }

    /// The answers of a script, as the beginning of a twist.
    pub fn answers(events: &[Scripted]) -> Answers {
        let mut answers = Answers::new();
        for event in events {
            if let Scripted::Step(step) = event {
                answers.entry(step.id.clone()).or_default().push(step.answer.clone());
            }
        }
        answers
    }
}

impl Telling {
    /// Whether a function step is answered from here, and not by its function.
    pub fn tells(&self, request: &StepRequest<'_>) -> bool {
        match self {
            Self::Script(events) => {
                let next = events.iter().find_map(|event| match event {
                    Scripted::Step(step) => Some(step),
                    Scripted::Signal(_) | Scripted::Cancel => None,
                });
                next.is_some_and(|next| next.id == request.step || next.id == request.point)
            }
            Self::Twist { answers, .. } => known(answers, request).is_some(),
        }
    }

    /// The answer to a question; the error says that none is there.
    pub fn answer(
        &mut self,
        request: &StepRequest<'_>,
        question: &str,
    ) -> Result<Result<Value, StepError>, String> {
        let told = self.tells(request);
        match self {
            Self::Script(events) => match events.pop_front() {
                Some(Scripted::Step(step)) if told => Ok(step.answer),
                _ => Err(format!("the script does not expect :{} now", request.point)),
            },
            Self::Twist { answers, number } => Ok(twisted(answers, *number, request, question)),
        }
    }

    /// The answer to a question that was never asked undisturbed; a script has none.
    pub fn repeated(&self, request: &StepRequest<'_>, question: &str) -> Option<Result<Value, StepError>> {
        match self {
            Self::Script(_) => None,
            Self::Twist { answers, number } => Some(twisted(answers, *number, request, question)),
        }
    }

    /// What a script leaves before the next step.
    pub fn before_a_step(&mut self, store: &dyn Store) -> Option<Sent> {
        match self {
            Self::Script(events) => scripted(events, store),
            Self::Twist { .. } => None,
        }
    }

    /// What comes when everything rests.
    pub fn at_rest(&mut self, store: &dyn Store) -> Option<Sent> {
        match self {
            Self::Script(events) => scripted(events, store),
            Self::Twist { number, .. } => {
                let open = store.open_waits(&WaitFilter::default()).unwrap_or_default();
                open.into_iter().filter(|open| open.wait.kind != "child" && !open.answered).find_map(|open| {
                    let lineage = story::lineage(store, open.run);
                    person(*number, lineage, &open)
                })
            }
        }
    }
}

/// What a script has next, when that is no step. One to a wait that is not open yet comes later.
fn scripted(events: &mut VecDeque<Scripted>, store: &dyn Store) -> Option<Sent> {
    let sent = match events.front()? {
        Scripted::Step(_) => return None,
        Scripted::Cancel => Sent::Cancel,
        Scripted::Signal(ScriptedSignal { target, payload }) => match target {
            SignalTarget::Wait { run, wait_id } => {
                let open = store.open_waits(&WaitFilter { run: Some(*run), ..WaitFilter::default() });
                open.ok()?.iter().find(|open| open.wait.wait_id == *wait_id)?;
                let lineage = story::lineage(store, *run);
                Sent::ToWait { lineage, wait_id: wait_id.clone(), payload: payload.clone() }
            }
            SignalTarget::Key(key) => Sent::ToKey { key: key.clone(), payload: payload.clone() },
            SignalTarget::Event(name) => Sent::ToEvent { name: name.clone(), payload: payload.clone() },
        },
    };
    events.pop_front();
    Some(sent)
}

/// What somebody answers to a wait; None when they let it time out.
fn person(number: u64, lineage: String, open: &WaitSummary) -> Option<Sent> {
    let hash = random::hash(number, &format!("{lineage} {}", open.wait.wait_id));
    if open.wake_at_ms.is_some() && hash.is_multiple_of(4) {
        return None;
    }
    let mut answer = Map::new();
    let action = match hash % 5 {
        0 => "reject",
        1 => "skip",
        2 => "retry",
        _ => "approve",
    };
    answer.insert_keyword("action", action);
    answer.insert_keyword("comment", "so be it");
    answer.insert_keyword("n", (hash % 100) as i64);
    let details = codec::decode(&open.wait.details).unwrap_or_default();
    let required = details.field("validation").and_then(|validation| validation.field("required"));
    for name in required.and_then(Value::as_sequential).into_iter().flatten().filter_map(Value::as_name) {
        answer.insert(Value::Keyword(Keyword::new(name)), Value::string("given"));
    }
    let payload = Value::Map(answer);
    Some(match &open.wait.key {
        Some(key) if hash.is_multiple_of(3) => Sent::ToKey { key: key.clone(), payload },
        _ => Sent::ToWait { lineage, wait_id: open.wait.wait_id.clone(), payload },
    })
}

fn known<'a>(answers: &'a Answers, request: &StepRequest<'_>) -> Option<&'a [Result<Value, StepError>]> {
    let known = answers.get(request.step).or_else(|| answers.get(request.point))?;
    Some(known.as_slice()).filter(|known| !known.is_empty())
}

/// The answer that the script has, or something else: a failure, a passing failure, something large, nothing.
fn twisted(
    answers: &Answers,
    number: u64,
    request: &StepRequest<'_>,
    question: &str,
) -> Result<Value, StepError> {
    let hash = random::hash(number, question);
    let kind = if number == 0 { 9 } else { hash % 10 };
    match kind {
        0 => return Err(StepError::new("http-status", "the answer was 500")),
        1 if request.attempt < 3 => {
            let mut error = StepError::new("connect", "no route");
            error.retryable = true;
            return Err(error);
        }
        2 => return Ok(response(Value::string("x".repeat((hash % 30_000) as usize)))),
        3 => return Ok(Value::Nil),
        _ => {}
    }
    let count: usize =
        request.idempotency_key.rsplit_once('/').map_or(1, |(_, count)| count.parse().unwrap_or(1));
    if let Some(known) = known(answers, request) {
        let index = (count + request.attempt as usize).saturating_sub(2).min(known.len() - 1);
        return known.get(index).cloned().unwrap_or_else(|| Ok(Value::Nil));
    }
    let mut body = Map::new();
    body.insert_keyword("number", (hash % 1_000) as i64);
    body.insert_keyword("ok", true);
    Ok(response(Value::Map(body)))
}

fn response(body: Value) -> Value {
    let mut response = Map::new();
    response.insert_keyword("status", 200);
    response.insert_keyword("headers", Map::new());
    response.insert_keyword("body", body);
    Value::Map(response)
}
