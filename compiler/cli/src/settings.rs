//! `breytac.toml` beside the flow, the project's settings:
//!
//! ```toml
//! [lints]
//! deprecated_step_call = "allow"   # a code, or `warnings`, to "allow", "warn" or "deny"
//!
//! [observability]
//! otlp = true                      # executables can send traces to an OpenTelemetry collector
//! ```
//! What the command line says about a code wins.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use breyta_compiler::diagnostics::{Code, Diagnostic, Severity, codes, nearest};

use crate::args::Lints;
use crate::cache::Features;
use crate::report::Failure;
use crate::sources::shown;

/// What the file says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) levels: Levels,
    pub(crate) features: Features,
}

/// All codes but `warnings`.
const ALL_WARNINGS: &str = "warnings";

/// What is done with a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Allow,
    Warn,
    Deny,
}

/// Levels by code name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Levels(BTreeMap<String, Level>);

impl Settings {
    /// The settings beside a flow; the defaults when there is no such file.
    pub(crate) fn beside(flow: &Path) -> Result<Self, Failure> {
        let path = flow.with_file_name("breytac.toml");
        let invalid =
            |message: String| Failure::new("settings-invalid", format!("{}: {message}", shown(&path)));
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(invalid(format!("cannot be read: {error}"))),
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| invalid(error.to_string()))?;
        let mut settings = Self::default();
        for (key, value) in &table {
            match (key.as_str(), value) {
                ("lints", toml::Value::Table(lints)) => {
                    settings.levels = Levels::read(lints).map_err(invalid)?;
                }
                ("observability", toml::Value::Table(table)) => {
                    settings.features = observability(table).map_err(invalid)?;
                }
                ("lints" | "observability", _) => {
                    return Err(invalid(format!("`{key}` is a table: write [{key}]")));
                }
                ("limits", _) => {
                    return Err(Failure::new(
                        "not-supported-yet",
                        format!("{}: [limits] is not supported yet", shown(&path)),
                    )
                    .help("give limits to the executable, `run --limit NAME=VALUE`"));
                }
                (other, _) => {
                    return Err(invalid(format!(
                        "there is no section `{other}`; there are [lints] and [observability]"
                    )));
                }
            }
        }
        Ok(settings)
    }
}

/// `[observability]`: what the runtime is built with.
fn observability(table: &toml::Table) -> Result<Features, String> {
    let mut features = Features::default();
    for (key, value) in table {
        match (key.as_str(), value.as_bool()) {
            ("otlp", Some(otlp)) => features.otel = otlp,
            ("otlp", None) => return Err("[observability] otlp: write true or false".to_owned()),
            (other, _) => {
                return Err(format!("[observability] has no `{other}`; write `otlp = true`"));
            }
        }
    }
    Ok(features)
}

impl Levels {
    pub(crate) fn of_arguments(lints: &Lints) -> Result<Self, Failure> {
        let mut levels = Self::default();
        for (codes, level, option) in [
            (&lints.deny, Level::Deny, "--deny"),
            (&lints.warn, Level::Warn, "--warn"),
            (&lints.allow, Level::Allow, "--allow"),
        ] {
            for code in codes {
                let wrong =
                    |message: String| Failure::usage("lint-invalid", format!("{option} {code}: {message}"));
                admit(code, level).map_err(wrong)?;
                if levels.0.insert(code.clone(), level).is_some_and(|other| other != level) {
                    return Err(wrong("this code is given another level as well".to_owned()));
                }
            }
        }
        Ok(levels)
    }

    fn read(table: &toml::Table) -> Result<Self, String> {
        let mut levels = Self::default();
        for (code, level) in table {
            let level = match level.as_str() {
                Some("allow") => Level::Allow,
                Some("warn") => Level::Warn,
                Some("deny") => Level::Deny,
                _ => return Err(format!("[lints] {code}: write \"allow\", \"warn\" or \"deny\"")),
            };
            admit(code, level).map_err(|message| format!("[lints] {code}: {message}"))?;
            levels.0.insert(code.clone(), level);
        }
        Ok(levels)
    }

    /// These levels, and those of `others` in the place of its own.
    pub(crate) fn overridden_by(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    pub(crate) fn apply(&self, mut problem: Diagnostic) -> Option<Diagnostic> {
        let is_warning = problem.severity == Severity::Warning;
        let own = self.0.get(problem.code.name());
        let all = self.0.get(ALL_WARNINGS).filter(|_| is_warning);
        // Of a code that is sometimes a warning, what is an error stays one.
        let may_be_less = is_warning || problem.code.is_allowable();
        match own.or(all) {
            Some(Level::Allow) if may_be_less => return None,
            Some(Level::Warn) if may_be_less => problem.severity = Severity::Warning,
            Some(Level::Deny) => problem.severity = Severity::Error,
            _ => {}
        }
        Some(problem)
    }
}

/// Whether the code may have this level.
fn admit(name: &str, level: Level) -> Result<(), String> {
    if name == ALL_WARNINGS {
        return Ok(());
    }
    let Some(code) = Code::find(name) else {
        let near = nearest(name, codes::ALL.iter().map(|code| code.name()));
        return Err(match near.first() {
            Some(near) => format!("there is no such diagnostic; did you mean {near}?"),
            None => "there is no such diagnostic".to_owned(),
        });
    };
    let may_be_less =
        code.severity() == Severity::Warning || code.is_allowable() || code.is_sometimes_warning();
    if level != Level::Deny && !may_be_less {
        return Err("this is always an error: what it is about cannot be compiled".to_owned());
    }
    Ok(())
}
