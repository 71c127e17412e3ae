//! The one integration-test binary: a module per suite, the harness in the library beside it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails right there")]

/// What grows in loops.
mod accumulators;

/// The tables of step families.
mod catalog;

/// The command line of breytac.
mod cli;

/// MIR to Rust.
mod codegen;

/// The table of diagnostics.
mod codes;

/// Real Clojure's answers.
mod conformance;

/// Death of the process at every commit point.
mod crash;

/// No room for the store.
mod disk;

/// The generated documents.
mod documents;

/// The engine with programs written by hand.
mod engine;

/// The table of run-time error codes.
mod error_codes;

/// Executables, end to end.
mod executable;

/// Traces of executables.
mod executable_traces;

/// Suggested changes and levels of diagnostics.
mod fix;

/// The layout of source.
mod format;

/// Flows of several files.
mod include;

/// A flow that takes long, across kills.
mod journey;

/// HIR to MIR.
mod lower;

/// The pages of the diagnostics.
mod pages;

/// What holds of any text.
mod properties;

/// Scripted runs.
mod scenarios;

/// Lives of flows under seeds.
mod simulation;

/// Language and diagnostics, by literate files.
mod spec;

/// What the timeline says about the way that a run took.
mod timeline;

/// Mocks, across processes.
mod mocks;

/// The snippets of the source documents.
mod sources;

/// Two processes on one data directory.
mod takeover;

/// An executable that is killed again and again.
mod torture;

/// The silence of the type checker.
mod types;
