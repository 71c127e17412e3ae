//! MIR to Rust: token streams from small fragments, formatted item by item.
//!
//! Generated code names the runtime only through [`names::RUNTIME`]. It contains no policy: one plain function per
//! state, from live slots to the next action, and one function per body of `:functions`. Never text pushed together.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::Definition;
use crate::mir::Program;
use crate::source::Sources;

/// Blocks as nested Rust: branches, joins, exits.
mod block;

/// Constants of the program.
mod constant;

/// Operands and what statements compute.
mod expr;

/// Functions and closures.
mod function;

/// The flow's states, their table, and the static that `main` runs.
mod machine;

/// Every identifier of generated code.
pub mod names;

/// Items in order, printed with a blank line between.
mod output;

/// Which blocks belong to which state.
mod region;

/// Changes of what stands at a path.
mod update;

/// Files of a crate: path with `/` separators, relative to the crate's folder, to content.
pub type Files = BTreeMap<String, String>;

/// Generated Rust, file by file.
#[derive(Debug)]
pub struct Output {
    /// Path below the crate folder (`src/flow.rs`) to formatted text. `src/flow.rs` defines `pub static FLOW: rt::Flow`.
    pub files: Files,
    /// Module names for `main.rs`, in order: `flow`, `functions`.
    pub modules: Vec<&'static str>,
    /// Families used, sorted: `function`, `http`.
    pub families: Vec<String>,
}

/// A suspension point as the resume manifest shows it.
#[derive(Clone, Debug)]
pub struct Point {
    /// The suspension id.
    pub id: String,
    pub family: &'static str,
    pub step: String,
    /// Line in the source, from 1.
    pub line: usize,
    /// Slots that are live once the step is done, with their types; the awaited result's slot is one of them when used.
    pub live: Vec<(String, String)>,
    /// Type of what is awaited.
    pub awaits: String,
}

/// Where a flow's generated files find what stands beside them, and which flows are linked to it.
#[derive(Clone, Debug)]
pub struct Place {
    /// From `flow.rs` to the contract.
    pub contract: String,
    /// From `flow.rs` to the source.
    pub source: String,
    /// The modules of linked flows, in order.
    pub children: Vec<String>,
}

impl Default for Place {
    fn default() -> Self {
        let (contract, source) = ("../assets/contract.edn".to_owned(), "../flow.edn".to_owned());
        Self { contract, source, children: Vec::new() }
    }
}

/// Generates the Rust of a program.
pub fn generate(sources: &Sources, definition: &Definition, program: &Program, place: &Place) -> Output {
    let mut files = Files::new();
    let mut modules = vec!["flow"];
    let families: BTreeSet<&str> = program.flow.suspensions().map(|it| it.family).collect();
    files.insert("src/flow.rs".to_owned(), machine::file(sources, definition, program, &families, place));
    if !program.functions.is_empty() {
        files.insert("src/functions.rs".to_owned(), function::file(sources, program));
        modules.push("functions");
    }
    Output { files, modules, families: families.into_iter().map(str::to_owned).collect() }
}

/// The suspension points in source order.
pub fn points(sources: &Sources, program: &Program) -> Vec<Point> {
    machine::points(sources, program)
}

/// The generated Rust of the flow body and the functions without the tables and imports around it: for snapshots.
pub fn excerpt(sources: &Sources, program: &Program) -> String {
    let mut text = machine::states_only(sources, program);
    for item in function::items(sources, program) {
        text.push('\n');
        text.push_str(&item);
    }
    text
}
