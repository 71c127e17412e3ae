//! What is old goes whole, what is open stays, and long journals are read in parts.

use breyta_core::Value;

use super::{
    Make, checkpoint, commit, create, create_child, end, labels, load, note, progress, slot, text, values,
    wait,
};
use crate::journal::{Encoded, Event};
use crate::store::{ChildOf, ClosePolicy, Pruned, RunFilter, RunNumber, Store};

fn prune(store: &dyn Store, before_ms: i64, count_max: usize) -> Pruned {
    wait(store.prune(before_ms, count_max)).expect("the store answers")
}

fn numbers(store: &dyn Store) -> Vec<RunNumber> {
    let runs = store.list_runs(&RunFilter::default()).expect("the list reads");
    runs.into_iter().map(|run| run.run).collect()
}

pub(super) fn old_runs_are_pruned_whole(make: Make<'_>) {
    let mut harness = make();
    let store = harness.store();
    // Both hold the same large value, in the journal and in a slot.
    let large = text(1, 200_000);
    let runs: Vec<_> = (0..4).map(|_| create(store.as_ref(), &large, 1).run).collect();
    for run in &runs[..3] {
        let entries = vec![note(5, "a"), note(6, "b")];
        let next = checkpoint("s", 1, vec![slot("v", &text(2, 9_000)), slot("w", &large)]);
        commit(store.as_ref(), progress(*run, 1, entries, next)).expect("stored");
        // At 1002.
        commit(store.as_ref(), end(*run, 2, &Event::RunFailed, Some(&large))).expect("it ends");
    }
    assert_eq!(prune(store.as_ref(), 1_002, 10), Pruned::default(), "only what ended before");
    assert_eq!(prune(store.as_ref(), 1_003, 2), Pruned { runs: 2, entries: 8 }, "no more than asked for");
    assert_eq!(prune(store.as_ref(), i64::MAX, 10), Pruned { runs: 1, entries: 4 });
    drop(store);
    harness.crash();
    let store = harness.store();
    assert_eq!(numbers(store.as_ref()), [runs[3]], "open runs stay, however old");
    assert_eq!(values(&load(store.as_ref(), runs[3])), [("input".to_owned(), large.clone())]);
    assert_eq!(store.find_run(runs[3]).expect("it reads").map(|run| run.input), Some(large));
    assert_eq!(store.journal(runs[0]), Ok(Vec::new()));
    assert!(create(store.as_ref(), &Value::Nil, 1).run > runs[3], "numbers are never given twice");
}

pub(super) fn children_stay_with_open_parents(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let parent = create(store.as_ref(), &Value::Nil, 1).run;
    let child = ChildOf {
        parent,
        call: "call#1".to_owned(),
        flow: "other".to_owned(),
        on_close: ClosePolicy::default(),
    };
    let run = create_child(store.as_ref(), child).run;
    commit(store.as_ref(), end(run, 1, &Event::RunCompleted, Some(&Value::Nil))).expect("it ends");
    assert_eq!(prune(store.as_ref(), i64::MAX, 10), Pruned::default(), "the parent may ask for it again");
    commit(store.as_ref(), end(parent, 1, &Event::RunCompleted, Some(&Value::Nil))).expect("it ends");
    assert_eq!(prune(store.as_ref(), i64::MAX, 10).runs, 2);
}

pub(super) fn journals_are_read_in_parts(make: Make<'_>) {
    let harness = make();
    let store = harness.store();
    let run = create(store.as_ref(), &Value::Nil, 1).run;
    let entries: Vec<Encoded> = (0..7).map(|index| note(index, &format!("n{index}"))).collect();
    commit(store.as_ref(), progress(run, 1, entries, checkpoint("s", 1, Vec::new()))).expect("stored");
    let mut from = None;
    let mut sizes = Vec::new();
    let mut all = Vec::new();
    loop {
        let page = store.journal_page(run, from, 3).expect("the journal reads");
        sizes.push(page.entries.len());
        all.extend(page.entries);
        from = page.older;
        if from.is_none() {
            break;
        }
    }
    all.reverse();
    assert_eq!((sizes.as_slice(), Ok(all)), ([3, 3, 2].as_slice(), store.journal(run)));
    assert_eq!(labels(store.as_ref(), run).len(), 7);
    let nobody = store.journal_page(RunNumber(99), None, 3).expect("the store answers");
    assert_eq!((nobody.entries, nobody.older), (Vec::new(), None));
}
