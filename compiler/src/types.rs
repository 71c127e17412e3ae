//! Types, inferred and checked: gradual, and without false alarms.
//!
//! An error is a definite mismatch: no value that the expression can have fits. Everything uncertain stays quiet.
//! After this stage nobody infers; what later stages need (types of locals, for the resume manifest) is in [`Types`].

use std::collections::BTreeMap;

use breyta_core::library::Ty;

use crate::diagnostics::Problems;
use crate::flow::Definition;
use crate::hir::{Body, Program};

/// What a value may be.
mod lattice;

/// Expressions to types, with the checks of calls and key access.
mod infer;

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
}

/// Infers and checks all bodies: functions first, because steps use their results.
pub fn check(definition: &Definition, program: &Program, problems: &mut Problems) -> Types {
    let mut results = BTreeMap::new();
    let none = BTreeMap::new();
    let mut context = infer::Context { program, problems, results: &none, awaited: BTreeMap::new() };
    for function in &program.functions {
        let (result, _) = infer::body(&mut context, &function.body, &[]);
        results.insert(function.id.clone(), result);
    }
    let mut context = infer::Context { program, problems, results: &results, awaited: BTreeMap::new() };
    let input = input_type(definition);
    let (_, flow_locals) = infer::body(&mut context, &program.flow, &[input]);
    Types { flow_locals, awaited: context.awaited }
}

/// The function of an id.
fn function<'p>(program: &'p Program, id: &str) -> Option<&'p Body> {
    program.functions.iter().find(|function| function.id == id).map(|function| &function.body)
}

/// What `flow/input` gives: declared inputs by type, and anything else (unknown inputs pass through).
fn input_type(definition: &Definition) -> Type {
    let [only] = definition.invocations.as_slice() else { return Type::from(Ty::Map) };
    let fields = only
        .inputs
        .iter()
        .map(|field| {
            let declared = match field.kind.value.as_str() {
                "number" => Type::Number,
                "boolean" => Type::Boolean,
                "text" | "textarea" | "date" | "time" | "datetime" | "email" | "password" => Type::String,
                _ => Type::Any,
            };
            let sure = field.required || field.default.is_some();
            (field.name.value.clone(), if sure { declared } else { Type::union(Type::Nil, declared) })
        })
        .collect();
    Type::Map(Record { fields, open: true })
}
