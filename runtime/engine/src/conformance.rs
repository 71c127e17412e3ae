//! What every store must do, as properties that are checked against any implementation. For tests: a property that does
//! not hold panics and names itself.
//!
//! A store comes in a harness that can also crash: whatever was not committed is gone, whatever was is there.

use std::future::Future;
use std::sync::Arc;

use breyta_core::{Value, codec};

use crate::journal::{Encoded, Event};
use crate::store::{
    Change, Checkpoint, ChildOf, Commit, Committed, Created, LiveSlot, NewRun, RunNumber, RunState,
    SlotContent, Store, StoreError, StoredSlot,
};

mod admission;
mod atomicity;
mod attempts;
mod bounds;
mod cancel;
mod closing;
mod concurrency;
mod deaths;
mod doubt;
mod driving;
mod duration;
mod forking;
mod lists;
mod ordering;
mod recovery;
mod reopening;
mod retention;
mod slots;
mod verifying;
mod waits;

pub mod dying;
pub mod errands;
pub mod forgetful;
pub mod in_front;
pub mod line;
pub mod sample;
pub mod simulation;

/// A store that can be opened, crashed and opened again.
pub trait StoreHarness {
    /// The store as it is open now.
    fn store(&self) -> Arc<dyn Store>;

    /// The process dies without any farewell, and a new one opens what is left. Stores answered before are dead.
    fn crash(&mut self);
}

/// Makes a harness with an empty store of the flow [`sample::SLUG`].
pub type Make<'a> = &'a dyn Fn() -> Box<dyn StoreHarness>;

/// Checks everything.
pub fn all(make: Make<'_>) {
    for (_, property) in PROPERTIES {
        property(make);
    }
}

