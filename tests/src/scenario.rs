//! Scenarios: a flow, a script of the outside world, and the journal that must come out.
//!
//! `scenario.edn` is one vector of events, in order:
//!
//! ```text
//! [[:start {:n 1}]
//!  [:step :get-users {:expect {:method :get} :reply {:status 200 :headers {} :body []}}]
//!  [:step :notify {:fail {:type "http-status" :status 500 :message "down"}}]
//!  [:result {:count 0}]]          ; or [:failure {:type "http-status"}]
//! ```
//!
//! Besides, in their place among the steps: `[:signal {:key "k"} payload]` (or `{:wait "point#1"}`, `{:event "name"}`) is
//! delivered when everything rests, or before the step that stands behind it; `[:cancel]` asks the run to end, which
//! `[:cancelled]` then says it did. Where nothing is left to deliver, the clock goes to the next time that a run waits for.
//!
//! `:expect` is a part of the evaluated config. `:function` steps run for real unless the next event is for them. The
//! world is deterministic: a clock that moves one millisecond per look, counted randomness, no network.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use breyta_core::print::pr_str;
use breyta_core::{Value, codec, edn};
use breyta_engine::driver::{Advance, Engine, RunEnd};
use breyta_engine::error::StepError;
use breyta_engine::journal::{Entry, Event, StepExecution};
use breyta_engine::limits::Limits;
use breyta_engine::machine::Program;
use breyta_engine::store::{RunNumber, SignalTarget, Store, WaitFilter};
use breyta_engine::world::{BoxFuture, CommitMoment, StepRequest, World};
use breyta_steps::connection::{Connection, Connections};
use breyta_steps::family::StepContext;
use breyta_steps::function::FUNCTION;
use breyta_steps::templates::Templates;

use crate::{stores, tree};

/// Bounds a scenario whose runs never end.
const TURNS_MAX: usize = 20_000;

/// When virtual time begins: 2026-01-01T00:00Z.
const BEGIN_MS: i64 = 1_767_225_600_000;

/// A script.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub input: Value,
    pub events: Vec<Scripted>,
    pub end: End,
}

/// What happens outside.
#[derive(Clone, Debug)]
pub enum Scripted {
    Step(ScriptedStep),
    Signal(ScriptedSignal),
    Cancel,
}

/// A signal from outside.
#[derive(Clone, Debug)]
pub struct ScriptedSignal {
    pub target: SignalTarget,
    pub payload: Value,
}

/// What the world answers to one step.
#[derive(Clone, Debug)]
pub struct ScriptedStep {
    /// The author's step id, or the suspension id.
    pub id: String,
    /// Must be part of the evaluated config.
    pub expect: Option<Value>,
    pub answer: Result<Value, StepError>,
}

/// How the run must end.
#[derive(Clone, Debug)]
pub enum End {
    Result(Value),
    /// Must be part of the error map.
    Failure(Value),
    Cancelled,
}

/// How a scenario is played.
#[derive(Clone, Copy, Debug, Default)]
pub struct Way {
    pub kill: Option<Kill>,
    /// Runs are dropped and loaded again after every commit.
    pub always_suspends: bool,
    /// What is stored is compared with what the journal says, at every commit and when the run is loaded.
    pub verifies: bool,
}

/// Where the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Number of the commit in this process, from 1.
    pub commit: u64,
    pub moment: CommitMoment,
}

/// What a scenario left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// One line per journal entry, and one per run that was called: how it ended.
    pub journal: String,
    /// Everything that is not as the script says.
    pub failures: Vec<String>,
    /// Idempotency keys of the executions that acted outside, in order, repeats included.
    pub executed: Vec<String>,
    /// Commits made by all processes together.
    pub commits: u64,
}

impl Scenario {
    /// Reads a script; panics with the place of what is wrong in it.
    pub fn load(path: &Path) -> Self {
        let text = tree::read(path);
        let value = edn::read(&text).unwrap_or_else(|error| panic!("{}: {error}", tree::shown(path)));
        Self::from_value(&value).unwrap_or_else(|problem| panic!("{}: {problem}", tree::shown(path)))
    }

