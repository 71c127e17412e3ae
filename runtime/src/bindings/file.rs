//! The bindings file: its keys with their aliases, what is refused, and how it is written.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use breyta_core::json::Keys;
use breyta_core::{Keyword, Map, Value, edn, json, print};

use super::FILE_NAME;
use crate::contract::Contract;
use crate::failure::Failure;

/// What a file gives: only what is to be set.
#[derive(Debug, Default)]
pub(super) struct Given {
    pub(super) slots: Vec<(Value, Map)>,
    pub(super) activation: Map,
}

/// Canonical fields with their other spellings, and whether this version uses them.
const FIELDS: &[(&str, &[&str], bool)] = &[
    ("name", &[], true),
    ("url", &["base-url", "baseUrl", "baseurl"], true),
    ("apikey", &["apiKey", "api-key"], true),
    ("headers", &[], true),
    ("header", &[], true),
    ("location", &[], true),
    ("param-name", &["param", "paramName"], true),
    ("query-param", &[], true),
    ("provider", &[], false),
    ("backend", &[], false),
    ("connstr", &[], false),
    ("dsn", &[], false),
    ("host", &[], false),
    ("port", &[], false),
    ("database", &[], false),
    ("user", &[], false),
    ("pass", &["password"], false),
    ("project", &[], false),
    ("conn", &["connection"], false),
    ("secret", &[], false),
    ("prefix", &[], false),
    ("db-param", &[], false),
    ("svcacct", &["service-account-json"], false),
];

/// Reads a file's text. With a contract, only its slots may be bound. JSON when its name ends in `.json`, else EDN.
pub(super) fn parse(path: &Path, text: &str, contract: Option<&Contract>) -> Result<Given, Failure> {
    let shown = path.display();
    let broken = |reason: String| Failure::new("bindings-invalid", format!("the bindings {shown} {reason}"));
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let value = if is_json {
        json::parse(text, Keys::Keywords).map_err(|error| broken(format!("are no JSON: {error}")))?
    } else {
        edn::read(text).map_err(|error| broken(format!("are no EDN: {error}")))?
    };
    read(&value, contract).map_err(broken)
}

fn read(value: &Value, contract: Option<&Contract>) -> Result<Given, String> {
    let top = value.as_map().ok_or("are not a map; write {:bindings {:slot {:url \"…\"}}}")?;
    let mut given = Given::default();
    for (key, value) in top {
        match (key.as_name(), value) {
            (Some("bindings" | "activation" | "profile"), Value::Nil) => {}
            (Some("bindings"), Value::Map(slots)) => {
                given.slots = slots.iter().map(|entry| slot(entry, contract)).collect::<Result<_, _>>()?;
            }
            (Some("activation"), Value::Map(values)) => {
                for (key, value) in values.iter().filter(|(_, value)| !is_dropped(value)) {
                    let name = key
                        .as_name()
                        .ok_or_else(|| format!("have {} as a key of :activation", key.type_name()))?;
                    given.activation.insert(keyword(name), value.clone());
                }
            }
            (Some("profile"), Value::Map(profile)) => check_profile(profile)?,
            (Some(name @ ("bindings" | "activation" | "profile")), other) => {
                return Err(format!("have {} under :{name}, which takes a map", other.type_name()));
            }
            _ => {
                return Err(format!(
                    "have the key {}; only :profile, :bindings and :activation may stand there",
                    shown(key)
                ));
            }
        }
    }
    Ok(given)
}

fn check_profile(profile: &Map) -> Result<(), String> {
    for (key, value) in profile {
        match (key.as_name(), value) {
            (Some("type"), value) => match value.as_name() {
                Some("draft" | "prod" | "production" | "active") => {}
                _ => return Err("have a :profile :type that is none of :draft and :prod".to_owned()),
            },
            (Some("autoUpgrade" | "auto-upgrade"), Value::Bool(_)) => {}
            _ => {
                return Err(format!(
                    "have {} in :profile; only :type and :autoUpgrade may stand there",
                    shown(key)
                ));
            }
        }
    }
    Ok(())
}

