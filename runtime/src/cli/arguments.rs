//! From the words of the command line to a command.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::{Arg, Parser};

use super::help::Topic;
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
    pub(super) command: Command,
}

#[derive(Debug)]
pub(super) enum Command {
    Run(RunOptions),
    RunsList { status: Option<String> },
    RunsShow { id: String },
    RunsResume { id: Option<String> },
    RunsCancel { id: String, reason: Option<String> },
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
}

/// Commands and options of the full runtime that this version does not have.
const COMMANDS_LATER: &[&str] = &["serve", "waits", "steps", "resources", "doctor"];
const RUNS_LATER: &[&str] = &["retry", "fork", "export"];

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
        let known = match name {
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
            "verify" | "listen" => return Err(later(&format!("--{name}"))),
            "data" => {
                self.data = Some(PathBuf::from(value()?));
                "data"
            }
            "limit" => {
                self.limits.push(text(value()?)?);
                "limit"
            }
            "input" => {
                self.run.input = Some(text(value()?)?);
                "input"
            }
            "invocation" => {
                self.run.invocation = Some(text(value()?)?);
                "invocation"
            }
            "bindings" => {
                self.run.bindings = Some(PathBuf::from(value()?));
                "bindings"
            }
            "no-wait" => {
                self.run.no_wait = true;
                "no-wait"
            }
            "status" => {
                self.status = Some(text(value()?)?);
                "status"
            }
            "reason" => {
                self.reason = Some(text(value()?)?);
                "reason"
            }
            _ => {
                return Err(Failure::usage(format!(
                    "there is no option --{name}; --help shows what there is"
                )));
            }
        };
        self.options.push(known);
        Ok(())
    }

    fn finish(mut self) -> Result<Arguments, Failure> {
        let words: Vec<&str> = self.words.iter().map(String::as_str).collect();
        if self.help {
            let command = Command::Help(Topic::of(&words)?);
            return Ok(Arguments { data: None, limits: Vec::new(), command });
        }
        if self.version {
            return Ok(Arguments { data: None, limits: Vec::new(), command: Command::Version });
        }
        let options = self.options.as_slice();
        let run = std::mem::take(&mut self.run);
        let command = match words.as_slice() {
            [] => {
                return Err(Failure::usage(
                    "a command is missing: run, runs, bindings or describe; --help explains them",
                ));
            }
            ["help", rest @ ..] => Command::Help(Topic::of(rest)?),
            ["version"] => Command::Version,
            ["run"] => {
                takes(options, &["input", "invocation", "bindings", "no-wait", "limit", "data"])?;
                Command::Run(run)
            }
            ["runs", "list"] => {
                takes(options, &["status", "data"])?;
                Command::RunsList { status: self.status }
            }
            ["runs", "show", id] => {
                takes(options, &["data"])?;
                Command::RunsShow { id: (*id).to_owned() }
            }
            ["runs", "resume", id @ ..] if id.len() <= 1 => {
                takes(options, &["limit", "data"])?;
                Command::RunsResume { id: id.first().map(|id| (*id).to_owned()) }
            }
            ["runs", "cancel", id] => {
                takes(options, &["reason", "data"])?;
                Command::RunsCancel { id: (*id).to_owned(), reason: self.reason }
            }
            ["runs", "show" | "cancel"] => {
                return Err(Failure::usage("the id of a run is missing; `runs list` shows them"));
            }
            ["describe"] => {
                takes(options, &["data"])?;
                Command::Describe
            }
            ["runs"] => {
                return Err(Failure::usage("runs takes one of: list, show ID, resume [ID], cancel ID"));
            }
            ["bindings", rest @ ..] => bindings(rest, options)?,
            words => {
                let shown = words.join(" ");
                return Err(Failure::usage(format!(
                    "there is no command \"{shown}\"; --help shows what there is"
                )));
            }
        };
        Ok(Arguments { data: self.data, limits: self.limits, command })
    }
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
        [first, second, ..] if first == "runs" && RUNS_LATER.contains(&second.as_str()) => {
            Err(later(&format!("runs {second}")))
        }
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