/// A check of one property.
pub type Property = fn(Make<'_>);

/// Every property with its name, for suites that want a test each.
pub const PROPERTIES: &[(&str, Property)] = &[
    ("a_started_run_is_there", recovery::a_started_run_is_there),
    ("every_commit_survives_a_crash", recovery::every_commit_survives_a_crash),
    ("numbers_are_never_given_twice", recovery::numbers_are_never_given_twice),
    ("a_stale_commit_leaves_nothing", atomicity::a_stale_commit_leaves_nothing),
    ("an_ended_run_takes_no_commits", atomicity::an_ended_run_takes_no_commits),
    ("a_commit_to_no_run_is_refused", atomicity::a_commit_to_no_run_is_refused),
    ("attention_comes_and_goes", atomicity::attention_comes_and_goes),
    ("journals_are_chains_of_their_own", ordering::journals_are_chains_of_their_own),
    ("entries_keep_their_values", ordering::entries_keep_their_values),
    ("slots_of_every_size_come_back", slots::slots_of_every_size_come_back),
    ("unchanged_slots_need_no_bytes", slots::unchanged_slots_need_no_bytes),
    ("vectors_grow_at_their_ends", slots::vectors_grow_at_their_ends),
    ("only_live_slots_are_kept", slots::only_live_slots_are_kept),
    ("lists_are_newest_first", lists::lists_are_newest_first),
    ("lists_filter_and_page", lists::lists_filter_and_page),
    ("records_have_input_and_end", lists::records_have_input_and_end),
    ("cancel_requests_wait_for_the_end", cancel::cancel_requests_wait_for_the_end),
    ("force_counts_more", cancel::force_counts_more),
    ("cancel_requests_survive_a_crash", cancel::cancel_requests_survive_a_crash),
    ("ended_runs_are_not_cancelled", cancel::ended_runs_are_not_cancelled),
    ("concurrent_commits_stay_apart", concurrency::concurrent_commits_stay_apart),
    ("a_bad_commit_harms_no_other", concurrency::a_bad_commit_harms_no_other),
    ("timers_are_due_in_order", waits::timers_are_due_in_order),
    ("ends_reach_the_children_as_each_is_to", closing::ends_reach_the_children_as_each_is_to),
    ("abandoned_children_are_left_where_they_rest", closing::abandoned_children_are_left_where_they_rest),
    ("children_that_nothing_drives_are_ended_later", closing::children_that_nothing_drives_are_ended_later),
    (
        "children_are_tried_again_when_their_time_comes",
        attempts::children_are_tried_again_when_their_time_comes,
    ),
    ("no_attempt_is_made_after_the_end", attempts::no_attempt_is_made_after_the_end),
    ("parents_rest_while_late_children_end", attempts::parents_rest_while_late_children_end),
    ("a_signal_wakes_its_wait", waits::a_signal_wakes_its_wait),
    ("signals_to_nobody_are_refused", waits::signals_to_nobody_are_refused),
    ("early_signals_wait_for_their_key", waits::early_signals_wait_for_their_key),
    ("events_find_waits_by_their_payload", waits::events_find_waits_by_their_payload),
    ("keys_of_open_waits_differ", waits::keys_of_open_waits_differ),
    ("consumed_signals_must_be_there", waits::consumed_signals_must_be_there),
    ("the_end_closes_waits", waits::the_end_closes_waits),
    ("open_waits_are_listed", waits::open_waits_are_listed),
    ("runs_that_need_attention_are_not_due", waits::runs_that_need_attention_are_not_due),
    ("commits_send_signals", waits::commits_send_signals),
    ("queues_are_first_in_first_out", admission::queues_are_first_in_first_out),
    ("reserved_numbers_are_used_once", admission::reserved_numbers_are_used_once),
    ("newer_runs_supersede", admission::newer_runs_supersede),
    ("versions_may_coexist", admission::versions_may_coexist),
    ("deliveries_start_one_run", admission::deliveries_start_one_run),
    ("commands_are_answered_once", admission::commands_are_answered_once),
    ("failed_runs_can_be_reopened", admission::failed_runs_can_be_reopened),
    ("old_runs_are_pruned_whole", retention::old_runs_are_pruned_whole),
    ("children_stay_with_open_parents", retention::children_stay_with_open_parents),
    ("journals_are_read_in_parts", retention::journals_are_read_in_parts),
    ("crashes_at_every_commit_change_nothing", driving::crashes_at_every_commit_change_nothing),
    ("reopened_waits_wait_anew", reopening::reopened_waits_wait_anew),
    ("reopened_parents_reopen_their_children", reopening::reopened_parents_reopen_their_children),
    ("reopened_sleeps_sleep_on", reopening::reopened_sleeps_sleep_on),
    ("sound_stores_verify", verifying::sound_stores_verify),
    ("reopened_runs_verify", verifying::reopened_runs_verify),
    ("failures_and_attempts_verify", verifying::failures_and_attempts_verify),
    ("lost_writes_are_noticed", verifying::lost_writes_are_noticed),
    ("forks_begin_before_a_step", forking::forks_begin_before_a_step),
    ("forks_in_loops_say_which_round", forking::forks_in_loops_say_which_round),
    ("children_are_forked_by_their_parents", forking::children_are_forked_by_their_parents),
    ("deaths_over_a_run_are_counted", deaths::deaths_over_a_run_are_counted),
    ("crash_loops_wait_for_a_person", deaths::crash_loops_wait_for_a_person),
    ("deaths_in_the_middle_leave_a_decision", doubt::deaths_in_the_middle_leave_a_decision),
    ("deaths_elsewhere_leave_no_doubt", doubt::deaths_elsewhere_leave_no_doubt),
    ("runs_end_when_their_time_is_over", duration::runs_end_when_their_time_is_over),
    ("what_a_run_may_do_is_bounded", bounds::what_a_run_may_do_is_bounded),
    ("many_runs_are_driven_at_once", driving::many_runs_are_driven_at_once),
];

/// Waits for a future on a runtime of its own.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime for the test").block_on(future)
}

fn encode(value: &Value) -> Arc<[u8]> {
    let mut bytes = Vec::new();
    codec::encode(value, &mut bytes).expect("the values of these checks can be stored");
    bytes.into()
}

