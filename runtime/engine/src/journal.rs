//! The journal: what happened in a run, for people, audit and fork. Resuming never reads it.
//!
//! An entry is stored as two byte strings: a *head* (fields in a fixed order, [`crate::wire`]) and, for entries that
//! carry a value, a *payload* (`breyta_core::codec`), so that a store may keep large payloads elsewhere. Both layouts
//! stand in `docs/format.md`; entry types are stored by their words and never by number.

use std::sync::Arc;

use breyta_core::{Value, codec};

use crate::wire::{Damaged, Reader, Writer};

/// The first byte of every head.
pub const FORMAT: u8 = 1;

/// One entry, decoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    pub event: Event,
    /// The input, result or error map that came with the event.
    pub value: Option<Value>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Value: the input.
    RunStarted {
        version: String,
        trigger: String,
    },
    /// Value: the result.
    StepCompleted {
        execution: StepExecution,
    },
    /// Value: the error map. `handled`: the flow caught it.
    StepFailed {
        execution: StepExecution,
        handled: bool,
    },
    /// Value: the error map. The step is tried again, then.
    StepRetried {
        execution: StepExecution,
        next_ms: i64,
    },
    /// The run rests in the middle of a step. `why`: `sleep`, `wait`, `confirm`, `review`, `breakpoint`, `checkpoint` or
    /// `child`.
    StepParked {
        execution: StepExecution,
        why: String,
        until_ms: Option<i64>,
    },
    /// Value: what came. `answer`: the action of a person, `signal`, or `timeout`.
    StepAnswered {
        execution: StepExecution,
        why: String,
        answer: String,
    },
    /// Advisory cost of a completed step.
    StepMetered {
        point: String,
        count: u64,
        unit: String,
        micros: i64,
        label: String,
    },
    /// The run was cancelled while the step was in flight.
    StepCancelled {
        execution: StepExecution,
    },
    /// A branch taken at a labelled form.
    Note {
        label: String,
        choice: String,
    },
    /// Something that a person should look at; the run goes on.
    Warning {
        code: String,
        point: String,
        message: String,
    },
    /// Value: the result.
    RunCompleted,
    /// Value: the error map.
    RunFailed,
    RunCancelled {
        reason: Option<String>,
    },
    /// The run cannot go on until a person does something.
    RunNeedsAttention {
        code: String,
        message: String,
    },
    /// The run had ended without completing and goes on from where it stood.
    RunReopened,
    /// The run begins here: what stands before was taken over from another one, which had come to this execution of a
    /// step.
    RunForked {
        run: String,
        step: String,
    },
}

/// One execution of one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepExecution {
    /// The suspension id.
    pub point: String,
    /// The author's step id.
    pub step: String,
    pub family: String,
    /// Which execution of this point in this run, from 1.
    pub count: u64,
    /// From 1.
    pub attempt: u32,
    pub started_ms: i64,
    pub ended_ms: i64,
}

/// An entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    pub head: Vec<u8>,
    pub payload: Option<Arc<[u8]>>,
}

impl Encoded {
    /// Encodes an event; the payload is the value's bytes, if it carries one.
    pub fn new(at_ms: i64, event: &Event, payload: Option<Arc<[u8]>>) -> Self {
        let mut head = Writer::new(FORMAT);
        head.text(event.word()).signed(at_ms);
        event.write(&mut head);
        Self { head: head.finish(), payload }
    }

    pub fn decode(&self) -> Result<Entry, Damaged> {
        Entry::decode(&self.head, self.payload.as_deref())
    }
}

impl Entry {
    pub fn decode(head: &[u8], payload: Option<&[u8]>) -> Result<Self, Damaged> {
        let mut fields = Reader::new("a journal entry", FORMAT, head)?;
        let word = fields.text()?;
        let at_ms = fields.signed()?;
        let event = Event::read(&word, &mut fields)?;
        fields.finish()?;
        let value = match payload {
            Some(bytes) => Some(
                codec::decode(bytes)
                    .map_err(|_| Damaged(format!("the value of a {word} entry does not decode")))?,
            ),
            None => None,
        };
        Ok(Self { at_ms, event, value })
    }
}

