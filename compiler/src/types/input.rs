//! What `(flow/input)` gives: the declared inputs and setup values by type, and anything else, because unknown inputs
//! pass through.

use breyta_core::Value;

use super::boundaries::run_context;
use super::lattice::{Record, Type};
use crate::flow::{Definition, InputField};

/// The key of what is known about the run itself.
pub(super) const RUN_CONTEXT: &str = "flow/ctx";

/// The type of a run's input, whichever invocation started it.
pub(super) fn of(definition: &Definition) -> Type {
    let mut all: Option<Record> = None;
    for invocation in &definition.invocations {
        let mut record = Record::unknown();
        for field in &invocation.inputs {
            record = record.with(&field.name.value, of_field(field));
        }
        all = Some(match all {
            None => record,
            Some(before) => either(before, record),
        });
    }
    let mut record = all.unwrap_or_else(Record::unknown);
    for field in definition.forms.iter().flat_map(|form| &form.fields) {
        let name = &field.name.value;
        // Where both say something, the invocation's wins when it is given.
        let of = match record.get(name) {
            Some(before) => Type::union(before.clone(), of_field(field)),
            None => of_field(field),
        };
        record = record.with(name, of);
    }
    Type::Map(record.with(RUN_CONTEXT, run_context()))
}

/// What both may be. A key that one of them does not declare may be anything there.
fn either(first: Record, second: Record) -> Record {
    let fields = first
        .fields
        .into_iter()
        .filter_map(|(name, of)| {
            let other = second.get(&name)?.clone();
            Some((name, Type::union(of, other)))
        })
        .collect();
    Record { fields, open: true }
}

fn of_field(field: &InputField) -> Type {
    let declared = match field.kind.value.as_str() {
        "number" => Type::Number,
        "boolean" => Type::Boolean,
        "text" | "textarea" | "date" | "time" | "datetime" | "email" => Type::String,
        _ => Type::Any,
    };
    let default_fits =
        field.default.as_ref().is_none_or(|default| Type::of(default).mismatch(&declared).is_none());
    let given = field.required || field.default.as_ref().is_some_and(|default| *default != Value::Nil);
    if !default_fits {
        // Reported where it stands.
        Type::Any
    } else if given {
        declared
    } else {
        declared.or_nil()
    }
}
