//! Types across boundaries: what a step hands to a function, and what comes back.
//!
//! A function is looked at once without knowing its callers, and again for each call with what that call gives it. On
//! the second look only what certainly happens is a mistake: a branch may be there for another caller.

use std::collections::BTreeMap;

use breyta_core::Value;
use breyta_core::library::Ty;

use super::data::{self, entry};
use super::infer::{self, Context, From, Inference};
use super::lattice::{Record, Type};
use super::schema;
use super::walk::children;
use crate::hir::{Expr, ExprKind, Step};
use crate::source::Span;

/// Controls after which a step gives back something else than its family does.
const REPLACES_RESULT: &[&str] = &["persist", "on-error", "mock", "review", "confirm"];

/// What a step gives back, when more is known than its family says.
pub(super) fn step(inference: &mut Inference<'_, '_>, step: &Step, of: Type, span: Span) -> Type {
    let ExprKind::Map(entries) = &step.config.kind else { return of };
    if let Some(template) = entry(entries, "template") {
        data::check(inference, template, entry(entries, "data"), step.config.span);
    }
    if let Some(ExprKind::Map(output)) = entry(entries, "output").map(|output| &output.kind)
        && let Some(schema) = entry(output, "schema")
    {
        schema::in_config(inference, schema);
    }
    if step.family.name == "function" {
        return function_step(inference, entries, of, span);
    }
    of
}

fn function_step(inference: &mut Inference<'_, '_>, entries: &[(Expr, Expr)], of: Type, span: Span) -> Type {
    let Some(reference) = entry(entries, "ref") else { return of };
    let ExprKind::Literal(literal) = &reference.kind else { return of };
    let Some(name) = literal.as_name() else { return of };
    let input = match entry(entries, "input") {
        Some(input) => inference.silently(|this| this.expr(input)),
        None => Type::Map(Record { fields: Vec::new(), open: false }),
    };
    if !input.may_be(Ty::Map) || input == Type::Nil {
        // Reported where it stands.
        return of;
    }
    let parameter = parameter(input, entry(entries, "load"));
    let from = From { span, text: "called from here, with this input".to_owned(), only: false };
    let quiet = inference.is_quiet();
    let Some(result) = call(inference.context, name, parameter, from, quiet) else { return of };
    if REPLACES_RESULT.iter().any(|control| entry(entries, control).is_some()) { of } else { result }
}

/// What a function of a step is called with: the input, and the facts of the run.
fn parameter(input: Type, load: Option<&Expr>) -> Type {
    let Type::Map(mut record) = input else { return input };
    match load.map(|load| &load.kind) {
        None => {}
        Some(ExprKind::Vector(keys)) => {
            // Read from storage: what comes is not known.
            for key in keys {
                if let ExprKind::Literal(Value::Keyword(keyword)) = &key.kind {
                    record = record.with(keyword.full(), Type::Any);
                }
            }
        }
        Some(_) => return Type::from(Ty::Map),
    }
    let record = record.with("step/ctx", Type::from(Ty::Map)).with("flow/ctx", run_context());
    Type::Map(record)
}

/// Looks at a function with one argument of a type: what it gives back. None when there is no such function, or no
/// effort left.
pub(super) fn call(
    context: &mut Context<'_>,
    name: &str,
    argument: Type,
    from: From,
    quiet: bool,
) -> Option<Type> {
    let body = context.functions.get(name).copied()?;
    let takes_one = body.parameters.len() == 1 || (body.parameters.is_empty() && body.rest.is_some());
    let again = context.active.iter().any(|it| it == name);
    if !takes_one || again || context.effort == 0 {
        return None;
    }
    context.active.push(name.to_owned());
    let (result, _) = infer::body(context, body, &[argument], Some((from, quiet)));
    context.active.pop();
    Some(result)
}

/// How often each name is named by packaged steps, and in configs of steps of the flow.
pub(super) fn uses(context: &Context<'_>) -> BTreeMap<String, usize> {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    let packaged = context.definition.packaged.iter().flat_map(|step| [&step.prepare, &step.project_result]);
    for function in packaged.flatten() {
        *uses.entry(function.value.clone()).or_default() += 1;
    }
    named(&context.program.flow.value, &mut uses);
    uses
}

fn named(expr: &Expr, uses: &mut BTreeMap<String, usize>) {
    if let ExprKind::Step(step) = &expr.kind
        && let ExprKind::Map(entries) = &step.config.kind
    {
        for (_, value) in entries {
            if let ExprKind::Literal(literal) = &value.kind
                && let Some(name) = literal.as_name()
            {
                *uses.entry(name.to_owned()).or_default() += 1;
            }
        }
    }
    children(expr, &mut |child| named(child, uses));
}

/// The map under `:flow/ctx`.
pub(super) fn run_context() -> Type {
    let text = || Type::String;
    let fields = [
        ("workflow-id", text()),
        ("run-id", text()),
        ("flow-slug", Type::Any),
        ("version", Type::Any),
        ("workspace-id", text().or_nil()),
        ("installation-id", text().or_nil()),
        ("target", Type::Any),
        ("started-at-ms", Type::Integer),
    ];
    let fields = fields.into_iter().map(|(name, of)| (name.to_owned(), of)).collect();
    Type::Map(Record { fields, open: true })
}
