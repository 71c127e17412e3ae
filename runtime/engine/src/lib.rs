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
