//! What the tortured flow asks: numbers that follow from the path, sometimes late, sometimes only when asked again.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use crate::server::{Reply, Request, Server};

pub(super) fn server() -> Server {
    let refused = Mutex::new(BTreeSet::new());
    Server::start(move |request: &Request| {
        let number = number(&request.path);
        let is_first =
            || refused.lock().unwrap_or_else(PoisonError::into_inner).insert(key(request).to_owned());
        if is_refused_once(&request.path) && is_first() {
            return Reply::json(&json!({ "problem": "busy" })).status(503);
        }
        Reply::json(&json!({ "number": number })).delay(Duration::from_millis(number % 9))
    })
}

/// Whether a path is answered only when it is asked again.
pub(super) fn is_refused_once(path: &str) -> bool {
    path.starts_with("/ask/") && number(path).is_multiple_of(4)
}

/// The idempotency key of a request.
pub(super) fn key(request: &Request) -> &str {
    request.header("idempotency-key").unwrap_or_default()
}

/// The answer to a path.
pub(super) fn number(path: &str) -> u64 {
    path.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte))) % 1_000
}

/// So many rounds has an errand.
pub(super) const fn rounds(errand: i64) -> i64 {
    1 + errand % 6
}

/// The result that an errand must have.
pub(super) fn result(errand: i64) -> serde_json::Value {
    let ask = |round| 2 * number(&format!("/ask/{errand}/{round}"));
    let part = |part| (1..=2).map(|half| number(&format!("/part/{errand}/{part}/{half}"))).sum::<u64>();
    json!({
        "numbers": (0..rounds(errand)).map(ask).collect::<Vec<_>>(),
        "signed": "approve",
        "parts": (0..4).map(part).collect::<Vec<_>>(),
        "closed": number(&format!("/close/{errand}")),
    })
}
