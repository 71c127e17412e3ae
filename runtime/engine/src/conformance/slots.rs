//! Live slots come back as they were, whatever their size and however long ago they were written.

use breyta_core::Value;

use super::{Make, checkpoint, commit, create, encode, load, progress, slot, text, values};
use crate::journal::{Encoded, Event};
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

/// A vector with texts of a size, as many as asked for.
fn texts(seed: usize, count: usize, size: usize) -> Value {
    Value::Vector((0..count).map(|index| text(seed + index, size)).collect())
}

/// Both, one behind the other.
fn joined(first: &Value, second: &Value) -> Value {
    let parts = [first, second].into_iter().filter_map(Value::as_sequential);
    Value::Vector(parts.flat_map(|items| items.iter().cloned()).collect())
}

pub(super) fn vectors_grow_at_their_ends(make: Make<'_>) {
    // What it begins with, what each commit adds: in the row, beside it, by content.
    for (begin, size) in [(5_000, 90), (5_000, 1_500), (70_000, 600), (70_000, 70_000)] {
        let mut harness = make();
        let run = create(harness.store().as_ref(), &Value::Nil, 1).run;
        let mut whole = texts(0, 2, begin / 2);
        let live = vec![slot("other", &text(9, 10)), slot("all", &whole)];
        let entry = Encoded::new(2, &Event::RunReopened, None);
        let next = progress(run, 1, vec![entry], checkpoint("s", 1, live));
        let mut placed = commit(harness.store().as_ref(), next).expect("stored").placed[1];
        let (mut held, mut rows) = (whole.clone(), 1);
        for revision in 2..12 {
            let from = placed.expect("a large value stands apart");
            whole = joined(&whole, &texts(revision as usize, 2, size));
            let tail = Value::Vector(
                whole
                    .as_sequential()
                    .into_iter()
                    .flat_map(|all| all.iter().cloned())
                    .skip(held.as_sequential().map_or(0, breyta_core::Vector::len))
                    .collect(),
            );
            let content = SlotContent::Grown { from, tail: encode(&tail) };
            let live = vec![slot("other", &text(9, 10)), LiveSlot { name: "all".to_owned(), content }];
            let next = progress(run, revision, Vec::new(), checkpoint("s", revision, live));
            placed = commit(harness.store().as_ref(), next).expect("stored").placed[1];
            if placed != Some(from) {
                held = whole.clone();
                rows += 1;
            }
            let stored = load(harness.store().as_ref(), run);
            assert_eq!(values(&stored)[1].1, whole, "revision {revision} of {begin} and {size}");
            assert_eq!(stored.slots[1].placed, placed, "where the next end begins");
            if revision % 4 == 0 {
                harness.crash();
                assert_eq!(values(&load(harness.store().as_ref(), run))[1].1, whole);
            }
        }
        assert!(rows > 1, "its ends leave the row");
        let live =
            vec![LiveSlot { name: "all".to_owned(), content: SlotContent::Placed(placed.expect("apart")) }];
        commit(harness.store().as_ref(), progress(run, 12, Vec::new(), checkpoint("t", 12, live)))
            .expect("stored");
        harness.crash();
        assert_eq!(
            values(&load(harness.store().as_ref(), run)),
            [("all".to_owned(), held)],
            "without its tail"
        );
        let live = vec![slot("all", &Value::Nil)];
        commit(harness.store().as_ref(), progress(run, 13, Vec::new(), checkpoint("u", 13, live)))
            .expect("stored");
        assert_eq!(values(&load(harness.store().as_ref(), run)), [("all".to_owned(), Value::Nil)]);
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
