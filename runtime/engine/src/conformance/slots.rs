//! Live slots come back as they were, whatever their size and however long ago they were written.

use breyta_core::Value;

use super::{Make, checkpoint, commit, create, load, progress, slot, text, values};
use crate::store::{LiveSlot, SlotContent};

const SIZES: [usize; 8] = [0, 1, 100, 3_000, 3_900, 4_100, 65_600, 300_000];

pub(super) fn slots_of_every_size_come_back(make: Make<'_>) {
    let mut harness = make();
    let run = create(harness.store().as_ref(), &Value::Nil, 1).run;
    // One at a time, then ever more together: they compete for the place in the row.
    let single = (0..SIZES.len()).map(|index| index..index + 1);
    let growing = (1..=SIZES.len()).map(|count| 0..count);
    for (revision, range) in (1..).zip(single.chain(growing)) {
        let expected: Vec<(String, Value)> =
            range.map(|index| (format!("slot-{index}"), text(index, SIZES[index]))).collect();
        let live = expected.iter().map(|(name, value)| slot(name, value)).collect();
        let next = checkpoint("s", revision, live);
        commit(harness.store().as_ref(), progress(run, revision, Vec::new(), next)).expect("stored");
        assert_eq!(values(&load(harness.store().as_ref(), run)), expected);
        harness.crash();
        assert_eq!(values(&load(harness.store().as_ref(), run)), expected);
    }
}

pub(super) fn unchanged_slots_need_no_bytes(make: Make<'_>) {
    let mut harness = make();
    let run = create(harness.store().as_ref(), &Value::Nil, 1).run;
    let expected: Vec<(String, Value)> =
        SIZES.iter().map(|size| (format!("slot-{size}"), text(*size, *size))).collect();
    let live: Vec<LiveSlot> = expected.iter().map(|(name, value)| slot(name, value)).collect();
    let next = checkpoint("s", 1, live.clone());
    let committed = commit(harness.store().as_ref(), progress(run, 1, Vec::new(), next)).expect("stored");
    assert_eq!(committed.placed.len(), live.len(), "an answer for each slot");
    let mut placed = committed.placed;
    for revision in 2..=5 {
        let live = live.iter().zip(&placed).map(|(slot, place)| LiveSlot {
            name: slot.name.clone(),
            content: place.map_or_else(|| slot.content.clone(), SlotContent::Placed),
        });
        let next = checkpoint("s", revision, live.collect());
        let committed = commit(harness.store().as_ref(), progress(run, revision, Vec::new(), next));
        let committed = committed.expect("stored");
        for (before, after) in placed.iter().zip(&committed.placed) {
            assert!(before.is_none() || before == after, "what is placed stays there");
        }
        harness.crash();
        let state = load(harness.store().as_ref(), run);
        assert_eq!(values(&state), expected);
        placed = state.slots.iter().map(|slot| slot.placed).collect();
    }
}

pub(super) fn only_live_slots_are_kept(make: Make<'_>) {
    let mut harness = make();
    let run = create(harness.store().as_ref(), &text(1, 5_000), 1).run;
    let next = checkpoint("s", 1, vec![slot("b", &Value::Int(2)), slot("a", &Value::Int(1))]);
    commit(harness.store().as_ref(), progress(run, 1, Vec::new(), next)).expect("stored");
    harness.crash();
    let expected = [("b".to_owned(), Value::Int(2)), ("a".to_owned(), Value::Int(1))];
    assert_eq!(values(&load(harness.store().as_ref(), run)), expected, "in the order given");
}
