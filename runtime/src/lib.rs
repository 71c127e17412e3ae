//! The runtime of compiled flows: the one crate that emitted code depends on.
//!
//! ```text
//! fn main() -> std::process::ExitCode { breyta_runtime::run(&flow::FLOW) }
//! ```
//! Generated code names [`rt`] only. This crate is the facade: contract, inputs, bindings and the command line; steps,
//! store and engine are crates below it.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

/// The ABI of generated code.
pub mod rt;

/// Compiled flows.
pub mod flow;

/// What the compiler wrote down about a flow.
pub mod contract;

/// Inputs of runs.
pub mod inputs;

/// Bindings of connection slots, and setup values.
pub mod bindings;

/// Effects, time and randomness of a shipped executable.
pub mod world;

/// Errors of commands.
pub mod failure;

/// Traces for OpenTelemetry.
#[cfg(feature = "otel")]
mod otel;

/// The command line.
mod cli;

pub use cli::WorldFactory;

/// The executable's `main`: carries out this process's command line.
pub fn run(flow: &'static rt::Flow) -> ExitCode {
    run_with(flow, std::env::args_os().skip(1).collect(), &|world| Arc::new(world))
}

/// As [`run`], with the arguments given and the world made by `world` over the shipped one: how tests script steps,
/// time and crashes.
pub fn run_with(flow: &'static rt::Flow, arguments: Vec<OsString>, world: WorldFactory<'_>) -> ExitCode {
    cli::main(flow, arguments, world)
}
