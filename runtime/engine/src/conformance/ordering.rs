//! Journals read in the order in which they were written, each run its own.

use breyta_core::Value;

use super::{Make, checkpoint, commit, create, encode, labels, note, progress, text};
use crate::journal::{Encoded, Entry, Event};

pub(super) fn journals_are_chains_of_their_own(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let runs: Vec<_> = (0..3).map(|_| create(store.as_ref(), &Value::Nil, 1).run).collect();
    for round in 1..=5_u64 {
        for run in &runs {
            // No, one and several entries in a commit.
            let entries = (0..round - 1).map(|index| note(9, &format!("{run}-{round}-{index}"))).collect();
            commit(store.as_ref(), progress(*run, round, entries, checkpoint("s", round, Vec::new())))
                .expect("stored");
        }
    }
    drop(store);
    harness.crash();
    let store = harness.store();
    for run in runs {
        let expected: Vec<String> = (1..=5)
            .flat_map(|round| (0..round - 1).map(move |index| format!("{run}-{round}-{index}")))
            .collect();
        assert_eq!(labels(store.as_ref(), run), expected);
        let journal = store.journal(run).expect("the journal reads");
        assert_eq!(journal.first().map(|entry| entry.event.word()), Some("run-started"));
    }
}

pub(super) fn entries_keep_their_values(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    let run = create(store.as_ref(), &Value::Int(5), 3).run;
    let values: Vec<Value> =
        [0, 10, 5_000, 70_000, 70_000, 900_000].map(|length| text(length, length)).into();
    let event = || Event::Warning { code: "c".to_owned(), point: "p".to_owned(), message: "m".to_owned() };
    for (index, value) in values.iter().enumerate() {
        let entries = vec![Encoded::new(index as i64, &event(), Some(encode(value)))];
        let next = checkpoint("s", 1, Vec::new());
        commit(store.as_ref(), progress(run, index as u64 + 1, entries, next)).expect("stored");
    }
    drop(store);
    harness.crash();
    let journal = harness.store().journal(run).expect("the journal reads");
    let started = Event::RunStarted { version: "v1".to_owned(), trigger: "manual".to_owned() };
    assert_eq!(journal.first(), Some(&Entry { at_ms: 3, event: started, value: Some(Value::Int(5)) }));
    let expected: Vec<Entry> = values
        .into_iter()
        .enumerate()
        .map(|(index, value)| Entry { at_ms: index as i64, event: event(), value: Some(value) })
        .collect();
    assert_eq!(journal.get(1..), Some(expected.as_slice()));
}
