//! Step configs against the catalog: keys, required keys, types of values; and what the step gives back.

use breyta_catalog::families::{ConfigKey, Family, KeyType};
use breyta_core::Value;
use breyta_core::library::Ty;

use super::infer::Inference;
use super::lattice::{Record, Type};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::hir::{Expr, ExprKind, Step};
use crate::source::Span;

/// Checks a step's config and gives the type of its result.
pub(super) fn step(inference: &mut Inference<'_, '_>, step: &Step, span: Span) -> Type {
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
    if let ExprKind::Map(entries) = &step.config.kind {
        keys(inference, step.family, entries, &of);
        groups(inference, step, entries, span);
        if step.family.name == "function" {
            return function_result(inference, entries);
        }
    }
    result(step.family)
}

fn keys(inference: &mut Inference<'_, '_>, family: &'static Family, entries: &[(Expr, Expr)], of: &Type) {
    for (key, value) in entries {
        let ExprKind::Literal(Value::Keyword(keyword)) = &key.kind else {
            inference.report(
                Diagnostic::new(Code::UNKNOWN_CONFIG_KEY, key.span, "a config key must be a literal keyword")
                    .help("write keys as keywords: `:path`"),
            );
            continue;
        };
        match family.key(keyword.full()) {
            None => unknown_key(inference, family, keyword.full(), key.span),
            Some(row) if !row.supported => inference.report(Diagnostic::new(
                Code::NOT_SUPPORTED_YET,
                key.span,
                format!("the config key `:{}` of `:{}` steps is not supported yet", row.name, family.name),
            )),
            Some(row) => {
                let of = match of {
                    Type::Map(record) => record.get(row.name).unwrap_or(&Type::Any),
                    _ => &Type::Any,
                };
                value_type(inference, family, row, value, of);
            }
        }
    }
}

fn unknown_key(inference: &mut Inference<'_, '_>, family: &'static Family, name: &str, span: Span) {
    let mut problem = Diagnostic::new(
        Code::UNKNOWN_CONFIG_KEY,
        span,
        format!("`:{}` steps have no config key `:{name}`", family.name),
    );
    if let Some(best) = nearest(name, family.key_names()).first() {
        problem = problem.help(format!("did you mean `:{best}`?")).edit(span, format!(":{best}"));
    } else {
        let all: Vec<String> = family.key_names().map(|key| format!("`:{key}`")).collect();
        problem = problem.note(format!("the keys are {}", all.join(" ")));
    }
    inference.report(problem);
}

/// A value that can never be what the key takes.
fn value_type(inference: &mut Inference<'_, '_>, family: &Family, row: &ConfigKey, value: &Expr, of: &Type) {
    if let KeyType::OneOf(allowed) = row.ty
        && let ExprKind::Literal(literal) = &value.kind
    {
        return one_of(inference, family, row, allowed, literal, value.span);
    }
    if family.name == "function" && row.name == "input" {
        return function_input(inference, value, of);
    }
    // References were checked when they were resolved; the type of code is not a value's.
    let wanted: &[Ty] = match row.ty {
        KeyType::String => &[Ty::String],
        KeyType::Keyword => &[Ty::Keyword],
        KeyType::Name | KeyType::OneOf(_) => &[Ty::Keyword, Ty::String],
        KeyType::Integer => &[Ty::Integer],
        KeyType::Boolean => &[Ty::Boolean],
        KeyType::Map | KeyType::Auth => &[Ty::Map],
        KeyType::Vector => &[Ty::Vector],
        KeyType::Duration => &[Ty::Integer, Ty::String],
        KeyType::Any
        | KeyType::Code
        | KeyType::ConnectionRef
        | KeyType::TemplateRef
        | KeyType::FunctionRef => return,
    };
    if wanted.iter().all(|wanted| !of.may_be(*wanted)) {
        inference.report(
            Diagnostic::new(
                Code::TYPE_MISMATCH,
                value.span,
                format!(
                    "`:{}` of `:{}` steps takes {}, not {}",
                    row.name,
                    family.name,
                    row.ty.describe(),
                    of.describe()
                ),
            )
            .label(format!("this is {}", of.describe())),
        );
    }
}

