//! Templates of a flow: static request shapes, and their rendering with Handlebars.
//!
//! Rendering is reached only through [`Templates::render`], a function pointer that the emitted flow sets when one of
//! its templates holds an expression; otherwise the linker drops Handlebars. Nothing is escaped, a missing variable
//! renders empty, keys are not rendered, and a string leaf stays a string.

use breyta_core::{Map, Value, json};
use breyta_engine::error::StepError;
use handlebars::{
    Context, Handlebars, Helper, HelperDef, JsonValue, RenderContext, RenderError, RenderErrorReason,
    ScopedJson, no_escape,
};
use std::sync::OnceLock;

#[cfg(test)]
mod tests;

/// Renders every string leaf of a template's shape with the data of the step.
pub type RenderFn = fn(&Value, &Value) -> Result<Value, StepError>;

/// The templates of a flow, by id.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    /// Keyword id to `{:type :http-request :request {…}}`.
    pub entries: Map,
    /// None when no template of the flow holds an expression.
    pub render: Option<RenderFn>,
}

impl Templates {
    /// The rendered shape (`part` names its key, `request`) of the template `id`.
    pub fn rendered(&self, id: &str, part: &str, data: &Value) -> Result<Value, StepError> {
        let invalid = |message: String| StepError::new("invalid-config", message);
        let entry = self
            .entries
            .get_keyword(id)
            .ok_or_else(|| invalid(format!("there is no template :{id} in this flow")))?;
        let shape = entry.field(part).ok_or_else(|| {
            invalid(format!("the template :{id} has no :{part}, so it is not for this step"))
        })?;
        match self.render {
            Some(render) => render(shape, data),
            None if holds_expression(shape) => Err(StepError::new(
                "template",
                format!("the template :{id} holds an expression, but this flow was built without templates"),
            )),
            None => Ok(shape.clone()),
        }
    }
}

/// Whether a template shape needs rendering at all: some string in it holds `{{`.
pub fn holds_expression(shape: &Value) -> bool {
    match shape {
        Value::Str(text) => text.contains("{{"),
        Value::Map(map) => map.values().any(holds_expression),
        Value::Vector(items) | Value::List(items) => items.iter().any(holds_expression),
        Value::Set(items) => items.iter().any(holds_expression),
        _ => false,
    }
}

/// The hook that emitted flows with templates set.
pub const RENDER: RenderFn = render;

fn render(shape: &Value, data: &Value) -> Result<Value, StepError> {
    let data = to_json(data)?;
    let context = Context::from(data);
    leaf_by_leaf(shape, &context)
}

fn leaf_by_leaf(shape: &Value, data: &Context) -> Result<Value, StepError> {
    let every = |items: &breyta_core::Vector| {
        items.iter().map(|item| leaf_by_leaf(item, data)).collect::<Result<_, _>>()
    };
    Ok(match shape {
        Value::Str(text) if text.contains("{{") => {
            Value::from(engine().render_template_with_context(text, data).map_err(|error| {
                StepError::new("template", format!("template \"{}\": {}", start_of(text), reason(&error)))
            })?)
        }
        Value::Map(map) => Value::Map(
            map.iter()
                .map(|(key, value)| Ok((key.clone(), leaf_by_leaf(value, data)?)))
                .collect::<Result<Map, StepError>>()?,
        ),
        Value::Vector(items) => Value::Vector(every(items)?),
        Value::List(items) => Value::List(every(items)?),
        other => other.clone(),
    })
}

fn start_of(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let start: String = line.chars().take(60).collect();
    if start.len() < text.len() { format!("{start}…") } else { start }
}

fn reason(error: &RenderError) -> String {
    match error.reason() {
        RenderErrorReason::TemplateError(error) => error.reason().to_string(),
        reason => reason.to_string(),
    }
}

/// Keywords become their names, so that `{{order.id}}` finds `:id`.
fn to_json(data: &Value) -> Result<JsonValue, StepError> {
    json::to_json(data)
        .map_err(|error| StepError::new("template", format!("the :data of the template: {error}")))
}

