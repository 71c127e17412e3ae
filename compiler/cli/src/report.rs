//! What people and programs get to see: results on stdout, prose on stderr, one JSON envelope for machines.
//!
//! The envelope is `{"ok":bool,"data":…?,"error":{"code","message","details"?}?,"meta":{"command","compiler"}}`.
//! Writing never fails the command: a reader that closed its pipe has seen what it wanted.

use std::io::{self, IsTerminal, Write as _};
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Map, Value};

/// Exit status of a flow with errors, and of everything else that went wrong.
pub(crate) const FAILED: u8 = 1;
/// Exit status of a command line that cannot be carried out.
pub(crate) const USAGE: u8 = 2;

/// How results and failures are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Human,
    Json,
}

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Stable, kebab-case.
    pub(crate) code: &'static str,
    /// One line: what is wrong.
    pub(crate) message: String,
    /// What to do instead.
    pub(crate) help: Option<Box<str>>,
    /// More lines for people (the end of a log), already complete.
    pub(crate) detail: Option<Box<str>>,
    /// Machine-readable facts; people have seen them another way.
    pub(crate) data: Option<Box<Value>>,
    /// Whether people have been told already (diagnostics).
    pub(crate) shown: bool,
    pub(crate) exit: u8,
}

impl Failure {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
            detail: None,
            data: None,
            shown: false,
            exit: FAILED,
        }
    }

    /// A command line that cannot be carried out.
    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self { exit: USAGE, ..Self::new(code, message) }
    }

    /// Part of the format or of the command line that is reserved.
    pub(crate) fn later(what: &str) -> Self {
        Self::usage("not-supported-yet", format!("{what} is not supported yet"))
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().into());
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into().into());
        self
    }

    /// Shows the failure and gives the exit status.
    pub(crate) fn report(self, format: Format, command: &str) -> ExitCode {
        match format {
            Format::Json => {
                let mut error = Map::new();
                error.insert("code".into(), self.code.into());
                error.insert("message".into(), self.message.into());
                let mut details = Map::new();
                for (key, text) in [("help", self.help), ("output", self.detail)] {
                    if let Some(text) = text {
                        details.insert(key.into(), String::from(text).into());
                    }
                }
                if !details.is_empty() {
                    error.insert("details".into(), details.into());
                }
                envelope(false, self.data.map(|data| *data), Some(error.into()), command);
            }
            Format::Human if self.shown => {}
            Format::Human => {
                prose(&format!("error[{}]: {}", self.code, self.message));
                if let Some(detail) = self.detail {
                    prose(detail.trim_end());
                }
                if let Some(help) = self.help {
                    prose(&format!("  help: {help}"));
                }
            }
        }
        ExitCode::from(self.exit)
    }
}

/// Prints the envelope of a result.
pub(crate) fn success(data: Value, command: &str) {
    envelope(true, Some(data), None, command);
}

/// Prints an envelope; absent parts are left out.
pub(crate) fn envelope(ok: bool, data: Option<Value>, error: Option<Value>, command: &str) {
    envelope_with(ok, data, error, command, Map::new());
}

/// Prints an envelope with more under `meta`.
pub(crate) fn envelope_with(
    ok: bool,
    data: Option<Value>,
    error: Option<Value>,
    command: &str,
    more: Map<String, Value>,
) {
    let mut object = Map::new();
    object.insert("ok".into(), ok.into());
    if let Some(data) = data {
        object.insert("data".into(), data);
    }
    if let Some(error) = error {
        object.insert("error".into(), error);
    }
    let mut meta = Map::new();
    meta.insert("command".into(), command.into());
    meta.insert("compiler".into(), breyta_compiler::emit::COMPILER.into());
    meta.extend(more);
    object.insert("meta".into(), meta.into());
    out(&format!("{}\n", Value::from(object)));
}

/// Writes a result to stdout as it is.
pub(crate) fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    // A closed pipe is no failure of the command.
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes a line to stderr.
pub(crate) fn prose(line: &str) {
    let mut stderr = io::stderr().lock();
    // Nobody is left to be told.
    let _ = writeln!(stderr, "{line}");
}

/// Whether a stream is for eyes, and these want colour.
pub(crate) fn color(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty())
}
