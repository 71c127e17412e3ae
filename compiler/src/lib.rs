//! From flow source to the files of a Rust crate.
//!
//! Pure: no file, network, environment or clock is touched here; `compiler/cli` does that. The stages stand in the
//! order in which they run, each uses only earlier ones, and each returns a value plus problems.

/// Files and positions.
pub mod source;

/// Problems and how they are shown.
pub mod diagnostics;

/// Text to forms.
pub mod syntax;

/// Forms to the typed definition.
pub mod flow;

/// The resolved expression tree: data only.
pub mod hir;

/// Names to meanings: scopes, macros, references. Makes HIR.
pub mod resolve;

/// Types, inferred and checked.
pub mod types;

/// Control-flow graph with live sets.
pub mod mir;

/// MIR to Rust.
pub mod codegen;

/// The files of the emitted crate.
pub mod emit;

use diagnostics::{Diagnostic, Problems};
use source::{FileId, Sources};

/// Everything that is known about one flow after all stages up to MIR.
#[derive(Debug)]
pub struct Compilation {
    /// Sorted by position. With an error among them there is nothing to emit.
    pub problems: Vec<Diagnostic>,
    pub definition: Option<flow::Definition>,
    pub program: Option<mir::Program>,
}

/// Runs the pipeline over file 0 up to MIR.
pub fn compile(sources: &Sources) -> Compilation {
    let mut problems = Problems::new();
    let reading = syntax::read(sources, FileId(0));
    for problem in reading.problems {
        problems.report(problem);
    }
    let definition =
        if problems.has_errors() { None } else { flow::define(sources, &reading.forms, &mut problems) };
    let program = None;
    Compilation { problems: problems.into_sorted(), definition, program }
}
