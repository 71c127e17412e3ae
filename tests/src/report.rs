//! What breytac reports: diagnostics as its JSON form gives them.

use serde_json::Value;

use crate::executable::{Finished, breytac_run};

/// One diagnostic of `check --format json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    pub code: String,
    pub severity: String,
    pub message: String,
    /// From 1.
    pub line: u64,
    /// From 1.
    pub column: u64,
}

/// Runs `check --format json`.
pub fn check(file: &str) -> Finished {
    breytac_run(&["check", file, "--format", "json"])
}

/// The diagnostics of an envelope, in order.
pub fn diagnostics(envelope: &Value) -> Vec<Reported> {
    let list = envelope.pointer("/data/diagnostics").and_then(Value::as_array);
    list.into_iter().flatten().map(reported).collect()
}

/// `error.code` and the codes of all diagnostics.
pub fn codes(envelope: &Value) -> Vec<String> {
    let error = envelope.pointer("/error/code").and_then(Value::as_str).map(str::to_owned);
    error.into_iter().chain(diagnostics(envelope).into_iter().map(|it| it.code)).collect()
}

fn reported(value: &Value) -> Reported {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = |key: &str| value["span"][key].as_u64().unwrap_or_default();
    Reported {
        code: text("code"),
        severity: text("severity"),
        message: text("message"),
        line: number("line"),
        column: number("column"),
    }
}
