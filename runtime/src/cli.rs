//! The command line of an emitted executable.
//!
//! Results go to stdout as one envelope (`{"ok":true,"data":…}`), everything said to people to stderr. A reader that
//! closes the pipe early is no error. Nothing here knows what a flow does.

use std::ffi::OsString;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use breyta_catalog::limits::Limits;
use breyta_core::Value;
use breyta_engine::world::World;
use breyta_steps::templates::Templates;

use crate::bindings::Bindings;
use crate::contract::Contract;
use crate::failure::{FAILED, Failure};
use crate::flow::Flow;
use crate::world::{LinkedFlow, SystemWorld};

mod arguments;
mod bindings;
mod describe;
mod doctor;
mod given;
mod help;
mod lifecycle;
pub(crate) mod log;
mod output;
mod owner;
mod run;
mod runs;
mod serve;
mod slot;
mod storage;
mod timeline;
mod waits;

#[cfg(test)]
mod tests;

use arguments::{Arguments, Command, Format};
use log::{Level, Log};

/// Makes the world that runs are driven in, over the shipped one.
pub type WorldFactory<'a> = &'a dyn Fn(SystemWorld) -> Arc<dyn World>;

/// What a command answers.
#[derive(Debug)]
enum Answer {
    /// The `data` of the envelope, and the text for `--format human`.
    Data { data: Value, human: String },
    /// Text that is the result itself, whatever the format.
    Text(String),
}

/// What every command works with.
struct Session<'a> {
    flow: &'static Flow,
    contract: Contract,
    directory: PathBuf,
    limits: Limits,
    verify: bool,
    log: Log,
    #[cfg(feature = "otel")]
    traces: Option<crate::otel::Traces>,
    world: WorldFactory<'a>,
}

/// Carries out one command line and says how it went.
pub(crate) fn main(flow: &'static Flow, arguments: Vec<OsString>, world: WorldFactory<'_>) -> ExitCode {
    let mut format = Format::Json;
    let status = match answer(flow, arguments, world, &mut format) {
        Ok(answer) if output::answer(&answer, format) => ExitCode::SUCCESS,
        // The answer did not arrive: nobody may take this for success.
        Ok(_) => ExitCode::from(FAILED),
        Err(failure) => {
            output::failure(&failure, format);
            ExitCode::from(failure.exit)
        }
    };
    // The answer is out; whoever waits for it waits no longer.
    #[cfg(feature = "otel")]
    crate::otel::flush();
    status
}

fn answer(
    flow: &'static Flow,
    arguments: Vec<OsString>,
    world: WorldFactory<'_>,
    format: &mut Format,
) -> Result<Answer, Failure> {
    let arguments = arguments::parse(arguments, format)?;
    match arguments.command {
        Command::Help(_) | Command::Version => Ok(about(flow, &arguments)),
        _ => Session::new(flow, &arguments, *format, world)?.carry_out(arguments),
    }
}

/// What needs neither contract nor data directory.
fn about(flow: &Flow, arguments: &Arguments) -> Answer {
    match arguments.command {
        Command::Help(topic) => Answer::Text(help::text(flow, topic)),
        _ => describe::version(flow),
    }
}

impl<'a> Session<'a> {
    fn new(
        flow: &'static Flow,
        arguments: &Arguments,
        format: Format,
        world: WorldFactory<'a>,
    ) -> Result<Self, Failure> {
        let damaged = |reason: String| {
            Failure::new(
                "damaged-executable",
                format!("this executable's contract cannot be read: {reason}; build it again"),
            )
        };
        let contract = Contract::read(flow.contract).map_err(damaged)?;
        if contract.has_template_expressions() && flow.templates.is_none() {
            return Err(damaged("its templates hold expressions, but rendering was not linked".to_owned()));
        }
        let mut limits = Limits::default();
        for limit in &arguments.limits {
            limits.apply(limit).map_err(|error| Failure::usage(error.to_string()))?;
        }
        let directory = data_directory(flow, arguments.data.clone());
        let serves = matches!(arguments.command, Command::Serve(_));
        let silent = if serves { Level::Info } else { Level::Off };
        let level = arguments.log.map_or_else(Level::of_environment, |level| Ok(Some(level)))?;
        let log = Log { level: level.unwrap_or(silent), format, slug: flow.slug };
        Ok(Self {
            flow,
            contract,
            directory,
            limits,
            verify: arguments.verify,
            log,
            #[cfg(feature = "otel")]
            traces: crate::otel::Traces::of_environment(flow.slug, flow.version),
            world,
        })
    }

