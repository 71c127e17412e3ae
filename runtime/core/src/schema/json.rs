//! Schemas as JSON Schema (2020-12), for tool parameters and interface documents.
//!
//! Keywords become strings, as they do in JSON text. What JSON Schema cannot say is left out, never guessed.

use serde_json::{Map, Value as Json, json};

use super::{Bounds, Kind, Lengths, Multi, Schema, Shape};
use crate::Value;
use crate::json::to_json;

impl Schema {
    /// The JSON Schema that accepts the JSON of the values that this accepts.
    pub fn to_json_schema(&self) -> Json {
        let mut object = of_kind(&self.kind);
        if let Some(title) = &self.title {
            object.insert("title".to_owned(), json!(&**title));
        }
        if let Some(description) = &self.description {
            object.insert("description".to_owned(), json!(&**description));
        }
        if let Some(default) = self.default.as_ref().and_then(|value| to_json(value).ok()) {
            object.insert("default".to_owned(), default);
        }
        Json::Object(object)
    }
}

fn of_kind(kind: &Kind) -> Map<String, Json> {
    match kind {
        Kind::Any => Map::new(),
        Kind::Some => object(json!({"not": {"type": "null"}})),
        Kind::Nil => typed("null"),
        Kind::Boolean => typed("boolean"),
        Kind::Integer(bounds) => bounded(typed("integer"), bounds),
        Kind::Double(bounds) | Kind::Number(bounds) => bounded(typed("number"), bounds),
        Kind::String(lengths) => sized(typed("string"), *lengths, "minLength", "maxLength"),
        Kind::Keyword | Kind::Symbol => typed("string"),
        Kind::Uuid => object(json!({"type": "string", "format": "uuid"})),
        Kind::Instant => object(json!({"type": "string", "format": "date-time"})),
        Kind::Equal(value) => object(json!({"const": plain(value)})),
        Kind::Enum(values) => choice(values),
        Kind::Maybe(inner) => object(json!({"anyOf": [inner.to_json_schema(), {"type": "null"}]})),
        Kind::Or(members) => object(json!({"anyOf": all(members)})),
        Kind::And(members) => object(json!({"allOf": all(members)})),
        Kind::Not(inner) => object(json!({"not": inner.to_json_schema()})),
        Kind::Vector(of, lengths) | Kind::Sequential(of, lengths) => array(of, *lengths),
        Kind::Set(of, lengths) => {
            let mut array = array(of, *lengths);
            array.insert("uniqueItems".to_owned(), Json::Bool(true));
            array
        }
        Kind::Tuple(items) => object(json!({
            "type": "array", "prefixItems": all(items), "items": false, "minItems": items.len(),
        })),
        Kind::MapOf(_, of, lengths) => sized(
            object(json!({"type": "object", "additionalProperties": of.to_json_schema()})),
            *lengths,
            "minProperties",
            "maxProperties",
        ),
        Kind::Map(shape) => map(shape),
        Kind::Multi(multi) => cases(multi),
        Kind::Pattern(pattern) => object(json!({"type": "string", "pattern": pattern.text().as_str()})),
    }
}

/// The members of a `json!` object.
fn object(json: Json) -> Map<String, Json> {
    if let Json::Object(members) = json { members } else { Map::new() }
}

fn typed(name: &str) -> Map<String, Json> {
    object(json!({"type": name}))
}

fn plain(value: &Value) -> Json {
    to_json(value).unwrap_or(Json::Null)
}

fn all(schemas: &[Schema]) -> Vec<Json> {
    schemas.iter().map(Schema::to_json_schema).collect()
}

fn choice(values: &[Value]) -> Map<String, Json> {
    let texts = values.iter().all(|value| matches!(value, Value::Str(_) | Value::Keyword(_)));
    let mut choice = if texts { typed("string") } else { Map::new() };
    choice.insert("enum".to_owned(), Json::Array(values.iter().map(plain).collect()));
    choice
}

fn bounded(mut of: Map<String, Json>, bounds: &Bounds) -> Map<String, Json> {
    if let Some(min) = &bounds.min {
        let name = if min.exclusive { "exclusiveMinimum" } else { "minimum" };
        of.insert(name.to_owned(), plain(&min.value));
    }
    if let Some(max) = &bounds.max {
        let name = if max.exclusive { "exclusiveMaximum" } else { "maximum" };
        of.insert(name.to_owned(), plain(&max.value));
    }
    of
}

fn sized(mut of: Map<String, Json>, lengths: Lengths, min: &str, max: &str) -> Map<String, Json> {
    if let Some(length) = lengths.min {
        of.insert(min.to_owned(), json!(length));
    }
    if let Some(length) = lengths.max {
        of.insert(max.to_owned(), json!(length));
    }
    of
}

fn array(of: &Schema, lengths: Lengths) -> Map<String, Json> {
    let array = object(json!({"type": "array", "items": of.to_json_schema()}));
    sized(array, lengths, "minItems", "maxItems")
}

fn map(shape: &Shape) -> Map<String, Json> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for entry in &shape.entries {
        let name = entry.key.as_name().unwrap_or_default().to_owned();
        if !entry.optional {
            required.push(Json::String(name.clone()));
        }
        properties.insert(name, entry.schema.to_json_schema());
    }
    let mut map = typed("object");
    if !properties.is_empty() {
        map.insert("properties".to_owned(), Json::Object(properties));
    }
    if !required.is_empty() {
        map.insert("required".to_owned(), Json::Array(required));
    }
    if shape.is_closed() {
        map.insert("additionalProperties".to_owned(), Json::Bool(false));
    }
    map
}

/// Each case with its value fixed, so that exactly one can fit.
fn cases(multi: &Multi) -> Map<String, Json> {
    let key = multi.dispatch.as_name().unwrap_or_default();
    let mut alternatives: Vec<Json> = multi
        .cases
        .iter()
        .map(|(value, schema)| {
            json!({"allOf": [
                {"type": "object", "properties": {key: {"const": plain(value)}}, "required": [key]},
                schema.to_json_schema(),
            ]})
        })
        .collect();
    if let Some(otherwise) = &multi.otherwise {
        alternatives.push(otherwise.to_json_schema());
    }
    object(json!({"anyOf": alternatives}))
}
