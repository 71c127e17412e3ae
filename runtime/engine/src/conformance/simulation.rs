//! Whole lives of runs under one seed: a clock of its own, effects that answer or fail by the seed, crashes before and after
//! commits, signals early and late. What must hold: every acknowledged start ends, as it would have ended undisturbed, with
//! the same journal, and no effect that was committed is repeated.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use breyta_core::{Map, Value, Vector, print};

use super::dying::{Death, Dying};
use super::errands::Errands;
use super::{StoreHarness, encode, sample, wait};
use crate::driver::{Engine, Start};
use crate::error::StepError;
use crate::journal::{Entry, Event};
use crate::limits::Limits;
use crate::memory::MemoryStore;
use crate::service::{Options, Service};
use crate::store::{Admission, Policy, RunFilter, RunSummary, SignalTarget, Store, WaitFilter};
use crate::world::{BoxFuture, StepRequest, World};

/// Numbers that follow from a seed (`SplitMix64`).
#[derive(Clone, Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// What the outside world says, the same for the same question under a seed.
struct Outside {
    seed: u64,
    clock: AtomicI64,
    /// The keys of all attempts of this life of the process.
    asked: Mutex<Vec<String>>,
}

impl Outside {
    fn hash(&self, text: &str) -> u64 {
        text.bytes().fold(self.seed, |hash, byte| mix(hash ^ u64::from(byte)))
    }

    /// What somebody answers who is asked under a key.
    fn answer(&self, key: &str) -> Value {
        let mut answer = Map::new();
        answer.insert_keyword("action", "approve");
        answer.insert_keyword("number", (self.hash(key) % 1_000) as i64);
        Value::Map(answer)
    }
}

impl World for Outside {
    fn now_ms(&self) -> i64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    fn random(&self) -> u64 {
        self.seed
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        // Of the run only its errand matters: its number may be another one after a crash.
        let question = format!("{}/{}", request.point, print::pr_str(request.config));
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.idempotency_key.to_owned());
        let hash = self.hash(&question);
        let reply = match request.family {
            "wait" => {
                Ok(self.answer(request.config.field("key").and_then(Value::as_str).unwrap_or_default()))
            }
            "http" if hash.is_multiple_of(5) => Err(StepError::new("http-status", "the answer was 500")),
            // Some answers are too large for the run's row, few for any row.
            _ if hash.is_multiple_of(17) => Ok(Value::string("x".repeat((hash % 90_000) as usize))),
            _ => Ok(Value::Int((hash % 1_000) as i64)),
        };
        Box::pin(async move {
            if hash.is_multiple_of(3) {
                tokio::task::yield_now().await;
            }
            reply
        })
    }
}

/// What an errand came to: how it ended, and its journal without what differs from life to life.
type Story = (String, Vec<(Event, Option<Value>)>);

/// Lives one seed. The error says what did not hold.
pub fn live(seed: u64, harness: &mut dyn StoreHarness, planted: Option<Plant>) -> Result<(), String> {
    let mut random = Random(seed);
    let errands: Vec<i64> = (0..=random.below(4)).map(|errand| errand as i64).collect();
    let rounds: Vec<i64> = errands.iter().map(|_| 1 + random.below(7) as i64).collect();
    let expected = undisturbed(seed, &errands, &rounds)?;
    let mut life = Life {
        seed,
        random,
        errands,
        rounds,
        clock: 0,
        acknowledged: BTreeSet::new(),
        signalled: BTreeSet::new(),
    };
    for number in 0..LIVES_MAX {
        let crashes = number < LIVES_MAX - 4;
        if life.one(harness, crashes, planted)? {
            return Life::compare(harness, &expected);
        }
    }
    Err(format!("after {LIVES_MAX} lives some runs have not ended: {}", open_runs(harness.store().as_ref())?))
}

/// So often the process may die and begin again.
const LIVES_MAX: usize = 40;

/// A store that is wrong on purpose: the simulation must notice.
pub type Plant = fn(Arc<dyn Store>) -> Arc<dyn Store>;

struct Life {
    seed: u64,
    random: Random,
    errands: Vec<i64>,
    rounds: Vec<i64>,
    clock: i64,
    /// Errands whose start was answered.
    acknowledged: BTreeSet<i64>,
    /// Keys under which somebody has answered.
    signalled: BTreeSet<String>,
}

