//! The shape of `flow/step` calls: which arguments are there, and that none is a literal that can never be right.
//!
//! An argument that is computed may be anything, so nothing is said about it here; `resolve` refuses what it cannot
//! compile.

use breyta_core::{Keyword, Value};

use super::facts::{Call, Facts};
use crate::diagnostics::{Code, Diagnostic, Problems, Severity};
use crate::flow::older_family;
use crate::source::{FileId, Sources};
use crate::syntax::{Form, FormKind, comments};

/// How a step is written.
const USAGE: &str = "write `(flow/step :family :step-id {…config…})`";

/// How a function step is written.
const FUNCTION_USAGE: &str = "write `(flow/step :function :step-id {:ref :function-id :input {…}})`";

/// What a literal argument is; everything that is computed is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Keyword,
    Map,
    String,
    /// Neither of these, whatever happens.
    Other,
    Unknown,
}

pub(super) fn check(sources: &Sources, definition: &Form, facts: &Facts<'_>, problems: &mut Problems) {
    let imported = is_imported(definition);
    for call in facts.calls.iter().filter(|call| call.is_step() && !call.threaded) {
        let family = call.arguments.first().and_then(Form::as_keyword);
        if let (Some(family), Some(written)) = (family, call.arguments.first())
            && let Some(problem) = older_family(family.full(), written)
        {
            problems.report(problem);
        }
        if family.is_some_and(|family| matches!(family.full(), "function" | "code")) {
            if let Some(config) = function_config(call, problems)
                && !imported
            {
                function_input(sources, call, config, problems);
            }
        } else if let Some(problem) = problem_of(call, family) {
            problems.report(problem);
        }
    }
}

/// What is wrong with a call of any family but `:function`.
fn problem_of(call: &Call<'_>, family: Option<&Keyword>) -> Option<Diagnostic> {
    let whole = call.form.span;
    let no_config =
        || Diagnostic::new(Code::FLOW_STEP_MISSING_CONFIG, whole, "this step has no config map").help(USAGE);
    let Some((first, rest)) = call.arguments.split_first() else {
        let message = "`flow/step` without family, id and config";
        return Some(Diagnostic::new(Code::FLOW_STEP_MISSING_CONFIG, whole, message).help(USAGE));
    };
    if rest.len() > 2 {
        let message = "`flow/step` takes a family, an id and one config map";
        return Some(
            Diagnostic::new(Code::FLOW_STEP_ARITY_INVALID, whole, message)
                .label(format!("{} arguments", call.arguments.len()))
                .help(USAGE),
        );
    }
    if matches!(shape(first), Shape::Map | Shape::String | Shape::Other) {
        let message = "the step family must be a literal keyword";
        return Some(
            Diagnostic::new(Code::FLOW_STEP_INVALID_TYPE, first.span, message)
                .label(format!("this is {}", first.describe()))
                .help(USAGE),
        );
    }
    let family = family?;
    let packaged = family.namespace().is_some();
    match (rest, packaged) {
        ([], _) => Some(no_config()),
        ([only], true) => match shape(only) {
            Shape::Keyword => Some(no_config()),
            Shape::String | Shape::Other => Some(not_a_config(only)),
            Shape::Map | Shape::Unknown => None,
        },
        ([only], false) => match shape(only) {
            Shape::Keyword | Shape::String => Some(no_config()),
            Shape::Map | Shape::Other => {
                let message = "this step has no id";
                Some(Diagnostic::new(Code::FLOW_STEP_MISSING_STEP_ID, whole, message).help(USAGE))
            }
            Shape::Unknown => None,
        },
        ([id, config], _) => wrong_id(id, packaged).or_else(|| wrong_config(config)),
        _ => None,
    }
}

fn wrong_config(config: &Form) -> Option<Diagnostic> {
    matches!(shape(config), Shape::Keyword | Shape::String | Shape::Other).then(|| not_a_config(config))
}

fn not_a_config(config: &Form) -> Diagnostic {
    let message = "the config of a step must be a map";
    // Later stages see what is quoted, not the quote.
    let written = super::quoted(config).unwrap_or(config);
    Diagnostic::new(Code::FLOW_STEP_MISSING_CONFIG, written.span, message)
        .label(format!("this is {}", config.describe()))
        .help(USAGE)
}

/// An id that is no keyword. A string is one that works; the platform warns of it, and so do we.
fn wrong_id(id: &Form, packaged: bool) -> Option<Diagnostic> {
    let shape = shape(id);
    if !matches!(shape, Shape::Map | Shape::String | Shape::Other) {
        return None;
    }
    let mut problem = if packaged {
        let message = "between a packaged step and its config stands something that is no step id";
        Diagnostic::new(Code::FLOW_STEP_PACKAGED_EXTRA_ARGUMENT, id.span, message)
            .help("take it out, or write a keyword: `(flow/step :ns/name :step-id {…})`")
    } else {
        let message = "the step id must be a literal keyword";
        Diagnostic::new(Code::FLOW_STEP_MISSING_STEP_ID, id.span, message).help(USAGE)
    };
    problem = problem.label(format!("this is {}", id.describe()));
    if shape == Shape::String {
        problem.severity = Severity::Warning;
        if let Some(name) = id.as_string().filter(|name| is_identifier(name)) {
            problem = problem.edit(id.span, format!(":{name}"));
        }
    }
    Some(problem)
}

