//! One module per command; each returns the exit status or why it failed.

use std::time::Instant;

use crate::args::{Command, Invocation};
use crate::cache;
use crate::flow_build::{self, Built, Profile};
use crate::frontend::Flow;
use crate::report::Failure;
use crate::toolchain;

mod build;
mod check;
mod emit;
mod explain;
mod fmt;
mod mir;
mod run;
mod setup;

/// Carries out a command.
pub(crate) fn run(invocation: &Invocation) -> Result<u8, Failure> {
    match &invocation.command {
        Command::Check(arguments) => check::run(arguments),
        Command::Build(arguments) => build::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Emit(arguments) => emit::run(arguments),
        Command::Mir(arguments) => mir::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Setup(arguments) => setup::run(arguments),
        Command::Fmt(arguments) => fmt::run(arguments),
        later @ (Command::Test(_) | Command::Steps(_) | Command::UpgradeCheck(_)) => {
            Err(Failure::later(&format!("`breytac {}`", later.name())))
        }
    }
}

/// Builds a flow's executable in the cache; also says how long that took, without a first build of the runtime.
fn executable(file: &std::path::Path, flow: &Flow, profile: Profile) -> Result<(Built, f64), Failure> {
    let mut start = Instant::now();
    let toolchain = toolchain::find()?;
    let runtime = cache::runtime(&toolchain, profile.variant(), flow.features)?;
    if let Some(time) = runtime.built_in {
        start += time;
    }
    // The path of the runtime stands in the manifest only, which this build does not use.
    let files = flow.emit("runtime", false);
    let built = flow_build::build(file, flow.slug(), &files, &toolchain, &runtime, profile)?;
    Ok((built, start.elapsed().as_secs_f64()))
}
