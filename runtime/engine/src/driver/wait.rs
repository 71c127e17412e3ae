//! The engine's own families that only rest: `:sleep` until a time, `:wait` until a signal.

use breyta_core::{Map, Value, codec, duration, print};

use super::execution::Execution;
use super::people::Answer;
use super::run::{Run, Turn, storable_error};
use super::slots;
use super::step::Stage;
use crate::error::EngineError;
use crate::journal::Event;
use crate::progress::Phase;
use crate::store::{EventRoute, OpenWait, Signal, StoreError};

/// How long a `:wait` waits when nothing is said: a day; and at most.
const WAIT_MS: u64 = 24 * 60 * 60 * 1_000;
const WAIT_MS_MAX: u64 = 30 * WAIT_MS;

impl Run<'_> {
    pub(super) fn record_rest(&mut self, execution: &Execution, until_ms: Option<i64>) {
        let now_ms = self.commit_time();
        let why = execution.phase.word().to_owned();
        self.record(now_ms, &Event::StepParked { execution: execution.until(now_ms), why, until_ms }, None);
    }

    /// A durable timer.
    pub(super) async fn sleep(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
        let millis = match asleep_ms(&execution.call.config) {
            Ok(millis) => millis,
            Err(message) => return Ok(Stage::Error(execution.error("invalid-config", message))),
        };
        let now_ms = self.commit_time();
        let until_ms = match execution.deadline_ms {
            Some(until_ms) => until_ms,
            None => now_ms.saturating_add(i64::try_from(millis).unwrap_or(i64::MAX)),
        };
        if now_ms >= until_ms {
            let mut slept = Map::new();
            let seconds = if millis % 1_000 == 0 {
                Value::Int((millis / 1_000) as i64)
            } else {
                Value::Double(millis as f64 / 1_000.0)
            };
            slept.insert_keyword("slept-seconds", seconds);
            return Ok(Stage::Value(Value::Map(slept)));
        }
        if execution.phase == Phase::Sleep && !self.progress.is_reopened() {
            return Ok(Stage::Turned(Turn::Parked));
        }
        execution.phase = Phase::Sleep;
        execution.deadline_ms = Some(until_ms);
        Ok(match self.rest(execution, Some(until_ms), None).await? {
            Answer::Turned(turn) => Stage::Turned(turn),
            _ => Stage::Turned(Turn::Parked),
        })
    }

    /// Until a signal comes, or the time is over.
    pub(super) async fn wait(&mut self, execution: &mut Execution) -> Result<Stage, EngineError> {
        let asked = match WaitConfig::read(&execution.call.config, || {
            format!("{}/{}", self.workflow_id, execution.name())
        }) {
            Ok(asked) => asked,
            Err(message) => return Ok(Stage::Error(execution.error("invalid-config", message))),
        };
        // Also one that was reopened: it waits anew.
        let begins = execution.phase != Phase::Wait || execution.deadline_ms.is_none();
        execution.phase = Phase::Wait;
        if begins {
            let now_ms = self.commit_time();
            execution.deadline_ms =
                Some(now_ms.saturating_add(i64::try_from(asked.timeout_ms).unwrap_or(i64::MAX)));
        }
        let mut answer =
            self.look(execution, Some(&asked.key), asked.event.as_ref(), &asked.required).await?;
        if matches!(answer, Answer::Refused) || (begins && matches!(answer, Answer::Open)) {
            answer = match self.open_wait(execution, &asked).await {
                Err(EngineError::Store(StoreError::DuplicateWaitKey { key, holder })) => {
                    let message = format!(
                        "run {holder} waits under the key `{key}` already; give each open wait its own"
                    );
                    return Ok(Stage::Error(execution.error("duplicate-wait-key", message)));
                }
                other => other?,
            };
        }
        Ok(match answer {
            Answer::Given(payload) => Stage::Value(payload),
            Answer::TimedOut if asked.continues => Stage::Value(asked.default),
            Answer::TimedOut => {
                let message = format!("nobody answered within {} s", asked.timeout_ms / 1_000);
                Stage::Error(execution.error("wait-timeout", message))
            }
            Answer::Open | Answer::Refused => Stage::Turned(Turn::Parked),
            Answer::Turned(turn) => Stage::Turned(turn),
        })
    }

    async fn open_wait(&mut self, execution: &Execution, asked: &WaitConfig) -> Result<Answer, EngineError> {
        let details = asked.details(execution);
        let wait = OpenWait {
            wait_id: execution.wait_id(),
            key: Some(asked.key.clone()),
            event: asked.event.clone(),
            kind: "wait".to_owned(),
            details: slots::encode(&details).unwrap_or_else(|_| std::sync::Arc::from([])),
            opened_ms: self.commit_time(),
        };
        let answer = self.rest(execution, execution.deadline_ms, Some(wait)).await;
        if answer.is_err() {
            // It does not rest.
            self.forget_last_entry();
        }
        answer
    }

    /// The first signal that fits, if there is one; the others stay. One that does not hold what is required is taken and
    /// said to be wrong.
    pub(super) async fn look(
        &mut self,
        execution: &Execution,
        key: Option<&str>,
        event: Option<&EventRoute>,
        required: &[String],
    ) -> Result<Answer, EngineError> {
        let signals = self.engine.store.signals_for(self.number, &execution.wait_id(), key, event).await?;
        let mut refused = false;
        for signal in signals {
            let payload = match payload(&signal, required) {
                Ok(payload) => payload,
                Err(message) => {
                    self.consumed.push(signal.id);
                    self.warn(execution, "invalid-answer", message);
                    refused = true;
                    continue;
                }
            };
            self.consumed.push(signal.id);
            let answer = payload.field("action").and_then(Value::as_name).unwrap_or("signal").to_owned();
            self.record_answer(execution, answer, Some(&payload));
            return Ok(Answer::Given(payload));
        }
        if execution.deadline_ms.is_some_and(|deadline_ms| self.commit_time() >= deadline_ms) {
            self.record_answer(execution, "timeout".to_owned(), None);
            return Ok(Answer::TimedOut);
        }
        Ok(if refused { Answer::Refused } else { Answer::Open })
    }

    fn record_answer(&mut self, execution: &Execution, answer: String, payload: Option<&Value>) {
        let now_ms = self.commit_time();
        let why = execution.phase.word().to_owned();
        let event = Event::StepAnswered { execution: execution.until(now_ms), why, answer };
        let bytes = payload.and_then(|payload| slots::encode(payload).ok());
        self.record(now_ms, &event, bytes);
    }
}

