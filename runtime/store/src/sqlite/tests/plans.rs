//! Queries that must not look at more than they are about: what starts, ends and resumes runs does not depend on how many
//! ended before, or are parked.

use breyta_engine::store::RunStatus;
use rusqlite::types::Null;

use super::*;

/// The steps of a statement, as SQLite takes them in a store.
fn plan(sql: &str) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let (connection, _) = schema::open_owned(&path(directory.path()), SLUG, &[]).unwrap();
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let parameters = rusqlite::params_from_iter(vec![Null; plan.parameter_count()]);
    plan.query_map(parameters, |row| row.get(3)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn places_of_ended_runs_are_not_looked_at() {
    for sql in [admission::HOLDERS, admission::HOLDER, admission::SUPERSEDE_QUEUED, admission::LET_NEXT_IN] {
        let plan = plan(sql);
        let by_slot = "SEARCH places USING COVERING INDEX places_slots (slot=? AND phase=?)";
        assert!(plan.iter().any(|step| step == by_slot), "{sql}: {plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN")), "{sql}: {plan:?}");
    }
}

#[test]
fn pruning_looks_at_what_is_old() {
    for sql in [retention::OLD_RUNS, retention::OLD_DELIVERIES, retention::OLD_COMMANDS] {
        let plan = plan(sql);
        assert!(
            plan.first().is_some_and(|step| step.contains("USING") && step.ends_with("<?)")),
            "{sql}: {plan:?}"
        );
        assert!(
            !plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP")),
            "{sql}: {plan:?}"
        );
    }
}

#[test]
fn lists_look_at_those_that_they_are_about() {
    let cases: [(&[RunStatus], &str); 4] = [
        (&[RunStatus::Running], "INDEX runs_running (id<?)"),
        (&[RunStatus::Running, RunStatus::Waiting, RunStatus::Queued], "INDEX runs_open (id<?)"),
        (&[RunStatus::Waiting], "INDEX runs_open (id<?)"),
        (&[RunStatus::Completed, RunStatus::Running], "INTEGER PRIMARY KEY (rowid<?)"),
    ];
    for (statuses, index) in cases {
        let plan = plan(&reader::listing(statuses));
        assert!(plan.first().is_some_and(|step| step.ends_with(index)), "{statuses:?}: {plan:?}");
    }
}
