//! The standard variables of OpenTelemetry that decide before an exporter is made. The exporter reads the others itself:
//! headers, protocol, resource attributes.

use std::env;
use std::time::Duration;

/// What is sent where. The first is stronger.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// How long one request may take, in milliseconds. The first is stronger.
const TIMEOUTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
const TIMEOUT: Duration = Duration::from_secs(10);

/// Whether a collector is named and nothing speaks against it. No collector is guessed: an executable talks to nobody
/// whom its environment does not name.
pub(super) fn are_wanted() -> bool {
    let disabled = set("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let exporter = set("OTEL_TRACES_EXPORTER").is_none_or(|value| value == "otlp");
    endpoint().is_some() && exporter && !disabled
}

pub(super) fn endpoint() -> Option<String> {
    ENDPOINTS.into_iter().find_map(set)
}

pub(super) fn timeout() -> Duration {
    let given = TIMEOUTS.into_iter().find_map(set).and_then(|value| value.trim().parse().ok());
    given.map_or(TIMEOUT, Duration::from_millis)
}

/// A variable that is there and not empty.
pub(super) fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
