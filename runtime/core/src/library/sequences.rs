//! Parts, joins and rearrangements of sequences.
//!
//! What Clojure makes when asked for is made when asked for here: these functions give [`Value::Lazy`], in chunks of 32
//! over vectors and numbers and one element at a time otherwise, as on the JVM.

use crate::value::{LazySeq, SeqKind, Source, Spring};
use crate::{Budget, Thrown, Value};

/// Ends of sequences.
pub mod access;

/// Sequences from nothing.
pub mod generators;

/// Sequences cut into groups.
pub mod groups;

/// Sequences of sequences.
pub mod joins;

/// Parts of sequences.
pub mod slices;

/// A lazy sequence of what a source makes.
pub(super) fn lazily(budget: &mut Budget, source: impl Source + 'static) -> Result<Value, Thrown> {
    lazily_as(budget, source, SeqKind::Lazy)
}

pub(super) fn lazily_as(
    budget: &mut Budget,
    source: impl Source + 'static,
    kind: SeqKind,
) -> Result<Value, Thrown> {
    budget.charge(LAZY)?;
    Ok(Value::Lazy(LazySeq::from_source(Spring::new(source), kind)))
}

/// What a lazy sequence costs before anything of it is made, in elements.
const LAZY: usize = 8;
