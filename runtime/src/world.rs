//! The outside world of a shipped executable: the linked step families, the wall clock, the system's randomness.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{SystemTime, UNIX_EPOCH};

use breyta_catalog::limits::Limits;
use breyta_core::{Set, Value};
use breyta_engine::error::StepError;
use breyta_engine::journal::Entry;
use breyta_engine::world::{BoxFuture, StepRequest, World};
use breyta_steps::templates::Templates;
use breyta_steps::{Family, StepContext};

use crate::bindings::Bindings;
use crate::cli::log::{self, Log};

/// Carries out steps with the families that the flow registered.
#[derive(Debug)]
pub struct SystemWorld {
    pub families: &'static [&'static Family],
    /// The flows that are linked to the main one.
    pub children: Vec<LinkedFlow>,
    pub bindings: Bindings,
    pub templates: Templates,
    pub limits: Limits,
    /// Whether to tell a person at the terminal about every step.
    pub progress: bool,
    /// What is told of what is committed.
    pub log: Log,
    /// What is told to a trace collector.
    #[cfg(feature = "otel")]
    pub(crate) traces: Option<crate::otel::Traces>,
}

/// What steps of a linked flow are carried out with. Connections are the main flow's.
#[derive(Debug)]
pub struct LinkedFlow {
    pub slug: &'static str,
    pub families: &'static [&'static Family],
    pub templates: Templates,
}

impl World for SystemWorld {
    fn now_ms(&self) -> i64 {
        // A clock before 1970 is as good as 1970.
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn random(&self) -> u64 {
        // Keys of std's hashers come from the system's randomness, fresh for each state.
        RandomState::new().build_hasher().finish()
    }

    fn bound_slots(&self) -> Set {
        self.bindings.bound_slots()
    }

    fn said(&self, workflow_id: &str, text: &str) {
        for line in text.lines() {
            crate::cli::say(&format!("  {workflow_id}: {line}"));
        }
    }

    fn listens(&self) -> bool {
        #[cfg(feature = "otel")]
        if self.traces.is_some() {
            return true;
        }
        self.progress || self.log.is_on()
    }

    fn told(&self, workflow_id: &str, entry: &Entry) {
        #[cfg(feature = "otel")]
        if let Some(traces) = &self.traces {
            traces.told(workflow_id, entry);
        }
        self.log.entry(workflow_id, entry);
        if let Some(line) = log::progress(entry).filter(|_| self.progress) {
            crate::cli::say(&line);
        }
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let child = self.children.iter().find(|child| child.slug == request.program.slug());
        let (families, templates) =
            child.map_or((self.families, &self.templates), |child| (child.families, &child.templates));
        let Some(family) = families.iter().find(|family| family.name == request.family) else {
            let message = format!("this executable was built without the step family :{}", request.family);
            return Box::pin(std::future::ready(Err(StepError::new("not-supported-yet", message))));
        };
        let context = StepContext {
            request,
            connections: &self.bindings,
            templates,
            limits: &self.limits,
            say: &crate::cli::say,
        };
        if !self.progress {
            return (family.execute)(context);
        }
        Box::pin(async move {
            let started_ms = self.now_ms();
            let answer = (family.execute)(context).await;
            let took_ms = self.now_ms() - started_ms;
            let outcome = match &answer {
                Ok(_) => "done".to_owned(),
                Err(error) => format!("failed: {}", error.message),
            };
            crate::cli::say(&format!("  {} ({}) {outcome}, {took_ms} ms", request.point, request.family));
            answer
        })
    }
}