impl Life {
    /// One life of the process; true when every run has ended.
    fn one(
        &mut self,
        harness: &mut dyn StoreHarness,
        crashes: bool,
        planted: Option<Plant>,
    ) -> Result<bool, String> {
        let completed = completed_keys(harness.store().as_ref())?;
        let dies_at = if crashes { 1 + self.random.below(14) } else { u64::MAX };
        let death = if self.random.below(2) == 0 { Death::Before } else { Death::After };
        let dying = Arc::new(Dying::at(harness.store(), dies_at, death).taking_turns(self.random.next()));
        let seen: Arc<dyn Store> =
            planted.map_or_else(|| dying.clone() as Arc<dyn Store>, |plant| plant(dying.clone()));
        let outside = outside(self.seed, self.clock);
        let engine = engine(seen, &outside)?;
        let ended = wait(self.lead(&engine, &dying, harness.store().as_ref(), &outside));
        self.clock = outside.clock.load(Ordering::Relaxed);
        let asked = std::mem::take(&mut *outside.asked.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(repeated) = asked.iter().find(|key| completed.contains(*key)) {
            return Err(format!("the completed effect {repeated} was done again"));
        }
        drop(engine);
        if dying.left() == 0 {
            // The next process may have a clock that is behind.
            self.clock -= self.random.below(500) as i64;
            harness.crash();
            return Ok(false);
        }
        ended
    }

    async fn lead(
        &mut self,
        engine: &Arc<Engine>,
        dying: &Dying,
        store: &dyn Store,
        outside: &Outside,
    ) -> Result<bool, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        for (errand, rounds) in self.errands.clone().into_iter().zip(self.rounds.clone()) {
            if !self.acknowledged.contains(&errand) && engine.admit(start(errand, rounds)).await.is_ok() {
                self.acknowledged.insert(errand);
            }
        }
        let mut service =
            Service::new(engine.clone(), Options { look_ms: 0, ..Options::default() }, Arc::new(|_| {}));
        for _ in 0..200 {
            self.signal(store, outside)?;
            if service.settle().await.is_err() || dying.left() == 0 {
                return Ok(false);
            }
            let open = store.list_runs(&open_filter()).map_err(|error| text(&error))?;
            if open.is_empty() && self.acknowledged.len() == self.errands.len() {
                return Ok(true);
            }
            // What failed for a passing reason waits for its time, as what sleeps does.
            outside.clock.fetch_add(1 + self.random.below(400) as i64, Ordering::Relaxed);
        }
        Ok(false)
    }

