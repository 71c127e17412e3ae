//! Sequence functions that call a function on the elements.

/// Functions that give one thing.
pub mod folds;

/// Functions that give a sequence.
pub mod mapping;

/// Sequences in order.
pub mod sorting;
