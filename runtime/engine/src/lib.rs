//! Durable execution: the machine that compiled flows implement, and the driver that carries it on.
//!
//! The engine knows no SQL, no HTTP and no wall clock: storage is the [`store::Store`] trait, effects, time, ids and
//! randomness are the [`world::World`]. A run is position + live slots; resuming reads exactly these.

/// What a compiled flow is to the engine: states, actions, outcomes. The ABI of generated code.
pub mod machine;

/// The live values of a run while a state function works on them.
pub mod frame;

/// Effects, time, ids and randomness, injected.
pub mod world;

/// Failures of steps and of the engine, with their stable codes.
pub mod error;

/// The bounds that the driver keeps.
pub mod limits;

/// What a config says about attempts, failures and people around a step.
pub mod controls;

/// What a step family means for durability.
pub mod effect;

/// Byte forms of the engine's own records.
pub mod wire;

/// What happened in a run, for people.
pub mod journal;

/// The store trait and its data.
pub mod store;

/// The model store.
pub mod memory;

/// Position, workflow time and counters of a run.
mod progress;

/// Timers.
mod clock;

/// Sizes of values as JSON.
pub mod size;

/// Starts runs and carries them on.
pub mod driver;

/// Carries on the runs of one process, thousands at once.
pub mod service;

/// What every store must do, as checks that run against any.
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;

pub use driver::{Engine, RunEnd, StartedRun};
pub use limits::Limits;