    /// Somebody answers, perhaps: what is asked now, or what will be asked.
    fn signal(&mut self, store: &dyn Store, outside: &Outside) -> Result<(), String> {
        let mut keys: Vec<(String, Option<SignalTarget>)> = Vec::new();
        for wait in store.open_waits(&WaitFilter::default()).map_err(|error| error.to_string())? {
            if let Some(key) = wait.wait.key {
                let target = SignalTarget::Wait { run: wait.run, wait_id: wait.wait.wait_id };
                keys.push((key, Some(target)));
            }
        }
        if self.random.below(6) == 0 {
            let index = self.random.below(self.errands.len() as u64);
            let errand = self.errands.get(index as usize).copied().unwrap_or_default();
            keys.push((super::errands::wait_key(errand, 1 + 4 * (self.random.below(2) as i64)), None));
        }
        for (key, target) in keys {
            if self.random.below(2) == 0 || !self.signalled.insert(key.clone()) {
                continue;
            }
            let by_key = SignalTarget::Key(key.clone());
            let target = target.filter(|_| self.random.below(2) == 0).unwrap_or(by_key);
            let payload = encode(&outside.answer(&key));
            let at_ms = outside.clock.load(Ordering::Relaxed);
            store.put_signal(&target, payload, at_ms).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn compare(harness: &mut dyn StoreHarness, expected: &BTreeMap<i64, Story>) -> Result<(), String> {
        harness.crash();
        let found = stories(harness.store().as_ref())?;
        if found.len() != expected.len() {
            return Err(format!("{} runs were started and {} are there", expected.len(), found.len()));
        }
        for (errand, story) in expected {
            let Some(other) = found.get(errand) else { return Err(format!("errand {errand} was lost")) };
            if story != other {
                return Err(format!("errand {errand} went another way:\n{other:?}\nin place of\n{story:?}"));
            }
        }
        Ok(())
    }
}

fn outside(seed: u64, clock: i64) -> Arc<Outside> {
    Arc::new(Outside { seed, clock: AtomicI64::new(clock), asked: Mutex::default() })
}

fn engine(store: Arc<dyn Store>, outside: &Arc<Outside>) -> Result<Arc<Engine>, String> {
    let engine = Engine::new(Arc::new(Errands), store, outside.clone(), Limits::default());
    engine.map(Arc::new).map_err(|error| error.to_string())
}

/// A start that is made once, however often it is asked for.
fn start(errand: i64, rounds: i64) -> Start {
    let mut input = Map::new();
    input.insert_keyword("errand", errand);
    input.insert_keyword("rounds", rounds);
    let slot = format!("errand {errand}");
    let admission = Admission { delivery: Some(slot.clone()), slot, policy: Policy::Drain };
    Start { input, context: Map::new(), trigger: "manual".to_owned(), admission, mocks: false, command: None }
}

/// How everything goes when nothing happens.
fn undisturbed(seed: u64, errands: &[i64], rounds: &[i64]) -> Result<BTreeMap<i64, Story>, String> {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new(sample::SLUG));
    let outside = outside(seed, 0);
    let engine = engine(store.clone(), &outside)?;
    wait(async {
        for (errand, rounds) in errands.iter().zip(rounds) {
            engine.admit(start(*errand, *rounds)).await.map_err(|error| error.to_string())?;
            for left in 1..=*rounds {
                let key = super::errands::wait_key(*errand, left);
                let payload = encode(&outside.answer(&key));
                store.put_signal(&SignalTarget::Key(key), payload, 0).map_err(|error| error.to_string())?;
            }
        }
        let mut service =
            Service::new(engine, Options { look_ms: 0, ..Options::default() }, Arc::new(|_| {}));
        for _ in 0..1_000 {
            service.settle().await.map_err(|error| error.to_string())?;
            if store.list_runs(&open_filter()).map_err(|error| error.to_string())?.is_empty() {
                return stories(store.as_ref());
            }
            outside.clock.fetch_add(100, Ordering::Relaxed);
        }
        Err(format!("undisturbed runs do not end: {}", open_runs(store.as_ref())?))
    })
}

fn open_filter() -> RunFilter {
    let statuses = crate::store::RunStatus::ALL.into_iter().filter(|status| !status.is_end()).collect();
    RunFilter { statuses, ..RunFilter::default() }
}

fn open_runs(store: &dyn Store) -> Result<String, String> {
    let open = store.list_runs(&open_filter()).map_err(|error| error.to_string())?;
    let line =
        |run: &RunSummary| format!("{} {} at {} {:?}", run.run, run.status.word(), run.state, run.attention);
    Ok(open.iter().map(line).collect::<Vec<_>>().join("; "))
}

/// The idempotency keys of what the journals say was completed.
fn completed_keys(store: &dyn Store) -> Result<BTreeSet<String>, String> {
    let mut keys = BTreeSet::new();
    for run in store.list_runs(&RunFilter::default()).map_err(|error| error.to_string())? {
        for entry in store.journal(run.run).map_err(|error| error.to_string())? {
            if let Event::StepCompleted { execution } | Event::StepFailed { execution, .. } = &entry.event {
                keys.insert(format!("{}/{}/{}", run.workflow_id, execution.point, execution.count));
            }
        }
    }
    Ok(keys)
}

fn stories(store: &dyn Store) -> Result<BTreeMap<i64, Story>, String> {
    let mut stories = BTreeMap::new();
    for run in store.list_runs(&RunFilter::default()).map_err(|error| error.to_string())? {
        let record = store.find_run(run.run).map_err(|error| error.to_string())?;
        let input = record.map(|record| record.input).unwrap_or_default();
        let errand = input.field("errand").and_then(Value::as_int).unwrap_or(-1);
        let journal = store.journal(run.run).map_err(|error| error.to_string())?;
        let journal = journal.into_iter().filter_map(timeless).collect();
        if stories.insert(errand, (run.status.word().to_owned(), journal)).is_some() {
            return Err(format!("errand {errand} was started twice"));
        }
    }
    Ok(stories)
}

/// An entry without times and without the context of the run. How a step rested and who answered is how it went in this
/// life; what it came to is in the entry of its end.
fn timeless(entry: Entry) -> Option<(Event, Option<Value>)> {
    let mut event = entry.event;
    let ends = matches!(event, Event::StepCompleted { .. } | Event::StepFailed { .. });
    if event.execution().is_some() && !ends {
        return None;
    }
    if let Event::StepCompleted { execution } | Event::StepFailed { execution, .. } = &mut event {
        if execution.family == "sleep" {
            return None;
        }
        execution.started_ms = 0;
        execution.ended_ms = 0;
    }
    Some((event, entry.value.map(without_context)))
}

fn without_context(value: Value) -> Value {
    match value {
        Value::Map(map) => {
            let kept = map.iter().filter(|(key, _)| **key != Value::keyword("flow/ctx"));
            Value::Map(kept.map(|(key, value)| (key.clone(), without_context(value.clone()))).collect())
        }
        Value::Vector(items) => Value::Vector(items.iter().cloned().map(without_context).collect::<Vector>()),
        other => other,
    }
}

/// Lives seeds over a harness each; the first that does not hold is the error.
pub fn live_all(
    seeds: impl Iterator<Item = u64>,
    make: super::Make<'_>,
    planted: Option<Plant>,
) -> Result<(), (u64, String)> {
    for seed in seeds {
        let mut harness = make();
        live(seed, harness.as_mut(), planted).map_err(|what| (seed, what))?;
    }
    Ok(())
}
