//! `breytac run`: a draft build, then one run of it in this process's place.

use std::process::Command;

use breyta_compiler::emit::Package;

use super::executable;
use crate::args::Run;
use crate::flow_build::Profile;
use crate::frontend;
use crate::report::Failure;

pub(super) fn run(arguments: &Run) -> Result<u8, Failure> {
    let flow = frontend::flow(&arguments.file, &arguments.with, arguments.format)?;
    let (built, _) = executable(&arguments.file, &flow, Profile::Draft)?;
    let mut command = Command::new(&built.executable);
    command.arg("run");
    if let Some(input) = &arguments.input {
        command.arg("--input").arg(input);
    }
    if let Some(bindings) = &arguments.bindings {
        command.arg("--bindings").arg(bindings);
    }
    if let Some(data) = &arguments.data {
        command.arg("--data").arg(data);
    }
    command.args(&arguments.rest);
    start(command, &Package::of(flow.slug()).binary)
}

/// Becomes the program: signals, exit status and output are its own.
#[cfg(unix)]
fn start(mut command: Command, name: &str) -> Result<u8, Failure> {
    use std::os::unix::process::CommandExt as _;
    let error = command.arg0(name).exec();
    Err(Failure::new("cannot-start", format!("the executable cannot be started: {error}")))
}

/// Runs the program and passes its exit status on.
#[cfg(not(unix))]
fn start(mut command: Command, _name: &str) -> Result<u8, Failure> {
    let status = command.status().map_err(|error| {
        Failure::new("cannot-start", format!("the executable cannot be started: {error}"))
    })?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(crate::report::FAILED))
}