/// Whether a text can stand behind a colon as a step id.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'))
}

/// Checks a function step; its config map when there is one.
fn function_config<'f>(call: &Call<'f>, problems: &mut Problems) -> Option<&'f Form> {
    let [_, _, config] = call.arguments else {
        let given = call.arguments.len().saturating_sub(1);
        let message = "a function step takes an id and one config map";
        problems.report(
            Diagnostic::new(Code::FUNCTION_STEP_ARITY_INVALID, call.form.span, message)
                .label(format!("{given} argument{} after the family", if given == 1 { "" } else { "s" }))
                .help(FUNCTION_USAGE),
        );
        return None;
    };
    if config.as_map().is_none() {
        let message = "the config of a function step must be a map literal";
        problems.report(
            Diagnostic::new(Code::FUNCTION_STEP_CONFIG_INVALID, config.span, message)
                .label(format!("this is {}", config.describe()))
                .help("write `{:ref :function-id :input {…}}`"),
        );
        return None;
    }
    let problem = match (config.map_get("code"), config.map_get("ref")) {
        (Some(code), Some(reference)) => {
            let message = "a function step has either `:code` or `:ref`";
            Diagnostic::new(Code::FUNCTION_STEP_CODE_REF_CONFLICT, code.span, message)
                .also(reference.span, "and here is the other")
                .help("keep one of them")
        }
        (None, None) => {
            let message = "this function step has neither `:ref` nor `:code`";
            Diagnostic::new(Code::FUNCTION_STEP_MISSING_CODE_OR_REF, config.span, message)
                .help("name an entry of `:functions` with `:ref`, or write `:code '(fn [input] …)`")
        }
        _ => return Some(config),
    };
    problems.report(problem);
    Some(config)
}

/// `:input` next to `:ref` that can never be a map.
fn function_input(sources: &Sources, call: &Call<'_>, config: &Form, problems: &mut Problems) {
    let Some(input) = config.map_get("input").filter(|_| config.map_get("ref").is_some()) else { return };
    if !is_never_a_map(input) {
        return;
    }
    let message = format!("`:input` of a function step must be a map, not {}", input.describe());
    let mut problem = Diagnostic::new(Code::FUNCTION_STEP_INPUT_SHAPE_INVALID, input.span, message)
        .label(format!("this is {}", input.describe()))
        .help("put the value under a key: `{:items [1 2]}`");
    let id = call.arguments.get(1).and_then(Form::as_keyword).map(Keyword::full);
    if id.is_some_and(|id| is_legacy(sources, id)) {
        problem.severity = Severity::Warning;
        problem = problem.note("the file is marked as pulled source, and this step as an older one");
    }
    problems.report(problem);
}

/// What a form is, as far as it is literal.
fn shape(form: &Form) -> Shape {
    match &form.kind {
        FormKind::Keyword(_) => Shape::Keyword,
        FormKind::Map(_) => Shape::Map,
        FormKind::String(_) => Shape::String,
        FormKind::Atom(_)
        | FormKind::Regex(_)
        | FormKind::Vector(_)
        | FormKind::Set(_)
        | FormKind::AnonymousFn(_)
        | FormKind::VarQuote(_) => Shape::Other,
        FormKind::List(items) if items.is_empty() => Shape::Other,
        FormKind::List(_) | FormKind::Quote(_) => match super::quoted(form).map(|inner| &inner.kind) {
            Some(FormKind::Map(_)) => Shape::Map,
            // Quoting changes nothing about these.
            None | Some(FormKind::Keyword(_) | FormKind::Tagged(..)) => Shape::Unknown,
            Some(_) => Shape::Other,
        },
        FormKind::Symbol(_)
        | FormKind::SyntaxQuote(_)
        | FormKind::Unquote(_)
        | FormKind::UnquoteSplice(_)
        | FormKind::Deref(_)
        | FormKind::Tagged(..) => Shape::Unknown,
    }
}

fn is_never_a_map(form: &Form) -> bool {
    match &form.kind {
        // What a tag makes of its form is the reader's affair.
        FormKind::Atom(Value::Instant(_) | Value::Uuid(_)) => false,
        FormKind::Quote(inner) => inner.as_map().is_none(),
        _ => match super::quoted(form) {
            Some(inner) => inner.as_map().is_none(),
            None => matches!(shape(form), Shape::Keyword | Shape::String | Shape::Other),
        },
    }
}

/// Flows that an importer wrote carry a tag, and may give functions anything.
fn is_imported(definition: &Form) -> bool {
    let tags = definition.map_get("tags").map(Form::children).unwrap_or_default();
    tags.iter().any(|tag| match &tag.kind {
        FormKind::Keyword(keyword) => keyword.full() == "n8n-import",
        FormKind::String(string) => string.value.as_str() == "n8n-import",
        _ => false,
    })
}

/// Whether comments at the head of the file say that this step may keep an input that is no map.
fn is_legacy(sources: &Sources, step: &str) -> bool {
    let head: Vec<&str> = comments::head(sources, FileId(0))
        .filter_map(|line| line.strip_prefix("breyta:"))
        .map(str::trim)
        .collect();
    head.first() == Some(&"pulled-source")
        && head.iter().any(|line| {
            let id = line.strip_prefix("legacy-bare-function-input").map(str::trim);
            id.and_then(|id| id.strip_prefix('"')).and_then(|id| id.strip_suffix('"')) == Some(step)
        })
}
