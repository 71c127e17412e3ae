//! The outer controls of a step: what its config says about attempts, failures and people around it.
//!
//! Read and taken out of the config when the step is carried out, so that executors see their own keys only; what each
//! control does is the driver's. `:timeout` and `:persist` stay in the config: executors act on them too.

use breyta_core::backoff::Backoff;
use breyta_core::{Keyword, Map, Value, duration};

/// Keys that the driver acts on and executors do not see.
const OWN: &[&str] =
    &["title", "retry", "on-error", "review", "confirm", "breakpoint", "mock", "expect", "metering"];

/// How long people have when nothing is said: a day.
const ASKED_MS: u64 = 24 * 60 * 60 * 1_000;

/// No longer than this: 30 days.
const ASKED_MS_MAX: u64 = 30 * ASKED_MS;

/// What is done around the attempts of one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Controls {
    pub title: Option<String>,
    pub retry: Retry,
    pub on_error: OnError,
    pub breakpoint: Option<Checkpoint>,
    pub confirm: Option<Checkpoint>,
    pub review: Option<Checkpoint>,
    pub mock: Option<Value>,
    pub expect: Option<Value>,
    pub metering: Option<Value>,
}

/// `:retry`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// The first attempt included.
    pub attempts_max: u32,
    pub backoff: Backoff,
}

/// `:on-error`.
#[derive(Clone, Debug, PartialEq)]
pub enum OnError {
    /// The failure goes to the flow.
    Fail,
    /// The step gives nil.
    Skip,
    /// The step gives `{:success false :error …}`.
    Continue,
    /// A person decides.
    Checkpoint(Checkpoint),
}

/// A question to people, and what happens when nobody answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    /// Asked before the step, or about its result.
    pub before: bool,
    pub prompt: Option<String>,
    pub title: Option<String>,
    pub timeout_ms: u64,
    /// The answer that is taken when nobody gives one; None fails.
    pub on_timeout: Option<&'static str>,
    pub roles: Vec<String>,
    /// Whether the answer may put another result in place.
    pub is_editable: bool,
}

/// A fan-out's `:on-error` is about its items.
fn is_own(family: &str, key: &str) -> bool {
    OWN.contains(&key) && !(family == "fanout" && key == "on-error")
}

impl Controls {
    const NONE: Self = Self {
        title: None,
        retry: Retry::NONE,
        on_error: OnError::Fail,
        breakpoint: None,
        confirm: None,
        review: None,
        mock: None,
        expect: None,
        metering: None,
    };

    /// Whether a config has any that the driver acts on.
    pub fn are_in(family: &str, config: &Value) -> bool {
        let keys = config.as_map().into_iter().flat_map(Map::keys);
        keys.filter_map(Value::as_keyword).any(|key| is_own(family, key.full()))
    }

    /// Takes the controls out of a config. The error says what is wrong with one.
    pub fn take(family: &str, config: &mut Value) -> Result<Self, String> {
        let mut controls = Self::NONE;
        let mut rest = Map::new();
        for (key, value) in config.as_map().into_iter().flatten() {
            match key.as_keyword().map(Keyword::full) {
                Some(name) if is_own(family, name) => controls.set(family, name, value)?,
                _ => rest.insert(key.clone(), value.clone()),
            }
        }
        *config = Value::Map(rest);
        if let Some(after) = controls.confirm.take_if(|confirm| !confirm.before) {
            controls.review.get_or_insert(after);
        }
        Ok(controls)
    }

    fn set(&mut self, family: &str, name: &str, value: &Value) -> Result<(), String> {
        if value.is_nil() && name != "mock" {
            return Ok(());
        }
        match name {
            "title" => self.title = value.as_str().map(str::to_owned),
            "retry" => self.retry = Retry::read(name, value)?,
            "on-error" => self.on_error = OnError::read(value)?,
            "breakpoint" => self.breakpoint = Checkpoint::read(family, name, value)?,
            "confirm" => self.confirm = Checkpoint::read(family, name, value)?,
            "review" => self.review = Checkpoint::read(family, name, value)?,
            "mock" => self.mock = Some(value.clone()),
            "expect" => self.expect = Some(value.clone()),
            _ => self.metering = Some(value.clone()),
        }
        Ok(())
    }
}

impl Retry {
    pub(crate) const NONE: Self = Self { attempts_max: 1, backoff: Backoff::DEFAULT };

