//! The engine's own simulation, of many runs beside each other, over the stores of this crate.

use std::sync::Arc;

use breyta_engine::conformance::{StoreHarness, sample, simulation};
use breyta_engine::store::Store;

use super::{Harness, Kind, Plant, Random, SQLITE_EVERY};

struct Beside {
    harness: Harness,
    random: Random,
}

impl StoreHarness for Beside {
    fn store(&self) -> Arc<dyn Store> {
        self.harness.store()
    }

    fn crash(&mut self) {
        self.harness.crash(None, &mut self.random);
    }
}

/// Lives seeds; the first that does not hold is the error.
pub fn live_all(seeds: impl Iterator<Item = u64>, plant: Option<Plant>) -> Result<(), (u64, String)> {
    for seed in seeds {
        let kind = if seed % SQLITE_EVERY == SQLITE_EVERY - 1 { Kind::Sqlite } else { Kind::Memory };
        let mut beside = Beside { harness: Harness::new(kind, sample::SLUG), random: Random::new(seed) };
        let lived = simulation::live(seed, &mut beside, plant);
        lived.map_err(|what| (seed, format!("many runs: {what}")))?;
    }
    Ok(())
}
