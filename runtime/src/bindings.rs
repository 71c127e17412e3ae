//! Bindings of this installation: what the connection slots of the flow lead to, and the setup values.
//!
//! They live in `bindings.edn` of the data directory, readable by its owner only, and are the only place of secrets.
//! A file given with `bindings apply` or `run --bindings` is merged into them field by field: what it leaves out, or
//! holds as `nil` or `:redacted`, stays as it was.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use breyta_catalog::auth::API_KEY_HEADER;
use breyta_core::{Keyword, Map, Set, Value};
use breyta_engine::error::StepError;
use breyta_steps::connection::{Auth, Connection, Connections, Secret};

use crate::contract::{Contract, Requirement};
use crate::failure::Failure;

mod file;
mod show;

#[cfg(test)]
mod tests;

pub use show::{redacted, template};

/// The name of the file in the data directory.
pub const FILE_NAME: &str = "bindings.edn";

/// Bindings as applied, and the requirements that they answer.
#[derive(Clone, Default)]
pub struct Bindings {
    /// Slot (a keyword) to a map of canonical fields (`:url :apikey :headers …`).
    slots: Map,
    /// Setup values by keyword.
    activation: Map,
    requires: Vec<Requirement>,
}

impl fmt::Debug for Bindings {
    /// Without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bindings").field(&redacted(self)).finish()
    }
}

impl Bindings {
    /// The bindings of a data directory; empty ones when it has none.
    pub fn load(directory: &Path, contract: &Contract) -> Result<Self, Failure> {
        file::sweep(directory);
        let path = directory.join(FILE_NAME);
        let mut bindings = Self { requires: contract.requires.clone(), ..Self::default() };
        match fs::read_to_string(&path) {
            Ok(text) => {
                // Slots of other versions of the flow are kept.
                bindings.merge(file::parse(&path, &text, None)?);
                Ok(bindings)
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(bindings),
            Err(error) => Err(unreadable(&path, &error)),
        }
    }

    /// Merges a bindings file into these; nothing is written yet.
    pub fn take_over(&mut self, path: &Path, contract: &Contract) -> Result<(), Failure> {
        let text = fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        self.merge(file::parse(path, &text, Some(contract))?);
        Ok(())
    }

    /// Writes them into the data directory, whole or not at all.
    pub fn save(&self, directory: &Path) -> Result<(), Failure> {
        file::write(directory, &self.to_value())
    }

    /// Setup values, below the input of every run.
    pub fn activation(&self) -> &Map {
        &self.activation
    }

    /// The connection slots that are bound, as keywords: what `flow/slot-bound?` looks into.
    pub fn bound_slots(&self) -> Set {
        let bound = self.requires.iter().filter(|requirement| {
            self.slots.get_keyword(&requirement.slot).is_some() && self.missing_fields(requirement).is_empty()
        });
        bound.map(|requirement| Value::Keyword(Keyword::new(requirement.slot.as_str()))).collect()
    }

    /// Fails when a run could not use a required connection: before it starts, naming every slot and field.
    pub fn check_complete(&self) -> Result<(), Failure> {
        let missing: Vec<(&str, &str)> = self
            .requires
            .iter()
            .filter(|requirement| !requirement.optional)
            .flat_map(|requirement| {
                self.missing_fields(requirement).into_iter().map(|field| (requirement.slot.as_str(), field))
            })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let entries = missing.iter().map(|(slot, field)| {
            let mut entry = Map::new();
            entry.insert_keyword("slot", *slot);
            entry.insert_keyword("field", *field);
            Value::Map(entry)
        });
        let mut details = Map::new();
        details.insert_keyword("missing", Value::Vector(entries.collect()));
        let names: Vec<String> = missing.iter().map(|(slot, field)| format!(":{field} of :{slot}")).collect();
        let message = format!(
            "the bindings lack {}; write them into a file like `bindings template` prints and give it with --bindings FILE",
            names.join(", ")
        );
        Err(Failure::new("profile_bindings_incomplete", message).with_details(details))
    }

    /// The fields without which this slot cannot be used.
    fn missing_fields(&self, requirement: &Requirement) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self.base_url(requirement).is_none() {
            missing.push("url");
        }
        if requirement.auth_type() != "none" && self.text(&requirement.slot, "apikey").is_none() {
            missing.push("apikey");
        }
        missing
    }

