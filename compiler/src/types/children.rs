//! Child flows: `(flow/call-flow :slug {…})` against the invocations of flows that the caller of the compiler gives.
//!
//! Inputs pass through, so an unknown key is no mistake. A flow that was not given is not checked.

use std::collections::BTreeMap;

use breyta_core::Value;
use breyta_core::schema::Source;

use crate::diagnostics::{Code, Diagnostic, Problems, nearest};
use crate::flow::{Definition, InputField, Invocation};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// Definitions of child flows by slug.
#[derive(Debug, Default)]
pub struct Children {
    by_slug: BTreeMap<String, Definition>,
}

impl Children {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a child under its own slug. The later of two with one slug counts.
    pub fn add(&mut self, definition: Definition) {
        self.by_slug.insert(definition.slug.value.clone(), definition);
    }
}

/// Checks every call of a child flow in the body of a flow: its input, and that the flow declares what its child connects
/// to.
pub(crate) fn check(parent: &Definition, children: &Children, problems: &mut Problems) {
    if children.by_slug.is_empty() {
        return;
    }
    inputs(&parent.flow, children, problems);
    let mut called = BTreeMap::new();
    calls(&parent.flow, children, &mut called);
    for (span, child) in called.into_values() {
        connections(span, parent, child, problems);
    }
}

fn inputs(body: &Form, children: &Children, problems: &mut Problems) {
    if let Some([head, slug, input, ..]) = body.as_list()
        && head.as_symbol().is_some_and(|it| it.full() == "flow/call-flow")
        && let Some(child) = slug_of(slug).and_then(|slug| children.by_slug.get(slug))
    {
        call(input, child, problems);
    }
    body.evaluated().iter().for_each(|item| inputs(item, children, problems));
}

/// The first place where each child is named: by `flow/call-flow`, or in an item of a fan-out.
fn calls<'c>(body: &Form, children: &'c Children, called: &mut BTreeMap<String, (Span, &'c Definition)>) {
    let slug = match body.as_list() {
        Some([head, slug, ..]) if head.as_symbol().is_some_and(|it| it.full() == "flow/call-flow") => {
            Some(slug)
        }
        _ => body.map_get("flow-slug"),
    };
    if let Some((slug, child)) = slug.and_then(|slug| Some((slug, children.by_slug.get(slug_of(slug)?)?))) {
        called.entry(child.slug.value.clone()).or_insert((slug.span, child));
    }
    body.evaluated().iter().for_each(|item| calls(item, children, called));
}

/// A child runs with the bindings of the flow that calls it, which are those that this one declares.
fn connections(span: Span, parent: &Definition, child: &Definition, problems: &mut Problems) {
    let slug = &child.slug.value;
    for needed in child.requires.iter().filter(|slot| !slot.optional) {
        let (name, kind) = (&needed.slot.value, &needed.kind.value);
        let declared = parent.requires.iter().find(|slot| slot.slot.value == *name);
        let problem = match declared {
            None => Diagnostic::new(
                Code::UNKNOWN_CONNECTION_SLOT,
                span,
                format!(
                    "the flow `:{slug}` needs the connection slot `:{name}`, which this flow does not declare"
                ),
            )
            .help(format!("add `{{:slot :{name} :type :{kind} …}}` to `:requires`, as the child has it")),
            Some(own) if own.kind.value != *kind => Diagnostic::new(
                Code::WRONG_CONNECTION_TYPE,
                span,
                format!(
                    "the flow `:{slug}` needs the connection slot `:{name}` of type `:{kind}`, not `:{}`",
                    own.kind.value
                ),
            )
            .also(own.slot.span, "declared here")
            .help("give the two slots the same type, or one of them another name"),
            Some(_) => continue,
        };
        problems.report(problem.note("a child runs with the bindings of the flow that calls it"));
    }
}

