//! From the words of the command line to a command.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser};

use super::help::Topic;
use super::lifecycle::{Again, Cancel};
use super::log::Level;
use super::runs::{ENTRIES, Show};
use super::serve::ServeOptions;
use super::waits::{Reply, Target};
use crate::failure::{Failure, USAGE};

/// How results are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Human,
}

/// A command line, understood.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) data: Option<PathBuf>,
    /// `NAME=VALUE` each.
    pub(super) limits: Vec<String>,
    /// Runs are compared with their journals while they are carried on.
    pub(super) verify: bool,
    /// How much is told while runs are carried on; None: what the environment says.
    pub(super) log: Option<Level>,
    pub(super) command: Command,
}

#[derive(Debug)]
pub(super) enum Command {
    Run(RunOptions),
    RunsList { status: Option<String> },
    RunsShow(Show),
    RunsResume { id: Option<String> },
    RunsCancel(Cancel),
    RunsRetry(Again),
    RunsFork(Again),
    RunsExport { id: Option<String>, to: Option<PathBuf> },
    RunsPrune { older_than_ms: i64 },
    WaitsList { run: Option<String> },
    WaitsReply(Reply),
    Serve(ServeOptions),
    Doctor,
    BindingsTemplate,
    BindingsApply { file: PathBuf },
    BindingsShow,
    Describe,
    Version,
    Help(Topic),
}

/// What `run` takes.
#[derive(Debug, Default)]
pub(super) struct RunOptions {
    /// JSON text, or `@FILE`.
    pub(super) input: Option<String>,
    pub(super) invocation: Option<String>,
    pub(super) bindings: Option<PathBuf>,
    pub(super) no_wait: bool,
    /// Steps with `:mock` give it.
    pub(super) mocks: bool,
}

/// Commands and options of the full runtime that this version does not have.
const COMMANDS_LATER: &[&str] = &["steps", "resources"];

/// Options that belong to commands.
const OPTIONS: &[&str] = &[
    "data",
    "limit",
    "input",
    "invocation",
    "bindings",
    "mocks",
    "no-wait",
    "verify",
    "log",
    "status",
    "reason",
    "force",
    "run",
    "key",
    "payload",
    "to",
    "older-than",
    "retention",
    "entries",
    "before",
    "from",
];

/// Everything given, before it is known which command it belongs to.
#[derive(Default)]
struct Given {
    words: Vec<String>,
    /// Options as written, for the check against the command's.
    options: Vec<&'static str>,
    data: Option<PathBuf>,
    limits: Vec<String>,
    run: RunOptions,
    status: Option<String>,
    reason: Option<String>,
    force: bool,
    run_of: Option<String>,
    key: Option<String>,
    payload: Option<String>,
    to: Option<PathBuf>,
    older_than: Option<String>,
    entries: Option<String>,
    before: Option<String>,
    log: Option<Level>,
    from: Option<String>,
    help: bool,
    version: bool,
}

/// Understands a command line. `format` is set as soon as it is known, so that errors are shown in it.
pub(super) fn parse(arguments: Vec<OsString>, format: &mut Format) -> Result<Arguments, Failure> {
    let mut parser = Parser::from_args(arguments);
    let mut given = Given::default();
    loop {
        // A command that does not exist yet takes options we know nothing about.
        refuse_later(&given.words)?;
        match parser.next().map_err(|error| bad(&error))? {
            None => break,
            Some(Arg::Value(word)) => given.words.push(text(word)?),
            Some(Arg::Short('h')) => given.help = true,
            Some(Arg::Short('V')) => given.version = true,
            Some(Arg::Long(name)) => {
                let name = name.to_owned();
                given.option(&name, &mut parser, format)?;
            }
            Some(other) => return Err(bad(&other.unexpected())),
        }
    }
    given.finish()
}

