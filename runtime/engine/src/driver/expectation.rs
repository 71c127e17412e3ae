//! `:expect`: what the result of a step must look like. A keyword names a shape; a map asks for keys, a value, a status or
//! a schema.

use breyta_core::print::pr_str;
use breyta_core::schema::Schema;
use breyta_core::{Map, Value};

use crate::machine::SchemaCheck;

/// The check of schemas, which brings regular expressions with it.
pub const CHECK_SCHEMA: SchemaCheck = check_schema;

/// Whether a result is as expected; the error says how it is not.
pub(super) fn check(expect: &Value, result: &Value, schemas: Option<SchemaCheck>) -> Result<(), String> {
    match expect {
        Value::Keyword(shape) => check_shape(shape.full(), result),
        Value::Map(expect) => check_map(expect, result, schemas),
        other => Err(format!("`:expect` is a keyword or a map, not {}", other.type_name())),
    }
}

fn check_shape(shape: &str, result: &Value) -> Result<(), String> {
    let is_rows = |value: &Value| {
        value.as_sequential().is_some_and(|rows| rows.iter().all(|row| row.as_map().is_some()))
    };
    let fits = match shape {
        "map" => result.as_map().is_some(),
        "vector" => result.as_sequential().is_some(),
        "rows" => is_rows(result) || result.field("rows").is_some_and(is_rows),
        "ref" => result.field("uri").is_some_and(|uri| uri.as_str().is_some()),
        "string" => result.as_str().is_some(),
        "number" => matches!(result, Value::Int(_) | Value::Double(_) | Value::BigInt(_) | Value::Decimal(_)),
        other => {
            return Err(format!(
                "`:expect :{other}` names no shape; the shapes are :map :vector :rows :ref :string :number"
            ));
        }
    };
    if fits { Ok(()) } else { Err(format!("the result is {} and not :{shape}", result.type_name())) }
}

fn check_map(expect: &Map, result: &Value, schemas: Option<SchemaCheck>) -> Result<(), String> {
    for (key, expected) in expect {
        match key.as_keyword().map(breyta_core::Keyword::full) {
            Some("keys") => {
                for key in expected.as_sequential().into_iter().flat_map(|keys| keys.iter()) {
                    if !result.as_map().is_some_and(|map| map.contains_key(key)) {
                        return Err(format!("the result has no {}", pr_str(key)));
                    }
                }
            }
            Some("equals") if result != expected => {
                return Err(format!("the result is {} and not {}", pr_str(result), pr_str(expected)));
            }
            Some("status") if result.field("status") != Some(expected) => {
                let status = result.field("status").map_or_else(|| "nil".to_owned(), pr_str);
                return Err(format!("the status is {status} and not {}", pr_str(expected)));
            }
            Some("schema") => {
                let check =
                    schemas.ok_or("`:expect` has a `:schema` that came from data; write it in the flow")?;
                check(expected, result)?;
            }
            Some("equals" | "status") => {}
            _ => return Err(format!("`:expect` has no key {}", pr_str(key))),
        }
    }
    Ok(())
}

fn check_schema(schema: &Value, result: &Value) -> Result<(), String> {
    let schema = Schema::parse(schema).map_err(|_| "the `:schema` of `:expect` is no schema".to_owned())?;
    schema.validate(result).map_err(|violations| {
        let said: Vec<String> =
            violations.iter().map(|it| format!("{} {}", it.at(), it.message).trim().to_owned()).collect();
        format!("the result does not fit the schema: {}", said.join("; "))
    })
}
