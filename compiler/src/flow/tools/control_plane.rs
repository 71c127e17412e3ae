//! `:breyta` of a tools map: operations on the workspace, allowed one by one.

use breyta_catalog::families::breyta::{MUTATIONS, OPERATIONS, allowing};

use crate::diagnostics::{Code, Diagnostic, Problems};
use crate::flow::data::is_data;
use crate::flow::entry::{Path, name_of, near, not_wanted, shown, suggest};
use crate::syntax::Form;

/// Checks operations against the table, and against `:mutations`.
pub(super) fn check(form: &Form, path: &Path, problems: &mut Problems) {
    if form.as_map().is_none() {
        if !is_data(form) {
            return;
        }
        problems.report(path.of(not_wanted(
            "`:breyta` of `:tools`",
            "a map such as {:allow [:runs/show]}",
            form,
        )));
        return;
    }
    keys(form, path, problems);
    let mutations = form.map_get("mutations").filter(|it| !it.is_nil());
    // An unknown value was reported; of one that is computed nothing can be said.
    let mode = mutations.map_or(Some("none"), name_of).filter(|mode| MUTATIONS.contains(mode));
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

/// All keys.
const OWN: &[&str] = &["allow", "mutations", "require-approval"];

/// The keys themselves, and that there are operations.
fn keys(form: &Form, path: &Path, problems: &mut Problems) {
    for (key, value) in form.as_map().into_iter().flatten() {
        let name = key.as_keyword().map_or("", |key| key.full());
        let below = path.below(key);
        match name {
            _ if !is_data(value) && OWN.contains(&name) => {}
            "allow" | "require-approval" if value.as_vector().is_none() && !value.is_nil() => {
                let what = format!("`:{name}` of `:breyta`");
                problems.report(below.of(not_wanted(&what, "a vector of operations", value)));
            }
            "allow" | "require-approval" => {}
            "mutations" => {
                let known = value.is_nil() || name_of(value).is_some_and(|name| MUTATIONS.contains(&name));
                if !known {
                    let names: Vec<String> = MUTATIONS.iter().map(|it| format!(":{it}")).collect();
                    let wanted = format!("one of {}", names.join(" "));
                    let near = near(value, MUTATIONS.iter().copied());
                    let diagnostic = not_wanted("`:mutations` of `:breyta`", &wanted, value);
                    problems.report(below.of(suggest(diagnostic, value, &near)));
                }
            }
            _ => {
                let near = near(key, OWN.iter().copied());
                let message = format!("`:breyta` of `:tools` has no key `{}`", shown(key));
                let diagnostic = Diagnostic::new(Code::UNKNOWN_SECTION_KEY, key.span, message);
                let diagnostic = suggest(diagnostic.label("no such key"), key, &near);
                problems.report(below.of(diagnostic));
            }
        }
    }
    if form.map_get("allow").is_none_or(Form::is_nil) {
        let diagnostic =
            Diagnostic::new(Code::MISSING_KEY, form.span.first(), "`:breyta` of `:tools` needs `:allow`")
                .label("no operation is allowed")
                .help("add `:allow [:runs/show]`, the operations that may be called");
        problems.report(path.key("allow").of(diagnostic));
    }
}

fn items(form: Option<&Form>) -> &[Form] {
    form.and_then(Form::as_vector).unwrap_or_default()
}

/// The values of `:mutations` that an operation needs; None when it is unknown and reported.
fn operation(item: &Form, path: &Path, problems: &mut Problems) -> Option<&'static [&'static str]> {
    let Some(name) = name_of(item) else {
        if !is_data(item) {
            return None;
        }
        problems.report(path.of(not_wanted("an operation", "a keyword such as `:runs/show`", item)));
        return None;
    };
    if OPERATIONS.contains(&name) {
        return Some(allowing(name));
    }
    let message = format!("there is no control-plane operation `:{name}`");
    let diagnostic = Diagnostic::new(Code::UNKNOWN_TOOL, item.span, message);
    let short = format!("/{name}");
    let short: Vec<&str> = OPERATIONS.iter().copied().filter(|it| it.ends_with(&short)).collect();
    let near = if short.is_empty() { near(item, OPERATIONS.iter().copied()) } else { short };
    let diagnostic = if near.is_empty() {
        let all: Vec<String> = OPERATIONS.iter().map(|it| format!("`:{it}`")).collect();
        diagnostic.help(format!("the operations are {}", all.join(" ")))
    } else {
        suggest(diagnostic, item, &near)
    };
    problems.report(path.of(diagnostic));
    None
}
