//! Packaged steps: their schemas, what their functions make of input and result, and the calls of them.
//!
//! The order is the one in which a call is carried out: input against `:input-schema`, `:prepare`, defaults under what
//! it gives, the wrapped family, `:project-result`, `:output-schema`.

use std::collections::BTreeMap;

use breyta_catalog::families::Family;
use breyta_core::Value;
use breyta_core::schema::Schema;

use super::boundaries;
use super::config;
use super::infer::{Context, From, Inference};
use super::lattice::{Record, Type};
use super::schema::{self, Boundary};
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::flow::Definition;
use crate::flow::steps::PackagedStep;
use crate::hir::{Expr, ExprKind, Packaged};
use crate::source::{Span, Spanned};
use crate::syntax::Form;

/// Controls that are split off a call before its input is checked. A title is one only where the schema has no such
/// key.
const OUTER: &[&str] = &[
    "retry",
    "timeout",
    "persist",
    "on-error",
    "breakpoint",
    "mock",
    "expect",
    "review",
    "confirm",
    "metering",
];

/// Controls after which a call gives back something else than the packaged step.
const REPLACES_RESULT: &[&str] = &["persist", "on-error", "mock", "review", "confirm"];

/// Keys of a call of an agent that change the agent and are no input.
const OVERLAY: &[&str] =
    &["connection", "model", "max-iterations", "max-tool-calls", "max-repeated-tool-calls", "memory"];

/// The schemas of a packaged step or an agent that can be read.
#[derive(Clone, Debug)]
pub(super) struct Contract {
    pub(super) input: Option<Schema>,
    pub(super) output: Option<Schema>,
    /// Where they stand.
    input_at: Span,
    output_at: Span,
    /// What a call gives, without controls.
    result: Type,
    is_agent: bool,
}

/// Reads the schemas of all packaged steps and agents, and reports what is wrong with them.
pub(super) fn contracts(definition: &Definition, problems: &mut Problems) -> BTreeMap<String, Contract> {
    let mut contracts = BTreeMap::new();
    for step in &definition.packaged {
        let input = schema::read(&step.input_schema, problems).map(Schema::closed_at_top);
        let output = step.output_schema.as_ref().and_then(|form| schema::read(form, problems));
        let result = output.as_ref().map_or(Type::Any, schema::type_of);
        let contract = Contract {
            input,
            output,
            input_at: step.input_schema.span,
            output_at: step.output_schema.as_ref().map_or(step.span, |form| form.span),
            result,
            is_agent: false,
        };
        contracts.insert(step.id.value.clone(), contract);
    }
    for agent in &definition.agents {
        let input = agent.input_schema.as_ref().and_then(|form| schema::read(form, problems));
        let output = agent.output_schema.as_ref().and_then(|form| schema::read(form, problems));
        let contract = Contract {
            input,
            output,
            input_at: agent.input_schema.as_ref().map_or(agent.span, |form| form.span),
            output_at: agent.output_schema.as_ref().map_or(agent.span, |form| form.span),
            // An answer that does not fit the schema is given back all the same.
            result: Type::Any,
            is_agent: true,
        };
        contracts.insert(agent.id.value.clone(), contract);
    }
    contracts
}

/// Looks at the functions of all packaged steps with what they are called with.
pub(super) fn functions(context: &mut Context<'_>) {
    let uses = boundaries::uses(context);
    let definition = context.definition;
    for step in &definition.packaged {
        let Some(contract) = context.packaged.get(&step.id.value).cloned() else { continue };
        prepare(context, step, &contract);
        let result = project(context, step, &contract, &uses);
        if contract.output.is_none()
            && let Some(known) = context.packaged.get_mut(&step.id.value)
        {
            known.result = result;
        }
    }
}

/// `:prepare` gives the config of the wrapped family, over the defaults.
fn prepare(context: &mut Context<'_>, step: &PackagedStep, contract: &Contract) {
    let mut input = contract.input.as_ref().map_or(Type::Any, schema::type_of);
    if let Type::Map(record) = &mut input {
        // Providers call packaged steps with more than the schema says.
        record.open = true;
    }
    let defaults = defaults(step);
    // Without the function the input is the config: it may hold what only the templates in `:defaults` read.
    let Some(function) = &step.prepare else { return };
    let from = From {
        span: function.span,
        text: format!("`:{}` calls it with its input", step.id.value),
        only: false,
    };
    let Some(result) = boundaries::call(context, &function.value, input, from, false) else { return };
    if result
        .members()
        .iter()
        .all(|member| !matches!(member, Type::Any | Type::Never | Type::Map(_) | Type::MapOf(_)))
    {
        let message = format!(
            "`:{}` prepares the config of `:{}` and gives {}, not a map",
            function.value,
            step.id.value,
            result.describe()
        );
        context.problems.report(
            Diagnostic::new(Code::TYPE_MISMATCH, function.span, message)
                .help(format!("give a map with keys of `:{}` steps", step.family.name)),
        );
        return;
    }
    if let Type::Map(record) = &result {
        config_record(context, step, record, function);
        required(context, step, record, &defaults, function);
    }
}

/// The keys that the defaults give.
fn defaults(step: &PackagedStep) -> Vec<String> {
    let entries = step.defaults.iter().filter_map(Form::as_map).flatten();
    entries.filter_map(|(key, _)| Some(key.as_keyword()?.full().to_owned())).collect()
}