impl Given {
    fn option(&mut self, name: &str, parser: &mut Parser, format: &mut Format) -> Result<(), Failure> {
        let mut value = || parser.value().map_err(|error| bad(&error));
        match name {
            "help" => {
                self.help = true;
                return Ok(());
            }
            "version" => {
                self.version = true;
                return Ok(());
            }
            "format" => {
                *format = match text(value()?)?.as_str() {
                    "json" => Format::Json,
                    "human" => Format::Human,
                    other => {
                        return Err(Failure::usage(format!("--format is json or human, not \"{other}\"")));
                    }
                };
                return Ok(());
            }
            "listen" => return Err(later(&format!("--{name}"))),
            _ => {}
        }
        let unknown = || Failure::usage(format!("there is no option --{name}; --help shows what there is"));
        let known = OPTIONS.iter().copied().find(|known| *known == name).ok_or_else(unknown)?;
        match known {
            "data" => self.data = Some(PathBuf::from(value()?)),
            "limit" => self.limits.push(text(value()?)?),
            "input" => self.run.input = Some(text(value()?)?),
            "invocation" => self.run.invocation = Some(text(value()?)?),
            "bindings" => self.run.bindings = Some(PathBuf::from(value()?)),
            "mocks" => self.run.mocks = true,
            "no-wait" => self.run.no_wait = true,
            "verify" => {}
            "log" => self.log = Some(Level::read(&text(value()?)?, "--log")?),
            "status" => self.status = Some(text(value()?)?),
            "reason" => self.reason = Some(text(value()?)?),
            "force" => self.force = true,
            "run" => self.run_of = Some(text(value()?)?),
            "key" => self.key = Some(text(value()?)?),
            "payload" => self.payload = Some(text(value()?)?),
            "to" => self.to = Some(PathBuf::from(value()?)),
            "older-than" | "retention" => self.older_than = Some(text(value()?)?),
            "entries" => self.entries = Some(text(value()?)?),
            "from" => self.from = Some(text(value()?)?),
            "before" => self.before = Some(text(value()?)?),
            _ => return Err(unknown()),
        }
        self.options.push(known);
        Ok(())
    }

    fn finish(mut self) -> Result<Arguments, Failure> {
        let (words, options) = (std::mem::take(&mut self.words), std::mem::take(&mut self.options));
        let (words, options) = (words.iter().map(String::as_str).collect::<Vec<_>>(), options.as_slice());
        if self.help {
            let command = Command::Help(Topic::of(&words)?);
            return Ok(Arguments { data: None, limits: Vec::new(), verify: false, log: None, command });
        }
        if self.version {
            let command = Command::Version;
            return Ok(Arguments { data: None, limits: Vec::new(), verify: false, log: None, command });
        }
        let run = std::mem::take(&mut self.run);
        let command = match words.as_slice() {
            [] => {
                return Err(Failure::usage(
                    "a command is missing: run, serve, runs, waits, bindings, doctor or describe; --help explains them",
                ));
            }
            ["help", rest @ ..] => Command::Help(Topic::of(rest)?),
            ["version"] => Command::Version,
            ["run"] => {
                let own =
                    ["input", "invocation", "bindings", "no-wait", "mocks", "verify", "log", "limit", "data"];
                takes(options, &own)?;
                Command::Run(run)
            }
            ["runs", rest @ ..] => self.runs(rest, options, run.no_wait)?,
            ["waits", rest @ ..] => self.waits(rest, options)?,
            ["serve"] => {
                takes(options, &["retention", "verify", "log", "limit", "data"])?;
                let retention_ms = self.older_than.as_deref().map(age).transpose()?;
                Command::Serve(ServeOptions { retention_ms })
            }
            ["doctor"] => {
                takes(options, &["data"])?;
                Command::Doctor
            }
            ["describe"] => {
                takes(options, &["data"])?;
                Command::Describe
            }
            ["bindings", rest @ ..] => bindings(rest, options)?,
            words => {
                let shown = words.join(" ");
                return Err(Failure::usage(format!(
                    "there is no command \"{shown}\"; --help shows what there is"
                )));
            }
        };
        Ok(Arguments {
            data: self.data,
            limits: self.limits,
            verify: options.contains(&"verify"),
            log: self.log,
            command,
        })
    }
}

impl Given {
    fn runs(&mut self, words: &[&str], options: &[&str], no_wait: bool) -> Result<Command, Failure> {
        let own = |id: &str| id.to_owned();
        Ok(match words {
            ["list"] => {
                takes(options, &["status", "data"])?;
                Command::RunsList { status: self.status.take() }
            }
            ["show", id] => {
                takes(options, &["entries", "before", "data"])?;
                let entries = self.entries.as_deref().map(number).transpose()?.unwrap_or(ENTRIES as i64);
                let before = self.before.as_deref().map(number).transpose()?;
                Command::RunsShow(Show { id: own(id), entries: entries as usize, before })
            }
            ["resume", id @ ..] if id.len() <= 1 => {
                takes(options, &["verify", "log", "limit", "data"])?;
                Command::RunsResume { id: id.first().map(|id| own(id)) }
            }
            ["cancel", id] => {
                takes(options, &["reason", "force", "data"])?;
                Command::RunsCancel(Cancel { id: own(id), reason: self.reason.take(), force: self.force })
            }
            ["retry", id] => {
                takes(options, &["no-wait", "verify", "log", "limit", "data"])?;
                Command::RunsRetry(Again { id: own(id), no_wait, from: None })
            }
            ["fork", id] => {
                takes(options, &["from", "no-wait", "verify", "log", "limit", "data"])?;
                Command::RunsFork(Again { id: own(id), no_wait, from: self.from.take() })
            }
            ["export", id @ ..] if id.len() <= 1 => {
                takes(options, &["to", "data"])?;
                Command::RunsExport { id: id.first().map(|id| own(id)), to: self.to.take() }
            }
            ["prune"] => {
                takes(options, &["older-than", "data"])?;
                let missing = || Failure::usage("runs prune takes --older-than AGE, such as 30d");
                Command::RunsPrune { older_than_ms: age(self.older_than.as_deref().ok_or_else(missing)?)? }
            }
            ["show" | "cancel" | "retry" | "fork"] => {
                return Err(Failure::usage("the id of a run is missing; `runs list` shows them"));
            }
            _ => {
                return Err(Failure::usage(
                    "runs takes one of: list, show ID, resume [ID], cancel ID, retry ID, fork ID, export [ID], prune",
                ));
            }
        })
    }

