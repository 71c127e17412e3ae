//! Verified runs: what a sound store holds follows from its journal, also after a death anywhere and after reopening; a
//! write that a store loses is noticed at the commit that loses it, and the run is parked.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use breyta_core::{Map, Value};

use super::dying::{Death, Dying};
use super::errands::{Errands, wait_key};
use super::forgetful::Forgetful;
use super::line::{Line, Link};
use super::sample::{Sample, Script};
use super::{Make, encode, wait};
use crate::driver::{Advance, Engine, RunEnd};
use crate::error::{EngineError, StepError};
use crate::journal::Event;
use crate::limits::Limits;
use crate::machine::Program;
use crate::store::{RunFilter, RunStatus, SignalTarget, Store};
use crate::world::{BoxFuture, StepRequest, World};

/// A world whose time moves on whenever somebody asks, and in leaps.
#[derive(Default)]
struct Outside {
    now_ms: AtomicI64,
    script: Script,
}

impl World for Outside {
    fn now_ms(&self) -> i64 {
        self.now_ms.fetch_add(1, Ordering::Relaxed)
    }

    fn random(&self) -> u64 {
        3
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        self.script.execute(request)
    }
}

impl Outside {
    /// Short answers: an errand keeps them all.
    fn terse() -> Arc<Self> {
        let outside = Self::default();
        outside.script.reply("ask", Ok(Value::Int(1)));
        outside.script.reply("compute", Ok(Value::Int(2)));
        Arc::new(outside)
    }
}

fn engine(program: Arc<dyn Program>, store: Arc<dyn Store>, outside: &Arc<Outside>) -> Engine {
    let engine = Engine::new(program, store, outside.clone(), Limits::default());
    engine.expect("the flow is well formed").verifying()
}

fn errand(rounds: i64) -> Value {
    let mut input = Map::new();
    input.insert_keyword("errand", 1);
    input.insert_keyword("rounds", rounds);
    Value::Map(input)
}

/// Carries an errand on to its end: lets time pass, and answers what it waits for.
fn to_the_end(engine: &Engine, id: &str, outside: &Outside) -> Result<RunEnd, EngineError> {
    for round in 0..100 {
        match wait(engine.advance(id))? {
            Advance::Ended { end, .. } => return Ok(end),
            Advance::Parked { wake_at_ms, .. } => {
                let wake_at_ms = wake_at_ms.unwrap_or_default().min(1_000 * round);
                outside.now_ms.fetch_max(wake_at_ms, Ordering::Relaxed);
                for left in 0..10 {
                    let target = SignalTarget::Key(wait_key(1, left));
                    engine
                        .store()
                        .put_signal(&target, encode(&Value::Int(left)), round)
                        .expect("it is taken");
                }
            }
        }
    }
    panic!("it never ends")
}

pub(super) fn sound_stores_verify(make: Make<'_>) {
    for dies_at in (1..).step_by(2) {
        let mut harness = make();
        let outside = Outside::terse();
        let dying = Arc::new(Dying::at(harness.store(), dies_at, Death::After));
        let first = engine(Arc::new(Errands), dying, &outside);
        let died = wait(first.start(errand(9), "manual"))
            .and_then(|started| to_the_end(&first, &started.workflow_id, &outside));
        if died.is_ok() {
            assert!(dies_at > 15, "an errand of nine rounds has more commits than {dies_at}");
            break;
        }
        drop(first);
        harness.crash();
        let second = engine(Arc::new(Errands), harness.store(), &outside);
        let end = to_the_end(&second, "r1", &outside);
        assert!(matches!(end, Ok(RunEnd::Completed(_))), "dead after commit {dies_at}: {end:?}");
    }
}

