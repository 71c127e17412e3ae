//! What the journals of a data directory say was done, to be held against what the outside world saw.

use std::collections::BTreeSet;

use breyta_engine::journal::Entry;
use breyta_engine::store::{Observer, RunFilter};

/// The idempotency keys of the executions that a journal says have ended.
pub fn ended_keys<'a>(workflow_id: &'a str, journal: &'a [Entry]) -> impl Iterator<Item = String> + 'a {
    let ended = journal.iter().filter(|entry| entry.event.ends_step());
    ended
        .filter_map(|entry| entry.event.execution())
        .map(move |execution| format!("{workflow_id}/{}/{}", execution.point, execution.count))
}

/// The idempotency keys of all executions that have ended, of every run.
pub fn all_ended_keys(store: &dyn Observer) -> BTreeSet<String> {
    let runs = store.list_runs(&RunFilter::default()).expect("the list of runs reads");
    let mut keys = BTreeSet::new();
    for run in runs {
        let journal = store.journal(run.run).expect("the journal reads");
        keys.extend(ended_keys(&run.workflow_id, &journal));
    }
    keys
}
