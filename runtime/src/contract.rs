//! The contract of a flow: what its compiler wrote down about inputs, requirements, concurrency and templates.
//!
//! Read once at start from the EDN text inside the executable. The shapes were checked by the compiler; a text that
//! does not have them means a damaged executable.

use breyta_core::{Map, Value, Vector};
use breyta_steps::templates::holds_expression;

/// The parts of the contract that commands use. `raw` is all of it.
#[derive(Clone, Debug)]
pub struct Contract {
    pub name: String,
    pub description: String,
    pub concurrency: Concurrency,
    pub requires: Vec<Requirement>,
    pub invocations: Vec<Invocation>,
    pub interfaces: Vec<Interface>,
    /// Keyword id to `{:type … :request …}`.
    pub templates: Map,
    pub raw: Value,
}

/// Which runs exclude each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concurrency {
    /// The path of the key in the input; None for `:singleton`.
    pub key_path: Option<Vec<String>>,
    pub policy: Policy,
}

/// What happens when a run meets an active one in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Supersede,
    Drain,
    Coexist,
}

/// A connection slot.
#[derive(Clone, Debug)]
pub struct Requirement {
    pub slot: String,
    pub label: String,
    pub base_url: Option<String>,
    pub auth: Value,
    pub optional: bool,
}

/// What a run takes.
#[derive(Clone, Debug)]
pub struct Invocation {
    pub id: String,
    pub inputs: Vec<Input>,
}

/// One input field.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    /// As in the catalog, aliases resolved.
    pub kind: String,
    pub required: bool,
    pub default: Option<Value>,
    /// The values of a select.
    pub options: Vec<Value>,
}

/// A manual interface.
#[derive(Clone, Debug)]
pub struct Interface {
    pub invocation: String,
    pub enabled: bool,
}

impl Contract {
    /// Reads the contract's text. The error says what is missing.
    pub fn read(text: &str) -> Result<Self, String> {
        let raw = breyta_core::edn::read(text).map_err(|error| error.to_string())?;
        let entries = |key: &str| sequence(raw.field(key)).into_iter();
        Ok(Self {
            name: text_of(raw.field("name")).unwrap_or_default(),
            description: text_of(raw.field("description")).unwrap_or_default(),
            concurrency: Concurrency::read(raw.field("concurrency"))?,
            requires: entries("requires").map(Requirement::read).collect::<Result<_, _>>()?,
            invocations: map(raw.field("invocations"))
                .iter()
                .map(Invocation::read)
                .collect::<Result<_, _>>()?,
            interfaces: sequence(raw.field("interfaces").and_then(|all| all.field("manual")))
                .iter()
                .map(Interface::read)
                .collect(),
            templates: map(raw.field("templates")),
            raw,
        })
    }

    pub fn invocation(&self, id: &str) -> Option<&Invocation> {
        self.invocations.iter().find(|invocation| invocation.id == id)
    }

    /// The invocation of a run that names none: the one of the first enabled manual interface, else `default`.
    pub fn usual_invocation(&self) -> &str {
        self.interfaces
            .iter()
            .find(|interface| interface.enabled)
            .map_or("default", |interface| &interface.invocation)
    }

    /// Whether rendering is needed at all; then the flow must have been emitted with it.
    pub fn has_template_expressions(&self) -> bool {
        self.templates.values().any(holds_expression)
    }
}

impl Concurrency {
    fn read(value: Option<&Value>) -> Result<Self, String> {
        let field = |key: &str| value.and_then(|value| value.field(key));
        let policy = match field("on-new-version").and_then(Value::as_name) {
            None | Some("supersede") => Policy::Supersede,
            Some("drain") => Policy::Drain,
            Some("coexist") => Policy::Coexist,
            Some(other) => return Err(format!(":concurrency :on-new-version is :{other}")),
        };
        let key_path = match field("type").and_then(Value::as_name) {
            None | Some("singleton") => None,
            Some("keyed") => {
                let key = field("key-field").ok_or(":concurrency :keyed has no :key-field")?;
                let single = std::slice::from_ref(key);
                let path = key.as_sequential().map_or(single, Vector::as_slice);
                Some(path.iter().filter_map(Value::as_name).map(str::to_owned).collect())
            }
            Some(other) => return Err(format!(":concurrency :type is :{other}")),
        };
        Ok(Self { key_path, policy })
    }
}

impl Requirement {
    fn read(value: Value) -> Result<Self, String> {
        let slot = text_of(value.field("slot")).ok_or("an entry of :requires has no :slot")?;
        Ok(Self {
            label: text_of(value.field("label")).unwrap_or_else(|| slot.clone()),
            base_url: text_of(value.field("base-url")),
            auth: value.field("auth").cloned().unwrap_or_default(),
            optional: value.field("optional").is_some_and(Value::is_truthy),
            slot,
        })
    }

    /// `none`, `bearer` or `api-key`.
    pub fn auth_type(&self) -> &str {
        self.auth.field("type").and_then(Value::as_name).unwrap_or("none")
    }
}

impl Invocation {
    fn read((id, value): (&Value, &Value)) -> Result<Self, String> {
        Ok(Self {
            id: text_of(Some(id)).ok_or("an id in :invocations is no name")?,
            inputs: sequence(value.field("inputs")).iter().map(Input::read).collect::<Result<_, _>>()?,
        })
    }
}

impl Input {
    fn read(value: &Value) -> Result<Self, String> {
        let name = ["name", "key", "id"].iter().find_map(|key| text_of(value.field(key)));
        let kind =
            value.field("type").and_then(Value::as_name).unwrap_or(breyta_catalog::input_types::DEFAULT);
        let options = sequence(value.field("options"));
        Ok(Self {
            name: name.ok_or("an input of :invocations has no :name")?,
            kind: breyta_catalog::input_types::find(kind).map_or(kind, |row| row.name).to_owned(),
            required: value.field("required").is_some_and(Value::is_truthy),
            default: value.field("default").filter(|default| !default.is_nil()).cloned(),
            options: options
                .into_iter()
                .map(|option| option.field("value").cloned().unwrap_or(option))
                .collect(),
        })
    }
}

impl Interface {
    fn read(value: &Value) -> Self {
        Self {
            invocation: text_of(value.field("invocation")).unwrap_or_else(|| "default".to_owned()),
            enabled: value.field("enabled").is_none_or(Value::is_truthy),
        }
    }
}

fn text_of(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_name).map(str::to_owned)
}

fn sequence(value: Option<&Value>) -> Vec<Value> {
    value.and_then(Value::as_sequential).map(|items| items.iter().cloned().collect()).unwrap_or_default()
}

fn map(value: Option<&Value>) -> Map {
    value.and_then(Value::as_map).cloned().unwrap_or_default()
}
