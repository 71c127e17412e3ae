//! What a step family means for durability. The table itself is the catalog's.

use breyta_catalog::families::{self, EffectClass};

/// Whether steps of the family only compute: their records ride along with the next commit, and they may be computed
/// again after a crash. A family that nobody knows acts outside.
pub fn is_pure(family: &str) -> bool {
    families::effect(family) == Some(EffectClass::Pure)
}

/// Whether steps of the family act outside and must not be repeated blindly.
pub fn is_single_attempt(family: &str) -> bool {
    families::effect(family) == Some(EffectClass::SingleAttempt)
}

/// Whether an attempt of the family sends an HTTP request, which the limit of a run counts. By name, so that
/// executables do not carry the tables of all families.
pub fn sends_http_request(family: &str) -> bool {
    family == "http"
}