    fn from_value(value: &Value) -> Result<Self, String> {
        let events = value.as_sequential().ok_or("a scenario is a vector of events")?;
        let (mut input, mut scripted_events, mut end) = (None, Vec::new(), None);
        for event in events {
            let parts: Vec<&Value> =
                event.as_sequential().map(|parts| parts.iter().collect()).unwrap_or_default();
            let word = parts.first().and_then(|word| word.as_keyword()).map(breyta_core::Keyword::full);
            match (word, parts.get(1..).unwrap_or_default()) {
                (Some("start"), [value]) => input = Some((*value).clone()),
                (Some("step"), [id, script]) => scripted_events.push(Scripted::Step(scripted(id, script)?)),
                (Some("signal"), [target, payload]) => {
                    let target = signal_target(target).ok_or("a signal goes to :key, :wait or :event")?;
                    let payload = (*payload).clone();
                    scripted_events.push(Scripted::Signal(ScriptedSignal { target, payload }));
                }
                (Some("cancel"), []) => scripted_events.push(Scripted::Cancel),
                (Some("cancelled"), []) => end = Some(End::Cancelled),
                (Some("result"), [value]) => end = Some(End::Result((*value).clone())),
                (Some("failure"), [value]) => end = Some(End::Failure((*value).clone())),
                _ => return Err(format!("not an event: {}", pr_str(event))),
            }
        }
        let input = input.ok_or("no [:start input]")?;
        Ok(Self {
            input,
            events: scripted_events,
            end: end.ok_or("neither [:result …] nor [:failure …] at the end")?,
        })
    }
}

fn signal_target(value: &Value) -> Option<SignalTarget> {
    let text = |key: &str| value.field(key).and_then(Value::as_name).map(str::to_owned);
    if let Some(wait_id) = text("wait") {
        let run = value.field("run").and_then(Value::as_int).unwrap_or(1);
        return Some(SignalTarget::Wait { run: RunNumber(run as u64), wait_id });
    }
    text("key").map(SignalTarget::Key).or_else(|| text("event").map(SignalTarget::Event))
}

fn scripted(id: &Value, script: &Value) -> Result<ScriptedStep, String> {
    let id = id.as_name().ok_or("a step event begins with the step's id")?.to_owned();
    let answer = match (script.field("reply"), script.field("fail")) {
        (Some(reply), None) => Ok(reply.clone()),
        (None, Some(failure)) => Err(step_error(failure)),
        _ => return Err(format!("step {id}: give either :reply or :fail")),
    };
    Ok(ScriptedStep { id, expect: script.field("expect").cloned(), answer })
}

fn step_error(failure: &Value) -> StepError {
    let text = |key: &str| failure.field(key).and_then(Value::as_name).unwrap_or_default().to_owned();
    // Codes of real executors are static; the script's live as long as the test process.
    let kind: &'static str = Box::leak(text("type").into_boxed_str());
    let mut error = StepError::new(kind, text("message"));
    error.status =
        failure.field("status").and_then(Value::as_int).and_then(|status| u16::try_from(status).ok());
    error.retryable = failure.field("retryable?").and_then(Value::as_bool).unwrap_or(false);
    match failure.field("data") {
        Some(data) => error.with_data(data.clone()),
        None => error,
    }
}

/// The scripted world. It outlives the processes that are simulated: what was answered under an idempotency key is
/// answered again.
struct Script {
    events: Mutex<VecDeque<Scripted>>,
    answered: Mutex<BTreeMap<String, Result<Value, StepError>>>,
    executed: Mutex<Vec<String>>,
    failures: Mutex<Vec<String>>,
    now_ms: AtomicI64,
    random: AtomicU64,
    commits: AtomicU64,
}

/// One process of it.
struct Process {
    script: Arc<Script>,
    kill: Option<Kill>,
    store: Arc<dyn Store>,
    templates: Templates,
    limits: breyta_catalog::limits::Limits,
}

/// Function steps need no connection.
struct NoConnections;

impl Connections for NoConnections {
    fn resolve(&self, slot: &str) -> Result<Connection, StepError> {
        Err(StepError::new("missing-binding", format!("scenarios bind no connection, not even :{slot}")))
    }
}

/// The payload of the panic that ends a simulated process.
struct Killed;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World for Process {
    fn now_ms(&self) -> i64 {
        self.script.now_ms.fetch_add(1, Ordering::Relaxed)
    }

    fn random(&self) -> u64 {
        self.script.random.fetch_add(1, Ordering::Relaxed)
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        if request.family == FUNCTION.name && !self.script.is_next(&request) {
            let (templates, limits) = (&self.templates, &self.limits);
            return (FUNCTION.execute)(StepContext {
                request,
                connections: &NoConnections,
                templates,
                limits,
                say: &|_| {},
            });
        }
        if !self.script.has_answered(&request) {
            while self.script.deliver(self.store.as_ref()) {}
        }
        let answer = self.script.answer(&request);
        Box::pin(std::future::ready(answer))
    }

