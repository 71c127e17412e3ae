//! Structured lines on stderr: what happens to runs, one line per event, as JSON or as text. What is said comes from the
//! journal once it is durable, and never holds inputs, results or answers.

use breyta_core::{Map, Value, json, print};
use breyta_engine::journal::{Entry, Event, StepExecution};

use super::arguments::Format;
use super::say;
use crate::failure::Failure;

/// The option and the variable that say how much is told.
const VARIABLE: &str = "BREYTA_LOG";

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Off,
    /// Runs that failed or need somebody.
    Error,
    /// And steps that failed, and warnings.
    Warn,
    /// And runs that begin and end.
    Info,
    /// And everything that stands in the journal.
    Debug,
}

impl Level {
    const ALL: [Self; 5] = [Self::Off, Self::Error, Self::Warn, Self::Info, Self::Debug];

    const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }

    pub(super) fn read(text: &str, whose: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|level| level.word() == text).ok_or_else(|| {
            let words = Self::ALL.map(Self::word).join(", ");
            Failure::usage(format!("{whose} is one of {words}, not \"{text}\""))
        })
    }

    /// What the environment says.
    pub(super) fn of_environment() -> Result<Option<Self>, Failure> {
        match std::env::var(VARIABLE) {
            Ok(text) if !text.is_empty() => Self::read(&text, VARIABLE).map(Some),
            _ => Ok(None),
        }
    }
}

/// Where lines go, and which.
#[derive(Clone, Copy, Debug)]
pub struct Log {
    pub(super) level: Level,
    pub(super) format: Format,
    pub(super) slug: &'static str,
}