/// Pure steps that rode along with the end are asked for again after reopening, and are in the journal twice or once.
pub(super) fn reopened_runs_verify(make: Make<'_>) {
    let mut harness = make();
    let outside = Arc::new(Outside::default());
    outside.script.reply("report", Err(StepError::new("http-status", "the answer was 500")));
    outside.script.reply("send", Err(StepError::new("http-status", "the answer was 500")));
    let first = engine(Arc::new(Sample), harness.store(), &outside);
    let (_, end) = wait(first.run(Value::Int(1), "manual")).expect("it runs");
    assert!(matches!(end, RunEnd::Failed(_)), "{end:?}");
    drop(first);
    harness.crash();
    let second = engine(Arc::new(Sample), harness.store(), &outside);
    wait(second.reopen("r1")).expect("it is reopened");
    let end = wait(second.drive("r1")).expect("it is verified");
    assert!(matches!(end, RunEnd::Failed(_)), "{end:?}");
    wait(second.reopen("r1")).expect("it is reopened");
    outside.script.reply("report", Ok(Value::Int(1)));
    let end = wait(second.drive("r1")).expect("it is verified");
    assert!(matches!(end, RunEnd::Completed(_)), "{end:?}");
}

/// What the controls of a step make of a failure is rebuilt as well.
pub(super) fn failures_and_attempts_verify(make: Make<'_>) {
    let harness = make();
    let outside = Arc::new(Outside::default());
    for point in ["skipped", "continued", "tried"] {
        outside.script.reply(point, Err(StepError::new("connect", "nobody is there").retryable()));
    }
    let link = |point, control: &'static str, value: Value| {
        let mut config = Map::new();
        config.insert_keyword(control, value);
        Link { point, family: "http", config }
    };
    let mut retry = Map::new();
    retry.insert_keyword("max-attempts", 3);
    retry.insert_keyword("backoff-ms", 0);
    let line = Line::new(vec![
        link("skipped", "on-error", Value::keyword("skip")),
        link("continued", "on-error", Value::keyword("continue")),
        link("tried", "retry", Value::Map(retry)),
    ]);
    let engine = engine(Arc::new(line), harness.store(), &outside);
    let (started, end) = wait(engine.run(Value::Nil, "manual")).expect("it is verified");
    assert!(matches!(end, RunEnd::Failed(_)), "{end:?}");
    wait(engine.reopen(&started.workflow_id)).expect("it is reopened");
    outside.script.reply("tried", Ok(Value::Int(7)));
    let end = wait(engine.drive(&started.workflow_id)).expect("it is verified");
    let RunEnd::Completed(Value::Vector(given)) = end else { panic!("{end:?}") };
    assert_eq!(given.get(0), Some(&Value::Nil));
    assert_eq!(given.get(1).and_then(|it| it.field("success")), Some(&Value::Bool(false)));
    assert_eq!(given.get(2), Some(&Value::Int(7)));
}

/// The planted bug: a commit loses a slot write.
pub(super) fn lost_writes_are_noticed(make: Make<'_>) {
    let harness = make();
    let outside = Outside::terse();
    let engine = engine(Arc::new(Errands), Forgetful::over(harness.store()), &outside);
    let id = wait(engine.start(errand(9), "manual")).expect("it starts").workflow_id;
    let noticed = to_the_end(&engine, &id, &outside);
    let Err(EngineError::NeedsAttention { code, message, .. }) = noticed else { panic!("{noticed:?}") };
    assert_eq!(code, "state-mismatch");
    assert!(message.contains("slot `left` is not stored"), "{message}");
    let runs = harness.store().list_runs(&RunFilter::default()).expect("the list reads");
    let parked = runs.first().expect("it is there");
    assert!(!parked.status.is_end() && parked.status != RunStatus::Queued, "{parked:?}");
    assert_eq!(parked.attention.as_ref().map(|(code, _)| code.as_str()), Some("state-mismatch"));
    let journal = harness.store().journal(parked.run).expect("the journal reads");
    let last = journal.last().map(|entry| &entry.event);
    assert!(matches!(last, Some(Event::RunNeedsAttention { .. })), "{last:?}");
}