/// Keys and types of a config that is known only by its type.
fn config_record(
    context: &mut Context<'_>,
    step: &PackagedStep,
    record: &Record,
    function: &Spanned<String>,
) {
    let family = step.family;
    for (name, of) in &record.fields {
        match family.key(name) {
            Some(row) if *of != Type::Nil && !config::may_be(row.ty, of) => {
                let message = format!(
                    "`:{}` gives {} as `:{name}` of `:{}` steps",
                    function.value,
                    of.describe(),
                    family.name
                );
                context.problems.report(
                    Diagnostic::new(Code::TYPE_MISMATCH, function.span, message)
                        .help(format!("`:{name}` takes {}", row.ty.describe())),
                );
            }
            // The documents' own examples hand further keys on, for a template to read: only a misspelling is one.
            None if !matches!(name.as_str(), "step/ctx" | "flow/ctx" | "type") => {
                let Some(best) = nearest(name, family.key_names()).first().copied() else { continue };
                let message = format!(
                    "`:{}` steps have no config key `:{name}`, which `:{}` gives",
                    family.name, function.value
                );
                context.problems.report(
                    Diagnostic::new(Code::UNKNOWN_CONFIG_KEY, function.span, message)
                        .note(format!("what `:prepare` of `:{}` gives is the config", step.id.value))
                        .help(format!("did you mean `:{best}`?")),
                );
            }
            _ => {}
        }
    }
}

/// Keys that the family needs and that neither `:prepare` nor the defaults give.
fn required(
    context: &mut Context<'_>,
    step: &PackagedStep,
    record: &Record,
    defaults: &[String],
    function: &Spanned<String>,
) {
    if record.open || defaults.iter().any(|name| name == "template") || record.get("template").is_some() {
        return;
    }
    let given = |name: &str| record.get(name).is_some() || defaults.iter().any(|it| it == name);
    for name in required_keys(step.family).filter(|name| !given(name)) {
        context.problems.report(
            Diagnostic::new(
                Code::MISSING_CONFIG_KEY,
                function.span,
                format!(
                    "`:{}` steps need `:{name}`, and neither `:{}` nor `:defaults` gives it",
                    step.family.name, function.value
                ),
            )
            .help(format!("add `:{name}` to what `:{}` gives", function.value)),
        );
    }
}

fn required_keys(family: &'static Family) -> impl Iterator<Item = &'static str> {
    family.config.keys.iter().filter(|key| key.required).map(|key| key.name)
}

/// `:project-result` makes the output of the result. Gives what a call comes back with.
fn project(
    context: &mut Context<'_>,
    step: &PackagedStep,
    contract: &Contract,
    uses: &BTreeMap<String, usize>,
) -> Type {
    let raw = config::raw_result(step.family);
    let (result, span, what) = match &step.project_result {
        Some(function) => {
            let only = uses.get(&function.value) == Some(&1);
            let from = From {
                span: function.span,
                text: format!("`:{}` calls it with its result", step.id.value),
                only,
            };
            let Some(result) = boundaries::call(context, &function.value, raw, from, false) else {
                return Type::Any;
            };
            (result, function.span, format!("what `:{}` gives", function.value))
        }
        None => (raw, contract.output_at, format!("the result of `:{}`", step.id.value)),
    };
    if let Some(schema) = &contract.output {
        let wanted = schema::type_of(schema);
        if let Some(wrong) = result.mismatch(&wanted) {
            let at = Boundary { what: &what, schema: contract.output_at };
            context.problems.report(schema::mismatch(span, &wrong, &at));
        }
    }
    result
}

/// A call of a packaged step or an agent: its input against the schema; what comes back.
pub(super) fn call(inference: &mut Inference<'_, '_>, call: &Packaged) -> Type {
    let of = inference.expr(&call.input);
    let Some(contract) = inference.context.packaged.get(&call.target).cloned() else { return Type::Any };
    let Some(schema) = &contract.input else { return Type::Any };
    let what = format!("the input of `:{}`", call.target);
    let at = Boundary { what: &what, schema: contract.input_at };
    let ExprKind::Map(entries) = &call.input.kind else {
        if let Some(wrong) = of.mismatch(&schema::type_of(schema)) {
            inference.report(schema::mismatch(call.input.span, &wrong, &at));
        }
        // Controls may be among its keys.
        return Type::Any;
    };
    let declared = |name: &str| {
        let key = Value::Keyword(breyta_core::Keyword::new(name));
        schema.as_map().is_some_and(|shape| shape.entry(&key).is_some())
    };
    let is_control = |name: &str| {
        OUTER.contains(&name)
            || (contract.is_agent && OVERLAY.contains(&name))
            || (matches!(name, "title" | "type") && !declared(name))
    };
    let mut input: Vec<&(Expr, Expr)> = Vec::new();
    let mut replaced = false;
    for entry in entries {
        match keyword(&entry.0).filter(|name| is_control(name)) {
            Some(control) => replaced = replaced || REPLACES_RESULT.contains(&control),
            None => input.push(entry),
        }
    }
    match schema.as_map() {
        Some(shape) => schema::entries_against(inference, &input, call.input.span, &of, shape, &at),
        None => {
            let wanted = schema::type_of(schema);
            if let Some(wrong) = of.mismatch(&wanted).filter(|_| !of.overlaps(&wanted)) {
                inference.report(schema::mismatch(call.input.span, &wrong, &at));
            }
        }
    }
    if replaced { Type::Any } else { contract.result }
}

fn keyword(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Literal(Value::Keyword(keyword)) => Some(keyword.full()),
        _ => None,
    }
}