/// A text of so many bytes, the same for the same seed.
fn text(seed: usize, length: usize) -> Value {
    let letters =
        (0..length).map(|index| char::from(b'a' + ((seed * 31 + index * 7 + index / 26) % 26) as u8));
    Value::string(letters.collect::<String>())
}

fn slot(name: &str, value: &Value) -> LiveSlot {
    LiveSlot { name: name.to_owned(), content: SlotContent::Bytes(encode(value)) }
}

fn checkpoint(state: &str, steps: u64, slots: Vec<LiveSlot>) -> Checkpoint {
    Checkpoint { state: state.to_owned(), progress: vec![1, steps as u8], steps, slots, parked: None }
}

fn note(at_ms: i64, label: &str) -> Encoded {
    Encoded::new(at_ms, &Event::Note { label: label.to_owned(), choice: "yes".to_owned() }, None)
}

/// Creates a run with an input.
fn create(store: &dyn Store, input: &Value, at_ms: i64) -> Created {
    wait(store.create_run(new_run(input, at_ms))).expect("a run is created")
}

/// Creates a run that another one calls.
fn create_child(store: &dyn Store, child: ChildOf) -> Created {
    let new = NewRun { child: Some(child), ..new_run(&Value::Nil, 1) };
    wait(store.create_run(new)).expect("a child is created")
}

fn new_run(input: &Value, at_ms: i64) -> NewRun {
    let event = Event::RunStarted { version: "v1".to_owned(), trigger: "manual".to_owned() };
    NewRun {
        version: "v1".to_owned(),
        trigger: "manual".to_owned(),
        at_ms,
        started: Encoded::new(at_ms, &event, Some(encode(input))),
        checkpoint: checkpoint("start", 0, vec![slot("input", input)]),
        child: None,
    }
}

/// A commit that takes and sends no signals.
fn make_commit(run: RunNumber, revision: u64, entries: Vec<Encoded>, change: Change) -> Commit {
    let at_ms = 1_000 + revision as i64;
    Commit { run, revision, at_ms, entries, change, consumed: Vec::new(), sent: Vec::new() }
}

/// A commit that moves on to a state.
fn progress(run: RunNumber, revision: u64, entries: Vec<Encoded>, checkpoint: Checkpoint) -> Commit {
    make_commit(run, revision, entries, Change::Progress(checkpoint))
}

/// A commit that ends a run.
fn end(run: RunNumber, revision: u64, event: &Event, value: Option<&Value>) -> Commit {
    let status = match event {
        Event::RunCompleted => crate::store::RunStatus::Completed,
        Event::RunFailed => crate::store::RunStatus::Failed,
        _ => crate::store::RunStatus::Cancelled,
    };
    let at_ms = 1_000 + revision as i64;
    let entries = vec![Encoded::new(at_ms, event, value.map(encode))];
    make_commit(
        run,
        revision,
        entries,
        Change::End { status, steps: None, reason: Some("it is over".to_owned()) },
    )
}

fn commit(store: &dyn Store, commit: Commit) -> Result<Committed, StoreError> {
    wait(store.commit(commit))
}

fn load(store: &dyn Store, run: RunNumber) -> RunState {
    wait(store.load_run(run)).expect("the store answers").expect("the run is there")
}

/// The values of the loaded slots by name, in order.
fn values(state: &RunState) -> Vec<(String, Value)> {
    let value = |slot: &StoredSlot| slot.value().expect("a stored slot decodes");
    state.slots.iter().map(|slot| (slot.name.clone(), value(slot))).collect()
}

/// The labels of the notes of a run's journal, in order.
fn labels(store: &dyn Store, run: RunNumber) -> Vec<String> {
    let journal = store.journal(run).expect("the journal reads");
    let label = |event| if let Event::Note { label, .. } = event { Some(label) } else { None };
    journal.into_iter().filter_map(|entry| label(entry.event)).collect()
}