    /// `control` is the key that it stands under.
    pub(crate) fn read(control: &str, value: &Value) -> Result<Self, String> {
        let whole = |key: &str, least: i64| match value.field(key).filter(|value| !value.is_nil()) {
            None => Ok(None),
            Some(Value::Int(number)) if *number >= least => Ok(Some(*number)),
            Some(_) => Err(format!(":{control}: :{key} is a whole number of at least {least}")),
        };
        if value.as_map().is_none() {
            return Err(format!(":{control} is a map such as {{:max-attempts 3 :backoff-ms 500}}"));
        }
        let attempts = whole("max-attempts", 1)?.unwrap_or(1);
        let fixed = whole("backoff-ms", 0)?.and_then(|ms| u64::try_from(ms).ok());
        let backoff = match (fixed, value.field("backoff").filter(|value| !value.is_nil())) {
            (Some(ms), _) => Backoff::constant(ms),
            (None, Some(map)) => {
                Backoff::from_map(map, 1_000).map_err(|problem| format!(":{control}: {problem}"))?
            }
            (None, None) => Backoff::DEFAULT,
        };
        Ok(Self { attempts_max: u32::try_from(attempts).unwrap_or(u32::MAX), backoff })
    }
}

impl OnError {
    fn read(value: &Value) -> Result<Self, String> {
        let strategy = value.as_name().or_else(|| value.field("strategy").and_then(Value::as_name));
        Ok(match strategy {
            Some("fail") => Self::Fail,
            Some("skip") => Self::Skip,
            Some("continue") => Self::Continue,
            Some("checkpoint") => Self::Checkpoint(Checkpoint::of_map(value, true)?),
            _ => return Err(":on-error is :fail, :skip, :continue or :checkpoint".to_owned()),
        })
    }
}

impl Checkpoint {
    /// What is asked about a step of which nobody knows whether it has acted.
    pub(crate) fn in_doubt() -> Self {
        Self {
            before: true,
            prompt: Some("Has this step acted? The process ended in the middle of it.".to_owned()),
            title: None,
            timeout_ms: ASKED_MS_MAX,
            on_timeout: None,
            roles: Vec::new(),
            is_editable: false,
        }
    }

    /// A switch, a question or a map; None when it is switched off.
    fn read(family: &str, control: &str, value: &Value) -> Result<Option<Self>, String> {
        // What has been sent cannot be reviewed any more.
        let before = control != "review" || matches!(family, "notify" | "ssh" | "breyta");
        match value {
            Value::Bool(false) => Ok(None),
            Value::Bool(true) => Self::of_map(&Value::Nil, before).map(Some),
            Value::Str(prompt) => {
                let mut asked = Self::of_map(&Value::Nil, before)?;
                asked.prompt = Some(prompt.to_string());
                Ok(Some(asked))
            }
            Value::Map(_) => {
                Self::of_map(value, before).map_err(|problem| format!(":{control}: {problem}")).map(Some)
            }
            _ => Err(format!(":{control} is true, false, a question or a map")),
        }
    }

    fn of_map(value: &Value, before: bool) -> Result<Self, String> {
        let text = |key: &str| value.field(key).and_then(Value::as_str).map(str::to_owned);
        let timeout_ms = match value.field("timeout").filter(|value| !value.is_nil()) {
            None => ASKED_MS,
            Some(timeout) => match duration::of_value(timeout, 1_000) {
                Some(ms) if ms <= ASKED_MS_MAX => ms,
                _ => return Err(":timeout is a duration of at most 30 days".to_owned()),
            },
        };
        let on_timeout = value.field("on-timeout").filter(|value| !value.is_nil());
        let answer = on_timeout.and_then(|it| it.as_name().or_else(|| it.field("continue")?.as_name()));
        let on_timeout = match (on_timeout, answer) {
            (None, _) | (_, Some("fail")) => None,
            (_, Some("continue" | "approve")) => Some("approve"),
            (_, Some("reject")) => Some("reject"),
            _ => return Err(":on-timeout is :fail, :approve or :reject".to_owned()),
        };
        let roles = value.field("roles").and_then(Value::as_sequential).into_iter().flat_map(|it| it.iter());
        Ok(Self {
            before: match value.field("when").and_then(Value::as_name) {
                Some("before") => true,
                Some("after") => false,
                _ => before,
            },
            prompt: text("prompt"),
            title: text("title"),
            timeout_ms,
            on_timeout,
            roles: roles.filter_map(|role| role.as_name().map(str::to_owned)).collect(),
            is_editable: value.field("editable?").and_then(Value::as_bool).unwrap_or(false),
        })
    }
}
