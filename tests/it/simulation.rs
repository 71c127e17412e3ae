//! A few seeds of the simulation; `cargo xtask simulate` lives thousands.

use breyta_engine::conformance::forgetful::Forgetful;
use breyta_tests::simulation::{self, errands};

/// A number of seeds that touches every case once, and SQLite in every tenth.
#[test]
fn seeds_hold_and_a_planted_bug_is_noticed() {
    let corpus = simulation::corpus();
    assert!(corpus.len() >= 150, "only {} scenarios", corpus.len());
    if let Err((seed, what)) = simulation::live_all(&corpus, 0..corpus.len() as u64, None) {
        panic!("cargo xtask simulate --seeds 1 --first {seed}\n{what}");
    }
    let planted = simulation::live_all(&corpus, 0..corpus.len() as u64, Some(Forgetful::over));
    assert!(planted.is_err(), "a store that forgets slot writes went unnoticed");
}

#[test]
fn many_runs_beside_each_other() {
    if let Err((seed, what)) = errands::live_all(0..30, None) {
        panic!("cargo xtask simulate --seeds 1 --first {seed}\n{what}");
    }
    let planted = errands::live_all(0..20, Some(Forgetful::over));
    assert!(planted.is_err(), "a store that forgets slot writes went unnoticed");
}
