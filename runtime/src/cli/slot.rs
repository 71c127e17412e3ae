//! Concurrency: the slot that a run of this flow wants.

use breyta_core::{Map, Value, print};
use breyta_engine::store::{Admission, Policy};

use super::Session;
use crate::contract;
use crate::failure::Failure;

/// What a run with this input is admitted by. `concurrency_key_missing` when the flow tells runs apart by a field that is
/// not there.
pub(super) fn admission(session: &Session<'_>, input: &Map) -> Result<Admission, Failure> {
    let policy = match session.contract.concurrency.policy {
        contract::Policy::Supersede => Policy::Supersede,
        contract::Policy::Drain => Policy::Drain,
        contract::Policy::Coexist => Policy::Coexist,
    };
    // Singletons have one slot, which no key can be.
    let slot = key(session, input)?.map(|key| print::pr_str(&key)).unwrap_or_default();
    Ok(Admission { slot, policy, delivery: None })
}

/// The value that tells keyed runs apart; None for singletons.
fn key(session: &Session<'_>, input: &Map) -> Result<Option<Value>, Failure> {
    let Some(path) = &session.contract.concurrency.key_path else { return Ok(None) };
    let value = value_at(input, path).ok_or_else(|| {
        let key = path.join(".");
        let message = format!("runs of this flow are told apart by the input \"{key}\", which is missing");
        let mut details = Map::new();
        details.insert_keyword("key", key);
        Failure::new("concurrency_key_missing", message).with_details(details)
    })?;
    Ok(Some(value))
}

fn value_at(input: &Map, path: &[String]) -> Option<Value> {
    let (first, rest) = path.split_first()?;
    let value = input.get_keyword(first)?;
    let found = rest.iter().try_fold(value, |value, key| value.field(key))?;
    (!found.is_nil()).then(|| found.clone())
}