/// Calls of flows that are not linked: what building says.
pub fn unlinked(body: &Form, children: &Children, problems: &mut Vec<Diagnostic>) {
    if let Some([head, slug, ..]) = body.as_list()
        && head.as_symbol().is_some_and(|it| it.full() == "flow/call-flow")
        && let Some(name) = slug_of(slug)
        && !children.by_slug.contains_key(name)
    {
        let known = children.by_slug.keys().map(String::as_str);
        let problem =
            Diagnostic::new(Code::UNKNOWN_FLOW, slug.span, format!("the flow `:{name}` is not linked"));
        problems.push(match nearest(name, known).first() {
            Some(near) => {
                problem.help(format!("did you mean `:{near}`?")).edit(slug.span, format!(":{near}"))
            }
            None => problem.help("give its file: `--with CHILD.edn`"),
        });
    }
    body.evaluated().iter().for_each(|item| unlinked(item, children, problems));
}

fn slug_of(form: &Form) -> Option<&str> {
    match &form.kind {
        FormKind::Keyword(keyword) => Some(keyword.full()),
        FormKind::String(text) => Some(&text.value),
        _ => None,
    }
}

fn call(input: &Form, child: &Definition, problems: &mut Problems) {
    if input.as_map().is_none() {
        return;
    }
    let invocation = match child.invocations.as_slice() {
        [only] => Some(only),
        several => several.iter().find(|it| it.id.value == "default"),
    };
    let Some(invocation) = invocation else { return };
    let slug = &child.slug.value;
    let mut given = Vec::new();
    for (key, value) in input.as_map().into_iter().flatten() {
        // A key that is computed may be any.
        let Some(name) = key.data().and_then(|key| key.as_name().map(str::to_owned)) else { return };
        if let Some(field) = invocation.inputs.iter().find(|field| field.name.value == name) {
            value_of(value, field, slug, problems);
        }
        given.push((name, key.span));
    }
    let has = |name: &str| given.iter().any(|(it, _)| it == name);
    for field in invocation.inputs.iter().filter(|field| field.required && field.default.is_none()) {
        if !has(&field.name.value) {
            problems.report(missing(input.span, field, invocation, &given, slug));
        }
    }
}

fn missing(
    span: Span,
    field: &InputField,
    invocation: &Invocation,
    given: &[(String, Span)],
    slug: &str,
) -> Diagnostic {
    let name = &field.name.value;
    let problem = Diagnostic::new(
        Code::MISSING_INPUT_KEY,
        span,
        format!("the flow `:{slug}` needs the input `:{name}`"),
    )
    .label(format!("`:{name}` is missing"))
    .note(format!("its invocation `:{}` declares it as required", invocation.id.value));
    let declared = |name: &str| invocation.inputs.iter().any(|field| field.name.value == name);
    let strangers = given.iter().filter(|(it, _)| !declared(it));
    let names: Vec<&str> = strangers.clone().map(|(it, _)| it.as_str()).collect();
    let misspelt = nearest(name, names.iter().copied()).first().copied();
    match misspelt.and_then(|near| given.iter().find(|(it, _)| it == near)) {
        Some((_, at)) => problem
            .also(*at, "is this the one?")
            .help(format!("did you mean `:{name}`?"))
            .edit(*at, format!(":{name}")),
        None => problem.help(format!("add `:{name}`")),
    }
}

/// A literal that the input's type can never be made of. Numbers and booleans may be given as text.
fn value_of(value: &Form, field: &InputField, slug: &str, problems: &mut Problems) {
    let Some(data) = value.data() else { return };
    let wanted = match (field.kind.value.as_str(), &data) {
        (_, Value::Nil) if field.required => "a value",
        ("number", Value::Str(text)) if text.trim().parse::<f64>().is_err() => "a number",
        ("number", Value::Bool(_) | Value::Keyword(_) | Value::Map(_) | Value::Vector(_) | Value::Set(_)) => {
            "a number"
        }
        ("boolean", Value::Keyword(_) | Value::Map(_) | Value::Vector(_) | Value::Set(_)) => "true or false",
        (
            "text" | "textarea" | "date" | "time" | "datetime" | "email",
            Value::Map(_) | Value::Vector(_) | Value::Set(_),
        ) => "a string",
        _ => return,
    };
    problems.report(
        Diagnostic::new(
            Code::TYPE_MISMATCH,
            value.span,
            format!(
                "the input `:{}` of the flow `:{slug}` takes {wanted}, not {}",
                field.name.value,
                data.type_name()
            ),
        )
        .label(format!("this is {}", data.type_name())),
    );
}
