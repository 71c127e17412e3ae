//! `:breyta` of a tools map: operations on the workspace, allowed one by one.

use breyta_catalog::tools::CONTROL_PLANE_OPERATIONS;

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::entry::{Path, name_of, near, not_wanted, suggest};
use crate::flow::values::is_data;
use crate::syntax::Form;

/// Checks operations against the table, and against `:mutations`.
pub(super) fn check(form: &Form, path: &Path, problems: &mut Problems) {
    if form.as_map().is_none() {
        return;
    }
    let mutations = form.map_get("mutations").filter(|it| !it.is_nil());
    // Computed: nothing can be said about what it permits.
    let mode = match mutations {
        None => Some("none"),
        Some(form) => name_of(form),
    };
    let allow = form.map_get("allow");
    for (index, item) in items(allow).iter().enumerate() {
        let path = path.key("allow").index(index);
        let Some(needs) = operation(item, &path, problems) else { continue };
        let Some(mode) = mode.filter(|mode| !needs.is_empty() && !needs.contains(mode)) else { continue };
        let name = name_of(item).unwrap_or_default();
        let message = format!("the operation `:{name}` changes something, and `:mutations` is `:{mode}`");
        let options: Vec<String> = needs.iter().map(|it| format!("`:mutations :{it}`")).collect();
        let mut diagnostic = Diagnostic::new(Code::MUTATION_NOT_ALLOWED, item.span, message)
            .help(format!("write {}, or take the operation out", options.join(" or ")));
        if let Some(form) = mutations {
            diagnostic = diagnostic.also(form.span, "what may be changed");
        }
        problems.report(path.of(diagnostic));
    }
    let complete = allow.is_some_and(is_data);
    let allowed: Vec<&str> = items(allow).iter().filter_map(name_of).collect();
    for (index, item) in items(form.map_get("require-approval")).iter().enumerate() {
        let path = path.key("require-approval").index(index);
        if operation(item, &path, problems).is_none() || !complete {
            continue;
        }
        let name = name_of(item).unwrap_or_default();
        if !allowed.contains(&name) {
            let message = format!("the operation `:{name}` needs approval and is not allowed");
            let diagnostic = Diagnostic::new(Code::INVALID_FIELD, item.span, message)
                .help(format!("add `:{name}` to `:allow`, or take it out here"));
            problems.report(path.of(diagnostic));
        }
    }
}

fn items(form: Option<&Form>) -> &[Form] {
    form.and_then(Form::as_vector).unwrap_or_default()
}

/// The values of `:mutations` that an operation needs; None when it is computed, or unknown and reported.
fn operation(item: &Form, path: &Path, problems: &mut Problems) -> Option<&'static [&'static str]> {
    if !is_data(item) {
        return None;
    }
    let name = name_of(item).unwrap_or_default();
    let found = CONTROL_PLANE_OPERATIONS.iter().find(|(known, _)| *known == name);
    if let Some((_, needs)) = found {
        return Some(needs);
    }
    let known = || CONTROL_PLANE_OPERATIONS.iter().map(|(known, _)| *known);
    if name_of(item).is_none() {
        problems.report(path.of(not_wanted("an operation", "a keyword such as `:runs/show`", item)));
        return None;
    }
    let message = format!("there is no control-plane operation `:{name}`");
    let diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message);
    let short: Vec<&str> = known().filter(|it| it.ends_with(&format!("/{name}"))).collect();
    let near = if short.is_empty() { near(item, known()) } else { short };
    let diagnostic = if near.is_empty() {
        let all: Vec<String> = known().map(|it| format!("`:{it}`")).collect();
        diagnostic.help(format!("the operations are {}", all.join(" ")))
    } else {
        suggest(diagnostic, item, &near)
    };
    problems.report(path.of(diagnostic));
    None
}