    fn at_commit(&self, number: u64, moment: CommitMoment) {
        if moment == CommitMoment::After {
            self.script.commits.fetch_add(1, Ordering::Relaxed);
        }
        if self.kill == Some(Kill { commit: number, moment }) {
            // Not `panic!`: the hook that prints panics has nothing to say here.
            resume_unwind(Box::new(Killed));
        }
    }
}

impl Script {
    fn new(scenario: &Scenario) -> Self {
        Self {
            events: Mutex::new(scenario.events.iter().cloned().collect()),
            answered: Mutex::default(),
            executed: Mutex::default(),
            failures: Mutex::default(),
            now_ms: AtomicI64::new(BEGIN_MS),
            random: AtomicU64::new(1),
            commits: AtomicU64::new(0),
        }
    }

    fn fail(&self, failure: String) {
        lock(&self.failures).push(failure);
    }

    fn is_next(&self, request: &StepRequest<'_>) -> bool {
        let events = lock(&self.events);
        let next = events.iter().find_map(|event| match event {
            Scripted::Step(step) => Some(step),
            Scripted::Signal(_) | Scripted::Cancel => None,
        });
        next.is_some_and(|next| next.id == request.step || next.id == request.point)
    }

    /// Delivers what comes next from outside; false when that is a step, or nothing.
    fn deliver(&self, store: &dyn Store) -> bool {
        let mut events = lock(&self.events);
        let at_ms = self.now_ms.load(Ordering::Relaxed);
        match events.front() {
            // One to a wait that is not open yet comes later.
            Some(Scripted::Signal(ScriptedSignal {
                target: SignalTarget::Wait { run, wait_id }, ..
            })) if !is_open(store, *run, wait_id) => {
                return false;
            }
            Some(Scripted::Signal(signal)) => {
                let mut bytes = Vec::new();
                codec::encode(&signal.payload, &mut bytes).expect("payloads of scripts are data");
                if let Err(error) = store.put_signal(&signal.target, bytes.into(), at_ms) {
                    self.fail(format!("a signal could not be left: {error}"));
                }
            }
            Some(Scripted::Cancel) => {
                if let Err(error) = store.request_cancel(RunNumber(1), Some("by the script"), at_ms) {
                    self.fail(format!("the run could not be cancelled: {error}"));
                }
            }
            Some(Scripted::Step(_)) | None => return false,
        }
        events.pop_front();
        true
    }

    fn has_answered(&self, request: &StepRequest<'_>) -> bool {
        lock(&self.answered).contains_key(&key_of(request))
    }

    fn answer(&self, request: &StepRequest<'_>) -> Result<Value, StepError> {
        let key = key_of(request);
        if let Some(again) = lock(&self.answered).get(&key).cloned() {
            lock(&self.executed).push(key);
            return again;
        }
        let next_is_this = self.is_next(request);
        lock(&self.executed).push(key.clone());
        let next = lock(&self.events).pop_front().filter(|_| next_is_this);
        let Some(Scripted::Step(step)) = next else {
            let message = format!("the script does not expect step :{} now", request.point);
            self.fail(message.clone());
            return Err(StepError::new("unscripted", message));
        };
        if let Some(expect) = &step.expect
            && !is_part(expect, request.config)
        {
            self.fail(format!(
                "step :{}: expected {} in the config, it is {}",
                request.point,
                pr_str(expect),
                pr_str(request.config)
            ));
        }
        lock(&self.answered).insert(key, step.answer.clone());
        step.answer
    }
}

fn is_open(store: &dyn Store, run: RunNumber, wait_id: &str) -> bool {
    let of_run = WaitFilter { run: Some(run), ..WaitFilter::default() };
    store.open_waits(&of_run).is_ok_and(|waits| waits.iter().any(|open| open.wait.wait_id == wait_id))
}

/// Every attempt is answered for itself; what was answered before a death is answered again.
fn key_of(request: &StepRequest<'_>) -> String {
    match request.attempt {
        1 => request.idempotency_key.to_owned(),
        attempt => format!("{} attempt {attempt}", request.idempotency_key),
    }
}

/// Whether every key of `part` is in `whole` with a value that contains the part's; other values must be equal.
pub fn is_part(part: &Value, whole: &Value) -> bool {
    match (part.as_map(), whole.as_map()) {
        (Some(part), Some(whole)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|other| is_part(value, other)))
        }
        _ => part == whole,
    }
}

/// A scenario played in every way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Of the undisturbed run.
    pub journal: String,
    pub failures: Vec<String>,
}

