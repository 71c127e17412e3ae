//! `assets/contract.edn`: what the runtime must know of a flow without entering its code.
//!
//! The declared part of the definition (slots, inputs, interfaces, templates) and the resume manifest: per suspension
//! point its id, family, awaited type and live slots. Things that are absent are left out. One entry per line, so that
//! two versions of a flow can be compared with a line diff.

use breyta_core::print::pr_str;
use breyta_core::{Keyword, Map, Value, Vector};

use crate::codegen::Point;
use crate::flow::{
    Auth, Concurrency, ConcurrencyType, Connection, Definition, InputField, Invocation, ManualInterface,
    OnNewVersion,
};

/// The text of `assets/contract.edn`.
pub fn contract(
    definition: &Definition,
    version: &str,
    compiler: &str,
    families: &[String],
    points: &[Point],
) -> String {
    let text = |spanned: &crate::source::Spanned<String>| Value::string(spanned.value.as_str());
    let mut entries = Entries::default();
    entries.put("slug", text(&definition.slug));
    entries.put_some("name", definition.name.as_ref().map(text));
    entries.put_some("description", definition.description.as_ref().map(text));
    entries.put_all("tags", definition.tags.iter().map(text));
    entries.put("version", Value::string(version));
    entries.put("compiler", Value::string(compiler));
    entries.put("concurrency", concurrency(&definition.concurrency));
    entries.put_all("requires", definition.requires.iter().map(requirement));
    let by_id: Map =
        definition.invocations.iter().map(|it| (keyword(&it.id.value), invocation(it))).collect();
    entries.put_some("invocations", present(by_id));
    let manual = definition.manual.iter().map(interface).collect::<Vector>();
    entries.put_some(
        "interfaces",
        (!manual.is_empty()).then(|| Fields::default().put("manual", manual).into_value()),
    );
    let templates: Map = definition
        .templates
        .iter()
        .map(|it| {
            let fields =
                Fields::default().put("type", keyword(&it.kind.value)).put("request", it.request.clone());
            (keyword(&it.id.value), fields.into_value())
        })
        .collect();
    entries.put_some("templates", present(templates));
    entries.put("families", families.iter().map(|it| keyword(it)).collect::<Vector>().into());
    entries.put_lines("points", points.iter().map(point));
    entries.into_text()
}

fn concurrency(concurrency: &Concurrency) -> Value {
    let kind = match concurrency.kind {
        ConcurrencyType::Singleton => "singleton",
        ConcurrencyType::Keyed => "keyed",
    };
    let on_new_version = match concurrency.on_new_version {
        OnNewVersion::Supersede => "supersede",
        OnNewVersion::Drain => "drain",
        OnNewVersion::Coexist => "coexist",
    };
    let path: Vector = concurrency.key_field.iter().map(|it| keyword(it)).collect();
    Fields::default()
        .put("type", keyword(kind))
        .put("on-new-version", keyword(on_new_version))
        .put_some("key-field", (!path.is_empty()).then_some(path))
        .into_value()
}

fn requirement(connection: &Connection) -> Value {
    Fields::default()
        .put("slot", keyword(&connection.slot.value))
        .put("type", keyword(&connection.kind.value))
        .put_some("label", connection.label.as_deref())
        .put_some("base-url", connection.base_url.as_ref().map(|url| url.value.as_str()))
        .put("auth", auth(&connection.auth))
        .put("optional", connection.optional)
        .into_value()
}

fn auth(auth: &Auth) -> Value {
    let fields = Fields::default();
    match auth {
        Auth::None => fields.put("type", keyword("none")),
        Auth::Bearer => fields.put("type", keyword("bearer")),
        Auth::Other(scheme) => fields.put("type", keyword(scheme)),
        Auth::ApiKey { header, query } => fields
            .put("type", keyword("api-key"))
            .put_some("header", header.as_deref())
            .put_some("query", query.as_deref()),
    }
    .into_value()
}

fn invocation(invocation: &Invocation) -> Value {
    let inputs: Vector = invocation.inputs.iter().map(input).collect();
    Fields::default().put_some("label", invocation.label.as_deref()).put("inputs", inputs).into_value()
}

fn input(field: &InputField) -> Value {
    let options: Vector = field.options.iter().cloned().collect();
    Fields::default()
        .put("name", keyword(&field.name.value))
        .put("type", keyword(&field.kind.value))
        .put("required", field.required)
        .put_some("default", field.default.clone())
        .put_some("label", field.label.as_deref())
        .put_some("description", field.description.as_deref())
        .put_some("placeholder", field.placeholder.as_deref())
        .put_some("options", (!options.is_empty()).then_some(options))
        .into_value()
}

fn interface(manual: &ManualInterface) -> Value {
    Fields::default()
        .put("id", keyword(&manual.id.value))
        .put_some("label", manual.label.as_deref())
        .put_some("description", manual.description.as_deref())
        .put_some("invocation", manual.invocation.as_ref().map(|it| keyword(&it.value)))
        .put("enabled", manual.enabled)
        .into_value()
}

fn point(point: &Point) -> Value {
    let live: Vector = point
        .live
        .iter()
        .map(|(slot, kind)| {
            Fields::default().put("slot", slot.as_str()).put("type", kind.as_str()).into_value()
        })
        .collect();
    Fields::default()
        .put("id", point.id.as_str())
        .put("family", keyword(point.family))
        .put("step", point.step.as_str())
        .put("line", point.line as i64)
        .put("awaits", point.awaits.as_str())
        .put("live", live)
        .into_value()
}

fn keyword(name: &str) -> Value {
    Value::Keyword(Keyword::new(name))
}

fn present(map: Map) -> Option<Value> {
    (!map.is_empty()).then_some(Value::Map(map))
}

/// A map under construction.
#[derive(Default)]
struct Fields(Map);

impl Fields {
    fn put(mut self, key: &'static str, value: impl Into<Value>) -> Self {
        self.0.insert_keyword(key, value);
        self
    }

    fn put_some(self, key: &'static str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.put(key, value),
            None => self,
        }
    }

    fn into_value(self) -> Value {
        Value::Map(self.0)
    }
}

/// The top-level map as text, one line per entry.
#[derive(Default)]
struct Entries(Vec<String>);

impl Entries {
    fn put(&mut self, key: &str, value: Value) {
        self.0.push(format!(":{key} {}", pr_str(&value)));
    }

    fn put_some(&mut self, key: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    fn put_all(&mut self, key: &str, values: impl Iterator<Item = Value>) {
        let values: Vector = values.collect();
        if !values.is_empty() {
            self.put(key, values.into());
        }
    }

    /// A vector with a line per element.
    fn put_lines(&mut self, key: &str, values: impl Iterator<Item = Value>) {
        let lines: Vec<String> = values.map(|value| pr_str(&value)).collect();
        self.0.push(format!(":{key} [{}]", lines.join("\n          ")));
    }

    fn into_text(self) -> String {
        format!("{{{}}}\n", self.0.join("\n "))
    }
}