    fn merge(&mut self, given: file::Given) {
        for (slot, fields) in given.slots {
            let mut merged = self.slots.get(&slot).and_then(Value::as_map).cloned().unwrap_or_default();
            for (field, value) in &fields {
                merged.insert(field.clone(), value.clone());
            }
            self.slots.insert(slot, Value::Map(merged));
        }
        for (key, value) in &given.activation {
            self.activation.insert(key.clone(), value.clone());
        }
    }

    fn to_value(&self) -> Value {
        let mut map = Map::new();
        map.insert_keyword("bindings", self.slots.clone());
        if !self.activation.is_empty() {
            map.insert_keyword("activation", self.activation.clone());
        }
        Value::Map(map)
    }

    fn field(&self, slot: &str, field: &str) -> Option<&Value> {
        self.slots.get_keyword(slot).and_then(|fields| fields.field(field))
    }

    fn text(&self, slot: &str, field: &str) -> Option<&str> {
        self.field(slot, field).and_then(Value::as_name).filter(|text| !text.is_empty())
    }

    fn base_url<'a>(&'a self, requirement: &'a Requirement) -> Option<&'a str> {
        self.text(&requirement.slot, "url").or(requirement.base_url.as_deref()).filter(|url| !url.is_empty())
    }

    /// How requests prove themselves; the binding says where an API key goes when it says anything.
    fn auth(&self, requirement: &Requirement) -> Result<Auth, StepError> {
        let slot = requirement.slot.as_str();
        let key = || {
            self.text(slot, "apikey").map(Secret::new).ok_or_else(|| {
                StepError::new(
                    "missing-binding",
                    format!("the connection :{slot} has no :apikey; apply bindings that hold it"),
                )
            })
        };
        match requirement.auth_type() {
            "none" => Ok(Auth::None),
            "bearer" => Ok(Auth::Bearer(key()?)),
            "api-key" => {
                let key = key()?;
                Ok(match self.key_place(requirement) {
                    KeyPlace::Header(name) => Auth::ApiKeyHeader { name, key },
                    KeyPlace::Query(name) => Auth::ApiKeyQuery { name, key },
                })
            }
            other => {
                Err(StepError::new("auth", format!("the auth type :{other} of :{slot} is not supported yet")))
            }
        }
    }

    fn key_place(&self, requirement: &Requirement) -> KeyPlace {
        let slot = requirement.slot.as_str();
        let declared = |key: &str| requirement.auth.field(key).and_then(Value::as_name);
        let either = |key: &str| self.text(slot, key).or_else(|| declared(key)).map(str::to_owned);
        let query = self.text(slot, "query-param").or_else(|| declared("query")).map(str::to_owned);
        let in_query = match either("location").as_deref() {
            Some("query") => true,
            Some(_) => false,
            None => query.is_some() && self.text(slot, "header").is_none(),
        };
        if in_query {
            KeyPlace::Query(query.or_else(|| either("param-name")).unwrap_or_else(|| "api_key".to_owned()))
        } else {
            KeyPlace::Header(
                either("header")
                    .or_else(|| either("param-name"))
                    .unwrap_or_else(|| API_KEY_HEADER.to_owned()),
            )
        }
    }

    fn headers(&self, slot: &str) -> Vec<(String, Secret)> {
        let headers = self.field(slot, "headers").and_then(Value::as_map).cloned().unwrap_or_default();
        headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_name()?.to_owned(), Secret::new(value.as_name()?))))
            .collect()
    }
}

enum KeyPlace {
    Header(String),
    Query(String),
}

impl Connections for Bindings {
    fn resolve(&self, slot: &str) -> Result<Connection, StepError> {
        let missing = |message: String| StepError::new("missing-binding", message);
        let requirement =
            self.requires.iter().find(|requirement| requirement.slot == slot).ok_or_else(|| {
                let slots: Vec<String> =
                    self.requires.iter().map(|requirement| format!(":{}", requirement.slot)).collect();
                missing(format!(
                    "the flow requires no connection :{slot}; its slots are: {}",
                    slots.join(" ")
                ))
            })?;
        let base_url = self.base_url(requirement).ok_or_else(|| {
            missing(format!("the connection :{slot} has no :url; apply bindings that hold it"))
        })?;
        Ok(Connection {
            slot: slot.to_owned(),
            base_url: base_url.to_owned(),
            auth: self.auth(requirement)?,
            headers: self.headers(slot),
        })
    }
}

/// A slot as the key of a map.
fn file_key(slot: &str) -> Value {
    Value::Keyword(breyta_core::Keyword::new(slot))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new("bindings-unreadable", format!("cannot read the bindings {}: {error}", path.display()))
}