/// Plays a scenario undisturbed in memory and in SQLite, and then once for every death before and after a commit. All
/// of them must end as the script says, with the same journal; a death after a commit repeats no effect. What is
/// stored follows from the journal.
pub fn check(program: &Arc<dyn Program>, scenario: &Scenario) -> Checked {
    let in_memory = |way| {
        let store = stores::memory(program.slug());
        play(program, scenario, &|| Arc::clone(&store), way)
    };
    let undisturbed = in_memory(Way::default());
    let mut failures = undisturbed.failures.clone();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let in_sqlite =
        play(program, scenario, &|| stores::sqlite(folder.path(), program.slug()), Way::default());
    if in_sqlite != undisturbed {
        failures.push(format!("SQLite leaves something else behind: {in_sqlite:#?}"));
    }
    let suspending = in_memory(Way { always_suspends: true, verifies: true, ..Way::default() });
    if suspending != undisturbed {
        failures
            .push(format!("loading the run again after every commit leaves something else: {suspending:#?}"));
    }
    for commit in 1..=undisturbed.commits {
        for moment in [CommitMoment::Before, CommitMoment::After] {
            let kill = Some(Kill { commit, moment });
            let killed = in_memory(Way { kill, verifies: true, ..Way::default() });
            let place = format!("killed {moment:?} commit {commit}");
            failures.extend(killed.failures.iter().map(|failure| format!("{place}: {failure}")));
            if killed.journal != undisturbed.journal {
                failures.push(format!("{place}: another journal\n{}", killed.journal));
            }
            let repeated = killed.executed.len().saturating_sub(undisturbed.executed.len());
            if repeated > usize::from(moment == CommitMoment::Before) {
                failures.push(format!("{place}: effects repeated: {:?}", killed.executed));
            }
        }
    }
    Checked { journal: undisturbed.journal, failures }
}

/// Opens the store again and again: once per simulated process.
pub type OpenStore<'a> = dyn Fn() -> Arc<dyn Store> + 'a;

/// Plays a scenario to its end. With a kill, the first process dies there and a second one resumes the run.
pub fn play(program: &Arc<dyn Program>, scenario: &Scenario, open: &OpenStore<'_>, way: Way) -> Played {
    let script = Arc::new(Script::new(scenario));
    let run = RunNumber::parse(program.slug(), "r1").expect("r1 is a run");
    let mut end = process(program, scenario, &script, open(), way);
    if end.is_none() {
        end = process(program, scenario, &script, open(), Way { kill: None, ..way });
    }
    match end {
        Some(Ok(end)) => judge(&script, &scenario.end, &end),
        Some(Err(message)) => script.fail(message),
        None => script.fail("the second process died too".to_owned()),
    }
    let left = lock(&script.events).len();
    if left > 0 {
        script.fail(format!("{left} scripted events were never asked for"));
    }
    let store = open();
    let journal = store.journal(run).map(|entries| print_journal(&entries) + &print_children(store.as_ref()));
    let journal = journal.unwrap_or_else(|error| format!("no journal: {error}\n"));
    let (failures, executed) = (lock(&script.failures).clone(), lock(&script.executed).clone());
    Played { journal, failures, executed, commits: script.commits.load(Ordering::Relaxed) }
}

/// One process: starts the run when the store has none, and carries it on. None: it was killed.
fn process(
    program: &Arc<dyn Program>,
    scenario: &Scenario,
    script: &Arc<Script>,
    store: Arc<dyn Store>,
    way: Way,
) -> Option<Result<RunEnd, String>> {
    let world = Arc::new(Process {
        script: Arc::clone(script),
        kill: way.kill,
        store: Arc::clone(&store),
        templates: Templates::default(),
        limits: breyta_catalog::limits::Limits::default(),
    });
    let life = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        // The inbox is looked into at every chance.
        let limits = Limits { cancel_poll_ms: 0, ..Limits::default() };
        let engine =
            Engine::new(Arc::clone(program), store, world, limits).map_err(|error| error.to_string())?;
        let engine = if way.always_suspends { engine.always_suspending() } else { engine };
        let engine = if way.verifies { engine.verifying() } else { engine };
        runtime.block_on(async {
            let known = engine.store().list_runs(&breyta_engine::store::RunFilter::default());
            if known.map_err(|error| error.to_string())?.is_empty() {
                engine.start(scenario.input.clone(), "manual").await.map_err(|error| error.to_string())?;
            }
            live(&engine, script).await
        })
    }));
    match life {
        Ok(end) => Some(end),
        Err(payload) if payload.is::<Killed>() => None,
        Err(payload) => resume_unwind(payload),
    }
}