    fn waits(&mut self, words: &[&str], options: &[&str]) -> Result<Command, Failure> {
        let (verb, id) = match words {
            ["list"] => {
                takes(options, &["run", "data"])?;
                return Ok(Command::WaitsList { run: self.run_of.take() });
            }
            [verb @ ("complete" | "approve" | "reject"), id @ ..] if id.len() <= 1 => (*verb, id.first()),
            [verb @ ("complete" | "approve" | "reject"), _, other, ..] => {
                let message = format!(
                    "waits {verb} takes one id; \"{other}\" is one word too many: a wait is written r12/approve#1"
                );
                return Err(Failure::usage(message));
            }
            _ => {
                return Err(Failure::usage("waits takes one of: list, complete ID, approve ID, reject ID"));
            }
        };
        takes(options, &["key", "payload", "data"])?;
        let target = match (id, self.key.take()) {
            (Some(id), None) => Target::Id((*id).to_owned()),
            (None, Some(key)) => Target::Key(key),
            _ => {
                return Err(Failure::usage(format!(
                    "waits {verb} takes the id of a wait or of a run, or --key KEY"
                )));
            }
        };
        let action = match verb {
            "approve" => "approve",
            "reject" => "reject",
            _ => "complete",
        };
        Ok(Command::WaitsReply(Reply { target, action, payload: self.payload.take() }))
    }
}

/// A count of an option.
fn number(text: &str) -> Result<i64, Failure> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Failure::usage(format!("\"{text}\" is no number above 0")))
}

/// `30d` in milliseconds.
fn age(text: &str) -> Result<i64, Failure> {
    let ms = breyta_core::duration::milliseconds(text).and_then(|ms| i64::try_from(ms).ok());
    ms.ok_or_else(|| Failure::usage(format!("\"{text}\" is no age; write for example 30d or 12h")))
}

fn bindings(words: &[&str], options: &[&str]) -> Result<Command, Failure> {
    takes(options, &["data"])?;
    match words {
        ["template"] => Ok(Command::BindingsTemplate),
        ["show"] => Ok(Command::BindingsShow),
        ["apply", file] => Ok(Command::BindingsApply { file: PathBuf::from(*file) }),
        ["apply"] => Err(Failure::usage("the bindings file is missing: bindings apply FILE")),
        _ => Err(Failure::usage("bindings takes one of: template, apply FILE, show")),
    }
}

/// Refuses options that belong to another command.
fn takes(given: &[&str], known: &[&str]) -> Result<(), Failure> {
    match given.iter().find(|option| !known.contains(option)) {
        Some(option) => Err(Failure::usage(format!(
            "--{option} does not belong to this command; it takes --{}",
            known.join(", --")
        ))),
        None => Ok(()),
    }
}

fn refuse_later(words: &[String]) -> Result<(), Failure> {
    match words {
        [first, ..] if COMMANDS_LATER.contains(&first.as_str()) => Err(later(first)),
        _ => Ok(()),
    }
}

fn later(what: &str) -> Failure {
    Failure {
        exit: USAGE,
        ..Failure::new("not-supported-yet", format!("{what} is not supported yet; --help shows what is"))
    }
}

fn bad(error: &lexopt::Error) -> Failure {
    Failure::usage(format!("{error}; --help shows what there is"))
}

fn text(word: OsString) -> Result<String, Failure> {
    word.into_string().map_err(|word| Failure::usage(format!("\"{}\" is not UTF-8", word.to_string_lossy())))
}
