//! A process that dies at a chosen commit: `crash_child DATA SERVER [COMMIT before|after]`.
//!
//! Runs [`breyta_tests::programs::five_steps`] over SQLite in DATA: starts the run when there is none, else resumes it.
//! Each step asks SERVER for `/<step>?key=<idempotency key>&sum=<sum>` and takes the integer in the answer. At the
//! chosen commit the process aborts: nothing is flushed, nothing unwinds. Prints how the run ended.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;
use std::sync::Arc;

use breyta_core::Value;
use breyta_core::print::pr_str;
use breyta_engine::driver::{Engine, RunEnd};
use breyta_engine::error::StepError;
use breyta_engine::limits::Limits;
use breyta_engine::store::RunFilter;
use breyta_engine::world::{BoxFuture, CommitMoment, StepRequest, World};
use breyta_tests::{programs, stores};

struct Dying {
    server: String,
    at: Option<(u64, CommitMoment)>,
}

impl World for Dying {
    fn now_ms(&self) -> i64 {
        0
    }

    fn random(&self) -> u64 {
        7
    }

    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>> {
        let answer = self.ask(&request).map_err(|error| StepError::new("connect", error.to_string()));
        Box::pin(std::future::ready(answer))
    }

    fn at_commit(&self, number: u64, moment: CommitMoment) {
        if self.at == Some((number, moment)) {
            std::process::abort();
        }
    }
}

impl Dying {
    fn ask(&self, request: &StepRequest<'_>) -> std::io::Result<Value> {
        let sum = request.config.field("sum").and_then(Value::as_int).unwrap_or(-1);
        let mut stream = TcpStream::connect(&self.server)?;
        write!(
            stream,
            "GET /{}?key={}&sum={sum} HTTP/1.1\r\nhost: {}\r\n\r\n",
            request.step, request.idempotency_key, self.server
        )?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let number = text.rsplit("\r\n").next().and_then(|body| body.trim().parse().ok());
        number.map(Value::Int).ok_or_else(|| std::io::Error::other(format!("no number in {text:?}")))
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (data, server, at) = match arguments.as_slice() {
        [data, server] => (data, server, None),
        [data, server, commit, moment] => {
            let moment = if moment == "before" { CommitMoment::Before } else { CommitMoment::After };
            (data, server, Some((commit.parse().unwrap_or(0), moment)))
        }
        _ => return ExitCode::from(2),
    };
    match live(data, Dying { server: server.clone(), at }) {
        Ok(end) => {
            let line = match end {
                RunEnd::Completed(result) => format!("completed {}", pr_str(&result)),
                other => format!("{other:?}"),
            };
            let _ = writeln!(std::io::stdout(), "{line}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}

fn live(data: &str, world: Dying) -> Result<RunEnd, String> {
    let program = programs::five_steps();
    let store = stores::sqlite(std::path::Path::new(data), program.slug());
    let engine =
        Engine::new(program, store, Arc::new(world), Limits::default()).map_err(|it| it.to_string())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.map_err(|error| error.to_string())?.block_on(async {
        let known = engine.store().list_runs(&RunFilter::default()).map_err(|error| error.to_string())?;
        if known.is_empty() {
            engine.start(Value::Int(0), "manual").await.map_err(|error| error.to_string())?;
        }
        engine.drive("r1").await.map_err(|error| error.to_string())
    })
}
