//! Types, inferred and checked: gradual, and without false alarms.
//!
//! An error is a definite mismatch: no value that the expression can have fits. Everything uncertain stays quiet.
//! After this stage nobody infers; what later stages need (types of locals, for the resume manifest) is in [`Types`].

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::Problems;
use crate::flow::Definition;
use crate::hir::{Body, Program};
use crate::source::Span;

/// What a value may be.
mod lattice;

/// What is in types: elements, alternatives, mismatches.
mod parts;

/// The parts of expressions.
mod walk;

/// Expressions to types.
mod infer;

/// Calls of functions.
mod calls;

/// Keys of known records.
mod lookup;

/// Results of library functions.
mod library;

/// What is known in the arms of a branch.
mod narrow;

/// What is written and does nothing.
mod unused;

/// Declarations that nothing names.
pub(crate) mod declarations;

/// Types across steps.
mod boundaries;

/// Schemas and what they say about expressions.
mod schema;

/// Packaged steps.
mod packaged;

/// Data of templates.
mod data;

/// Child flows.
pub mod children;

/// What a run is started with.
mod input;

/// Step configs against the catalog.
mod config;

pub use lattice::{Record, Type};

/// The types found, as far as later stages show them.
#[derive(Debug, Default)]
pub struct Types {
    /// Of the flow body's locals, by index.
    pub flow_locals: Vec<Type>,
    /// Of what each suspension point awaits, by suspension id.
    pub awaited: BTreeMap<String, Type>,
    /// Where a string looks up what the input has under a keyword: the keyword is meant.
    pub keyword_keys: BTreeSet<Span>,
}

/// Infers and checks all bodies: functions first, because steps use their results.
pub fn check(definition: &Definition, program: &Program, problems: &mut Problems) -> Types {
    let packaged = packaged::contracts(definition, problems);
    config::helpers(definition, problems);
    let none = BTreeMap::new();
    let mut results = BTreeMap::new();
    let mut context = infer::Context::new(definition, program, problems, &none);
    for function in &program.functions {
        let (result, _) = infer::body(&mut context, &function.body, &[], None);
        results.insert(function.id.clone(), result);
    }
    let reported = std::mem::take(&mut context.reported);
    let mut context = infer::Context::new(definition, program, problems, &results);
    context.reported = reported;
    context.packaged = packaged;
    packaged::functions(&mut context);
    let input = input::of(definition);
    let (_, flow_locals) = infer::body(&mut context, &program.flow, &[input], None);
    // A misspelt name makes its binding unused too; one problem is enough.
    if !context.problems.has_errors() {
        for body in program.functions.iter().map(|function| &function.body).chain([&program.flow]) {
            unused::bindings(body, context.problems);
        }
    }
    Types { flow_locals, awaited: context.awaited, keyword_keys: context.keyword_keys }
}

/// Checks the configs that stand in the definition itself.
pub fn written(forms: &[crate::syntax::Form], definition: &Definition, problems: &mut Problems) {
    config::written::check(forms, definition, problems);
}

/// The function of an id.
fn function<'p>(program: &'p Program, id: &str) -> Option<&'p Body> {
    program.functions.iter().find(|function| function.id == id).map(|function| &function.body)
}
