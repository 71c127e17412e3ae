//! A process that serves runs over SQLite is killed (`SIGKILL`) again and again, under load, and begins again at once. The
//! parent is the outside world: it answers the effects over TCP, counts them, hands starts over as other processes do, and
//! answers waits. At the end it compares what it saw with the journals: no effect that was committed was done again, no
//! acknowledged start or signal was lost, every run ended. `torture SECONDS`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use breyta_core::{Map, Value, codec};
use breyta_engine::conformance::{errands::Errands, sample};
use breyta_engine::driver::Engine;
use breyta_engine::error::StepError;
use breyta_engine::journal::Event;
use breyta_engine::limits::Limits;
use breyta_engine::service::{Options, START, Service, StartCommand};
use breyta_engine::store::{
    Admission, CommandId, Observer, Policy, RunFilter, RunNumber, RunStatus, SignalTarget, StoreError,
    WaitFilter,
};
use breyta_engine::world::{BoxFuture, StepRequest, World};
use breyta_store::{SqliteReader, SqliteStore};

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The word with which this program is the process that is killed: `serve FOLDER SERVER`.
const SERVE: &str = "serve";

/// Runs that are open at the same time.
const OPEN_MAX: usize = 24;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.as_slice() {
        [word, folder, server] if word == SERVE => serve(Path::new(folder), server),
        [seconds] => {
            seconds.parse().map_err(Into::into).and_then(|seconds| torture(Duration::from_secs(seconds)))
        }
        _ => Err("torture SECONDS".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

/// The world of the process that is killed: effects are asked of the parent.
struct Asking {
    server: String,
}

impl World for Asking {
    fn now_ms(&self) -> i64 {
        now_ms()
    }

    fn random(&self) -> u64 {
        7
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let answer = self.ask(&request).map_err(|error| StepError::new("connect", error.to_string()));
        Box::pin(async move {
            tokio::task::yield_now().await;
            answer
        })
    }
}

impl Asking {
    fn ask(&self, request: &StepRequest<'_>) -> std::io::Result<Value> {
        let mut stream = TcpStream::connect(&self.server)?;
        writeln!(stream, "{} {}", request.family, request.idempotency_key)?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        let number = line.trim().parse().map_err(std::io::Error::other)?;
        Ok(Value::Int(number))
    }
}

fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

fn serve(folder: &Path, server: &str) -> Outcome<()> {
    // The one before may not be gone yet.
    let store = loop {
        match SqliteStore::open(folder, sample::SLUG) {
            Err(StoreError::Locked { .. }) => std::thread::sleep(Duration::from_millis(1)),
            other => break other?,
        }
    };
    let world = Arc::new(Asking { server: server.to_owned() });
    let engine = Engine::new(Arc::new(Errands), Arc::new(store), world, Limits::default())?;
    let service =
        Service::new(Arc::new(engine), Options { look_ms: 5, ..Options::default() }, Arc::new(|_| {}));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(service.serve(std::future::pending()))?)
}

/// How often each effect was done, and in which life of the process first and last.
#[derive(Default)]
struct Seen {
    effects: Mutex<BTreeMap<String, Vec<usize>>>,
    life: AtomicUsize,
}

fn answer_effects(listener: TcpListener, seen: Arc<Seen>) {
    for stream in listener.incoming().flatten() {
        let mut line = String::new();
        let Ok(copy) = stream.try_clone() else { continue };
        if BufReader::new(copy).read_line(&mut line).is_err() || !line.ends_with('\n') {
            continue;
        }
        let key = line.trim().to_owned();
        let hash = key.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let life = seen.life.load(Ordering::Relaxed);
        seen.effects.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default().push(life);
        let mut stream = stream;
        let _ = writeln!(stream, "{}", hash % 1_000);
    }
}

struct Tortured {
    folder: PathBuf,
    server: String,
    reader: SqliteReader,
    commands: Vec<CommandId>,
    answered: BTreeSet<String>,
    /// Effects of runs that have ended, and these runs.
    known: BTreeSet<String>,
    closed: BTreeSet<RunNumber>,
    random: u64,
}

fn torture(time: Duration) -> Outcome<()> {
    let folder = tempfile::tempdir_in(
        std::env::var_os("BREYTA_BENCH_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from),
    )?;
    let data = folder.path().join("data");
    drop(SqliteStore::open(&data, sample::SLUG)?);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let server = listener.local_addr()?.to_string();
    let seen = Arc::new(Seen::default());
    std::thread::spawn({
        let seen = seen.clone();
        move || answer_effects(listener, seen)
    });
    let reader = SqliteReader::open(&data)?;
    let mut tortured = Tortured {
        folder: data,
        server,
        reader,
        commands: Vec::new(),
        answered: BTreeSet::new(),
        known: BTreeSet::new(),
        closed: BTreeSet::new(),
        random: 42,
    };
    let begun = Instant::now();
    let mut kills = 0_u64;
    let mut violations = Vec::new();
    while begun.elapsed() < time {
        let before = tortured.completed()?;
        let mut child = tortured.begin()?;
        let alive_ms = 5 + tortured.next() % 250;
        let until = Instant::now() + Duration::from_millis(alive_ms);
        while Instant::now() < until {
            tortured.hand_over()?;
            tortured.answer()?;
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill()?;
        child.wait()?;
        kills += 1;
        let life = seen.life.fetch_add(1, Ordering::Relaxed);
        violations.extend(repeated(&seen, &before, life));
    }
    let before = tortured.completed()?;
    let mut child = tortured.begin()?;
    let finished = tortured.finish();
    child.kill()?;
    child.wait()?;
    violations.extend(repeated(&seen, &before, seen.life.load(Ordering::Relaxed)));
    finished?;
    violations.extend(tortured.lost()?);
    let effects = seen.effects.lock().unwrap_or_else(PoisonError::into_inner);
    let again = effects.values().filter(|lives| lives.len() > 1).count();
    let line = format!(
        "{kills} kills, {} runs, {} signals, {} effects ({again} in flight at a kill and done again with the same key), {} violations",
        tortured.commands.len(),
        tortured.answered.len(),
        effects.len(),
        violations.len()
    );
    writeln!(std::io::stdout(), "{line}")?;
    match violations.first() {
        None => Ok(()),
        Some(first) => Err(first.clone().into()),
    }
}

/// Effects that were committed before a life and done in it.
fn repeated(seen: &Seen, completed: &BTreeSet<String>, life: usize) -> Vec<String> {
    let effects = seen.effects.lock().unwrap_or_else(PoisonError::into_inner);
    let again = effects.iter().filter(|(key, lives)| completed.contains(*key) && lives.contains(&life));
    again.map(|(key, _)| format!("the committed effect {key} was done again")).collect()
}

impl Tortured {
    fn next(&mut self) -> u64 {
        self.random =
            self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.random >> 33
    }

    fn begin(&self) -> Outcome<Child> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(SERVE).arg(&self.folder).arg(&self.server).stdout(Stdio::null());
        Ok(command.spawn()?)
    }

    /// Hands a start over when there is room for one more run.
    fn hand_over(&mut self) -> Outcome<()> {
        let statuses = vec![RunStatus::Running, RunStatus::Waiting, RunStatus::Queued];
        let open = self.reader.list_runs(&RunFilter {
            statuses,
            count_max: Some(OPEN_MAX),
            ..RunFilter::default()
        })?;
        let pending = self.commands.iter().rev().take(OPEN_MAX);
        let pending = pending.filter(|id| matches!(self.reader.command_answer(**id), Ok(None))).count();
        if open.len() + pending < OPEN_MAX {
            let errand = self.commands.len() as i64;
            let mut input = Map::new();
            input.insert_keyword("errand", errand);
            input.insert_keyword("rounds", 1 + (errand % 6));
            let admission =
                Admission { slot: format!("errand {errand}"), policy: Policy::Drain, delivery: None };
            let trigger = "manual".to_owned();
            let start = StartCommand { input, context: Map::new(), trigger, admission };
            self.commands.push(self.reader.put_command(START, bytes(&start.to_value())?, now_ms())?);
        }
        Ok(())
    }

    /// Answers what waits, each wait once.
    fn answer(&mut self) -> Outcome<()> {
        for wait in self.reader.open_waits(&WaitFilter::default())? {
            let name = format!("{}/{}", wait.workflow_id, wait.wait.wait_id);
            if self.answered.contains(&name) {
                continue;
            }
            let mut answer = Map::new();
            answer.insert_keyword("action", "approve");
            answer.insert_keyword("name", name.as_str());
            let target = SignalTarget::Wait { run: wait.run, wait_id: wait.wait.wait_id };
            match self.reader.put_signal(&target, bytes(&Value::Map(answer))?, now_ms()) {
                Ok(_) => drop(self.answered.insert(name)),
                // It timed out meanwhile.
                Err(StoreError::WaitNotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Until every command is answered and every run has ended.
    fn finish(&mut self) -> Outcome<()> {
        let begun = Instant::now();
        loop {
            self.answer()?;
            let statuses = vec![RunStatus::Running, RunStatus::Waiting, RunStatus::Queued];
            let open = self.reader.list_runs(&RunFilter { statuses, ..RunFilter::default() })?;
            let pending =
                self.commands.iter().filter(|id| matches!(self.reader.command_answer(**id), Ok(None)));
            if open.is_empty() && pending.count() == 0 {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_mins(2) {
                return Err(format!("{} runs do not end", open.len()).into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What the journals say was done: `family key`.
    fn completed(&mut self) -> Outcome<BTreeSet<String>> {
        let mut all = self.known.clone();
        for run in self.reader.list_runs(&RunFilter::default())? {
            if self.closed.contains(&run.run) {
                continue;
            }
            let mut keys = BTreeSet::new();
            for entry in self.reader.journal(run.run)? {
                if let Event::StepCompleted { execution } | Event::StepFailed { execution, .. } = &entry.event
                {
                    let key = format!("{}/{}/{}", run.workflow_id, execution.point, execution.count);
                    keys.insert(format!("{} {key}", execution.family));
                }
            }
            if run.status.is_end() {
                self.closed.insert(run.run);
                self.known.extend(keys.iter().cloned());
            }
            all.extend(keys);
        }
        Ok(all)
    }

    /// Starts and signals that were acknowledged and led to nothing.
    fn lost(&self) -> Outcome<Vec<String>> {
        let mut lost = Vec::new();
        for command in &self.commands {
            let answer = self.reader.command_answer(*command)?;
            let run = answer.and_then(|answer| answer.run);
            let status =
                run.and_then(|run| self.reader.find_run(run).ok().flatten()).map(|run| run.summary.status);
            if status != Some(RunStatus::Completed) {
                lost.push(format!("the start {} came to {status:?}", command.0));
            }
        }
        let left = self.reader.examine()?;
        if left.signals > 0 || left.open_waits > 0 {
            lost.push(format!("{} signals and {} waits are left", left.signals, left.open_waits));
        }
        lost.extend(left.problems);
        Ok(lost)
    }
}

fn bytes(value: &Value) -> Outcome<Arc<[u8]>> {
    let mut bytes = Vec::new();
    codec::encode(value, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes.into())
}