    fn carry_out(&self, arguments: Arguments) -> Result<Answer, Failure> {
        match arguments.command {
            Command::Run(options) => run::run(self, &options),
            Command::RunsList { status } => runs::list(self, status.as_deref()),
            Command::RunsShow(show) => runs::show(self, &show),
            Command::RunsResume { id } => runs::resume(self, id.as_deref()),
            Command::RunsCancel(cancel) => lifecycle::cancel(self, &cancel),
            Command::RunsRetry(again) => lifecycle::retry(self, &again),
            Command::RunsFork(again) => lifecycle::fork(self, &again),
            Command::RunsExport { id, to } => doctor::export(self, id.as_deref(), to.as_deref()),
            Command::RunsPrune { older_than_ms } => doctor::prune(self, older_than_ms),
            Command::WaitsList { run } => waits::list(self, run.as_deref()),
            Command::WaitsReply(reply) => waits::reply(self, &reply),
            Command::Serve(options) => serve::serve(self, &options),
            Command::Doctor => doctor::doctor(self),
            Command::BindingsTemplate => Ok(bindings::template(self)),
            Command::BindingsApply { file } => bindings::apply(self, &file),
            Command::BindingsShow => bindings::show(self),
            Command::Describe => Ok(describe::describe(self)),
            Command::Help(_) | Command::Version => Ok(about(self.flow, &arguments)),
        }
    }

    /// The world of this command's runs.
    fn world(&self, bindings: Bindings) -> Arc<dyn World> {
        use std::io::IsTerminal;
        (self.world)(SystemWorld {
            families: self.flow.families,
            children: self.flow.children.iter().filter_map(|child| linked(child)).collect(),
            bindings,
            templates: Templates { entries: self.contract.templates.clone(), render: self.flow.templates },
            limits: self.limits.clone(),
            // One or the other.
            progress: !self.log.is_on() && std::io::stderr().is_terminal(),
            log: self.log,
            #[cfg(feature = "otel")]
            traces: self.traces.clone(),
        })
    }

    /// The world's clock, for commands that drive nothing.
    fn now_ms(&self) -> i64 {
        self.world(Bindings::default()).now_ms()
    }

    /// Runs a future on this thread; the one place where the executable waits.
    fn wait<T>(future: impl Future<Output = T>) -> Result<T, Failure> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| {
                Failure::new("runtime-unavailable", format!("cannot wait for events: {error}"))
            })?;
        let value = runtime.block_on(future);
        // A name lookup that was given up may still block its thread; it must not hold up the end.
        runtime.shutdown_background();
        Ok(value)
    }
}

/// What the steps of a linked flow need. A contract that cannot be read was refused before the run of it began.
fn linked(child: &'static Flow) -> Option<LinkedFlow> {
    let contract = Contract::read(child.contract).ok()?;
    let templates = Templates { entries: contract.templates, render: child.templates };
    Some(LinkedFlow { slug: child.slug, families: child.families, templates })
}

/// `--data`, else `$BREYTA_DATA`, else `.breyta/<slug>`.
fn data_directory(flow: &Flow, given: Option<PathBuf>) -> PathBuf {
    given
        .or_else(|| std::env::var_os("BREYTA_DATA").filter(|value| !value.is_empty()).map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from(".breyta").join(flow.slug))
}

/// Says a line to people. A closed stderr is nobody's problem.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Writes a result. The reader may have had enough: then the rest is dropped. False when it could not be written.
fn write_result(text: &str) -> bool {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            say(&format!("cannot write the result: {error}"));
            false
        }
        _ => true,
    }
}
