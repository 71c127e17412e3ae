//! A real executable, made by breytac, is killed (`SIGKILL`) again and again under load, and begins again at once. Runs are
//! started and people answer through its command line, which is killed too now and then; its effects go to a real HTTP
//! server. At the end the requests are held against the journals: no effect that was committed was asked for again, every
//! acknowledged start and answer led to its end, every run ended with the right result.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use breyta_engine::store::{Observer, RunFilter, RunNumber, RunStatus, WaitFilter};
use breyta_store::SqliteReader;

use crate::executable::Executable;
use crate::server::Server;
use crate::simulation::Random;

mod client;
mod outside;
mod verdict;

use client::{Client, Errand};

/// The flow that is tortured, relative to the root.
const FLOW: &str = "tests/fixtures/torture/flow.edn";
const PART: &str = "tests/fixtures/torture/children/part.edn";

/// Runs that are open at the same time, and command lines.
const OPEN_MAX: usize = 24;
const CLIENTS_MAX: usize = 3;

/// How long the last process may take to carry everything on.
const FINISH_MAX: Duration = Duration::from_mins(3);

/// How long it goes on.
#[derive(Clone, Copy, Debug)]
pub enum Length {
    Kills(u64),
    Time(Duration),
}

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub kills: u64,
    /// Command lines that were killed.
    pub clients_killed: u64,
    /// Acknowledged.
    pub starts: usize,
    pub answers: usize,
    /// Runs, children too.
    pub runs: usize,
    /// Different effects, and those of them that were in flight at a kill and asked for again.
    pub effects: usize,
    pub again: usize,
    pub violations: Vec<String>,
}

/// One torture.
struct Torture {
    flow: Executable,
    server: Server,
    reader: SqliteReader,
    random: Random,
    clients: Vec<Client>,
    /// Errands by number: whether their start was acknowledged.
    errands: BTreeMap<i64, bool>,
    /// Waits whose answer was acknowledged.
    answered: BTreeSet<String>,
    ended: verdict::Ended,
    /// Until the last process.
    starts_more: bool,
    report: Report,
}

/// Tortures for so long. The error says that it could not be done; what did not hold is in the report.
pub fn torture(length: Length, seed: u64) -> Result<Report, String> {
    let flow = Executable::build_with(FLOW, &[PART]);
    let server = outside::server();
    let bindings = flow.bindings("api", &server.url());
    flow.run(&["bindings", "apply", &bindings.to_string_lossy()]).expect_status(0);
    // The first run makes the store; it is one like all others.
    flow.run(&["run", "--no-wait", "--input", &client::input(0)]).expect_status(0);
    let reader = SqliteReader::open(&flow.data()).map_err(|error| error.to_string())?;
    let mut torture = Torture {
        flow,
        server,
        reader,
        random: Random::new(seed),
        clients: Vec::new(),
        errands: BTreeMap::from([(0, true)]),
        answered: BTreeSet::new(),
        ended: verdict::Ended::default(),
        starts_more: true,
        report: Report::default(),
    };
    torture.live(length)?;
    torture.judge()?;
    Ok(torture.report)
}

impl Torture {
    fn live(&mut self, length: Length) -> Result<(), String> {
        let begun = Instant::now();
        let goes_on = |kills: u64| match length {
            Length::Kills(most) => kills < most,
            Length::Time(most) => begun.elapsed() < most,
        };
        while goes_on(self.report.kills) {
            let alive = Duration::from_millis(10 + self.random.below(350));
            self.one_process(alive, |_| Ok(false))?;
            self.report.kills += 1;
        }
        self.starts_more = false;
        self.one_process(FINISH_MAX, Self::is_finished)?;
        if self.is_finished()? {
            return Ok(());
        }
        let _ = std::process::Command::new("cp").arg("-r").arg(self.flow.folder()).status();
        Err(format!("after {FINISH_MAX:?} these have not ended: {}", self.open_lines()?))
    }

