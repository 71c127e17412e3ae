//! A step while it is carried out: the call, its controls, and how far it has come.

use std::borrow::Cow;

use breyta_core::{Keyword, Map, Value};

use super::slots::Kept;
use crate::controls::{Checkpoint, Controls};
use crate::journal::StepExecution;
use crate::machine::{StateIndex, StepCall};
use crate::progress::{Pending, Phase};

/// What is to be carried out, and where its outcome goes.
pub(super) struct Call {
    pub(super) point: Cow<'static, str>,
    pub(super) family: Cow<'static, str>,
    pub(super) step: Cow<'static, str>,
    /// Without the controls that the driver acts on.
    pub(super) config: Value,
    pub(super) next: StateIndex,
    pub(super) handler: Option<StateIndex>,
}

/// One execution of a step.
pub(super) struct Execution {
    pub(super) call: Call,
    /// None when the config has none that the driver acts on.
    pub(super) controls: Option<Box<Controls>>,
    /// The config as it was written, when controls were taken out of it.
    whole: Option<Value>,
    pub(super) count: u64,
    /// The attempt that is made next, or was made last; from 1.
    pub(super) attempt: u32,
    pub(super) phase: Phase,
    pub(super) started_ms: i64,
    /// When the rest of the phase ends by itself; None before it began.
    pub(super) deadline_ms: Option<i64>,
    /// The result that people look at, or the error that they decide about.
    pub(super) held: Option<Value>,
}

impl Execution {
    /// Begins one; the error says what is wrong with its controls.
    pub(super) fn begin(call: StepCall, count: u64, started_ms: i64) -> (Self, Result<(), String>) {
        let StepCall { point, family, step, config, next, handler } = call;
        let call = Call {
            point: Cow::Borrowed(point),
            family: Cow::Borrowed(family),
            step: Cow::Borrowed(step),
            config,
            next,
            handler,
        };
        let mut execution = Self {
            call,
            controls: None,
            whole: None,
            count,
            attempt: 1,
            phase: Phase::Begin,
            started_ms,
            deadline_ms: None,
            held: None,
        };
        let taken = execution.take_controls();
        (execution, taken)
    }

    /// One that was resting.
    pub(super) fn resumed(
        pending: Pending,
        kept: Kept,
        next: StateIndex,
        handler: Option<StateIndex>,
    ) -> Result<Self, String> {
        let Pending { point, family, step, count, attempt, phase, started_ms, deadline_ms, .. } = pending;
        let call = Call {
            point: Cow::Owned(point),
            family: Cow::Owned(family),
            step: Cow::Owned(step),
            config: kept.config,
            next,
            handler,
        };
        let mut execution = Self {
            call,
            controls: None,
            whole: None,
            count,
            attempt,
            phase,
            started_ms,
            deadline_ms,
            held: kept.held,
        };
        execution.take_controls()?;
        Ok(execution)
    }

    fn take_controls(&mut self) -> Result<(), String> {
        if !Controls::are_in(&self.call.family, &self.call.config) {
            return Ok(());
        }
        self.whole = Some(self.call.config.clone());
        self.controls = Some(Box::new(Controls::take(&self.call.family, &mut self.call.config)?));
        Ok(())
    }

    /// The config with its controls.
    pub(super) fn whole_config(&self) -> &Value {
        self.whole.as_ref().unwrap_or(&self.call.config)
    }

    pub(super) fn pending(&self, handler: Option<&str>) -> Pending {
        Pending {
            point: self.call.point.clone().into_owned(),
            family: self.call.family.clone().into_owned(),
            step: self.call.step.clone().into_owned(),
            handler: handler.map(str::to_owned),
            count: self.count,
            attempt: self.attempt,
            phase: self.phase,
            started_ms: self.started_ms,
            deadline_ms: self.deadline_ms,
        }
    }

    /// As the journal knows it, until now.
    pub(super) fn until(&self, ended_ms: i64) -> StepExecution {
        StepExecution {
            point: self.call.point.clone().into_owned(),
            step: self.call.step.clone().into_owned(),
            family: self.call.family.clone().into_owned(),
            count: self.count,
            attempt: self.attempt,
            started_ms: self.started_ms,
            // The clock may have been set back meanwhile.
            ended_ms: ended_ms.max(self.started_ms),
        }
    }

    /// `<suspension id>#<count>`: unique in the run.
    pub(super) fn name(&self) -> String {
        format!("{}#{}", self.call.point, self.count)
    }

    /// The name of the wait of the phase: the step's own, or that of a control.
    pub(super) fn wait_id(&self) -> String {
        match self.phase {
            Phase::Wait | Phase::Children => self.name(),
            _ => format!("{}:{}", self.name(), self.phase.word()),
        }
    }

    /// `{:type code :message … :step-id … :attempt …}`.
    pub(super) fn error(&self, code: &'static str, message: impl Into<String>) -> Value {
        let mut map = Map::new();
        map.insert_keyword("type", Value::literal(code));
        map.insert_keyword("message", Value::string(message.into()));
        map.insert_keyword("step-id", Value::Keyword(Keyword::new(self.call.step.as_ref())));
        map.insert_keyword("attempt", i64::from(self.attempt));
        Value::Map(map)
    }

    /// What people are asked in a phase, if they are.
    pub(super) fn question(&self, phase: Phase) -> Option<&Checkpoint> {
        let controls = self.controls.as_deref()?;
        match phase {
            Phase::Breakpoint => controls.breakpoint.as_ref(),
            Phase::Confirm => controls.confirm.as_ref(),
            Phase::Review => controls.review.as_ref(),
            _ => None,
        }
    }
}
