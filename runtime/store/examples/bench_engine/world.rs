//! A world whose steps answer at once, and that notes when they begin.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use breyta_core::Value;
use breyta_engine::driver::Engine;
use breyta_engine::error::StepError;
use breyta_engine::limits::Limits;
use breyta_engine::machine::Program;
use breyta_engine::store::Store;
use breyta_engine::world::{BoxFuture, StepRequest, World};

/// Answers every step with 1; from a number of steps on with nothing, as if the process had died there.
#[derive(Debug, Default)]
pub(crate) struct AtOnce {
    /// None: no marks are kept.
    marks: Option<Mutex<Vec<Instant>>>,
    steps_max: Option<usize>,
    begun: tokio::sync::Notify,
}

impl AtOnce {
    /// Keeps the time of every step.
    pub(crate) fn marking() -> Self {
        Self { marks: Some(Mutex::default()), ..Self::default() }
    }

    /// Answers so many steps; the next one never ends and wakes whoever waits in [`AtOnce::stuck`].
    pub(crate) fn stopping_after(steps: usize) -> Self {
        Self { steps_max: Some(steps), ..Self::marking() }
    }

    pub(crate) async fn stuck(&self) {
        self.begun.notified().await;
    }

    /// The times between the steps since this was asked last.
    pub(crate) fn take_gaps(&self) -> Vec<Duration> {
        let Some(marks) = &self.marks else { return Vec::new() };
        let marks = std::mem::take(&mut *marks.lock().unwrap_or_else(PoisonError::into_inner));
        let pairs = marks.windows(2);
        pairs.filter_map(|pair| pair.last().zip(pair.first()).map(|(end, begin)| *end - *begin)).collect()
    }
}

impl World for AtOnce {
    fn now_ms(&self) -> i64 {
        0
    }

    fn random(&self) -> u64 {
        0
    }

    fn execute<'a>(&'a self, _request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        if let Some(marks) = &self.marks {
            let mut marks = marks.lock().unwrap_or_else(PoisonError::into_inner);
            marks.push(Instant::now());
            if self.steps_max.is_some_and(|max| marks.len() > max) {
                self.begun.notify_one();
                return Box::pin(std::future::pending());
            }
        }
        Box::pin(std::future::ready(Ok(Value::Int(1))))
    }
}

/// An engine without the limits that protect real runs.
pub(crate) fn engine(
    program: Arc<dyn Program>,
    store: Arc<dyn Store>,
    world: Arc<dyn World>,
) -> Result<Engine, breyta_engine::error::EngineError> {
    let limits = Limits { steps_max: u64::MAX, http_requests_max: u64::MAX, ..Limits::default() };
    Engine::new(program, store, world, limits)
}
