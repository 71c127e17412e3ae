//! The command line of `breytac`. Stable: scripts and CI depend on it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::{self, Failure, Format};

/// Compiles Breyta flows to native executables that run durably.
#[derive(Debug, Parser)]
#[command(name = "breytac", version, arg_required_else_help = true)]
pub(crate) struct Invocation {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows all problems of flows
    Check(Check),
    /// Builds a flow into an executable
    Build(Build),
    /// Builds a flow and runs it once in the foreground
    Run(Run),
    /// Writes the generated crate as a normal Cargo project
    Emit(Emit),
    /// Prints the intermediate form of the flow body and of every function
    Mir(Mir),
    /// Prints the page of a diagnostic
    Explain(Explain),
    /// Builds the runtime now, for CI images and offline use
    Setup(Setup),
    /// Formats flow source
    Fmt(Fmt),
    /// Runs a flow's step tests (not supported yet)
    Test(Later),
    /// Works with step sidecars (not supported yet)
    Steps(Later),
    /// Says which parked runs may continue under a new version (not supported yet)
    UpgradeCheck(Later),
}

/// How diagnostics of `check` are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    #[default]
    Human,
    /// One line each
    Short,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Flow files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Flows that these flows call: calls are checked against their inputs
    #[arg(long, value_name = "CHILD", num_args = 1..)]
    pub(crate) with: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CheckFormat,
    #[command(flatten)]
    pub(crate) lints: Lints,
    /// Applies the suggested changes to the files
    #[arg(long)]
    pub(crate) fix: bool,
}

/// Levels of diagnostics; stronger than `[lints]` of `breytac.toml`.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Lints {
    /// Makes a diagnostic, or all `warnings`, an error
    #[arg(long, value_name = "CODE")]
    pub(crate) deny: Vec<String>,
    /// Makes a diagnostic a warning
    #[arg(long, value_name = "CODE")]
    pub(crate) warn: Vec<String>,
    /// Hides a diagnostic
    #[arg(long, value_name = "CODE")]
    pub(crate) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// The flow file
    pub(crate) file: PathBuf,
    /// Definitions of flows that are linked, to be called
    #[arg(long, value_name = "CHILD", num_args = 1..)]
    pub(crate) with: Vec<PathBuf>,
    /// Where the executable goes; the flow's slug in the current folder when absent
    #[arg(short, long, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Optimises and strips
    #[arg(long)]
    pub(crate) release: bool,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The flow file
    pub(crate) file: PathBuf,
    /// Definitions of flows that are linked, to be called
    #[arg(long, value_name = "CHILD", num_args = 1..)]
    pub(crate) with: Vec<PathBuf>,
    /// The run's input: JSON text, or @ and a file name
    #[arg(long, value_name = "JSON|@FILE")]
    pub(crate) input: Option<OsString>,
    /// Bindings of the flow's connections
    #[arg(long, value_name = "FILE")]
    pub(crate) bindings: Option<PathBuf>,
    /// Where runs are stored
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
    /// More arguments of the executable's `run`
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(crate) rest: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct Emit {
    /// The flow file
    pub(crate) file: PathBuf,
    /// Definitions of flows that are linked, to be called
    #[arg(long, value_name = "CHILD", num_args = 1..)]
    pub(crate) with: Vec<PathBuf>,
    /// The crate's folder: new, empty, or written by `emit` before
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: PathBuf,
    /// Also writes a GitHub Actions workflow
    #[arg(long)]
    pub(crate) ci: bool,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Mir {
    /// The flow file
    pub(crate) file: PathBuf,
    /// Definitions of flows that are linked, to be called
    #[arg(long, value_name = "CHILD", num_args = 1..)]
    pub(crate) with: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Fmt {
    /// Flow files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Changes nothing; names the files that would change, and fails when there are any
    #[arg(long)]
    pub(crate) check: bool,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The code between the brackets of a message
    pub(crate) code: String,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

#[derive(Debug, Args)]
pub(crate) struct Setup {
    /// Only the variant for release executables
    #[arg(long, conflicts_with = "draft")]
    pub(crate) release: bool,
    /// Only the variant for drafts
    #[arg(long)]
    pub(crate) draft: bool,
    /// With traces for OpenTelemetry: for projects whose `breytac.toml` asks for them
    #[arg(long)]
    pub(crate) otlp: bool,
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: Format,
}

/// A command that is reserved.
#[derive(Debug, Args)]
pub(crate) struct Later {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub(crate) arguments: Vec<OsString>,
}

impl Command {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "check",
            Self::Build(_) => "build",
            Self::Run(_) => "run",
            Self::Emit(_) => "emit",
            Self::Mir(_) => "mir",
            Self::Explain(_) => "explain",
            Self::Setup(_) => "setup",
            Self::Fmt(_) => "fmt",
            Self::Test(_) => "test",
            Self::Steps(_) => "steps",
            Self::UpgradeCheck(_) => "upgrade-check",
        }
    }

    /// How a failure is shown.
    pub(crate) fn format(&self) -> Format {
        match self {
            Self::Check(check) if check.format == CheckFormat::Json => Format::Json,
            Self::Check(_) => Format::Human,
            Self::Build(Build { format, .. })
            | Self::Run(Run { format, .. })
            | Self::Emit(Emit { format, .. })
            | Self::Mir(Mir { format, .. })
            | Self::Fmt(Fmt { format, .. })
            | Self::Explain(Explain { format, .. })
            | Self::Setup(Setup { format, .. }) => *format,
            Self::Test(later) | Self::Steps(later) | Self::UpgradeCheck(later) => {
                if asks_for_json(&later.arguments) { Format::Json } else { Format::Human }
            }
        }
    }
}

/// A command line that is not carried out: wrong, or a request for help.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: clap::Error,
    json: bool,
}

/// Reads the command line.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Invocation, Refusal> {
    let arguments: Vec<OsString> = arguments.collect();
    Invocation::try_parse_from(&arguments).map_err(|error| Refusal { error, json: asks_for_json(&arguments) })
}

fn asks_for_json(arguments: &[OsString]) -> bool {
    let pair = |pair: &[OsString]| matches!(pair, [option, value] if option == "--format" && value == "json");
    arguments.windows(2).any(pair) || arguments.iter().any(|it| it == "--format=json")
}

impl Refusal {
    /// Shows it; help is a result, anything else a usage error.
    pub(crate) fn report(self) -> ExitCode {
        let text = self.error.render().to_string();
        if !self.error.use_stderr() {
            report::out(&text);
            return ExitCode::SUCCESS;
        }
        let Some(told) = text.strip_prefix("error: ") else {
            return self.nothing_asked(&text);
        };
        if !self.json {
            report::prose(&format!("error[usage]: {}", told.trim_end()));
            return ExitCode::from(report::USAGE);
        }
        let mut paragraphs = told.split("\n\n").map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
        let failure = Failure::usage("usage", paragraphs.next().unwrap_or_default());
        let rest: Vec<String> = paragraphs.filter(|it| !it.is_empty()).collect();
        let failure = if rest.is_empty() { failure } else { failure.help(rest.join("; ")) };
        failure.report(Format::Json, "breytac")
    }

    /// No command: all of the help is the answer to a person, and only to a person.
    fn nothing_asked(&self, help: &str) -> ExitCode {
        if self.json {
            return Failure::usage("usage", "no command is given")
                .help("`breytac help` shows all commands")
                .report(Format::Json, "breytac");
        }
        report::prose(help.trim_end());
        ExitCode::from(report::USAGE)
    }
}