    /// One process, until it is killed: after so long, or when everything is done.
    fn one_process(
        &mut self,
        alive: Duration,
        is_done: impl Fn(&Self) -> Result<bool, String>,
    ) -> Result<(), String> {
        self.ended.look(&self.reader)?;
        let asked = self.server.count();
        let begun = Instant::now();
        let mut process = self.flow.start(&["serve"]);
        loop {
            if begun.elapsed() > alive || is_done(self)? {
                break;
            }
            // A command line may own the directory just then.
            if let Some(status) = process.ended() {
                if status != Some(1) {
                    self.report.violations.push(format!("serve ended with {status:?}"));
                }
                process = self.flow.start(&["serve"]);
            }
            self.tend_clients()?;
            std::thread::sleep(Duration::from_millis(2));
        }
        process.kill();
        // What a dead process had sent is counted with it.
        self.server.settle();
        let repeated = self.server.requests_from(asked);
        let repeated = repeated.iter().filter(|request| self.ended.has(outside::key(request)));
        let violations =
            repeated.map(|request| format!("the committed effect {} was asked for again", request.line()));
        self.report.violations.extend(violations);
        Ok(())
    }

    /// Command lines come and go.
    fn tend_clients(&mut self) -> Result<(), String> {
        for client in std::mem::take(&mut self.clients) {
            match client.look() {
                client::Look::Alive(client) => self.clients.push(client),
                client::Look::Done { errand, acknowledged, killed } => {
                    self.report.clients_killed += u64::from(killed);
                    match errand {
                        Errand::Start(number) => drop(self.errands.insert(number, acknowledged)),
                        Errand::Answer(wait) if acknowledged => drop(self.answered.insert(wait)),
                        Errand::Answer(_) => {}
                    }
                }
            }
        }
        if self.clients.len() < CLIENTS_MAX
            && let Some(errand) = self.next_errand()?
        {
            let dies_in = self.random.once_in(6).then(|| Duration::from_millis(self.random.below(25)));
            if let Errand::Start(number) = &errand {
                self.errands.insert(*number, false);
            }
            self.clients.push(Client::start(&self.flow, errand, dies_in)?);
        }
        Ok(())
    }

    /// Somebody answers, or else something is started when there is room.
    fn next_errand(&self) -> Result<Option<Errand>, String> {
        let open = self.reader.open_waits(&WaitFilter::default()).map_err(|error| error.to_string())?;
        let waits = open.into_iter().filter(|open| open.wait.kind != "child" && !open.answered);
        let busy: Vec<&Errand> = self.clients.iter().map(|client| &client.errand).collect();
        let mut waits = waits.map(|open| Errand::Answer(format!("{}/{}", open.run, open.wait.wait_id)));
        if let Some(wait) = waits.find(|wait| !busy.contains(&wait)) {
            return Ok(Some(wait));
        }
        let has_room = self.starts_more && self.open()?.len() < OPEN_MAX;
        Ok(has_room.then_some(Errand::Start(self.errands.len() as i64)))
    }

    fn open(&self) -> Result<Vec<RunNumber>, String> {
        let statuses = vec![RunStatus::Running, RunStatus::Waiting, RunStatus::Queued];
        let open = self.reader.list_runs(&RunFilter { statuses, ..RunFilter::default() });
        Ok(open.map_err(|error| error.to_string())?.into_iter().map(|run| run.run).collect())
    }

    fn open_lines(&self) -> Result<String, String> {
        let records = self.open()?.into_iter().filter_map(|run| self.reader.find_run(run).ok().flatten());
        let line = |run: &breyta_engine::store::RunSummary| {
            format!("{} {} at {} {:?}", run.workflow_id, run.status.word(), run.state, run.attention)
        };
        Ok(records.map(|record| line(&record.summary)).collect::<Vec<_>>().join("; "))
    }

    fn is_finished(&self) -> Result<bool, String> {
        Ok(self.clients.is_empty() && self.open()?.is_empty())
    }
}
