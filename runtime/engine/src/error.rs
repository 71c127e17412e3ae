//! Why a step failed, and the error map that the flow, the journal and people see (spec: steps §2).

use std::fmt;

use breyta_core::{Map, Thrown, Value};

use crate::store::{RunStatus, StoreError};

/// The failure of one step attempt. Secrets are already removed from every text.
#[derive(Clone, Debug, PartialEq)]
pub struct StepError {
    /// The machine class, a stable kebab-case word: `http-status`, `connect`, `timeout`, `missing-binding`.
    pub kind: &'static str,
    pub message: String,
    /// HTTP status, where there is one.
    pub status: Option<u16>,
    /// Without query string.
    pub url: Option<String>,
    /// Whether trying again may help.
    pub retryable: bool,
    /// Anything further: response headers and body preview, ex-data.
    pub data: Value,
}

impl StepError {
    pub fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), status: None, url: None, retryable: false, data: Value::Nil }
    }

    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    #[must_use]
    pub fn with_url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }

    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// What the other side asked to wait before trying again: the `Retry-After` of a response, in seconds. Dates are not
    /// read here: no clock but the engine's is asked.
    pub fn retry_after_ms(&self) -> Option<u64> {
        let headers = self.data.field("headers")?.as_map()?;
        let value = headers.iter().find_map(|(name, value)| {
            name.as_name().is_some_and(|name| name.eq_ignore_ascii_case("retry-after")).then_some(value)
        })?;
        let seconds: u64 = match value {
            Value::Int(seconds) => u64::try_from(*seconds).ok()?,
            other => other.as_str()?.trim().parse().ok()?,
        };
        seconds.checked_mul(1_000)
    }

    /// The error map of the spec, as a flow sees it.
    pub fn to_value(&self, step: &str, attempt: u32) -> Value {
        let mut map = Map::new();
        map.insert_keyword("type", self.kind);
        map.insert_keyword("message", self.message.as_str());
        if let Some(status) = self.status {
            map.insert_keyword("status", i64::from(status));
        }
        if let Some(url) = &self.url {
            map.insert_keyword("url", url.as_str());
        }
        map.insert_keyword("step-id", Value::Keyword(breyta_core::Keyword::new(step)));
        map.insert_keyword("attempt", i64::from(attempt));
        map.insert_keyword("retryable?", self.retryable);
        if !self.data.is_nil() {
            map.insert_keyword("data", self.data.clone());
        }
        Value::Map(map)
    }
}

impl From<Thrown> for StepError {
    /// A function that threw: the class code, the message and the ex-data pass through.
    fn from(thrown: Thrown) -> Self {
        Self::new(thrown.code(), thrown.message()).with_data(thrown.data().clone())
    }
}

/// Why the engine could not start or drive a run. The run itself is as it was, to be resumed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EngineError {
    Store(StoreError),
    /// There is no such run, or the text is no id of a run of this flow.
    UnknownRun {
        id: String,
    },
    /// This engine drives the run already.
    AlreadyDriven {
        workflow_id: String,
    },
    /// Mocks are asked for, or were when the run was started, and this executable is no draft.
    MocksInRelease {
        workflow_id: Option<String>,
    },
    /// The run is pinned to another version of the flow.
    VersionMismatch {
        workflow_id: String,
        run: String,
        program: String,
    },
    /// The run cannot be entered; it is parked with this code until a person does something.
    NeedsAttention {
        workflow_id: String,
        code: String,
        message: String,
    },
    /// The run had ended when it should be cancelled.
    AlreadyEnded {
        workflow_id: String,
        status: RunStatus,
    },
    /// The run has not ended and should begin again.
    StillOpen {
        workflow_id: String,
        status: RunStatus,
    },
    /// The run was called by another one, which alone can begin it again.
    RunOfParent {
        workflow_id: String,
        parent: String,
    },
    /// The run never came to such a step. `ran`: those that it came to; `inside`: a child of it that has the step.
    UnknownStep {
        workflow_id: String,
        step: String,
        ran: Vec<String>,
        inside: Option<String>,
    },
    /// The run came to the step more than once.
    AmbiguousStep {
        workflow_id: String,
        step: String,
        ran: Vec<String>,
    },
    /// The flow does not do what the journal of the run says.
    JournalMismatch {
        workflow_id: String,
        detail: String,
    },
    /// The input holds a function or a regex, or is nested too deeply to be stored.
    InputNotData {
        detail: String,
    },
    /// The compiled program is not well formed.
    BadProgram {
        detail: String,
    },
}

