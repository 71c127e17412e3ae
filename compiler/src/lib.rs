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

/// The layout of source text; no stage of the pipeline.
pub mod format;

/// Forms to the typed definition.
pub mod flow;

/// Rules about how a flow is written.
pub mod lint;

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

use std::fmt::Write as _;

use diagnostics::{Diagnostic, Problems};
use mir::simplify::Passes;
use sha2::{Digest, Sha256};
use source::{FileId, Loader, Sources};
use types::children::Children;

/// The version of what generated code and runtime agree on. Part of every flow version.
pub const ABI: &str = "breyta-abi-1";

/// How far the pipeline goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// As far as problems may be found: functions are not lowered, and there is no program in the end.
    Problems,
    /// To the MIR of all bodies.
    Program,
}

/// Everything that is known about one flow after all stages up to MIR.
#[derive(Debug)]
pub struct Compilation {
    /// Sorted by position.
    pub problems: Vec<Diagnostic>,
    /// What is right and cannot be built by this version, sorted by position. Only building shows them.
    pub refusals: Vec<Diagnostic>,
    pub definition: Option<flow::Definition>,
    /// None when there were errors, but for such as the caller may allow ([`diagnostics::Code::is_allowable`]).
    pub program: Option<mir::Program>,
}

/// Brings what file 0 includes, and runs the pipeline with the given child flows.
pub fn compile_with(
    sources: &mut Sources,
    loader: &dyn Loader,
    children: &Children,
    depth: Depth,
) -> Compilation {
    syntax::include::load(sources, FileId(0), loader);
    run(sources, children, depth, &Passes::ALL)
}

/// Runs the pipeline over file 0 up to MIR. What it includes is among the sources already.
pub fn compile(sources: &Sources) -> Compilation {
    compile_with_children(sources, &Children::new())
}

/// As [`compile`]; calls of the given child flows are checked against their invocations too. The definition of a child
/// is in the compilation of its own source.
pub fn compile_with_children(sources: &Sources, children: &Children) -> Compilation {
    run(sources, children, Depth::Program, &Passes::ALL)
}

/// As [`compile`], with only some of the passes over MIR.
pub fn compile_plainly(sources: &Sources, passes: &Passes) -> Compilation {
    run(sources, &Children::new(), Depth::Program, passes)
}

/// What is said of steps and what they refer to.
const OF_STEPS: &[diagnostics::Code] = &[
    diagnostics::Code::UNKNOWN_FUNCTION_REF,
    diagnostics::Code::FUNCTION_STEP_MISSING_CODE_OR_REF,
    diagnostics::Code::UNKNOWN_TEMPLATE_REF,
    diagnostics::Code::UNKNOWN_CONNECTION_SLOT,
];

/// The program of a flow body whose steps and child flows somebody plays: what is wrong in reading it and in its names is
/// reported, step configs, references and types are not looked at.
pub fn compile_body(sources: &Sources, passes: &Passes) -> Compilation {
    let (mut problems, mut unchecked) = (Problems::new(), Problems::new());
    let reading = syntax::read(sources, FileId(0));
    for problem in reading.problems {
        problems.report(problem);
    }
    let mut program = None;
    let definition = flow::define(sources, &reading.forms, &mut unchecked);
    if let Some(definition) = definition.as_ref().filter(|_| !problems.has_errors()) {
        let hir = resolve::resolve(sources, definition, &mut problems);
        let types = types::check(definition, &hir, &mut unchecked);
        if !problems.has_errors_but(OF_STEPS) {
            let lowered = mir::build::build(&hir.flow, &hir.functions, &types, version(&reading.forms));
            let lowered = program.insert(lowered);
            mir::simplify::simplify(lowered, passes);
        }
    }
    let (problems, refusals) = problems.into_sorted();
    Compilation { problems, refusals, definition, program }
}

fn run(sources: &Sources, children: &Children, depth: Depth, passes: &Passes) -> Compilation {
    let mut problems = Problems::new();
    let reading = syntax::read(sources, FileId(0));
    for problem in reading.problems {
        problems.report(problem);
    }
    if problems.has_errors() {
        let (problems, refusals) = problems.into_sorted();
        return Compilation { problems, refusals, definition: None, program: None };
    }
    flow::size::check(&reading.forms, &mut problems);
    let definition = flow::define(sources, &reading.forms, &mut problems);
    lint::lint(sources, &reading.forms, &mut problems);
    let program = definition.as_ref().and_then(|definition| {
        let hir = resolve::resolve(sources, definition, &mut problems);
        let types = types::check(definition, &hir, &mut problems);
        types::written(&reading.forms, definition, &mut problems);
        types::declarations::check(&reading.forms, &mut problems);
        types::children::check(definition, children, &mut problems);
        if !problems.is_buildable() {
            return None;
        }
        let (functions, version) = match depth {
            Depth::Problems => (&[][..], String::new()),
            Depth::Program => (hir.functions.as_slice(), version(&reading.forms)),
        };
        let mut program = mir::build::build(&hir.flow, functions, &types, version);
        mir::simplify::simplify(&mut program, passes);
        mir::storable::check(&program.flow, &mut problems);
        (depth == Depth::Program).then_some(program)
    });
    let program = program.filter(|_| problems.is_buildable());
    let (problems, refusals) = problems.into_sorted();
    Compilation { problems, refusals, definition, program }
}

/// The flow version: hash of the definition (comments and layout left out) and the ABI, 32 hex digits.
fn version(forms: &[syntax::Form]) -> String {
    version_of(std::iter::once(ABI.to_owned()).chain(forms.iter().map(syntax::print::print)))
}

fn version_of(parts: impl Iterator<Item = String>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