impl Event {
    /// The stable word of the event's type.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::RunStarted { .. } => "run-started",
            Self::StepCompleted { .. } => "step-completed",
            Self::StepFailed { .. } => "step-failed",
            Self::StepRetried { .. } => "step-retried",
            Self::StepParked { .. } => "step-parked",
            Self::StepAnswered { .. } => "step-answered",
            Self::StepMetered { .. } => "step-metered",
            Self::StepCancelled { .. } => "step-cancelled",
            Self::Note { .. } => "note",
            Self::Warning { .. } => "warning",
            Self::RunCompleted => "run-completed",
            Self::RunFailed => "run-failed",
            Self::RunCancelled { .. } => "run-cancelled",
            Self::RunNeedsAttention { .. } => "run-needs-attention",
            Self::RunReopened => "run-reopened",
            Self::RunForked { .. } => "run-forked",
        }
    }

    /// The step execution that the event is about.
    pub const fn execution(&self) -> Option<&StepExecution> {
        match self {
            Self::StepCompleted { execution }
            | Self::StepFailed { execution, .. }
            | Self::StepRetried { execution, .. }
            | Self::StepParked { execution, .. }
            | Self::StepAnswered { execution, .. }
            | Self::StepCancelled { execution } => Some(execution),
            Self::RunStarted { .. }
            | Self::Note { .. }
            | Self::Warning { .. }
            | Self::StepMetered { .. }
            | Self::RunCompleted
            | Self::RunFailed
            | Self::RunCancelled { .. }
            | Self::RunNeedsAttention { .. }
            | Self::RunReopened
            | Self::RunForked { .. } => None,
        }
    }

    /// Whether a step ended with it.
    pub const fn ends_step(&self) -> bool {
        matches!(self, Self::StepCompleted { .. } | Self::StepFailed { .. } | Self::StepCancelled { .. })
    }

    fn write(&self, head: &mut Writer) {
        match self {
            Self::RunStarted { version, trigger } => {
                head.text(version).text(trigger);
            }
            Self::StepCompleted { execution } | Self::StepCancelled { execution } => execution.write(head),
            Self::StepFailed { execution, handled } => {
                execution.write(head);
                head.byte(u8::from(*handled));
            }
            Self::StepRetried { execution, next_ms } => {
                execution.write(head);
                head.signed(*next_ms);
            }
            Self::StepParked { execution, why, until_ms } => {
                execution.write(head);
                head.text(why).byte(u8::from(until_ms.is_some()));
                if let Some(until_ms) = until_ms {
                    head.signed(*until_ms);
                }
            }
            Self::StepAnswered { execution, why, answer } => {
                execution.write(head);
                head.text(why).text(answer);
            }
            Self::StepMetered { point, count, unit, micros, label } => {
                head.text(point).count(*count).text(unit).signed(*micros).text(label);
            }
            Self::RunForked { run, step } => {
                head.text(run).text(step);
            }
            Self::Note { label, choice } => {
                head.text(label).text(choice);
            }
            Self::Warning { code, point, message } => {
                head.text(code).text(point).text(message);
            }
            Self::RunCompleted | Self::RunFailed | Self::RunReopened => {}
            Self::RunCancelled { reason: None } => {
                head.byte(0);
            }
            Self::RunCancelled { reason: Some(reason) } => {
                head.byte(1).text(reason);
            }
            Self::RunNeedsAttention { code, message } => {
                head.text(code).text(message);
            }
        }
    }

    fn read(word: &str, fields: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(match word {
            "run-started" => Self::RunStarted { version: fields.text()?, trigger: fields.text()? },
            "step-completed" => Self::StepCompleted { execution: StepExecution::read(fields)? },
            "step-failed" => {
                Self::StepFailed { execution: StepExecution::read(fields)?, handled: fields.byte()? != 0 }
            }
            "step-retried" => {
                Self::StepRetried { execution: StepExecution::read(fields)?, next_ms: fields.signed()? }
            }
            "step-parked" => Self::StepParked {
                execution: StepExecution::read(fields)?,
                why: fields.text()?,
                until_ms: if fields.byte()? == 0 { None } else { Some(fields.signed()?) },
            },
            "step-answered" => Self::StepAnswered {
                execution: StepExecution::read(fields)?,
                why: fields.text()?,
                answer: fields.text()?,
            },
            "step-metered" => Self::StepMetered {
                point: fields.text()?,
                count: fields.count()?,
                unit: fields.text()?,
                micros: fields.signed()?,
                label: fields.text()?,
            },
            "step-cancelled" => Self::StepCancelled { execution: StepExecution::read(fields)? },
            "note" => Self::Note { label: fields.text()?, choice: fields.text()? },
            "warning" => {
                Self::Warning { code: fields.text()?, point: fields.text()?, message: fields.text()? }
            }
            "run-completed" => Self::RunCompleted,
            "run-failed" => Self::RunFailed,
            "run-reopened" => Self::RunReopened,
            "run-forked" => Self::RunForked { run: fields.text()?, step: fields.text()? },
            "run-cancelled" => {
                Self::RunCancelled { reason: if fields.byte()? == 0 { None } else { Some(fields.text()?) } }
            }
            "run-needs-attention" => {
                Self::RunNeedsAttention { code: fields.text()?, message: fields.text()? }
            }
            other => return Err(Damaged(format!("a journal entry has the unknown type `{other}`"))),
        })
    }
}

impl StepExecution {
    fn write(&self, head: &mut Writer) {
        head.text(&self.point).text(&self.step).text(&self.family);
        head.count(self.count).count(u64::from(self.attempt)).signed(self.started_ms).signed(self.ended_ms);
    }

    fn read(fields: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Self {
            point: fields.text()?,
            step: fields.text()?,
            family: fields.text()?,
            count: fields.count()?,
            attempt: u32::try_from(fields.count()?)
                .map_err(|_| Damaged("a journal entry has an attempt that is too large".to_owned()))?,
            started_ms: fields.signed()?,
            ended_ms: fields.signed()?,
        })
    }
}

#[cfg(test)]
mod tests;