impl EngineError {
    /// The stable code, a kebab-case word.
    pub fn code(&self) -> &str {
        match self {
            Self::Store(error) => error.code(),
            Self::UnknownRun { .. } => "unknown-run",
            Self::AlreadyDriven { .. } => "already-driven",
            Self::MocksInRelease { .. } => "mocks-in-release",
            Self::VersionMismatch { .. } => "version-mismatch",
            Self::NeedsAttention { code, .. } => code,
            Self::AlreadyEnded { .. } => "already_completed",
            Self::StillOpen { .. } => "run-still-open",
            Self::RunOfParent { .. } => "run-of-parent",
            Self::UnknownStep { .. } => "unknown-step",
            Self::AmbiguousStep { .. } => "ambiguous-step",
            Self::JournalMismatch { .. } => "state-mismatch",
            Self::InputNotData { .. } => "invalid-input",
            Self::BadProgram { .. } => "bad-program",
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::UnknownRun { id } => write!(f, "there is no run `{id}`; `runs list` shows all"),
            Self::AlreadyDriven { workflow_id } => write!(f, "run {workflow_id} is being driven already"),
            Self::MocksInRelease { workflow_id: None } => {
                write!(f, "--mocks is for drafts: this executable is a release")
            }
            Self::MocksInRelease { workflow_id: Some(workflow_id) } => write!(
                f,
                "run {workflow_id} was started with --mocks, which is for drafts, and this executable is a release; carry it on \
                 with the draft, or end it with `runs cancel`"
            ),
            Self::VersionMismatch { workflow_id, run, program } => write!(
                f,
                "run {workflow_id} belongs to version {run} of the flow and this executable is version {program}; \
                 resume it with the executable that started it"
            ),
            Self::NeedsAttention { workflow_id, message, .. } => {
                write!(f, "run {workflow_id} cannot go on: {message}")
            }
            Self::AlreadyEnded { workflow_id, status } => {
                write!(f, "run {workflow_id} has ended already: {}", status.word())
            }
            Self::StillOpen { workflow_id, status } => {
                write!(f, "run {workflow_id} is {}; `runs resume` carries it on", status.word())
            }
            Self::RunOfParent { workflow_id, parent } => {
                write!(f, "run {workflow_id} was called by {parent}; fork that one")
            }
            Self::UnknownStep { workflow_id, step, inside: Some(child), .. } => write!(
                f,
                "`{step}` is a step of {child}, which {workflow_id} called; fork {workflow_id} from the step that calls it"
            ),
            Self::UnknownStep { workflow_id, step, ran, inside: None } => {
                let ran = if ran.is_empty() { "none".to_owned() } else { listed(ran) };
                write!(f, "run {workflow_id} never came to a step `{step}`; it came to {ran}")
            }
            Self::AmbiguousStep { workflow_id, step, ran } => {
                write!(f, "run {workflow_id} came to `{step}` more than once; say which: {}", listed(ran))
            }
            Self::JournalMismatch { workflow_id, detail } => {
                write!(f, "the flow does not do what the journal of run {workflow_id} says: {detail}")
            }
            Self::InputNotData { detail } => write!(f, "the input cannot be stored: {detail}"),
            Self::BadProgram { detail } => write!(f, "the compiled flow is not well formed: {detail}"),
        }
    }
}

/// The first and the last of many names.
fn listed(names: &[String]) -> String {
    match names {
        [first @ .., last] if names.len() > 12 => {
            let first: Vec<&str> = first.iter().take(10).map(String::as_str).collect();
            format!("{}, … {last}", first.join(", "))
        }
        names => names.join(", "),
    }
}

impl std::error::Error for EngineError {}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
