//! The `breytac` command: everything of the compiler that touches files, processes and the terminal.
//!
//! What a flow means is decided in `breyta-compiler`; here texts are read, diagnostics shown, and the generated crate
//! is built with the installed Rust toolchain against a runtime that is compiled once.

use std::process::ExitCode;

/// The command line.
mod args;
/// The compiled runtime, kept between builds.
mod cache;
/// One module per command.
mod commands;
/// From the generated crate to an executable.
mod flow_build;
/// A flow file to a compilation, with the project's settings applied.
mod frontend;
/// The runtime's sources that this executable carries.
mod packed;
/// What people and programs get to see.
mod report;
/// `breytac.toml`.
mod settings;
/// Files in, files out, whole or not at all.
mod sources;
/// The installed Rust compiler.
mod toolchain;

/// Checking is a short burst of small allocations; the system's allocator spends more time than the compiler on it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let invocation = match args::parse(std::env::args_os()) {
        Ok(invocation) => invocation,
        Err(refusal) => return refusal.report(),
    };
    let format = invocation.command.format();
    match commands::run(&invocation) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => failure.report(format, invocation.command.name()),
    }
}