/// Carries all runs on, delivers what comes from outside, and lets time pass, until the first run has ended and nothing
/// is left to do.
async fn live(engine: &Engine, script: &Script) -> Result<RunEnd, String> {
    for _ in 0..TURNS_MAX {
        let ready = engine.ready().await.map_err(|error| error.to_string())?;
        for run in &ready {
            engine.advance(&run.to_string()).await.map_err(|error| error.to_string())?;
        }
        if !ready.is_empty() || script.deliver(engine.store().as_ref()) {
            continue;
        }
        let wake_ms = engine.store().next_wake().await.map_err(|error| error.to_string())?;
        match wake_ms {
            Some(wake_ms) => {
                script.now_ms.fetch_max(wake_ms, Ordering::Relaxed);
            }
            None => {
                return match engine.advance("r1").await.map_err(|error| error.to_string())? {
                    Advance::Ended { end, .. } => Ok(end),
                    Advance::Parked { .. } => Err("the run waits for something that never comes".to_owned()),
                };
            }
        }
    }
    Err(format!("the run does not end within {TURNS_MAX} turns"))
}

fn judge(script: &Script, expected: &End, end: &RunEnd) {
    match (expected, end) {
        (End::Cancelled, RunEnd::Cancelled { .. }) => {}
        (End::Result(expected), RunEnd::Completed(result)) if expected == result => {}
        (End::Result(expected), RunEnd::Completed(result)) => {
            script.fail(format!("expected the result {}, it is {}", pr_str(expected), pr_str(result)));
        }
        (End::Failure(expected), RunEnd::Failed(error)) if is_part(expected, error) => {}
        (End::Failure(expected), RunEnd::Failed(error)) => {
            script.fail(format!("expected a failure with {}, it is {}", pr_str(expected), pr_str(error)));
        }
        (_, end) => script.fail(format!("the run ended otherwise: {end:?}")),
    }
}

/// One line per entry, without times and ids.
pub fn print_journal(entries: &[Entry]) -> String {
    let mut text = String::new();
    for (number, entry) in (1..).zip(entries) {
        let _ = write!(text, "{number:04} {}", describe(&entry.event));
        if let Some(value) = &entry.value {
            let _ = write!(text, " {}", pr_str(value));
        }
        text.push('\n');
    }
    text
}

/// How the runs that were called ended, in the order in which they were called.
fn print_children(store: &dyn Store) -> String {
    let mut runs = store.list_runs(&breyta_engine::store::RunFilter::default()).unwrap_or_default();
    runs.retain(|run| run.child.is_some());
    let mut text = String::new();
    for run in runs.iter().rev() {
        let _ = writeln!(text, "{} {}", run.workflow_id, run.status.word());
    }
    text
}

fn describe(event: &Event) -> String {
    let step = |execution: &StepExecution, how: &str| {
        let StepExecution { point, family, count, attempt, .. } = execution;
        let again = if *count > 1 { format!(" #{count}") } else { String::new() };
        let attempt = if *attempt > 1 { format!(" attempt {attempt}") } else { String::new() };
        format!("step {family} :{point}{again} {how}{attempt}")
    };
    match event {
        Event::RunStarted { trigger, .. } => format!("started {trigger}"),
        Event::StepCompleted { execution } => step(execution, "ok"),
        Event::StepFailed { execution, handled } => {
            step(execution, if *handled { "failed, caught" } else { "failed" })
        }
        Event::StepRetried { execution, .. } => step(execution, "failed, tried again later"),
        Event::StepParked { execution, why, .. } => step(execution, &format!("rests: {why}")),
        Event::StepAnswered { execution, why, answer } => {
            step(execution, &format!("{why} answered: {answer}"))
        }
        Event::StepMetered { point, count, unit, micros, label } => {
            format!("cost :{point} #{count} {micros} micros per {unit} \"{label}\"")
        }
        Event::StepCancelled { execution } => step(execution, "cancelled"),
        Event::Note { label, choice } => format!("note \"{label}\" {choice}"),
        Event::Warning { code, point, .. } => format!("warning {code} :{point}"),
        Event::RunCompleted => "completed".to_owned(),
        Event::RunFailed => "failed".to_owned(),
        Event::RunCancelled { .. } => "cancelled".to_owned(),
        Event::RunNeedsAttention { code, .. } => format!("needs attention {code}"),
        Event::RunReopened => "reopened".to_owned(),
        Event::RunForked { step, .. } => format!("forked :{step}"),
    }
}

#[cfg(test)]
mod tests;
