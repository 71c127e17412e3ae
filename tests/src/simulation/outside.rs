//! The outside world of a case. Undisturbed it is told by a [`Teller`](super::Teller) and recorded; in every other life it
//! answers what was recorded, and notes what was never asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use breyta_core::Value;
use breyta_engine::driver::Start;
use breyta_engine::error::StepError;
use breyta_engine::store::{Admission, Observer, Policy, RunFilter, RunNumber, RunStatus, Store};
use breyta_engine::world::{BoxFuture, CommitMoment, StepRequest, World};
use breyta_steps::connection::{Connection, Connections};
use breyta_steps::family::StepContext;
use breyta_steps::function::FUNCTION;
use breyta_steps::templates::Templates;

use super::plan::{Plan, Planned};
use super::teller::Telling;
use super::{Case, random, story};

/// When virtual time begins: 2026-01-01T00:00Z.
pub(super) const BEGIN_MS: i64 = 1_767_225_600_000;

/// The outside world of one process.
pub(super) struct Outside {
    /// The store as other processes see it.
    pub store: Arc<dyn Store>,
    /// What tells, in the undisturbed life.
    pub(super) telling: Option<Mutex<Telling>>,
    pub answers: Mutex<BTreeMap<String, Result<Value, StepError>>>,
    pub signals: Mutex<Vec<Planned>>,
    /// Signals that were left, by their place in the plan.
    pub left: Mutex<Vec<bool>>,
    pub clock: AtomicI64,
    /// The idempotency keys of everything that this process asked outside.
    pub asked: Mutex<Vec<String>>,
    problems: Mutex<Vec<String>>,
    commits: AtomicU64,
    /// From what follows how long answers take.
    turns: u64,
    /// Who answers what only races ask, by the beginning of its lineage.
    racing: Vec<(String, Telling)>,
    /// Told just before the commit of this number.
    watch: Option<(u64, Watch)>,
    templates: Templates,
    limits: breyta_catalog::limits::Limits,
}

/// Looks at the store from outside.
type Watch = Box<dyn Fn() + Send + Sync>;

/// Function steps need no connection.
struct NoConnections;

impl Connections for NoConnections {
    fn resolve(&self, slot: &str) -> Result<Connection, StepError> {
        Err(StepError::new("missing-binding", format!("simulations bind no connection, not even :{slot}")))
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a future on a runtime of its own.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime for the simulation").block_on(future)
}

/// A start that is made once, however often it is asked for.
pub(super) fn start(case: &Case) -> Start {
    let slot = "the case".to_owned();
    let admission = Admission { delivery: Some(slot.clone()), slot, policy: Policy::Drain };
    Start {
        input: case.input.clone(),
        context: breyta_core::Map::new(),
        trigger: "manual".to_owned(),
        admission,
        mocks: false,
        command: None,
    }
}

/// Nothing, when every run has ended; else which have not.
pub(super) fn ended(store: &dyn Observer) -> Result<(), String> {
    let statuses = RunStatus::ALL.into_iter().filter(|status| !status.is_end()).collect();
    let open = store.list_runs(&RunFilter { statuses, ..RunFilter::default() });
    let open = open.map_err(|error| error.to_string())?;
    if open.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = open
        .iter()
        .map(|run| format!("{} {} at {} {:?}", run.workflow_id, run.status.word(), run.state, run.attention))
        .collect();
    Err(format!("not ended: {}", lines.join("; ")))
}

impl Outside {
    fn new(store: Arc<dyn Store>, telling: Option<Telling>) -> Self {
        Self {
            store,
            telling: telling.map(Mutex::new),
            answers: Mutex::default(),
            signals: Mutex::default(),
            left: Mutex::default(),
            clock: AtomicI64::new(BEGIN_MS),
            asked: Mutex::default(),
            problems: Mutex::default(),
            commits: AtomicU64::new(0),
            turns: 0,
            racing: Vec::new(),
            watch: None,
            templates: Templates::default(),
            limits: breyta_catalog::limits::Limits::default(),
        }
    }

    /// Of the undisturbed life.
    pub(super) fn telling(case: &Case, store: Arc<dyn Store>) -> Self {
        Self::new(store, Some(case.teller.begin()))
    }

