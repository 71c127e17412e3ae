//! Bindings for people: without secrets, and as a file to fill in.

use breyta_core::{Map, Value, print};

use super::Bindings;
use crate::contract::Contract;

/// What stands in the place of a secret.
const REDACTED: Value = Value::literal("[redacted]");

/// The bindings with secrets replaced, and what is still missing: `{"bindings" "activation" "missing"}`.
pub fn redacted(bindings: &Bindings) -> Value {
    let mut slots = Map::new();
    let mut missing = Vec::new();
    for requirement in &bindings.requires {
        let mut shown = Map::new();
        if let Some(url) = bindings.base_url(requirement) {
            shown.insert_keyword("url", url);
        }
        let fields = bindings
            .slots
            .get_keyword(&requirement.slot)
            .and_then(Value::as_map)
            .cloned()
            .unwrap_or_default();
        for (field, value) in &fields {
            let value = match (field.as_name(), value) {
                (Some("apikey"), _) => REDACTED,
                (Some("headers"), Value::Map(headers)) => {
                    Value::Map(headers.keys().map(|name| (name.clone(), REDACTED)).collect())
                }
                _ => value.clone(),
            };
            shown.insert(field.clone(), value);
        }
        for field in bindings.missing_fields(requirement) {
            let mut entry = Map::new();
            entry.insert_keyword("slot", requirement.slot.as_str());
            entry.insert_keyword("field", field);
            entry.insert_keyword("optional", requirement.optional);
            missing.push(Value::Map(entry));
        }
        slots.insert(super::file_key(&requirement.slot), Value::Map(shown));
    }
    let mut map = Map::new();
    map.insert_keyword("bindings", slots);
    map.insert_keyword("activation", bindings.activation.clone());
    map.insert_keyword("missing", Value::Vector(missing.into()));
    Value::Map(map)
}

/// The text of a bindings file to fill in: EDN with a comment on top.
pub fn template(slug: &str, contract: &Contract) -> String {
    let mut text = format!(
        ";; Bindings of the flow {slug}. Replace :redacted by the secret and nil by the address, then:\n\
         ;;   bindings apply FILE      (or run --bindings FILE)\n\
         ;; A value left at :redacted or nil keeps what was applied before.\n\
         {{:bindings\n {{"
    );
    let slots: Vec<String> = contract
        .requires
        .iter()
        .map(|requirement| {
            let mut fields = vec![(":name", print::pr_str(&Value::from(requirement.label.as_str())))];
            let url = requirement.base_url.as_deref().map(Value::from).unwrap_or_default();
            fields.push((":url", print::pr_str(&url)));
            if requirement.auth_type() != "none" {
                fields.push((":apikey", ":redacted".to_owned()));
            }
            let indent = " ".repeat(requirement.slot.len() + 5);
            let fields: Vec<String> =
                fields.into_iter().map(|(name, value)| format!("{name} {value}")).collect();
            format!(":{} {{{}}}", requirement.slot, fields.join(&format!("\n{indent}")))
        })
        .collect();
    text.push_str(&slots.join("\n  "));
    text.push_str("}}\n");
    text
}
