//! Step configs against the catalog: every key at any depth, what excludes what, what it refers to; and what the step
//! gives back.
//!
//! Only what is written down as data is looked at, and the types of the rest. Which functions, slots and templates
//! exist was checked when names were resolved.

use breyta_catalog::families::{CONTROLS, Family, KeyType, Outcome, ResultField};
use breyta_catalog::values::ConfigKey;
use breyta_core::Value;
use breyta_core::library::Ty;

use super::infer::Inference;
use super::lattice::{Record, Type};
use crate::diagnostics::{Code, Diagnostic};
use crate::flow::Definition;
use crate::hir::{Expr, ExprKind, Step};
use node::{Entry, Look, Node};
use written::Written;

/// Literal maps of forms that are no steps.
mod helpers;

/// What is known of a value: written down, or inferred.
mod node;

/// Names of slots, secrets, templates, providers and tools.
mod references;

/// Rules that hold between several keys of one family.
mod rules;

/// Keys of maps.
mod shapes;

/// Values of keys.
mod values;

/// Configs in the definition.
pub(super) mod written;

pub(super) use helpers::check as helpers;

/// Checks a step's config and gives the type of its result.
pub(super) fn step(inference: &mut Inference<'_, '_>, step: &Step) -> Type {
    let of = inference.expr(&step.config);
    if !of.may_be(Ty::Map) || of == Type::Nil {
        inference.report(
            Diagnostic::new(
                Code::FLOW_STEP_MISSING_CONFIG,
                step.config.span,
                "the config of a step must be a map",
            )
            .label(format!("this is {}", of.describe())),
        );
    }
    let result = if step.family.name == "function" { function_result(inference, &step.config) } else { None };
    let definition = inference.context.definition;
    let mut checker = Checker {
        definition,
        found: Vec::new(),
        refused: Vec::new(),
        family: Some(step.family),
        id: &step.id,
        complete: true,
        written: None,
    };
    let config = Node::expr(&step.config, of);
    let Look::Map(entries) = config.look() else { return result.unwrap_or(Type::Any) };
    checker.map(&step.family.config, &entries, step.config.span, Some(step.family));
    rules::check(&mut checker, step.family, &entries);
    checker.tell(inference);
    if let Some(result) = result.filter(|_| !changes_result(&entries)) {
        return result;
    }
    of_outcome(step.family, &entries)
}

/// What all checks of one config share.
struct Checker<'c> {
    definition: &'c Definition,
    found: Vec<Diagnostic>,
    /// What is right and cannot be built.
    refused: Vec<Diagnostic>,
    /// None for the maps of other forms than steps.
    family: Option<&'static Family>,
    /// The step's id.
    id: &'c str,
    /// Whether keys that the outermost map lacks are looked for.
    complete: bool,
    /// None for what stands in bodies.
    written: Option<Written>,
}

impl Checker<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Hands on what was found.
    fn tell(self, inference: &mut Inference<'_, '_>) {
        for problem in self.found {
            // What only happens when the code runs is not said of code that never runs. Of all others there may be
            // several at one place.
            if problem.code == Code::TYPE_MISMATCH {
                inference.report(problem);
            } else {
                inference.context.problems.report(problem);
            }
        }
        for refusal in self.refused {
            inference.context.problems.refuse(refusal);
        }
    }
}

/// Whether a control puts something else in place of the result.
fn changes_result(entries: &[Entry<'_>]) -> bool {
    // A fanout's own `:transform` does so too.
    let controls = ["persist", "on-error", "review", "mock", "transform"];
    entries.iter().any(|entry| entry.name.as_deref().is_none_or(|name| controls.contains(&name)))
}

/// The type of what a step gives.
fn of_outcome(family: &'static Family, entries: &[Entry<'_>]) -> Type {
    if changes_result(entries) {
        return Type::Any;
    }
    let chooser = family.config.variants.and_then(|variants| {
        let entry = entries.iter().find(|entry| entry.name.as_deref() == Some(variants.key))?;
        variants.case(entry.value.name()?.as_str())
    });
    match chooser.map_or(family.result, |operation| operation.result) {
        Outcome::Any => Type::Any,
        Outcome::Map(fields) => record(fields, false),
        Outcome::AtLeast(fields) => record(fields, true),
    }
}

fn record(fields: &[ResultField], open: bool) -> Type {
    let fields = fields
        .iter()
        .map(|field| {
            let of = of_key(field.ty);
            let of = if field.optional { Type::union(Type::Nil, of) } else { of };
            (field.name.to_owned(), of)
        })
        .collect();
    Type::Map(Record { fields, open })
}

fn of_key(ty: KeyType) -> Type {
    match ty {
        KeyType::String | KeyType::Text(_) => Type::String,
        KeyType::Keyword => Type::Keyword(None),
        KeyType::Integer | KeyType::Whole(..) => Type::Integer,
        KeyType::Number(..) => Type::Number,
        KeyType::Boolean => Type::Boolean,
        KeyType::Map => Type::Map(Record::unknown()),
        KeyType::Vector => Type::Vector(Box::new(Type::Any)),
        _ => Type::Any,
    }
}

/// The result of a function step, and whether the function takes the one argument it is given.
fn function_result(inference: &mut Inference<'_, '_>, config: &Expr) -> Option<Type> {
    let ExprKind::Map(entries) = &config.kind else { return None };
    let (name, span) = entries.iter().find_map(|(key, value)| match (&key.kind, &value.kind) {
        (ExprKind::Literal(Value::Keyword(key)), ExprKind::Literal(literal)) if key.full() == "ref" => {
            literal.as_name().map(|name| (name.to_owned(), value.span))
        }
        _ => None,
    })?;
    if let Some(body) = super::function(inference.context.program, &name) {
        let (least, open) = (body.parameters.len(), body.rest.is_some());
        if !(least == 1 || (least == 0 && open)) {
            inference.report(
                Diagnostic::new(
                    Code::WRONG_ARITY,
                    span,
                    format!("the function `:{name}` takes {least} parameters; a step calls it with one, the input map"),
                )
                .also(body.span, "its parameters are here")
                .help("take one map and destructure it: `(fn [{:keys [a b]}] …)`"),
            );
        }
    }
    inference.context.results.get(&name).cloned()
}

/// The row of a control.
fn control(name: &str) -> Option<&'static ConfigKey> {
    CONTROLS.iter().find(|key| key.name == name)
}

/// What steps of a family give when no control puts something else in its place and no operation is known.
pub(super) fn raw_result(family: &'static Family) -> Type {
    if family.config.variants.is_some() { Type::Any } else { of_outcome(family, &[]) }
}

/// Whether a value of this type may stand under a key.
pub(super) fn may_be(ty: KeyType, of: &Type) -> bool {
    values::may_be(ty, of)
}
