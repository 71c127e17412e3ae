//! Everything outside the machine: effects, time, randomness, and the hook at commit points.
//!
//! The shipped executable has one implementation over real executors; tests script theirs.

use std::future::Future;
use std::pin::Pin;

use breyta_core::{Set, Value};

use crate::error::StepError;
use crate::journal::Entry;
use crate::machine::Program;

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One attempt of one step.
#[derive(Clone, Copy)]
pub struct StepRequest<'a> {
    pub program: &'a dyn Program,
    pub workflow_id: &'a str,
    pub family: &'a str,
    /// The author's step id.
    pub step: &'a str,
    /// The suspension id.
    pub point: &'a str,
    pub config: &'a Value,
    /// The same on every attempt and after a crash: run, suspension id, count.
    pub idempotency_key: &'a str,
    /// From 1.
    pub attempt: u32,
}

/// Where in the life of a commit a [`World::at_commit`] call comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitMoment {
    Before,
    After,
}

/// The injected outside world.
pub trait World: Send + Sync {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> i64;

    /// 64 random bits, for ids and jitter.
    fn random(&self) -> u64;

    /// The connection slots that are bound, as keywords: a fact of a run's start.
    fn bound_slots(&self) -> Set {
        Set::new()
    }

    /// Carries out one attempt of a step.
    fn execute<'a>(&'a self, request: StepRequest<'a>) -> BoxFuture<'a, Result<Value, StepError>>;

    /// What the flow body of a run printed.
    fn said(&self, _workflow_id: &str, _text: &str) {}

    /// Whether somebody wants to be told what is committed.
    fn listens(&self) -> bool {
        false
    }

    /// An entry of a run's journal, which is durable now.
    fn told(&self, _workflow_id: &str, _entry: &Entry) {}

    /// Called around every commit with its number in this process, from 1. Crash tests end the process here.
    fn at_commit(&self, _number: u64, _moment: CommitMoment) {}
}