fn slot((key, value): (&Value, &Value), contract: Option<&Contract>) -> Result<(Value, Map), String> {
    let name = key.as_name().ok_or_else(|| format!("have {} as a slot", key.type_name()))?;
    if let Some(contract) = contract
        && !contract.requires.iter().any(|requirement| requirement.slot == name)
    {
        let slots: Vec<_> =
            contract.requires.iter().map(|requirement| format!(":{}", requirement.slot)).collect();
        let known = if slots.is_empty() {
            "the flow requires none".to_owned()
        } else {
            format!("its slots are {}", slots.join(" "))
        };
        return Err(format!("bind :{name}, which is no slot of this flow; {known}"));
    }
    let fields = value
        .as_map()
        .ok_or_else(|| format!("have {} under :{name}, which takes a map", value.type_name()))?;
    let mut checked = Map::new();
    for (key, value) in fields {
        let field = key.as_name().ok_or_else(|| format!("have {} as a field of :{name}", key.type_name()))?;
        let row =
            FIELDS.iter().find(|(canonical, aliases, _)| *canonical == field || aliases.contains(&field));
        let Some((canonical, _, supported)) = row else {
            let names: Vec<_> = FIELDS.iter().filter(|row| row.2).map(|row| format!(":{}", row.0)).collect();
            return Err(format!(
                "have the unknown field :{field} under :{name}; a connection takes {}",
                names.join(" ")
            ));
        };
        if is_dropped(value) {
            continue;
        }
        if !supported {
            return Err(format!(
                "have :{field} under :{name}, which is not supported yet; bind an HTTP connection with :url and :apikey"
            ));
        }
        checked.insert(keyword(canonical), field_value(name, canonical, value)?);
    }
    Ok((keyword(name), checked))
}

fn field_value(slot: &str, field: &str, value: &Value) -> Result<Value, String> {
    let wrong =
        |wanted: &str| format!("have {} as :{field} of :{slot}, which takes {wanted}", value.type_name());
    match field {
        "headers" => {
            let headers = value.as_map().ok_or_else(|| wrong("a map of names and texts"))?;
            let checked = headers.iter().filter(|(_, value)| !is_dropped(value)).map(|(name, value)| {
                let name = name.as_name().ok_or_else(|| wrong("names as keys"))?;
                let text =
                    value.as_name().map(str::to_owned).or_else(|| value.as_int().map(|int| int.to_string()));
                Ok((Value::string(name), Value::from(text.ok_or_else(|| wrong("texts as header values"))?)))
            });
            Ok(Value::Map(checked.collect::<Result<Map, String>>()?))
        }
        "url" => {
            let url = value.as_str().ok_or_else(|| wrong("a string"))?;
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            match rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default()) {
                // Not shown: what stands there is a secret.
                Some(host) if host.contains('@') => Err(format!(
                    "have a user in the :url of :{slot}; bind what proves the right to use it as :apikey or in :headers"
                )),
                Some(host) if !host.is_empty() && !url.contains(char::is_whitespace) => {
                    Ok(Value::string(url))
                }
                _ => Err(format!(
                    "have :url \"{url}\" under :{slot}; write it like https://host or http://host:port"
                )),
            }
        }
        "location" => match value.as_name() {
            Some(place @ ("header" | "query")) => Ok(Value::string(place)),
            _ => Err(format!("have a :location under :{slot} that is neither :header nor :query")),
        },
        _ => {
            let text = value.as_name().ok_or_else(|| wrong("a string"))?;
            if text.chars().any(char::is_control) {
                return Err(format!("have a line break or another control character in :{field} of :{slot}"));
            }
            Ok(Value::string(text))
        }
    }
}

/// `nil`, and the words that stand for a value which is not in the file: any case, keyword or string.
fn is_dropped(value: &Value) -> bool {
    let word = value.as_name().map(|name| name.trim_start_matches(':').to_ascii_lowercase());
    value.is_nil() || matches!(word.as_deref(), Some("redacted" | "generate"))
}

fn keyword(name: &str) -> Value {
    Value::Keyword(Keyword::new(name))
}

fn shown(key: &Value) -> String {
    key.as_name().map_or_else(|| key.type_name().to_owned(), |name| format!(":{name}"))
}

/// Writes the data directory's file: whole or not at all, readable by its owner only.
pub(super) fn write(directory: &Path, value: &Value) -> Result<(), Failure> {
    let path = directory.join(FILE_NAME);
    let failed = |error: std::io::Error| {
        Failure::new("bindings-unwritable", format!("cannot write the bindings {}: {error}", path.display()))
    };
    let text = print::pr_str(value) + "\n";
    fs::create_dir_all(directory).map_err(failed)?;
    let staged = directory.join(format!("{STAGED_PREFIX}{}", std::process::id()));
    let written = stage(&staged, &text).and_then(|_locked| fs::rename(&staged, &path));
    if let Err(error) = written {
        let _ = fs::remove_file(&staged);
        return Err(failed(error));
    }
    // The new name itself must survive a power cut, where the platform can say so.
    if let Ok(directory) = fs::File::open(directory) {
        let _ = directory.sync_all();
    }
    Ok(())
}

/// Names of files on their way to becoming [`FILE_NAME`] start like this and end with their process.
const STAGED_PREFIX: &str = "bindings.edn.new.";

/// Removes what killed processes left half-way: it holds secrets. Who is still writing holds a lock on its file.
pub(super) fn sweep(directory: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if !entry.file_name().to_string_lossy().starts_with(STAGED_PREFIX) {
            continue;
        }
        let abandoned = fs::File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if abandoned {
            // Whoever swept it before us is as good.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Writes the file; it stays locked as long as the answer lives.
fn stage(path: &Path, text: &str) -> std::io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.lock()?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(file)
}