/// The value that a signal carries, if it is one and holds what is required.
fn payload(signal: &Signal, required: &[String]) -> Result<Value, String> {
    let value =
        codec::decode(&signal.payload).map_err(|error| format!("the answer cannot be read: {error}"))?;
    let (value, _) = storable_error(value);
    let missing = |name: &&String| {
        let under = |key: Value| value.as_map().and_then(|map| map.get(&key)).is_some_and(|it| !it.is_nil());
        !under(Value::Keyword(breyta_core::Keyword::new(name.as_str())))
            && !under(Value::string(name.as_str()))
    };
    match required.iter().find(missing) {
        Some(name) => Err(format!("the answer has no `{name}`, which is required")),
        None => Ok(value),
    }
}

/// Milliseconds of a `:sleep`.
fn asleep_ms(config: &Value) -> Result<u64, String> {
    let given = |key: &str| config.field(key).filter(|value| !value.is_nil());
    let times: Vec<u64> = [("seconds", 1_000), ("millis", 1), ("duration", 1_000)]
        .into_iter()
        .filter_map(|(key, unit)| Some((key, duration::of_value(given(key)?, unit))))
        .map(|(key, ms)| ms.ok_or_else(|| format!(":{key} is no duration")))
        .collect::<Result<_, _>>()?;
    match times.as_slice() {
        [] => Ok(1_000),
        [ms] if *ms <= WAIT_MS_MAX => Ok(*ms),
        [_] => Err("a sleep takes at most 30 days".to_owned()),
        _ => Err("give one of :seconds, :millis and :duration".to_owned()),
    }
}

/// The config of a `:wait`.
struct WaitConfig {
    key: String,
    event: Option<EventRoute>,
    timeout_ms: u64,
    continues: bool,
    default: Value,
    /// Fields that an answer must have.
    required: Vec<String>,
    /// What people see.
    shown: Map,
}

impl WaitConfig {
    /// `own_key` is the key where the author gives none.
    fn read(config: &Value, own_key: impl FnOnce() -> String) -> Result<Self, String> {
        let given = |key: &str| config.field(key).filter(|value| !value.is_nil());
        let key = match given("key") {
            None => own_key(),
            Some(key) => key.as_name().map_or_else(|| print::str_text(key), str::to_owned),
        };
        if key.trim().is_empty() {
            return Err(":key is empty".to_owned());
        }
        let timeout_ms = match given("timeout") {
            None => WAIT_MS,
            Some(timeout) => duration::of_value(timeout, 1_000)
                .ok_or(":timeout is seconds or a duration such as \"3d\"")?,
        };
        if timeout_ms > WAIT_MS_MAX {
            return Err("Wait timeout exceeds maximum: at most 30 days".to_owned());
        }
        let names = |value: Option<&Value>| -> Vec<String> {
            let items = value.and_then(Value::as_sequential).into_iter().flat_map(|it| it.iter());
            items.filter_map(|it| it.as_name().map(str::to_owned)).collect()
        };
        let event = given("event").map(|event| EventRoute {
            name: event.field("name").and_then(Value::as_name).unwrap_or_default().to_owned(),
            path: match event.field("key") {
                Some(Value::Map(key)) => names(key.get_keyword("path")),
                Some(key) => key.as_name().map(str::to_owned).into_iter().collect(),
                None => Vec::new(),
            },
        });
        let required = names(given("validation").and_then(|validation| validation.field("required")));
        let mut shown = Map::new();
        for name in ["title", "message", "roles", "fields", "validation", "notify"] {
            if let Some(value) = given(name) {
                shown.insert(Value::keyword(name), value.clone());
            }
        }
        Ok(Self {
            key,
            event,
            timeout_ms,
            continues: given("on-timeout").and_then(Value::as_name) == Some("continue"),
            default: config.field("default-value").cloned().unwrap_or_default(),
            required,
            shown,
        })
    }

    fn details(&self, execution: &Execution) -> Value {
        let mut map = Map::new();
        map.insert_keyword("step-id", execution.call.step.as_ref());
        for (key, value) in &self.shown {
            map.insert(key.clone(), value.clone());
        }
        Value::Map(map)
    }
}
