//! `:data` of a step against what its template reads.
//!
//! What is missing renders as nothing, so this only warns, and only of a map that is written down as a whole.

use breyta_core::Value;

use super::infer::Inference;
use super::lattice::Type;
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::hir::{Expr, ExprKind};
use crate::source::Span;

/// Checks the data of a step with a literal template and literal data.
pub(super) fn check(inference: &mut Inference<'_, '_>, template: &Expr, data: Option<&Expr>, span: Span) {
    let ExprKind::Literal(literal) = &template.kind else { return };
    let Some(name) = literal.as_name() else { return };
    let definition = inference.context.definition;
    let Some(template) = definition.templates.iter().find(|it| it.id.value == name) else { return };
    let of = match data {
        Some(data) => inference.silently(|this| this.expr(data)),
        None => Type::Map(super::lattice::Record { fields: Vec::new(), open: false }),
    };
    let mut told: Vec<Vec<String>> = Vec::new();
    for variable in template.variables().into_iter().filter(|it| !it.optional && !it.path.is_empty()) {
        let Some((depth, known)) = lacks(&of, &variable.path) else { continue };
        let path = variable.path.get(..=depth).unwrap_or_default().to_vec();
        if told.contains(&path) {
            continue;
        }
        let shown = path.join(".");
        let mut problem = Diagnostic::new(
            Code::TEMPLATE_VARIABLE_MISSING,
            data.map_or(span, |data| data.span),
            format!("the template `:{name}` reads `{shown}`, which its data does not have"),
        )
        .label(format!("`{shown}` is missing"))
        .also(variable.span, "read here; what is missing renders as nothing");
        let missing = path.last().map_or("", String::as_str);
        problem = match nearest(missing, known.iter().map(String::as_str)).first() {
            Some(best) => problem.help(format!("`:data` has `:{best}`: write it as the template does")),
            None => problem.help(format!("add `:{missing}`, or read it as `{{{{default {shown} \"\"}}}}`")),
        };
        inference.report(problem);
        told.push(path);
    }
}

/// The depth at which a path leads to nothing, with the keys that there are.
fn lacks(of: &Type, path: &[String]) -> Option<(usize, Vec<String>)> {
    let mut now = of;
    for (depth, name) in path.iter().enumerate() {
        now = match now {
            Type::Map(record) => match record.get(name) {
                Some(of) => of,
                None if record.open => return None,
                None => {
                    let known = record.fields.iter().map(|(field, _)| field.clone()).collect();
                    return Some((depth, known));
                }
            },
            Type::Vector(of) | Type::List(of) if name == breyta_core::template::ELEMENT => of,
            _ => return None,
        };
    }
    None
}

/// The value under a literal key of a config.
pub(super) fn entry<'e>(entries: &'e [(Expr, Expr)], name: &str) -> Option<&'e Expr> {
    entries.iter().find_map(|(key, value)| match &key.kind {
        ExprKind::Literal(Value::Keyword(keyword)) if keyword.full() == name => Some(value),
        _ => None,
    })
}
