//! Whole lives of flows under seeds. A case is a flow with an input and an outside world; lived undisturbed it leaves a
//! story. Under a seed it is lived again with deaths at commits, torn logs, processes that take over, runs that are
//! dropped and loaded after every commit, signals early and late, and a clock that goes back. What must hold: every run
//! ends, the story is the same, nothing is asked outside that was not asked undisturbed, and no effect that was committed
//! is done again.
//!
//! It is not the place for many runs beside each other: `breyta_engine::conformance::simulation` lives those, with a
//! program written by hand.

use std::sync::Arc;

use breyta_core::Map;
use breyta_engine::machine::Program;
use breyta_engine::store::Store;

mod corpus;
mod disturbed;
pub mod errands;
mod harness;
mod outside;
mod plan;
mod random;
mod sending;
mod story;
mod teller;

pub use corpus::corpus;
pub use disturbed::live;
pub use harness::{Harness, Kind};
pub use plan::Plan;
pub use random::Random;
pub use teller::Teller;

/// A flow with an input and an outside world.
pub struct Case {
    pub name: String,
    pub program: Arc<dyn Program>,
    pub input: Map,
    pub teller: Teller,
}

/// A store that is wrong on purpose: the simulation must notice.
pub type Plant = fn(Arc<dyn Store>) -> Arc<dyn Store>;

/// A case with what it comes to undisturbed.
pub struct Lived {
    pub case: Case,
    pub plan: Plan,
}

/// One seed in so many is lived over SQLite.
pub const SQLITE_EVERY: u64 = 10;

/// Lives seeds, each with the case that is its turn. The first that does not hold is the error: which, and what did not.
pub fn live_all(
    lived: &[Lived],
    seeds: impl Iterator<Item = u64>,
    plant: Option<Plant>,
) -> Result<(), (u64, String)> {
    for seed in seeds {
        let turn = usize::try_from(seed).unwrap_or_default() % lived.len();
        let Some(Lived { case, plan }) = lived.get(turn) else { return Ok(()) };
        let kind = if seed % SQLITE_EVERY == SQLITE_EVERY - 1 { Kind::Sqlite } else { Kind::Memory };
        live(case, plan, seed, kind, plant).map_err(|what| (seed, format!("{}: {what}", case.name)))?;
    }
    Ok(())
}
