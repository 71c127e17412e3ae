//! What a case comes to when nothing happens: every answer that was given, every signal that was left, the story.

use std::collections::BTreeMap;
use std::sync::Arc;

use breyta_core::Value;
use breyta_engine::driver::Engine;
use breyta_engine::error::StepError;
use breyta_engine::limits::Limits;

use super::outside::{self, Outside};
use super::{Case, story};
use crate::stores;

/// What every life of a case must come to.
pub struct Plan {
    /// By question: run, point, count and attempt.
    pub answers: BTreeMap<String, Result<Value, StepError>>,
    /// In the order in which they were left.
    pub signals: Vec<Planned>,
    pub story: Vec<String>,
    /// Lineages that begin so may come to something else.
    pub races: Vec<String>,
    /// Commits of the undisturbed life.
    pub commits: u64,
    /// Signals come in this order, one after the other is taken.
    pub in_order: bool,
}

/// Something from outside.
#[derive(Clone, Debug)]
pub struct Planned {
    pub what: Sent,
    /// It is there when this is asked.
    pub before: Option<String>,
    /// Where the first run rested when it came: its state, and its steps so far.
    pub at: Option<(String, u64)>,
}

/// What comes from outside.
#[derive(Clone, Debug)]
pub enum Sent {
    ToWait { lineage: String, wait_id: String, payload: Value },
    ToKey { key: String, payload: Value },
    ToEvent { name: String, payload: Value },
    Cancel,
}

/// Bounds an undisturbed life.
const TURNS_MAX: usize = 600;

impl Plan {
    /// Lives a case undisturbed. The error says why it is no case: it does not end, for example.
    pub fn of(case: &Case) -> Result<Self, String> {
        let store = stores::memory(case.program.slug());
        let outside = Arc::new(Outside::telling(case, Arc::clone(&store)));
        let engine = Engine::new(
            Arc::clone(&case.program),
            Arc::clone(&store),
            Arc::clone(&outside) as Arc<dyn breyta_engine::world::World>,
            Limits { cancel_poll_ms: 0, ..Limits::default() },
        );
        let engine = engine.map_err(|error| error.to_string())?;
        outside::wait(live(&engine, &outside, case))?;
        let (story, races) = (story::story(store.as_ref())?, story::races(store.as_ref())?);
        outside.check()?;
        let in_order = case.teller.in_order();
        Ok(outside.into_plan(story, races, in_order))
    }
}

async fn live(engine: &Engine, outside: &Outside, case: &Case) -> Result<(), String> {
    engine.admit(outside::start(case)).await.map_err(|error| error.to_string())?;
    for _ in 0..TURNS_MAX {
        let ready = engine.ready().await.map_err(|error| error.to_string())?;
        for run in &ready {
            engine.advance(&run.to_string()).await.map_err(|error| error.to_string())?;
        }
        if !ready.is_empty() || outside.tell_at_rest() {
            continue;
        }
        match engine.store().next_wake().await.map_err(|error| error.to_string())? {
            Some(wake_ms) => outside.sleep_until(wake_ms),
            None => return outside::ended(engine.store().as_ref()),
        }
    }
    Err(format!("it does not end within {TURNS_MAX} turns"))
}