/// The registry with Breyta's helpers, made on first use.
fn engine() -> &'static Handlebars<'static> {
    static ENGINE: OnceLock<Handlebars<'static>> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut engine = Handlebars::new();
        engine.register_escape_fn(no_escape);
        for (name, code) in HELPERS {
            engine.register_helper(name, Box::new(Function(name, *code)));
        }
        engine
    })
}

type Code = fn(&Arguments<'_, '_>) -> Result<JsonValue, RenderError>;

/// A helper that answers a value, so that it also works as a subexpression.
struct Function(&'static str, Code);

/// The arguments of one helper call, positional and named.
struct Arguments<'h, 'rc>(&'h Helper<'rc>);

impl Arguments<'_, '_> {
    fn value(&self, index: usize) -> &JsonValue {
        self.0.param(index).map_or(&JsonValue::Null, |param| param.value())
    }

    fn named(&self, name: &str) -> &JsonValue {
        self.0.hash_get(name).map_or(&JsonValue::Null, |param| param.value())
    }
}

impl HelperDef for Function {
    fn call_inner<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
    ) -> Result<ScopedJson<'rc>, RenderError> {
        if helper.param(0).is_none() {
            return Err(RenderErrorReason::ParamNotFoundForIndex(self.0, 0).into());
        }
        (self.1)(&Arguments(helper)).map(ScopedJson::Derived)
    }
}

const HELPERS: &[(&str, Code)] = &[
    ("truncate", |arguments| {
        let text = shown(arguments.value(0));
        let Some(length) = arguments.named("length").as_u64() else { return Ok(text.into()) };
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if text.chars().count() <= length {
            return Ok(text.into());
        }
        let suffix = shown(arguments.named("suffix"));
        let kept = length.saturating_sub(suffix.chars().count());
        Ok((text.chars().take(kept).collect::<String>() + &suffix).into())
    }),
    ("json", |arguments| {
        let value = arguments.value(0);
        let pretty = arguments.named("pretty").as_bool() == Some(true);
        let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
        text.map(JsonValue::from).map_err(|error| RenderErrorReason::Other(error.to_string()).into())
    }),
    ("length", |arguments| {
        Ok(match arguments.value(0) {
            JsonValue::Array(items) => items.len(),
            JsonValue::Object(entries) => entries.len(),
            JsonValue::Null => 0,
            other => shown(other).chars().count(),
        }
        .into())
    }),
    ("join", |arguments| {
        let separator = match arguments.named("separator") {
            JsonValue::Null => ", ".to_owned(),
            given => shown(given),
        };
        Ok(match arguments.value(0) {
            JsonValue::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(&separator),
            other => shown(other),
        }
        .into())
    }),
    ("first", |arguments| Ok(end_of(arguments.value(0), <[JsonValue]>::first, |text| text.chars().next()))),
    ("last", |arguments| {
        Ok(end_of(arguments.value(0), <[JsonValue]>::last, |text| text.chars().next_back()))
    }),
    ("default", |arguments| {
        let value = arguments.value(0);
        let empty = match value {
            JsonValue::Null => true,
            JsonValue::String(text) => text.is_empty(),
            JsonValue::Array(items) => items.is_empty(),
            JsonValue::Object(entries) => entries.is_empty(),
            _ => false,
        };
        Ok(if empty { arguments.value(1) } else { value }.clone())
    }),
];

fn end_of(
    value: &JsonValue,
    of_items: fn(&[JsonValue]) -> Option<&JsonValue>,
    of_text: fn(&str) -> Option<char>,
) -> JsonValue {
    match value {
        JsonValue::Array(items) => of_items(items).cloned().unwrap_or_default(),
        JsonValue::String(text) => of_text(text).map_or(JsonValue::Null, |c| c.to_string().into()),
        _ => JsonValue::Null,
    }
}

/// How a value stands in text: strings as they are, nothing for null, JSON for the rest.
fn shown(value: &JsonValue) -> String {
    match value {
        JsonValue::String(text) => text.clone(),
        JsonValue::Null => String::new(),
        other => other.to_string(),
    }
}
