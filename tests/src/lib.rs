//! The test harness: everything the suites in `it/` share. Nothing depends on it.

/// Scenarios through the compiled flow.
pub mod batch;

/// Real Clojure's answers.
pub mod conformance;

/// Generated reference documents.
pub mod documents;

/// What journals say was done.
pub mod effects;

/// breytac and the executables it makes.
pub mod executable;

/// Snapshots beside fixtures.
pub mod fixture;

/// Well-typed programs.
pub mod generate;

/// The MIR interpreter, the second opinion on generated code.
pub mod interp;

/// Diagnostics pages as tests.
pub mod pages;

/// Programs by hand.
pub mod programs;

/// Diagnostics as breytac reports them.
pub mod report;

/// Scripted runs.
pub mod scenario;

/// An HTTP server with a log.
pub mod server;

/// Lives of flows under seeds.
pub mod simulation;

/// Literate specs.
pub mod spec;

/// Stores to run against.
pub mod stores;

/// A real executable, killed again and again.
pub mod torture;

/// Where fixtures stand.
pub mod tree;