    /// Of another life, in which these signals were left already.
    pub(super) fn repeating(
        case: &Case,
        plan: &Plan,
        store: Arc<dyn Store>,
        left: Vec<bool>,
        clock: i64,
    ) -> Self {
        let mut outside = Self::new(store, None);
        outside.racing = plan.races.iter().map(|race| (race.clone(), case.teller.begin())).collect();
        lock(&outside.answers).clone_from(&plan.answers);
        lock(&outside.signals).clone_from(&plan.signals);
        *lock(&outside.left) = left;
        outside.clock.store(clock, Ordering::Relaxed);
        outside
    }

    /// With answers that take as long as follows from a number.
    #[must_use]
    pub(super) const fn taking_turns(mut self, turns: u64) -> Self {
        self.turns = turns;
        self
    }

    /// With somebody who looks just before a commit.
    #[must_use]
    pub(super) fn watching(mut self, commit: u64, watch: impl Fn() + Send + Sync + 'static) -> Self {
        self.watch = Some((commit, Box::new(watch)));
        self
    }

    pub(super) fn now(&self) -> i64 {
        self.clock.load(Ordering::Relaxed)
    }

    pub(super) fn sleep_until(&self, wake_ms: i64) {
        self.clock.fetch_max(wake_ms, Ordering::Relaxed);
    }

    pub(super) fn problem(&self, problem: String) {
        lock(&self.problems).push(problem);
    }

    /// The first thing that was not as it should be.
    pub(super) fn check(&self) -> Result<(), String> {
        match lock(&self.problems).first() {
            None => Ok(()),
            Some(first) => Err(first.clone()),
        }
    }

    pub(super) fn into_plan(self: Arc<Self>, story: Vec<String>, races: Vec<String>, in_order: bool) -> Plan {
        Plan {
            answers: lock(&self.answers).clone(),
            signals: lock(&self.signals).clone(),
            story,
            races,
            commits: self.commits.load(Ordering::Relaxed),
            in_order,
        }
    }

    /// Which question a request asks: the same in every life.
    fn question(&self, request: &StepRequest<'_>) -> String {
        let run = request.workflow_id.rsplit_once("-r").and_then(|(_, number)| number.parse().ok());
        let lineage = story::lineage(self.store.as_ref(), RunNumber(run.unwrap_or_default()));
        let rest = request.idempotency_key.strip_prefix(request.workflow_id).unwrap_or_default();
        format!("{lineage}{rest}/{}", request.attempt)
    }

    fn answer(&self, request: &StepRequest<'_>, question: &str) -> Result<Value, StepError> {
        lock(&self.asked).push(request.idempotency_key.to_owned());
        if let Some(known) = lock(&self.answers).get(question) {
            return known.clone();
        }
        let Some(telling) = &self.telling else {
            if let Some((_, telling)) = self.racing.iter().find(|(race, _)| question.starts_with(race))
                && let Some(answer) = telling.repeated(request, question)
            {
                return answer;
            }
            self.problem(format!("{question} is asked, which nobody asked undisturbed"));
            return Err(StepError::new("unscripted", "nobody asked this undisturbed"));
        };
        let answer = lock(telling).answer(request, question);
        let answer = answer.unwrap_or_else(|problem| {
            self.problem(problem.clone());
            Err(StepError::new("unscripted", problem))
        });
        lock(&self.answers).insert(question.to_owned(), answer.clone());
        answer
    }
}

impl World for Outside {
    fn now_ms(&self) -> i64 {
        self.clock.fetch_add(1, Ordering::Relaxed)
    }

    fn random(&self) -> u64 {
        4
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let question = self.question(&request);
        let is_told = match &self.telling {
            Some(telling) => lock(telling).tells(&request),
            None => lock(&self.answers).contains_key(&question),
        };
        if request.family == FUNCTION.name && !is_told {
            let (templates, limits) = (&self.templates, &self.limits);
            let context =
                StepContext { request, connections: &NoConnections, templates, limits, say: &|_| {} };
            return (FUNCTION.execute)(context);
        }
        self.tell_before(&question);
        self.send_before(&question);
        let answer = self.answer(&request, &question);
        let hash = random::hash(self.turns, &question);
        // Sometimes others do much before it answers.
        let turns = if hash.is_multiple_of(3) { 0 } else { hash % 150 };
        Box::pin(async move {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            answer
        })
    }

    fn at_commit(&self, number: u64, moment: CommitMoment) {
        if let Some((watched, watch)) = &self.watch
            && (*watched, CommitMoment::Before) == (number, moment)
        {
            watch();
        }
        if moment == CommitMoment::After {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
    }
}
