//! The input of a run: from JSON text to the map that `(flow/input)` answers.
//!
//! Declared fields are checked and coerced, defaults filled in; keys nobody declared pass through. Setup values of the
//! bindings (`:activation`) are merged below the input. All problems are reported together.

use breyta_core::json::Keys;
use breyta_core::{Keyword, Map, Value};

use crate::contract::{Contract, Input};
use crate::failure::Failure;

mod shape;

#[cfg(test)]
mod tests;

/// Checks `given` against an invocation and answers the input of the run, without the context keys.
pub fn check(
    contract: &Contract,
    slug: &str,
    invocation: Option<&str>,
    given: Map,
    activation: &Map,
) -> Result<Map, Failure> {
    let fields = fields(contract, invocation)?;
    let mut input = activation.clone();
    for (key, value) in &given {
        input.insert(key.clone(), value.clone());
    }
    let mut missing = Vec::new();
    let mut problems = Vec::new();
    for field in fields {
        let key = Value::Keyword(Keyword::new(field.name.as_str()));
        let value = input.get(&key).filter(|value| !value.is_nil()).or(field.default.as_ref()).cloned();
        match value {
            None if field.required => missing.push(field.name.clone()),
            None => {}
            Some(value) => match coerced(field, value) {
                Ok(value) => input.insert(key, value),
                Err(problem) => problems.push((field.name.clone(), problem)),
            },
        }
    }
    if !missing.is_empty() {
        return Err(inputs_missing(slug, &missing));
    }
    if !problems.is_empty() {
        return Err(invalid(&problems));
    }
    if !activation.is_empty() {
        input.insert_keyword("activation", activation.clone());
    }
    Ok(input)
}

fn fields<'a>(contract: &'a Contract, invocation: Option<&str>) -> Result<&'a [Input], Failure> {
    let id = invocation.unwrap_or_else(|| contract.usual_invocation());
    match contract.invocation(id) {
        Some(invocation) => Ok(&invocation.inputs),
        None if invocation.is_none() => Ok(&[]),
        None => {
            let ids: Vec<_> = contract.invocations.iter().map(|invocation| invocation.id.as_str()).collect();
            let known =
                if ids.is_empty() { "it has none".to_owned() } else { format!("it has {}", ids.join(", ")) };
            Err(Failure::new("unknown-invocation", format!("the flow has no invocation \"{id}\"; {known}")))
        }
    }
}

fn inputs_missing(slug: &str, missing: &[String]) -> Failure {
    let mut details = Map::new();
    details.insert_keyword("flowSlug", slug);
    details.insert_keyword(
        "missingKeys",
        Value::Vector(missing.iter().map(|key| Value::from(key.as_str())).collect()),
    );
    let message =
        format!("missing required run inputs: {}; give them with --input '{{…}}'", missing.join(", "));
    Failure::new("run_inputs_missing", message).with_details(details)
}

fn invalid(problems: &[(String, String)]) -> Failure {
    let entries = problems.iter().map(|(key, problem)| {
        let mut entry = Map::new();
        entry.insert_keyword("key", key.as_str());
        entry.insert_keyword("message", problem.as_str());
        Value::Map(entry)
    });
    let mut details = Map::new();
    details.insert_keyword("problems", Value::Vector(entries.collect()));
    let all: Vec<_> = problems.iter().map(|(key, problem)| format!("\"{key}\" {problem}")).collect();
    Failure::new("invalid-input", format!("the input {}", all.join("; "))).with_details(details)
}

/// The value as the flow gets it; the error follows the field's name.
fn coerced(field: &Input, value: Value) -> Result<Value, String> {
    let wrong = |wanted: &str, value: &Value| {
        let shown = match value {
            Value::Str(text) => format!("\"{text}\""),
            other => other.type_name().to_owned(),
        };
        Err(format!("must be {wanted}, not {shown}"))
    };
    match field.kind.as_str() {
        "number" => match shape::number(&value) {
            Some(number) => Ok(number),
            None => wrong("a number", &value),
        },
        "boolean" => match shape::boolean(&value) {
            Some(boolean) => Ok(Value::Bool(boolean)),
            None => wrong("true or false", &value),
        },
        "select" if field.options.is_empty() => Ok(value),
        "select" => {
            let chosen = field.options.iter().find(|option| is_choice(option, &value));
            chosen.map(as_given).map_or_else(|| wrong(&choices(&field.options), &value), Ok)
        }
        "json" => match &value {
            Value::Str(text) => {
                breyta_core::json::parse(text, Keys::Keywords).map_err(|error| format!("is no JSON: {error}"))
            }
            _ => Ok(value),
        },
        kind => match (&value, shape::text_rule(kind)) {
            (Value::Str(text), Some((fits, _))) if fits(text) => Ok(value),
            (_, Some((_, wanted))) => wrong(wanted, &value),
            (Value::Str(_), None) => Ok(value),
            // A text field filled from JSON may hold any scalar; it arrives as text.
            (
                Value::Int(_) | Value::Double(_) | Value::Bool(_) | Value::BigInt(_) | Value::Keyword(_),
                None,
            ) => Ok(Value::from(shape::shown(&value))),
            (_, None) => wrong("text", &value),
        },
    }
}

fn choices(options: &[Value]) -> String {
    format!("one of {}", options.iter().map(shape::shown).collect::<Vec<_>>().join(", "))
}

/// Options are written as strings, keywords or numbers in the flow; JSON gives strings and numbers.
fn is_choice(option: &Value, value: &Value) -> bool {
    option == value || shape::shown(option) == shape::shown(value)
}

/// What arrives in the flow: the option's own value, keywords as their text (input is JSON data).
fn as_given(option: &Value) -> Value {
    match option {
        Value::Keyword(keyword) => Value::string(keyword.full()),
        other => other.clone(),
    }
}