type Fields = Vec<(&'static str, String)>;

impl Log {
    pub(crate) fn is_on(&self) -> bool {
        self.level > Level::Off
    }

    /// One line, when as much is told.
    pub(super) fn line(&self, level: Level, at_ms: i64, event: &str, fields: &[(&'static str, String)]) {
        if level <= self.level {
            say(&self.text(level, at_ms, event, fields));
        }
    }

    fn text(&self, level: Level, at_ms: i64, event: &str, fields: &[(&'static str, String)]) -> String {
        let at = print::instant_text(at_ms);
        if self.format == Format::Human {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
            return format!("{at} {} {event} {}", level.word(), fields.join(" "));
        }
        let mut map = Map::new();
        map.insert_keyword("at", at.as_str());
        map.insert_keyword("level", level.word());
        map.insert_keyword("event", event);
        map.insert_keyword("flowSlug", self.slug);
        for (name, value) in fields {
            map.insert_keyword(name, value.as_str());
        }
        json::emit(&Value::Map(map)).unwrap_or_default()
    }

    /// What an entry of a journal says.
    pub(crate) fn entry(&self, workflow_id: &str, entry: &Entry) {
        if let Some(text) = self.entry_text(workflow_id, entry) {
            say(&text);
        }
    }

    fn entry_text(&self, workflow_id: &str, entry: &Entry) -> Option<String> {
        let (level, event) = kind(&entry.event);
        if level > self.level {
            return None;
        }
        let mut fields = vec![("workflowId", workflow_id.to_owned())];
        if let Some(execution) = entry.event.execution() {
            fields.extend(of_execution(execution));
        }
        fields.extend(of_event(&entry.event));
        if let Some(error) = entry.value.as_ref().filter(|_| level <= Level::Warn) {
            let failure = super::run::failed(error);
            fields.extend([("code", failure.code), ("message", failure.message)]);
        }
        Some(self.text(level, entry.at_ms, event, &fields))
    }
}

/// How much an event matters, and how it is called.
const fn kind(event: &Event) -> (Level, &'static str) {
    match event {
        Event::RunFailed => (Level::Error, "run-ended"),
        Event::RunCompleted | Event::RunCancelled { .. } => (Level::Info, "run-ended"),
        Event::RunNeedsAttention { .. } => (Level::Error, event.word()),
        Event::StepFailed { .. } | Event::StepRetried { .. } | Event::Warning { .. } => {
            (Level::Warn, event.word())
        }
        Event::RunStarted { .. } | Event::RunReopened | Event::RunForked { .. } => {
            (Level::Info, event.word())
        }
        Event::StepCompleted { .. }
        | Event::StepParked { .. }
        | Event::StepAnswered { .. }
        | Event::StepMetered { .. }
        | Event::StepCancelled { .. }
        | Event::Note { .. } => (Level::Debug, event.word()),
    }
}

fn of_execution(execution: &StepExecution) -> Fields {
    vec![
        ("stepId", execution.step.clone()),
        ("stepType", execution.family.clone()),
        ("point", execution.point.clone()),
        ("count", execution.count.to_string()),
        ("attempt", execution.attempt.to_string()),
        ("durationMs", (execution.ended_ms - execution.started_ms).to_string()),
    ]
}

fn of_event(event: &Event) -> Fields {
    let own = |text: &str| text.to_owned();
    match event {
        Event::RunStarted { version, trigger } => {
            vec![("version", own(version)), ("triggeredBy", own(trigger))]
        }
        Event::RunCompleted => vec![("status", own("completed"))],
        Event::RunFailed => vec![("status", own("failed"))],
        Event::RunCancelled { reason } => {
            let mut fields = vec![("status", own("cancelled"))];
            fields.extend(reason.as_deref().map(|reason| ("reason", own(reason))));
            fields
        }
        Event::RunForked { run, step } => vec![("forkedFrom", own(run)), ("beforeStep", own(step))],
        Event::RunNeedsAttention { code, message } | Event::Warning { code, message, .. } => {
            vec![("code", own(code)), ("message", own(message))]
        }
        Event::StepRetried { next_ms, .. } => vec![("nextAttemptAt", print::instant_text(*next_ms))],
        Event::StepParked { why, until_ms, .. } => {
            let mut fields = vec![("why", own(why))];
            fields.extend(until_ms.map(|until_ms| ("until", print::instant_text(until_ms))));
            fields
        }
        Event::StepAnswered { why, answer, .. } => vec![("why", own(why)), ("answer", own(answer))],
        Event::StepMetered { point, unit, micros, .. } => {
            vec![("point", own(point)), ("unit", own(unit)), ("costMicros", micros.to_string())]
        }
        Event::Note { label, choice } => vec![("label", own(label)), ("choice", own(choice))],
        Event::StepFailed { handled, .. } => vec![("handled", handled.to_string())],
        Event::StepCompleted { .. } | Event::StepCancelled { .. } | Event::RunReopened => Vec::new(),
    }
}

/// What a person at the terminal sees of a run that rests; None when that says nothing.
pub(crate) fn progress(entry: &Entry) -> Option<String> {
    match &entry.event {
        Event::StepParked { execution, why, until_ms } => {
            let until = until_ms.map(|until_ms| format!(" until {}", print::instant_text(until_ms)));
            Some(format!(
                "  {} ({}) rests: {why}{}",
                execution.point,
                execution.family,
                until.unwrap_or_default()
            ))
        }
        Event::StepRetried { execution, next_ms } => {
            let next = print::instant_text(*next_ms);
            Some(format!("  {} ({}) is tried again at {next}", execution.point, execution.family))
        }
        Event::Note { label, choice } if choice.is_empty() => Some(format!("  {label}")),
        Event::Note { label, choice } => Some(format!("  {label}: {choice}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(level: Level, format: Format, event: Event, value: &str) -> Option<String> {
        let log = Log { level, format, slug: "x" };
        let entry = Entry { at_ms: 1_000, event, value: Some(Value::string(value)) };
        log.entry_text("flow-x-local-r1", &entry)
    }

    #[test]
    fn lines_hold_no_values() {
        let line = shown(Level::Info, Format::Json, Event::RunCompleted, "hunter2").unwrap();
        let expected =
            r#"{"at":"1970-01-01T00:00:01.000Z","level":"info","event":"run-ended","flowSlug":"x","#;
        assert_eq!(line, format!(r#"{expected}"workflowId":"flow-x-local-r1","status":"completed"}}"#));
        let execution = StepExecution {
            point: "in/ask".to_owned(),
            step: "ask".to_owned(),
            family: "http".to_owned(),
            count: 2,
            attempt: 1,
            started_ms: 400,
            ended_ms: 500,
        };
        let event = Event::StepCompleted { execution };
        let line = shown(Level::Debug, Format::Human, event.clone(), "hunter2").unwrap();
        let expected = "1970-01-01T00:00:01.000Z debug step-completed workflowId=flow-x-local-r1 stepId=ask \
                        stepType=http point=in/ask count=2 attempt=1 durationMs=100";
        assert_eq!(line, expected);
        assert_eq!(shown(Level::Info, Format::Human, event, "hunter2"), None, "not as much is told");
    }

    #[test]
    fn levels_are_ordered() {
        assert!(Level::ALL.is_sorted());
        assert_eq!(Level::read("warn", "--log").ok(), Some(Level::Warn));
        assert!(Level::read("loud", "--log").is_err());
    }
}