/// A literal that can never be the map that a function is called with. Other expressions may give anything.
fn function_input(inference: &mut Inference<'_, '_>, value: &Expr, of: &Type) {
    let literal = matches!(
        value.kind,
        ExprKind::Literal(_)
            | ExprKind::Vector(_)
            | ExprKind::Set(_)
            | ExprKind::Closure(_)
            | ExprKind::LibraryFunction(_)
    );
    if literal && (!of.may_be(Ty::Map) || *of == Type::Nil) {
        inference.report(
            Diagnostic::new(
                Code::FUNCTION_STEP_INPUT_SHAPE_INVALID,
                value.span,
                format!("`:input` of a function step must be a map, not {}", of.describe()),
            )
            .label(format!("this is {}", of.describe()))
            .help("put the value under a key: `{:items [1 2]}`"),
        );
    }
}

fn one_of(
    inference: &mut Inference<'_, '_>,
    family: &Family,
    row: &ConfigKey,
    allowed: &[&str],
    literal: &Value,
    span: Span,
) {
    let name = literal.as_name().unwrap_or_default();
    if row.later_values.contains(&name) {
        inference.report(Diagnostic::new(
            Code::NOT_SUPPORTED_YET,
            span,
            format!("`:{} :{name}` of `:{}` steps is not supported yet", row.name, family.name),
        ));
    } else if !allowed.contains(&name) {
        let mut problem = Diagnostic::new(
            Code::TYPE_MISMATCH,
            span,
            format!("`:{}` of `:{}` steps takes {}", row.name, family.name, row.ty.describe()),
        );
        if let Some(best) = nearest(name, allowed.iter().copied()).first() {
            problem = problem.help(format!("did you mean `:{best}`?")).edit(span, format!(":{best}"));
        }
        inference.report(problem);
    }
}

/// Keys that must be there. (That a function step has code or ref was checked when it was resolved.)
fn groups(inference: &mut Inference<'_, '_>, step: &Step, entries: &[(Expr, Expr)], span: Span) {
    let has = |name: &str| {
        entries
            .iter()
            .any(|(key, _)| matches!(&key.kind, ExprKind::Literal(Value::Keyword(it)) if it.full() == name))
    };
    for row in step.family.keys.iter().filter(|row| row.required && !has(row.name)) {
        let problem = missing(step, &format!("`:{}`", row.name), span).note(row.doc);
        inference.report(problem);
    }
    // A template may give what the config leaves out.
    if step.family.name == "function" || has("template") {
        return;
    }
    for group in step.family.any_of.iter().filter(|group| !group.iter().any(|name| has(name))) {
        let usable = group.iter().filter(|name| step.family.key(name).is_some_and(|row| row.supported));
        let names: Vec<String> = usable.map(|name| format!("`:{name}`")).collect();
        inference.report(missing(step, &names.join(" or "), span));
    }
}

fn missing(step: &Step, what: &str, span: Span) -> Diagnostic {
    Diagnostic::new(
        Code::MISSING_CONFIG_KEY,
        span,
        format!("the step `:{}` needs {what} in its config", step.id),
    )
    .help(format!("add {what} to the config map"))
}

/// The result of a function step, and whether the function takes the one argument it is given.
fn function_result(inference: &mut Inference<'_, '_>, entries: &[(Expr, Expr)]) -> Type {
    let reference = entries.iter().find_map(|(key, value)| match (&key.kind, &value.kind) {
        (ExprKind::Literal(Value::Keyword(key)), ExprKind::Literal(literal)) if key.full() == "ref" => {
            literal.as_name().map(|name| (name.to_owned(), value.span))
        }
        _ => None,
    });
    let Some((name, span)) = reference else { return Type::Any };
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
    inference.context.results.get(&name).cloned().unwrap_or(Type::Any)
}

/// The shape of a family's result.
fn result(family: &Family) -> Type {
    if family.result.is_empty() {
        return Type::Any;
    }
    let fields = family.result.iter().map(|field| (field.name.to_owned(), of_key(field.ty))).collect();
    Type::Map(Record { fields, open: false })
}

fn of_key(ty: KeyType) -> Type {
    match ty {
        KeyType::String => Type::String,
        KeyType::Keyword => Type::Keyword(None),
        KeyType::Integer => Type::Integer,
        KeyType::Boolean => Type::Boolean,
        KeyType::Map => Type::Map(Record::unknown()),
        KeyType::Vector => Type::Vector(Box::new(Type::Any)),
        _ => Type::Any,
    }
}
